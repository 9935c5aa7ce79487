#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Executes the sessions with gdb in docs/gdb.md: usage: tests/gdb/transcripts.py [--fix]

A fence that opens with ```gdb holds a line `$ thirdgen repl ARGUMENTS --gdb
1234', a line `$ gdb-multiarch FILE', and then what was said to gdb, behind
`(gdb) ', and what it answered.  thirdgen is started at a socket of its own, and
gdb connected to that; all that gdb prints is compared.  --fix writes what was
printed into the file.

Exit status 0: all is as it says; 1: not; 77: gdb is not installed (SKIPPED).
"""
import difflib
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from served import Served, missing, run_gdb  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", "build")
FILE = "docs/gdb.md"


def play(lines):
    """The lines of a fence as they are now."""
    thirdgen, gdb = shlex.split(lines[0][2:]), shlex.split(lines[1][2:])
    arguments = thirdgen[2:thirdgen.index("--gdb")]
    elf = gdb[1].replace("build/", BUILD + "/", 1)
    if not os.path.exists(elf):  # made from a source of the same name
        subprocess.run([os.environ.get("THIRDGEN", "build/thirdgen"), "as", arguments[0], "-o", elf], check=True)
    commands = [line[6:] for line in lines[2:] if line.startswith("(gdb) ")]
    with Served(arguments) as served:
        output = run_gdb(elf, [c for c in commands if not c.startswith("target ")], served.address).splitlines()
        served.end()
    start = next(i for i, line in enumerate(output) if line.startswith("(gdb) target remote"))
    output[start] = next(line for line in lines if line.startswith("(gdb) target remote"))
    return lines[:2] + [line.rstrip() for line in output[start:]]


def main():
    if missing():
        print(f"SKIPPED transcripts of gdb: {missing()}")
        sys.exit(77)
    os.chdir(ROOT)
    with open(FILE, encoding="utf-8") as f:
        lines = f.read().splitlines()
    new, sessions, i = [], 0, 0
    while i < len(lines):
        new.append(lines[i])
        i += 1
        if new[-1] == "```gdb":
            end = lines.index("```", i)
            new += play(lines[i:end])
            sessions += 1
            i = end
    same = new == lines
    if not same and "--fix" in sys.argv:
        with open(FILE, "w", encoding="utf-8") as f:
            f.write("\n".join(new) + "\n")
        print(f"{FILE}: written anew")
    elif not same:
        print("\n".join(difflib.unified_diff(lines, new, FILE, "as it is now", lineterm="")))
    print(f"{sessions} sessions{'' if same else ', which differ'}")
    sys.exit(0 if (same or "--fix" in sys.argv) and sessions else 1)


if __name__ == "__main__":
    main()
