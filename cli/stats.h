/* SPDX-License-Identifier: MIT */
/*
 * The account of a run: how it ended, what the guests did, and, under a
 * monitor, what it cost: exits by cause and kind, interrupts injected, the
 * share of instructions executed directly.
 */
#ifndef CLI_STATS_H
#define CLI_STATS_H

#include <stdint.h>
#include <stdio.h>

#include "cli/json.h"
#include "cli/target.h"
#include "vmm/vmm.h"

/* How a run ended. */
struct stats_end {
    const char *end;   /* a word: "exit", "budget", ... */
    int status;        /* the exit status */
    char message[512]; /* what to tell the user; may be empty */
};

/* Everything, as text. */
void stats_print(const struct target *t, const struct system *s, const struct stats_end *end,
                 FILE *to);

/* The same as one JSON object. */
void stats_json(const struct target *t, const struct system *s, const struct stats_end *end,
                struct json *j);

/*
 * One VM's account, without heading; `indent` begins each line.  As text, and
 * as members of the object that is open.
 */
void stats_print_vm(const struct vm *vm, FILE *to, const char *indent);
void stats_json_vm(const struct vm *vm, struct json *j);

/* The same without its last lines, the efficiency: exits and interrupts injected. */
void stats_print_exits(const struct vm *vm, FILE *to, const char *indent);

/*
 * The share that was executed directly, of the instructions retired, as
 * "99.917 %" into `text` (TABLE_COUNT_MAX bytes): rounded down, so that 100 %
 * is all of them; "-" where there are none.  Returns `text`.
 */
const char *stats_share(const struct vm *vm, char *text);

/* Instructions retired for each exit, as "1,138.8"; "-" where there are no exits. */
const char *stats_per_exit(const struct vm *vm, char *text);

enum { STATS_STATE_MAX = 96 };

/*
 * What the VM does: "ended with code 0", or "waits for ever at 0x80000004"; into `text`
 * (STATS_STATE_MAX bytes), which it returns.  And as members of the object that is open, with the
 * last exit that it took.
 */
const char *stats_state(const struct vm *vm, char *text);
void stats_json_state(const struct vm *vm, struct json *j);

/* The cause with index `i` of vm->exits, in words. */
const char *stats_cause(uint32_t i);

#endif
