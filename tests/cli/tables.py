#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Are the tables of docs/command-line.md, and that of the keys in docs/nesting.md, those of the
sources?  tests/cli/tables.py"""
import os
import re
import sys

os.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def rows(path, macro):
    """The rows X(a, b, ...) of an X-macro, as lists of words."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    body = re.search(r"#define " + macro + r"\(X\)((?:.*\\\n)*.*)\n", text).group(1)
    found = re.findall(r"X\(((?:[^()\"]|\"[^\"]*\")*)\)", body.replace("\\\n", "\n"))
    return [[w.strip().strip('"') for w in re.split(r',\s*(?=(?:[^"]*"[^"]*")*[^"]*$)', r)]
            for r in found]


with open("docs/command-line.md", encoding="utf-8") as doc:
    lines = doc.read().split("\n")
statuses = rows("cli/status.h", "STATUSES")
classes = rows("cli/trace.h", "TRACE_CLASSES")
expected = [f"| {number} | {name} | {meaning} |" for name, number, meaning in statuses]
expected += [f"| {name} | {about} |" for name, about in classes]
missing = [line for line in expected if line not in lines]
for line in missing:
    print("docs/command-line.md has no line: " + line)
extra = [line for line in lines if re.match(r"\| \d+ \|", line) and line not in expected]
for line in extra:
    print("docs/command-line.md has a line that no table has: " + line)
with open("docs/nesting.md", encoding="utf-8") as doc:
    lines = [line for line in doc.read().split("\n") if line.startswith("| `^A ")]
keys = [f"| `^A {row[3]}` | {row[4]} |" for row in rows("vmm/keys.h", "VMM_KEYS")]
if lines != keys:
    missing.append("keys")
    print("docs/nesting.md: the keys are\n" + "\n".join(keys))
print(f"{len(statuses)} exit statuses, {len(classes)} trace classes")
sys.exit(1 if missing or extra or len(statuses) < 8 or len(classes) < 6 else 0)
