#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Our assembler against GNU as and LLVM: the bytes, and where the symbols are.

usage: assembler.py [--count N] [--seed S] [--thirdgen CMD] [--tool ISA_TOOL] [--build DIR]

  instructions  every row of isa/table.h, every pseudo-instruction (those of
                several instructions too), random and extreme operands written
                in random ways, targets forwards and backwards, %hi %lo
                %pcrel_hi %pcrel_lo
  data          random data, strings, alignment, room, sections, symbols
  programs      macros, repetitions, conditions, expressions: written out by
                hand below
  sources       the guest OS and the examples

The oracles assemble the same text, and link it (without relaxation) to where
thirdgen puts it.  Where we differ on purpose, the text avoids it: see
docs/assembler.md, "Differences from GNU as".  CSRs of this machine alone are
given to the oracles by number.

Exit status 0: no difference (an oracle that is not installed is reported as
skipped); 1: a difference; 2: could not be run.
"""

import argparse
import os
import random
import re
import shutil
import struct
import subprocess
import sys

BASE = 0x80000000
ABI = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 "
       "s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6").split()
OWN = {"mbase": 0x7C0, "mbound": 0x7C1, "mresv": 0x7C2}  # CSRs that no oracle knows

# Pseudo-instructions of several instructions: mnemonic, operands (A an address, I 32 bits).
PAIRS = [("li", "d,I"), ("la", "d,A"), ("lla", "d,A"), ("call", "A"), ("call", "d,A"),
         ("tail", "A"), ("jump", "A,s"), ("lb", "d,A"), ("lh", "d,A"), ("lw", "d,A"),
         ("lbu", "d,A"), ("lhu", "d,A"), ("sb", "t,A,s"), ("sh", "t,A,s"), ("sw", "t,A,s"),
         ("sext.b", "d,s"), ("sext.h", "d,s"), ("zext.h", "d,s")]

SCRIPT = """
SECTIONS {
    . = 0x80000000;
    .text : ALIGN(4) { *(.text) }
    .rodata : ALIGN(4) { *(.rodata) }
    .data : ALIGN(4) { *(.data) }
    .extra : ALIGN(4) { *(.extra) }
    .code2 : ALIGN(4) { *(.code2) }
    .bss : ALIGN(4) { *(.bss) *(COMMON) }
    /DISCARD/ : { *(.comment) *(.riscv.attributes) *(.note*) }
}
"""

PROGRAMS = {
    "macros": r"""
        .macro  pair a, b=7, c
        .byte   \a, \b
        .ifnb   \c
        .half   \c
        .endif
        .endm
        .data
        pair    1
        pair    1, 2
        pair    1, 2, 3
        pair    b=4, a=5
        pair    1 2 3
        .macro  count from, to
        .word   \from
        .if     \to-\from
        count   (\from+1), \to
        .endif
        .endm
        count   0, 5
        .macro  unique
        .text
