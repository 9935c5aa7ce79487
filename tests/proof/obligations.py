# SPDX-License-Identifier: MIT
"""What there is to prove: a table of jobs, each a line of `make prove`.

A job is run in a process of its own kind: `run` is given the programs that it
names, and returns a Report.  Nothing here judges by a table of expectations:
on `virtualizable` the verdict is that sensitive and privileged are the same,
on a variant what follows for theorems 1 and 3.
"""
import dataclasses
import os
import time

import build
import witness
from executor import Executor, Unknown
from llvm import Unsupported

SUMMARIES = {"isa_window": "window_summary", "isa_fetch": "fetch_summary"}
LOOK_FOR = {"isa_fetch": "fetch_summary"}  # a counterexample, on isa_window itself
QUESTIONS = list(witness.KINDS)


@dataclasses.dataclass
class Report:
    """What came of a job.  `problems` makes it a failure."""
    name: str
    verdict: str = ""
    paths: int = 0
    vacuous: int = 0
    queries: int = 0
    seconds: float = 0.0
    problems: list = dataclasses.field(default_factory=list)
    reached: list = dataclasses.field(default_factory=list)  # the statements that some path came to
    facts: dict = dataclasses.field(default_factory=dict)

    def count(self, executor):
        self.paths += executor.paths
        self.vacuous += executor.vacuous
        self.queries += executor.queries
        self.reached = sorted(set(self.reached) | set(executor.labels))


# ---- P1 ----

def ask(program, question, row, summaries, ram, report):
    """All words of a row: the first counterexample, or None if there is none."""
    for word, conditions in row.words:
        e = Executor(program, word, conditions, summaries, {"ram": ram, "row": row.kind})
        proved = e.run(question)
        report.count(e)
        if not proved:
            return e.refuted
    return None


def show_witness(program, question, row, isa, thirdgen, folder, report):
    """Find the counterexample again in a small RAM, write it as a witness, and have thirdgen replay it."""
    example = ask(program, question, row, LOOK_FOR, witness.RAM_BYTES, report)
    if example is None:
        return None
    name = f"{isa}-{row.name.replace(', ', '-')}-{witness.KINDS[question]}.json"
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(witness.document(question, row.name, isa, example))
    holds, said = witness.replay(thirdgen, path)
    if not holds:
        report.problems.append(f"{question}: z3's counterexample does not hold on the machine: {said}")
    return path


def classify_row(program, name, isa, thirdgen, folder):
    """P1 for one row: the classes of docs/theorem.md, each proved or refuted with a witness."""
    row = next(r for r in build.rows() if r.name == name)
    report = Report(name)
    found = {}
    for question in QUESTIONS:
        example = ask(program, question, row, SUMMARIES, 0, report)
        if example is None:
            continue
        found[question] = show_witness(program, question, row, isa, thirdgen, folder, report)
    both = [ask(program, q, row, SUMMARIES, 0, report) is None for q in ("traps_in_user_mode", "traps_in_machine_mode")]
    # A pair of states in different modes may need more than the mode to differ: no kind of witness says that.
    unseen = [q for q, path in found.items() if path is None and q != "behaviour_mode"]
    behaviour = [q for q in found if q.startswith("behaviour")]
    if behaviour == ["behaviour_mode"] and found["behaviour_mode"] is None:
        unseen = behaviour
    if unseen:
        report.problems.append(f"refuted, but not in a RAM of {witness.RAM_BYTES} bytes: {', '.join(unseen)}")
    report.facts = {
        "privileged": "privileged" not in found and not all(both),
        "control_sensitive": any(q.startswith("control") for q in found),
        "behaviour_sensitive": bool(behaviour),
        "user_sensitive": any(q.endswith("_user") for q in found),
        "always_traps": all(both),
        "witnesses": {q: path for q, path in found.items() if path},
    }
    report.verdict = verdict(report.facts)
    return report


