/* SPDX-License-Identifier: MIT */
/* The context pane: where the machine stands, shown whenever it stops. */
#ifndef REPL_PANE_H
#define REPL_PANE_H

#include "cli/repl/session.h"

/* The current stop, as text or as the member "stop". */
void repl_show_stop(struct repl *r);

enum { REPL_STOP_LINE_MAX = 1300 };

/* Its reason and what has happened, one line, into `line` (REPL_STOP_LINE_MAX bytes); empty for a
 * plain step.  Returns it. */
const char *repl_stop_line(const struct repl *r, char *line);

/* The same without its reason: where the level viewed is. */
void repl_show_where(struct repl *r);

/* "L1 guest vM t=1,204,113 loop+8", into `text` (REPL_WHERE_MAX bytes): the prompt.  Returns it. */
const char *repl_where(const struct repl *r, char *text);

/* An error on a line of its own where there is no command's object: JSON. */
void repl_json_error(const struct repl *r);

#endif
