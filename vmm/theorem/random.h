/* SPDX-License-Identifier: MIT */
/*
 * Seeded pseudo-random numbers, the same on every machine: SplitMix64
 * (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014).
 */
#ifndef THEOREM_RANDOM_H
#define THEOREM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state; /* any value is a seed */
};

static inline uint64_t
random_64(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint32_t
random_32(struct random *r)
{
    return (uint32_t)(random_64(r) >> 32);
}

/* 0 to n - 1; n > 0. */
static inline uint32_t
random_below(struct random *r, uint32_t n)
{
    return (uint32_t)((random_64(r) >> 32) * n >> 32);
}

/* The generator of case `number` of the campaign `seed`: any case can be had without the others. */
static inline void
random_case(struct random *r, uint64_t seed, uint64_t number)
{
    r->state = seed * 0xd1342543de82ef95u;
    r->state = random_64(r) ^ number * 0xa0761d6478bd642fu;
}

/* The `number`-th of the generators that branch off `from`, which itself stays as it is. */
static inline void
random_branch(const struct random *from, uint64_t number, struct random *r)
{
    struct random copy = *from;

    random_case(r, random_64(&copy), number);
}

/* True `percent` times in a hundred. */
static inline bool
random_chance(struct random *r, uint32_t percent)
{
    return random_below(r, 100) < percent;
}

#endif
