# SPDX-License-Identifier: MIT
"""The M-mode program around the random snippets, alike on QEMU's `virt` and here.

It gives each snippet a register file and data memory, enters it in M- or
U-mode, logs every trap and goes on behind it, and in the end prints what the
snippet left, as hexadecimal words on one line:

    x1 ... x31   mstatus mie mip mtvec mscratch mepc mcause mtval
    number of traps, checksum of data memory, [data memory,]
    mepc mcause mtval mstatus of each trap

One register, the *base*, points to the harness's own memory at all times and
is written by no snippet; which one it is changes from batch to batch.
"""

from rv32 import JALR, Code

START = 0x80000000
STATE = 0x80008000  # what the base register points to
TABLE = 0x80010000  # a row of four words for each snippet
PRISTINE = 0x80018000
DATA = 0x80020000
FILES = 0x80040000  # register files, 32 words each
SLOTS = 0x80080000
SLOT_BYTES = 1024
DATA_WORDS = 64
TRAPS_MAX = 24

# Offsets from the base register; a saved register xN is at 4 * N.
INDEX, END, RECOVER, TRAPS, SEEN, LOOSE, LOG = 0x80, 0x84, 0x88, 0x8C, 0x90, 0x94, 0x100

UART, CLINT, FINISHER = 0x10000000, 0x02000000, 0x00100000
MSIP, MTIMECMP, MTIME = CLINT, CLINT + 0x4000, CLINT + 0xBFF8

MSTATUS, MISA, MIE, MTVEC, MSCRATCH, MEPC, MCAUSE, MTVAL, MIP = (
    0x300, 0x301, 0x304, 0x305, 0x340, 0x341, 0x342, 0x343, 0x344)
MSTATUS_MIE, MSTATUS_MPIE, MSTATUS_MPP, MSTATUS_TW = 1 << 3, 1 << 7, 3 << 11, 1 << 21
DUMPED_CSRS = (("mstatus", MSTATUS), ("mie", MIE), ("mip", MIP), ("mtvec", MTVEC),
               ("mscratch", MSCRATCH), ("mepc", MEPC), ("mcause", MCAUSE), ("mtval", MTVAL))

TO_MACHINE = 0x4D4F4445  # an ecall from U-mode with this in the call register goes on in M-mode


def free_registers(base):
    """Registers for the harness's own use, and for the templates': (temporaries, call register)."""
    free = [r for r in range(5, 32) if r != base]
    return free[:8], free[12]


