#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Our disassembler against GNU objdump and LLVM, and fields in and out of words.

For every row of the table and every pseudo-instruction: words with random and
extreme operands, put together here, bit by bit as the manual lays them out.
For undefined encodings: random words, and rows with one fixed bit flipped.

  fields     isa/ decodes each word to the row and the operands it was made of
  GNU        the text is, letter by letter, what objdump prints
  assembled  GNU as makes the same word of the text
  LLVM       the text says what llvm-mc prints, other spellings apart

Where we differ from GNU (2.40), and on purpose:

  - An undefined word is `.word 0x%08x`; GNU prints `.4byte`, without leading
    zeros.
  - The CSRs mbase, mbound and mresv have names here, and are 0x7c0, 0x7c1 and
    0x7c2 there.  CSRs that this machine does not have are printed by number
    here; GNU knows many of them by name (fflags, satp, dcsr, ...).
  - What GNU and LLVM know beyond RV32IMA and this machine does not have is
    undefined here: sret, dret, mnret, sfence.vma, sinval.vma, hfence.*, ...
  - Shifts by 32 and more are undefined in RV32 (Volume I, section 2.4.1) and
    here; both print them.
  - With an immediate the mnemonic has its i here (addi, csrwi, ...), as in the
    manual; GNU 2.40 prints the alias without it (add a0,a0,1; csrw mie,5).
  - A target is printed here as objdump prints it for a linked program, without
    0x and without leading zeros; the symbol is up to the caller.

LLVM 14 has no zext.b.

Exit status 0: no difference (an oracle that is not installed is reported as
skipped); 1: a difference; 2: could not be run.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys

PC = 0x80000000
MASK = 0xFFFFFFFF

# Bits of each operand: (highest bit of the value, highest bit of the word,
# width), most significant part first.  Volume I, section 2.3 and chapter 24.
LAYOUT = {
    "d": [(4, 11, 5)], "s": [(4, 19, 5)], "t": [(4, 24, 5)],
    "i": [(11, 31, 12)], "o": [(11, 31, 12)],
    "q": [(11, 31, 7), (4, 11, 5)],
    "p": [(12, 31, 1), (11, 7, 1), (10, 30, 6), (4, 11, 4)],
    "a": [(20, 31, 1), (19, 19, 8), (11, 20, 1), (10, 30, 10)],
    "u": [(19, 31, 20)],
    "h": [(4, 24, 5)], "E": [(11, 31, 12)], "Z": [(4, 19, 5)],
    "P": [(3, 27, 4)], "S": [(3, 23, 4)],
}
# Values of each operand: lowest, highest, step.
RANGE = {
    "d": (0, 31, 1), "s": (0, 31, 1), "t": (0, 31, 1), "h": (0, 31, 1), "Z": (0, 31, 1),
    "i": (-2048, 2047, 1), "o": (-2048, 2047, 1), "q": (-2048, 2047, 1),
    "p": (-4096, 4094, 2), "a": (-(1 << 20), (1 << 20) - 2, 2),
    "u": (0, 0xFFFFF, 1), "E": (0, 0xFFF, 1), "P": (0, 15, 1), "S": (0, 15, 1),
}
# Instructions that GNU or LLVM know, whatever -march says, and this machine has not.
FOREIGN = re.compile(r"(sret|uret|hret|dret|mnret|s[fi]\w*\.\w+(\.\w+)?|h(fence|inval|lvx?|sv)\.\w+|fmv\.\w\.\w)\b")
OWN = (0x7C0, 0x7C1, 0x7C2)  # CSRs that no oracle knows
# Of the shifts by an immediate, those above 31.
OVERLONG = re.compile(r"s(ll|rl|ra)i?\s+\w+,\s*\w+,\s*\w+$")
# Mnemonics that GNU gives to instructions with an immediate, where it stands last.
IMMEDIATE = re.compile(r"(add|and|or|xor|sll|srl|sra|csr[wsc]|csrr[wsc])\t(.*,)?(-?\d+|0x[0-9a-f]+)$")
TARGETS = {"beq", "bne", "blt", "bge", "bltu", "bgeu", "beqz", "bnez", "bltz", "bgez",
           "bgtz", "blez", "j", "jal"}