label\@: j      label\@
        .data
        .word   label\@
        .endm
        unique
        unique
        .macro  text s:req, rest:vararg
        .ascii  "\s"
        .byte   \rest
        .endm
        text    abc, 1, 2, 3
        text    "x y", 4
        .macro  glue r, n
        addi    \r\n, \r\()\n, \n
        .endm
        .text
        glue    a, 3
        .macro  outer name
        .macro  \name x
        .byte   \x, 99
        .endm
        .endm
        .data
        outer   inner
        inner   3
        .macro  leave n
        .byte   1
        .if     \n
        .exitm
        .endif
        .byte   2
        .endm
        leave   0
        leave   1
        """,
    "repetitions": r"""
        .data
        .rept   3
        .byte   1
        .rept   2
        .byte   2
        .endr
        .endr
        .set    n, 0
        .rept   5
        .word   n*n
        .set    n, n+1
        .endr
        .irp    r, a0, a1, t6
        .text
        mv      \r, zero
        .endr
        .data
        .irp    v, 1, 2, 3
        .byte   \v, \v+1
        .endr
        .rept   0
        .byte   77
        .endr
        """,
    "conditions": r"""
        .equ    ONE, 1
        .equ    ZERO, 0
        .data
        .if     ONE
        .byte   1
        .elseif ONE
        .byte   2
        .else
        .byte   3
        .endif
        .if     ZERO
        .byte   1
        .if     1
        .byte   9
        .else
        .byte   8
        .endif
        .elseif ONE
        .byte   2
        .else
        .byte   3
        .endif
        .ifdef  ONE
        .byte   4
        .endif
        .ifndef ONE
        .byte   5
        .else
        .byte   6
        .endif
        .ifdef  LATER
        .byte   7
        .endif
        .equ    LATER, 5
        .ifeq   ZERO
        .byte   10
        .endif
        .iflt   ONE-2
        .byte   11
        .endif
        .ifc    a b, a b
        .byte   12
        .endif
        .ifnc   a, b
        .byte   13
        .endif
        .if     (ONE<2)&&(3>=3)
        .byte   14
        .endif
        .ifge   ONE
        .byte   15
        .endif
        .ifgt   ZERO
        .byte   16
        .endif
        .ifle   ZERO
        .byte   17
        .endif
        """,
    "expressions": r"""
        .data
        .word   1+2*3, (1+2)*3, -7/2, -7%3, ~0, !5, !0, 7&(3|8), 6^5
        .word   (1<<31), (0xffffffff>>4), 'a', '\n', '\\', 'z'-'a', 010, 0b101, 0x1F
        .word   -(3), - -3, ~(~5), (2+3)*(4-1)
        .byte   -128, 255, 'A'
        .half   -32768, 65535
        .quad   -1, 0x123456789abcdef0-0x1000
here:   .word   there-here, there-., .-here, here+4-here
        .word   here, there, here+8, 4+here, there-4
        .space  3
        .byte   1
there:  .byte   2
        .equ    SIZE, after-there
        .word   SIZE, SIZE*2+1, 2f-1f, 1f, 2f
1:      .half   0
2:      .byte   0
1:      .word   1b, 2b, 1b-2b
after:
        .set    x, 5
        .word   x
        .set    x, x+1
        .word   x
        y = x*2
        .word   y
        """,
    "semicolons and comments": r"""
        .text; nop; addi a0, a0, 1 # nop; nop
        nop /* nop
        nop */ ; ret /**/
a: b:   c: j a; j b; d: j d
        lw a0 , 4 ( a1 )
        lw a0,(a1)
        addi a0,a0,'#' ; addi a0,a0,';'
        .ascii "# not a comment; /* nor */ this"
        .byte 0
        """,
}


class Refused(Exception):
    """An assembler does not take the text."""


# ---- reading an ELF ----

def read_elf(path):
    """({section: (address, bytes)}, {symbol: value}); empty sections are left out."""
    with open(path, "rb") as f:
        data = f.read()
    shoff, = struct.unpack_from("<I", data, 32)
    size, count, names = struct.unpack_from("<HHH", data, 46)
    headers = [struct.unpack_from("<10I", data, shoff + i * size) for i in range(count)]

    def text(table, at):
        start = headers[table][4] + at
        return data[start:data.index(b"\0", start)].decode("latin-1")

    sections, symbols = {}, {}
    for h in headers:
        if h[2] & 2 and h[5] > 0:
            held = b"" if h[1] == 8 else data[h[4]:h[4] + h[5]]
            sections[text(names, h[0])] = (h[3], h[5], held)
        if h[1] == 2:
            for at in range(h[4] + 16, h[4] + h[5], 16):
                name, value, _, info, _, index = struct.unpack_from("<IIIBBH", data, at)
                if info & 15 <= 2 and index != 0:
                    symbols[text(h[6], name)] = value
    return sections, symbols


# ---- assemblers ----

def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if done.returncode != 0:
        raise Refused(done.stdout)


class Ours:
    def __init__(self, thirdgen, work):
        self.thirdgen = thirdgen.split()
        self.out = os.path.join(work, "ours.elf")
        self.listing = os.path.join(work, "ours.lst")

    def assemble(self, source):
        run([*self.thirdgen, "as", source, "-o", self.out, "-l", self.listing])
        return read_elf(self.out)

    def line(self, address):
        """The source line that made the bytes at an address, from the listing."""
        best = "?"
        with open(self.listing, encoding="latin-1") as f:
            for row in f:
                m = re.match(r"^ *\d+[ >] ([0-9a-f]{8}) ", row)
                if m and int(m[1], 16) <= address:
                    best = row.rstrip()
        return best


class Oracle:
    def __init__(self, work):
        self.object = os.path.join(work, self.NAME + ".o")
        self.out = os.path.join(work, self.NAME + ".elf")
        self.script = os.path.join(work, "oracle.ld")
        with open(self.script, "w", encoding="ascii") as f:
            f.write(SCRIPT)

    @classmethod
    def installed(cls):
        return all(shutil.which(p) for p in cls.PROGRAMS)

    def assemble(self, source):
        run([*self.AS, source, "-o", self.object], cwd=os.path.dirname(source))
        run([*self.LD, "-T", self.script, self.object, "-o", self.out])
        return read_elf(self.out)


class Gnu(Oracle):
    NAME = "GNU"
    PROGRAMS = ("riscv64-unknown-elf-as", "riscv64-unknown-elf-ld")
    AS = ("riscv64-unknown-elf-as", "-march=rv32ima_zicsr_zifencei", "-mabi=ilp32", "-mno-relax")
    LD = ("riscv64-unknown-elf-ld", "-m", "elf32lriscv", "--no-relax", "-e", "0",
          "--no-warn-rwx-segments")

    @staticmethod
    def spelling(text):
        """The text in the oracle's spelling, all assemblers; and what it alone must read."""
        return for_oracle(text), for_oracle(text)


