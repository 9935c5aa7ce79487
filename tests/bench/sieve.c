/* SPDX-License-Identifier: MIT */
/* The sieve of Eratosthenes: stores of bytes at growing strides. */
#define ROUNDS_USUAL 30
#include "bench.h"

enum { LIMIT = 1000000, PRIMES = 78498 }; /* pi(10^6) */

static bool composite[LIMIT];

static noinline uint32_t
primes(void)
{
    uint32_t count = 0;

    memset(composite, 0, sizeof composite);
    for (uint32_t n = 2; n < LIMIT; n++) {
        if (composite[n])
            continue;
        count++;
        for (uint32_t multiple = 2 * n; multiple < LIMIT; multiple += n)
            composite[multiple] = true;
    }
    return count;
}

int
main(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++)
        if (primes() != PRIMES)
            return 1;
    return 0;
}
