#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast the machine runs: usage: tests/bench/bench.py [--rounds N] [--json FILE] [--short]

The programs of tests/bench, each checking its own result, run in turns by
thirdgen (as gcc and, if there is BUILD/by-clang/thirdgen, as clang builds it) and
by QEMU, if that is installed; then what a trap, depth, an exit and a start cost.

All runs of a row are made in turns, round by round, so that what else the host
does hits all of them; times are processor time (user and system), medians over
the rounds, less that of a program that does nothing; instructions are counted
by thirdgen.  More builds to compare: --also NAME=PATH.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(BUILD, "thirdgen"))
QEMU = "qemu-system-riscv32"
TUNED = ["sieve", "matmul", "fib", "mix", "strings", "kernel"]
OTHERS = ["sha256", "bytecode", "tables", "pack"]  # no pair was chosen by them
COMPUTING = ["sieve", "matmul", "mix", "sha256"]  # never trap: for depths
DEPTHS = [1, 2, 3]
TRAPS, SHORT_TRAPS = 5000000, 50000  # round trips of trap.elf
EXITS = 10000000  # rounds of exits.s, of ten instructions each
TINY = 1e-9


def thirdgen(path, *options):
    return lambda image: [path, "run", *options, image]


def qemu(image):
    return [QEMU, "-M", "virt", "-bios", "none", "-nographic", "-monitor", "none", "-kernel", image]


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


def in_turns(commands, rounds):
    """Median processor time of each named command."""
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: statistics.median(t) for name, t in times.items()}


def geometric(values):
    return math.exp(statistics.mean(math.log(v) for v in values))


class Bench:
    """What is measured, and of whom."""

    def __init__(self, args):
        self.rounds = args.rounds
        self.folder = os.path.join(BUILD, "bench", "short" if args.short else "")
        self.traps = SHORT_TRAPS if args.short else TRAPS
        self.engines = {"gcc": thirdgen(THIRDGEN)}
        clang = os.path.join(BUILD, "by-clang", "thirdgen")
        if os.path.exists(clang):
            self.engines["clang"] = thirdgen(clang)
        for also in args.also:
            name, _, path = also.partition("=")
            self.engines[name] = thirdgen(path)
        if args.reference:
            self.engines["reference"] = thirdgen(THIRDGEN, "--engine", "reference")
        self.ours = list(self.engines)
        self.baseline = shutil.which(QEMU) is not None
        if self.baseline:
            self.engines["QEMU"] = qemu
        self.idle = self.net("nothing", {e: 0 for e in self.engines})

    def elf(self, program):
        return os.path.join(self.folder, program + ".elf")

    def net(self, program, idle):
        print(f"  {program}", file=sys.stderr, flush=True)
        times = in_turns({n: c(self.elf(program)) for n, c in self.engines.items()}, self.rounds)
        return {n: max(t - idle[n], TINY) for n, t in times.items()}

    def programs(self, names):
        """A result for each program: instructions, MIPS, and the ratio to QEMU's."""
        results = []
        for program in names:
            count = instructions(self.elf(program))
            rate = {n: count / t / 1e6 for n, t in self.net(program, self.idle).items()}
            ratio = {e: rate[e] / rate["QEMU"] for e in self.ours} if self.baseline else {}
            results.append({"program": program, "instructions": count, "mips": rate, "ratio": ratio})
        return results

    def trap(self):
        """The round trip of a trap, in nanoseconds."""
        times = self.net("trap", self.idle)
        return {n: t / self.traps * 1e9 for n, t in times.items()}

    def depths(self):
        """A program's speed at each depth, as a part of its speed on the bare machine."""
        commands = {0: thirdgen(THIRDGEN)}
        for depth in DEPTHS:
            commands[depth] = thirdgen(THIRDGEN, "--monitor", "bare-metal", "--depth", str(depth))
        idle = in_turns({d: c(self.elf("nothing")) for d, c in commands.items()}, self.rounds)
        results = []
        for program in COMPUTING:
            print(f"  {program}, depth 0 to {DEPTHS[-1]}", file=sys.stderr, flush=True)
            times = in_turns({d: c(self.elf(program)) for d, c in commands.items()}, self.rounds)
            net = {d: max(t - idle[d], TINY) for d, t in times.items()}
            results.append({"program": program, "of_bare": {d: net[0] / net[d] for d in DEPTHS}})
        return results

    def exits(self):
        """An exit to the hosted monitor, in nanoseconds and in directly executed instructions."""
        print("  exits", file=sys.stderr, flush=True)
        images = {"idle": self.elf("nothing"), "plain": "tests/bench/exits.s",
                  "privileged": "tests/bench/exits-privileged.s"}
        times = in_turns({n: thirdgen(THIRDGEN, "--monitor", "hosted")(i) for n, i in images.items()},
                         self.rounds)
        direct = (times["plain"] - times["idle"]) / (EXITS * 10)
        cost = (times["privileged"] - times["plain"]) / EXITS + direct
        return {"nanoseconds": cost * 1e9, "instructions": cost / direct}