class Llvm(Oracle):
    NAME = "LLVM"
    PROGRAMS = ("llvm-mc-14", "ld.lld-14")
    AS = ("llvm-mc-14", "-filetype=obj", "-triple=riscv32", "-mattr=+m,+a,-relax")
    LD = ("ld.lld-14", "-m", "elf32lriscv", "-e", "0")
    # What it does not take: zext.b, sums in jumps, %hi in auipc; for `call rd, symbol` it uses
    # rd, not t1.
    WITHOUT = re.compile(r"^(\s*\w+: )(zext\.b\b|call \w+ *,|(call|tail|jump) (\w+ *[-+]|\.)|"
                         r"auipc .*%hi).*$", re.M)
    # It takes a fill of 0 in code for none.
    ZERO = re.compile(r"(\.balign\s+\d+), *0\b")
    # It takes a number for the distance.
    HERE = re.compile(r"^(\w+: [bj].*[ ,])\. ?\+ ?(-?\d+)$", re.M)

    @classmethod
    def spelling(cls, text):
        text = cls.ZERO.sub(r"\1", cls.WITHOUT.sub(r"\1nop", for_oracle(text)))
        return text, cls.HERE.sub(r"\1\2", text)


class Report:
    """Counts, and the first few differences."""

    SHOWN = 12

    def __init__(self):
        self.differences = 0

    def different(self, name, text):
        self.differences += 1
        if self.differences <= self.SHOWN:
            print(f"DIFFERENT  {name}: {text}")
        elif self.differences == self.SHOWN + 1:
            print("...")


def for_oracle(text):
    return re.sub(r"\b(%s)\b" % "|".join(OWN), lambda m: hex(OWN[m[0]]), text)


def compare(report, name, our, our_source, oracle, their_source):
    """Sections byte by byte, symbols by value; how many bytes."""
    try:
        ours = our.assemble(our_source)
    except Refused as refused:
        report.different(name, f"we refuse it:\n{str(refused)[:2000]}")
        return 0
    try:
        theirs = oracle.assemble(their_source)
    except Refused as refused:
        if "LLVM ERROR: unable to write nop" in str(refused):
            print(f"{name}: left out, LLVM 14 cannot align code behind odd bytes")
        else:
            report.different(name, f"{oracle.NAME} refuses it:\n{str(refused)[:2000]}")
        return 0
    for section in sorted(set(ours[0]) | set(theirs[0])):
        a, b = ours[0].get(section), theirs[0].get(section)
        if a is None or b is None or a[:2] != b[:2]:
            report.different(name, f"{section}: ours {a and a[:2]}, theirs {b and b[:2]}"
                                   " (address, size)")
            continue
        for i, (x, y) in enumerate(zip(a[2], b[2])):
            if x != y:
                at = i & ~3
                report.different(name, f"{section}+{i:#x}: ours {a[2][at:at + 8].hex(' ')}, theirs "
                                       f"{b[2][at:at + 8].hex(' ')}\n    {our.line(a[0] + i)}")
                break
    for symbol in sorted(set(ours[1]) & set(theirs[1])):
        if ours[1][symbol] != theirs[1][symbol]:
            report.different(name, f"symbol {symbol}: ours {ours[1][symbol]:#x}, theirs "
                                   f"{theirs[1][symbol]:#x}")
    return sum(len(s[2]) for s in ours[0].values())


