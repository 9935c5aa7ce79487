/* SPDX-License-Identifier: MIT */
/*
 * Mappings with known keys: a table of fields says which keys a mapping takes,
 * what each expects and which function reads its value.  Unknown keys, keys
 * given twice, missing ones and values of the wrong kind are complained about
 * here, so that the functions only ever see a value of the kind they expect.
 */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

#include <stdint.h>

#include "cli/yaml.h"

/* What a reader of fields carries along. */
struct fields_context {
    struct diagnostics *d;
    void *state;      /* the reader's own */
    uint32_t excused; /* of the last fields_read: the fields that are not given, but
                         perhaps meant by a key that was complained about */
};

struct field {
    const char *key;
    const char *expected; /* what to write, for messages: "memory: 16 MiB"; with `read` NULL,
                             why the key has no business here */
    enum tree_kind kind;  /* of the value; TREE_refused: any */
    bool required;
    void (*read)(struct fields_context *c, const struct tree_node *value, void *into);
};

enum { FIELDS_MAX = 32 }; /* of one table */

/*
 * Read the mapping `node` by `count` fields into `into`.  `what` names the
 * mapping in messages, with its article: "a machine".  Returns the set of
 * fields that were given: bit i for fields[i], right or wrong.
 */
uint32_t fields_read(struct fields_context *c, const struct tree_node *node, const char *what,
                     const struct field *fields, size_t count, void *into);

/*
 * Read `source`, YAML, and have `take` read its root into `into`, where it has
 * one.  False where anything was complained about; the complaints are in the
 * order of their places.
 */
bool fields_read_source(struct fields_context *c, const struct source *source,
                        void (*take)(struct fields_context *c, const struct tree_node *root,
                                     void *into),
                        void *into);

/* The file at `path` (source_free); false, after a complaint with `hint`, where it cannot be read.
 */
bool fields_read_file(const char *path, const char *hint, struct source *source,
                      struct diagnostics *d);

/* Complain that `node` is not of the kind expected; `expected` is what to write. */
void fields_wrong_kind(struct fields_context *c, const struct tree_node *node, enum tree_kind kind,
                       const char *expected);

/*
 * The index of the scalar `node` among `names`, which end with NULL; or -1,
 * after complaining that it is not `what` ("a clock"), with the nearest name
 * or all of them.
 */
int fields_choice(struct fields_context *c, const struct tree_node *node, const char *what,
                  const char *const *names);

/* `true` or `false` into *value; complains of all else. */
void fields_bool(struct fields_context *c, const struct tree_node *node, bool *value);

/* A number of at most `bits` bits, hexadecimal or decimal, into *value; complains of all else. */
bool fields_number(struct fields_context *c, const struct tree_node *node, unsigned bits,
                   uint64_t *value);

/* A copy of the scalar's text, or NULL after complaining that it holds a NUL. */
char *fields_text(struct fields_context *c, const struct tree_node *node);

#endif
