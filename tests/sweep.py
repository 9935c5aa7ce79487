#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The table of all 2^32 encodings in docs/classification.md, against arithmetic and a sample.

How many encodings an instruction has follows from its format, how many of them
name a CSR that exists (docs/machine.md, `CSRs') from counting; both are done
here apart from the tables of isa/.  A fair sample, executed now, must agree
with the table as well as a sample can.
"""
import json
import math
import os
import re
import subprocess
import sys

THIRDGEN = os.environ.get("THIRDGEN", "build/thirdgen")
PAGE = "docs/classification.md"
CLASSES = ("neither", "user", "machine", "both", "memory")
STRIDE = 4093  # a prime, so that the fields take their values independently of each other

# Free bits of each format: Volume I, chapter 24.
FREE_BITS = {
    25: "lui auipc jal",
    22: "jalr beq bne blt bge bltu bgeu lb lh lw lbu lhu sb sh sw addi slti sltiu xori ori andi "
        "fence fence.i csrrw csrrs csrrc csrrwi csrrsi csrrci",
    17: "sc.w amoswap.w amoadd.w amoxor.w amoand.w amoor.w amomin.w amomax.w amominu.w amomaxu.w",
    15: "slli srli srai add sub sll slt sltu xor srl sra or and "
        "mul mulh mulhsu mulhu div divu rem remu",
    12: "lr.w",
    0: "ecall ebreak mret wfi",
}

# CSRs: mstatus mie mip mtvec mscratch mepc mcause mtval, mcycle[h] minstret[h], mbase mbound mresv,
# misa mstatush mcounteren mcountinhibit menvcfg[h], mhpmcounter3-31[h], mhpmevent3-31, pmpcfg0-3,
# pmpaddr0-15; read-only by number: five that identify, and cycle[h] time[h] instret[h].
WRITABLE = 8 + 4 + 3 + 6 + 3 * 29 + 4 + 16
READ_ONLY = 5 + 6


def encodings(name):
    return next(1 << bits for bits, names in FREE_BITS.items() if name in names.split())


def user_alone(name):
    """How many encodings of `name` trap in U-mode alone, on the machine without rules."""
    if name in ("mret", "wfi"):
        return 1
    if name in ("csrrw", "csrrwi"):  # any source, any rd; they write always
        return WRITABLE * 32 * 32
    if name.startswith("csrr"):  # x0 or 0 as source: only a read
        return WRITABLE * 32 * 32 + READ_ONLY * 1 * 32
    return 0


def misaligned(name):
    """How many encodings of `name` trap in both modes, whatever the registers hold."""
    if name == "jal":
        return 1 << 24  # bit 1 of the distance
    if name == "jalr":  # by x0, to an odd halfword; bit 0 is cleared
        return (1 << 10) * 2 * 32
    if name in ("beq", "bge", "bgeu"):  # always taken: beq and bge of a register and itself
        return always_taken(name) * (1 << 11)
    if name in ("lh", "lhu", "sh"):  # by x0
        return (1 << 11) * 32
    if name in ("lw", "sw"):
        return 3 * (1 << 10) * 32
    return encodings(name) if name in ("ecall", "ebreak") else 0


def always_taken(name):
    if name == "bgeu":  # any register is at least x0
        return 32 + 31
    return 32


def by_x0(name):
    """How many encodings of `name` address memory by x0, aligned: memory traps whatever happens."""
    sizes = {"lb": 1, "lbu": 1, "sb": 1, "lh": 2, "lhu": 2, "sh": 2, "lw": 4, "sw": 4}
    if name in sizes:
        return (1 << 12) // sizes[name] * 32
    if name == "lr.w" or name in FREE_BITS[17].split():
        return encodings(name) // 32
    return 0


def expected():
    rows = {}
    for names in FREE_BITS.values():
        for name in names.split():
            total, user, memory = encodings(name), user_alone(name), by_x0(name)
            both = total - user if name.startswith("csr") else misaligned(name)
            rows[name] = (total - user - both - memory, user, 0, both, memory)
    rows["undefined"] = (0, 0, 0, 2**32 - sum(sum(row) for row in rows.values()), 0)
    return rows


def number(text):
    return 0 if text == "-" else int(text.replace(",", ""))


def page_table():
    """The rows of the table in the page, and the last, of sums."""
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    start = text.index("$ thirdgen classify --sweep\n")
    rows = {}
    for line in text[start:text.index("```", start)].splitlines():
        cells = line.split()
        if len(cells) == 7 and re.fullmatch(r"[-0-9,]+", cells[1]):
            rows[cells[0]] = tuple(number(cell) for cell in cells[1:])
    return rows


def sample():
    out = subprocess.run([THIRDGEN, "classify", "--sweep", "--every", str(STRIDE), "--json"],
                         stdout=subprocess.PIPE, check=True).stdout
    report = json.loads(out)
    return report["encodings"], {row["mnemonic"]: tuple(row[c] for c in CLASSES)
                                 for row in report["instructions"]}


def compare(bad, name, found, wanted):
    if tuple(found) != tuple(wanted):
        bad.append(f"{name}: {found}, expected {wanted}")


def main():
    bad = []
    table = page_table()
    sums = table.pop("all")
    for name, row in expected().items():
        compare(bad, name, table.get(name, ())[:5], row)
        compare(bad, f"{name}, in all", table.get(name, ())[5:], (sum(row),))
    compare(bad, "sums", sums, [sum(column) for column in zip(*table.values())])
    compare(bad, "encodings", sums[5:], (2**32,))

    count, rows = sample()
    compare(bad, "rows of the sample", sorted(rows), sorted(table))
    for name, row in rows.items():
        for i, found in enumerate(row):
            share = table[name][i] / 2**32
            mean, deviation = count * share, math.sqrt(count * share * (1 - share))
            if (share == 0 and found != 0) or abs(found - mean) > 5 * deviation + 1:
                bad.append(f"sample, {name}, {CLASSES[i]}: {found}, expected about {mean:.1f}")

    for line in bad:
        print(line)
    print(f"{len(table)} rows, {count:,} encodings executed: {len(bad)} differences")
    sys.exit(1 if bad else 0)


main()
