/* SPDX-License-Identifier: MIT */
/*
 * Back, and anywhere in history: for the REPL's commands and for GDB's.  Each
 * of these is a stop, in r->stop, as after repl_move; the event that led there
 * is in r->stop.event, as if one had come there forward.  At the start of
 * history the reason is REPL_STOP_start.  ^C: it stands where it stood before,
 * and the reason is REPL_STOP_interrupted.
 *
 * False, with r->error, where nothing could be done.
 */
#ifndef REPL_TRAVEL_H
#define REPL_TRAVEL_H

#include "cli/repl/motion.h"
#include "cli/repl/past.h"

/* `count` steps of row `row` back: to where as many fewer have been made. */
bool repl_back_steps(struct repl *r, unsigned row, uint64_t count);

/* To where row `row` has made `steps` steps, back or on, past all breakpoints. */
bool repl_go_to_steps(struct repl *r, unsigned row, uint64_t steps);

/* Back to where `continue' stopped last, or would have: a breakpoint, watchpoint, catchpoint. */
bool repl_back_to_stop(struct repl *r);

/* Back to the latest event of a kind of row `row`. */
bool repl_back_to_event(struct repl *r, unsigned row, enum repl_event_kind kind);

/* Back to where row `row` had its own instruction next. */
bool repl_back_to_level(struct repl *r, unsigned row);

/* Back by one step of row `row`, calls and traps as one; `count` times. */
bool repl_back_next(struct repl *r, unsigned row, uint64_t count);

/* Back to the call of the current function. */
bool repl_back_finish(struct repl *r, unsigned row);

/* The start of history, and the latest point that is known. */
bool repl_go_to_start(struct repl *r);
bool repl_go_to_end(struct repl *r);

/* A point that was remembered, with the stop as it was then. */
bool repl_go_to_point(struct repl *r, struct history_point point, const struct repl_stop *stop);

/* Back to before the latest edit or input, which is taken out of history with all that followed.
 * *text (REPL_ENTRY_MAX bytes) is what it was. */
bool repl_undo(struct repl *r, char *text);

/*
 * The last `steps` steps of row `row` once more, event by event: `seen` is called
 * for each, and once before, with NULL.  Then all is as it was.  `every`: each
 * step is an event, not only what interrupts the direct execution.
 */
bool repl_travel_again(struct repl *r, unsigned row, uint64_t steps, bool every,
                       void (*seen)(struct repl *r, const struct repl_event *e, void *context),
                       void *context);

/*
 * Which event gave the expression `watched`, of row `row`, the value that it
 * has?  *found: there is one in history, and then *event is it, *from and *to the values,
 * and *steps what its row had made after it.  Where it stands does not change.
 */
struct repl_write {
    bool found;
    bool edited;               /* by hand: */
    char edit[REPL_ENTRY_MAX]; /* so */
    struct repl_event event;
    struct repl_value from, to;
    uint64_t steps;
};

bool repl_last_write(struct repl *r, unsigned row, struct repl_expression *watched,
                     struct repl_write *write);

#endif
