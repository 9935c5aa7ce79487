/* SPDX-License-Identifier: MIT */
/*
 * A line for each event of a run: `run --trace CLASSES`.
 *
 * Each line says when (the guest's minstret), at which level, in which mode,
 * where, and what; 80 columns at most.  Nothing that is looked at changes what
 * the guests compute, nor which exits occur.
 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/target.h"
#include "vmm/hosted/system.h"

/* The classes: X(id, what a line is about). */
#define TRACE_CLASSES(X)                                                                           \
    X(trap, "an exception that the guest takes, and its mret")                                     \
    X(exit, "an exit to the monitor, and what it came to")                                         \
    X(irq, "an interrupt that the guest takes, and a wfi that waited")                             \
    X(csr, "a CSR read, or written: old and new value")                                            \
    X(insn, "an instruction that retires, disassembled")                                           \
    X(io, "a device register read or written")

#define TRACE_ENUM(id, about) TRACE_##id,
enum trace_class { TRACE_CLASSES(TRACE_ENUM) TRACE_COUNT };
#undef TRACE_ENUM

struct trace {
    unsigned classes; /* bit i: enum trace_class i */
    FILE *out;
    const struct target *target;
    struct system *system;
};

/*
 * The set of classes that `text` names: `trap,exit`, `all,-insn`.  False: the
 * word at *wrong (*length bytes) is none.
 */
bool trace_read(const char *text, unsigned *classes, const char **wrong, size_t *length);

/* The names of all classes, which end with NULL. */
extern const char *const trace_names[TRACE_COUNT + 1];

/*
 * Go on by one step of the bare machine, or by one phase of a hosted monitor's
 * run (hosted_advance), and print what happened.
 */
enum machine_stop trace_advance(struct trace *t);

#endif
