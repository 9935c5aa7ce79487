/* SPDX-License-Identifier: MIT */
/*
 * The control and status registers: which exist, what they are called, what
 * reading and writing them does.
 *
 * One row a CSR; from the rows come the numbers, the names that the assembler,
 * the disassembler and the REPL know, the read and write rules and the
 * reference card:
 *
 *   X(id, name, number, value, about)           one register
 *   R(name, suffix, number, first, last, about) a family: `name`, an index
 *                                               from first to last, `suffix`,
 *                                               at numbers number, number+1, ...
 *
 * `value` is what a register reads that holds nothing of its own (0 where
 * csr.c has a case for it).  All registers of a family read 0 and ignore
 * writes: what they control is not implemented.
 *
 * Source: Volume II, privileged architecture 1.12, chapters 2 and 3; mbase,
 * mbound and mresv are this machine's own (docs/machine.md).
 */
#ifndef ISA_CSR_H
#define ISA_CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/hart.h"

/* misa: MXL = 1 (32 bits), extensions A, I, M, U. */
#define ISA_MISA (1u << 30 | 1u << ('a' - 'a') | 1u << ('i' - 'a') | 1u << ('m' - 'a') | 1u << ('u' - 'a'))

#define ISA_CSRS(X)                                                                                \
    X(mstatus, "mstatus", 0x300, 0, "status: MIE 3, MPIE 7, MPP 12:11")                            \
    X(misa, "misa", 0x301, ISA_MISA, "the ISA: RV32IMAU; writes are ignored")                      \
    X(mie, "mie", 0x304, 0, "interrupts enabled: MSI 3, MTI 7, MEI 11")                            \
    X(mtvec, "mtvec", 0x305, 0, "trap vector; bit 0 set: vectored")                                \
    X(mcounteren, "mcounteren", 0x306, 0, "reads 0; writes are ignored")                           \
    X(mstatush, "mstatush", 0x310, 0, "reads 0; writes are ignored")                               \
    X(menvcfg, "menvcfg", 0x30a, 0, "reads 0; writes are ignored")                                 \
    X(menvcfgh, "menvcfgh", 0x31a, 0, "reads 0; writes are ignored")                               \
    X(mcountinhibit, "mcountinhibit", 0x320, 0, "reads 0; writes are ignored")                     \
    X(mscratch, "mscratch", 0x340, 0, "a word for the trap handler")                               \
    X(mepc, "mepc", 0x341, 0, "pc at the trap; bits 1:0 read 0")                                   \
    X(mcause, "mcause", 0x342, 0, "cause of the trap; bit 31: an interrupt")                       \
    X(mtval, "mtval", 0x343, 0, "address or encoding that trapped")                                \
    X(mip, "mip", 0x344, 0, "interrupts pending: the lines; writes are ignored")                   \
    X(mbase, "mbase", 0x7c0, 0, "R: relocation, bytes; bits 1:0 read 0")                           \
    X(mbound, "mbound", 0x7c1, 0, "R: bound, bytes; bits 1:0 read 0")                              \
    X(mresv, "mresv", 0x7c2, 0, "LR/SC reservation: bit 0 valid, bits 31:2 offset in RAM")         \
    X(mcycle, "mcycle", 0xb00, 0, "instructions retired, low word")                                \
    X(minstret, "minstret", 0xb02, 0, "instructions retired, low word")                            \
    X(mcycleh, "mcycleh", 0xb80, 0, "instructions retired, high word")                             \
    X(minstreth, "minstreth", 0xb82, 0, "instructions retired, high word")                         \
    X(cycle, "cycle", 0xc00, 0, "mcycle, read-only")                                               \
    X(time, "time", 0xc01, 0, "mtime, low word, read-only")                                        \
    X(instret, "instret", 0xc02, 0, "minstret, read-only")                                         \
    X(cycleh, "cycleh", 0xc80, 0, "mcycleh, read-only")                                            \
    X(timeh, "timeh", 0xc81, 0, "mtime, high word, read-only")                                     \
    X(instreth, "instreth", 0xc82, 0, "minstreth, read-only")                                      \
    X(mvendorid, "mvendorid", 0xf11, 0, "reads 0, read-only")                                      \
    X(marchid, "marchid", 0xf12, 0, "reads 0, read-only")                                          \
    X(mimpid, "mimpid", 0xf13, 0, "reads 0, read-only")                                            \
    X(mhartid, "mhartid", 0xf14, 0, "reads 0, read-only")                                          \
    X(mconfigptr, "mconfigptr", 0xf15, 0, "reads 0, read-only")

