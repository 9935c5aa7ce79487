/* SPDX-License-Identifier: MIT */
#include "cli/step_file.h"

#include <stdlib.h>

#include "cli/state_file.h"

enum { PAGE = 4096, STEPS_MAX = 1000000 };

/* The state is read when all else is: how much RAM it has may come after it. */
struct reading {
    struct step_file *file;
    const struct tree_node *state;
};

static void
take_isa(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    r->file->isa = fields_text(c, node);
}

static void
take_way(struct fields_context *c, const struct tree_node *node, void *into)
{
    static const char *const names[] = {
#define NAME(id, name, hosted, metal, hybrid, cost, about) name,
        EMBEDDING_WAYS(NAME)
#undef NAME
            NULL};
    struct reading *r = into;
    int way = fields_choice(c, node, "a way", names);

    r->file->way = way < 0 ? EMBEDDING_hosted : (enum embedding_way)way;
}

/* A multiple of a page from `low` to `high`. */
static void
take_pages(struct fields_context *c, const struct tree_node *node, uint32_t low, uint32_t high,
           uint32_t *bytes)
{
    uint64_t value;

    if (!fields_number(c, node, 32, &value))
        return;
    if (value % PAGE == 0 && value >= low && value <= high)
        *bytes = (uint32_t)value;
    else
        diagnostic_hint(
            diagnostics_error(c->d, &node->place, "no place for an allotment"),
            "a multiple of 0x%x bytes, from 0x%x to 0x%x: the real machine has 0x%x of RAM", PAGE,
            (unsigned)low, (unsigned)high, EMBEDDING_REAL);
}

static void
take_start(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    take_pages(c, node, 0, EMBEDDING_REAL - PAGE, &r->file->given.start);
}

static void
take_size(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    take_pages(c, node, PAGE, EMBEDDING_SIZE_MAX, &r->file->given.size);
}

static const struct field allotment_fields[] = {
    {"start", "\"start\": \"0x1000\"", TREE_scalar, false, take_start},
    {"size", "\"size\": \"0x1000\"", TREE_scalar, false, take_size},
};

static void
take_allotment(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;
    const struct property_case *given = &r->file->given;
    size_t errors = c->d->errors;

    (void)fields_read(c, node, "an allotment", allotment_fields,
                      sizeof allotment_fields / sizeof allotment_fields[0], into);
    if (c->d->errors == errors && given->size > EMBEDDING_REAL - given->start)
        diagnostic_hint(
            diagnostics_error(c->d, &node->place, "the allotment reaches beyond real RAM"),
            "start and size together are at most 0x%x", EMBEDDING_REAL);
}

static void
take_steps(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;
    uint64_t value;

    if (!fields_number(c, node, 64, &value))
        return;
    r->file->given.steps = value;
    if (value < 1 || value > STEPS_MAX)
        diagnostic_hint(diagnostics_error(c->d, &node->place, "not so many steps"),
                        "write a number from 1 to %d", STEPS_MAX);
}

static void
take_reservation(struct fields_context *c, const struct tree_node *node, void *into)
{
    static const char *const names[] = {"real", "virtual", NULL};
    struct reading *r = into;

    r->file->given.reservation_real = fields_choice(c, node, "where a reservation is", names) != 1;
}

static void
take_input(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;
    struct property_case *given = &r->file->given;
    uint64_t byte;

    if (node->count > PROPERTY_INPUT_MAX) {
        diagnostic_hint(diagnostics_error(c->d, &node->place, "too much input"), "at most %d bytes",
                        PROPERTY_INPUT_MAX);
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        if (fields_number(c, node->items[i], 8, &byte))
            given->input[given->input_length++] = (uint8_t)byte;
}

static void
take_state(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    (void)c;
    r->state = node;
}

static const struct field step_fields[] = {
    {"isa", "\"isa\": \"virtualizable\"", TREE_scalar, false, take_isa},
    {"way", "\"way\": \"hosted\"", TREE_scalar, false, take_way},
    {"allotment", "\"allotment\": {\"start\": \"0x1000\", \"size\": \"0x1000\"}", TREE_mapping,
     false, take_allotment},
    {"reservation", "\"reservation\": \"real\"", TREE_scalar, false, take_reservation},
    {"input", "\"input\": [\"0x41\"]", TREE_sequence, false, take_input},
    {"steps", "\"steps\": 1", TREE_scalar, false, take_steps},
    {"state", "\"state\": {\"mode\": \"M\", \"pc\": \"0x80000000\"}", TREE_mapping, true,
     take_state},
};

static void
take_step(struct fields_context *c, const struct tree_node *root, void *into)
{
    struct reading *r = into;
    struct property_case *given = &r->file->given;
    size_t errors = c->d->errors;
    struct state s;
    struct state_file state = {&s, r->file->memory, EMBEDDING_SIZE_MAX};

    if (root->kind != TREE_mapping) {
        fields_wrong_kind(c, root, TREE_mapping, "{\"state\": {\"mode\": \"M\", ...}}");
        return;
    }
    (void)fields_read(c, root, "a step", step_fields, sizeof step_fields / sizeof step_fields[0],
                      r);
    if (r->state == NULL)
        return;
    if (c->d->errors == errors)
        state.size = given->size;
    state_file_take_before(c, r->state, &state);
    given->hart = s.hart;
    given->devices = s.devices;
}

struct step_file *
step_file_parse(const char *path, const char *text, size_t length, struct diagnostics *d)
{
    struct source source = {path, text, length, 1};
    struct reading r = {.file = calloc(1, sizeof *r.file)};
    struct fields_context c = {.d = d, .state = &r};

    if (r.file == NULL) {
        diagnostics_error(d, NULL, "out of memory");
        return NULL;
    }
    r.file->way = EMBEDDING_hosted;
    r.file->given = (struct property_case){.start = PAGE,
                                           .size = EMBEDDING_SIZE_MAX,
                                           .memory = r.file->memory,
                                           .reservation_real = true,
                                           .steps = 1};
    if (fields_read_source(&c, &source, take_step, &r))
        return r.file;
    step_file_free(r.file);
    return NULL;
}

struct step_file *
step_file_read(const char *path, struct diagnostics *d)
{
    struct source source;
    struct step_file *file;

    if (!fields_read_file(path, "docs/theorem.md, ‘Replaying a step’, has such a file", &source, d))
        return NULL;
    file = step_file_parse(path, source.text, source.length, d);
    source_free(&source);
    return file;
}

void
step_file_free(struct step_file *file)
{
    if (file == NULL)
        return;
    free(file->isa);
    free(file);
}
