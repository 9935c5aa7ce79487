/* SPDX-License-Identifier: MIT */
/*
 * The account of monitors within monitors: every virtual machine at every
 * depth, and what each bare-metal monitor cost the machine that it runs on.
 * Read out of simulated memory (vmm/hosted/levels.h), while or after it runs.
 */
#ifndef CLI_NESTING_H
#define CLI_NESTING_H

#include <stdio.h>

#include "cli/json.h"
#include "vmm/hosted/system.h"

/* Is there a bare-metal monitor at all? */
bool nesting_any(const struct system *s);

enum { NESTING_NAME_MAX = LEVELS_MAX * VMM_NAME_MAX };

/* A guest that is no monitor, at whatever depth. */
struct nesting_guest {
    char name[NESTING_NAME_MAX]; /* as `--guest` takes it: "right/inner" */
    struct vm vm;                /* as it stands now */
};

/* The most steps that one of them has made. */
uint64_t nesting_most_steps(const struct system *s);

/* All of them, to be freed by the caller; how many. */
unsigned nesting_guests(const struct system *s, struct nesting_guest **guests);

/* The account, as text, and as the member "levels" of the object that is open. */
void nesting_print(const struct system *s, FILE *to);
void nesting_json(const struct system *s, struct json *j);

#endif