def check(report, our, oracles, work, name, text):
    """Assemble one text with all; returns how many bytes were compared."""
    source = os.path.join(work, re.sub(r"\W", "-", name) + ".s")
    size = 0
    for oracle in oracles:
        common, own = oracle.spelling(text)
        theirs = os.path.join(work, oracle.NAME + ".s")
        for path, spelt in ((source, common), (theirs, own)):
            with open(path, "w", encoding="utf-8") as f:
                f.write(spelt)
        size = compare(report, f"{name} against {oracle.NAME}", our, source, oracle, theirs)
    return size


# ---- random instructions ----

RANGE = {"i": (-2048, 2047), "o": (-2048, 2047), "q": (-2048, 2047), "u": (0, 0xFFFFF),
         "h": (0, 31), "Z": (0, 31), "I": (-0x80000000, 0xFFFFFFFF)}


def number(rng, low, high):
    if rng.random() < 0.3:
        n = rng.choice([low, high, 0, low + 1, high - 1, min(high, 2047), min(high, 2048),
                        max(low, -2048), max(low, -2049), min(high, 0x7FFFF800)])
    elif rng.random() < 0.5:
        n = rng.randrange(low, high + 1)
    else:
        n = max(low, min(high, rng.choice([-1, 1]) * (1 << rng.randrange(32)) + rng.randrange(-2, 3)))
    return rng.choice([str(n), hex(n), f"({n})", f"{n} + 0", f"({n - 3}+3)"])


def register(rng, least=0):
    r = rng.randrange(least, 32)
    return rng.choice([ABI[r], f"x{r}", "fp" if r == 8 else ABI[r]])


class Instructions:
    """A text of random instructions, a label before each."""

    def __init__(self, rng, csrs):
        self.rng = rng
        self.csrs = csrs
        self.lines = []

    def label(self, total, near):
        here = len(self.lines)
        return f"L{self.rng.randrange(max(0, here - near), min(total, here + near))}"

    def address(self, total):
        return self.rng.choice([self.label(total, total), self.label(total, total) + " + 8",
                                "variable", "variable+4", "constant - 2", "."])

    def operand(self, letter, total):
        rng = self.rng
        if letter in "dst":
            return register(rng)
        if letter == "p":
            return rng.choice([self.label(total, 150), f". + {2 * rng.randrange(-2048, 2048)}"])
        if letter == "a":
            return rng.choice([self.label(total, total), f".+{2 * rng.randrange(-1 << 19, 1 << 19)}"])
        if letter == "A":
            return self.address(total)
        if letter == "E":
            return rng.choice([rng.choice(self.csrs), str(rng.randrange(4096)),
                               hex(rng.randrange(4096))])
        if letter in "PS":
            return "".join(c for c in "iorw" if rng.random() < 0.5) or "rw"
        if letter == "u" and rng.random() < 0.3:
            return f"%hi({rng.choice(['variable', 'L0+4', number(rng, 0, 0xFFFFFFFF)])})"
        if letter in "ioq" and rng.random() < 0.3:
            return f"%lo({rng.choice(['variable', 'L0+4', number(rng, 0, 0xFFFFFFFF)])})"
        return number(rng, *RANGE[letter])

    def add(self, mnemonic, operands, total):
        text = ""
        for c in operands:
            if c == "d" and mnemonic == "li":  # of zero, GNU makes an addi that does nothing
                text += register(self.rng, 1)
            elif c.isalpha():
                text += self.operand(c, total)
            elif c == ",":
                text += self.rng.choice([",", ", ", " , "])
            elif c == "0":
                text += self.rng.choice(["0", ""])
            else:
                text += c
        self.lines.append(f"L{len(self.lines)}: {mnemonic} {text}")


