/* SPDX-License-Identifier: MIT */
/*
 * Decoded code: a flat array of operations, one for each word of RAM and found
 * by its offset alone.  An operation is decoded when it is first executed, so
 * what is never executed costs nothing; and again after a store to its word.
 *
 * What the threaded engine relies on:
 *
 * - An operation's entry is NULL only where nothing that is decoded leads: not
 *   the operation after, nor the target of a branch or jump.  So only computed
 *   addresses (jalr, traps, mret) need a look.
 * - Two that follow each other may be executed by the first one's entry; so a
 *   store to a word has the one before decoded anew, too.
 * - A granule of RAM with a decoded word is marked.  Stores ask the mark, or a
 *   window without any mark, which costs one comparison.
 * - Within a group of DECODED_GROUP operations, aligned, the last one looks
 *   whether the budget is used up; so do branches and jumps that leave a group
 *   or go back in it.  No more than DECODED_GROUP operations are ever executed
 *   between two looks.
 * - Those that leave a group look whether they lead out of the window.  Within
 *   a group nothing has to be looked at: where the window begins or ends in its
 *   midst, what lies outside is left to the decoder, which says no.
 */
#ifndef MACHINE_DECODED_H
#define MACHINE_DECODED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/instruction.h"
#include "isa/relocate.h"

#ifndef DECODED_GROUP
#define DECODED_GROUP 128 /* operations; a power of two from 4 on */
#endif

/*
 * The kinds of operation: OWN(id) stands for itself, ROW(id, ...) for an
 * instruction of isa/table.h, BRANCH(id, ...) for a branch or jump, of which
 * there are three: back in its group, forward in it, and far, out of it.
 */
#define OPERATIONS(OWN, ROW, BRANCH)                                                               \
    OWN(undecoded)                                                                                 \
    OWN(leave)                                                                                     \
    OWN(execute)                                                                                   \
    OWN(system)                                                                                    \
    OWN(ecall)                                                                                     \
    OWN(mret)                                                                                      \
    OWN(nop)                                                                                       \
    OWN(lui)                                                                                       \
    OWN(auipc)                                                                                     \
    OWN(jal)                                                                                       \
    OWN(jalr)                                                                                      \
    OWN(jr)                                                                                        \
    OWN(csr_read)                                                                                  \
    BRANCH(j, )                                                                                    \
    ISA_BRANCH(BRANCH)                                                                             \
    ISA_LOAD(ROW)                                                                                  \
    ISA_STORE(ROW)                                                                                 \
    ISA_OP_IMM(ROW)                                                                                \
    ISA_OP(ROW)                                                                                    \
    ISA_CSR_REGISTER(ROW)                                                                          \
    ISA_CSR_IMMEDIATE(ROW)

#define OPERATION_KIND(id, ...)            KIND_##id,
#define OPERATION_KINDS_OF_BRANCH(id, ...) KIND_##id##_back, KIND_##id##_forward, KIND_##id##_far,
enum operation_kind {
    OPERATIONS(OPERATION_KIND, OPERATION_KIND, OPERATION_KINDS_OF_BRANCH) KIND_COUNT
};
#undef OPERATION_KIND
#undef OPERATION_KINDS_OF_BRANCH

struct machine;
struct operation;

/*
 * What executes an operation, and then the next: the state of the processor
 * that is in host registers is passed from one to the other.
 *
 * mem: the first byte of the window; words: its size in words; limit: an operation beyond this
 * address may not be entered without asking what is left of the budget.
 */
typedef void operation_handler(const struct operation *ip, struct machine *m, uint8_t *mem,
                               uint32_t words, uintptr_t limit);

/* How an operation is entered: by a tail call, or by a label's address. */
union operation_entry {
    operation_handler *function;
    const void *label;
};

/* 16 bytes, so that the operation of the word at offset o is at 4 * o. */
struct operation {
    union operation_entry entry;
    uint8_t kind; /* enum operation_kind */
    uint8_t rd, rs1, rs2;
    uint32_t imm; /* as decoded.c says for each kind */
};

enum {
    DECODED_GRANULE = 64,     /* bytes of RAM that share a mark */
    DECODED_PAGES_MAX = 2048, /* 4 KiB pages of operations, until all are dropped */
};

#define DECODED_NOTHING_WATCHED 0xffffffffu

/* Which entries the engine has: for operations within a group, for the last of one, and for two at
 * once (PAIR_none: no entry). */
struct operation_entries {
    const union operation_entry *within, *last; /* KIND_COUNT each */
    const union operation_entry *pairs;         /* machine/pairs.h; NULL: it has none */
};

struct decoded {
    struct operation *operations; /* NULL: none as yet */
    uint8_t *marks;               /* a byte for each granule of RAM */
    uint8_t *pages;               /* a byte for each page of operations: is it in use? */
    uint32_t ram_size;            /* bytes, of the RAM that there is room for */
    uint32_t pages_used;
    uint32_t marked_low, marked_high; /* offsets in RAM: no mark is set outside */
    uint32_t watched;                 /* offset of a word, or DECODED_NOTHING_WATCHED */
    uint64_t drops;                   /* how often the bound was reached */
    struct operation_entries entries;

    /* The window in force, in operations and in bytes. */
    const struct operation *first, *end;
    uint32_t base, bound;
    uint32_t clean_low, clean_bound; /* in the window, a part without marks: start and size */
    uint32_t clean_words;            /* clean_bound in words */
};

/* Room for a RAM of `ram_size` bytes; false where the host has none. */
bool decoded_init(struct decoded *d, uint32_t ram_size, const struct operation_entries *entries);
void decoded_free(struct decoded *d);

/* Forget all that is decoded. */
void decoded_drop(struct decoded *d);

/* decoded_set_window, where it is another one. */
void decoded_change_window(struct decoded *d, uint32_t base, uint32_t bound);

/*
 * From now on code is fetched, and data is stored, through the window of
 * `bound` bytes from offset `base` on.  It may end anywhere: what lies just
 * beyond is entered through the decoder, which says no.
 */
static inline void
decoded_set_window(struct decoded *d, uint32_t base, uint32_t bound)
{
    if (base != d->base || bound != d->bound || d->first == NULL)
        decoded_change_window(d, base, bound);
}

/* Have the operation `index` of RAM decoded when it is entered. */
void decoded_admit(struct decoded *d, uint32_t index);

/* The operation at pc, ready to be entered; NULL where pc is outside the window. */
static inline const struct operation *
decoded_at(struct decoded *d, uint32_t pc)
{
    uint32_t off = pc - ISA_RAM_START;
    uint32_t index = (d->base + off) / 4;

    if (off >= d->bound)
        return NULL;
    if (d->operations[index].entry.label == NULL)
        decoded_admit(d, index);
    return &d->operations[index];
}

/* The address of the operation `o` in the window. */
static inline uint32_t
decoded_pc(const struct decoded *d, const struct operation *o)
{
    return ISA_RAM_START + (uint32_t)((size_t)((const char *)o - (const char *)d->first) >> 2);
}

/*
 * Decode the operation `o`, and make what follows it enterable.  False, and
 * nothing is done, where it lies outside the window.
 */
bool decoded_fill(struct decoded *d, const struct isa_ram *ram, const struct operation *o);

/* The `bytes` of RAM from `offset` on have been written. */
void decoded_written(struct decoded *d, uint32_t offset, uint32_t bytes);

/* Have stores to the word at `offset` noticed, as if it were decoded; and no other's any more. */
void decoded_watch(struct decoded *d, uint32_t offset);

#endif
