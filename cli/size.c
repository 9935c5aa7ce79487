/* SPDX-License-Identifier: MIT */
#include "cli/size.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "assembler/diagnostic.h"

static const struct unit {
    const char *name;
    const char *lookalikes[3]; /* what people write for it, in any case */
    unsigned shift;
} units[] = {
    {"GiB", {"G", "GB", "gigabytes"}, 30},
    {"MiB", {"M", "MB", "megabytes"}, 20},
    {"KiB", {"K", "KB", "kilobytes"}, 10},
    {"bytes", {"B", "byte", "bytes"}, 0},
};

enum { UNITS = sizeof units / sizeof units[0] };

const char *
size_write(uint64_t bytes, char *to)
{
    size_t i = 0;

    while (i < UNITS - 1 && (bytes == 0 || bytes % (UINT64_C(1) << units[i].shift) != 0))
        i++;
    snprintf(to, SIZE_TEXT, "%" PRIu64 " %s", bytes >> units[i].shift, units[i].name);
    return to;
}

static bool DIAGNOSTIC_PRINTF(3, 4)
    refuse(struct size_problem *problem, const char *remedy, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(problem->problem, sizeof problem->problem, format, arguments);
    va_end(arguments);
    snprintf(problem->remedy, sizeof problem->remedy, "%s", remedy);
    return false;
}

static const char usual[] = "a number and a unit, such as `16 MiB' or `64 KiB', or plain bytes";

/* How much of a text to quote. */
static int
shown(size_t length)
{
    return length > 40 ? 40 : (int)length;
}

static bool
same_word(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(word, name, length) == 0;
}

/* The unit that the word stands for, or is meant to; *exact is which. */
static const struct unit *
find_unit(const char *word, size_t length, bool *exact)
{
    for (size_t i = 0; i < UNITS; i++) {
        *exact = strlen(units[i].name) == length && memcmp(word, units[i].name, length) == 0;
        bool meant = *exact || same_word(word, length, units[i].name);

        for (size_t k = 0; k < 3; k++)
            meant = meant || same_word(word, length, units[i].lookalikes[k]);
        if (meant)
            return &units[i];
    }
    return NULL;
}

/* The decimal number at the start of the text; its length, 0 where there is none. */
static size_t
read_number(const char *text, size_t length, uint64_t *value)
{
    size_t i = 0;

    *value = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');

        if (*value > (UINT64_MAX - digit) / 10)
            return 0;
        *value = *value * 10 + digit;
    }
    return i;
}

bool
size_read(const char *text, size_t length, uint64_t *bytes, struct size_problem *problem)
{
    uint64_t number;
    bool exact = true;
    size_t n = read_number(text, length, &number), space = n;

    if (n == 0)
        return refuse(problem, usual, "`%.*s' is not a size", shown(length), text);
    while (space < length && text[space] == ' ')
        space++;
    const struct unit *unit =
        space == length ? &units[UNITS - 1] : find_unit(text + space, length - space, &exact);
    if (unit == NULL)
        return refuse(problem, usual, "`%.*s' is not a size", shown(length), text);
    if (!exact) {
        char remedy[SIZE_PROBLEM];

        snprintf(remedy, sizeof remedy, "did you mean `%" PRIu64 "%s%s'? (KiB, MiB, GiB)", number,
                 unit->shift == 0 ? "" : " ", unit->shift == 0 ? "" : unit->name);
        return refuse(problem, remedy, "`%.*s' is not a unit of sizes", shown(length - space),
                      text + space);
    }
    if (number > UINT64_MAX >> unit->shift)
        return refuse(problem, usual, "`%.*s' is too large", shown(length), text);
    *bytes = number << unit->shift;
    return true;
}

/* Round up to what a memory may have; `bytes` is not above the greatest. */
static uint64_t
next_memory(uint64_t bytes)
{
    return (bytes + SIZE_MEMORY_MULTIPLE - 1) / SIZE_MEMORY_MULTIPLE * SIZE_MEMORY_MULTIPLE;
}

bool
size_read_memory(const char *text, size_t length, uint32_t *bytes, struct size_problem *problem)
{
    uint64_t size;
    char written[SIZE_TEXT], remedy[SIZE_PROBLEM];

    if (!size_read(text, length, &size, problem))
        return false;
    size_write(size, written);
    if (size < SIZE_MEMORY_MIN)
        return refuse(problem, "1 MiB to 1 GiB, a multiple of 4 KiB", "a memory of %s is too small",
                      written);
    if (size > SIZE_MEMORY_MAX)
        return refuse(problem, "1 MiB to 1 GiB, a multiple of 4 KiB", "a memory of %s is too large",
                      written);
    if (size % SIZE_MEMORY_MULTIPLE != 0) {
        char next[SIZE_TEXT];

        snprintf(remedy, sizeof remedy, "the next that is one: `%s'",
                 size_write(next_memory(size), next));
        return refuse(problem, remedy, "a memory of %s is not a multiple of 4 KiB", written);
    }
    *bytes = (uint32_t)size;
    return true;
}
