# SPDX-License-Identifier: EUPL-1.2
"""Each header compiles alone, also twice in one file, and has a guard named …FILE_H."""

import re
import subprocess

import tree

FLAGS = ["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-Wundef", "-Wstrict-prototypes",
         "-D_GNU_SOURCE", '-DUGO_VERSION="0"', "-fsyntax-only", "-x", "c", f"-I{tree.ROOT}",
         f"-I{tree.ROOT}/server", f"-I{tree.ROOT}/clients", f"-I{tree.ROOT}/tests"]


def packages():
    return subprocess.run(
        ["pkg-config", "--cflags", "jansson", "libevent_core", "libpq", "libssl", "cmocka"],
        capture_output=True, text=True, check=True).stdout.split()


def check(name, flags):
    findings = []
    guard = re.search(r"^#ifndef (\w+)\n#define \1\n", tree.text(name), re.M)
    ending = re.sub(r"\W", "_", name.name).upper()
    if not guard or not guard[1].endswith(ending):
        findings.append(f"{name}:1: no guard named FOLDER_{ending}")
    twice = f'#include "{tree.ROOT / name}"\n' * 2 + "int main(void) { return 0; }\n"
    done = subprocess.run(["gcc", *flags, "-"], input=twice, text=True, capture_output=True,
                          check=False)
    if done.returncode != 0:
        findings.append(f"{name}:1: does not compile alone\n{done.stderr}")
    return findings


def main():
    headers = tree.sources(".h")
    flags = FLAGS + packages()
    found = tree.in_parallel(lambda name: check(name, flags), headers)
    tree.report([finding for each in found for finding in each], len(headers))


if __name__ == "__main__":
    main()
