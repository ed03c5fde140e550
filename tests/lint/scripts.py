# SPDX-License-Identifier: EUPL-1.2
"""Scripts and their style: scripts.py shell|python|format."""

import shutil
import subprocess
import sys

import tree

CLANG_FORMAT = "clang-format-14"  # Debian 12's: another version would format otherwise


def run(command, names):
    done = subprocess.run([*command, *map(str, names)], cwd=tree.ROOT, capture_output=True,
                          text=True, check=False)
    if done.returncode == 0:
        return []
    return (done.stdout + done.stderr).splitlines() or [f"{command[0]}: exit {done.returncode}"]


def main():
    mode = sys.argv[1]
    if mode == "shell":
        names = tree.bash_scripts()
        command = ["shellcheck", "--external-sources", "--format=gcc"]
    elif mode == "python":
        names = tree.python_scripts()
        command = [sys.executable, "-m", "pyflakes"]
    else:
        names = tree.sources(".c", ".h")
        command = [CLANG_FORMAT, "--dry-run", "--Werror"]
        if not shutil.which(CLANG_FORMAT):
            print(f"{CLANG_FORMAT} is not packaged here: Debian 12 decides")
            sys.exit(tree.SKIP)
    tree.report(run(command, names), len(names))


if __name__ == "__main__":
    main()
