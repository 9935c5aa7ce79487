#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The checks are checked: seeded monitor bugs, each of which the properties must catch.

usage: tests/mutants/run.py [--build DIR] [--cases N] [--seed S] [--table] [NAME...]

Each tests/mutants/*.patch is a small bug in one source file.  It is applied to
a copy of the sources, that file is compiled, and the command linked with it;
then `thirdgen check` runs with the suite's own budget.  A mutant that
survives, or whose patch no longer applies, is a failure.  --table prints the
table for docs/testing.md.  A patch that says `Equivalent:` and why changes
nothing that can be observed; it has to survive, and is not counted.
"""
import argparse
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CPU_SECONDS = 120  # a mutant that loops for ever ends here
SOURCES = ["isa", "machine", "vmm", "assembler", "cli"]


def header(path):
    """The fields before the diff, and the file that it changes."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    fields = dict(re.findall(r"^(Rule|Equivalent): (.*)$", text, re.M))
    return fields, re.search(r"^\+\+\+ b/(\S+)", text, re.M).group(1)


def patch(tree, path, *options):
    done = subprocess.run(["patch", "-s", "-p1", "-d", tree, *options, "-i", path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0


def build_mutant(build, tree, source, binary):
    """The command with one source file replaced by the copy's; the compiler's complaint, if any."""
    obj = os.path.join(build, "mutants", "mutant.o")
    compiled = subprocess.run(
        [os.environ.get("CC", "gcc"), "-std=c11", "-D_DEFAULT_SOURCE", "-O1", "-w", "-I", tree, "-c",
         os.path.join(tree, source), "-o", obj], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if compiled.returncode != 0:
        return compiled.stdout.decode()
    linked = subprocess.run(
        [os.environ.get("CC", "gcc"), os.path.join(build, "cli/main.o"), obj,
         os.path.join(build, "embedded.embedded.o"), os.path.join(build, "libthirdgen.a"),
         "-lelf", "-lyaml", "-lreadline", "-lpthread", "-o", binary],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return linked.stdout.decode() if linked.returncode != 0 else None


def check(binary, args):
    """Who caught it: (property, way, cases), or None."""
    done = subprocess.run([binary, "check", "--json", "--cases", str(args.cases), "--seed", str(args.seed)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)))
    if done.returncode not in (0, 100):
        raise RuntimeError(f"check ended with status {done.returncode}: a mutant has to be caught by a "
                           f"property, not by a crash or an endless loop\n{done.stderr.decode()[-500:]}")
    for row in json.loads(done.stdout)["properties"]:
        if not row["holds"]:
            return (row["property"], row["way"], row["cases"])
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(ROOT, "build")))
    parser.add_argument("--cases", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    tree = os.path.join(args.build, "mutants", "tree")
    shutil.rmtree(tree, ignore_errors=True)
    for d in SOURCES:
        shutil.copytree(os.path.join(ROOT, d), os.path.join(tree, d))
    caught = survived = equivalent = 0
    rows = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.patch"))):
        name = os.path.basename(path)[:-6]
        if args.names and name not in args.names:
            continue
        fields, source = header(path)
        if not patch(tree, path):
            print(f"FAILED {name}: the patch no longer applies to {source}")
            survived += 1
            continue
        binary = os.path.join(args.build, "mutants", name)
        error = build_mutant(args.build, tree, source, binary)
        patch(tree, path, "-R")
        if error:
            print(f"FAILED {name}: does not build: {error}")
            survived += 1
            continue
        by = check(binary, args)
        os.remove(binary)
        if "Equivalent" in fields:
            equivalent += 1
            print(f"{'equivalent' if by is None else 'FAILED':10} {name}: {fields['Equivalent']}")
            survived += by is not None
        elif by is None:
            survived += 1
            print(f"SURVIVED   {name}: {fields['Rule']}")
        else:
            caught += 1
            rows.append((fields["Rule"], name, by))
            print(f"caught     {name}: {by[0]} ({by[1]}), case {by[2]}", flush=True)
    if args.table:
        print("\n| rule | mutant | caught by | after cases |\n|---|---|---|---|")
        for rule, name, by in sorted(rows):
            print(f"| {rule} | `{name}` | {by[0]}, {by[1]} | {by[2]:,} |")
    print(f"{caught} caught, {survived} survived, {equivalent} equivalent")
    sys.exit(1 if survived else 0)


main()