# ---- what is printed ----


def table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        cells = [c.ljust(w) if j == 0 else c.rjust(w) for j, (c, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())
        if i == 0:
            print("  ".join("-" * w for w in widths))
    print()


def means(results, engines):
    return {e: geometric([r["ratio"][e] for r in results]) for e in engines if results[0]["ratio"]}


def program_table(title, results, bench):
    ratios = bench.ours if bench.baseline else []
    rows = [[title, "instructions"] + [f"{e}, MIPS" for e in bench.engines] + [f"{e}/QEMU" for e in ratios]]
    for r in results:
        rows.append([r["program"], f"{r['instructions']:,}"]
                    + [f"{r['mips'][e]:,.0f}" for e in bench.engines]
                    + [f"{r['ratio'][e]:.2f}" for e in ratios])
    if ratios:
        mean = means(results, bench.ours)
        rows.append(["geometric mean", ""] + [""] * len(bench.engines) + [f"{mean[e]:.2f}" for e in ratios])
    table(rows)


def summary(found, bench):
    if not bench.baseline:
        print(f"SKIPPED {QEMU} is not installed: no ratios (make bench-deps)")
        return
    print("speed, as a part of QEMU's: "
          + ", ".join(f"{found['mean'][e]:.2f} by {e}" for e in bench.ours)
          + (f"; {found['mean_others'][bench.ours[0]]:.2f} on programs not used for tuning"
             if "mean_others" in found else ""))


def show(found, bench):
    summary(found, bench)
    print(f"(geometric means; {bench.rounds} runs of each in turns, medians of processor time)\n")
    program_table("program", found["programs"], bench)
    if "others" in found:
        program_table("not used for tuning", found["others"], bench)
    rows = [["cost", "unit", *bench.engines],
            ["round trip of a trap", "ns"] + [f"{found['trap'][e]:.1f}" for e in bench.engines]]
    if bench.baseline:
        rows.append(["as a part of QEMU's", ""]
                    + [f"{found['trap'][e] / found['trap']['QEMU']:.3f}" for e in bench.engines])
    rows.append(["a program that does nothing", "ms"] + [f"{bench.idle[e] * 1e3:.1f}" for e in bench.engines])
    table(rows)
    if "depths" in found:
        table([["speed at depth, of bare"] + [str(d) for d in DEPTHS]]
              + [[r["program"]] + [f"{r['of_bare'][d]:.3f}" for d in DEPTHS] for r in found["depths"]])
        e = found["exits"]
        print(f"an exit to the hosted monitor: {e['nanoseconds']:.0f} ns, "
              f"as long as {e['instructions']:.0f} instructions executed directly")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", default=os.path.join(BUILD, "bench.json"))
    parser.add_argument("--short", action="store_true", help="a hundredth of the work: a test")
    parser.add_argument("--only", metavar="NAME,...", help="these programs, and nothing else")
    parser.add_argument("--also", metavar="NAME=PATH", action="append", default=[])
    parser.add_argument("--reference", action="store_true", help="the reference engine, too")
    args = parser.parse_args()
    os.chdir(ROOT)
    bench = Bench(args)
    found = {"programs": bench.programs(args.only.split(",") if args.only else TUNED)}
    found["mean"] = means(found["programs"], bench.ours)
    if not args.only:
        found["others"] = bench.programs(OTHERS)
        found["mean_others"] = means(found["others"], bench.ours)
    found["trap"] = bench.trap()
    if not args.only and not args.short:
        found["depths"] = bench.depths()
        found["exits"] = bench.exits()
    show(found, bench)
    with open(args.json, "w", encoding="utf-8") as file:
        json.dump({"rounds": args.rounds, "unit": "processor time, net of start; trap in ns, start in s",
                   "start": bench.idle, **found}, file, indent=2)
        file.write("\n")


main()
