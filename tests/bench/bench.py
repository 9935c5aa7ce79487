#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast the machine runs: usage: tests/bench/bench.py [--runs N] [--json FILE] [--short]

The programs of tests/bench, each checking its own result, run in turns by
thirdgen and by the baselines that are installed (QEMU), so that a busy host is
busy for all alike.  Times are medians of processor time (user and system),
less that of a program that does nothing; instructions are counted by thirdgen.
More builds to compare: --also NAME=PATH.
"""
import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(BUILD, "thirdgen"))
QEMU = "qemu-system-riscv32"
PROGRAMS = ["sieve", "matmul", "fib", "mix", "strings", "kernel"]
TRAPS = 5000000  # round trips of trap.elf
SHORT_TRAPS = 50000


def thirdgen(path, *options):
    return lambda elf: [path, "run", *options, elf]


def qemu(elf):
    return [QEMU, "-M", "virt", "-bios", "none", "-nographic", "-monitor", "none", "-kernel", elf]


def seconds(command):
    """Processor time of a command, its result right."""
    null = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: the result is wrong: status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def instructions(elf):
    done = subprocess.run([THIRDGEN, "run", "--stats", "--json", elf], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return json.loads(done.stderr)["guests"][0]["instructions"]


def measure(engines, elf, runs):
    """In turns, so that what else the host does hits all of them: lists of times."""
    times = {name: [] for name in engines}
    for _ in range(runs):
        for name, command in engines.items():
            times[name].append(seconds(command(elf)))
    return times


def table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        cells = [c.ljust(w) if j == 0 else c.rjust(w) for j, (c, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())
        if i == 0:
            print("  ".join("-" * w for w in widths))


def geometric(values):
    return math.exp(statistics.mean(math.log(v) for v in values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--short", action="store_true", help="a hundredth of the work: a test")
    parser.add_argument("--only", metavar="NAME,...", default=",".join(PROGRAMS))
    parser.add_argument("--also", metavar="NAME=PATH", action="append", default=[])
    parser.add_argument("--reference", action="store_true", help="the reference engine, too")
    args = parser.parse_args()
    folder = os.path.join(BUILD, "bench", "short" if args.short else "")
    engines = {"thirdgen": thirdgen(THIRDGEN)}
    for also in args.also:
        name, _, path = also.partition("=")
        engines[name] = thirdgen(path)
    if args.reference:
        engines["reference"] = thirdgen(THIRDGEN, "--engine", "reference")
    baseline = shutil.which(QEMU) is not None
    if baseline:
        engines["QEMU"] = qemu
    else:
        print(f"SKIPPED {QEMU} is not installed: no ratios (make bench-deps)")
    ours = [e for e in engines if e != "QEMU"]
    idle = {n: statistics.median(t) for n, t in
            measure(engines, os.path.join(folder, "nothing.elf"), args.runs).items()}
    results, ratios = [], {e: [] for e in ours}
    rows = [["program", "instructions"] + [f"{e}, MIPS" for e in engines]
            + [f"{e} / QEMU" for e in ours if baseline]]
    for program in args.only.split(","):
        elf = os.path.join(folder, program + ".elf")
        count = instructions(elf)
        net = {n: max(statistics.median(t) - idle[n], 1e-6)
               for n, t in measure(engines, elf, args.runs).items()}
        rate = {n: count / t / 1e6 for n, t in net.items()}
        row = [program, f"{count:,}"] + [f"{rate[e]:,.0f}" for e in engines]
        if baseline:
            for e in ours:
                ratios[e].append(rate[e] / rate["QEMU"])
                row.append(f"{rate[e] / rate['QEMU']:.2f}")
        rows.append(row)
        results.append({"program": program, "instructions": count, "seconds": net, "mips": rate})
    if baseline:
        rows.append(["geometric mean", ""] + [""] * len(engines)
                    + [f"{geometric(ratios[e]):.2f}" for e in ours])
    print(f"{args.runs} runs of each in turns; medians of processor time\n")
    table(rows)

    trips = SHORT_TRAPS if args.short else TRAPS
    times = measure(engines, os.path.join(folder, "trap.elf"), args.runs)
    trip = {n: (statistics.median(t) - idle[n]) / trips * 1e9 for n, t in times.items()}
    print()
    rows = [["", *engines], ["round trip of a trap (9 instructions), ns"]
            + [f"{trip[e]:.1f}" for e in engines],
            ["start to end of a program that does nothing, ms"]
            + [f"{idle[e] * 1e3:.1f}" for e in engines]]
    if baseline:
        rows.insert(2, ["... of QEMU's"] + [f"{trip[e] / trip['QEMU']:.3f}" for e in engines])
    table(rows)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"runs": args.runs, "unit": "seconds of processor time, net of start",
                       "programs": results, "trap_ns": trip, "start_seconds": idle,
                       "ratios": {e: geometric(r) for e, r in ratios.items() if r}}, file, indent=2)
            file.write("\n")


main()
