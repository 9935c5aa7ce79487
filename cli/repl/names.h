/* SPDX-License-Identifier: MIT */
/*
 * What has a name at a level: registers, CSRs and their fields, symbols, and a
 * few things of the REPL's own.  Reading, writing and completing them.
 */
#ifndef REPL_NAMES_H
#define REPL_NAMES_H

#include "cli/repl/expression.h"
#include "cli/repl/level.h"

/* Fields of CSRs (Volume II, section 3.1): X(csr, field, lowest bit, bits). */
#define REPL_FIELDS(X)                                                                             \
    X(mstatus, "MPP", 11, 2)                                                                       \
    X(mstatus, "MPIE", 7, 1)                                                                       \
    X(mstatus, "MIE", 3, 1)                                                                        \
    X(mie, "MEIE", 11, 1)                                                                          \
    X(mie, "MTIE", 7, 1)                                                                           \
    X(mie, "MSIE", 3, 1)                                                                           \
    X(mip, "MEIP", 11, 1)                                                                          \
    X(mip, "MTIP", 7, 1)                                                                           \
    X(mip, "MSIP", 3, 1)                                                                           \
    X(mcause, "Interrupt", 31, 1)                                                                  \
    X(mcause, "Code", 0, 31)                                                                       \
    X(mtvec, "MODE", 0, 2)                                                                         \
    X(mresv, "Valid", 0, 1)

/* Names that are neither registers nor CSRs: X(id, can be set, about). */
#define REPL_SPECIALS(X)                                                                           \
    X(pc, true, "the program counter, P")                                                          \
    X(mode, true, "the processor's mode, M: 3 machine, 0 user")                                    \
    X(t, false, "steps since the start: instructions retired and traps taken")                     \
    X(mtime, true, "the CLINT's time, 64 bits")                                                    \
    X(mtimecmp, true, "the CLINT's deadline, 64 bits")                                             \
    X(msip, true, "the CLINT's software interrupt, 0 or 1")                                        \
    X(mcycle, true, "the counter, all 64 bits")                                                    \
    X(minstret, true, "the counter, all 64 bits")                                                  \
    X(exits, false, "how often its monitor took control from it")                                  \
    X(status, false, "the code that it ended with")

struct machine_lookout;

/* Where names are looked up: a row, and the space of addresses there. */
struct repl_place_context {
    const struct repl_levels *levels;
    unsigned row;
};

/* The scope of row i, for expressions; *context is to outlive it. */
struct repl_scope repl_names_scope(struct repl_place_context *context);

/* The physical address of the `bytes` at `address` for row `row`, and the row of whose memory it is
 * one; false, with a problem, where there is nothing. */
bool repl_names_locate(const struct repl_levels *ls, unsigned row, const struct repl_value *address,
                       uint32_t bytes, unsigned *of, uint32_t *pa, char *problem);

/*
 * Set what `name` names in row `row` (a register, a CSR, a field of one, a
 * special) to `value`, as far as it takes it; false, with a problem.  What the
 * monitor holds on the level's behalf is put right.
 */
bool repl_names_set(const struct repl_levels *ls, unsigned row, const char *name,
                    const struct repl_value *value, char *problem);

/*
 * To `l`: whatever must change, within a run of the real machine that no
 * monitor of this process interrupts, before the value of `e` at row `row` can.
 * False where that is all the time, or too much.
 */
bool repl_names_look_for(const struct repl_levels *ls, unsigned row, struct repl_expression *e,
                         struct machine_lookout *l);

/* Name i that can stand in an expression, symbols apart: registers, CSRs, fields, specials; NULL
 * past the last.  In `text` (REPL_SYMBOL_MAX bytes) where it has to be made. */
const char *repl_names_at(unsigned i, char *text);

/* "MPP=M MPIE=0 MIE=1" for CSR `number`, where it has fields to speak of; else empty.  `text` has
 * REPL_SPACED_MAX bytes.  Returns `text`. */
const char *repl_names_fields(uint32_t number, uint32_t value, char *text);

#endif