def put(letter, value):
    word = 0
    for top, at, width in LAYOUT[letter]:
        part = value >> (top - width + 1) & (1 << width) - 1
        word |= part << (at - width + 1)
    return word


def letters(operands):
    return [c for c in operands if c in LAYOUT]


class Tool:
    """tests/tools/isa_tool"""

    def __init__(self, path):
        self.path = path

    def lines(self, *arguments, words=None):
        text = None if words is None else "".join(f"{w:x}\n" for w in words)
        out = subprocess.run([self.path, *arguments], input=text, stdout=subprocess.PIPE,
                             text=True, check=True).stdout
        return out.split("\n")[:-1]

    def rows(self, what):
        return [line.split("\t") for line in self.lines(what)]


class Refused(Exception):
    """GNU as does not take our text."""


class Report:
    """Counts, and the first few differences."""

    SHOWN = 10

    def __init__(self):
        self.differences = 0

    def different(self, check, word, ours, theirs):
        self.differences += 1
        if self.differences <= self.SHOWN:
            print(f"{check}: word 0x{word:08x}\n  ours    {ours!r}\n  theirs  {theirs!r}")
        elif self.differences == self.SHOWN + 1:
            print("...")

    def done(self, check, count):
        print(f"{check:<10} {count:>7} words")


def values(rng, letter):
    """An operand: one time in four an extreme one."""
    low, high, step = RANGE[letter]
    if rng.random() < 0.25:
        return rng.choice([low, high, 0, low + step, high - step])
    return rng.randrange(low, high + 1, step)


def instances(rng, table, pseudo, count):
    """(id, {letter: value}, word) for rows; the operands of a pseudo-instruction are the row's."""
    found = []
    for name, _, operands, match, _ in table:
        for _ in range(count):
            chosen = {c: values(rng, c) for c in letters(operands)}
            word = int(match, 16)
            for c, v in chosen.items():
                word |= put(c, v)
            if word & 0x7F == 0x2F:
                word |= rng.randrange(4) << 25
            found.append((name, chosen, word))
    for _, operands, name, match, mask in pseudo:
        if int(mask, 16) == 0:
            continue
        for _ in range(count if operands else 1):
            word = int(match, 16)
            for c in letters(operands):
                word |= put(c, values(rng, c))
            found.append((name, None, word))
    return found


def undefined_words(rng, table, count):
    """Candidates: random, and near misses of each row.  32-bit encodings alone."""
    found = [rng.getrandbits(32) | 3 for _ in range(count)]
    for _, _, _, match, mask in table:
        bits = [b for b in range(2, 32) if int(mask, 16) >> b & 1]
        for _ in range(30):
            found.append((int(match, 16) | rng.getrandbits(32) & ~int(mask, 16) & MASK)
                         ^ 1 << rng.choice(bits))
    # bits that a fence ignores
    for word in (0x0000000F, 0x0000100F):
        found += [word | rng.getrandbits(32) & 0xFFFF8F80 for _ in range(100)]
    return [w for w in found if w & 0x1C != 0x1C]


def check_fields(tool, report, cases):
    for (name, chosen, word), line in zip(cases, tool.lines("fields", words=[w for _, _, w in cases])):
        got, *pairs = line.split("\t")
        if got != name or chosen is not None and {p[0]: int(p[2:]) for p in pairs} != chosen:
            report.different("fields", word, line, f"{name} {chosen}")
    report.done("fields", len(cases))


def check_undefined(tool, report, table, words):
    """Independent linear search: at most one row fits, and decode finds it."""
    rows = [(r[0], int(r[3], 16), int(r[4], 16)) for r in table]
    for word, line in zip(words, tool.lines("fields", words=words)):
        fits = [name for name, match, mask in rows if word & mask == match]
        if len(fits) > 1 or line.split("\t")[0] != (fits[0] if fits else "undefined"):
            report.different("decode", word, line, fits)
    report.done("decode", len(words))


# ---- GNU ----

