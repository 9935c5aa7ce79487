/* SPDX-License-Identifier: MIT */
/*
 * ISA variants from YAML (docs/descriptions.md): the embedded ones, by name,
 * and anybody's own, by file.
 */
#ifndef CLI_VARIANTS_H
#define CLI_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "assembler/diagnostic.h"
#include "isa/variant.h"

struct variant_file {
    char *name;
    char *about; /* one paragraph on the real machine it stands for */
    char *path;  /* where it was read; NULL: embedded */
    struct isa_variant isa;
};

/*
 * Find the variant that the user calls `name`: a file where the name contains
 * a `/` or ends in .yaml, else an embedded one.  Adds what is wrong to *d; true
 * without any, and then *variant is the caller's (variant_free).
 */
bool variant_find(const char *name, struct diagnostics *d, struct variant_file *variant);

/* Is `name`, by those rules, that of a file? */
bool variant_is_file(const char *name);

/* The i-th embedded variant's name into `name` (`size` bytes); false past the last. */
bool variant_name_at(size_t i, char *name, size_t size);

/* Complain at `place` that there is no variant `name`: the nearest, or all there are. */
void variant_unknown(struct diagnostics *d, const struct diagnostic_place *place, const char *name);

/* Is a variant of that name embedded? */
bool variant_exists(const char *name);

/* Read the text of a variant that is called `path`.  As variant_find. */
bool variant_parse(const char *path, const char *text, size_t length, struct diagnostics *d,
                   struct variant_file *variant);

/* Give back what the variant holds. */
void variant_free(struct variant_file *variant);

#endif
