# SPDX-License-Identifier: MIT
"""RV32IMA and Zicsr words, labels, and ELF32 files, without any assembler.

The words are put together here from the tables of the RISC-V manual (Volume
I, chapter 24; Volume II), so that what checks the machine shares nothing with
its own table of instructions.
"""

import struct

MASK = 0xFFFFFFFF

# Opcodes: Volume I, table 24.1.
LOAD, MISC_MEM, OP_IMM, AUIPC, STORE, AMO, OP, LUI = 0x03, 0x0F, 0x13, 0x17, 0x23, 0x2F, 0x33, 0x37
BRANCH, JALR, JAL, SYSTEM = 0x63, 0x67, 0x6F, 0x73

OPS = {  # name: (funct7, funct3)
    "add": (0, 0), "sub": (0x20, 0), "sll": (0, 1), "slt": (0, 2), "sltu": (0, 3),
    "xor": (0, 4), "srl": (0, 5), "sra": (0x20, 5), "or": (0, 6), "and": (0, 7),
    "mul": (1, 0), "mulh": (1, 1), "mulhsu": (1, 2), "mulhu": (1, 3),
    "div": (1, 4), "divu": (1, 5), "rem": (1, 6), "remu": (1, 7),
}
IMMEDIATES = {"addi": 0, "slti": 2, "sltiu": 3, "xori": 4, "ori": 6, "andi": 7}
SHIFTS = {"slli": (0, 1), "srli": (0, 5), "srai": (0x20, 5)}
LOADS = {"lb": (0, 1), "lh": (1, 2), "lw": (2, 4), "lbu": (4, 1), "lhu": (5, 2)}  # funct3, bytes
STORES = {"sb": (0, 1), "sh": (1, 2), "sw": (2, 4)}
BRANCHES = {"beq": 0, "bne": 1, "blt": 4, "bge": 5, "bltu": 6, "bgeu": 7}
AMOS = {"amoadd.w": 0, "amoswap.w": 1, "amoxor.w": 4, "amoor.w": 8, "amoand.w": 12,
        "amomin.w": 16, "amomax.w": 20, "amominu.w": 24, "amomaxu.w": 28}  # funct5
CSR_OPS = {"csrrw": 1, "csrrs": 2, "csrrc": 3, "csrrwi": 5, "csrrsi": 6, "csrrci": 7}

ECALL, EBREAK, MRET, WFI = 0x00000073, 0x00100073, 0x30200073, 0x10500073
NOP, FENCE, FENCE_I = 0x00000013, 0x0FF0000F, 0x0000100F


def r_type(opcode, f3, f7, rd, rs1, rs2):
    return f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | opcode


def i_type(opcode, f3, rd, rs1, imm):
    assert -2048 <= imm <= 4095
    return (imm & 0xFFF) << 20 | rs1 << 15 | f3 << 12 | rd << 7 | opcode


def s_type(f3, rs1, rs2, imm):
    assert -2048 <= imm <= 2047
    return (imm >> 5 & 0x7F) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | (imm & 31) << 7 | STORE


def b_type(f3, rs1, rs2, imm):
    assert -4096 <= imm <= 4094 and imm % 2 == 0
    return ((imm >> 12 & 1) << 31 | (imm >> 5 & 0x3F) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12
            | (imm >> 1 & 15) << 8 | (imm >> 11 & 1) << 7 | BRANCH)


def j_type(rd, imm):
    assert -(1 << 20) <= imm < 1 << 20 and imm % 2 == 0
    return ((imm >> 20 & 1) << 31 | (imm >> 1 & 0x3FF) << 21 | (imm >> 11 & 1) << 20
            | (imm >> 12 & 0xFF) << 12 | rd << 7 | JAL)


def amo(funct5, rd, rs1, rs2, ordering=0):
    return funct5 << 27 | ordering << 25 | rs2 << 20 | rs1 << 15 | 2 << 12 | rd << 7 | AMO


class Code:
    """Words at consecutive addresses from `base` on, with labels resolved at the end."""

    def __init__(self, base):
        self.base, self.words, self.labels, self.fixups = base, [], {}, []

    def here(self):
        return self.base + 4 * len(self.words)

    def label(self, name):
        assert name not in self.labels
        self.labels[name] = self.here()

    def word(self, *words):
        self.words.extend(w & MASK for w in words)

    def align(self, multiple):
        while self.here() % multiple:
            self.word(NOP)

    def op(self, name, a, b, c):
        """A register-register or register-immediate instruction: rd, rs1, rs2 or immediate."""
        if name in OPS:
            f7, f3 = OPS[name]
            self.word(r_type(OP, f3, f7, a, b, c))
        elif name in SHIFTS:
            f7, f3 = SHIFTS[name]
            self.word(r_type(OP_IMM, f3, f7, a, b, c))
        else:
            self.word(i_type(OP_IMM, IMMEDIATES[name], a, b, c))

    def load(self, name, rd, rs1, imm=0):
        self.word(i_type(LOAD, LOADS[name][0], rd, rs1, imm))

    def store(self, name, rs2, rs1, imm=0):
        self.word(s_type(STORES[name][0], rs1, rs2, imm))

    def csr(self, name, rd, number, source):
        self.word(i_type(SYSTEM, CSR_OPS[name], rd, source, number))

    def lui(self, rd, upper):
        self.word(upper << 12 | rd << 7 | LUI)

    def jalr(self, rd, rs1, imm=0):
        self.word(i_type(JALR, 0, rd, rs1, imm))

    def branch(self, name, rs1, rs2, target, offset=0):
        """To `target`, a label, plus `offset` bytes."""
        self.fix(target, offset, lambda d: b_type(BRANCHES[name], rs1, rs2, d))

    def jal(self, rd, target, offset=0):
        self.fix(target, offset, lambda d: j_type(rd, d))

    def fix(self, target, offset, encode):
        self.fixups.append((len(self.words), target, offset, encode))
        self.word(0)

    def li(self, rd, value):
        """Always two words, so that what follows does not move."""
        value &= MASK
        low = (value & 0xFFF) - (0x1000 if value & 0x800 else 0)
        self.lui(rd, (value - low & MASK) >> 12)
        self.op("addi", rd, rd, low)

    def la(self, rd, target, offset=0):
        """The address of a label, two words."""
        at = len(self.words)
        self.word(0, 0)
        self.fixups.append((at, target, offset, rd))

    def finish(self):
        """All labels are known: resolve them, and give the bytes."""
        for at, target, offset, encode in self.fixups:
            address = self.labels[target] + offset
            if callable(encode):
                self.words[at] = encode(address - (self.base + 4 * at))
            else:
                part = Code(0)
                part.li(encode, address)
                self.words[at:at + 2] = part.words
        self.fixups = []
        return struct.pack("<%dI" % len(self.words), *self.words)


def elf(entry, segments):
    """An ELF32 executable for RISC-V: `segments` are (address, bytes)."""
    start = 52 + 32 * len(segments)
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 243, 1, entry, 52, 0, 0,
                         52, 32, len(segments), 0, 0, 0)
    table, body = b"", b""
    for address, data in segments:
        table += struct.pack("<8I", 1, start + len(body), address, address, len(data), len(data),
                             7, 4)
        body += data
    return header + table + body
