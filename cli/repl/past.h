/* SPDX-License-Identifier: MIT */
/*
 * The history of a session (machine/history.h), and going on in it.  What comes
 * from outside, the guest's input and edits, is a part of it: whoever changes
 * the machine does so by the functions here.
 */
#ifndef REPL_PAST_H
#define REPL_PAST_H

#include "cli/repl/session.h"

/* The kinds of history_entry. */
enum repl_entry {
    REPL_ENTRY_input, /* bytes for the guests' console */
    REPL_ENTRY_edit,  /* a register, a CSR or memory is set */
    REPL_ENTRY_open,  /* the same, as a part of what follows: an instruction executed in passing */
    REPL_ENTRY_close, /* the same, as the end of that */
};

/* A session's share of a snapshot, as it comes out of a file that has `input` bytes of input: could
 * it be of this one?  False, with what is wrong. */
bool repl_past_fits(const struct repl *r, const void *state, uint64_t input, const char **why);

/* The session goes on from it, and history begins with it; RAM and input are there already. */
void repl_past_adopt(struct repl *r, const void *state);

/* Is `text` an edit, as the log has them? */
bool repl_entry_fits(const struct repl *r, const char *text);

/* History begins now, with the system as it is; false, with r->error: no memory. */
bool repl_past_begin(struct repl *r);
void repl_past_end(struct repl *r);

/*
 * Go on by one event, as repl_event_advance does, and never past a moment at
 * which something came from outside: that happens again, before.  The guests'
 * output is collected.  Every motion moves by this.
 */
void repl_advance(struct repl *r, uint64_t burst, struct repl_event *e);

/* The same by one phase of a hosted monitor, as repl_event_advance_phase. */
void repl_advance_phase(struct repl *r, enum hosted_phase *phase, struct repl_event *e);

/* It waits for something that has come, in the history known, right now? */
bool repl_input_is_due(const struct repl *r);

/* What lies ahead is forgotten, and with it the bookmarks there. */
void repl_past_cut(struct repl *r);

/*
 * Edits, of row `row`: what `name` stands for (repl_names_set), or the `bytes`
 * at physical address `pa`.  What lay ahead is forgotten.  False, with r->error.
 * `kind` is REPL_ENTRY_edit, but for who executes an instruction in passing.
 */
bool repl_edit_name(struct repl *r, enum repl_entry kind, unsigned row, const char *name,
                    uint64_t value);
bool repl_edit_memory(struct repl *r, enum repl_entry kind, unsigned row, uint32_t pa,
                      uint32_t bytes, uint32_t value);

/* An entry of the log in words: "a0 = 0x5 of L1 guest"; into `text`.  Returns `text`. */
enum { REPL_ENTRY_MAX = 160 };
const char *repl_entry_text(const struct repl *r, const struct history_entry *e, char *text);

#endif
