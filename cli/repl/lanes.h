/* SPDX-License-Identifier: MIT */
/*
 * Who executes, and who exits to its monitor: a run looked at after each of its
 * events, for pictures of it.  Time is the steps of the real machine.
 */
#ifndef REPL_LANES_H
#define REPL_LANES_H

#include "cli/repl/level.h"

struct repl_lanes {
    const struct repl_levels *levels;
    uint64_t now;                    /* steps of L0 */
    unsigned row;                    /* whose own instruction is next */
    uint32_t mode;                   /* its mode */
    uint64_t exits[REPL_LEVELS_MAX]; /* of each row, by now */
};

/* From now on. */
void repl_lanes_begin(struct repl_lanes *l, const struct repl_levels *levels);

/* As it is after an event. */
void repl_lanes_look(struct repl_lanes *l);

#endif
