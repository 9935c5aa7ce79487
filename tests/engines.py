#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The threaded engine in all its forms: usage: tests/engines.py [--cases N]

Built by each compiler there is, with each form of dispatch it can do, with the
usual groups of operations and with the smallest (so that what happens at their
edges happens all the time), and under UBSan; each compared with the reference
engine, state for state (thirdgen check --property engines).
"""
import argparse
import os
import shutil
import subprocess
import sys

os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", "build")
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-I.", "-O2", "-g", "-Wall", "-Wextra", "-Wshadow",
         "-Wconversion", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wvla", "-Werror"]
SOURCES = ["machine/threaded.c", "machine/decoded.c"]
DISPATCH = {"tail calls": 1, "computed goto": 2, "switch": 3}
UBSAN = ["-fsanitize=undefined", "-fno-sanitize-recover=all"]


def forms():
    """(name, command and flags) of each form; clang alone has musttail."""
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler) is None:
            print(f"SKIPPED {compiler} is not installed")
            continue
        for name, number in DISPATCH.items():
            if number == 1 and compiler != "clang":
                continue
            for group in (128, 4):
                yield (f"{compiler}, {name}, groups of {group}",
                       [compiler, *FLAGS, f"-DTHREADED_DISPATCH={number}", f"-DDECODED_GROUP={group}"])
        yield f"{compiler}, its usual form, UBSan", [compiler, *FLAGS, *UBSAN]


def test(name, command, cases):
    """Build the engine so, link it before the library's own, and compare."""
    folder = os.path.join(BUILD, "engines")
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(folder, "thirdgen")
    subprocess.run([*command, *SOURCES, f"{BUILD}/cli/main.o", f"{BUILD}/embedded.embedded.o",
                    f"{BUILD}/libthirdgen.a", "-lelf", "-lyaml", "-lreadline", "-lz", "-o", program],
                   check=True)
    done = subprocess.run([program, "check", "--property", "engines", "--cases", str(cases)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'}  {name}", flush=True)
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace"))
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=4000)
    args = parser.parse_args()
    passed = [test(name, command, args.cases) for name, command in forms()]
    print(f"{sum(passed)} of {len(passed)} agree with the reference")
    sys.exit(0 if passed and all(passed) else 1)


main()