def instructions(rng, table, pseudo, csrs, count):
    forms = [(r[1], r[2]) for r in table] + [(r[0], r[1]) for r in pseudo] + PAIRS
    forms = [f for f in forms if f != ("li", "d,i")]
    chosen = []
    for mnemonic, operands in forms:
        for _ in range(count if operands else 2):
            order = rng.choice(["", ".aq", ".rl", ".aqrl"]) if "0(s)" in operands else ""
            chosen.append((mnemonic + order, operands))
    rng.shuffle(chosen)
    made = Instructions(rng, csrs)
    for mnemonic, operands in chosen:
        made.add(mnemonic, operands, len(chosen))
    lines = ["        .text"] + made.lines
    for i in range(count):
        target = rng.choice(["variable", "L3", "constant+2"])
        second = rng.choice(["addi a1, a1, %pcrel_lo({})", "lw a2, %pcrel_lo({})(a1)",
                             "sb a3, %pcrel_lo({})(a1)"])
        lines += [f"P{i}: auipc a1, %pcrel_hi({target})", "        nop",
                  "        " + second.format(f"P{i}")]
    lines += ["        .data", "        .align 2", "        .word 1, 2, 3",
              "variable: .word variable, 0", "        .section .rodata", "        .byte 1",
              "constant: .byte 2"]
    return "\n".join(lines) + "\n"


# ---- random data ----

def datum(rng, bits, labels):
    low, high = -(1 << bits - 1), (1 << bits) - 1
    if bits == 64:
        high = (1 << 63) - 1
    if bits == 32 and rng.random() < 0.3:
        return rng.choice(labels) + rng.choice(["", "+4", " - 8"])
    if bits >= 32 and rng.random() < 0.2:
        return "D0-D0+%d" % rng.randrange(100)
    return rng.choice([str, hex])(rng.choice([low, high, 0, rng.randrange(low, high + 1)]))


def string(rng):
    parts = ["a", "Z", " ", "0", "\\n", "\\t", "\\\\", '\\"', "\\000", "\\177", "\\12", "#", ";", "//", "/*",
             "\\b", "\\f", "\\r", "é"]
    return '"' + "".join(rng.choice(parts) for _ in range(rng.randrange(12))) + '"'


def data(rng, count):
    lines, labels = ["        .data", "D0:"], [f"D{i}" for i in range(count)]
    for i in range(1, count):
        kind = rng.randrange(12)
        line = f"D{i}: "
        if kind <= 3:
            name, bits = rng.choice([(".byte", 8), (".half", 16), (".short", 16), (".2byte", 16),
                                     (".word", 32), (".long", 32), (".4byte", 32), (".dword", 64),
                                     (".quad", 64), (".8byte", 64)])
            line += name + " " + ", ".join(datum(rng, bits, labels)
                                           for _ in range(rng.randrange(1, 5)))
        elif kind == 4:
            line += rng.choice([".ascii ", ".asciz ", ".string "]) + \
                ", ".join(string(rng) for _ in range(rng.randrange(1, 3)))
        elif kind == 5:
            line += rng.choice([".align ", ".p2align "]) + str(rng.randrange(7)) + \
                rng.choice(["", ", 0x55", ", 1, 3", ",,7"])
        elif kind == 6:
            line += f".balign {1 << rng.randrange(7)}" + rng.choice(["", ", 0xaa"])
        elif kind == 7:
            line += rng.choice([".zero ", ".space ", ".skip "]) + str(rng.randrange(40))
        elif kind == 8:
            line += f".space {rng.randrange(20)}, {rng.randrange(256)}"
        elif kind == 9:
            line += f".fill {rng.randrange(5)}, {rng.choice([1, 2, 3, 4, 6, 8])}, " + \
                rng.choice([str(rng.randrange(128)), "-1", "0x12345678"])
        elif kind == 10:
            line += ".balign 4; .text; .balign %d; nop; .word %s; .previous" % (
                4 << rng.randrange(4), rng.choice(labels))
        else:
            line += "; " + rng.choice([".data", ".section .rodata", ".section .extra, \"aw\"",
                                       ".section .rodata,\"a\",@progbits"])
        lines.append(line)
    lines += ["        .text", "        .balign 64",  # GNU ends code at its alignment anyhow
              "        .section .extra, \"aw\"; .byte 0",  # linkers differ on empty ones
              "        .section .code2, \"ax\", @progbits", "        .globl go", "go: ret",
              "        .bss", "room: .space 12", "        .align 4", "more: .zero 3",
              "        .data", "O1: .org O1 + 16", "        .byte 1", "        .org . + 4, 0xff",
              "        .type go, @function", "        .size go, 4", "        .local room",
              "        .word go, room, more", "        .comm shared, 8, 4", "        .equ five, 5"]
    return "\n".join(lines) + "\n"


