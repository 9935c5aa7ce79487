/* SPDX-License-Identifier: MIT */
/*
 * `micro on': one instruction, split into its phases.  Nothing is acted out:
 * each phase that changes a state is a part of the run (hosted_advance), and
 * between two of them every level's state is what it is then.
 */
#ifndef REPL_MICRO_H
#define REPL_MICRO_H

#include "cli/repl/session.h"

/* One phase of the level viewed; a line says what happened. */
bool repl_micro_step(struct repl *r);

/* "fetch", ..., "compose R". */
const char *repl_phase_name(enum repl_phase phase);

#endif
