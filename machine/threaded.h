/* SPDX-License-Identifier: MIT */
/*
 * The threaded engine: instructions decoded once (decoded.h), each of which
 * ends by jumping to the next.  The same to the bit as the reference engine,
 * wherever a run is stopped; docs/performance.md says how it works.
 */
#ifndef MACHINE_THREADED_H
#define MACHINE_THREADED_H

#include <stdint.h>

#include "machine/decoded.h"

/* Why the engine's loop was left. */
enum threaded_reason {
    THREADED_budget, /* what was granted is used up, or nearly; go on at ip */
    THREADED_step,   /* what comes next, at hart.pc, is for machine_step */
    THREADED_stop,   /* the run ends: a trap out of U-mode of a monitored machine */
};

/*
 * A run's state, where it is not in host registers.  Of the budget, `granted`
 * steps may be made without asking: no interrupt line changes meanwhile.  How
 * many of them have been made by an operation is in the distance from its
 * address to the limit, so that nothing has to be counted in between.
 */
struct threaded {
    const struct operation *ip;
    uintptr_t limit;
    uint64_t granted, left; /* steps */
    uint64_t retired;       /* instructions that hart and machine have not been told of */
    enum threaded_reason reason;
};

struct machine;

/*
 * Does the instruction `word`, executed by the processor as it is, store to
 * RAM?  Then *offset is where.  (It may trap all the same.)
 */
bool threaded_stores(const struct machine *m, uint32_t word, uint32_t *offset);

#endif
