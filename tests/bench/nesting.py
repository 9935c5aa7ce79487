#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What recursion costs: usage: tests/bench/nesting.py [--depth N]

For a compute-bound guest, the guest OS and a kernel-heavy one, at depth 0 to N
(default 4; the guest OS one less): real instructions per guest instruction,
exits of the guest, exits of its monitor for each of these, instructions of the
monitor for each, the factor from level to level, the share executed directly.
All are counts of instructions: no clock is looked at.
"""
import argparse
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(ROOT, "build", "thirdgen"))


def levels(image, depth):
    done = subprocess.run([THIRDGEN, "run", image, "--monitor", "bare-metal", "--depth", str(depth),
                           "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=True)
    account = json.loads(done.stderr)
    if depth == 0:
        return [{"instructions": account["guests"][0]["instructions"]}]
    return account["levels"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depth", type=int, default=4)
    deepest = parser.parse_args().depth
    os.chdir(ROOT)
    print("guest    depth  real per guest  factor    exits  exits below  monitor  directly")
    print("                   instruction                     per exit  per exit")
    for name, image, most in (("compute", "tests/bench/compute.s", deepest),
                              ("guestos", "builtin:guestos", deepest - 1),
                              ("kernel", "tests/bench/kernel.s", deepest)):
        before = None
        for depth in range(most + 1):
            rows = levels(image, depth)
            guest, real = rows[-1], rows[0]["instructions"]
            ratio = real / guest["instructions"]
            line = f"{name:8} {depth:5} {ratio:15,.3f}"
            line += f"{ratio / before:8.2f}" if before else " " * 7 + "-"
            if depth > 0:
                monitor = rows[-2]["monitor"]
                below = rows[-2].get("exits")
                line += f"{guest['exits']:9,}"
                line += f"{below / guest['exits']:13.2f}" if below else " " * 12 + "-"
                line += f"{monitor['instructions'] / monitor['exits']:9.1f}"
                line += f"{100 * guest['executed_directly'] / guest['instructions']:8.3f} %"
            print(line)
            before = ratio


main()