class Harness:
    """The harness as code: `labels`, `bytes`."""

    def __init__(self, base, count, full):
        self.base, self.count, self.full = base, count, full
        self.temporaries, self.call = free_registers(base)
        self.code = Code(START)
        self.entry()
        self.next()
        self.trap()
        self.finish()
        self.print()
        self.vectors()
        self.bytes = self.code.finish()
        self.labels = self.code.labels
        assert START + len(self.bytes) <= STATE

    def entry(self):
        c, (t, u) = self.code, self.temporaries[:2]
        c.li(self.base, STATE)
        c.jal(u, "quiet")
        c.li(t, UART)
        c.store("sb", 0, t, 4)  # MCR: QEMU's comes out of reset with OUT2 set
        c.store("sw", 0, self.base, INDEX)
        c.jal(0, "next")

        c.label("quiet")  # no interrupt line is up
        c.li(t, MTIMECMP)
        c.op("addi", self.temporaries[2], 0, -1)
        c.store("sw", self.temporaries[2], t, 0)
        c.store("sw", self.temporaries[2], t, 4)
        c.li(t, MSIP)
        c.store("sw", 0, t)
        c.jalr(0, u)

    def next(self):
        """Set the next snippet up and enter it; the finisher after the last."""
        c, b = self.code, self.base
        t, u, v, w = self.temporaries[:4]
        c.label("next")
        c.load("lw", t, b, INDEX)
        c.li(u, self.count)
        c.branch("bne", t, u, "set up")
        c.li(t, FINISHER)
        c.li(u, 0x5555)
        c.store("sw", u, t)
        c.jal(0, "next")

        c.label("set up")
        c.li(u, PRISTINE)
        c.li(v, DATA)
        c.li(w, DATA + 4 * DATA_WORDS)
        c.label("copy")
        c.load("lw", self.temporaries[4], u)
        c.store("sw", self.temporaries[4], v)
        c.op("addi", u, u, 4)
        c.op("addi", v, v, 4)
        c.branch("bne", v, w, "copy")

        c.la(u, "trap")
        c.csr("csrrw", 0, MTVEC, u)
        for number in (MIE, MSCRATCH, MCAUSE, MTVAL):
            c.csr("csrrw", 0, number, 0)
        for offset in (TRAPS, SEEN, LOOSE):
            c.store("sw", 0, b, offset)

        c.op("slli", u, t, 4)
        c.li(v, TABLE)
        c.op("add", u, u, v)
        c.load("lw", v, u, 0)  # start, end, where to go on after a lost jump, mstatus
        c.csr("csrrw", 0, MEPC, v)
        c.load("lw", v, u, 4)
        c.store("sw", v, b, END)
        c.load("lw", v, u, 8)
        c.store("sw", v, b, RECOVER)
        c.load("lw", v, u, 12)
        c.csr("csrrw", 0, MSTATUS, v)

        c.op("slli", u, t, 7)
        c.li(b, FILES)
        c.op("add", b, b, u)
        self.load_registers()
        c.li(b, STATE)
        c.word(0x30200073)  # mret

    def load_registers(self):
        for r in range(1, 32):
            if r != self.base:
                self.code.load("lw", r, self.base, 4 * r)

    def trap(self):
        c, b = self.code, self.base
        t, u, v, w = self.temporaries[:4]
        c.label("trap")
        for r in range(1, 32):
            c.store("sw", r, b, 4 * r)
        c.csr("csrrs", t, MCAUSE, 0)
        c.csr("csrrs", u, MEPC, 0)
        c.load("lw", v, b, END)
        c.branch("blt", t, 0, "log")
        c.branch("beq", u, v, "finish")

        c.label("log")
        self.forget_open()
        c.branch("bge", t, 0, "exact")  # when an interrupt comes is open where LOOSE says so
        c.load("lw", v, b, LOOSE)
        c.branch("beq", v, 0, "exact")
        c.op("addi", u, 0, 0)
        c.label("exact")
        c.load("lw", v, b, TRAPS)
        c.op("slli", w, v, 4)
        c.op("add", w, w, b)
        c.store("sw", u, w, LOG)
        c.store("sw", t, w, LOG + 4)
        c.csr("csrrs", u, MTVAL, 0)
        c.store("sw", u, w, LOG + 8)
        self.read_mstatus(u)
        c.store("sw", u, w, LOG + 12)
        c.op("addi", v, v, 1)
        c.store("sw", v, b, TRAPS)
        c.op("addi", w, 0, TRAPS_MAX)
        c.branch("bge", v, w, "finish")

        c.branch("bge", t, 0, "exception")
        c.op("addi", u, 0, 1)
        c.store("sw", u, b, SEEN)
        c.op("addi", u, 0, 7)  # the timer, or else the software interrupt: its line goes down
        c.op("andi", t, t, 15)
        c.branch("beq", t, u, "timer")
        c.li(t, MSIP)
        c.store("sw", 0, t)
        c.jal(0, "return")
        c.label("timer")
        c.li(t, MTIMECMP)
        c.op("addi", u, 0, -1)
        c.store("sw", u, t, 0)
        c.store("sw", u, t, 4)
        c.jal(0, "return")

        c.label("exception")
        c.csr("csrrs", u, MEPC, 0)
        c.op("addi", u, u, 4)
        c.op("addi", v, 0, 1)
        c.branch("bne", t, v, "not a fetch")
        c.load("lw", u, b, RECOVER)
        c.label("not a fetch")
        c.csr("csrrw", 0, MEPC, u)
        c.op("addi", v, 0, 8)
        c.branch("bne", t, v, "return")
        c.load("lw", u, b, 4 * self.call)
        c.li(v, TO_MACHINE)
        c.branch("bne", u, v, "return")
        c.li(u, MSTATUS_MPP)
        c.csr("csrrs", 0, MSTATUS, u)

        c.label("return")
        self.load_registers()
        c.word(0x30200073)

    def forget_open(self):
        """
        mtval is 0 where QEMU has something else: after ebreak (0 or pc: both are allowed) and
        after a misaligned branch or jal (QEMU: a pc nearby, the target being wanted).  Cause in
        the first temporary, mepc in the second.
        """
        c, (t, u, v, w) = self.code, self.temporaries[:4]
        c.op("addi", v, 0, 3)
        c.branch("beq", t, v, "forget")
        c.branch("bne", t, 0, "as it is")
        c.load("lw", v, u)
        c.op("andi", v, v, 0x7F)
        c.op("addi", w, 0, JALR)
        c.branch("beq", v, w, "as it is")
        c.label("forget")
        c.csr("csrrw", 0, MTVAL, 0)
        c.label("as it is")

    def read_mstatus(self, rd):
        """Without TW, which QEMU needs and this machine does not have."""
        self.code.csr("csrrs", rd, MSTATUS, 0)
        t = self.temporaries[7]
        self.code.li(t, ~MSTATUS_TW)
        self.code.op("and", rd, rd, t)

    def finish(self):
        """What the snippet left, on a line."""
        c, b = self.code, self.base
        t, u, v, w = self.temporaries[:4]
        c.label("finish")
        for r in range(1, 32):
            c.load("lw", t, b, 4 * r)
            c.jal(u, "print")
        for _, number in DUMPED_CSRS:
            if number == MSTATUS:
                self.read_mstatus(t)
            else:
                c.csr("csrrs", t, number, 0)
            c.jal(u, "print")
        c.load("lw", t, b, TRAPS)
        c.jal(u, "print")

        c.li(v, DATA)
        c.li(t, 2166136261)  # FNV-1, a word at a time
        c.label("sum")
        c.load("lw", w, v)
        c.li(u, 16777619)
        c.op("mul", t, t, u)
        c.op("xor", t, t, w)
        c.op("addi", v, v, 4)
        c.li(w, DATA + 4 * DATA_WORDS)
        c.branch("bne", v, w, "sum")
        c.jal(u, "print")
        if self.full:
            self.print_words("data", DATA, DATA_WORDS)

        c.load("lw", w, b, TRAPS)
        c.op("slli", w, w, 4)
        c.op("addi", v, b, LOG)
        c.op("add", w, w, v)
        self.print_range("traps")
        c.op("addi", t, 0, 10)
        c.li(u, UART)
        c.store("sb", t, u)

        c.jal(u, "quiet")
        c.load("lw", t, b, INDEX)
        c.op("addi", t, t, 1)
        c.store("sw", t, b, INDEX)
        c.jal(0, "next")

    def print_words(self, name, address, count):
        v, w = self.temporaries[2:4]
        self.code.li(v, address)
        self.code.li(w, address + 4 * count)
        self.print_range(name)

    def print_range(self, name):
        """The words from the third temporary up to the fourth."""
        c, (t, u, v, w) = self.code, self.temporaries[:4]
        c.label(name)
        c.branch("beq", v, w, name + " done")
        c.load("lw", t, v)
        c.jal(u, "print")
        c.op("addi", v, v, 4)
        c.jal(0, name)
        c.label(name + " done")

    def print(self):
        """The first temporary in hexadecimal, and a space; returns through the second."""
        c = self.code
        t, u, _, _, digits, digit, uart, ten = self.temporaries
        c.label("print")
        c.op("addi", digits, 0, 8)
        c.li(uart, UART)
        c.label("digit")
        c.op("srli", digit, t, 28)
        c.op("addi", ten, 0, 10)
        c.branch("blt", digit, ten, "decimal")
        c.op("addi", digit, digit, 39)
        c.label("decimal")
        c.op("addi", digit, digit, 48)
        c.store("sb", digit, uart)
        c.op("slli", t, t, 4)
        c.op("addi", digits, digits, -1)
        c.branch("bne", digits, 0, "digit")
        c.op("addi", digit, 0, 32)
        c.store("sb", digit, uart)
        c.jalr(0, u)

    def vectors(self):
        """A vector table: entry n leaves n in mscratch and goes on as any trap."""
        c = self.code
        c.align(64)
        c.label("vectors")
        for n in range(16):
            c.jal(0, "vector %d" % n)
        for n in range(16):
            c.label("vector %d" % n)
            c.csr("csrrwi", 0, MSCRATCH, n)
            c.jal(0, "trap")
