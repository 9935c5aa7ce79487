/* SPDX-License-Identifier: MIT */
/*
 * Where to stop: breakpoints, watchpoints, catchpoints, at any level.  They are
 * kept here, beside the machine: none is ever written into a guest's memory,
 * and looking for them changes nothing that a guest could see.
 */
#ifndef REPL_BREAKPOINT_H
#define REPL_BREAKPOINT_H

#include "cli/repl/event.h"
#include "cli/repl/expression.h"
#include "cli/repl/names.h"

/* X(id, name in `info breakpoints`). */
#define REPL_BREAKPOINT_KINDS(X)                                                                   \
    X(code, "breakpoint")                                                                          \
    X(change, "watchpoint")                                                                        \
    X(write, "write watchpoint")                                                                   \
    X(read, "read watchpoint")                                                                     \
    X(access, "access watchpoint")                                                                 \
    X(event, "catchpoint")                                                                         \
    X(csr, "csr catchpoint")

#define REPL_BREAKPOINT_ENUM(id, name) REPL_BREAK_##id,
enum repl_breakpoint_kind { REPL_BREAKPOINT_KINDS(REPL_BREAKPOINT_ENUM) };
#undef REPL_BREAKPOINT_ENUM

enum { REPL_BREAKPOINTS_MAX = 256, REPL_COMMANDS_MAX = 64 };

struct repl_breakpoint {
    unsigned number; /* from 1; never given twice; 0: gdb's */
    enum repl_breakpoint_kind kind;
    bool enabled, temporary;
    unsigned level; /* a row */
    char *text;     /* the place or the expression, as it was typed */

    uint32_t address; /* code: physical, as the program names it; access: physical */
    bool user;        /* code: `address` is one of user mode, of whichever process */
    bool remote;      /* gdb's: has no number and is not listed; code: pc itself will do, too */
    uint32_t asked;   /* remote: the address as gdb has it */
    uint32_t bytes;   /* access; remote: as gdb has them */

    struct repl_expression *watched; /* change */
    struct repl_value old;
    bool known;

    enum repl_event_kind event;
    uint32_t csr;
    bool csr_reads, csr_writes; /* which accesses are meant */

    char *condition_text;
    struct repl_expression *condition; /* NULL: none */
    uint64_t hits, ignore;
    char *commands[REPL_COMMANDS_MAX]; /* to execute at a stop */
    unsigned command_count;
};

struct repl_breakpoints {
    struct repl_breakpoint *list[REPL_BREAKPOINTS_MAX];
    unsigned count, next;
};

const char *repl_breakpoint_kind_name(enum repl_breakpoint_kind kind);

/* A new one, enabled, with a number; NULL where there are too many or memory is out. */
struct repl_breakpoint *repl_breakpoint_add(struct repl_breakpoints *bs,
                                            enum repl_breakpoint_kind kind, unsigned level,
                                            const char *text);

/* One of gdb's, at `address`; NULL likewise. */
struct repl_breakpoint *repl_breakpoint_add_remote(struct repl_breakpoints *bs,
                                                   enum repl_breakpoint_kind kind, unsigned level,
                                                   uint32_t address, uint32_t bytes);

/* The one of that number; NULL where there is none. */
struct repl_breakpoint *repl_breakpoint_find(struct repl_breakpoints *bs, unsigned number);
void repl_breakpoint_delete(struct repl_breakpoints *bs, struct repl_breakpoint *b);
void repl_breakpoints_free(struct repl_breakpoints *bs);

/* Is there one that a burst could pass over unseen? */
bool repl_breakpoints_need_steps(const struct repl_breakpoints *bs, const struct repl_levels *ls);

/* To `l`: what a burst has to look out for, so that it passes over none of them.  False where every
 * single instruction must be looked at. */
bool repl_breakpoints_look_out(const struct repl_breakpoints *bs, const struct repl_levels *ls,
                               struct machine_lookout *l);
bool repl_breakpoint_look_out(const struct repl_breakpoint *b, const struct repl_levels *ls,
                              struct machine_lookout *l);

/* Is there a reason to stop at `b` after event `e`, whatever its condition and counts?  *from, *to:
 * as repl_breakpoints_hit. */
bool repl_breakpoint_matches(const struct repl_levels *ls, struct repl_breakpoint *b,
                             const struct repl_event *e, struct repl_value *from,
                             struct repl_value *to);

/* Its watched value as it is now. */
void repl_breakpoint_arm(struct repl_breakpoint *b, const struct repl_levels *ls);

/* Watched values as they are now: before a motion begins. */
void repl_breakpoints_arm(struct repl_breakpoints *bs, const struct repl_levels *ls);

/*
 * Is there a reason to stop after event `e`?  The first, its hits counted,
 * condition and ignore count considered; NULL where there is none.  *from and
 * *to are the values of a watchpoint.
 */
struct repl_breakpoint *repl_breakpoints_hit(struct repl_breakpoints *bs,
                                             const struct repl_levels *ls,
                                             const struct repl_event *e, struct repl_value *from,
                                             struct repl_value *to);

#endif
