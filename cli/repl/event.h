/* SPDX-License-Identifier: MIT */
/*
 * One advance of a run, and what happened in it, as data: an instruction or a
 * trap of one level, an exit and what the monitor made of it, a change of
 * turns.  Stops, `why`, catchpoints and `micro` all read this.
 */
#ifndef REPL_EVENT_H
#define REPL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/repl/level.h"

/*
 * What one can step to, or catch: X(id, about).  "It" is the level that the
 * command was given for.
 */
#define REPL_EVENTS(X)                                                                             \
    X(trap, "its processor takes a trap, an exception or an interrupt")                            \
    X(exit, "its monitor takes control from it")                                                   \
    X(irq, "it takes an interrupt")                                                                \
    X(inject, "its monitor injects a virtual interrupt into it")                                   \
    X(switch, "its monitor gives another guest its turn")                                          \
    X(syscall, "it executes ecall")                                                                \
    X(io, "it reads or writes a device's register")                                                \
    X(mode, "its processor's mode changes")

#define REPL_EVENT_ENUM(id, about) REPL_EVENT_##id,
enum repl_event_kind { REPL_EVENTS(REPL_EVENT_ENUM) REPL_EVENT_KINDS };
#undef REPL_EVENT_ENUM

/* Its name, and what it is. */
const char *repl_event_name(enum repl_event_kind kind);
const char *repl_event_about(enum repl_event_kind kind);

/* A load, a store or an atomic operation, as its instruction has it. */
struct repl_access {
    uint32_t address, bytes;
    uint32_t value; /* that is stored: of a plain store */
    bool reads, writes;
};

/* What `word` accesses on the processor `h`; false where it is none of these. */
bool repl_access_of(uint32_t word, const struct isa_hart *h, struct repl_access *a);

/* Is `word` a CSR instruction?  Then which CSR, and whether it reads and writes it. */
bool repl_csr_access_of(uint32_t word, uint32_t *csr, bool *reads, bool *writes);

/* Is `word` an instruction that traps in user mode of the virtualizable machine? */
bool repl_privileged(uint32_t word);

struct repl_event {
    enum machine_stop stop;
    unsigned level;   /* whose turn it was: a row */
    uint32_t stepped; /* bit i: row i made a step: `level`, and those below that executed it */
    uint64_t made[REPL_LEVELS_MAX]; /* steps of each row */
    uint64_t real;                  /* of the real machine, or, if that is more, of its guests */
    uint64_t steps; /* that `level` made; more than 1 in a burst, and then the details are of the
                       last */
    struct isa_hart before, after; /* its processor; in a burst before is that before all of it */

    bool single;           /* they are of a step alone, `before` too: steps is 1, or what was looked
                              out for was seen (machine_lookout) */
    bool executed;         /* it executed, or tried to, the instruction `word` at `pc` */
    bool interrupted;      /* it took an interrupt, before the instruction at `pc` */
    bool woke;             /* its wfi is over */
    bool waits;            /* its wfi began */
    uint32_t pc, mode;     /* then */
    uint32_t word;         /* 0 where none could be fetched */
    bool trapped;          /* its processor took a trap: */
    uint32_t cause, tval;  /* as mcause and mtval have them */
    bool accessed, device; /* it accessed memory, or a device */
    struct repl_access access;

    bool exited;                /* it came to its monitor */
    struct vm_exit exit;        /* how */
    bool switched;              /* another's turn has come */
    unsigned next;              /* whose */
    uint32_t base[2], bound[2]; /* the real R before, after */
};

/*
 * Go on by one event: one step of the level whose turn it is, an exit that
 * makes none, or a change of turns; or, in a `burst` of more than one, at most
 * so many instructions that are executed directly.
 */
void repl_event_advance(const struct repl_levels *ls, uint64_t burst, struct repl_event *e);

/* The same, by one phase of a hosted monitor: *phase is which.  Only where there is one. */
void repl_event_advance_phase(const struct repl_levels *ls, enum hosted_phase *phase,
                              struct repl_event *e);

/* Is this an event of the kind, for row i? */
bool repl_event_is(const struct repl_levels *ls, const struct repl_event *e,
                   enum repl_event_kind kind, unsigned i);

/* Would a burst pass over such events unseen? */
bool repl_events_need_steps(const struct repl_levels *ls);

#endif
