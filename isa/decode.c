/* SPDX-License-Identifier: MIT */
/* From a word to the row of the table it encodes, and from a row to its names. */
#include "isa/instruction.h"

#include <stddef.h>

#define MATCH(id, mnemonic, operands, match, mask, meaning, about)                                 \
    if ((word & (mask)) == (match))                                                                \
        return INSN_##id;

enum isa_insn
isa_decode(uint32_t word)
{
    switch (word & 0x7f) {
    case OPCODE_LUI: ISA_LUI(MATCH) break;
    case OPCODE_AUIPC: ISA_AUIPC(MATCH) break;
    case OPCODE_JAL: ISA_JAL(MATCH) break;
    case OPCODE_JALR: ISA_JALR(MATCH) break;
    case OPCODE_BRANCH: ISA_BRANCH(MATCH) break;
    case OPCODE_LOAD: ISA_LOAD(MATCH) break;
    case OPCODE_STORE: ISA_STORE(MATCH) break;
    case OPCODE_OP_IMM: ISA_OP_IMM(MATCH) break;
    case OPCODE_OP: ISA_OP(MATCH) break;
    case OPCODE_MISC_MEM: ISA_MISC_MEM(MATCH) break;
    case OPCODE_AMO: ISA_AMO(MATCH) break;
    case OPCODE_SYSTEM: ISA_SYSTEM(MATCH) break;
    }
    return INSN_undefined;
}

#undef MATCH

#define IS(id, mnemonic, operands, match, mask, meaning, about) case INSN_##id:

bool
isa_is_privileged(enum isa_insn insn)
{
    switch (insn) {
        ISA_PRIVILEGED(IS)
        return true;
    default: return false;
    }
}

bool
isa_is_csr(enum isa_insn insn)
{
    switch (insn) {
        ISA_CSR(IS)
        return true;
    default: return false;
    }
}

#undef IS

const struct isa_instruction *
isa_instruction(enum isa_insn insn)
{
#define ROW(id, mnemonic, operands, match, mask, meaning, about)                                   \
    {mnemonic, operands, about, match, mask},
    static const struct isa_instruction rows[INSN_COUNT] = {ISA_INSTRUCTIONS(ROW)};
#undef ROW

    return &rows[insn];
}

const struct isa_pseudo *
isa_pseudo(unsigned i)
{
#define ROW(mnemonic, operands, id, match, mask) {mnemonic, operands, INSN_##id, match, mask},
    static const struct isa_pseudo rows[] = {ISA_PSEUDO(ROW)};
#undef ROW

    return i < sizeof rows / sizeof rows[0] ? &rows[i] : NULL;
}

static const char *const register_names[32] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                               "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                               "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                               "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

const char *
isa_register_name(unsigned r)
{
    return register_names[r & 31];
}

static bool
same(const char *name, unsigned length, const char *whole)
{
    unsigned i = 0;

    while (i < length && whole[i] != '\0' && name[i] == whole[i])
        i++;
    return i == length && whole[i] == '\0';
}

/* x0 to x31, without leading zeros. */
static int
numbered(const char *name, unsigned length)
{
    unsigned n = 0;

    if (length < 2 || length > 3 || name[0] != 'x' || (length == 3 && name[1] == '0'))
        return -1;
    for (unsigned i = 1; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return -1;
        n = n * 10 + (unsigned)(name[i] - '0');
    }
    return n < 32 ? (int)n : -1;
}

int
isa_register_number(const char *name, unsigned length)
{
    for (int r = 0; r < 32; r++)
        if (same(name, length, register_names[r]))
            return r;
    if (same(name, length, "fp"))
        return 8;
    return numbered(name, length);
}
