/* SPDX-License-Identifier: MIT */
/*
 * A progress bar on stderr for what takes longer than two seconds, and only
 * where stderr is a terminal.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* is counted: "steps" */
    uint64_t total;   /* 0: unknown */
    bool wanted, shown;
    int64_t started, last; /* milliseconds */
};

/* Begin; `quiet`: never show anything. */
void progress_start(struct progress *p, const char *what, uint64_t total, bool quiet);

/* So many are done by now. */
void progress_step(struct progress *p, uint64_t done);

/* Take the bar away, before anything else is written to the terminal. */
void progress_end(struct progress *p);

#endif
