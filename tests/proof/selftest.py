#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The executor is tested: usage: tests/proof/selftest.py [--mutants]

What selftest.c says holds must be proved, what it says fails must be refuted.
Of every path to the end of a harness that holds, and of P1's harnesses on a
few instructions, one model is run on the compiled C, and all that is observed
compared.  --mutants: seeded bugs of the executor, each of which must make
these tests fail.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import needs  # noqa: F401  (first)
import build
import replay
from executor import Counterexample, Executor, Unknown
from llvm import Program, Unsupported

# (file, what is there, what a mutant has instead)
MUTANTS = [
    ("terms.py", "z3.SignExt(width - from_width, v)", "z3.ZeroExt(width - from_width, v)"),
    ("terms.py", '"ashr": lambda: a >> b', '"ashr": lambda: z3.LShR(a, b)'),
    ("terms.py", '"udiv": lambda: z3.UDiv(a, b)', '"udiv": lambda: a / b'),
    ("terms.py", '"slt": lambda: a < b', '"slt": lambda: z3.ULT(a, b)'),
    ("terms.py", "return y if x == 0 else ones", "return y"),
    ("terms.py", "(width - b, simplify(z3.Extract(width - 1, b, a)))", "(width - b, simplify(z3.Extract(width - 1 - b, 0, a)))"),
    ("terms.py", "if kind == z3.Z3_OP_CONCAT and e.children()[-1].size() >= width:", "if kind == z3.Z3_OP_CONCAT:"),
    ("memory.py", "for at, value in reversed(maybe):", "for at, value in maybe:"),
    ("memory.py", "if not terms.distinct(at, key):", "if terms.identical(at, key):"),
    ("memory.py", "[w[0] for w in self.writes + other.writes]", "[w[0] for w in self.writes[1:]]"),
    ("memory.py", "places = range(self.count)", "places = range(self.count - 1)"),
    ("memory.py", "self.arrays[at + move] = array", "pass"),
    ("executor.py", "for condition, block in feasible:", "for condition, block in feasible[:-1]:"),
    ("executor.py", "for condition, block in feasible:", "for condition, block in feasible[1:]:"),
    ("executor.py", "[(rest, i.operands[1])]", "[]"),
    ("executor.py", "            if model is not None:", "            if False:"),
    ("executor.py", 'terms.compare("ult", index, array.count, 64)', 'terms.compare("ule", index, array.count, 64)'),
    ("executor.py", "twin.objects, twin.owned, twin.next_object = dict(self.objects), set(), self.next_object\n        self.owned = set()",
     "twin.objects, twin.owned, twin.next_object = dict(self.objects), self.owned, self.next_object"),
    ("executor.py", "return self.fork(state, [(condition, i.extra[0]), (terms.negate(condition), i.extra[1])])",
     "return self.fork(state, [(condition, i.extra[0]), (condition, i.extra[1])])"),
    ("executor.py", 'terms.compare("ne", b, 0, i.width)', "True"),
    ("executor.py", "frame.values.update(values)", "frame.values.update(values[:0])"),
    ("executor.py", "twin.guard += (condition,)", "pass"),
    ("executor.py", "terms.choose(terms.simplify(under), value[0], result[0], width)",
     "terms.choose(terms.simplify(under), result[0], value[0], width)"),
    ("executor.py", "if claim is not True:", "if claim is False:"),
    ("executor.py", "for condition, what, where in todo:", "for condition, what, where in todo[1:]:"),
    ("executor.py", "condition.arg(1).as_long())", "condition.arg(1).as_long() - 1)"),
    ("executor.py", "self.settle(state)\n        self.end(state)", "self.end(state)"),
    ("executor.py", "(answer == z3.unsat, claim, said)", "(True, claim, said)"),
    ("executor.py", "(claim.get_id(), *sorted(a.get_id() for a in said))", "(claim.get_id(),)"),
    ("terms.py", "sum(largest(c) for c in v.children()) < 1 << from_width", "largest(v.children()[0]) < 1 << from_width"),
]
ROWS = ["lw", "sb", "srai", "mret", "csrrs", "undefined"]

