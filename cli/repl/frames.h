/* SPDX-License-Identifier: MIT */
/*
 * Who called whom, as far as it can be known.  Nothing in assembly says where a
 * frame begins; what is read is each function's own beginning, `addi sp,sp,-N`
 * and `sw ra,M(sp)`, and a return address is believed only where it stands
 * behind a call.
 */
#ifndef REPL_FRAMES_H
#define REPL_FRAMES_H

#include "cli/repl/session.h"

enum { REPL_FRAMES_MAX = 64 };

struct repl_frame {
    uint32_t pc, sp;
};

struct repl_frames {
    struct repl_frame list[REPL_FRAMES_MAX]; /* the innermost first */
    unsigned count;
    char end[REPL_PROBLEM_MAX]; /* why it goes no further */
};

/* The frames of the processor of row i, in its current mode. */
void repl_frames(const struct repl_levels *ls, unsigned i, struct repl_frames *f);

#endif
