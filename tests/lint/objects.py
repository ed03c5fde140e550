# SPDX-License-Identifier: EUPL-1.2
"""Purity and hardening, read from a release build: objects.py BUILD-FOLDER.

Below the I/O line there is no descriptor, no clock, no random source, no global, no log: an archive
of a pure layer may leave undefined only what another pure archive defines or what PURE_SYMBOLS
admits, and it may hold no writable variable. The programs carry the hardening that CMake asks for.
"""

import re
import subprocess
import sys
from pathlib import Path

import layers
import tree

# What pure code may call: arguments in, results out. A new name is added here on purpose or not at
# all; `abort` and `__assert_fail` end a process whose invariants are broken.
PURE_SYMBOLS = re.compile(r"""^(
    mem(chr|cmp|cpy|mem|move|set|rchr) | __mem(cpy|move|set)_chk | (__)?explicit_bzero(_chk)?
  | str(chr|rchr|chrnul|cmp|ncmp|casecmp|ncasecmp|casestr|len|nlen|dup|ndup|spn|cspn|str|pbrk)
  | stpn?cpy
  | strto(l|ll|ul|ull|d|f) | __isoc99_strto\w+ | __isoc23_strto\w+ | __ctype_\w+
  | (v?snprintf|vasprintf|asprintf) | __(v?snprintf|vasprintf|asprintf)_chk
  | malloc | calloc | realloc | reallocarray | free
  | qsort | bsearch | abs | labs | llabs
  | a?(sin|cos|tan)f? | atan2f? | sqrtf? | fmodf? | floorf? | ceilf? | l?l?roundf? | powf? | expf?
  | logf? | log2f? | hypotf? | fabsf? | truncf? | nearbyintf? | l?l?rintf? | f(min|max)f? | sincosf?
  | gmtime_r | timegm | inet_pton | inet_ntop
  | json_\w+ | SHA256 | HMAC | EVP_sha1  # one call each, bytes to a digest (api/totp.c)
  | abort | __assert_fail | __stack_chk_fail | __errno_location
  | _GLOBAL_OFFSET_TABLE_ | __cpu_model | __cpu_indicator_init  # target_clones
  | __popcount[ds]i2
)$""", re.X)

WRITABLE = re.compile(r"^\.(data|bss|tdata|tbss)(?!\.rel\.ro)|^\*COM\*$")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def archive(build, layer):
    folder = "proto" if layer == "proto" else "server"
    return build / folder / f"libugo_{layer}.a"


def symbols(path):
    """(defined, undefined) names; undefined as {name: first member that wants it}."""
    defined, undefined, member = set(), {}, ""
    for line in run("nm", str(path)).splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif match := re.match(r"\s*[0-9a-f]*\s+(\w) (\S+)$", line):
            kind, name = match.groups()
            if kind in "Uwv":
                undefined.setdefault(name, member)
            elif kind.isupper() or kind == "i":  # i: chosen when loaded, by target_clones
                defined.add(name)
    return defined, undefined


def check_purity(build, findings):
    found = {layer: symbols(archive(build, layer)) for layer in layers.PURE}
    ours = set().union(*(defined for defined, _ in found.values()))
    for layer, (_, undefined) in found.items():
        for name, member in undefined.items():
            if name not in ours and not PURE_SYMBOLS.match(name):
                findings.append(f"{layer}/{member}: not pure: {name}")
        member = ""
        for line in run("objdump", "-t", str(archive(build, layer))).splitlines():
            if match := re.match(r"(\S+\.o):", line):
                member = match.group(1)
            # address, seven columns of flags, section, size, name
            match = re.match(r"[0-9a-f]+ .{7} (\S+)\s+([0-9a-f]+) (\S+)$", line)
            if match and WRITABLE.match(match.group(1)) and int(match.group(2), 16):
                findings.append(f"{layer}/{member}: writable variable: {match.group(3)}")
    return len(found)


def check_hardening(program, findings):
    def demand(condition, what):
        if not condition:
            findings.append(f"{program.name}: {what}")

    header = run("readelf", "-hW", str(program))
    segments = run("readelf", "-lW", str(program))
    dynamic = run("readelf", "-dW", str(program))
    imported = run("nm", "-D", str(program))
    demand("DYN (Position-Independent Executable file)" in header, "not position independent")
    demand("GNU_RELRO" in segments, "no RELRO")
    demand(re.search(r"FLAGS_1.*\bNOW\b", dynamic), "no BIND_NOW")
    demand(re.search(r"GNU_STACK\s.*\bRW\s", segments), "executable stack")
    demand("RPATH" not in dynamic and "RUNPATH" not in dynamic, "carries a run path")
    demand("__stack_chk_fail" in imported, "no stack protector")
    demand(re.search(r"\b__(?!stack)\w+_chk\b", imported), "no FORTIFY")


def main():
    build = Path(sys.argv[1])
    findings = []
    looked_at = check_purity(build, findings)
    for program in sorted((build / "bin").iterdir()):
        check_hardening(program, findings)
        looked_at += 1
    tree.report(findings, looked_at)


if __name__ == "__main__":
    main()
