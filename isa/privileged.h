/* SPDX-License-Identifier: MIT */
/*
 * What instructions that a monitor interprets do but for retiring: the same for
 * those who count time with each instruction, as the machine does, and for
 * those who do not, as a monitor.
 */
#ifndef ISA_PRIVILEGED_H
#define ISA_PRIVILEGED_H

#include "isa/csr.h"
#include "isa/execute.h"
#include "isa/semantics.h"

/* Is the word a CSR instruction?  Those of opcode SYSTEM are whose funct3 is neither 0 nor 4
 * (Volume I, section 9.1). */
static inline bool
isa_encodes_csr(uint32_t word)
{
    return (word & 0x7f) == OPCODE_SYSTEM && (word & 0x3000) != 0;
}

/* Does CSR instruction `word` write its CSR?  csrrw and csrrwi do, the others unless rs1, or the
 * immediate, is 0. */
static inline bool
isa_csr_word_writes(uint32_t word)
{
    return (word & 0x3000) == 0x1000 || isa_rs1(word) != 0;
}

/* What CSR instruction `word` makes of the CSR's old value. */
static inline uint32_t
isa_csr_updated(const struct isa_hart *h, uint32_t old, uint32_t word)
{
    switch (word >> 12 & 7) {
#define REGISTER(id, mnemonic, operands, match, mask, meaning, about)                              \
    case (match) >> 12: return isa_op_##meaning(old, h->x[isa_rs1(word)]);
        ISA_CSR_REGISTER(REGISTER)
#undef REGISTER
#define IMMEDIATE(id, mnemonic, operands, match, mask, meaning, about)                             \
    case (match) >> 12: return isa_op_##meaning(old, isa_rs1(word));
        ISA_CSR_IMMEDIATE(IMMEDIATE)
#undef IMMEDIATE
    default: return old;
    }
}

/* rd of `word` becomes `value`. */
static inline void
isa_set_rd(struct isa_hart *h, uint32_t word, uint32_t value)
{
    if (isa_rd(word) != 0)
        h->x[isa_rd(word)] = value;
}

/* CSR instruction `word`, whole, where its CSR is nothing but a word, or is only read; else false,
 * and nothing is done. */
static inline bool
isa_csr_access_word(struct isa_hart *h, uint32_t word)
{
    uint32_t bits, *own, old;

    if (!isa_csr_word_writes(word)) {
        const uint32_t *read = isa_csr_word_read(h, isa_csr_field(word));

        if (read == NULL)
            return false;
        isa_set_rd(h, word, *read);
        return true;
    }
    own = isa_csr_word(h, isa_csr_field(word), &bits);
    if (own == NULL)
        return false;
    old = *own;
    *own = isa_csr_updated(h, old, word) & bits;
    isa_set_rd(h, word, old);
    return true;
}

/* CSR instruction `word` with full effect, as in M-mode, on any CSR; ISA_TRAP (illegal) where
 * M-mode traps.  A counter written is one short until the instruction retires (isa_csr_write). */
enum isa_result isa_csr_access(struct isa_hart *h, uint32_t ram_size, uint32_t word,
                               struct isa_outcome *out);

/* The access that `word` makes, if it is a load or store; `address` is a device's. */
bool isa_access_of(const struct isa_hart *h, uint32_t word, struct isa_access *access);

/* It has been served: a loaded value goes to rd. */
void isa_served(struct isa_hart *h, uint32_t word, const struct isa_access *access);

/* mret (Volume II, section 3.3.2). */
static inline void
isa_return(struct isa_hart *h)
{
    h->pc = h->mepc;
    h->mode = (h->mstatus & MSTATUS_MPP) != 0 ? ISA_MACHINE : ISA_USER;
    h->mstatus = (h->mstatus & MSTATUS_MPIE) != 0 ? MSTATUS_MIE | MSTATUS_MPIE : MSTATUS_MPIE;
}

/* Could an interrupt be taken in this mode, were it pending? */
static inline bool
isa_interruptible(const struct isa_hart *h)
{
    return h->mie != 0 && (h->mode == ISA_USER || (h->mstatus & MSTATUS_MIE) != 0);
}

#endif
