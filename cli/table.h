/* SPDX-License-Identifier: MIT */
/* Text in columns: what the reports of the commands are set in. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "assembler/diagnostic.h"

enum { TABLE_COLUMNS_MAX = 16, TABLE_WIDTH = 80, TABLE_COUNT_MAX = 32 };

struct table {
    const char *align; /* `l` or `r` for each column */
    size_t columns;
    char **cells; /* row by row */
    size_t count, capacity;
    bool no_memory;
};

/* A table with a column for each letter of `align` (a constant): `l` left, `r` right. */
void table_init(struct table *t, const char *align);

/* The next cell, rows from left to right. */
void table_cell(struct table *t, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

/* The next cell: a count, with separators; `-` where it is 0. */
void table_cell_count(struct table *t, uint64_t count);

/* Print it, each column as wide as its widest cell and two spaces apart, and free it. */
void table_print(struct table *t, FILE *to, const char *indent);

/* A count as people read it, `1,204,113`, into `text` (TABLE_COUNT_MAX bytes); returns it. */
const char *table_count(uint64_t count, char *text);

/* Print a text in lines of at most TABLE_WIDTH columns, each after `indent`. */
void table_paragraph(const char *text, FILE *to, const char *indent);

#endif
