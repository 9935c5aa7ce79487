#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the theorem's checks cost: usage: tests/bench/theorem.py [--sweep] [--json FILE]

One-step homomorphism cases and whole programs per second on one core, and the
sweep over all encodings (a 64th of it, unless --sweep is given).  Medians of
five.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(ROOT, "build", "thirdgen"))
RUNS = 5
FULL = 1 << 32


def seconds(*words):
    start = time.perf_counter()
    subprocess.run([THIRDGEN, *words], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


def median(*words):
    return statistics.median(seconds(*words) for _ in range(RUNS))


def rate(prop, way, cases, share):
    """Cases a second: the time beyond that of a campaign of one."""
    base = median("check", "--property", prop, "--way", way, "--cases", "1")
    return cases / share / (median("check", "--property", prop, "--way", way, "--cases", str(cases)) - base)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sweep", action="store_true", help="all 2^32 encodings (minutes)")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    rows = []
    for way in ("hosted", "hybrid"):
        rows.append((f"one-step homomorphism, {way}", rate("homomorphism", way, 1000000, 1), "cases/s"))
        rows.append((f"whole programs, {way}", rate("programs", way, 100000, 20), "programs/s"))
    every = 1 if args.sweep else 64
    rows.append((f"sweep, {'all' if every == 1 else 'a 64th of all'} 2^32 encodings",
                 seconds("classify", "--sweep", "--every", str(every)), "s"))
    for name, value, unit in rows:
        print(f"{name:44} {value:14,.1f}  {unit}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump([{"name": n, "value": v, "unit": u} for n, v, u in rows], f, indent=2)
    return 0


sys.exit(main())
