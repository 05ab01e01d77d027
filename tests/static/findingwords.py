#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the ids of findings that the sources write and that resources/explain has no words for.

An id is a literal with dots in it ("tls.fallback") in the rooms that find something. Those that are put together
("quirk." + name) are the business of tst_explain."""
import json
import re
import sys
from pathlib import Path

ROOMS = ["delivery", "diagnose", "net"]
ID = re.compile(r'"([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+)"')
DOMAINS = (".example", "example.org")


def ids_in(text):
    return {found for found in ID.findall(text) if not found.endswith(DOMAINS)}


def known(folder):
    def entries(name):
        read = json.loads((folder / name).read_text(encoding="utf-8"))
        return {entry["id"] for entry in read["entries"]}

    certificates = {"certificate." + one.removeprefix("tls.") for one in entries("tls.json")}
    return entries("findings.json") | entries("differences.json") | certificates


def selftest():
    cases = [
        ('add("tls.fallback"_ba, x)', {"tls.fallback"}),
        ('{"tls.version.old", y}', {"tls.version.old"}),
        ('"quirk." + name', set()),
        ('"mx.example.org"', set()),
        ('#include "moc_sendjob.cpp"', set()),
        ('"no sentence. Nor this"', set()),
    ]
    wrong = [c for c in cases if ids_in(c[0]) != c[1]]
    for case in wrong:
        print("selftest:", case, ids_in(case[0]))
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    root = Path(sys.argv[1])
    words = known(root / "resources/explain")
    faults = []
    for room in ROOMS:
        for path in sorted((root / "core" / room).rglob("*.cpp")):
            for one in sorted(ids_in(path.read_text(encoding="utf-8")) - words):
                faults.append(f"{path.relative_to(root)}: no words for {one}")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
