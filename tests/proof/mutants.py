#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The proof is checked: seeded bugs of the monitor, each of which it must refute.

usage: tests/proof/mutants.py [--build DIR] [--jobs N] [--table] [NAME...]

Each of tests/mutants/*.patch in the code under proof, but for what seeded.py
says is not proved, goes through `prove.py --mutant`.  One that survives is a
failure.  --table prints the table for docs/proof.md.
"""
import argparse
import multiprocessing.pool
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import needs  # noqa: F401  (first)
import build
import seeded


def refuted(name, folder):
    """(the obligation that is refuted, the claim that is broken, is it replayed), and what was said."""
    isa = "jrst1" if seeded.header(seeded.path_of(name))[0]["Rule"].startswith("hybrid:") else "virtualizable"
    done = subprocess.run([sys.executable, os.path.join(HERE, "prove.py"), "--build", folder, "--isa", isa, "--mutant", name],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode()
    found = re.search(r"FAILED: (\w+: )?broken: (.*?), in \w+ at line", text)
    by = re.search(r"refuted, by (.+)$", text, re.M)
    if done.returncode != 0 or not found or not by:
        return None, text
    return (by.group(1), found.group(2), "yes" if "  replayed: " in text else "-"), text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(build.ROOT, "build")))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--table", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    survived = 0
    names = args.names or seeded.in_scope()
    with multiprocessing.pool.ThreadPool(args.jobs) as pool:
        for name, (found, said) in zip(names, pool.imap(lambda name: refuted(name, args.build), names)):
            survived += found is None
            by, claim, replayed = found or ("-", "SURVIVES", "-")
            print(f"| `{name}` | `{by}` | {claim} | {replayed} |" if args.table else
                  f"  {name:22} {by:25} {replayed:3} {claim}", flush=True)
            if found is None:
                print(said)
    print(f"{len(names)} mutants, {survived} survive the proof")
    sys.exit(1 if survived or not names else 0)


if __name__ == "__main__":
    main()
