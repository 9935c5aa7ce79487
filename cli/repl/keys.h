/* SPDX-License-Identifier: MIT */
/*
 * The terminal as the guests' console.  What is typed becomes input between
 * two events, and so a part of history as what `send' sends is: a run with
 * typed input goes the same way again.  While all processors sleep, time passes
 * as fast as on a clock, so that a guest's seconds are about seconds; a key that
 * is typed meanwhile has been typed when the sleep began.
 */
#ifndef REPL_KEYS_H
#define REPL_KEYS_H

#include "cli/repl/session.h"

struct repl_keys {
    struct console console; /* the terminal, in raw mode */
};

/* From now on, until repl_keys_end. */
void repl_keys_begin(struct repl *r, struct repl_keys *k);
void repl_keys_end(struct repl *r);

/* After an event: what was typed is sent.  False: ^A x. */
bool repl_keys_serve(struct repl *r, struct repl_keys *k);

/* Has the last event come to nothing because all processors are to sleep? */
bool repl_keys_held(const struct repl *r);

/* Then: sleep, and let them pass; or send what was typed meanwhile.  False: ^A x. */
bool repl_keys_sleep(struct repl *r, struct repl_keys *k);

/* Somebody waits for input: wait until some is typed.  False: ^A x, or the end of input. */
bool repl_keys_wait(struct repl *r, struct repl_keys *k);

#endif
