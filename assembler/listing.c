/* SPDX-License-Identifier: MIT */
/*
 * The listing: each line of the source, beside the address and the contents it
 * gave; lines of macros behind the line that calls them, with a `>'.
 *
 *    line  address   contents           source
 *       5  80000000  00000517 01050513  la a0, message
 */
#include "assembler/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_ROW = 8, ROWS = 4, CONTENTS_WIDTH = 17 }; /* bytes a row, rows a statement, columns */

struct row {
    const char *text; /* of the source */
    size_t length;
};

static uint32_t
first_line(const struct as_origin *origin)
{
    return origin->source.first_line;
}

/* Where the lines of a text begin. */
static void
index_lines(struct as_state *a, struct as_origin *origin)
{
    const struct source *s = &origin->source;

    for (size_t i = 0; i < s->length; i++)
        origin->lines += i == 0 || s->text[i - 1] == '\n';
    origin->starts = as_allocate(a, (origin->lines + 1) * sizeof *origin->starts);
    for (size_t i = 0, n = 0; i < s->length; i++)
        if (i == 0 || s->text[i - 1] == '\n')
            origin->starts[n++] = (uint32_t)i;
}

static struct row
source_row(const struct as_origin *origin, uint32_t line)
{
    const struct source *s = &origin->source;
    uint32_t i = line - first_line(origin);

    if (i >= origin->lines)
        return (struct row){"", 0};
    const char *text = s->text + origin->starts[i];
    size_t room = s->length - origin->starts[i];
    const char *end = memchr(text, '\n', room);

    return (struct row){text, end == NULL ? room : (size_t)(end - text)};
}

static void
put_row(FILE *to, uint32_t line, char mark, const char *address, const char *contents,
        struct row row)
{
    char prefix[64];
    int n = snprintf(prefix, sizeof prefix, "%6" PRIu32 "%c %8s  %-*s", line, mark, address,
                     CONTENTS_WIDTH, contents);

    while (row.length > 0 && (row.text[row.length - 1] == '\r' || row.text[row.length - 1] == ' '))
        row.length--;
    if (row.length == 0) {
        while (n > 0 && prefix[n - 1] == ' ')
            n--;
        fprintf(to, "%.*s\n", n, prefix);
    } else
        fprintf(to, "%s  %.*s\n", prefix, (int)row.length, row.text);
}

/* The lines of a file up to `last` that emitted nothing. */
static void
put_plain(FILE *to, struct as_origin *file, uint32_t last)
{
    while (file->listed < last) {
        file->listed++;
        put_row(to, file->listed, ' ', "", "", source_row(file, file->listed));
    }
}

static void
put_rest(FILE *to, struct as_origin *file)
{
    put_plain(to, file, first_line(file) + file->lines - 1);
}

/* The file that includes this one, or NULL. */
static struct as_origin *
outer_file(const struct as_origin *origin)
{
    const struct as_origin *o = origin->from.origin;

    while (o != NULL && o->expansion)
        o = o->from.origin;
    return (struct as_origin *)(uintptr_t)o;
}

static struct as_origin *
file_of(struct as_origin *origin)
{
    return origin->expansion ? outer_file(origin) : origin;
}

static bool
encloses(const struct as_origin *file, const struct as_origin *inner)
{
    while (inner != NULL && inner != file)
        inner = outer_file(inner);
    return inner != NULL;
}

/* The line of file_of(origin) that called, in the end, `line` of `origin`. */
static uint32_t
call_line(const struct as_origin *origin, uint32_t line)
{
    for (; origin->expansion; origin = origin->from.origin)
        line = origin->from.line;
    return line;
}

/* List a file and those around it up to what stands before an emission in it. */
static void
put_up_to(FILE *to, struct as_origin *file, uint32_t line)
{
    struct as_origin *outer = outer_file(file);

    if (outer != NULL)
        put_up_to(to, outer, call_line(file->from.origin, file->from.line));
    put_plain(to, file, line);
}

/* A row's bytes: as words in code, as they stand elsewhere. */
static uint32_t
format_contents(char text[CONTENTS_WIDTH + 1], const struct as_emission *e, uint32_t from)
{
    const unsigned char *bytes = e->section->bytes + e->offset + from;
    uint32_t n = e->size - from < PER_ROW ? e->size - from : PER_ROW;
    bool words = (e->section->flags & ASSEMBLY_EXEC) != 0 && n % 4 == 0;
    size_t at = 0;

    for (uint32_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, CONTENTS_WIDTH + 1 - at, "%s%02x",
                               words && i == 4 ? " " : "", bytes[words ? i ^ 3 : i]);
    return n;
}

static void
put_emission(FILE *to, const struct as_emission *e, char mark, struct row row)
{
    char address[16], contents[CONTENTS_WIDTH + 16];
    uint32_t n;

    for (uint32_t from = 0; from < e->size; from += n, row.length = 0) {
        snprintf(address, sizeof address, "%08" PRIx32, e->section->address + e->offset + from);
        if (e->section->bytes == NULL || from == ROWS * PER_ROW) {
            n = e->size - from;
            snprintf(contents, sizeof contents, "%s%" PRIu32 " bytes", from > 0 ? "... " : "", n);
        } else
            n = format_contents(contents, e, from);
        put_row(to, e->line, mark, address, contents, row);
    }
}

static void
put_emissions(const struct as_state *a, FILE *to)
{
    struct as_origin *open = NULL; /* the file listed last */
    const struct as_emission *last = NULL;

    for (size_t i = 0; i < a->emission_count; last = &a->emissions[i++]) {
        const struct as_emission *e = &a->emissions[i];
        struct as_origin *file = file_of(e->origin);
        bool again = last != NULL && last->origin == e->origin && last->line == e->line;
        uint32_t line = call_line(e->origin, e->line);

        for (; open != NULL && !encloses(open, file); open = outer_file(open))
            put_rest(to, open);
        open = file;
        put_up_to(to, file, e->origin->expansion ? line : line - 1);
        if (line > file->listed)
            file->listed = line;
        put_emission(to, e, e->origin->expansion ? '>' : ' ',
                     again ? (struct row){"", 0} : source_row(e->origin, e->line));
    }
    for (; open != NULL; open = outer_file(open))
        put_rest(to, open);
}

static void
put_symbols(const struct as_state *a, FILE *to)
{
    fputs("\n symbols\n", to);
    for (const struct as_symbol *s = a->first_symbol; s != NULL; s = s->next) {
        if (s->kind == AS_UNDEFINED || s->numeric)
            continue;
        int64_t address = s->value.section == NULL ? 0 : s->value.section->address;

        fprintf(to, "         %08" PRIx32 "  %-17s  %s\n", (uint32_t)(s->value.n + address),
                s->value.section == NULL ? "number" : s->value.section->name, s->name);
    }
}

char *
as_listing(struct as_state *a)
{
    char *text = NULL;
    size_t length = 0;

    for (struct as_origin *o = a->origins; o != NULL; o = o->older)
        index_lines(a, o);
    FILE *to = open_memstream(&text, &length);

    if (to == NULL)
        return NULL;
    fputs("  line  address   contents           source\n", to);
    put_emissions(a, to);
    if (a->emission_count == 0)
        for (struct as_origin *o = a->origins; o != NULL; o = o->older)
            if (o->from.origin == NULL)
                put_rest(to, o);
    put_symbols(a, to);
    bool failed = ferror(to) != 0;

    if (fclose(to) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
