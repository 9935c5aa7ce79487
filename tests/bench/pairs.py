#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which pairs of instructions are worth an operation: usage: tests/bench/pairs.py [--least N] PROFILE...

Each PROFILE is what build/profile printed of a program.  Prints the rows for
machine/pairs.h: the pairs that make up at least one in N (default 300) of the
steps of the programs, on the average; and how many of the instructions of each
program the rows there now, and those, execute two at a time.
"""
import argparse
import collections
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GROUP = 128  # DECODED_GROUP

BRANCHES = {0: "beq", 1: "bne", 4: "blt", 5: "bge", 6: "bltu", 7: "bgeu"}
LOADS = {0: "lb", 1: "lh", 2: "lw", 4: "lbu", 5: "lhu"}
STORES = {0: "sb", 1: "sh", 2: "sw"}
IMMEDIATE = {0: "addi", 2: "slti", 3: "sltiu", 4: "xori", 6: "ori", 7: "andi", 1: "slli", 5: "srli"}
REGISTER = {0: "add", 1: "sll", 2: "slt", 3: "sltu", 4: "xor", 5: "srl", 6: "or", 7: "and"}
MULTIPLY = ["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"]

Insn = collections.namedtuple("Insn", "kind name rd rs1 rs2")  # rd, rs1, rs2: 0 where there is none


def computing(word, opcode, rd, rs1, rs2):
    """compute: as decoded.c does it, where it is a constant."""
    funct3, funct7 = word >> 12 & 7, word >> 25
    if opcode == 0x37 or (opcode == 0x13 and rs1 == 0):
        return Insn("compute", "lui", rd, 0, 0)
    if opcode == 0x13:
        name = "srai" if funct3 == 5 and funct7 else IMMEDIATE[funct3]
        return Insn("compute", name, rd, rs1, 0)
    if funct7 == 1:
        return Insn("compute", MULTIPLY[funct3], rd, rs1, rs2)
    name = {0: "sub", 5: "sra"}[funct3] if funct7 else REGISTER[funct3]
    return Insn("compute", name, rd, rs1, rs2)


def decode(word):
    """What pairs.h calls the instruction; None: it is in no pair."""
    opcode, funct3 = word & 0x7f, word >> 12 & 7
    rd, rs1, rs2 = word >> 7 & 31, word >> 15 & 31, word >> 20 & 31
    if opcode in (0x13, 0x33, 0x37):
        return computing(word, opcode, rd, rs1, rs2) if rd != 0 else None
    if opcode == 0x17 and rd != 0:
        return Insn("place", "auipc", rd, 0, 0)
    if opcode == 0x03 and rd != 0:
        return Insn("load", LOADS[funct3], rd, rs1, 0)
    if opcode == 0x23:
        return Insn("store", STORES[funct3], 0, rs1, rs2)
    if opcode == 0x63:
        return Insn("branch", BRANCHES[funct3], 0, rs1, rs2)
    if opcode == 0x67:
        return Insn("jump", "jalr" if rd != 0 else "jr", 0, rs1, 0)
    if opcode == 0x6f:
        return Insn("jump", "jal", 0, 0, 0) if rd != 0 else Insn("branch", "j", 0, 0, 0)
    return None


def pair(word, after):
    """The row for two words that follow each other: (class, first, class, second, how); or None."""
    first, second = decode(word), decode(after)
    if first is None or second is None or first.kind == "jump" or first.name == "j":
        return None
    if first.kind == "branch":
        if word >> 31 or second.kind in ("branch", "jump"):
            return None  # back: it is taken as a rule
        return ("untaken", first.name, second.kind, second.name, "n")
    to_rs1 = first.rd != 0 and first.rd == second.rs1
    to_rs2 = first.rd != 0 and first.rd == second.rs2
    how = "a" if to_rs1 and not to_rs2 else "b" if to_rs2 and not to_rs1 else "n"
    return (first.kind, first.name, second.kind, second.name, how)


def read(path):
    """Word's offset: (word, executed, went on)."""
    with open(path, encoding="utf-8") as file:
        rows = [line.split() for line in file]
    return {int(r[0], 16): (int(r[1], 16), int(r[2]), int(r[3])) for r in rows}


