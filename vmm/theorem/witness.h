/* SPDX-License-Identifier: MIT */
/*
 * Witnesses: one or two concrete states and an instruction that show what an
 * instruction is, by running it.  Each can be checked again at any time, on any
 * machine (docs/theorem.md, ‘Witnesses’).
 */
#ifndef THEOREM_WITNESS_H
#define THEOREM_WITNESS_H

#include "vmm/theorem/sample.h"

/*
 * What a witness shows, as one number:
 *
 *   unprivileged        a pair equal but for the mode: no trap in U-mode, or one in M-mode too
 *   user-control        a user state, in which it executes and changes system state
 *   supervisor-control  the same in M-mode
 *   mode                a pair that differs in the mode alone and ends in different program states
 *   user-KIND           a pair of user states that differs in one component alone, and the same
 *   supervisor-KIND     a pair of supervisor states
 *
 * KIND is state_field_kind's ("location", "time", "mstatus", ...), or "several" where it takes
 * more than one component.
 */
enum {
    WITNESS_unprivileged,
    WITNESS_user_control,
    WITNESS_supervisor_control,
    WITNESS_mode,
    WITNESS_behaviour, /* + 2 * component, + 1 for supervisor states */
    WITNESS_several = STATE_COMPONENT_COUNT,
    WITNESS_KINDS = WITNESS_behaviour + 2 * (WITNESS_several + 1),
    WITNESS_KIND_NAME = 32, /* bytes of a kind's name */
};

/* The kind of a behaviour's witness: states of `mode` that differ in `component`; STATE_mode is
 * WITNESS_mode whatever `mode` is. */
unsigned witness_behaviour(unsigned component, uint32_t mode);

/* The component in which the states of a pair of that kind differ; WITNESS_several: more than
 * one. */
unsigned witness_component(unsigned kind);

/* Does the kind make an instruction sensitive in user mode? */
bool witness_is_user(unsigned kind);

/* How much a witness of the kind tells, from 0: what the theorems turn on first. */
unsigned witness_rank(unsigned kind);

/* The kind's name into `name` (WITNESS_KIND_NAME bytes); returns it. */
const char *witness_kind_name(unsigned kind, char *name);

/* The kind called `name`, or -1. */
int witness_kind_number(const char *name);

struct witness {
    unsigned kind;
    enum sample_row row;
    uint32_t word;
    unsigned count; /* of states: 1 for control, else 2 */
    struct state state[2];
};

/* What a pair of runs, of states equal but for the mode, says of privilege. */
enum witness_pair {
    PAIR_privileged,     /* traps in U and not in M */
    PAIR_excluded,       /* one of them memory-traps, or M-mode has no such CSR or access to it */
    PAIR_counterexample, /* anything else */
};

enum witness_pair witness_pair(enum sample_row row, uint32_t word, const struct state_run *user,
                               const struct state_run *machine);

/* Which row the instruction executed is of, given its run in M-mode. */
enum sample_row witness_row(const struct state_run *in_machine_mode);

/*
 * Run the witness on `machine`: runs[i] is what state i comes to.  NULL when it
 * holds, else why it does not: a phrase that follows "it does not hold: ".
 */
const char *witness_check(const struct state_machine *machine, const struct witness *w,
                          struct state_run runs[2]);

/* Make the instruction and the states of a witness that holds plain, so that it still holds: the
 * usual registers, as much as possible at rest. */
void witness_simplify(const struct state_machine *machine, struct witness *w);

/* In what two states after an instruction differ that the program can see. */
struct witness_difference {
    uint32_t registers; /* bit r for register r */
    bool pc, reservation, words;
};

void witness_differences(const struct state *a, const struct state *b,
                         struct witness_difference *d);

#endif
