#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fairness, measured: what guests that never stop get, against their weights.

A turn is slice x weight steps, retired instructions and traps taken, and ends at
its very step.  When the last guest of a row, the one with most weight, has made
R turns and a part of the next one, each other has made R, or one more or fewer:
its steps are within one turn of its own of R x slice x weight.  That is the
tolerance; the run is long enough for it to be less than 2 %.
"""
import sys

from machines import HERE, accounts, describe, thirdgen

SLICE, LONG = 1000, 50  # steps; rounds
SPIN, STORM, TRAPS = "tests/cli/files/spin.s", f"{HERE}/storm-forever.s", f"{HERE}/vector-traps.s"

ROWS = [  # name, monitor, inside another, rounds, (image, weight)...
    ("plain", "hosted", False, 2000, [(SPIN, 1), (SPIN, 2), (SPIN, 3)]),
    ("heavy", "hosted", False, 2000, [(SPIN, 1), (SPIN, 1), (SPIN, 1), (SPIN, 5)]),
    ("mixed", "hosted", False, 200, [(TRAPS, 1), (STORM, 2), (SPIN, 3)]),
    ("mixed", "hosted,hybrid", False, 200, [(TRAPS, 1), (STORM, 2), (SPIN, 3)]),
    ("plain", "bare-metal", False, 2000, [(SPIN, 1), (SPIN, 2), (SPIN, 3)]),
    ("heavy", "bare-metal", False, 2000, [(SPIN, 1), (SPIN, 1), (SPIN, 1), (SPIN, 5)]),
    ("mixed", "bare-metal", False, 60, [(TRAPS, 1), (STORM, 2), (SPIN, 3)]),
    ("plain", "hosted", True, 200, [(SPIN, 1), (SPIN, 2), (SPIN, 3)]),
    ("plain", "bare-metal", True, 200, [(SPIN, 1), (SPIN, 2), (SPIN, 3)]),
]


def measure(name, monitor, within, rounds, images):
    """Failures; and the row is printed."""
    guests = [(f"g{i}", image, SLICE, weight) for i, (image, weight) in enumerate(images)]
    path = describe(f"fair-{name}" + "-inner" * within, monitor,
                    [("outer", SPIN, SLICE, 1)] if within else guests, guests if within else ())
    heaviest, weights = guests[-1], sum(weight for _, weight in images)
    status, _, err = thirdgen("run", path, "--guest", heaviest[0], "--stats", "--json",
                              "--max-instructions", str(rounds * SLICE * heaviest[3]))
    if status != 104:
        print(f"FAILED: {path}: status {status}: {err[:500]}")
        return 1
    rows, failures = accounts(err), 0
    made = [rows[g]["instructions"] + rows[g]["traps"] for g, _, _, _ in guests]
    rounds = made[-1] // (SLICE * heaviest[3])
    print(f"{monitor}{', inside another' * within}: {name}, {rounds} rounds")
    for (guest, image, _, weight), steps in zip(guests, made):
        turn = SLICE * weight
        right = rounds >= LONG and abs(steps - rounds * turn) <= turn
        failures += not right
        print(f"  weight {weight} {rows[guest]['instructions']:>11,} instructions"
              f" {rows[guest]['traps']:>8,} traps {100 * steps / sum(made):7.3f} %"
              f" wanted {100 * weight / weights:7.3f} %{'' if right else '  FAILED'}")
    return failures


def main():
    failures = sum(measure(*row) for row in ROWS)
    print("fairness:", f"{failures} failures" if failures else "ok")
    sys.exit(1 if failures else 0)


main()
