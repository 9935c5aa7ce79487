#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the theorem's checks cost: usage: tests/bench/theorem.py [--sweep] [--json FILE]

One-step homomorphism cases and whole programs per second on one core, the
sweep over all encodings (a 64th of it, unless --sweep is given), and what an
exit to the hosted monitor costs, in nanoseconds and in directly executed
instructions of the same run.  Medians of five.
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
ROUNDS = 2000000
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


def exit_cost():
    """Interleaved: the loop with one privileged instruction in ten, and the one without, hosted."""
    plain, privileged = [], []
    for _ in range(RUNS):
        plain.append(seconds("run", "--monitor", "hosted", os.path.join(ROOT, "tests/bench/exits.s")))
        privileged.append(seconds("run", "--monitor", "hosted",
                                  os.path.join(ROOT, "tests/bench/exits-privileged.s")))
    direct = statistics.median(plain) / (ROUNDS * 10)
    cost = (statistics.median(privileged) - statistics.median(plain)) / ROUNDS + direct
    return cost * 1e9, cost / direct


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
    nanoseconds, instructions = exit_cost()
    rows.append(("an exit, CSR read, hosted", nanoseconds, "ns"))
    rows.append(("the same", instructions, "directly executed instructions"))
    for name, value, unit in rows:
        print(f"{name:44} {value:14,.1f}  {unit}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump([{"name": n, "value": v, "unit": u} for n, v, u in rows], f, indent=2)
    return 0


sys.exit(main())
