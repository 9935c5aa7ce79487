#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Has Coq check theorem.v: from one step to every run.

usage: tests/proof/coq.py [--build DIR]

A proof counts if coqc accepts it, it says of itself that it assumes nothing,
and so does coqchk, which goes over the compiled file again.  And the check is
checked.  Each hypothesis in turn is put to nothing (`True`): the proofs must
then fail, so each is used.  A proof that is left out, and one by an axiom, must
be seen.  Without coqc and coqchk (make prove-deps) it says SKIPPED.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "theorem.v")
THEOREMS = ["theorem_1", "theorem_3", "nothing_passed_over", "direct_execution", "resource_control", "theorem_2",
            "toy_homomorphic", "toy_run"]
HYPOTHESES = {"homomorphic": 16, "contained": 3, "level": 1}  # a record: its fields that say something
CLOSED = "Closed under the global context"


class Refused(Exception):
    """Why a file is no proof."""


def coq(folder, *command):
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Refused(f"{command[0]}: {text[-600:]}")
    return text


def prove(text, folder):
    """Refused, or all of THEOREMS are proved by `text`, of nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(os.path.join(folder, "theorem.v"), "w", encoding="utf-8") as f:
        f.write(text)
    said = coq(folder, "coqc", "-q", "theorem.v")
    asked = re.findall(r"^Print Assumptions (\w+)\.$", text, re.M)
    if asked != THEOREMS or said.split("\n") != [CLOSED] * len(THEOREMS) + [""]:
        raise Refused(f"something is assumed:\n{said}")
    if "* Axioms: <none>" not in coq(folder, "coqchk", "-silent", "-o", "-Q", ".", "", "theorem"):
        raise Refused("coqchk finds axioms")


# ---- false proofs ----

def fields(text, record):
    """[(name, where its statement begins, where it ends)] of a record's fields."""
    start = re.search(rf"^Record {record}\b.*?:= \{{", text, re.M | re.S).end()
    end = text.index("\n}.", start)
    body = re.sub(r"\(\*.*?\*\)", lambda m: " " * len(m.group()), text[start:end], flags=re.S)
    out, at = [], 0
    for piece in body.split(";"):
        name = re.match(r"\s*(\w+) :", piece)
        out.append((name.group(1), start + at + name.end(), start + at + len(piece)))
        at += len(piece) + 1
    return out


def without_a_hypothesis(text):
    for record, count in HYPOTHESES.items():
        found = [f for f in fields(text, record) if record != "level" or f[0] == "compiled"]
        if len(found) != count:
            raise Refused(f"{record} has {len(found)} hypotheses, not {count}")
        for name, start, end in found:
            yield f"without {name}", text[:start] + " True" + text[end:]


def with_nothing_proved(text):
    proof = text.rindex("Proof.", 0, text.rindex("Qed."))
    yield "a proof left out", text[:proof] + "Admitted." + text[text.rindex("Qed.") + 4:]
    axiom = "Axiom anything : forall P : Prop, P.\n"
    at = text.index("Lemma one_move")
    end = text.index("Qed.", at)
    proof = text.index("Proof.", at)
    yield "a proof by an axiom", text[:at] + axiom + text[at:proof] + "Proof. apply anything. " + text[end:]


def refused(text, folder):
    try:
        prove(text, folder)
    except Refused as why:
        if "Syntax error" in str(why):
            raise  # it does not even say anything
        return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", os.path.join(HERE, "..", "..", "build")))
    folder = os.path.join(os.path.abspath(parser.parse_args().build), "proof", "coq")
    missing = [tool for tool in ("coqc", "coqchk") if shutil.which(tool) is None]
    if missing:
        print(f"SKIPPED: whole runs need Debian's coq (make prove-deps): no {' and no '.join(missing)}")
        sys.exit(77)
    with open(SOURCE, encoding="utf-8") as f:
        text = f.read()
    start = time.time()
    prove(text, folder)
    print(f"Whole runs, from one step, in Coq\n  {'':22} {'':46}       s")
    for name in THEOREMS:
        print(f"  {name:22} proved, of no axiom")
    print(f"  {'all of them':22} {'':46}{time.time() - start:8.1f}", flush=True)
    start, mutants = time.time(), list(without_a_hypothesis(text)) + list(with_nothing_proved(text))
    accepted = [name for name, mutant in mutants if not refused(mutant, os.path.join(folder, "mutant"))]
    for name in accepted:
        print(f"    FAILED: it is accepted all the same: {name}")
    said = f"{len(mutants) - len(accepted)} of {len(mutants)} refused"
    print(f"  {'false proofs':22} {said:46}{time.time() - start:8.1f}")
    sys.exit(1 if accepted else 0)


if __name__ == "__main__":
    try:
        main()
    except Refused as why:
        sys.exit(f"FAILED: {why}")
