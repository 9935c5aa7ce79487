#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The checks are checked: seeded monitor bugs, each of which the properties must catch.

usage: tests/mutants/run.py [--build DIR] [--cases N] [--seed S] [--table] [--keep] [NAME...]

Each tests/mutants/*.patch is a small bug in one source file.  It is applied to
a copy of the sources, that file is compiled, and the command linked with it;
so is the bare-metal monitor inside it.  Then `thirdgen check` runs with the
suite's own budget, twice: under the hosted monitor, and under the bare-metal
one.  A mutant has to be caught by both, but for one in a file that only one of
the two has (vmm/hosted/, vmm/bare-metal/), or whose patch says `Only: hosted`
or `Only: bare-metal` and why.  Those of tests/mutants/engine/ are the threaded
engine's, which property 5 must catch.  A mutant that survives, or whose patch
no longer applies, is a failure.  --table prints the table for docs/testing.md.
A patch that says `Equivalent:` and why changes nothing that can be observed; it
has to survive, and is not counted.  --keep leaves the mutants' commands in
DIR/mutants/, to be looked at.
"""
import argparse
import contextlib
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
SOURCES = ["isa", "machine", "vmm", "assembler", "cli"]
CPU_SECONDS = 300  # a mutant that loops for ever ends here

# The two builds of the monitor, and the ways of `thirdgen check` that try them.
BUILDS = {"hosted": "hosted,hybrid",
          "bare-metal": "bare-metal,bare-metal-hybrid,hosted-2,bare-metal-2,bare-metal-3"}
CC = os.environ.get("CC", "gcc")


class Broken(Exception):
    """A mutant that could not be made, or be checked."""


def command(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Broken(f"{' '.join(words[:4])} ...: {done.stdout.decode()[-800:]}")


def header(path):
    """The fields before the diff, and the file that it changes."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    fields = dict(re.findall(r"^(Rule|Equivalent|Only): (.*)$", text, re.M))
    return fields, re.search(r"^\+\+\+ b/(\S+)", text, re.M).group(1)


def copy_tree(tree, folders):
    """A copy of some of the sources to apply patches to."""
    shutil.rmtree(tree, ignore_errors=True)
    for d in folders:
        shutil.copytree(os.path.join(ROOT, d), os.path.join(tree, d))


def apply(tree, path):
    command("patch", "-s", "-p1", "-F0", "-d", tree, "-i", path)


def copy_sources(build, name):
    """The same of all that the command is made of, and of the bare-metal monitor's objects."""
    tree = os.path.join(build, name, "tree")
    copy_tree(tree, SOURCES)
    shutil.copytree(os.path.join(build, "rv32"), os.path.join(tree, "out/rv32"))
    return tree


def checks(path, source, fields):
    """By build of the monitor that the bug is in, the options of the check that must catch it."""
    only = fields.get("Only", "").split(":")[0]
    if os.path.basename(os.path.dirname(path)) == "engine":
        return {"hosted": ["--property", "engines", "--way", "bare"]}
    if not only and source.startswith(("vmm/hosted/", "vmm/bare-metal/")):
        only = source.split("/")[1]
    return {build: ["--way", ways] for build, ways in BUILDS.items() if only in ("", build)}


def in_host(source):
    return not source.startswith("vmm/bare-metal/")


def in_rv32(source):
    return source.startswith(("isa/", "machine/devices/", "vmm/")) and not source.startswith(
        ("vmm/hosted/", "vmm/theorem/"))


def embed(build, tree, source, name):
    """What the command has inside it, with a bare-metal monitor made anew."""
    if not in_rv32(source):
        return os.path.join(build, "embedded.embedded.o")
    with contextlib.suppress(FileNotFoundError):
        os.remove(os.path.join(tree, "out/rv32", source + ".o"))
    # The objects of the monitor as it is are newer than the sources that they were copied with.
    command("make", "-s", "-C", tree, "-f", "vmm/bare-metal/rules.mk", "B=out", "VMM_CC=clang -w", "out/vmm.elf")
    os.remove(os.path.join(tree, "out/rv32", source + ".o"))
    with open(os.path.join(build, "embedded.s"), encoding="utf-8") as f:
        table, count = re.subn(r'incbin "[^"]*/vmm\.elf"', f'incbin "{tree}/out/vmm.elf"', f.read())
    if count != 1:
        raise Broken("the embedded files' table has no vmm.elf")
    with open(name + ".s", "w", encoding="utf-8") as f:
        f.write(table)
    command(CC, "-c", name + ".s", "-o", name + ".embedded.o")
    return name + ".embedded.o"


