/* SPDX-License-Identifier: MIT */
/* The current stop, explained: what happened, by which rule, who handles it, what comes next. */
#ifndef REPL_WHY_H
#define REPL_WHY_H

#include "cli/repl/session.h"

/* Where in docs/ a rule stands: X(id, file, section).  A test looks whether they are there. */
#define REPL_SECTIONS(X)                                                                           \
    X(reset, "docs/machine.md", "Reset and start")                                                 \
    X(modes, "docs/machine.md", "Modes")                                                           \
    X(relocation, "docs/machine.md", "R, the relocation-bounds register")                          \
    X(instructions, "docs/machine.md", "Instructions")                                             \
    X(privileged, "docs/machine.md", "Privileged instructions")                                    \
    X(csrs, "docs/machine.md", "CSRs")                                                             \
    X(traps, "docs/machine.md", "Traps")                                                           \
    X(time, "docs/machine.md", "Time")                                                             \
    X(steps, "docs/machine.md", "Steps")                                                           \
    X(wfi, "docs/machine.md", "wfi")                                                               \
    X(memory, "docs/machine.md", "Memory map")                                                     \
    X(variants, "docs/machine.md", "ISA variants")                                                 \
    X(outermost, "docs/machine.md", "What the outermost machine adds")                             \
    X(ring, "docs/monitor.md", "Ring compression")                                                 \
    X(dispatch, "docs/monitor.md", "A trap, and where it goes")                                    \
    X(exactness, "docs/monitor.md", "Exactness")                                                   \
    X(several, "docs/monitor.md", "Several VMs")                                                   \
    X(hybrid, "docs/monitor.md", "The hybrid monitor")                                             \
    X(stopping, "docs/repl.md", "Stopping")                                                        \
    X(scripts, "docs/repl.md", "Scripts")

enum { REPL_WHY_MAX = 640 };

struct repl_explanation {
    char what[REPL_WHY_MAX], rule[REPL_WHY_MAX], handler[REPL_WHY_MAX], next[REPL_WHY_MAX];
    const char *file, *section; /* of the rule */
};

void repl_explain(const struct repl *r, struct repl_explanation *x);

/* One line on what happened last, for the pane; empty where it was an ordinary instruction.
 * `text` has REPL_WHY_MAX bytes.  Returns `text`. */
const char *repl_headline(const struct repl *r, const struct repl_event *e, char *text);

/* What is special about the instruction `word` that the level at row i is about to execute, a
 * phrase, or NULL. */
const char *repl_prospect(const struct repl *r, unsigned row, const struct isa_hart *h,
                          uint32_t word);

/* What a level is called in sentences: "the program", "the guest", or its name. */
const char *repl_who(const struct repl *r, unsigned row);

/* "UART", "CLINT", "finisher". */
const char *repl_device_name(uint32_t address);

#endif
