#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`compare` is checked: with a bug in the monitor it stops at the right instruction.

usage: tests/mutants/compare.py [--build DIR]

Each mutant below is built (see run.py) and compares tests/mutants/probe.s; the
first difference has to be reported at the label where the bug's rule is first
needed, step by step from the start.
"""
import argparse
import json
import os
import subprocess
import sys

import run

EXPECTED = {  # mutant -> where the two must part
    "undefined-ignored": "at_undefined",
    "ecall-cause": "at_ecall",
    "mresv-not-translated": "at_reserve",
    "device-loads-only": "at_store",
    "mpie-lost": "at_trap",
    "timer-late": "at_interrupt",
    "timer-not-rearmed": "at_interrupt",
    "mret-stays": "at_mret",
    "mode-not-composed": None,  # R is the identity in its first KiB here: identical too
}


def first_difference(binary):
    done = subprocess.run([binary, "compare", "--json", os.path.join(run.HERE, "probe.s")],
                          stdout=subprocess.PIPE, check=False)
    report = json.loads(done.stdout)
    return report["difference"]["symbol"] if report["verdict"] == "different" else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(run.ROOT, "build")))
    args = parser.parse_args()
    failed = 0
    if first_difference(os.path.join(args.build, "thirdgen")) is not None:
        print("FAILED without a mutant: the probe has to be identical")
        failed += 1
    tree = run.copy_sources(args.build, "mutants-compare")
    for name, expected in EXPECTED.items():
        with run.mutant(args.build, tree, os.path.join(run.HERE, name + ".patch")) as binary:
            found = first_difference(binary)
        if found != expected:
            print(f"FAILED {name}: parted at {found}, expected {expected}")
            failed += 1
        else:
            print(f"ok     {name}: {found or 'identical, as it has to be'}")
    print(f"{len(EXPECTED) + 1 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
