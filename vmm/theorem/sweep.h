/* SPDX-License-Identifier: MIT */
/*
 * All 2^32 encodings, each executed in M-mode and in U-mode: does it trap in
 * both, in U alone, in neither, in M alone?
 *
 * Each is run in several pairs of states that are equal but for the mode, until
 * it has executed in both modes or there are no more.  In these states R is
 * narrow and shifted, and what registers point to lies in RAM in both modes,
 * whatever the immediate, so that memory traps do not hide an instruction;
 * only addresses relative to x0 are out of reach.
 */
#ifndef THEOREM_SWEEP_H
#define THEOREM_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/instruction.h"
#include "isa/variant.h"

/* In which modes an encoding traps: X(id, name). */
#define SWEEP_CLASSES(X)                                                                           \
    X(neither, "neither")                                                                          \
    X(user, "U alone")                                                                             \
    X(machine, "M alone")                                                                          \
    X(both, "both")                                                                                \
    X(memory, "memory") /* in both, and a memory trap in one of them, in every state */

#define SWEEP_ENUM(id, name) SWEEP_##id,
enum sweep_class { SWEEP_CLASSES(SWEEP_ENUM) SWEEP_CLASS_COUNT };
#undef SWEEP_ENUM

/* How many encodings of each instruction (INSN_undefined: of none) are of each class. */
struct sweep_counts {
    uint64_t count[INSN_COUNT + 1][SWEEP_CLASS_COUNT];
};

struct sweep {
    const struct isa_variant *variant;
    uint64_t every; /* encodings 0, every, 2 * every, ...: 1 for all of them */
    unsigned jobs;  /* threads, 1 to SWEEP_JOBS_MAX; the counts do not depend on it */
    void (*progress)(void *context, uint64_t done); /* encodings looked at; may be NULL */
    void *context;
};

enum { SWEEP_JOBS_MAX = 256 };

/* How many encodings that is. */
uint64_t sweep_total(const struct sweep *s);

/* Count them; false where the host gives no memory or threads. */
bool sweep_run(const struct sweep *s, struct sweep_counts *counts);

/* The class of one encoding; false where memory is out. */
bool sweep_one(const struct isa_variant *v, uint32_t word, enum sweep_class *class);

#endif