@contextlib.contextmanager
def mutant(build, tree, path, keep=False):
    """The command with one source file patched, for as long as it is needed."""
    source = header(path)[1]
    name = os.path.join(os.path.dirname(tree), os.path.basename(path)[:-6])
    apply(tree, path)
    try:
        objects = [os.path.join(build, "cli/main.o"), embed(build, tree, source, name)]
        if in_host(source):
            command(CC, "-std=c11", "-D_GNU_SOURCE", "-O1", "-w", "-I", tree, "-c",
                    os.path.join(tree, source), "-o", name + ".o")
            objects.append(name + ".o")
        command(CC, *objects, os.path.join(build, "libthirdgen.a"), "-lelf", "-lyaml", "-lreadline", "-lz",
                "-lpthread", "-o", name)
        yield name
    finally:
        # Not by the patch turned round, which may find another place that looks alike.
        shutil.copy(os.path.join(ROOT, source), os.path.join(tree, source))
        for end in ("" if not keep else ".s", ".o", ".s", ".embedded.o"):
            if os.path.exists(name + end):
                os.remove(name + end)


def check(binary, args, which):
    """Who caught it: (property, way, cases), or None."""
    done = subprocess.run([binary, "check", "--json", "--stop", "--cases", str(args.cases), "--seed",
                           str(args.seed), *which],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)))
    if done.returncode not in (0, 100):
        raise Broken(f"check ended with status {done.returncode}: a mutant has to be caught by a property, "
                     f"not by a crash or an endless loop\n{done.stderr.decode()[-500:]}")
    for row in json.loads(done.stdout)["properties"]:
        if not row["holds"]:
            return (row["property"], row["way"], row["cases"])
    return None


def cells(by):
    return f"{by[0]}, {by[1]} | {by[2]:,}" if by else "|"


def judge(args, tree, path):
    """One mutant: (verdict, a line about it, its row of the table)."""
    fields, source = header(path)
    name = os.path.basename(path)[:-6]
    caught = {}
    try:
        with mutant(args.build, tree, path, args.keep) as binary:
            for build, which in checks(path, source, fields).items():
                caught[build] = check(binary, args, which)
    except Broken as why:
        return "FAILED", f"{name}: {why}", None
    if "Equivalent" in fields:
        verdict = "FAILED" if any(caught.values()) else "equivalent"
        return verdict, f"{name}: {fields['Equivalent']}", None
    survived = [build for build, by in caught.items() if by is None]
    if survived:
        return "SURVIVED", f"{name} ({', '.join(survived)}): {fields['Rule']}", None
    row = f"| {fields['Rule']} | `{name}` | {' | '.join(cells(caught.get(b)) for b in BUILDS)} |"
    by = "; ".join(f"{p} ({way}), case {n}" for p, way, n in caught.values())
    return "caught", f"{name}: {by}", row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(ROOT, "build")))
    parser.add_argument("--cases", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    tree = copy_sources(args.build, "mutants")
    counts = {"caught": 0, "equivalent": 0, "SURVIVED": 0, "FAILED": 0}
    rows = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.patch")) + glob.glob(os.path.join(HERE, "engine", "*.patch"))):
        if args.names and os.path.basename(path)[:-6] not in args.names:
            continue
        verdict, line, row = judge(args, tree, path)
        counts[verdict] += 1
        rows += [row] if row else []
        print(f"{verdict:10} {line}", flush=True)
    if args.table:
        print("\n| rule | mutant | hosted: caught by | after cases | bare-metal: caught by | after cases |\n"
              "|---|---|---|---|---|---|")
        print("\n".join(sorted(rows)))
    print(", ".join(f"{n} {verdict.lower()}" for verdict, n in counts.items()))
    sys.exit(1 if counts["SURVIVED"] or counts["FAILED"] or not sum(counts.values()) else 0)


if __name__ == "__main__":
    main()
