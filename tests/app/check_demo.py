#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the demo and looks at what it left: check_demo.py MAILGAUGE DIRECTORY"""
import collections
import csv
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

PAGES = ["compose", "sessions", "relays", "results", "bounces", "diagnose", "sandbox"]


def expect(truth, sentence):
    if not truth:
        sys.exit(f"demo: {sentence}")


def check_foreign_directory(program, directory):
    """What is not the demo's own is neither overwritten nor deleted."""
    for name in ("data/precious.txt", "report.html", ".hidden"):
        shutil.rmtree(directory, ignore_errors=True)
        precious = directory / name
        precious.parent.mkdir(parents=True)
        precious.write_text("mine", encoding="utf-8")
        played = subprocess.run([program, "--demo", str(directory)], capture_output=True, text=True, timeout=60)
        expect(played.returncode == 2, f"it ended with {played.returncode} over a directory with {name}")
        expect(str(directory) in played.stderr, f"it does not name the directory: {played.stderr}")
        kept = [path for path in directory.rglob("*") if path.is_file()]
        expect(kept == [precious] and precious.read_text(encoding="utf-8") == "mine", f"{name} was not left alone: {kept}")
    shutil.rmtree(directory)


def main():
    program, directory = sys.argv[1], Path(sys.argv[2])
    check_foreign_directory(program, directory.with_name(directory.name + "-foreign"))
    shutil.rmtree(directory, ignore_errors=True)
    played = subprocess.run([program, "--demo", str(directory)], capture_output=True, text=True, timeout=150)
    sys.stderr.write(played.stderr)
    expect(played.returncode == 0, f"it ended with {played.returncode}")
    expect(str(directory / "report.html") in played.stdout, "it does not say where the report is")

    with open(directory / "outcomes.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == 40, f"{len(rows)} outcomes instead of 40")
    expect(len({row["domain"] for row in rows}) == 6, "the recipients are not of six domains")
    outcomes = collections.Counter(row["outcome"] for row in rows)
    for outcome in ("accepted", "deferred", "rejected"):
        expect(outcomes[outcome] > 0, f"nobody was {outcome}: {outcomes}")
    expect(any(row["bounced"] == "hard" for row in rows), "no hard bounce was joined to its recipient")

    lines = (directory / "transcript.jsonl").read_text(encoding="utf-8").splitlines()
    head = json.loads(lines[0])
    expect((head["format"], head["version"]) == ("mailgauge-transcript", 1), "the transcript has no head")
    texts = [json.loads(line).get("text", "") for line in lines[1:]]
    for word in ("EHLO", "STARTTLS", "AUTH", "MAIL FROM", "RCPT TO", "DATA", "QUIT"):
        expect(any(text.startswith(word) for text in texts), f"the transcript has no {word}")
    for suffix in ("txt", "html", "jsonl"):
        everything = (directory / f"transcript.{suffix}").read_text(encoding="utf-8")
        expect("RCPT" in everything, f"transcript.{suffix} is empty")
        # As AUTH PLAIN would carry the sandbox's password.
        expect("AHNhbmRib3gAb3Blbi1zZXNhbWU" not in everything, f"transcript.{suffix} holds the password")

    expect(not (directory / "data").exists(), "it left its store in the directory of the results")
    played = subprocess.run([program, "--demo", str(directory)], capture_output=True, text=True, timeout=150)
    expect(played.returncode == 0, f"over its own results it ended with {played.returncode}: {played.stderr}")

    for page in PAGES:
        pictures = []
        for scheme in ("light", "dark"):
            data = (directory / f"{page}-{scheme}.png").read_bytes()
            expect(data[:8] == b"\x89PNG\r\n\x1a\n", f"{page}-{scheme}.png is no picture")
            expect(struct.unpack(">II", data[16:24]) == (1440, 900), f"{page}-{scheme}.png has another size")
            pictures.append(data)
        expect(pictures[0] != pictures[1], f"{page} looks the same in light and dark")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
