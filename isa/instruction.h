/* SPDX-License-Identifier: MIT */
/*
 * An instruction word: which instruction it is, and its fields.
 *
 *   31      25 24   20 19   15 14  12 11       7 6      0
 *   | funct7  |  rs2  |  rs1  |funct3|    rd    | opcode |  R
 *   |     imm[11:0]   |  rs1  |funct3|    rd    | opcode |  I
 *   |imm[11:5]|  rs2  |  rs1  |funct3| imm[4:0] | opcode |  S
 *   |imm[12|10:5]|rs2 |  rs1  |funct3|imm[4:1|11]| opcode |  B
 *   |           imm[31:12]           |    rd    | opcode |  U
 *   |     imm[20|10:1|11|19:12]      |    rd    | opcode |  J
 *
 * Source: Volume I, section 2.3.
 */
#ifndef ISA_INSTRUCTION_H
#define ISA_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/table.h"

#define ISA_ENUM(id, mnemonic, operands, match, mask, meaning, about) INSN_##id,
enum isa_insn { ISA_INSTRUCTIONS(ISA_ENUM) INSN_COUNT, INSN_undefined = INSN_COUNT };
#undef ISA_ENUM

/* The words of the instructions that have no operands, of opcode SYSTEM: X's match. */
#define ISA_WORD_ENUM(id, mnemonic, operands, match, mask, meaning, about) ISA_WORD_##id = (match),
enum isa_word { ISA_SYSTEM(ISA_WORD_ENUM) };
#undef ISA_WORD_ENUM

/* A row of the table, for those that go by mnemonic or list them. */
struct isa_instruction {
    const char *mnemonic, *operands, *about;
    uint32_t match, mask;
};

/* Row `insn`, below INSN_COUNT. */
const struct isa_instruction *isa_instruction(enum isa_insn insn);

/* A single-instruction pseudo-instruction; mask 0: for the assembler alone. */
struct isa_pseudo {
    const char *mnemonic, *operands;
    enum isa_insn insn;
    uint32_t match, mask;
};

/* Pseudo-instruction i, in the order of the table; NULL past the last. */
const struct isa_pseudo *isa_pseudo(unsigned i);

/* Which instruction the word encodes, or INSN_undefined. */
enum isa_insn isa_decode(uint32_t word);

/* Is it of ISA_PRIVILEGED, of ISA_CSR? */
bool isa_is_privileged(enum isa_insn insn);
bool isa_is_csr(enum isa_insn insn);

/* x0 to x31 as the ABI names them: zero, ra, sp, ...; r below 32. */
const char *isa_register_name(unsigned r);

/* The register called `name` (`length` bytes): x0 to x31, ABI names, fp; or -1. */
int isa_register_number(const char *name, unsigned length);

enum isa_opcode { /* bits 6:0, Volume I, table 24.1 */
                  OPCODE_LOAD = 0x03,
                  OPCODE_MISC_MEM = 0x0f,
                  OPCODE_OP_IMM = 0x13,
                  OPCODE_AUIPC = 0x17,
                  OPCODE_STORE = 0x23,
                  OPCODE_AMO = 0x2f,
                  OPCODE_OP = 0x33,
                  OPCODE_LUI = 0x37,
                  OPCODE_BRANCH = 0x63,
                  OPCODE_JALR = 0x67,
                  OPCODE_JAL = 0x6f,
                  OPCODE_SYSTEM = 0x73,
};

static inline uint32_t
isa_rd(uint32_t word)
{
    return word >> 7 & 31;
}

static inline uint32_t
isa_rs1(uint32_t word)
{
    return word >> 15 & 31;
}

static inline uint32_t
isa_rs2(uint32_t word)
{
    return word >> 20 & 31;
}

static inline uint32_t
isa_csr_field(uint32_t word)
{
    return word >> 20;
}

/* The word shifted right by n, its sign bit filling in. */
static inline uint32_t
isa_sign_shift(uint32_t word, uint32_t n)
{
    return word >> n | (word >> 31 != 0 ? ~(0xffffffffu >> n) : 0);
}

/* imm[11:0] = 31:20 */
static inline uint32_t
isa_imm_i(uint32_t word)
{
    return isa_sign_shift(word, 20);
}

/* imm[11:5|4:0] = 31:25, 11:7 */
static inline uint32_t
isa_imm_s(uint32_t word)
{
    return (isa_sign_shift(word, 20) & ~0x1fu) | (word >> 7 & 0x1f);
}

/* imm[12|10:5] = 31:25, imm[4:1|11] = 11:7 */
static inline uint32_t
isa_imm_b(uint32_t word)
{
    return (isa_sign_shift(word, 19) & ~0xfffu) | (word << 4 & 0x800) | (word >> 20 & 0x7e0) |
           (word >> 7 & 0x1e);
}

/* imm[31:12] = 31:12, in place */
static inline uint32_t
isa_imm_u(uint32_t word)
{
    return word & ~0xfffu;
}

/* imm[20|10:1|11|19:12] = 31:12 */
static inline uint32_t
isa_imm_j(uint32_t word)
{
    return (isa_sign_shift(word, 11) & ~0xfffffu) | (word & 0xff000) | (word >> 9 & 0x800) |
           (word >> 20 & 0x7fe);
}

#endif
