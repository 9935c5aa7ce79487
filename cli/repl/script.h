/* SPDX-License-Identifier: MIT */
/* Where commands come from: a file, standard input, -e, the terminal. */
#ifndef REPL_SCRIPT_H
#define REPL_SCRIPT_H

#include "cli/repl/session.h"

/* A source of lines; one of the three is given. */
struct repl_source {
    const char *name;         /* for messages; NULL: none */
    FILE *file;               /* its lines, */
    const char *const *lines; /* or these, which end with NULL, */
    bool terminal;            /* or what is typed */
    bool echo;                /* played as if typed: prompts and commands are shown, errors end
                                 nothing */
    unsigned line;            /* that was read last */
    int error;                /* errno where reading the file has failed */
    struct repl_source *outer;
};

/* The next line of the source that is being executed, without its end, into `line` (REPL_LINE_MAX
 * bytes).  False at its end.  `prompt` is for the terminal. */
bool repl_next_line(struct repl *r, const char *prompt, char *line);

/*
 * Execute a source to its end, or to `quit`.  Where it is not (as if) typed, the
 * first command that fails ends it: false, and the session's exit status is
 * that failure's.  False, too, with source->error, where it can't be read to its
 * end: the caller says so.
 */
bool repl_run(struct repl *r, struct repl_source *source);

#endif
