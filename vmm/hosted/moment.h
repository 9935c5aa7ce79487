/* SPDX-License-Identifier: MIT */
/*
 * A system's state at a moment, but for its RAM: plain data, without pointers.
 * With the RAM, and the bytes of console input that were there, it is all that
 * decides how the run goes on.
 */
#ifndef MOMENT_H
#define MOMENT_H

#include "vmm/hosted/system.h"

struct moment {
    struct isa_hart hart;
    struct devices devices;
    uint64_t steps, traps;
    uint32_t exit_code;
    uint64_t input_length, input_next; /* of the console's input */

    /* The hosted monitor; zeros where there is none. */
    uint32_t started, phase;
    uint64_t phases, slept;
    struct vmm_trap trap;
    struct vmm vmm;
};

/*
 * Ticks since the start: the smallest advances that a system makes by itself,
 * steps of the real machine and phases of a hosted monitor that are no such
 * steps.  Counted where the monitor is run phase by phase (hosted_advance).
 */
uint64_t moment_ticks(const struct system *s);

void moment_save(const struct system *s, struct moment *m);

/* RAM apart, `s` is as it was; `s` is another instance of the same system, or the same one. */
void moment_restore(struct system *s, const struct moment *m);

/*
 * Could `m` be of this system?  False, with what is wrong, where nothing that
 * it does could have led there: the state of a file is not trusted.
 */
bool moment_fits(const struct system *s, const struct moment *m, const char **why);

#endif
