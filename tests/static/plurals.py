#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text with a number in it has its English forms: without them the window says "1 finding(s)".

Takes Qt's lupdate and the top of the sources."""
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def missing(catalogue):
    for context in ElementTree.parse(catalogue).getroot().iter("context"):
        for message in context.iter("message"):
            forms = [form.text or "" for form in message.iter("numerusform")]
            finished = message.find("translation").get("type") is None
            if not finished or not forms or any(not form or "(s)" in form for form in forms):
                yield f"{context.findtext('name')}: {message.findtext('source')}"


def main(lupdate, top):
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "mailgauge_en.ts"
        shutil.copy(Path(top) / "translations" / "mailgauge_en.ts", catalogue)
        subprocess.run([lupdate, "-silent", "-pluralonly", "-locations", "none", "ui", "app/gui", "-ts", catalogue],
                       cwd=top, check=True, stderr=subprocess.DEVNULL)
        found = list(missing(catalogue))
    for text in found:
        print(f"translations/mailgauge_en.ts has no plural forms of {text}")
    if found:
        print("run `ninja -C build/asan update_translations` and fill them in")
    return 1 if found else 0


sys.exit(main(*sys.argv[1:]))
