/* SPDX-License-Identifier: MIT */
/*
 * A step to replay: a virtual state in a file of JSON, where its allotment
 * lies, and under which monitor it is to be run (docs/theorem.md, ‘Replaying a
 * step’).
 */
#ifndef CLI_STEP_FILE_H
#define CLI_STEP_FILE_H

#include "assembler/diagnostic.h"
#include "vmm/theorem/properties.h"

struct step_file {
    char *isa; /* the variant's name or file; NULL: not given */
    enum embedding_way way;
    struct property_case given; /* its memory is the one below */
    uint8_t memory[EMBEDDING_SIZE_MAX];
};

/* Read such a file; NULL, and what is wrong in *d, where something is.  step_file_free gives it
 * back. */
struct step_file *step_file_read(const char *path, struct diagnostics *d);

/* The same from the text of a file called `path`. */
struct step_file *step_file_parse(const char *path, const char *text, size_t length,
                                  struct diagnostics *d);

void step_file_free(struct step_file *file);

#endif
