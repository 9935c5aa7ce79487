/* SPDX-License-Identifier: MIT */
#include "cli/fields.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Add `word` to the list in `list`, `size` bytes, separated by commas; too much is left out. */
static void
add_word(char *list, size_t size, const char *word)
{
    size_t length = strlen(list);

    snprintf(list + length, size - length, "%s%s", length == 0 ? "" : ", ", word);
}

void
fields_wrong_kind(struct fields_context *c, const struct tree_node *node, enum tree_kind kind,
                  const char *expected)
{
    if (node->kind != TREE_refused)
        diagnostic_hint(diagnostics_error(c->d, &node->place, "here belongs %s, not %s",
                                          tree_kind_name(kind), tree_kind_name(node->kind)),
                        "write `%s'", expected);
}

/* Complain of it; returns the field that was perhaps meant, or `count`. */
static size_t
unknown_key(struct fields_context *c, const struct tree_node *key, const char *what,
            const struct field *fields, size_t count)
{
    struct diagnostic_guess guess;
    char list[256] = "";
    struct diagnostic *error = diagnostics_error(c->d, &key->place, "%s has no key `%.*s'", what,
                                                 tree_shown(key), key->text);

    diagnostic_guess_start(&guess, key->text, key->length);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].read == NULL)
            continue;
        diagnostic_guess_offer(&guess, fields[i].key, strlen(fields[i].key));
        add_word(list, sizeof list, fields[i].key);
    }
    const char *meant = diagnostic_guess_answer(&guess);
    diagnostic_hint(error, "its keys: %s", list);
    diagnostic_did_you_mean(error, meant);
    size_t i = 0;
    while (i < count && (meant == NULL || strcmp(fields[i].key, meant) != 0))
        i++;
    return i;
}

static void
read_value(struct fields_context *c, const struct tree_node *key, const struct tree_node *value,
           const struct field *field, void *into)
{
    if (field->read == NULL)
        diagnostic_hint(diagnostics_error(c->d, &key->place, "`%s' is out of place", field->key),
                        "%s", field->expected);
    else if (value->kind == TREE_refused)
        return; /* complained about already */
    else if (value->kind == TREE_scalar && value->length == 0)
        diagnostic_hint(diagnostics_error(c->d, &key->place, "`%s' has no value", field->key),
                        "write `%s'", field->expected);
    else if (value->kind == field->kind || field->kind == TREE_refused)
        field->read(c, value, into);
    else
        diagnostic_hint(diagnostics_error(c->d, &value->place, "`%s' takes %s, not %s", field->key,
                                          tree_kind_name(field->kind), tree_kind_name(value->kind)),
                        "write `%s'", field->expected);
}

static size_t
find_field(const struct tree_node *key, const struct field *fields, size_t count)
{
    size_t i = 0;

    while (i < count && !tree_is(key, fields[i].key))
        i++;
    return i;
}

static void
complain_of_missing(struct fields_context *c, const struct tree_node *node, const char *what,
                    const struct field *fields, size_t count, uint32_t given)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && (given >> i & 1) == 0)
            diagnostic_hint(
                diagnostics_error(c->d, &node->place, "%s needs `%s'", what, fields[i].key),
                "write `%s'", fields[i].expected);
}

uint32_t
fields_read(struct fields_context *c, const struct tree_node *node, const char *what,
            const struct field *fields, size_t count, void *into)
{
    const struct tree_node *first[FIELDS_MAX] = {NULL};
    uint32_t given = 0, excused = 0; /* misspelt, or where a key is out of place all: not missing */

    assert(count <= FIELDS_MAX && node->kind == TREE_mapping);
    for (size_t k = 0; k + 1 < node->count; k += 2) {
        const struct tree_node *key = node->items[k], *value = node->items[k + 1];

        if (key->kind != TREE_scalar)
            continue;
        size_t i = find_field(key, fields, count);
        if (i == count) {
            excused |= (uint32_t)(UINT64_C(1) << unknown_key(c, key, what, fields, count));
        } else if (first[i] != NULL) {
            diagnostics_error(c->d, &key->place, "`%s' is given twice", fields[i].key);
            diagnostics_note(c->d, &first[i]->place, "the first is here");
        } else {
            first[i] = key;
            given |= 1u << i;
            excused |= fields[i].read == NULL ? ~0u : 0;
            read_value(c, key, value, &fields[i], into);
        }
    }
    if (!node->incomplete)
        complain_of_missing(c, node, what, fields, count, given | excused);
    c->excused = excused;
    return given;
}

int
fields_choice(struct fields_context *c, const struct tree_node *node, const char *what,
              const char *const *names)
{
    char list[256] = "";

    for (int i = 0; names[i] != NULL; i++) {
        if (tree_is(node, names[i]))
            return i;
        add_word(list, sizeof list, names[i]);
    }
    struct diagnostic *error = diagnostics_error(c->d, &node->place, "`%.*s' is not %s",
                                                 tree_shown(node), node->text, what);
    diagnostic_hint(error, "one of: %s", list);
    diagnostic_did_you_mean(error, diagnostic_closest(node->text, node->length, names));
    return -1;
}

void
fields_bool(struct fields_context *c, const struct tree_node *node, bool *value)
{
    if (tree_is(node, "true") || tree_is(node, "false"))
        *value = node->text[0] == 't';
    else
        diagnostic_hint(diagnostics_error(c->d, &node->place, "`%.*s' is no truth value",
                                          tree_shown(node), node->text),
                        "write `true' or `false'");
}

bool
fields_number(struct fields_context *c, const struct tree_node *node, unsigned bits,
              uint64_t *value)
{
    char *end = NULL;
    bool digit = node->kind == TREE_scalar && node->text[0] >= '0' && node->text[0] <= '9';

    *value = digit && node->length <= 20 ? strtoull(node->text, &end, 0) : 0;
    if (end != NULL && *end == '\0' && end == node->text + node->length &&
        (bits == 64 || *value >> bits == 0))
        return true;
    if (node->kind != TREE_refused)
        diagnostic_hint(
            diagnostics_error(c->d, &node->place, "here belongs a number of at most %u bits", bits),
            "write it as \"0x80000000\"");
    return false;
}

char *
fields_text(struct fields_context *c, const struct tree_node *node)
{
    if (memchr(node->text, '\0', node->length) != NULL) {
        diagnostics_error(c->d, &node->place, "a NUL byte in a text");
        return NULL;
    }
    char *text = strdup(node->text);
    if (text == NULL)
        diagnostics_error(c->d, NULL, "out of memory");
    return text;
}

/* ---- a file ---- */

bool
fields_read_source(struct fields_context *c, const struct source *source,
                   void (*take)(struct fields_context *c, const struct tree_node *root, void *into),
                   void *into)
{
    size_t errors = c->d->errors, first = c->d->count;
    struct tree tree;

    tree_parse(source, c->d, &tree);
    if (tree.root != NULL)
        take(c, tree.root, into);
    tree_free(&tree);
    tree_sort(c->d, first);
    return c->d->errors == errors && !c->d->no_memory;
}

bool
fields_read_file(const char *path, const char *hint, struct source *source, struct diagnostics *d)
{
    struct source name = {path, "", 0, 1};
    struct diagnostic_place place = {.source = &name};
    const char *problem;

    if (source_read(path, TREE_FILE_MAX, source, &problem))
        return true;
    diagnostic_hint(diagnostics_error(d, &place, "cannot be read: %s", problem), "%s", hint);
    return false;
}
