#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`check --replay` is checked: with a bug in the monitor, a state that meets it comes out different.

usage: tests/mutants/replay.py [--build DIR]

Each mutant below is built (see run.py) and makes one step of each state in
tests/cli/files/step-*.json.  The state named must come out different, in the
components named and no other; all the others the same.
"""
import argparse
import glob
import json
import os
import subprocess
import sys

import run

FILES = os.path.join(run.ROOT, "tests/cli/files/step-*.json")
# One side takes a trap, the other retires an instruction.
TRAP = {"pc", "mstatus", "mepc", "mcause", "mtval", "mcycle", "minstret", "mtime"}
EXPECTED = {  # mutant -> the state, and in what the two must differ
    "reflect-mtval": ("fault", {"mtval"}),
    "undefined-ignored": ("undefined", TRAP),
    "ecall-cause": ("ecall", {"mcause"}),
    "mret-stays": ("mret", {"mode"}),
    "device-loads-only": ("device", TRAP | {"bytes sent"}),
    "mresv-not-translated": ("reserve", {"mresv"}),
}


def replay(binary, path):
    """The components that differ; None: the same."""
    done = subprocess.run([binary, "check", "--json", "--replay", path], stdout=subprocess.PIPE, check=False)
    report = json.loads(done.stdout)
    if done.returncode != (0 if report["same"] else 100):
        return {f"status {done.returncode}"}
    return None if report["same"] else {d["component"] for d in report["replays"][0]["differences"]}


def all_states(binary):
    """By state, what differs, where something does."""
    found = {os.path.basename(p)[len("step-"):-len(".json")]: replay(binary, p) for p in sorted(glob.glob(FILES))}
    return {name: components for name, components in found.items() if components is not None}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(run.ROOT, "build")))
    args = parser.parse_args()
    failed = 0
    found = all_states(os.path.join(args.build, "thirdgen"))
    if found:
        print(f"FAILED without a mutant: {found}: each state has to come out the same")
        failed += 1
    tree = run.copy_sources(args.build, "mutants-replay")
    for name, (state, components) in EXPECTED.items():
        with run.mutant(args.build, tree, os.path.join(run.HERE, name + ".patch")) as binary:
            found = all_states(binary)
        if found != {state: components}:
            print(f"FAILED {name}: {found}, expected {({state: components})}")
            failed += 1
        else:
            print(f"ok     {name}: {state} differs in {', '.join(sorted(components))}")
    print(f"{len(EXPECTED) + 1 - failed} passed, {failed} failed")
    sys.exit(1 if failed or not glob.glob(FILES) else 0)


main()
