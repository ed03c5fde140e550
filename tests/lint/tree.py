# SPDX-License-Identifier: EUPL-1.2
"""The files of the tree, and how a check reports: findings as "path:line: what", exit 1 if any."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIP = 77  # the exit code that ctest shows as "skipped"


def files():
    """Every file that is committed or about to be, as paths relative to ROOT."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-co", "-z",
         "--exclude-standard"], capture_output=True, check=False)
    if listed.returncode == 0:
        names = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    else:  # an unpacked archive
        hidden = {".git", ".build", ".demo", "__pycache__"}
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")
                 if not hidden & set(path.relative_to(ROOT).parts)]
    return sorted(name for name in names if (ROOT / name).is_file())


def sources(*suffixes):
    return [name for name in files() if name.suffix in suffixes]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def lines(name):
    """(number, line) pairs."""
    return enumerate(text(name).splitlines(), 1)


def interpreter(name):
    """The program a script names in its first line, without its folder; "" for other files."""
    with open(ROOT / name, "rb") as stream:
        first = stream.readline(200)
    if not first.startswith(b"#!"):
        return ""
    words = first[2:].decode("utf-8", "replace").split()
    return words[-1].rsplit("/", 1)[-1] if words else ""


def bash_scripts():
    return [name for name in files() if name.suffix in (".sh", ".bash")
            or interpreter(name) in ("bash", "sh")]


def python_scripts():
    return [name for name in files() if name.suffix == ".py" or interpreter(name) == "python3"]


def in_parallel(task, items):
    with ThreadPoolExecutor(cpu_count()) as pool:
        return list(pool.map(task, items))


def report(findings, looked_at):
    """Ends the check. A check that looked at nothing has failed: it would hide everything."""
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in {looked_at} looked at")
    sys.exit(1 if findings or not looked_at else 0)
