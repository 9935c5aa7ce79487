/* SPDX-License-Identifier: MIT */
/* Records compared, copied and looked up by name: strings, structures, calls by pointer. */
#define ROUNDS_USUAL 1500
#include "bench.h"

enum { RECORDS = 64, NAME_MAX = 32 };

struct record {
    char name[NAME_MAX];
    uint32_t kind, count;
    struct record *next;
};

static struct record records[RECORDS], copies[RECORDS];

static noinline int
compare(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}

static noinline char *
copy(char *to, const char *from)
{
    while ((*to = *from++) != '\0')
        to++;
    return to;
}

/* The name of record i: a common beginning, then its number. */
static noinline void
name(char *to, uint32_t i)
{
    char digits[4] = {(char)('0' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10), '\0'};

    (void)copy(copy(to, "SOME STRING, RECORD "), digits);
}

static noinline struct record *
find(struct record *list, const char *wanted)
{
    while (list != NULL && compare(list->name, wanted) != 0)
        list = list->next;
    return list;
}

static uint32_t
bump(struct record *r, uint32_t by)
{
    r->count += by;
    return r->count;
}

static uint32_t
take(struct record *r, uint32_t by)
{
    r->count -= by;
    return r->count;
}

static uint32_t (*const actions[2])(struct record *, uint32_t) = {bump, take};

int
main(void)
{
    char wanted[NAME_MAX];

    for (uint32_t i = 0; i < RECORDS; i++) {
        name(records[i].name, i);
        records[i].kind = i % 2;
        records[i].next = i + 1 < RECORDS ? &records[i + 1] : NULL;
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t sum = 0;

        for (uint32_t i = 0; i < RECORDS; i++) {
            struct record *r;

            name(wanted, i);
            r = find(records, wanted);
            if (r != &records[i])
                return 1;
            copies[i] = *r;
            sum += actions[copies[i].kind](&copies[i], i);
        }
        /* Each pair of records adds i and takes i + 1: -1 for each pair. */
        if (sum != 0u - RECORDS / 2)
            return 2;
    }
    return 0;
}
