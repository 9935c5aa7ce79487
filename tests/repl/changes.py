#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Changes to a level, wherever it is, against the same to the bare machine.

usage: tests/repl/changes.py [--sessions N] [--seed N]

A random session steps and sets: registers, CSRs, mode, R, time, counters,
devices' registers.  It is played at depth 0, on the real machine, whose state
then is what it should be; and on the guest of a hosted monitor, of a
bare-metal one, and of one inside another.  After every few steps all that a
guest can see is printed, and must be the same.
"""
import argparse
import json
import os
import random
import subprocess
import sys

PLACES = [("hosted", ["--depth", "1"], None), ("bare-metal", ["--depth", "1", "--monitor", "bare-metal"], "L1"),
          ("depth 2", ["--depth", "2"], "L2"), ("depth 3", ["--depth", "3", "--monitor", "bare-metal"], "L3")]
PROGRAMS = ["cli/repl/demo-timer.s", "cli/repl/demo-syscall.s", "builtin:guestos"]
WORDS = ["a0", "sp", "t0", "mscratch", "mepc", "mcause", "mtval", "mtvec"]
COUNTERS = ["mtime", "mcycle", "minstret"]
SEEN = ["t", "mode", "pc", "mstatus", "mie", "mip", "mtvec", "mscratch", "mepc", "mcause", "mtval", "mbase", "mbound",
        "mtime", "mtimecmp", "msip", "mcycle", "minstret", "ra", "sp", "t0", "t1", "a0", "a1", "a2", "s0"]


def change(rng):
    """A line that changes something, as often as not something that matters soon."""
    kind = rng.randrange(8)
    if kind == 0:
        return f"set {rng.choice(WORDS)} = {rng.getrandbits(32):#x}"
    if kind == 1:
        return f"set mstatus.{rng.choice(['MIE', 'MPIE'])} = {rng.getrandbits(1)}"
    if kind == 2:
        return f"set mie = {rng.choice([0, 0x8, 0x80, 0x88, 0x888]):#x}"
    if kind == 3:
        return f"set mtimecmp = mtime + {rng.randrange(1, 60)}"
    if kind == 4:
        return f"set msip = {rng.getrandbits(1)}"
    if kind == 5:
        name = rng.choice(COUNTERS)
        return f"set {name} = {name} + {rng.randrange(1, 100)}" if rng.getrandbits(1) else f"set {name}h = 3"
    if kind == 6:
        return f"set mode = {rng.choice([0, 3])}"
    return rng.choice([f"set mbase = {rng.randrange(0, 1 << 12) * 4:#x}", f"set mbound = {rng.randrange(1, 1 << 20) * 4:#x}"])


def session(rng):
    lines = [f"step {rng.choice([rng.randrange(1, 12), rng.randrange(1, 3000)])}"]
    for _ in range(rng.randrange(3, 9)):
        lines += [change(rng) for _ in range(rng.randrange(1, 4))]
        lines += [f"print {name}" for name in SEEN]
        lines += [f"step {rng.randrange(1, 40)}"]
        lines += [f"print {name}" for name in SEEN]
    return lines


def play(thirdgen, program, arguments, start, lines):
    """What is printed of each name, and what is said of each change."""
    lines = ([f"step {start}"] if start else []) + lines
    done = subprocess.run([thirdgen, "repl", program, "--memory", "1MiB", "--json", *arguments],
                          input="\n".join(lines + [""]).encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    out = []
    for line in done.stdout.decode(errors="replace").splitlines():
        said = json.loads(line)
        if said["command"] == "print":
            out.append((said["expression"], said.get("value")))
        elif said["command"] == "set" and "the run is over" in said.get("error", ""):
            break
        elif said["command"] == "set":
            out.append((said.get("set"), said.get("to"), said["ok"]))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    thirdgen, failures, compared = os.environ.get("THIRDGEN", "build/thirdgen"), 0, 0
    for i in range(args.sessions):
        rng = random.Random(args.seed * 1000003 + i)
        program, lines = PROGRAMS[i % len(PROGRAMS)], session(rng)
        bare = play(thirdgen, program, ["--depth", "0"], None, lines)
        for name, arguments, start in PLACES:
            there = play(thirdgen, program, arguments, start, lines)[:len(bare)]  # what is around it goes on
            compared += len(there)
            if bare != there:
                failures += 1
                n = next((n for n, (a, b) in enumerate(zip(bare, there)) if a != b), min(len(bare), len(there)))
                print(f"FAILED: session {i} of seed {args.seed}, {program}, {name}: {there[n:n + 1]}, bare {bare[n:n + 1]}; its lines:")
                print("  " + "\n  ".join(line for line in lines if not line.startswith("print")))
    print(f"{args.sessions} sessions at {len(PLACES)} places, {compared} values compared, {failures} failures")
    sys.exit(1 if failures or not compared else 0)


if __name__ == "__main__":
    main()
