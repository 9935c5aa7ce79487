#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Proves of the shipping C what docs/proof.md lists, for all states.

usage: tests/proof/prove.py [--build DIR] [--quick] [--isa VARIANT] [--mutant NAME] [--jobs N] [--fresh] [NAME...]

The sources are compiled to LLVM IR, and executed symbolically (executor.py).
A line for each obligation: what came of it, paths, paths that an assumption
ends, queries to z3, CPU time.  A refutation, an answer that z3 does not give
in its time, a harness of which no path comes to the end, and a statement that
nothing reaches are failures.  What was proved of the same IR by the same
prover is not proved again (--fresh: it is).  NAMEs choose instructions.

--mutant: the monitor with tests/mutants/NAME.patch, a seeded bug.  P2 has to be
refuted of it, and its first refutation is printed: then the status is 0.
"""
import argparse
import dataclasses
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import textwrap
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import needs  # noqa: F401  (first)
import z3
import build
import obligations
import seeded
import witness
from executor import Unknown
from llvm import Unsupported

QUICK_ROWS = ["beq", "sc.w", "mret", "csrrw", "ecall", "undefined"]
MUTANTS_FIRST = ["lemma_composed", "reflected_in_user_mode", "reflected_in_machine_mode", "timer_in_user_mode",
                 "timer_in_machine_mode", "byte_in_machine_mode", "resume_over", "undefined", "mret", "ecall", "wfi", "sb",
                 "lbu", "sw", "lw", "lr.w", "resume_waiting", "csrrw", "resume_in_machine_mode", "resume_in_user_mode"]
REPLAYED = {"lemma_composed": ["lw", "sw", "mret"],  # where a step shows what another obligation refutes
            "reflected_in_machine_mode": ["ecall", "undefined", "lw", "sw"],
            "reflected_in_user_mode": ["undefined", "ecall", "csrrw", "mret", "lw", "sw"]}
QUICK_STEPS = ["lui", "ecall", "mret"]
EVENTS = ["reflected_in_user_mode", "reflected_in_machine_mode", "timer_in_user_mode", "timer_in_machine_mode",
          "byte_in_user_mode", "byte_in_machine_mode", "resume_in_user_mode", "resume_in_machine_mode",
          "resume_waiting", "resume_over"]
QUICK_EVENTS = [e for e in EVENTS if not e.startswith("resume")]
HYBRID = ("jrst1", "popf")  # theorem 3 holds of them, theorem 1 does not: P2 is the hybrid monitor's
HYBRID_EVENTS = [e for e in EVENTS if not e.endswith("_in_machine_mode") or e.startswith("resume")]
PROGRAMS = {}  # of this process: the paths of the IR: the Program


def prover_hash():
    text = hashlib.sha256(z3.get_version_string().encode())
    for name in sorted(os.listdir(HERE)):
        if name.endswith(".py"):
            with open(os.path.join(HERE, name), "rb") as f:
                text.update(f.read())
    return text.hexdigest()


@dataclasses.dataclass
class Job:
    part: str         # a heading
    function: str     # of obligations.py
    sources: tuple    # IR files
    arguments: tuple
    key: str          # of the cache

    @property
    def name(self):
        return self.arguments[0]


def run(job):
    """In a worker."""
    try:
        if job.sources not in PROGRAMS:
            PROGRAMS[job.sources] = build.Program(job.sources)
        return obligations.timed(getattr(obligations, job.function), PROGRAMS[job.sources], *job.arguments)
    except (Unknown, Unsupported) as why:
        return obligations.Report(job.name, "UNKNOWN", problems=[f"{type(why).__name__}: {why}"])


def cached(folder, job):
    path = os.path.join(folder, hashlib.sha256(job.key.encode()).hexdigest() + ".json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            return path, obligations.Report(**json.load(f))
    return path, None


def mutated(folder, name):
    """A copy of the sources with a seeded bug."""
    tree = os.path.join(folder, name)
    seeded.copy_tree(tree, ["isa", "machine", "vmm", "tests/proof"])
    seeded.apply(tree, seeded.path_of(name))
    return tree


class Prover:
    def __init__(self, args):
        self.args, self.failures, self.reports = args, 0, []
        self.out = os.path.join(os.path.abspath(args.build), "proof")
        self.root = mutated(os.path.join(self.out, "mutants"), args.mutant) if args.mutant else build.ROOT
        self.cache, self.witnesses = os.path.join(self.out, "cache"), os.path.join(self.out, "witnesses")
        for folder in (self.cache, self.witnesses):
            os.makedirs(folder, exist_ok=True)
        self.thirdgen = os.path.join(os.path.abspath(args.build), "thirdgen")
        self.prover = prover_hash()
        self.hybrid = args.isa in HYBRID

    def job(self, part, function, program, *arguments):
        sources, ir = program
        return Job(part, function, sources, arguments, "\n".join([self.prover, ir, function, repr(arguments)]))

    def program(self, name, sources):
        """Compile; (the paths of the IR, its hash)."""
        builder = build.Builder(os.path.join(self.out, name + (f"-{self.args.mutant}" if self.args.mutant else "")), self.root)
        sources = sources + [builder.variant(build.rules_of(self.thirdgen, self.args.isa))]
        paths, ir = builder.compile_all(sources)
        return tuple(paths), ir

    # ---- the obligations ----

    def classification(self):
        program = self.program("variant-" + self.args.isa, ["tests/proof/classification.c", build.LEMMAS] + build.ISA + build.DEVICES)
        part = f"P1, classification, on {self.args.isa}"
        jobs = [self.job(part, "lemma", program, name) for name in ("lemma_window", "lemma_lines")]
        return jobs + [self.job(part, "classify_row", program, row.name, self.args.isa, self.thirdgen, self.witnesses)
                       for row in build.rows() if self.wanted(row.name, QUICK_ROWS)]

    def homomorphic(self):
        """Is the monitor's guest to be the bare machine?  Of other variants the theorems say nothing."""
        return self.args.isa == "virtualizable" or self.hybrid

    @staticmethod
    def homomorphism_sources():
        return ["tests/proof/homomorphism.c", build.LEMMAS] + build.ISA + build.DEVICES + build.MONITOR

    def homomorphism(self):
        """P2: of the pure monitor, or of the hybrid one, which does not run virtual M-mode directly."""
        events = HYBRID_EVENTS if self.hybrid else QUICK_EVENTS if self.args.quick else EVENTS
        program = self.program("homomorphism-" + self.args.isa, self.homomorphism_sources())
        part = f"P2, homomorphism, {'hybrid' if self.hybrid else 'pure'} monitor"
        lemmas = ("lemma_window", "lemma_placed", "lemma_lines", "lemma_settle") + (() if self.args.quick else ("lemma_composed",))
        jobs = [self.job(part, "lemma", program, name) for name in lemmas]
        jobs += [self.job(part, "homomorphism_event", program, event, self.hybrid)
                 for event in events
                 if not self.args.names or event in self.args.names]
        rows = [row.name for row in build.rows() if row.kind != build.Row.DEVICE and self.wanted(row.name, QUICK_STEPS)]
        for harness, mode in (("instruction_in_user_mode", "virtual U-mode"),
                              ("hybrid_step" if self.hybrid else "instruction_in_machine_mode", "virtual M-mode")):
            jobs += [self.job(f"{part}, {mode}", "homomorphism_row", program, row, harness, self.hybrid) for row in rows]
        return jobs

    def wanted(self, name, quick):
        if self.args.names:
            return name in self.args.names
        return not self.args.quick or name in quick

    def refute(self):
        """P2 of a mutant, the shortest obligations first: the first report with a refutation, or None."""
        jobs = self.homomorphism()
        for job in sorted(jobs, key=lambda job: MUTANTS_FIRST.index(job.name) if job.name in MUTANTS_FIRST else 99):
            report = run(job)
            self.reports.append(report)
            self.line(report, False)
            if report.verdict == "REFUTED":
                return report
        return None

    def replay(self, found):
        """A step of the mutant that differs, found in a small machine, on the mutant itself and on thirdgen:
        (file, said by the mutant, said by thirdgen); None where no single step shows it."""
        if self.hybrid:
            return None  # what it interprets does not trap
        sources, _ = self.program("homomorphism-" + self.args.isa, self.homomorphism_sources())
        rows = {row.name: row for row in build.rows()}
        try:
            for name in REPLAYED.get(found.name, [found.name] if found.name in rows else []):
                for mode in ("machine", "user"):
                    example = obligations.whole_step(build.Program(sources), rows[name], mode)
                    if example is not None:
                        return self.replay_step(example)
        except (Unknown, Unsupported) as why:
            print(f"  a step to replay was looked for, and given up: {why}")
        return None

    def replay_step(self, example):
        path = os.path.join(self.witnesses, self.args.mutant + ".json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(witness.step(self.args.isa, example))
        folder = os.path.abspath(self.args.build)
        tree = seeded.copy_sources(folder, os.path.join("proof", "mutants", self.args.mutant + "-replay"))
        with seeded.mutant(folder, tree, seeded.path_of(self.args.mutant)) as binary:
            return path, witness.replay(binary, path, "check"), witness.replay(self.thirdgen, path, "check")

    # ---- running them ----

    def all(self, jobs):
        """[(job, report)], in order, each printed as it comes."""
        known = {}
        for i, job in enumerate(jobs):
            path, report = cached(self.cache, job)
            known[i] = (path, None if self.args.fresh else report)
        todo = [job for i, job in enumerate(jobs) if known[i][1] is None]
        out, part = [], None
        with multiprocessing.Pool(self.args.jobs, maxtasksperchild=1) as pool:  # z3 answers alike, whatever came before
            fresh = pool.imap(run, todo)
            for i, job in enumerate(jobs):
                path, report = known[i]
                again = report is not None
                report = report or self.await_next(fresh, job.name, i, len(jobs))
                if not again and not report.problems:
                    with open(path, "w", encoding="utf-8") as f:
                        json.dump(dataclasses.asdict(report), f)
                if job.part != part:
                    part = job.part
                    print(f"{part}\n  {'':25} {'':24} paths ended queries      s")
                self.line(report, again)
                out.append((job, report))
        return out

    @staticmethod
    def await_next(fresh, name, done, count):
        """The next report; a terminal is told meanwhile what it is waiting for."""
        shown = False
        while True:
            try:
                report = fresh.next(timeout=1)
                if shown:
                    print("\r\033[K", end="")
                return report
            except multiprocessing.TimeoutError:
                shown = sys.stdout.isatty()
                if shown:
                    bar = "#" * (20 * done // count)
                    print(f"\r  [{bar:20}] {done} of {count}; {name} ...\033[K", end="", flush=True)

    def line(self, report, again):
        time_text = " cached" if again else f"{report.seconds:7.1f}"
        verdict, *more = textwrap.wrap(report.verdict, 24)
        print(f"  {report.name:25} {verdict:24} {report.paths:5} {report.vacuous:5} {report.queries:7}{time_text}", flush=True)
        for rest in more:
            print(f"  {'':25} {rest}")
        for problem in report.problems:
            self.failures += 1
            print("    FAILED: " + problem.replace("\n", "\n    "), flush=True)

    def theorems(self, results):
        """What P1 comes to, for the rows that were run."""
        rows = [r for job, r in results if job.function == "classify_row" and r.facts]
        if not rows:
            return
        sensitive = lambda r: r.facts["control_sensitive"] or r.facts["behaviour_sensitive"]
        first = [r.name for r in rows if sensitive(r) and not r.facts["privileged"]]
        third = [r.name for r in rows if r.facts["user_sensitive"] and not r.facts["privileged"]]
        whole = len(rows) == len(build.rows())
        print(f"  Theorem 1: {self.verdict(first, whole)}\n  Theorem 3: {self.verdict(third, whole)}")
        if self.args.isa == "virtualizable":
            unequal = [r.name for r in rows if sensitive(r) != r.facts["privileged"]]
            print(f"  sensitive = privileged: {self.verdict(unequal, whole)}")
            self.failures += len(unequal)
        self.against_search(rows)

    @staticmethod
    def verdict(offenders, whole):
        if offenders:
            return "no: " + ", ".join(offenders)
        return "yes, proved of all words" if whole else "nothing against it in the rows asked for"

    def against_search(self, rows):
        """Classification by proof against thirdgen's, by search."""
        done = subprocess.run([self.thirdgen, "classify", "--isa", self.args.isa, "--json"], stdout=subprocess.PIPE, check=True)
        search = {i["mnemonic"]: i for i in json.loads(done.stdout)["instructions"]}
        facts = ("privileged", "control_sensitive", "behaviour_sensitive", "user_sensitive", "always_traps")
        apart = [f"{r.name}: {f}: search says {search[r.name][f]}, proof says {r.facts[f]}"
                 for r in rows for f in facts if search[r.name][f] != r.facts[f]]
        self.failures += len(apart)
        print(f"  search and proof agree on {len(rows)} rows" if not apart else
              "\n".join(f"    FAILED: {line}" for line in apart))


def unreached(jobs_and_reports, prover, args):
    """Statements of the harnesses that no path of any obligation came to, where all of them were run."""
    reached = {label for _, report in jobs_and_reports for label in report.reached}
    stated = build.statements(["tests/proof/classification.c", build.LEMMAS])
    if not args.quick and prover.homomorphic():
        stated |= build.statements(["tests/proof/homomorphism.c"])
    return sorted(label for label in stated - reached if not label.startswith("pure: " if prover.hybrid else "hybrid: "))


def tell_replay(replayed):
    """False where the mutant's step is not what z3 says, or thirdgen's own."""
    if replayed is None:
        print("  not replayed: it takes more than a step to see it, or hangs on the monitor's own account")
        return True
    path, (mutant_same, mutant_says), (same, says) = replayed
    print(f"  replayed: check --replay {os.path.relpath(path)}")
    print("  the mutant:   " + mutant_says.split("\n")[0].split(": ", 1)[-1])
    print("  build/thirdgen: " + says.split("\n")[0].split(": ", 1)[-1])
    if mutant_same or not same:
        print("    FAILED: z3's counterexample does not hold on the machine")
    return not mutant_same and same


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(build.ROOT, "build")))
    parser.add_argument("--quick", action="store_true", help="a few instructions of each kind")
    parser.add_argument("--isa", default="virtualizable")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="take nothing from the cache")
    parser.add_argument("--mutant", help="a seeded bug, of tests/mutants/, that is to be refuted")
    parser.add_argument("names", nargs="*", help="instructions, as classify names them")
    args = parser.parse_args()
    start = time.time()
    prover = Prover(args)
    if args.mutant:
        found = prover.refute()
        holds = found is not None and tell_replay(prover.replay(found))
        print(f"{args.mutant}: " + (f"refuted, by {found.name}" if found else f"SURVIVES {len(prover.reports)} obligations"))
        sys.exit(0 if holds else 1)
    results = prover.all(prover.classification())
    prover.theorems(results)
    if prover.homomorphic():
        results += prover.all(prover.homomorphism())
    for label in unreached(results, prover, args) if not args.names else []:
        prover.failures += 1
        print(f"FAILED: nothing reaches the statement `{label}'")
    reports = [r for _, r in results]
    print(f"{len(reports)} obligations, {prover.failures} failures; {sum(r.paths for r in reports)} paths, "
          f"{sum(r.vacuous for r in reports)} ended by an assumption, {sum(r.queries for r in reports)} queries; "
          f"{time.time() - start:.0f} s")
    sys.exit(1 if prover.failures or not reports else 0)


if __name__ == "__main__":
    try:
        main()
    except (build.Failed, seeded.Broken) as why:
        sys.exit(f"FAILED: {why}")
