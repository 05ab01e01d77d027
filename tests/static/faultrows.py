#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the rows of the fault catalogue, A to E, that no test is named after.

A data row begins with the ids that it proves ("B26 lost behind the dot"); a test without rows has the id at the end of its
name (slowReplyHasOneDeadlineB2)."""
import re
import sys
from pathlib import Path

ROWS = {"A": 9, "B": 35, "C": 18, "D": 17, "E": 9}

# Rows about what this version does not have. Take one out when its feature comes in.
ABSENT = {
    "D10": "campaign",
    "D11": "transport through a sendmail program",
    "D14": "DKIM signing",
    "D16": "DKIM signing",
}
# Proved by a check of the sources.
STATIC = {"C10": "layering.py"}

# What these name is words and numbers for a fault, whoever met it: no proof that anybody stood it.
TABLES = {"tst_exitcode.cpp", "tst_explain.cpp"}

ID = r"[A-E]\d{1,2}"
LABEL = re.compile(rf'"((?:{ID}(?:, | and )?)+)(?=[ ":%])')
FUNCTION = re.compile(rf"\bvoid (?:\w+::)?[a-z]\w*?({ID})\(\)")


def ids_in(text):
    found = set()
    for match in LABEL.finditer(text):
        found.update(re.findall(ID, match.group(1)))
    found.update(FUNCTION.findall(text))
    return found


def selftest():
    cases = [
        ('QTest::newRow("B26 lost behind the dot")', {"B26"}),
        ('row("B3, B4 too long", x)', {"B3", "B4"}),
        ('QTest::addRow("B9 clear, %lld", n)', {"B9"}),
        ("void Test::slowReplyHasOneDeadlineB2()", {"B2"}),
        ("// B2: one byte per second", set()),
        ('"C: AUTH A1"', set()),
    ]
    wrong = [c for c in cases if ids_in(c[0]) & catalogue() != c[1]]
    for case in wrong:
        print("selftest:", case, ids_in(case[0]))
    return 1 if wrong else 0


def catalogue():
    return {f"{letter}{number}" for letter, count in ROWS.items() for number in range(1, count + 1)}


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    found = set()
    for path in sorted((Path(sys.argv[1]) / "tests").rglob("*.cpp")):
        if path.name in TABLES:
            continue
        found |= ids_in(path.read_text(encoding="utf-8"))
    faults = 0
    for row in sorted(catalogue(), key=lambda r: (r[0], int(r[1:]))):
        if row in ABSENT:
            print(f"{row}: does not apply, there is no {ABSENT[row]} here")
            if row in found:
                print(f"{row}: has a test: take it out of the list of absent ones")
                faults += 1
        elif row not in found and row not in STATIC:
            print(f"{row}: no test is named after it")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
