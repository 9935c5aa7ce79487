/* SPDX-License-Identifier: MIT */
/* On, until there is a reason to stop. */
#ifndef REPL_MOTION_H
#define REPL_MOTION_H

#include "cli/repl/session.h"

enum repl_motion_kind {
    REPL_MOVE_steps,    /* `count` steps of the level */
    REPL_MOVE_level,    /* until its own instruction is next */
    REPL_MOVE_event,    /* `count` events of it */
    REPL_MOVE_next,     /* the same, calls and traps as one */
    REPL_MOVE_finish,   /* until the function returns */
    REPL_MOVE_until,    /* until its pc is at a place */
    REPL_MOVE_continue, /* until something else stops it */
    REPL_MOVE_expect,   /* until it has printed a text */
};

struct repl_motion {
    enum repl_motion_kind kind;
    unsigned level; /* a row */
    uint64_t count;
    enum repl_event_kind event;
    uint32_t address; /* until: as a breakpoint's; finish: the pc returned to */
    bool user;        /* until */
    uint32_t sp;      /* finish: of the caller, at least */
    const char *text; /* expect */
    size_t length;
    uint64_t limit;         /* steps of all levels together */
    struct repl_keys *keys; /* the terminal is the guests' console meanwhile; NULL: it is not */
    bool blind;             /* past breakpoints, and the ends of single guests */
};

/* A motion of row i, to be filled further. */
struct repl_motion repl_motion(enum repl_motion_kind kind, unsigned level);

/*
 * Move.  Whatever happens is a stop, in r->stop, and the view follows it.
 * False, with r->error, where nothing can move.
 */
bool repl_move(struct repl *r, const struct repl_motion *m);

/* The same without all that is around it: no marks, no view that follows. */
void repl_move_on(struct repl *r, const struct repl_motion *m);

/* Is there a breakpoint, watchpoint, catchpoint to stop at after event `e`?  Then r->stop says so.
 */
bool repl_has_hit(struct repl *r, const struct repl_event *e);

/*
 * How many of `burst` instructions may pass unseen: 1 where breakpoints, or `only` one (NULL: all),
 * must look at each.  Else what they have to look out for is looked out for in the next advance.
 */
uint64_t repl_burst(struct repl *r, const struct repl_breakpoint *only, uint64_t burst);

/* The steps of row `row` that a motion counts in `e`. */
uint64_t repl_steps_made(const struct repl *r, unsigned row, const struct repl_event *e);

/* The view follows what happened. */
void repl_follow(struct repl *r);

/* The word of the reason. */
const char *repl_reason_name(enum repl_reason reason);

/* In mid-instruction (micro): what is left of it is done, so that all levels stand at a boundary.
 */
void repl_complete_instruction(struct repl *r);

/* Have all guests of a hosted monitor? */
bool repl_all_ended(const struct repl *r);

/* After event `e`: has the run, or its guest, come to an end?  Then r->stop says how. */
bool repl_has_ended(struct repl *r, const struct repl_event *e);

#endif
