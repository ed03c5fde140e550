# SPDX-License-Identifier: EUPL-1.2
"""Include direction: an include names its folder, and edges run downwards only.

ALLOWED is the one table of edges; server/CMakeLists.txt must say the same in its DEPS.
"""

import re

import tree

# layer: (layers it may use, libraries it may use); lowest first. proto stands on base alone, so
# that clients link both and nothing of the server.
ALLOWED = {
    "base": ([], []),
    "proto": (["base"], ["jansson"]),
    "conf": (["base"], []),
    "core": (["base"], ["jansson"]),
    "sync": (["core", "base"], ["jansson"]),
    "api": (["core", "base", "proto"], ["jansson", "sha256"]),
    "line": (["api", "core", "base", "proto"], ["jansson"]),
    "http": (["api", "core", "base", "proto"], ["jansson"]),
    "node": (["http", "line", "api", "sync", "core", "base", "proto"], ["jansson"]),
    "log": (["base"], []),
    "db": (["log", "base"], ["libevent", "libpq"]),
    "io": (["log", "base"], ["libevent", "openssl"]),
    "admin": (["db", "api", "sync", "core", "conf", "log", "base"],
              ["jansson", "openssl", "libpq", "libevent"]),
    "daemon": (["proto", "admin", "node", "http", "line", "api", "sync", "core", "conf", "io", "db",
                "log", "base"],
               ["libevent", "openssl", "libpq", "jansson", "libcurl"]),
    "libugo": (["proto", "base"], ["jansson", "openssl"]),
    "ugo": (["libugo", "proto", "base"], ["jansson"]),
    "day": (["ugo", "libugo", "proto", "base"], ["jansson"]),
}
PURE = ("base", "conf", "core", "sync", "api", "line", "http", "node", "proto")

LIBRARY_OF = [("jansson.h", "jansson"), ("curl/", "libcurl"), ("event2/", "libevent"),
              ("libpq-fe.h", "libpq"),
              ("openssl/sha.h", "sha256"), ("openssl/hmac.h", "sha256"), ("openssl/", "openssl"),
              ("cmocka.h", "cmocka")]
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(name):
    parts = name.parts
    if parts[0] in ("server", "clients") and len(parts) > 2:
        return parts[1]
    return "proto" if parts[0] == "proto" else None


def check_include(name, number, quote, target, findings):
    layer = layer_of(name)
    may_layers, may_libraries = ALLOWED[layer]
    where = f"{name}:{number}:"
    if quote == "<":
        library = next((lib for prefix, lib in LIBRARY_OF if target.startswith(prefix)), None)
        if library == "sha256" and "openssl" in may_libraries:
            return
        test_only = library == "cmocka" and name.stem.endswith(("_test", "_fixture"))
        if library and library not in may_libraries and not test_only:
            findings.append(f"{where} {layer} may not use {library}")
        return
    folder = target.removeprefix("clients/").split("/")[0]
    if "/" not in target:
        findings.append(f'{where} include "{target}" does not name its folder')
    elif folder != layer and folder not in may_layers:
        findings.append(f"{where} {layer} may not include {folder}")
    if not any((tree.ROOT / top / target).is_file() for top in (".", "server", "clients")):
        findings.append(f'{where} include "{target}" is not a file of ours')


def check_cmake(findings):
    """Every edge of CMake is allowed; every allowed folder is a library there."""
    cmake = tree.text("server/CMakeLists.txt")
    declared = {name: deps.split() for name, deps in
                re.findall(r"^ugo_library\((\w+) \w+ DEPS ([^)]*)\)", cmake, re.M)}
    for layer, deps in declared.items():
        edges = {dep.removeprefix("ugo_") for dep in deps if dep.startswith("ugo_")}
        if layer not in ALLOWED:
            findings.append(f"server/CMakeLists.txt:1: layer {layer} is not in the table")
        elif edges - set(ALLOWED[layer][0]):
            findings.append(f"server/CMakeLists.txt:1: {layer} may not depend on "
                            f"{sorted(edges - set(ALLOWED[layer][0]))}")
    for layer in set(ALLOWED) - set(declared) - {"proto", "libugo", "ugo", "day"}:
        findings.append(f"server/CMakeLists.txt:1: layer {layer} is missing")


def check_table(findings):
    """The table only points downwards: a layer uses layers written before it."""
    seen = set()
    for layer, (uses, _) in ALLOWED.items():
        if set(uses) - seen:
            findings.append(f"tests/lint/layers.py:1: {layer} uses a layer that is not below it")
        if layer in PURE and set(uses) - set(PURE):
            findings.append(f"tests/lint/layers.py:1: pure {layer} uses a layer that is not pure")
        seen.add(layer)


def main():
    findings = []
    looked_at = 0
    check_table(findings)
    check_cmake(findings)
    for name in tree.sources(".c", ".h"):
        if layer_of(name) is None:
            continue
        if layer_of(name) not in ALLOWED:
            findings.append(f"{name}:1: its folder is no layer")
            continue
        looked_at += 1
        for number, line in tree.lines(name):
            if match := INCLUDE.match(line):
                check_include(name, number, *match.groups(), findings)
    tree.report(findings, looked_at)


if __name__ == "__main__":
    main()