# ---- whole sources ----

def sources(report, our, oracle, work, root):
    """The guest OS and the examples, their directories copied in the oracle's spelling."""
    copy = os.path.join(work, "sources", oracle.NAME)
    shutil.rmtree(copy, ignore_errors=True)
    programs, included = [], set()
    for directory in ("guestos", "examples"):
        os.makedirs(os.path.join(copy, directory))
        for name in sorted(os.listdir(os.path.join(root, directory))):
            if not name.endswith(".s"):
                continue
            with open(os.path.join(root, directory, name), encoding="utf-8") as f:
                text = oracle.spelling(f.read())[1]
            included.update(re.findall(r'^\s*\.include\s+"(.*)"', text, re.M))
            if directory == "examples" or name == "guestos.s":
                programs.append((directory, name))
            with open(os.path.join(copy, directory, name), "w", encoding="utf-8") as f:
                f.write(text)
    size = 0
    for directory, name in programs:
        if name in included:
            continue
        path = os.path.join(copy, directory, name)
        with open(path, "a", encoding="utf-8") as f:
            f.write("        .text\n        .balign 64\n")  # as GNU does in the end, anyhow
        size += compare(report, f"{directory}/{name} against {oracle.NAME}", our, path, oracle, path)
    return size


def main():
    build = os.environ.get("BUILD", "build")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=30, help="instances of each form")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", default=build)
    parser.add_argument("--thirdgen", default=os.environ.get("THIRDGEN"))
    parser.add_argument("--tool")
    args = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    work = os.path.abspath(os.path.join(args.build, "oracle-assembler"))
    os.makedirs(work, exist_ok=True)
    our = Ours(args.thirdgen or os.path.join(args.build, "thirdgen"), work)
    tool = args.tool or os.path.join(args.build, "isa_tool")
    oracles = []
    for oracle in (Gnu, Llvm):
        if oracle.installed():
            oracles.append(oracle(work))
        else:
            print(f"SKIPPED {oracle.NAME}: {' or '.join(oracle.PROGRAMS)} is not installed")

    def rows(what):
        out = subprocess.run([tool, what], stdout=subprocess.PIPE, text=True, check=True).stdout
        return [line.split("\t") for line in out.split("\n")[:-1]]

    rng = random.Random(args.seed)
    report = Report()
    table, pseudo, csrs = rows("table"), rows("pseudo"), [row[1] for row in rows("csrs")]
    jobs = [("instructions", instructions(rng, table, pseudo, csrs, args.count))]
    jobs += [(f"data {i}", data(rng, 120)) for i in range(max(1, args.count // 3))]
    jobs += list(PROGRAMS.items())
    total = 0
    for name, text in jobs:
        total += check(report, our, oracles, work, name, text)
    total += sum(sources(report, our, oracle, work, root) for oracle in oracles)
    print(f"{total} bytes of {len(jobs)} texts and the sources compared with "
          f"{' and '.join(o.NAME for o in oracles) or 'nothing'}; "
          f"{report.differences} differences")
    if not oracles:
        sys.exit(77)
    sys.exit(1 if report.differences else 0)


if __name__ == "__main__":
    try:
        main()
    except (OSError, subprocess.CalledProcessError) as problem:
        print(problem)
        sys.exit(2)