def steps(profile):
    return sum(row[1] for row in profile.values())


def pairs_of(profile):
    """(row, how often), wherever the first is not the last of its group."""
    for offset, (word, _, went_on) in profile.items():
        after = profile.get(offset + 4)
        if after and (offset // 4 + 2) % GROUP and (offset // 4 + 1) % GROUP:
            row = pair(word, after[0])
            if row:
                yield offset, row, went_on


def count(profiles):
    """Each row's share of the steps, averaged over the programs."""
    shares = collections.Counter()
    for profile in profiles:
        total = steps(profile)
        for _, row, often in pairs_of(profile):
            shares[row] += often / total / len(profiles)
    return shares


OPPOSITE = {"beq": "bne", "blt": "bge", "bltu": "bgeu"}
OPPOSITE.update({b: a for a, b in OPPOSITE.items()})


def likes(row):
    """The row and its like: a branch's opposite, and the other operand handed over, or neither."""
    class_1, first, class_2, second, how = row
    seconds = {second, OPPOSITE.get(second, second)}
    if class_1 == "untaken":
        return {(class_1, f, class_2, second, "n") for f in (first, OPPOSITE[first])}
    hows = {how, "n"} if how != "n" and second not in ("j", "jal") else {how}
    return {(class_1, first, class_2, s, h) for s in seconds for h in hows}


def has(rows, row):
    """Is there an operation for it?  What could be handed over may be read again instead."""
    return row in rows or row[:4] + ("n",) in rows


def coverage(profile, rows):
    """The part of the instructions that are executed in pairs."""
    ends, within, paired = {}, {}, 0  # arrivals by falling through: to start anew, as a second
    pairs = {offset: row for offset, row, _ in pairs_of(profile)}
    for offset in sorted(profile):
        _, executed, went_on = profile[offset]
        seconds = within.get(offset, 0)
        starts = executed - seconds
        on = went_on / executed
        ends[offset] = starts
        if has(rows, pairs.get(offset, ())):
            within[offset + 4] = starts * on
            paired += 2 * starts * on
    return paired / steps(profile)


def table_now():
    """The rows of machine/pairs.h."""
    with open(os.path.join(ROOT, "machine", "pairs.h"), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"\\\n *", "", text[text.index("#define PAIRS"):]).replace("X, ", "")
    rows = set()
    for name, fields in re.findall(r"(X|PAIR_BRANCH|PAIR_UNTAKEN)\(([a-z, _0-9]*)\)", text):
        fields = tuple(f.strip() for f in fields.split(","))
        if name == "PAIR_BRANCH":
            fields = fields[:2] + ("branch",) + fields[2:]
        elif name == "PAIR_UNTAKEN":
            fields = ("untaken",) + fields + ("n",)
        rows.add(fields)
    return rows


def shown(row):
    class_1, first, class_2, second, how = row
    if class_1 == "untaken":
        return f"PAIR_UNTAKEN(X, {first}, {class_2}, {second})"
    if class_2 == "branch":
        return f"PAIR_BRANCH(X, {class_1}, {first}, {second}, {how})"
    return f"X({class_1}, {first}, {class_2}, {second}, {how})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--least", type=int, default=300, metavar="N")
    parser.add_argument("--other", action="append", default=[], metavar="PROFILE",
                        help="a program that is not counted, to see how it does")
    parser.add_argument("profiles", nargs="+", metavar="PROFILE")
    args = parser.parse_args()
    profiles = [read(p) for p in args.profiles]
    shares = count(profiles)
    rows = {like for row, share in shares.items() if share >= 1 / args.least for like in likes(row)}
    for row in sorted(rows):
        print(f"    {shown(row):88}\\")
    now = table_now()
    print(f"\n{'in pairs':30} {'now':>6} {'then':>6}   ({len(now)} and {len(rows)} rows)")
    for path in args.profiles + args.other:
        profile = read(path)
        print(f"{os.path.basename(path)[:30]:30} {coverage(profile, now):6.1%} {coverage(profile, rows):6.1%}")


main()
