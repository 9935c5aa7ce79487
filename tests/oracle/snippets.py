# SPDX-License-Identifier: MIT
"""Random snippets for M- and U-mode: what harness.py runs on both machines.

A snippet is a sequence of *items*, each one instruction or a few that belong
together, in *segments* that run in one mode each.  Branches go forward to the
start of an item of the same segment, loops are bounded, a trap is logged and
skipped; so a snippet ends, whatever its registers hold.

What is left out here, and why, stands in docs/oracles.md; each such place is
marked `left out`.
"""

import random

import rv32
from harness import (DATA, DATA_WORDS, LOOSE, MCAUSE, MEPC, MIE, MIP, MISA, MSCRATCH, MSIP,
                     MSTATUS, MSTATUS_MIE, MSTATUS_MPIE, MSTATUS_MPP, MSTATUS_TW, MTIME, MTIMECMP,
                     MTVAL, MTVEC, SEEN, SLOT_BYTES, FINISHER, TO_MACHINE, UART, free_registers)

EDGES = (0, 1, 2, 3, 4, 31, 32, 0x7F, 0x80, 0xFF, 0x7FF, 0x800, 0xFFF, 0x7FFF, 0x8000, 0xFFFF,
         0x10000, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFF8000, 0xFFFFFF80,
         0xFFFFFFFE, 0xFFFFFFFF, 0x55555555, 0xAAAAAAAA)

# Nothing is there on either machine (RAM: 16 MiB).
UNMAPPED = ((0x00000000, 0x00000FFC), (0x00110000, 0x001FFFFC), (0x02010000, 0x02FFFFFC),
            (0x81000000, 0x81000FFC), (0x90000000, 0xFFFFFFFC))

# What a random write may set: all bits of the fields that both machines have.
WRITABLE = {
    MSTATUS: MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP,
    MIE: 0x888,
    MIP: 0x888,
    MSCRATCH: 0xFFFFFFFF,
    MEPC: 0xFFFFFFFC,
    MCAUSE: 0xFFFFFFFF,
    MTVAL: 0xFFFFFFFF,
    MISA: 0xFFFFFFFF,
}
# Registers that hold nothing here, and something on QEMU: read, and written with 0 alone.
READ_ZERO = [0x306, 0x30A, 0x310, 0x31A, 0x320] + list(range(0x323, 0x340)) \
    + list(range(0xB03, 0xB20)) + list(range(0xB83, 0xBA0))
READ_ONLY = [0xF11, 0xF12, 0xF13, 0xF14, 0xF15]
COUNTERS = (0xB00, 0xB02)  # mcycle, minstret; +0x80 their high words
COUNTER_VIEWS = [0xC00, 0xC01, 0xC02, 0xC80, 0xC81, 0xC82]

# CSRs of one machine alone (left out): R and the reservation; pmp*; hpmcounter*; medeleg, mideleg.
ONE_SIDED = set([0x7C0, 0x7C1, 0x7C2, 0x302, 0x303]) | set(range(0x3A0, 0x3F0)) \
    | set(range(0xC03, 0xC20)) | set(range(0xC83, 0xCA0)) | set(range(0x7A0, 0x7B4))
EXISTING = set(WRITABLE) | set(READ_ZERO) | set(READ_ONLY) | set(COUNTER_VIEWS) \
    | {MTVEC, 0xB00, 0xB02, 0xB80, 0xB82}
ABSENT = [n for n in range(0x1000) if n not in EXISTING and n not in ONE_SIDED]


def defined(word):
    """Does either machine know the 32-bit encoding `word`?  CSR instructions count as known."""
    opcode, f3, f7, rd = word & 0x7F, word >> 12 & 7, word >> 25, word >> 7 & 31
    if opcode in (rv32.LUI, rv32.AUIPC, rv32.JAL):
        return True
    if opcode == rv32.JALR:
        return f3 == 0
    if opcode == rv32.BRANCH:
        return f3 not in (2, 3)
    if opcode == rv32.LOAD:
        return f3 in (0, 1, 2, 4, 5)
    if opcode == rv32.STORE:
        return f3 in (0, 1, 2)
    if opcode == rv32.OP_IMM:
        return f3 not in (1, 5) or f7 == 0 or (f3 == 5 and f7 == 0x20)
    if opcode == rv32.OP:
        return f7 in (0, 1) or (f7 == 0x20 and f3 in (0, 5))
    if opcode == rv32.MISC_MEM:
        return f3 in (0, 1)
    if opcode == rv32.AMO:
        f5 = word >> 27
        if f3 != 2:
            return False
        return f5 == 3 or (f5 == 2 and word >> 20 & 31 == 0) or f5 in rv32.AMOS.values()
    if opcode == rv32.SYSTEM:
        if f3 not in (0, 4):
            return True
        if f7 == 0x09:  # left out: sfence.vma, which QEMU executes without an S-mode
            return f3 == 0 and rd == 0
        return word in (rv32.ECALL, rv32.EBREAK, rv32.MRET, rv32.WFI)
    return False


