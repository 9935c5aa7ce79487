/* SPDX-License-Identifier: MIT */
/* Products of matrices of integers: loads, multiplications, additions. */
#define ROUNDS_USUAL 35
#include "bench.h"

enum { N = 128 };

static uint32_t a[N][N], b[N][N], product[N][N];

static noinline void
multiply(void)
{
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j < N; j++) {
            uint32_t sum = 0;

            for (uint32_t k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            product[i][j] = sum;
        }
}

static void
apply(uint32_t (*matrix)[N], const uint32_t *vector, uint32_t *result)
{
    for (uint32_t i = 0; i < N; i++) {
        result[i] = 0;
        for (uint32_t j = 0; j < N; j++)
            result[i] += matrix[i][j] * vector[j];
    }
}

/* Freivalds' check: (a b) v = a (b v), with a v of powers of 3. */
static noinline bool
right(void)
{
    static uint32_t v[N], bv[N], abv[N], pv[N];
    uint32_t power = 1;

    for (uint32_t i = 0; i < N; i++, power *= 3)
        v[i] = power;
    apply(b, v, bv);
    apply(a, bv, abv);
    apply(product, v, pv);
    for (uint32_t i = 0; i < N; i++)
        if (abv[i] != pv[i])
            return false;
    return true;
}

int
main(void)
{
    uint32_t seed = 1;

    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j < N; j++) {
            seed = seed * 1664525 + 1013904223;
            a[i][j] = seed >> 8;
            b[j][i] = seed ^ i;
        }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        a[round % N][3] += round;
        multiply();
        if (!right())
            return 1;
    }
    return 0;
}