def verdict(facts):
    if facts["always_traps"]:
        return "always traps"
    words = ["privileged"] if facts["privileged"] else []
    kinds = [kind for kind in ("control", "behaviour", "user") if facts[f"{kind}_sensitive"]]
    if kinds:
        words.append("-, ".join(kinds) + "-sensitive")
    return ", ".join(words) or "innocuous"


def lemma(program, name, parameters=None):
    """A harness that needs no instruction, and must be proved."""
    report = Report(name)
    e = Executor(program, parameters=parameters or {"ram": 0, "row": 0})
    proved = e.run(name)
    report.count(e)
    report.verdict = "proved" if proved else "REFUTED"
    if not proved:
        report.problems.append(describe(e.refuted))
    elif e.paths == e.undecided:
        report.problems.append("no path comes to the end of the harness")
    return report


# ---- P2 ----

STEP_SUMMARIES = {"isa_window": "window_summary", "devices_lines": "lines_summary"}
AGAIN_MS = 20000  # a query, where a refutation is looked for again without what makes queries simple
# vmm_resume is a loop, whose parts are proved each by itself.
LOOP_CUTS = {"take_turn": "take_turn_cut", "inject": "inject_cut", "vmm_hybrid_step": "hybrid_cut"}


def homomorphism_row(program, name, harness, hybrid):
    """P2 for the words of a row."""
    row = next(r for r in build.rows() if r.name == name)
    report = Report(name, "proved")
    for word, conditions in row.words:
        step(program, harness, report, STEP_SUMMARIES, hybrid, word, conditions, int(name == "undefined"))
    return report


def homomorphism_event(program, harness, hybrid):
    """P2 for what is no instruction: a trap to hand on, the timer, a byte, and the way out of the monitor."""
    report = Report(harness, "proved")
    cuts = LOOP_CUTS if harness.startswith("resume") and harness != "resume_over" else {}
    step(program, harness, report, {**STEP_SUMMARIES, **cuts}, hybrid)
    return report


def step(program, harness, report, summaries, hybrid, word=None, conditions=(), any_word=0):
    """Once under the summaries; a refutation is looked for again on the real functions."""
    parameters = {"any word": any_word, "hybrid": int(hybrid), "settled": int(harness == "hybrid_step"), "small": 0}
    e = Executor(program, word, conditions, summaries, parameters)
    proved = e.run(harness)
    report.count(e)
    if not proved:
        report.verdict = "REFUTED"
        report.problems.append(f"{harness}: {describe(e.refuted)}")
        example = again(program, harness, summaries, word, conditions, parameters)
        report.problems.append(f"{harness}: {example}")
    elif e.paths == e.undecided:
        report.problems.append(f"{harness}: no path comes to the end of the harness")


def whole_step(program, row, mode):
    """A counterexample to a whole step, in a small machine, on the real functions; or None."""
    for word, conditions in row.words:
        e = Executor(program, word, conditions, {"devices_lines": "lines_summary"},
                     {"any word": 0, "hybrid": 0, "settled": 1, "small": 1}, AGAIN_MS)
        if not e.run(f"whole_step_in_{mode}_mode"):
            return e.refuted
    return None


def again(program, harness, summaries, word, conditions, parameters):
    """The same on the functions themselves, instead of what is proved of them."""
    real = {f: s for f, s in summaries.items() if f not in STEP_SUMMARIES}
    e = Executor(program, word, conditions, real, parameters, AGAIN_MS)
    try:
        if e.run(harness):
            return "not so on the real functions: their summaries say too little"
        return "so too on the real functions, without their summaries: " + describe(e.refuted)
    except (Unknown, Unsupported) as why:
        return f"on the real functions, without their summaries, the solver gives up: {why}"


def describe(example):
    """A counterexample for a reader."""
    lines = [f"broken: {example.what}, in {example.where[0]} at line {example.where[1]}"]
    lines += [f"  {name:24} {value:#x}" for name, value in example.values().items()]
    path = " ".join(f"{function}:{line}" for function, line in example.trace[-60:])
    return "\n".join(lines + [f"  path, its end: {path}"])


def timed(function, *arguments):
    start = time.process_time()
    report = function(*arguments)
    report.seconds = time.process_time() - start
    return report
