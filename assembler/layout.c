/* SPDX-License-Identifier: MIT */
/* Addresses for the sections, and what was assembled into an `assembly`. */
#include "assembler/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- addresses ---- */

/* At the next address that suits it; an empty section moves nothing. */
static void
place_section(struct as_state *a, struct as_section *s, uint64_t *next)
{
    uint64_t address = (*next + s->align - 1) & ~((uint64_t)s->align - 1);

    if (address + s->size > (uint64_t)UINT32_MAX + 1)
        as_abandon(a, NULL, NULL, "section `%s' ends behind the last address", s->name);
    s->address = (uint32_t)address;
    if (s->size > 0)
        *next = address + s->size;
}

/* .text, .rodata and .data exist from the start, in this order; .bss, the fourth, comes last. */
void
as_lay_out(struct as_state *a)
{
    struct as_section *bss = a->sections->next->next->next;
    uint64_t next = a->base;

    for (struct as_section *s = a->sections; s != NULL; s = s->next)
        if (s != bss && (s->flags & ASSEMBLY_ALLOC) != 0)
            place_section(a, s, &next);
    place_section(a, bss, &next);
    a->laid_out = true;
}

/* ---- handing over ---- */

static char *
copy(const char *text)
{
    char *to = malloc(strlen(text) + 1);

    return to == NULL ? NULL : strcpy(to, text);
}

/* `count` zeroed elements; never of size 0, so that NULL means no memory. */
static void *
array(size_t count, size_t size)
{
    return calloc(count + 1, size);
}

static bool
give_section(struct as_section *s, struct assembly *out)
{
    struct assembly_section *to = &out->sections[out->section_count];

    s->output = (int)out->section_count++;
    *to = (struct assembly_section){copy(s->name),     s->flags, s->address,
                                    (uint32_t)s->size, s->align, s->bytes};
    s->bytes = NULL; /* it is theirs now */
    return to->name != NULL;
}

/* Sections that have a size, by address; then those not loaded. */
static bool
give_sections(struct as_state *a, struct assembly *out)
{
    struct as_section *bss = a->sections->next->next->next;
    bool right = true;

    out->sections = array(a->section_count, sizeof *out->sections);
    if (out->sections == NULL)
        return false;
    for (struct as_section *s = a->sections; s != NULL; s = s->next)
        s->output = ASSEMBLY_ABSOLUTE;
    for (struct as_section *s = a->sections; s != NULL && right; s = s->next)
        if (s != bss && s->size > 0 && (s->flags & ASSEMBLY_ALLOC) != 0)
            right = give_section(s, out);
    if (right && bss->size > 0)
        right = give_section(bss, out);
    for (struct as_section *s = a->sections; s != NULL && right; s = s->next)
        if (s->size > 0 && (s->flags & ASSEMBLY_ALLOC) == 0)
            right = give_section(s, out);
    return right;
}

/* Names that are worth keeping: not those that compilers and numbers make. */
static bool
kept(const struct as_symbol *s)
{
    return s->kind != AS_UNDEFINED && !s->numeric &&
           !(s->name[0] == '.' && (s->name[1] == 'L' || s->length == 1));
}

static bool
give_symbol(struct as_state *a, const struct as_symbol *s, struct assembly *out)
{
    struct assembly_symbol *to = &out->symbols[out->symbol_count++];
    const struct as_expression e = {.node = AS_SYMBOL, .symbol = (struct as_symbol *)(uintptr_t)s};
    int64_t value = 0, size = 0;

    (void)as_final_value(a, &e, &value);
    if (s->size != NULL)
        (void)as_final_value(a, s->size, &size);
    *to = (struct assembly_symbol){
        .name = copy(s->name),
        .value = (uint32_t)value,
        .size = (uint32_t)size,
        .section = s->value.section == NULL ? ASSEMBLY_ABSOLUTE : s->value.section->output,
        .type = s->type,
        .binding = s->binding,
    };
    return to->name != NULL;
}

static bool
give_symbols(struct as_state *a, struct assembly *out)
{
    size_t count = 0;
    bool right = true;

    for (const struct as_symbol *s = a->first_symbol; s != NULL; s = s->next)
        count += kept(s);
    out->symbols = array(count, sizeof *out->symbols);
    if (out->symbols == NULL)
        return false;
    for (const struct as_symbol *s = a->first_symbol; s != NULL && right; s = s->next)
        if (kept(s))
            right = give_symbol(a, s, out);
    return right;
}

static bool
give_files(struct as_state *a, struct assembly *out)
{
    out->files = array(a->file_count, sizeof *out->files);
    if (out->files == NULL)
        return false;
    out->file_count = a->file_count;
    for (const struct as_origin *o = a->origins; o != NULL; o = o->older)
        if (!o->expansion) {
            out->files[o->file] = copy(o->source.path);
            if (out->files[o->file] == NULL)
                return false;
        }
    return true;
}

/* The line of a file that an emission comes from: that of the outermost call. */
static struct assembly_line
line_of(const struct as_emission *e)
{
    const struct as_origin *origin = e->origin;
    uint32_t line = e->line;

    for (; origin->expansion; origin = origin->from.origin)
        line = origin->from.line;
    return (struct assembly_line){e->section->address + e->offset, origin->file, line};
}

static int
by_address(const void *x, const void *y)
{
    const struct assembly_line *one = x, *two = y;

    return one->address < two->address ? -1 : one->address > two->address;
}

static bool
give_lines(struct as_state *a, struct assembly *out)
{
    size_t n = 0;

    out->lines = array(a->emission_count, sizeof *out->lines);
    if (out->lines == NULL)
        return false;
    for (size_t i = 0; i < a->emission_count; i++)
        if ((a->emissions[i].section->flags & ASSEMBLY_ALLOC) != 0)
            out->lines[n++] = line_of(&a->emissions[i]);
    qsort(out->lines, n, sizeof *out->lines, by_address);
    for (size_t i = 0; i < n; i++) {
        const struct assembly_line *line = &out->lines[i];
        const struct assembly_line *last = &out->lines[out->line_count - (out->line_count > 0)];

        if (out->line_count == 0 || line->file != last->file || line->line != last->line)
            out->lines[out->line_count++] = *line;
    }
    return true;
}

bool
as_hand_over(struct as_state *a, struct assembly *out)
{
    if (!give_sections(a, out) || !give_symbols(a, out) || !give_files(a, out) ||
        !give_lines(a, out))
        return false;
    if (!assembly_symbol_value(out, "_start", &out->entry))
        out->entry = a->base;
    return true;
}
