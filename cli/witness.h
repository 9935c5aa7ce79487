/* SPDX-License-Identifier: MIT */
/*
 * Witnesses of the classification, for people and in files (docs/theorem.md,
 * ‘Witnesses’): two states side by side, and JSON that is read back to replay
 * it.
 */
#ifndef CLI_WITNESS_H
#define CLI_WITNESS_H

#include <stdio.h>

#include "assembler/diagnostic.h"
#include "cli/json.h"
#include "vmm/theorem/witness.h"

enum { WITNESS_TEXT = 160 }; /* bytes of a phrase, or of an instruction */

/* The instruction as the disassembler has it, without tabs, into `text` (WITNESS_TEXT bytes);
 * returns it. */
const char *witness_instruction(const struct witness *w, char *text);

/* What it shows, such as "a0 depends on mstatus", into `text` (WITNESS_TEXT bytes); returns it. */
const char *witness_phrase(const struct state_machine *machine, const struct witness *w,
                           char *text);

/* The states side by side and what comes of each, what differs marked, in 80 columns. */
void witness_print(const char *isa, const struct state_machine *machine, const struct witness *w,
                   FILE *to);

/* The witness as members of the open object of `j`.  What a state leaves out is at rest. */
void witness_json(struct json *j, const char *isa, const struct state_machine *machine,
                  const struct witness *w);

/* What running one of its states came to when the file was written. */
struct witness_outcome {
    enum state_result result;
    uint32_t cause, tval;
    struct state after;
};

struct witness_file {
    char *isa; /* the variant's name or file */
    struct witness witness;
    struct witness_outcome outcomes[2];
};

/*
 * Read such a file into *file; NULL and what is wrong in *d, where something
 * is.  witness_free gives it back.
 */
struct witness_file *witness_read(const char *path, struct diagnostics *d);

/* The same from the text of a file called `path`. */
struct witness_file *witness_parse(const char *path, const char *text, size_t length,
                                   struct diagnostics *d);

void witness_free(struct witness_file *file);

/*
 * Run it again.  NULL: it holds, and comes to what the file says; else a phrase
 * that follows "it does not hold: ".
 */
const char *witness_replay(const struct state_machine *machine, const struct witness_file *file);

#endif
