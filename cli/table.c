/* SPDX-License-Identifier: MIT */
#include "cli/table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
table_init(struct table *t, const char *align)
{
    static const struct table empty;

    *t = empty;
    t->align = align;
    t->columns = strlen(align);
}

static void
add(struct table *t, const char *text)
{
    if (t->count == t->capacity) {
        size_t capacity = t->capacity == 0 ? 64 : t->capacity * 2;
        char **cells = realloc(t->cells, capacity * sizeof *cells);

        if (cells == NULL) {
            t->no_memory = true;
            return;
        }
        t->cells = cells;
        t->capacity = capacity;
    }
    t->cells[t->count] = strdup(text);
    if (t->cells[t->count] == NULL)
        t->no_memory = true;
    else
        t->count++;
}

void
table_cell(struct table *t, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(t, text);
}

void
table_cell_count(struct table *t, uint64_t count)
{
    char text[TABLE_COUNT_MAX];

    add(t, count == 0 ? "-" : table_count(count, text));
}

static void
measure(const struct table *t, size_t *widths)
{
    for (size_t i = 0; i < t->count; i++) {
        size_t length = strlen(t->cells[i]);
        size_t *width = &widths[i % t->columns];

        if (length > *width)
            *width = length;
    }
}

static void
print_cell(FILE *to, const char *text, char align, size_t width, bool last)
{
    size_t space = width - strlen(text);

    if (align == 'r')
        (void)fprintf(to, "%*s%s", (int)space, "", text);
    else
        (void)fprintf(to, "%s%*s", text, last ? 0 : (int)space, "");
    (void)fputs(last ? "\n" : "  ", to);
}

void
table_print(struct table *t, FILE *to, const char *indent)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0};

    measure(t, widths);
    for (size_t i = 0; i < t->count; i++) {
        size_t column = i % t->columns;

        if (column == 0)
            (void)fputs(indent, to);
        print_cell(to, t->cells[i], t->align[column], widths[column], column + 1 == t->columns);
        free(t->cells[i]);
    }
    if (t->no_memory)
        (void)fputs("(the rest did not fit into memory)\n", to);
    free(t->cells);
    table_init(t, t->align);
}

const char *
table_count(uint64_t count, char *text)
{
    char digits[TABLE_COUNT_MAX];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *to = text;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

void
table_paragraph(const char *text, FILE *to, const char *indent)
{
    size_t column = 0;

    for (;;) {
        size_t length;

        text += strspn(text, " \n");
        length = strcspn(text, " \n");
        if (length == 0)
            break;
        if (column > 0 && column + 1 + length > TABLE_WIDTH) {
            (void)putc('\n', to);
            column = 0;
        }
        (void)fputs(column == 0 ? indent : " ", to);
        column += (column == 0 ? strlen(indent) : 1) + length;
        (void)fprintf(to, "%.*s", (int)length, text);
        text += length;
    }
    if (column > 0)
        (void)putc('\n', to);
}
