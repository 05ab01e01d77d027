#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the sentences of resources/explain as C++ that lupdate reads; nothing compiles it.

    explaintexts.py OUTPUT FILE.json...

The contexts and comments are those that core/explain/translation.h asks for.
"""
import json
import sys

FIELDS = ("text", "cause", "nextStep")


def texts(document):
    """Pairs of what the text is and the text, in the file's order."""
    for word, text in document.get("words", {}).items():
        yield "word." + word, text
    for entry in document.get("entries", []):
        for field in FIELDS:
            yield entry["id"] + "." + field, entry.get(field, "")
        yield "who", entry.get("who", "")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    output, files = sys.argv[1], sys.argv[2:]
    seen = {}
    for name in files:
        with open(name, encoding="utf-8") as file:
            for pair in texts(json.load(file)):
                if pair[1]:
                    seen.setdefault(pair)
    with open(output, "w", encoding="utf-8") as file:
        file.write("// Made from resources/explain by translations/explaintexts.py.\n")
        file.write("static const char *const texts[] = {\n")
        for about, text in seen:
            file.write(f'QT_TRANSLATE_NOOP3("Explain", {quoted(text)}, {quoted(about)}),\n')
        file.write("};\n")


if __name__ == "__main__":
    main()
