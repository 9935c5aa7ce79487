#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The proof is checked: seeded bugs of the monitor, each of which it must refute.

usage: tests/proof/mutants.py [--build DIR] [--table] [NAME...]

Each of tests/mutants/*.patch in the code under proof, but for what OUT_OF_SCOPE
says is not proved, goes through `prove.py --mutant`.  One that survives is a
failure.  --table prints the table for docs/proof.md.
"""
import argparse
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
try:
    import z3  # noqa: F401
    import build
except (ImportError, OSError) as missing:
    print(f"SKIPPED: the prover needs python3-z3, clang-14 and libllvm14 (make prove-deps): {missing}")
    sys.exit(77)

OUT_OF_SCOPE = {
    "hybrid-in-user": "the hybrid monitor",
    "hybrid-mresv": "the hybrid monitor",
    "neighbours-overlap": "several VMs",
    "switch-keeps-timer": "several VMs",
    "switch-leaves-mresv": "several VMs",
}
UNDER_PROOF = build.ISA + build.DEVICES + build.MONITOR


def source_of(patch):
    with open(patch, encoding="utf-8") as f:
        return re.search(r"^\+\+\+ b/(\S+)", f.read(), re.M).group(1)


def in_scope():
    """The names of the mutants that are to be refuted."""
    patches = sorted(glob.glob(os.path.join(build.ROOT, "tests/mutants/*.patch")))
    names = [os.path.basename(p)[:-len(".patch")] for p in patches if source_of(p) in UNDER_PROOF]
    return [name for name in names if name not in OUT_OF_SCOPE]


def refuted(name, folder):
    """(the obligation that is refuted, the claim that is broken), or None."""
    done = subprocess.run([sys.executable, os.path.join(HERE, "prove.py"), "--build", folder, "--mutant", name],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode()
    found = re.search(r"FAILED: (\w+: )?broken: (.*?), in \w+ at line", text)
    by = re.search(r"refuted, by (.+)$", text, re.M)
    if done.returncode != 0 or not found or not by:
        print(text)
        return None
    return by.group(1), found.group(2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(build.ROOT, "build")))
    parser.add_argument("--table", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    survived = 0
    names = args.names or in_scope()
    for name in names:
        found = refuted(name, args.build)
        survived += found is None
        by, claim = found or ("-", "SURVIVES")
        print(f"| `{name}` | `{by}` | {claim} |" if args.table else f"  {name:24} {by:28} {claim}", flush=True)
    print(f"{len(names)} mutants, {survived} survive the proof")
    sys.exit(1 if survived or not names else 0)


if __name__ == "__main__":
    main()
