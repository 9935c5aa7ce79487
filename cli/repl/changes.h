/* SPDX-License-Identifier: MIT */
/* What differs between two states of a processor: marks, `why', `micro' and `.' tell of it. */
#ifndef REPL_CHANGES_H
#define REPL_CHANGES_H

#include <stddef.h>

#include "isa/hart.h"

/* Everything that makes a processor but pc and what moves by itself: X(field of struct isa_hart).
 */
#define REPL_CHANGING_CSRS(X)                                                                      \
    X(mbase)                                                                                       \
    X(mbound)                                                                                      \
    X(mstatus)                                                                                     \
    X(mie)                                                                                         \
    X(mip)                                                                                         \
    X(mtvec)                                                                                       \
    X(mscratch)                                                                                    \
    X(mepc)                                                                                        \
    X(mcause)                                                                                      \
    X(mtval)                                                                                       \
    X(mresv)

struct repl_change {
    const char *name;
    uint32_t from, to;
};

enum { REPL_CHANGES_MAX = 48 };

struct repl_changes {
    struct repl_change list[REPL_CHANGES_MAX];
    unsigned count;
};

/* From `a` to `b`: mode, x1 to x31, CSRs, in this order. */
void repl_changes(const struct isa_hart *a, const struct isa_hart *b, struct repl_changes *c);

/* "a0 0x1 -> 0x2, mtvec ..." into `text` (`size` bytes; "..." where they are too many); empty where
 * there are none.  Returns `text`. */
const char *repl_changes_text(const struct repl_changes *c, char *text, size_t size);

#endif
