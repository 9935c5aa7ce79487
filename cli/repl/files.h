/* SPDX-License-Identifier: MIT */
/*
 * Sessions in files: a state, to go on from (save, load), and a record of what
 * came from outside, to be run again (record, replay).  Both carry the machine
 * that they are of, and a checksum; both are written beside the file and then
 * put in its place, so that there is never half of one.
 *
 * A file that is not what it should be is refused: false, with r->error, which
 * says why, and nothing has changed.
 */
#ifndef REPL_FILES_H
#define REPL_FILES_H

#include "cli/repl/session.h"

bool repl_save(struct repl *r, const char *path);
bool repl_load(struct repl *r, const char *path);

/* *entries: of the log. */
bool repl_record(struct repl *r, const char *path, size_t *entries);
bool repl_replay(struct repl *r, const char *path, size_t *entries);

#endif
