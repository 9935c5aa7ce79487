/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a bug of ours: an assertion that fails, or worse, ends the
 * process with STATUS_bug and a line that says so, the terminal as it was.
 */
#ifndef CLI_BUG_H
#define CLI_BUG_H

#include "machine/console.h"

/* From now on. */
void bug_catch(void);

/* console_from_fd, which has its own idea of what to do at a fatal signal; ours goes on. */
void bug_console_from_fd(struct console *console, int fd);

#endif
