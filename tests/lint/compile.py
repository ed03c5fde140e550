# SPDX-License-Identifier: EUPL-1.2
"""What compilers say beyond the build: compile.py clang|tidy BUILD-FOLDER.

clang: every file of the compile database with clang -Werror (syntax only: the build is gcc's).
tidy:  clang-tidy with .clang-tidy. A file whose text, headers, flags and rules are those of an
       earlier clean run is not looked at again.
"""

import hashlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import tree


def database(build):
    """{file: (folder, arguments without output)} of our own sources."""
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        while not re.search(r"(^|/)(gcc|cc|clang)(-\d+)?$", words[0]):
            words.pop(0)  # ccache
        words = words[1:]
        for option in ("-o", "-c"):
            if option in words:
                del words[words.index(option):words.index(option) + (2 if option == "-o" else 1)]
        entries[entry["file"]] = (entry["directory"], [w for w in words if w != entry["file"]])
    return entries


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def clang(name, folder, flags):
    flags = [flag for flag in flags if not flag.startswith(("-fsanitize", "-fno-sanitize"))]
    done = run(["clang", *flags, "-Wno-unknown-warning-option", "-fsyntax-only", name], folder)
    return done.stdout + done.stderr if done.returncode else ""


def digest(name, folder, flags):
    """Of everything that decides what clang-tidy says about a file."""
    made = run(["gcc", *flags, "-MM", name], folder)
    if made.returncode:
        return None
    total = hashlib.sha256(" ".join(flags).encode())
    total.update((tree.ROOT / ".clang-tidy").read_bytes())
    for part in sorted(set(made.stdout.replace("\\\n", " ").split()[1:])):
        total.update(part.encode() + (Path(folder) / part).read_bytes())
    return total.hexdigest()


def findings_of(output):
    """clang-tidy's findings, each with its notes, without the leaks it imagines: the analyzer of
    clang 14 does not know the cleanup attribute. Leaks are LeakSanitizer's to find."""
    parts = re.split(r"(?m)^(?=\S+:\d+:\d+: (?:error|warning): )", output)
    real = [part for part in parts[1:] if "otential leak" not in part.split("\n", 1)[0]
            and "otential memory leak" not in part.split("\n", 1)[0]]
    return "".join(real)


def without_analyzer(name):
    """Tests run under the sanitizers, which do not guess; and the analyzer does not know that a
    failed assertion of cmocka does not return."""
    path = Path(name)
    if path.stem.endswith("_test") or "tests" in path.relative_to(tree.ROOT).parts:
        return ["--checks=-clang-analyzer-*"]
    return []


def tidy(build, name, folder, flags):
    seen = build / "lint" / "tidy"
    seen.mkdir(parents=True, exist_ok=True)
    key = digest(name, folder, flags)
    if key and (seen / key).exists():
        return ""
    done = run(["clang-tidy", "--quiet", "-p", str(build), name,
                "--extra-arg=-Wno-unknown-warning-option", *without_analyzer(name)], folder)
    said = findings_of(done.stdout)
    if done.returncode and ": error: " not in done.stdout:
        said = done.stdout + done.stderr  # it could not even start
    if not said and key:
        (seen / key).touch()
    return said


def main():
    mode, build = sys.argv[1], Path(sys.argv[2]).resolve()
    entries = sorted(database(build).items())

    def check(entry):
        name, (folder, flags) = entry
        if mode == "clang":
            return clang(name, folder, flags)
        return tidy(build, name, folder, flags)

    tree.report([said for said in tree.in_parallel(check, entries) if said], len(entries))


if __name__ == "__main__":
    main()
