/* SPDX-License-Identifier: MIT */
/* Fibonacci's numbers the slow way: calls, returns and a stack. */
#define ROUNDS_USUAL 10
#include "bench.h"

enum { INDEX = 32, VALUE = 2178309 };

static noinline uint32_t
fib(uint32_t n)
{
    opaque(n);
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int
main(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++)
        if (fib(INDEX) != VALUE)
            return 1;
    return 0;
}