failures = paths = 0


def failed(text):
    global failures
    failures += 1
    print(f"FAILED: {text}")


def compare_paths(lib, program, function, parameters, word=None, conditions=(), summaries=None):
    """Walk `function`, and run one model of each path on the compiled C.  Returns the executor."""
    e = Executor(program, word, conditions, summaries, parameters)

    def at_end(state):
        global paths
        paths += 1
        state.frames.append(None)  # there is no place: the harness has returned
        example = Counterexample("", e.model(None), state, None)
        state.frames.pop()
        for difference in replay.differences(lib, function, example, parameters):
            failed(f"{function}, a path: {difference}")

    e.at_end = at_end
    e.run(function)
    return e


def small_harnesses(folder):
    with open(os.path.join(HERE, "selftest.c"), encoding="utf-8") as f:
        names = re.findall(r"^((?:holds|fails)_\w+)\(void\)", f.read(), re.M)
    program = Program(build.Builder(folder).compile_all(["tests/proof/selftest.c"])[0])
    lib = replay.library(folder, "selftest", ["tests/proof/selftest.c"])
    for name in names:
        e = compare_paths(lib, program, name, {})
        if name.startswith("holds") and (e.refuted or not e.paths):
            failed(f"{name}: {e.refuted.what if e.refuted else 'no path comes to the end'}")
        if name.startswith("fails") and not e.refuted:
            failed(f"{name}: proved")
    return len(names)


def instructions(folder):
    """P1's harnesses, with a RAM small enough to run them, on the code under proof itself."""
    builder = build.Builder(folder)
    variant = builder.variant([{"csr": "mstatus", "access": "read", "in-user-mode": "execute"}])
    sources = ["tests/proof/classification.c"] + build.ISA + build.DEVICES + [variant]
    program, lib = Program(builder.compile_all(sources)[0]), replay.library(folder, "classification", sources)
    for row in [r for r in build.rows() if r.name in ROWS]:
        for question in ("control_user", "control_supervisor", "privileged"):
            for word, conditions in row.words:
                compare_paths(lib, program, question, {"ram": 64, "row": row.kind}, word, conditions,
                              {"isa_fetch": "fetch_summary"})


def run_mutants(folder):
    """Each seeded bug of the executor, in a copy: this script must fail there."""
    survived = 0
    for n, (name, there, instead) in enumerate(MUTANTS):
        copy = os.path.join(folder, f"mutant{n}")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(HERE, copy)
        path = os.path.join(copy, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if text.count(there) != 1:
            failed(f"mutant {n}: `{there}' stands in {name} {text.count(there)} times")
            continue
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(there, instead))
        done = subprocess.run([sys.executable, os.path.join(copy, "selftest.py"), "--small"], check=False,
                              env=dict(os.environ, PROOF_ROOT=build.ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        shutil.rmtree(copy)
        if done.returncode == 0:
            survived += 1
            failed(f"a mutant of the executor survives: {name}: {instead}")
    print(f"{len(MUTANTS)} mutants of the executor, {survived} survive")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(build.ROOT, "build")))
    parser.add_argument("--small", action="store_true", help="selftest.c alone")
    parser.add_argument("--mutants", action="store_true")
    args = parser.parse_args()
    folder = os.path.join(os.path.abspath(args.build), "proof", f"selftest-{os.getpid()}")
    try:
        if args.mutants:
            os.makedirs(folder, exist_ok=True)
            run_mutants(folder)
        else:
            count = small_harnesses(folder)
            if not args.small:
                instructions(folder)
            print(f"{count} harnesses, {paths} paths run on the compiled C, {failures} failures")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    try:
        main()
    except (Unknown, Unsupported, build.Failed) as why:
        sys.exit(f"FAILED: {type(why).__name__}: {why}")
