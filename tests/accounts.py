#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The engines' accounts: a run by either engine prints the same and tells the same (run --stats).

Programs bare and under each monitor: every count of instructions, traps and
exits by cause, the end of each guest, and the console's output.
"""
import glob
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(ROOT, "build", "thirdgen"))
ENGINES = ("reference", "threaded")
LIMIT = ("--max-instructions", "3M")
WAYS = ((), ("--monitor", "hosted"), ("--monitor", "hosted,hybrid"),
        ("--monitor", "bare-metal", "--depth", "2"))


def account(engine, words):
    done = subprocess.run([THIRDGEN, "run", "--engine", engine, "--stats", *LIMIT, *words], cwd=ROOT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def main():
    os.chdir(ROOT)
    images = ["builtin:guestos"] + sorted(set(glob.glob("examples/*.s")) - {"examples/print.s"})
    runs = [(*way, image) for image in images for way in WAYS]
    runs += [(path,) for path in sorted(glob.glob("examples/*.yaml") + glob.glob("examples/nested/*.yaml"))]
    failures = 0
    for words in runs:
        reference, threaded = (account(engine, words) for engine in ENGINES)
        if reference != threaded or b"instructions" not in reference[2]:
            failures += 1
            print(f"FAILED: run --stats {' '.join(words)}: the engines differ")
            for engine, (status, _, told) in zip(ENGINES, (reference, threaded)):
                print(f"{engine}: status {status}\n{told.decode()}")
    print(f"{len(runs)} runs by each engine, {failures} that differ")
    sys.exit(1 if failures else 0)


main()