#define ISA_CSR_FAMILIES(R)                                                                        \
    R("mhpmevent", "", 0x323, 3, 31, "read 0; writes are ignored")                                 \
    R("pmpcfg", "", 0x3a0, 0, 3, "read 0; writes are ignored: no PMP regions")                     \
    R("pmpaddr", "", 0x3b0, 0, 15, "read 0; writes are ignored: no PMP regions")                   \
    R("mhpmcounter", "", 0xb03, 3, 31, "read 0; writes are ignored")                               \
    R("mhpmcounter", "h", 0xb83, 3, 31, "read 0; writes are ignored")

/*
 * Those that are nothing but a word of struct isa_hart, with the bits that can
 * be written, all others reading 0: X(id, bits).
 */
#define ISA_CSR_WORDS(X)                                                                           \
    X(mtvec, ~2u)                                                                                  \
    X(mscratch, ~0u)                                                                               \
    X(mepc, ~3u)                                                                                   \
    X(mcause, ~0u)                                                                                 \
    X(mtval, ~0u)                                                                                  \
    X(mbase, ~3u)                                                                                  \
    X(mbound, ~3u)

#define ISA_CSR_ENUM(id, name, number, value, about) CSR_##id = (number),
enum isa_csr { ISA_CSRS(ISA_CSR_ENUM) };
#undef ISA_CSR_ENUM

#define ISA_CSR_ONE(id, name, number, value, about) +1
enum { ISA_CSR_COUNT = 0 ISA_CSRS(ISA_CSR_ONE) }; /* rows of ISA_CSRS */
#undef ISA_CSR_ONE

enum { ISA_CSR_NAME_MAX = 16 }; /* longest name and its end: mhpmcounter31h */

/* Read-only by its number: bits 11:10 are 11 (Volume II, section 2.1). */
static inline bool
isa_csr_read_only(uint32_t number)
{
    return (number >> 10 & 3) == 3;
}

/* The word of `h` that CSR `number` is, with its bits that can be written; NULL if it is more. */
static inline uint32_t *
isa_csr_word(struct isa_hart *h, uint32_t number, uint32_t *bits)
{
    switch (number) {
#define WORD(id, writable)                                                                         \
    case CSR_##id: *bits = (writable); return &h->id;
        ISA_CSR_WORDS(WORD)
#undef WORD
    default: return NULL;
    }
}

/* The same for reading: those, too, whose writing means more. */
static inline const uint32_t *
isa_csr_word_read(const struct isa_hart *h, uint32_t number)
{
    switch (number) {
#define WORD(id, writable)                                                                         \
    case CSR_##id: return &h->id;
        ISA_CSR_WORDS(WORD)
#undef WORD
    case CSR_mstatus: return &h->mstatus;
    case CSR_mie: return &h->mie;
    default: return NULL;
    }
}

/* Does the machine have CSR `number` (0 to 0xfff)? */
bool isa_csr_exists(uint32_t number);

/* The value of CSR `number`, which exists.  mip must be up to date in `h`. */
uint32_t isa_csr_read(const struct isa_hart *h, uint32_t number);

/*
 * Write CSR `number`, which exists and is not read-only, keeping what its
 * fields allow (WARL).  `ram_size` in bytes bounds mresv.
 *
 * The writer's own increment is suppressed: what is written to a half of a
 * counter is what the next instruction reads.  So the counter is set one
 * short, and the retirement of the writing instruction brings it there.
 */
void isa_csr_write(struct isa_hart *h, uint32_t number, uint32_t value, uint32_t ram_size);

/* The name of CSR `number` into `name` (ISA_CSR_NAME_MAX bytes); false where there is none. */
bool isa_csr_name(uint32_t number, char *name);

/* The number of the CSR called `name` (`length` bytes), or -1. */
int isa_csr_number(const char *name, unsigned length);

/* The i-th CSR's number, in the order of the table, families at the end; -1 past the last. */
int isa_csr_at(unsigned i);

/* What CSR `number` is for, a phrase; NULL where there is no such CSR. */
const char *isa_csr_about(uint32_t number);

#endif
