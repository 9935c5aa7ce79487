/* SPDX-License-Identifier: MIT */
/* Numbers sorted by quicksort, looked up by halving and in a hash table, and taken out again. */
#define ROUNDS_USUAL 400
#include "bench.h"

enum { COUNT = 4096, SLOTS = 2 * COUNT, EMPTY = 0 };

static uint32_t numbers[COUNT], sorted[COUNT], slots[SLOTS];

static uint32_t
random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* ---- sorting ---- */

static void
swap(uint32_t *a, uint32_t *b)
{
    uint32_t t = *a;

    *a = *b;
    *b = t;
}

static noinline void
sort(uint32_t *first, uint32_t *last)
{
    while (first < last) {
        uint32_t pivot = first[(last - first) / 2], *i = first, *j = last;

        while (i <= j) {
            while (*i < pivot)
                i++;
            while (*j > pivot)
                j--;
            if (i <= j)
                swap(i++, j--);
        }
        sort(first, j);
        first = i;
    }
}

/* Where x is, or would be. */
static noinline uint32_t
place(uint32_t x)
{
    uint32_t low = 0, high = COUNT;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- a hash table, probed slot by slot ---- */

static noinline uint32_t *
slot(uint32_t x)
{
    uint32_t i = x * 2654435761u >> 19;

    while (slots[i] != EMPTY && slots[i] != x)
        i = (i + 1) % SLOTS;
    return &slots[i];
}

/* Each number has its slot; the next in the sequence, which is no number of these, has none. */
static bool
hash(uint32_t seed)
{
    for (uint32_t i = 0; i < SLOTS; i++)
        slots[i] = EMPTY;
    for (uint32_t i = 0; i < COUNT; i++)
        *slot(numbers[i]) = numbers[i];
    for (uint32_t i = 0; i < COUNT; i++)
        if (*slot(numbers[i]) != numbers[i] || *slot(random(&seed)) != EMPTY)
            return false;
    return true;
}

int
main(void)
{
    uint32_t seed = 2463534242u; /* of full period: no number comes twice */

    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t sum = 0;

        for (uint32_t i = 0; i < COUNT; i++)
            sum += sorted[i] = numbers[i] = random(&seed);
        sort(sorted, sorted + COUNT - 1);
        for (uint32_t i = 0; i < COUNT; i++) {
            if (i > 0 && sorted[i - 1] >= sorted[i])
                return 1;
            if (sorted[place(numbers[i])] != numbers[i])
                return 2;
            sum -= sorted[i];
        }
        if (sum != 0 || !hash(seed))
            return 3;
    }
    return 0;
}
