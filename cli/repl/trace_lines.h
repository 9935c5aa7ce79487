/* SPDX-License-Identifier: MIT */
/* `trace': a line for each event of the classes wanted (cli/trace.h), at whatever level. */
#ifndef REPL_TRACE_LINES_H
#define REPL_TRACE_LINES_H

#include "cli/repl/session.h"

/* The lines of event `e`. */
void repl_trace_event(struct repl *r, const struct repl_event *e);

/* Would a burst pass over what is to be traced? */
bool repl_trace_needs_steps(const struct repl *r);

#endif