class Gnu:
    NAME = "GNU objdump and as"
    PREFIX = "riscv64-unknown-elf-"
    MARCH = ["-march=rv32ima_zicsr_zifencei", "-mabi=ilp32"]

    def __init__(self, work):
        self.source = os.path.join(work, "disassembler.s")
        self.object = os.path.join(work, "disassembler.o")
        self.flat = os.path.join(work, "disassembler.bin")

    @classmethod
    def installed(cls):
        return all(shutil.which(cls.PREFIX + p) for p in ("as", "objdump", "objcopy"))

    def assemble(self, lines):
        with open(self.source, "w") as f:
            f.write(".option norelax\n" + "".join(line + "\n" for line in lines))
        run = subprocess.run([self.PREFIX + "as", *self.MARCH, self.source, "-o", self.object],
                             stderr=subprocess.PIPE, text=True)
        if run.returncode != 0:
            raise Refused(run.stderr)

    def disassemble(self, words):
        self.assemble(f".insn 0x{w:08x}" for w in words)
        out = subprocess.run([self.PREFIX + "objdump", "-d", "-z", f"--adjust-vma=0x{PC:x}", self.object],
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        texts = []
        for line in out.split("\n"):
            m = re.match(r"\s*([0-9a-f]+):\t([0-9a-f]{8})\s+\t(.*)$", line)
            if m:
                assert int(m[2], 16) == words[len(texts)], line
                texts.append(re.sub(r" (#|<).*", "", m[3]).rstrip())
        assert len(texts) == len(words)
        return texts

    def words(self, texts):
        self.assemble(texts)
        subprocess.run([self.PREFIX + "objcopy", "-O", "binary", "-j", ".text", self.object, self.flat],
                       check=True)
        with open(self.flat, "rb") as f:
            data = f.read()
        return [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]


def csr_names(disassemble, known):
    """The oracle's names of the CSRs that this machine does not have, by number."""
    numbers = [n for n in range(0x1000) if n not in known]
    texts = disassemble([n << 20 | 0x000292F3 for n in numbers])  # csrrw t0,N,t0
    return {re.split(r"[,\s]+", t)[2]: n for t, n in zip(texts, numbers)}


def gnu_text(text, word, foreign):
    """What GNU prints, in our spelling, where the difference is one we declare."""
    text = re.sub(r"^\.4byte\t0x([0-9a-f]+)$", lambda m: f".word\t0x{int(m[1], 16):08x}", text)
    if FOREIGN.match(text) or OVERLONG.match(text) and word >> 25 & 1:
        return f".word\t0x{word:08x}"
    if IMMEDIATE.match(text):
        text = text.replace("\t", "i\t", 1)
    if word & 0x7F == 0x73 and word & 0x7000:
        text = re.sub(r"[\w]+", lambda m: f"0x{foreign[m[0]]:x}" if m[0] in foreign else m[0], text)
    return text


def check_gnu(gnu, report, known, words, ours):
    foreign = csr_names(gnu.disassemble, known)
    own = {f"0x{n:x}": known[n] for n in OWN}
    for word, our, their in zip(words, ours, gnu.disassemble(words)):
        want = gnu_text(their, word, foreign)
        if word & 0x7F == 0x73 and word >> 20 in OWN:
            want = re.sub(r"0x7c[012]\b", lambda m: own[m[0]], want)
        if our != want:
            report.different("GNU", word, our, their)
    report.done("GNU", len(words))


def check_assembled(gnu, report, words, ours):
    """GNU as, given our text, makes the word."""
    cases, texts = [], []
    for i, (word, text) in enumerate(zip(words, ours)):
        mnemonic = text.split("\t")[0]
        if mnemonic == ".word" or "unknown" in text:
            continue
        if mnemonic in TARGETS:
            head, target = re.match(r"(.*[\t,])([0-9a-f]+)$", text).groups()
            distance = (int(target, 16) - (PC + 4 * i) + 0x80000000 & MASK) - 0x80000000
            text = f"{head}.+({distance})"
        text = re.sub(r"\bm(base|bound|resv)\b",
                      lambda m: {"base": "0x7c0", "bound": "0x7c1", "resv": "0x7c2"}[m[1]], text)
        cases.append((word, text))
        texts.append(text)
    try:
        made = gnu.words(texts)
    except Refused as refused:
        for line in str(refused).split("\n")[1:-1]:
            m = re.match(r".*?:(\d+): (.*)", line)  # line 1 is .option
            report.different("assembled", *cases[int(m[1]) - 2], m[2])
        return
    for (word, text), got in zip(cases, made):
        if got != word:
            report.different("assembled", word, text, f"0x{got:08x}")
    report.done("assembled", len(cases))


# ---- LLVM ----

class Llvm:
    NAME = "llvm-mc-14"

    @staticmethod
    def installed():
        return shutil.which("llvm-mc-14") is not None

    @staticmethod
    def disassemble(words):
        """Its text for each word; "undefined" where it has none."""
        source = "".join(" ".join(f"0x{w >> 8 * b & 255:02x}" for b in range(4)) + "\n" for w in words)
        run = subprocess.run(["llvm-mc-14", "--disassemble", "-triple=riscv32", "-mattr=+m,+a"],
                             input=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        refused = {int(n) - 1 for n in re.findall(r"^<stdin>:(\d+):\d+: warning: invalid", run.stderr,
                                                  re.M)}
        texts = [t.strip() for t in run.stdout.split("\n")[1:] if t.strip()]
        assert len(texts) + len(refused) == len(words), run.stderr
        texts = iter(texts)
        return ["undefined" if i in refused else next(texts) for i in range(len(words))]


def number(token):
    try:
        return int(token, 0) & MASK
    except ValueError:
        return None


def meaning(text, csrs, target=None):
    """(mnemonic, operands), names of CSRs and spellings of numbers removed."""
    mnemonic, *operands = [t for t in re.split(r"[\s,()]+", text) if t]
    if mnemonic == "zext.b":
        mnemonic, operands = "andi", operands + ["255"]
    if target is not None and mnemonic in TARGETS:
        operands[-1] = str(target(operands[-1]))
    plain = []
    for o in operands:
        n = csrs.get(o) if o in csrs else number(o)
        plain.append(o if n is None else n)
    return mnemonic, plain


def check_llvm(llvm, report, known, words, ours):
    foreign = csr_names(llvm.disassemble, {})
    csrs = {**foreign, **{name: n for n, name in known.items()}}
    for i, (word, our, their) in enumerate(zip(words, ours, llvm.disassemble(words))):
        pc = PC + 4 * i
        if their == "undefined" or FOREIGN.match(their) or \
                OVERLONG.match(their) and word >> 25 & 1:
            same = our == f".word\t0x{word:08x}"
        else:
            same = meaning(our, csrs, lambda t: int(t, 16)) == \
                meaning(their, csrs, lambda t: (pc + int(t, 0)) & MASK)
        if not same:
            report.different("LLVM", word, our, their)
    report.done("LLVM", len(words))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tool", default=os.environ.get("BUILD", "build") + "/isa_tool")
    parser.add_argument("--work", default=None, help="directory for files (the tool's)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100, help="words for each row")
    args = parser.parse_args()
    if not os.access(args.tool, os.X_OK):
        print(f"{args.tool}: not built", file=sys.stderr)
        return 2

    rng = random.Random(args.seed)
    tool, report = Tool(args.tool), Report()
    table, pseudo = tool.rows("table"), tool.rows("pseudo")
    known = {int(n, 16): name for n, name in tool.rows("csrs")}

    cases = instances(rng, table, pseudo, args.count)
    words = [w for _, _, w in cases] + undefined_words(rng, table, 20 * args.count)
    ours = tool.lines("disas", f"{PC:x}", words=words)
    assert len(ours) == len(words)
    check_fields(tool, report, cases)
    check_undefined(tool, report, table, words)

    if Gnu.installed():
        gnu = Gnu(args.work or os.path.dirname(args.tool))
        check_gnu(gnu, report, known, words, ours)
        check_assembled(gnu, report, words, ours)
    else:
        print(f"SKIPPED: {Gnu.NAME} (binutils-riscv64-unknown-elf) not installed")
    if Llvm.installed():
        check_llvm(Llvm, report, known, words, ours)
    else:
        print(f"SKIPPED: {Llvm.NAME} (llvm-14) not installed")

    if report.differences:
        print(f"disassembler: {report.differences} differences (seed {args.seed})")
        return 1
    print("disassembler: no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
