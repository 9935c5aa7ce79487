/* SPDX-License-Identifier: MIT */
/* The terminal: readline, with completion and history; ^C. */
#ifndef REPL_TERMINAL_H
#define REPL_TERMINAL_H

#include "cli/repl/session.h"

/* Set up completion and history for the session, which there is one of; and take them down. */
void repl_terminal_begin(struct repl *r);
void repl_terminal_end(void);

/* A line, as repl_next_line. */
bool repl_terminal_line(struct repl *r, const char *prompt, char *line);

/* Wait for Return: false where the user has had enough (q, or the end of input). */
bool repl_terminal_pause(const char *prompt);

/* Was there a history file when the session began?  If not, it is somebody's first. */
bool repl_terminal_known(void);

/* Candidate i for completing a word that follows the words `before` of a command's line, or NULL;
 * in `text` (REPL_LINE_MAX bytes) where it has to be made.  For completion, and its tests. */
const char *repl_candidate(const struct repl *r, const char *before, unsigned i, char *text);

#endif
