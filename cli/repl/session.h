/* SPDX-License-Identifier: MIT */
/*
 * A session: a system that stands still between two motions, the level that
 * views speak from, where it may stop, and how it speaks to its user.
 *
 *   session.c     beginning, ending, starting over
 *   level.c       the machines of a run, one inside the other
 *   event.c       one advance, and what happened in it
 *   past.c        history, and going on in it
 *   motion.c      on, until there is a reason to stop
 *   keys.c        the terminal as the guests' console
 *   travel.c      back, and anywhere in history
 *   breakpoint.c  where to stop
 *   output.c      text, colour, JSON, what the guests print
 *   expression.c  names.c   what can be said of registers and memory
 *   command.c     the table of commands; parsing, help, dispatch
 *   *_commands.c  the commands
 *   why.c         the current stop, explained
 *   micro.c       one instruction, phase by phase
 *   script.c terminal.c     where commands come from
 *   demo.c        guided tours
 */
#ifndef REPL_SESSION_H
#define REPL_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/json.h"
#include "cli/repl/breakpoint.h"
#include "cli/repl/event.h"
#include "cli/repl/level.h"
#include "cli/repl/names.h"
#include "cli/target.h"
#include "machine/history.h"

/* Why it stands still: X(id, word). */
#define REPL_REASONS(X)                                                                            \
    X(start, "start") /* nothing has run as yet */                                                 \
    X(step, "step")   /* the steps are made */                                                     \
    X(event, "event") /* the event stepped to has happened */                                      \
    X(phase, "phase") /* micro: a phase is over */                                                 \
    X(breakpoint, "breakpoint")                                                                    \
    X(watchpoint, "watchpoint")                                                                    \
    X(catchpoint, "catchpoint")                                                                    \
    X(returned, "returned")       /* finish: the function has */                                   \
    X(reached, "reached")         /* until: the place */                                           \
    X(expected, "expected")       /* expect: the text */                                           \
    X(ended, "ended")             /* the guest, through its finisher */                            \
    X(halted, "halted")           /* in a wfi that nothing can ever end */                         \
    X(trap_loop, "trap-loop")     /* its trap handler traps at its own first instruction */        \
    X(input, "input")             /* in a wfi that only console input can end */                   \
    X(interrupted, "interrupted") /* ^C */                                                         \
    X(lost, "lost")               /* a guest runs in real M-mode */                                \
    X(budget, "budget")           /* of --max-instructions, or of expect */

#define REPL_REASON_ENUM(id, word) REPL_STOP_##id,
enum repl_reason { REPL_REASONS(REPL_REASON_ENUM) REPL_STOP_REASONS };
#undef REPL_REASON_ENUM

/* The phases of one instruction, in `micro on`: X(id, name). */
#define REPL_PHASES(X)                                                                             \
    X(none, "")                                                                                    \
    X(fetch, "fetch")                                                                              \
    X(relocate, "relocate")                                                                        \
    X(execute, "execute")                                                                          \
    X(trap, "trap")                                                                                \
    X(dispatch, "dispatch")                                                                        \
    X(interpret, "interpret")                                                                      \
    X(compose, "compose R")                                                                        \
    X(resume, "resume")

#define REPL_PHASE_ENUM(id, name) REPL_PHASE_##id,
enum repl_phase { REPL_PHASES(REPL_PHASE_ENUM) REPL_PHASE_COUNT };
#undef REPL_PHASE_ENUM

struct repl_stop {
    enum repl_reason reason;
    unsigned level;                       /* where it happened: a row */
    enum repl_event_kind kind;            /* of a catchpoint, or of an event stepped to */
    unsigned number;                      /* of the breakpoint, watchpoint or catchpoint */
    bool remote;                          /* that one is gdb's: */
    enum repl_breakpoint_kind breakpoint; /* its kind, */
    uint32_t asked;                       /* and where gdb has it */
    struct repl_value from, to;           /* of a watchpoint */
    struct repl_event event;              /* the last that happened */
    bool any;                             /* there was one */
};

enum {
    REPL_ERROR_MAX = 512,
    REPL_PHASE_MAX = 320, /* bytes of what a phase says */
    REPL_LINE_MAX = 4096, /* bytes of a command */
    REPL_BOOKMARKS_MAX = 64,
    REPL_WHERE_MAX = 160, /* bytes of "L1 guest vM t=12 loop+8" */
    REPL_BURST = 65536,   /* instructions between two looks for ^C: well below 100 ms */
};