class Snippet:
    """Snippet number `index` of the run `seed`: code, register file, mode it begins in."""

    def __init__(self, seed, index, base, address, labels):
        self.random = random.Random("%s:%d" % (seed, index))
        self.base, self.labels = base, labels
        self.temporaries, self.call = free_registers(base)
        self.code = rv32.Code(address)
        self.recover = None
        self.names = 0
        self.end = None  # label of the current segment's end
        self.ahead = []  # labels of items to come in this segment
        self.registers = [self.value() for _ in range(32)]
        self.machine = self.random.random() < 0.6
        self.wait_traps = self.random.random() < 0.3  # TW is set: stays in U-mode
        if self.wait_traps:
            self.machine = False
        self.starts_in_machine = self.machine
        self.generate()

    # ---- small choices ----

    def chance(self, p):
        return self.random.random() < p

    def value(self):
        kind = self.random.randrange(4)
        if kind == 0:
            return self.random.choice(EDGES)
        if kind == 1:
            return self.random.randrange(64)
        return self.random.getrandbits(32)

    def source(self):
        return self.random.randrange(32)

    def target(self):
        """Any register but the base."""
        return self.random.choice([r for r in range(32) if r != self.base])

    def scratch(self, *others):
        """A register to hold a value: not x0, not the base, none of `others`."""
        return self.random.choice([r for r in range(1, 32) if r != self.base and r not in others])

    def name(self):
        self.names += 1
        return "L%d" % self.names

    def forward(self):
        """The start of one of the next items, or the segment's end."""
        return self.random.choice(self.ahead[:4] + [self.end])

    # ---- the whole ----

    def generate(self):
        c = self.code
        for segment in range(self.random.randrange(1, 4)):
            if segment > 0 and not self.wait_traps:
                self.change_mode()
            self.end = self.name()
            labels = [self.name() for _ in range(self.random.randrange(3, 11))]
            while labels:
                c.label(labels.pop(0))
                self.ahead = labels
                if c.here() - c.base < SLOT_BYTES - 240:
                    self.item()
            c.label(self.end)
        self.end_address = c.here()
        c.word(rv32.ECALL)
        self.bytes = c.finish()
        assert len(self.bytes) <= SLOT_BYTES
        if self.recover is None:
            self.recover = self.end_address

    def item(self):
        common = [(self.operation, 14), (self.immediate, 8), (self.upper, 2), (self.branch, 5),
                  (self.jump, 2), (self.jump_register, 2), (self.lost_jump, 1), (self.load, 6),
                  (self.store, 6), (self.fault, 3), (self.amo, 4), (self.reservation, 4),
                  (self.loop, 2), (self.self_modify, 1), (self.undefined, 3), (self.fence, 1),
                  (self.call_environment, 2), (self.absent_csr, 2), (self.write_read_only, 2)]
        machine = [(self.csr, 16), (self.read_zero_csr, 2), (self.vector_csr, 2),
                   (self.counter, 2), (self.counter_view, 1), (self.nested, 2),
                   (self.software_interrupt, 3), (self.software_interrupt_in_user, 2),
                   (self.software_interrupt_polled, 1), (self.both_interrupts, 1),
                   (self.timer_interrupt, 1), (self.wait, 1), (self.device, 3), (self.mret_here, 2)]
        user = [(self.csr, 4), (self.read_zero_csr, 1), (self.counter_view, 1),
                (self.privileged, 4)]
        table = common + (machine if self.machine else user)
        item, = self.random.choices([i for i, _ in table], [w for _, w in table])
        item()

    # ---- user-level instructions ----

    def operands(self):
        """Two sources; now and then with edge values."""
        a, b = self.source(), self.source()
        for r in (a, b):
            if r not in (0, self.base) and self.chance(0.4):
                self.code.li(r, self.random.choice(EDGES))
        return a, b

    def operation(self):
        a, b = self.operands()
        self.code.op(self.random.choice(list(rv32.OPS)), self.target(), a, b)

    def immediate(self):
        a, _ = self.operands()
        if self.chance(0.3):
            self.code.op(self.random.choice(list(rv32.SHIFTS)), self.target(), a,
                         self.random.randrange(32))
        else:
            value = self.random.choice((-2048, -1, 0, 1, 2047, self.random.randrange(-2048, 2048)))
            self.code.op(self.random.choice(list(rv32.IMMEDIATES)), self.target(), a, value)

    def upper(self):
        opcode = self.random.choice((rv32.LUI, rv32.AUIPC))
        self.code.word(self.random.getrandbits(20) << 12 | self.target() << 7 | opcode)

    def misaligned(self):
        """Bytes to miss an instruction by: mostly none."""
        return 2 if self.chance(0.15) else 0

    def branch(self):
        a, b = self.operands()
        if self.chance(0.2):
            b = a
        self.code.branch(self.random.choice(list(rv32.BRANCHES)), a, b, self.forward(),
                         self.misaligned())

    def jump(self):
        self.code.jal(self.target(), self.forward(), self.misaligned())

    def jump_register(self):
        r, offset = self.scratch(), self.random.randrange(-2048, 2047)
        low = self.random.choice((0, 0, 0, 1, 2, 3))  # bit 0 is cleared, bit 1 is a trap
        self.code.la(r, self.forward(), low - offset)
        self.code.jalr(self.target(), r, offset)

    def lost_jump(self):
        """To where nothing is: a fetch fault, and on behind the jump.  Once a snippet."""
        if self.recover is not None:
            return
        r = self.scratch()
        self.code.li(r, self.unmapped(4))
        self.code.jalr(self.target(), r)
        self.recover = self.code.here()

    def place(self, bytes_):
        return DATA + self.random.randrange(4 * DATA_WORDS // bytes_) * bytes_

    def unmapped(self, bytes_):
        low, high = self.random.choice(UNMAPPED)
        at = self.random.choice((low, high, self.random.randrange(low, high + 1)))
        return at & ~(bytes_ - 1)

    def access(self, load, where):
        """A load or store at `where(bytes)`.  Left out: misaligned ones."""
        r, offset = self.scratch(), self.random.randrange(-2048, 2048)
        name = self.random.choice(list(rv32.LOADS if load else rv32.STORES))
        bytes_ = (rv32.LOADS if load else rv32.STORES)[name][1]
        self.code.li(r, where(bytes_) - offset)
        if load:
            self.code.load(name, self.target(), r, offset)
        else:
            self.code.store(name, self.source(), r, offset)

    def load(self):
        self.access(True, self.place)

    def store(self):
        self.access(False, self.place)

    def fault(self):
        """An access fault of a load, a store or an LR; a misaligned LR."""
        if self.chance(0.8):
            self.access(self.chance(0.5), self.unmapped)
            return
        r, d = self.scratch(), self.target()
        misaligned = self.random.randrange(4)
        where = self.place if misaligned != 0 and self.chance(0.7) else self.unmapped
        self.code.li(r, where(4) + misaligned)
        self.code.word(rv32.amo(2, d, r, 0, self.random.randrange(4)))

    def amo(self):
        """Left out: AMOs that fault, which QEMU takes for loads."""
        r, b = self.scratch(), self.source()
        if self.chance(0.3) and b not in (0, self.base, r):
            self.code.li(b, self.random.choice(EDGES))
        self.code.li(r, self.place(4))
        self.code.word(rv32.amo(self.random.choice(list(rv32.AMOS.values())), self.target(), r, b,
                                self.random.randrange(4)))

    def reservation(self):
        """
        LR and SC, as they come and come not together.  Left out: traps and
        stores between the two, SC that faults, and SC of a later item on an
        earlier one's reservation (each ends with an SC, which clears it).
        """
        c, order = self.code, self.random.randrange(4)
        r = self.scratch()
        other = self.scratch(r)
        at = self.place(4)

        def lr(address):
            c.word(rv32.amo(2, self.random.choice([x for x in range(32) if x not in (
                self.base, r, other)]), address, 0, order))

        def sc(address):
            d = self.random.choice([x for x in range(32) if x not in (self.base, r, other)])
            c.word(rv32.amo(3, d, address, self.source(), order))

        c.li(r, at)
        c.li(other, DATA + (at - DATA + 4 * self.random.randrange(1, DATA_WORDS)) % (
            4 * DATA_WORDS))
        for step in self.random.choice(("ls", "ls", "lnns", "llos", "lols", "los", "s", "lss")):
            if step == "l":
                lr(r)
            elif step == "s":
                sc(r)
            elif step == "o":
                sc(other)
            else:
                c.op("xor", self.random.choice([x for x in range(32) if x not in (
                    self.base, r, other)]), self.source(), self.source())
        if self.chance(0.5):
            sc(r)

    def loop(self):
        counter = self.scratch()
        name = self.name()
        self.code.li(counter, self.random.randrange(1, 6))
        self.code.label(name)
        for _ in range(self.random.randrange(1, 4)):
            d = self.random.choice([r for r in range(32) if r not in (self.base, counter)])
            self.code.op(self.random.choice(list(rv32.OPS)), d, self.source(), self.source())
        self.code.op("addi", counter, counter, -1)
        self.code.branch("bne", counter, 0, name)

    def self_modify(self):
        """Write an instruction, fence.i, execute it."""
        part = rv32.Code(0)
        part.op(self.random.choice(list(rv32.OPS)), self.target(), self.source(), self.source())
        word, at = self.scratch(), self.name()
        address = self.scratch(word)
        self.code.li(word, part.words[0])
        self.code.la(address, at)
        self.code.store("sw", word, address)
        self.code.word(rv32.FENCE_I)
        self.code.label(at)
        self.code.word(rv32.NOP)

    def undefined(self):
        """
        A word that neither machine knows.  Left out: the two low bits not 11,
        where QEMU's mtval has 16 bits (0 is the same on both).
        """
        if self.chance(0.1):
            self.code.word(self.random.choice((0, 0xFFFFFFFF)))
            return
        while True:
            word = self.random.getrandbits(32) | 3
            if self.chance(0.7):
                word = word & ~0x7F | self.random.choice((
                    rv32.LOAD, rv32.MISC_MEM, rv32.OP_IMM, rv32.STORE, rv32.AMO, rv32.OP,
                    rv32.BRANCH, rv32.JALR, rv32.SYSTEM))
            if word & 0x7F == rv32.SYSTEM and self.chance(0.5):
                word &= ~0x7F80  # funct3 and rd 0, near to ecall and mret
            if not defined(word):
                self.code.word(word)
                return

    def fence(self):
        self.code.word(self.random.choice((
            rv32.FENCE, rv32.FENCE_I, 0x8330000F,
            rv32.MISC_MEM | self.random.getrandbits(8) << 20)))

    # ---- traps that are asked for ----

    def call_environment(self):
        self.code.word(self.random.choice((rv32.ECALL, rv32.ECALL, rv32.EBREAK)))

    def any_csr(self, number):
        """A CSR instruction on `number` with whatever operands."""
        self.code.csr(self.random.choice(list(rv32.CSR_OPS)), self.target(), number, self.source())

    def read_csr(self, number):
        name = self.random.choice(("csrrs", "csrrc", "csrrsi", "csrrci"))
        self.code.csr(name, self.target(), number, 0)

    def absent_csr(self):
        self.any_csr(self.random.choice(ABSENT))

    def write_read_only(self):
        """
        An illegal instruction.  Left out: csrrs and csrrc with a register other than x0 that holds
        0, which QEMU takes for a read.
        """
        name, operand = self.random.choice(list(rv32.CSR_OPS)), self.random.randrange(1, 32)
        if name in ("csrrs", "csrrc"):
            operand = self.scratch()
            self.code.li(operand, self.value() | 1)
        self.code.csr(name, self.target(), self.random.choice(READ_ONLY + COUNTER_VIEWS), operand)

    def privileged(self):
        """In U-mode.  wfi traps on QEMU where TW is set."""
        self.code.word(rv32.WFI if self.wait_traps and self.chance(0.5) else rv32.MRET)

    # ---- CSRs ----

    def allowed(self, number, value):
        """`value`, within what both machines keep of a write to CSR `number`."""
        value &= WRITABLE[number]
        if number == MSTATUS and self.chance(0.5):
            value |= MSTATUS_MPP
        elif number == MSTATUS:
            value &= ~MSTATUS_MPP  # left out: S and the reserved mode
        return value

    def csr(self):
        """Write a random value, or read."""
        number = self.random.choice(list(WRITABLE) + READ_ONLY)
        if number in READ_ONLY or self.chance(0.2):
            self.read_csr(number)
            return
        if not self.machine:
            self.any_csr(number)
            return
        name = self.random.choice(list(rv32.CSR_OPS))
        if name.endswith("i"):
            value = self.random.randrange(32)
            if number != MISA and (name != "csrrci" or number == MSTATUS):
                value &= WRITABLE[number] & 31
            self.code.csr(name, self.target(), number, value)
            return
        r = self.scratch()
        self.code.li(r, self.allowed(number, self.value()))
        self.code.csr(name, self.target(), number, r)
        if self.chance(0.5):
            self.code.csr("csrrs", self.target(), number, 0)

    def read_zero_csr(self):
        number = self.random.choice(READ_ZERO)
        if self.machine and self.chance(0.5):
            self.code.csr("csrrw", self.target(), number, 0)
        else:
            self.read_csr(number)

    def vector_csr(self):
        """mtvec, and back as it was.  Left out: bit 1 set, which QEMU refuses as a whole."""
        value, kept = self.scratch(), self.scratch()
        if value == kept:
            return
        self.code.li(value, self.value() & ~2)
        self.code.csr("csrrw", kept, MTVEC, value)
        self.code.csr("csrrs", value, MTVEC, 0)
        self.code.csr("csrrw", self.random.choice([r for r in range(32) if r not in (
            self.base, value)]), MTVEC, kept)

    def counter(self):
        """Loosely: the high word stays as written, the low word goes up.  Not: by how much."""
        c, number = self.code, self.random.choice(COUNTERS)
        high, a = self.scratch(), self.scratch()
        if high == a:
            return
        c.li(high, self.value())
        c.csr("csrrw", 0, number, 0)
        c.csr("csrrw", 0, number + 0x80, high)
        c.csr("csrrs", a, number + 0x80, 0)
        c.op("xor", high, high, a)  # 0
        c.csr("csrrw", 0, number, 0)
        c.csr("csrrs", a, number, 0)
        c.op("slti", a, a, 0)  # 0: it did not go up by 2^31

    def counter_view(self):
        """In M-mode it can be read; what it reads is open."""
        r = self.scratch()
        self.code.csr("csrrs", r, self.random.choice(COUNTER_VIEWS + [0xB00, 0xB02, 0xB80, 0xB82]),
                      0)
        self.code.op("addi", r, 0, self.random.randrange(-2048, 2048))

    # ---- modes ----

    def change_mode(self):
        if self.machine:
            self.to_user(self.random.choice((0, MSTATUS_MPIE)))
        else:
            self.code.li(self.call, TO_MACHINE)
            self.code.word(rv32.ECALL)
            self.code.li(self.call, self.value())
        self.machine = not self.machine

    def to_user(self, status):
        """mret to U-mode, to the next instruction, with MPIE as in `status`."""
        r, there = self.scratch(), self.name()
        self.code.la(r, there)
        self.code.csr("csrrw", 0, MEPC, r)
        self.code.li(r, MSTATUS_MPP | MSTATUS_MPIE)
        self.code.csr("csrrc", 0, MSTATUS, r)
        self.code.li(r, status)
        self.code.csr("csrrs", 0, MSTATUS, r)
        self.code.word(rv32.MRET)
        self.code.label(there)

    def mret_here(self):
        """mret to M-mode: MIE from MPIE, MPIE set, MPP to U."""
        r, there = self.scratch(), self.name()
        self.code.la(r, there)
        self.code.csr("csrrw", self.target(), MEPC, r)
        self.code.li(r, MSTATUS_MPP)
        self.code.csr("csrrs", self.target(), MSTATUS, r)
        self.code.word(rv32.MRET)
        self.code.label(there)
        self.code.csr("csrrs", self.target(), MSTATUS, 0)

    def nested(self):
        """A handler of the snippet's own that traps itself."""
        c = self.code
        vector, epc, status = self.temporaries[:3]
        handler, after = self.name(), self.name()
        c.la(vector, handler)
        c.csr("csrrw", vector, MTVEC, vector)
        self.random.choice((self.call_environment, self.undefined))()
        c.jal(0, after)
        c.label(handler)
        c.csr("csrrw", 0, MTVEC, vector)
        c.csr("csrrs", epc, MEPC, 0)
        c.csr("csrrs", status, MSTATUS, 0)
        self.random.choice((self.call_environment, self.undefined))()  # logged, MPP = M
        c.csr("csrrw", vector, MSTATUS, status)  # MPP is U after the mret from it
        c.op("addi", epc, epc, 4)
        c.csr("csrrw", 0, MEPC, epc)
        c.word(rv32.MRET)
        c.label(after)

    # ---- interrupts, by outcome ----

    def write_device(self, address, value, width="sw"):
        a, v = self.temporaries[:2]
        self.code.li(a, address)
        self.code.li(v, value)
        self.code.store(width, v, a)

    def mask_interrupts(self, enabled):
        self.code.csr("csrrci", 0, MSTATUS, MSTATUS_MIE)
        self.code.li(self.temporaries[0], enabled)
        self.code.csr("csrrw", 0, MIE, self.temporaries[0])

    def clear_reads(self):
        """The temporaries hold nothing that the two machines could differ in."""
        for r in self.temporaries[:4]:
            self.code.op("addi", r, 0, self.random.randrange(-2048, 2048))

    def software_interrupt(self):
        """Pending while masked, then unmasked by a CSR instruction: taken before the next."""
        def body():
            self.mask_interrupts(0x8 if self.chance(0.5) else 0x888)
            self.write_device(MSIP, 1)
            self.code.csr("csrrs", self.target(), MIP, 0)
            self.code.csr("csrrsi", self.target(), MSTATUS, MSTATUS_MIE)
            self.code.csr("csrrci", self.target(), MSTATUS, MSTATUS_MIE)
            self.code.csr("csrrs", self.target(), MIP, 0)
            self.mask_interrupts(0)
        if self.chance(0.5):
            body()
            return
        self.code.li(self.temporaries[0], self.labels["vectors"] | 1)
        self.code.csr("csrrw", 0, MTVEC, self.temporaries[0])
        body()
        if self.chance(0.3):
            self.call_environment()
        self.code.li(self.temporaries[0], self.labels["trap"])
        self.code.csr("csrrw", 0, MTVEC, self.temporaries[0])

    def software_interrupt_in_user(self):
        """Masked by MIE in M-mode, never in U-mode: taken before its first instruction."""
        self.mask_interrupts(0x8)
        self.write_device(MSIP, 1)
        self.to_user(self.random.choice((0, MSTATUS_MPIE)))
        self.code.op("addi", self.target(), self.source(), 1)
        self.code.li(self.call, TO_MACHINE)
        self.code.word(rv32.ECALL)
        self.code.li(self.call, self.value())
        self.mask_interrupts(0)

    def loosely(self, body):
        """`body` waits for an interrupt; when exactly it comes is open."""
        one = self.temporaries[3]
        self.code.op("addi", one, 0, 1)
        self.code.store("sw", one, self.base, LOOSE)
        self.code.store("sw", 0, self.base, SEEN)
        body()
        self.mask_interrupts(0)
        self.code.store("sw", 0, self.base, LOOSE)
        self.code.csr("csrrw", 0, MEPC, 0)
        self.clear_reads()

    def until_seen(self):
        name, r = self.name(), self.temporaries[2]
        self.code.label(name)
        self.code.load("lw", r, self.base, SEEN)
        self.code.branch("beq", r, 0, name)

    def software_interrupt_polled(self):
        """Enabled when it is raised: taken some time."""
        def body():
            self.mask_interrupts(0x8)
            self.code.csr("csrrsi", 0, MSTATUS, MSTATUS_MIE)
            self.write_device(MSIP, 1)
            self.until_seen()
        self.loosely(body)

    def both_interrupts(self):
        """Software before timer."""
        self.mask_interrupts(0x88)
        self.write_device(MTIMECMP + 4, 0)
        self.write_device(MTIMECMP, 0)
        self.write_device(MSIP, 1)
        self.code.csr("csrrs", self.target(), MIP, 0)
        self.code.csr("csrrsi", self.target(), MSTATUS, MSTATUS_MIE)
        self.code.csr("csrrci", self.target(), MSTATUS, MSTATUS_MIE)
        self.mask_interrupts(0)

    def arm(self, ticks):
        """mtimecmp = mtime + ticks; from where it is, at rest, it does not fire on the way."""
        c, (a, t, u, h) = self.code, self.temporaries[:4]
        c.li(a, MTIME)
        c.load("lw", h, a, 4)  # a carry between the two reads takes 7 minutes of run time
        c.load("lw", t, a, 0)
        c.op("addi", u, t, ticks)
        c.op("sltu", t, u, t)
        c.op("add", h, h, t)
        c.li(a, MTIMECMP)
        c.store("sw", u, a, 0)
        c.store("sw", h, a, 4)

    def timer_interrupt(self):
        """In a busy loop, or after a wfi: masked there, lest it come just before and never again."""
        def body():
            self.mask_interrupts(0x80)
            self.arm(self.random.randrange(1, 200))
            if self.chance(0.5):
                self.code.word(rv32.WFI)
            self.code.csr("csrrsi", 0, MSTATUS, MSTATUS_MIE)
            self.until_seen()
        self.loosely(body)

    def wait(self):
        """wfi wakes where the interrupt is masked by MIE, and does not trap."""
        self.mask_interrupts(0x88)
        if self.chance(0.5):
            self.write_device(MSIP, 1)
            self.code.word(rv32.WFI)
            self.code.csr("csrrs", self.target(), MIP, 0)
            self.write_device(MSIP, 0)
        else:
            self.arm(self.random.randrange(1, 200))
            name, r = self.name(), self.temporaries[0]
            self.code.label(name)
            self.code.word(rv32.WFI)  # may wake early (Volume II, section 3.3.3)
            self.code.csr("csrrs", r, MIP, 0)
            self.code.op("andi", r, r, 0x80)
            self.code.branch("beq", r, 0, name)
            self.clear_reads()
            self.write_device(MTIMECMP, 0xFFFFFFFF)
            self.write_device(MTIMECMP + 4, 0xFFFFFFFF)
        self.code.csr("csrrs", self.target(), MIP, 0)
        self.mask_interrupts(0)

    # ---- devices ----

    def device(self):
        """
        Registers read back; accesses to the CLINT and the finisher that are too narrow.  Left out:
        what is sent, IER but for bit 0, loopback (MCR.4), wide accesses to the UART, addresses
        within a device where no register is, atomics and fetches.
        """
        r = self.temporaries[2]
        kind = self.random.choice(("scratch", "divisor", "modem", "fifo", "read", "clint",
                                   "finisher", "narrow"))
        byte = self.random.getrandbits(8)
        if kind == "scratch":
            self.write_device(UART + 7, byte, "sb")
            self.code.load("lbu", r, self.temporaries[0])
        elif kind == "modem":
            self.write_device(UART + 4, byte & 0x0F, "sb")
            self.code.load("lbu", r, self.temporaries[0])
        elif kind == "divisor":
            self.write_device(UART + 3, 0x80 | byte, "sb")
            self.code.load("lbu", r, self.temporaries[0])
            self.write_device(UART, self.random.getrandbits(8), "sb")
            self.code.load("lbu", self.temporaries[3], self.temporaries[0])
            self.write_device(UART + 1, self.random.getrandbits(8), "sb")
            self.code.load("lb", self.temporaries[4], self.temporaries[0])
            self.write_device(UART + 3, 0x03, "sb")
        elif kind == "fifo":
            self.write_device(UART + 2, self.random.randrange(2), "sb")
            self.code.load("lbu", r, self.temporaries[0])
            self.write_device(UART + 1, self.random.randrange(2), "sb")
            self.code.load("lbu", self.temporaries[3], self.temporaries[0])
        elif kind == "read":
            self.code.li(r, UART + self.random.choice((0, 1, 2, 3, 4, 5, 6, 7)))
            self.code.load(self.random.choice(("lb", "lbu")), r, r)
        elif kind == "clint":
            self.code.li(r, self.random.choice((MSIP, MTIMECMP, MTIMECMP + 4)))
            self.code.load("lw", r, r)
        elif kind == "finisher":
            self.code.li(r, FINISHER)
            self.code.load(self.random.choice(("lh", "lhu", "lw")), r, r)
        elif self.chance(0.2):
            self.code.li(r, FINISHER)
            self.code.load(self.random.choice(("lb", "lbu")), r, r)
        else:
            self.code.li(r, self.random.choice((MSIP, MTIMECMP, MTIMECMP + 4, MTIME)))
            if self.chance(0.5):
                self.code.load(self.random.choice(("lb", "lh", "lbu", "lhu")), r, r)
            else:
                self.code.store(self.random.choice(("sb", "sh")), r, r)
