/* SPDX-License-Identifier: MIT */
/*
 * A run as a Chrome trace (JSON; Perfetto and chrome://tracing open it): levels
 * are processes, their machines threads.  On each thread are slices of what
 * the machine executes, by mode; on the thread of whoever its monitor runs on,
 * a slice for each exit, from the instruction at which it came to the first of a
 * guest's after.  A microsecond stands for a step of the real machine, so that
 * the same run gives the same file; a hosted monitor takes none, and its slices
 * have no length.
 */
#ifndef REPL_CHROME_H
#define REPL_CHROME_H

#include "cli/repl/event.h"
#include "cli/repl/lanes.h"

struct chrome {
    FILE *to;
    struct repl_lanes lanes;
    bool any;       /* an element of the list has been written */
    uint64_t since; /* when who executes now began to, in this mode */
    struct {
        uint64_t left, back; /* when it went to its monitor; when that let a guest go on */
        bool away, over;     /* it has gone; and the monitor has let one go on since */
    } visit[REPL_LEVELS_MAX];
    uint64_t slices[REPL_LEVELS_MAX]; /* written, of exits of each row */
};

/* Begin a trace of `levels`, from now on, onto `to`. */
void chrome_begin(struct chrome *c, const struct repl_levels *levels, FILE *to);

/* Event `e` has happened. */
void chrome_see(struct chrome *c, const struct repl_event *e);

/* The end.  False where writing has failed. */
bool chrome_end(struct chrome *c);

/* ---- a whole run, as `thirdgen run' makes it ---- */

struct chrome_run;

/* Of `system`, an instance of `target` at its start; NULL where there is no memory. */
struct chrome_run *chrome_run_begin(const struct target *target, struct system *system, FILE *to);

/* Go on by one event, at most `burst` instructions that are executed directly. */
enum machine_stop chrome_run_advance(struct chrome_run *run, uint64_t burst);

/* The end; `run` is gone. */
void chrome_run_end(struct chrome_run *run);

#endif
