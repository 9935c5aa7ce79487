/* SPDX-License-Identifier: MIT */
/*
 * Sizes as people write them: `16 MiB`, `64KiB`, `1 GiB`, or plain bytes.
 * Descriptions and the options of the command share this.
 */
#ifndef CLI_SIZE_H
#define CLI_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A machine's memory, docs/machine.md: the memory map. */
enum {
    SIZE_MEMORY_MIN = 1 << 20,      /* bytes */
    SIZE_MEMORY_MAX = 1 << 30,      /* bytes */
    SIZE_MEMORY_MULTIPLE = 4 << 10, /* bytes */
    SIZE_MEMORY_DEFAULT = 16 << 20, /* bytes, where nobody says otherwise */
    SIZE_TEXT = 32,                 /* bytes that size_write needs */
    SIZE_PROBLEM = 128,             /* bytes that a problem or a remedy needs */
};

/* What is wrong with a text that should be a size, and what to write. */
struct size_problem {
    char problem[SIZE_PROBLEM], remedy[SIZE_PROBLEM];
};

/* The size that `text` (`length` bytes) stands for, in bytes. */
bool size_read(const char *text, size_t length, uint64_t *bytes, struct size_problem *problem);

/* The same for a machine's memory: within the limits, and a multiple of 4 KiB. */
bool size_read_memory(const char *text, size_t length, uint32_t *bytes,
                      struct size_problem *problem);

/* A size in the largest unit that divides it, into `to` (SIZE_TEXT bytes); returns `to`. */
const char *size_write(uint64_t bytes, char *to);

#endif
