/* SPDX-License-Identifier: MIT */
#include "cli/embedded.h"

#include <string.h>

/* Made by cli/embed.sh. */
extern const struct embedded_file embedded_table[];
extern const size_t embedded_count;

const struct embedded_file *
embedded_at(size_t i)
{
    return i < embedded_count ? &embedded_table[i] : NULL;
}

const struct embedded_file *
embedded_find(const char *name)
{
    for (size_t i = 0; i < embedded_count; i++)
        if (strcmp(embedded_table[i].name, name) == 0)
            return &embedded_table[i];
    return NULL;
}
