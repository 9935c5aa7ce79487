/* SPDX-License-Identifier: MIT */
/*
 * A YAML file as a plain tree, each node with its place, through libyaml.
 *
 * What descriptions and variants need of YAML is mappings, sequences and
 * scalars.  The rest (anchors, aliases, tags, mappings as keys, several
 * documents) is refused where it stands, so that a tree is never larger than
 * its file.  All scalars are text: quoted or not is the same.
 *
 * A mistake in the syntax ends the reading, but not the tree: the collections
 * open at that point are marked `incomplete`, so that what stands before the
 * mistake is still checked, without complaints of what may have come after.
 */
#ifndef CLI_YAML_H
#define CLI_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "assembler/diagnostic.h"

enum {
    TREE_FILE_MAX = 1 << 20, /* bytes of a file */
    TREE_DEPTH_MAX = 64,     /* collections within each other */
    TREE_NODES_MAX = 20000,  /* nodes of a tree */
};

enum tree_kind {
    TREE_scalar,
    TREE_sequence,
    TREE_mapping,
    TREE_refused, /* an alias: already complained about, to be passed over in silence */
};

struct tree_node {
    enum tree_kind kind;
    bool incomplete; /* a collection, cut short by a mistake in the syntax */
    struct diagnostic_place place;
    char *text; /* a scalar's, `length` bytes (0 bytes among them, perhaps) and a 0 */
    size_t length;
    struct tree_node **items; /* of a mapping: key, value, key, value, ... */
    size_t count, capacity;
    struct tree_node *next; /* all nodes of the tree, to free them */
};

struct tree {
    struct tree_node *root;  /* NULL: there is none, and a diagnostic says why */
    struct tree_node *nodes; /* every node */
    size_t count;
};

/*
 * Read `source` into *tree (tree_free, always), adding what is wrong to *d.
 * The places in the tree refer to `source`, which must outlive it.
 */
void tree_parse(const struct source *source, struct diagnostics *d, struct tree *tree);

void tree_free(struct tree *tree);

/* Is the node a scalar that reads `text`? */
bool tree_is(const struct tree_node *node, const char *text);

/* For "%.*s": how much of a scalar's text to quote in a message. */
int tree_shown(const struct tree_node *node);

/* "a mapping (key: value)", "a list", "a single value". */
const char *tree_kind_name(enum tree_kind kind);

/*
 * Bring the diagnostics from the first-th on into the order of their places,
 * the notes staying with what they are on.
 */
void tree_sort(struct diagnostics *d, size_t first);

#endif
