# SPDX-License-Identifier: EUPL-1.2
"""What a reader may expect of every file: words.py layout|text|links."""

import re
import sys

import tree

TOP = {"CMakeLists.txt", "README.md", "LICENSE", "server", "proto", "schema", "clients", "tests",
       "docker"}
LINES_MAX = 550  # "about 500"

SPDX = "SPDX-License-Identifier: EUPL-1.2"
SPDX_SUFFIXES = {".c", ".h", ".py", ".sh", ".bash", ".sql", ".cmake", ".yaml", ".yml", ".ts",
                 ".tsx", ".js", ".mjs", ".css"}
CODE_SUFFIXES = {".c", ".h", ".py", ".sh", ".bash", ".sql", ".ts", ".tsx", ".js", ".mjs", ".css"}
BINARY_FOLDERS = ("tests/fuzz/corpus/", "tests/samples/",  # damaged on purpose
                  "clients/console/pictures/")

# Nothing of the machine it was written on, no unfinished place. Spelled so that this file and a
# plain search do not find themselves.
DENIED = [re.compile(pattern) for pattern in (
    r"(^|[^\w.])/w[o]rk/", r"/tmp/u[g]o/", r"shared/(?!d[a]ta\b)\w", r"/home/\w", r"/root/\w",
    r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b", r"sub-?a[g]ent", r"\bL[L]M\b", r"\b[Pp]romp[t] engineer",
    r"farm-(bench|st[u]dio)", r"\.lib[r]ary/", r"<{7}|>{7}")]

SQL = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|GRANT|LISTEN|NOTIFY'
                 r'|BEGIN|COMMIT|ROLLBACK|COPY|WITH|TRUNCATE)\b[^"]*')
SQL_HOMES = ("schema/", "server/sync/sql.c", "server/admin/", "tests/")


def check_layout():
    findings = [f"{name}:1: does not belong to the top level" for name in
                sorted({path.parts[0] for path in tree.files()})
                if name not in TOP and not name.startswith(".")]
    present = {path.parts[0] for path in tree.files()}
    findings += [f"{name}:1: is missing" for name in sorted(TOP - present)]
    for folder in ("server", "proto", "schema", "clients", "tests", "docker"):
        if not (tree.ROOT / folder / "README.md").is_file():
            findings.append(f"{folder}/README.md:1: each top folder explains itself")
    return findings + check_packages()


def check_packages():
    """Whatever installs the packages to build with names all that server/prepare.sh names."""
    listed = re.findall(r"^packages_(?:build|console)=\(([^)]*)\)",
                        tree.text("server/prepare.sh"), re.M)
    packages = " ".join(listed).split()
    return [f"{name}:1: does not name the package {package}"
            for name in ("docker/Dockerfile", "docker/Dockerfile.debian13", "README.md")
            for package in packages
            if not re.search(rf"(?<![\w-]){re.escape(package)}(?![\w-])", tree.text(name))]


def has_notice(name, content):
    """The SPDX line is the first, or the second after an interpreter or a parser's own line."""
    head = content.splitlines()[:2]
    if head and head[0].startswith(("#!", "# syntax=")):
        head = head[1:]
    return bool(head) and SPDX in head[0]


def check_text():
    findings = []
    for name in tree.files():
        if str(name).startswith(BINARY_FOLDERS) or name.name == "LICENSE":
            continue
        try:
            content = tree.text(name)
        except UnicodeDecodeError:
            findings.append(f"{name}:1: not UTF-8")
            continue
        script = bool(tree.interpreter(name))
        licensed = (name.suffix in SPDX_SUFFIXES or script
                    or name.name in ("CMakeLists.txt", "Dockerfile"))
        if licensed and not has_notice(name, content):
            findings.append(f"{name}:1: does not begin with the {SPDX} line")
        if content and not content.endswith("\n"):
            findings.append(f"{name}:1: does not end with a newline")
        count = content.count("\n")
        if (name.suffix in CODE_SUFFIXES or script) and count > LINES_MAX:
            findings.append(f"{name}:{count}: longer than {LINES_MAX} lines")
        findings += check_lines(name, script)
    return findings


def check_lines(name, script):
    findings = []
    code = name.suffix in CODE_SUFFIXES or script
    for number, line in tree.lines(name):
        where = f"{name}:{number}:"
        if "\r" in line or (code and line != line.rstrip()):
            findings.append(f"{where} trailing blank or carriage return")
        if code and "\t" in line:
            findings.append(f"{where} tab")
        if code and len(line) > 100 and name.suffix not in (".c", ".h", ".sql"):
            findings.append(f"{where} longer than 100 columns")
        for denied in DENIED:
            if match := denied.search(line):
                findings.append(f"{where} must not stand in the repository: {match.group(0)}")
        if (name.suffix in (".c", ".h") and not str(name).startswith(SQL_HOMES)
                and SQL.search(line)):
            findings.append(f"{where} SQL text outside schema/ and server/sync/sql.c")
    return findings


def check_links():
    """Every local link of every page leads to a file of the tree."""
    findings = []
    for name in tree.sources(".md"):
        for number, line in tree.lines(name):
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                path = target.split("#")[0]
                if re.match(r"[a-z]+:", target) or not path:
                    continue
                if not (tree.ROOT / name.parent / path).exists():
                    findings.append(f"{name}:{number}: leads nowhere: {target}")
    return findings


def main():
    check = {"layout": check_layout, "text": check_text, "links": check_links}[sys.argv[1]]
    tree.report(check(), len(tree.files()))


if __name__ == "__main__":
    main()