/* What a guest has sent, and how much of it has been shown, and has been expected. */
struct repl_log {
    char *bytes;
    size_t length, capacity, shown, expected;
    bool open; /* the last line shown has not ended as yet */
};

/* A line of a script, for messages. */
struct repl_place {
    const char *file; /* NULL: the terminal */
    unsigned line;
};

/* A point in history that was given a name. */
struct repl_bookmark {
    char name[32], where[REPL_WHERE_MAX];
    struct history_point point;
    bool gone; /* what lay ahead was forgotten, and this with it */
    struct repl_stop stop;
    unsigned view;
};

struct repl {
    const struct target *target;
    struct system *system;
    struct repl_levels levels;
    unsigned view; /* the row that views speak from */

    struct repl_stop stop;
    struct isa_hart marks[REPL_LEVELS_MAX]; /* all processors at the stop before */
    bool marked[REPL_LEVELS_MAX];           /* they were there then */
    struct repl_breakpoints breakpoints;
    uint64_t limit, used; /* steps: at most, and so far */
    bool over;            /* no guest can go on */

    struct history history;
    struct machine_lookout lookout; /* of the advance that is made */
    uint64_t horizon;               /* ticks: no advance goes beyond */
    struct repl_stop end_stop;      /* at the end of history, as far as that has been left */
    bool end_known;
    bool loaded; /* history begins with a state from a file */
    struct repl_bookmark bookmarks[REPL_BOOKMARKS_MAX];
    unsigned bookmark_count;
    struct history_point mark; /* when the exits were marked */
    bool travelling;           /* what passes has been seen before: nothing is said of it */

    bool micro;
    enum repl_phase phase;           /* that has just been shown; none: between instructions */
    char phase_text[REPL_PHASE_MAX]; /* what it said */

    /* Who else may want a run to stop, as ^C does; NULL: nobody. */
    bool (*interrupter)(void *context);
    void *interrupter_context;

    unsigned traced; /* bit i: enum trace_class i: a line for each such event, to: */
    FILE *trace;     /* or, NULL, where all output goes */

    /* Input of the guest: what was sent and not yet read, then what --input brought. */
    uint8_t *input;
    size_t input_capacity;
    struct repl_log logs[REPL_LEVELS_MAX];

    /* Views that go on where they were. */
    bool examined, listed, disassembled;
    struct repl_value examine_next, disassemble_next;
    unsigned list_next;
    const char *list_file;
    uint64_t exits_mark[REPL_LEVELS_MAX][VMM_CAUSES][VMM_EXIT_KINDS];
    uint64_t retired_mark[REPL_LEVELS_MAX];

    /* How to speak. */
    FILE *out;
    bool colour, json;
    bool interactive;   /* the commands are typed, or played as if they were */
    bool terminal;      /* they are typed */
    struct json object; /* of the command that is executed, if `json` */
    bool pane_due;      /* text: the machine has moved, show where it is */
    char error[REPL_ERROR_MAX];
    int error_status;
    char repeat[REPL_LINE_MAX]; /* the last motion, which an empty line repeats */
    struct repl_place place;
    struct repl_source *source; /* of the commands that are being executed */
    unsigned depth;             /* scripts and attached commands within each other */
    bool quit;
    bool asked_status;
    int status;
};

/* A session over `target`, which outlives it; false, with r->error, where there is no memory.
 * Commands' output goes to `out`. */
bool repl_begin(struct repl *r, const struct target *target, FILE *out);
void repl_end(struct repl *r);

/* Start over: a new instance of the same system; breakpoints are kept. */
bool repl_restart(struct repl *r);

/* The exit status that the session's end comes to. */
int repl_status(const struct repl *r);

/* The scope of the level viewed; *context is filled. */
struct repl_scope repl_scope_here(const struct repl *r, struct repl_place_context *context);

/* Input for the guests' console, after what still waits. */
bool repl_send(struct repl *r, const char *bytes, size_t length);

/* Has ^C come, or is the run to stop for some other reason?  Asked after each advance. */
bool repl_wants_stop(const struct repl *r);

/* An error of the user's: into r->error.  Returns false. */
bool repl_fail(struct repl *r, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

/* From now on `exits -d' counts. */
void repl_mark_exits(struct repl *r);

/* Every processor as it is, for the marks of the next stop. */
void repl_mark(struct repl *r);

#endif
