/* SPDX-License-Identifier: MIT */
#include "assembler/assembler.h"

#include <stdlib.h>
#include <string.h>

#include "assembler/internal.h"

static void
begin(struct as_state *a)
{
    static const char *const first[] = {".text", ".rodata", ".data", ".bss"};
    static const uint32_t flags[] = {ASSEMBLY_ALLOC | ASSEMBLY_EXEC, ASSEMBLY_ALLOC,
                                     ASSEMBLY_ALLOC | ASSEMBLY_WRITE,
                                     ASSEMBLY_ALLOC | ASSEMBLY_WRITE | ASSEMBLY_NOBITS};
    bool made;

    a->last_symbol = &a->first_symbol;
    a->last_section = &a->sections;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        as_section(a, first[i], strlen(first[i]), flags[i], &made);
    a->section = a->sections;
    as_add_constant_loads(a);
    as_add_instructions(a);
    as_add_address_pairs(a);
    as_add_directives(a);
}

/* Symbols that the caller knows and the source does not. */
static void
look_up_symbols(struct as_state *a)
{
    uint32_t value;

    if (a->options->lookup == NULL)
        return;
    for (struct as_symbol *s = a->first_symbol; s != NULL; s = s->next)
        if (s->kind == AS_UNDEFINED && !s->numeric &&
            a->options->lookup(a->options->lookup_context, s->name, &value)) {
            s->kind = AS_EQUATE;
            s->value = (struct as_value){NULL, value};
        }
}

/* Assemble what is open, all of it. */
static void
assemble(struct as_state *a)
{
    as_read_all(a);
    as_lay_out(a);
    look_up_symbols(a);
    as_fix_all(a);
}

static void
end(struct as_state *a)
{
    for (struct as_section *s = a->sections; s != NULL; s = s->next) {
        free(s->bytes);
        free(s->anchors);
    }
    for (size_t i = 0; i < a->files_held; i++)
        source_free(&a->files[i]);
    free(a->files);
    free(a->tokens);
    free(a->fixups);
    free(a->emissions);
    free(a->groups);
    free(a->scratch);
    as_arena_free(a);
    free(a);
}

/* The steps of an assembly, any of which may leave by as_abandon. */
static bool
run(struct as_state *a, const struct source *source, struct assembly *out)
{
    size_t errors = a->d->errors;

    if (setjmp(a->leave) != 0)
        return false;
    begin(a);
    struct as_origin *origin = as_origin(a, source->path, source->text, source->length, 1, NULL);

    origin->file = a->file_count++;
    as_open(a, origin, NULL);
    assemble(a);
    if (a->d->errors > errors)
        return false;
    if (a->options->listing) {
        out->listing = as_listing(a);
        if (out->listing == NULL)
            as_abandon(a, NULL, NULL, "out of memory");
    }
    if (!as_hand_over(a, out))
        as_abandon(a, NULL, NULL, "out of memory");
    return a->d->errors == errors;
}

static bool
assemble_source(const struct source *source, const struct assembler_options *options,
                bool one_instruction, uint32_t base, struct diagnostics *d, struct assembly *out)
{
    struct as_state *a = calloc(1, sizeof *a);
    size_t first = d->count;
    bool right;

    if (a == NULL) {
        diagnostics_error(d, NULL, "out of memory");
        return false;
    }
    a->options = options;
    a->d = d;
    a->base = base;
    a->one_instruction = one_instruction;
    right = run(a, source, out);
    as_sort_errors(a, first);
    end(a);
    if (!right)
        assembly_free(out);
    return right;
}

bool
assembler_assemble(const char *path, const char *text, size_t length,
                   const struct assembler_options *options, struct diagnostics *d,
                   struct assembly *out)
{
    static const struct assembler_options usual;
    struct source source = {path, text, length, 1}, read = {0};
    const char *problem;
    bool right;

    *out = (struct assembly){0};
    if (options == NULL)
        options = &usual;
    if (text == NULL) {
        if (!source_read(path, ASSEMBLER_FILE_MAX, &read, &problem)) {
            struct diagnostic_place place = {.source = &source};

            diagnostics_error(d, &place, "cannot read it: %s", problem);
            return false;
        }
        source = read;
    }
    right = assemble_source(&source, options, false,
                            options->base == 0 ? ASSEMBLER_BASE : options->base, d, out);
    source_free(&read);
    return right;
}

unsigned
assembler_instruction(const char *text, uint32_t pc, assembler_lookup *lookup, void *context,
                      uint32_t words[ASSEMBLER_WORDS_MAX], struct diagnostics *d)
{
    struct assembler_options options = {.lookup = lookup, .lookup_context = context};
    struct source source = {"instruction", text, strlen(text), 1};
    struct assembly out = {0};
    unsigned n = 0;

    if (!assemble_source(&source, &options, true, pc, d, &out))
        return 0;
    if (out.section_count == 0)
        diagnostics_error(d, NULL, "an instruction is expected");
    else
        for (const unsigned char *at = out.sections[0].bytes; n < out.sections[0].size / 4;
             n++, at += 4)
            words[n] = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                       (uint32_t)at[3] << 24;
    assembly_free(&out);
    return n;
}

void
assembly_free(struct assembly *out)
{
    for (size_t i = 0; out->sections != NULL && i < out->section_count; i++) {
        free(out->sections[i].name);
        free(out->sections[i].bytes);
    }
    for (size_t i = 0; out->symbols != NULL && i < out->symbol_count; i++)
        free(out->symbols[i].name);
    for (size_t i = 0; out->files != NULL && i < out->file_count; i++)
        free(out->files[i]);
    free(out->sections);
    free(out->symbols);
    free(out->lines);
    free(out->files);
    free(out->listing);
    *out = (struct assembly){0};
}

bool
assembly_symbol_value(const struct assembly *assembly, const char *name, uint32_t *value)
{
    for (size_t i = 0; i < assembly->symbol_count; i++)
        if (strcmp(assembly->symbols[i].name, name) == 0) {
            *value = assembly->symbols[i].value;
            return true;
        }
    return false;
}
