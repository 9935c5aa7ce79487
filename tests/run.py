#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the tests: usage: tests/run.py [--build DIR] [--only WORD] CLASS...

Each row of TESTS is a class (quick, full, long), a name, and a command, run
from the repository's root with THIRDGEN and BUILD in its environment and no
standard input.  Exit status 0 is a pass.  A line of output that starts with
SKIPPED says which oracle was missing; such lines are repeated at the end, and
a test that does nothing else ends with status 77.
"""
import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TESTS = [
    ("quick", "unit tests", "$BUILD/unit"),
    ("quick", "command line", "$PYTHON tests/cli/cases.py"),
    ("quick", "terminal", "$PYTHON tests/cli/terminal.py"),
    ("quick", "stepping sessions", "$PYTHON tests/repl/transcripts.py"),
    ("quick", "changes at every level", "$PYTHON tests/repl/changes.py"),
    ("quick", "stepping, on a terminal", "$PYTHON tests/repl/terminal.py"),
    ("quick", "gdb, packet by packet", "$PYTHON tests/gdb/protocol.py"),
    ("quick", "gdb, as docs/gdb.md has it", "$PYTHON tests/gdb/transcripts.py"),
    ("full", "gdb, at every depth", "$PYTHON tests/gdb/sessions.py"),
    ("quick", "chrome traces against the account", "$PYTHON tests/chrome.py"),
    ("quick", "tables of the docs", "$PYTHON tests/cli/tables.py"),
    ("quick", "reference card", "tests/oracle/reference.sh"),
    ("quick", "transcripts", "$PYTHON tests/docs.py"),
    ("quick", "broken ELF files", "$PYTHON tests/corpus/elf.py"),
    ("quick", "guest kernel", "$PYTHON tests/guest/guestos.py"),
    ("quick", "examples", "$PYTHON tests/guest/examples.py"),
    ("quick", "variants", "$PYTHON tests/variants.py"),
    ("quick", "one guest of several", "$PYTHON tests/guest/neighbours.py"),
    ("quick", "monitors within monitors", "$PYTHON tests/nested.py"),
    ("quick", "hostile guests", "$PYTHON tests/hostile/run.py quick"),
    ("quick", "all encodings, a sample", "$PYTHON tests/sweep.py"),
    ("quick", "properties", "$THIRDGEN check --cases 20k"),
    ("quick", "disassembler against GNU and LLVM", "$PYTHON tests/oracle/disassembler.py"),
    ("quick", "assembler against GNU and LLVM", "$PYTHON tests/oracle/assembler.py"),
    ("quick", "lines in ELF files against GNU", "$PYTHON tests/oracle/lines.py"),
    ("quick", "freestanding", "tests/oracle/freestanding.sh $BUILD/freestanding"),
    ("quick", "machine against QEMU", "$PYTHON tests/oracle/qemu.py --cases 1000"),
    ("full", "every variant of one CSR rule", "$PYTHON tests/rules.py"),
    ("long", "... as a user's file", "$PYTHON tests/rules.py --long"),
    ("quick", "large machines", "$PYTHON tests/scale.py"),
    ("full", "long runs", "$PYTHON tests/scale.py --long"),
    ("full", "engines, in all their forms", "$PYTHON tests/engines.py --cases 500"),
    ("full", "engines at length", "$THIRDGEN check --property engines --cases 100k --seed 3"),
    ("full", "engines' accounts", "$PYTHON tests/accounts.py"),
    ("full", "benchmarks, short", "make --no-print-directory B=$BUILD bench-short"),
    ("quick", "properties, out of sight",  # a store that the bare machine has made, the monitor not yet
     "$THIRDGEN check --property programs --way bare-metal-hybrid --first 1344 --cases 100"),
    ("full", "properties at length", "$THIRDGEN check --cases 100k --seed 2"),
    ("long", "properties by the million", "$THIRDGEN check --cases 1M --seed 1"),
    ("full", "machine against QEMU at length", "$PYTHON tests/oracle/qemu.py --cases 10000 --seed 2"),
    ("full", "C programs against QEMU", "$PYTHON tests/oracle/cprogram.py"),
    ("full", "mutants", "$PYTHON tests/mutants/run.py"),
    ("full", "compare, with mutants", "$PYTHON tests/mutants/compare.py"),
    ("full", "replayed steps, with mutants", "$PYTHON tests/mutants/replay.py"),
    ("long", "monitors within monitors, deep", "$PYTHON tests/nested.py --long"),
    ("full", "hostile guests, on all monitors", "$PYTHON tests/hostile/run.py full"),
    ("long", "hostile guests, at depth 2", "$PYTHON tests/hostile/run.py long"),
    ("full", "fairness", "$PYTHON tests/hostile/fairness.py"),
    ("full", "prover, against the compiled C", "$PYTHON tests/proof/selftest.py"),
    ("full", "proofs, some instructions", "$PYTHON tests/proof/prove.py --quick"),
    ("full", "proof against search, on smsw", "$PYTHON tests/proof/prove.py --isa smsw csrrs mret"),
    ("full", "proofs, hybrid monitor on jrst1", "$PYTHON tests/proof/prove.py --isa jrst1 mret"),
    ("full", "proofs, whole runs", "$PYTHON tests/proof/coq.py"),
    ("long", "proofs, all of them", "make --no-print-directory B=$BUILD prove"),
    ("long", "... on jrst1", "make --no-print-directory B=$BUILD ISA=jrst1 prove"),
    ("long", "... on popf", "make --no-print-directory B=$BUILD ISA=popf prove"),
    ("long", "monitors with bugs, refuted", "$PYTHON tests/proof/mutants.py"),
    ("long", "prover, with mutants", "$PYTHON tests/proof/selftest.py --mutants"),
    ("full", "clang builds it too", "make --no-print-directory CC=clang B=$BUILD/by-clang all"),
    ("full", "address and undefined-behaviour sanitizers", "make --no-print-directory B=$BUILD sanitize"),
    ("full", "fuzzers, briefly", "make --no-print-directory B=$BUILD fuzz-smoke"),
]


def run(row, env, logs):
    _, name, command = row
    done = subprocess.run(command, shell=True, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    with open(os.path.join(logs, name.replace(" ", "-").replace("/", "-") + ".log"), "w") as log:
        log.write(f"$ {command}\n{text}\nstatus {done.returncode}\n")
    return row, done.returncode, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--only", default="", help="tests whose name has this word")
    parser.add_argument("classes", nargs="+")
    args = parser.parse_args()
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    build = os.path.abspath(args.build)
    logs = os.path.join(build, "tests")
    os.makedirs(logs, exist_ok=True)
    env = dict(os.environ, BUILD=build, THIRDGEN=os.path.join(build, "thirdgen"),
               PYTHON=sys.executable, LC_ALL="C.UTF-8")
    env["PATH"] = build + ":" + env["PATH"]
    rows = [t for t in TESTS if t[0] in args.classes and args.only in t[1]]
    passed = failed = skipped = 0
    notes = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for row, status, text in pool.map(lambda t: run(t, env, logs), rows):
            notes += [f"{row[1]}: {line}" for line in text.splitlines() if line.startswith("SKIPPED")]
            if status == 77:
                skipped += 1
                print(f"skipped  {row[1]}", flush=True)
            elif status == 0:
                passed += 1
                print(f"ok       {row[1]}", flush=True)
            else:
                failed += 1
                tail = "\n".join("    " + line for line in text.splitlines()[-40:])
                print(f"FAILED   {row[1]} (status {status}): {row[2]}\n{tail}", flush=True)
    for note in notes:
        print(f"SKIPPED  {note}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not rows else 0)


main()
