/* SPDX-License-Identifier: MIT */
/* Numbers of a thousand digits: 2^3000 and 400! in decimal, and pi by Machin's formula. */
#include "library.h"

enum { LIMBS = 100 };

struct number {
    uint32_t limb[LIMBS]; /* the least first */
};

static void
multiply(struct number *n, uint32_t by)
{
    uint64_t carry = 0;

    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)n->limb[i] * by;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    CHECK(carry == 0);
}

/* Divide by a number below 2^16, half a limb at a time; the rest. */
static uint32_t
divide(struct number *n, uint32_t by)
{
    uint32_t rest = 0;

    for (int i = LIMBS - 1; i >= 0; i--) {
        uint32_t high = rest << 16 | n->limb[i] >> 16, low;

        rest = high % by;
        low = rest << 16 | (n->limb[i] & 0xffff);
        rest = low % by;
        n->limb[i] = (high / by) << 16 | low / by;
    }
    return rest;
}

static bool
is_zero(const struct number *n)
{
    uint32_t all = 0;

    for (int i = 0; i < LIMBS; i++)
        all |= n->limb[i];
    return all == 0;
}

static void
add(struct number *a, const struct number *b, bool negative)
{
    uint64_t carry = negative;

    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)a->limb[i] + (negative ? ~b->limb[i] : b->limb[i]);
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* In decimal: how many digits, their sum, and the first and last twenty of them. */
static unsigned
digits(struct number n, const char *what)
{
    static char text[LIMBS * 10];
    unsigned count = 0, sum = 0;

    do {
        uint32_t d = divide(&n, 10);

        sum += d;
        text[count++] = (char)('0' + d);
    } while (!is_zero(&n));
    print("%-7s %4u digits, sum %4u: ", what, count, sum);
    for (unsigned i = 0; i < 20; i++)
        print("%c", text[count - 1 - i]);
    print("...");
    for (unsigned i = 20; i > 0; i--)
        print("%c", text[i - 1]);
    print("\n");
    return sum;
}

/* sum += sign * scale * arctan(1/x), in fixed point with `one` for 1. */
static void
add_arctan(struct number *sum, const struct number *one, uint32_t scale, uint32_t x, bool negative)
{
    struct number power = *one;

    multiply(&power, scale);
    (void)divide(&power, x);
    for (uint32_t k = 1; !is_zero(&power); k += 2) {
        struct number term = power;

        (void)divide(&term, k);
        add(sum, &term, negative);
        (void)divide(&power, x * x);
        negative = !negative;
    }
}

int
main(void)
{
    struct number power = {{1}}, factorial = {{1}}, one = {{1}}, pi = {{0}};

    for (int i = 0; i < 3000; i++) {
        struct number twice = power;

        add(&power, &twice, false);
    }
    CHECK(power.limb[3000 / 32] == 1u << 3000 % 32);
    (void)digits(power, "2^3000");

    for (uint32_t i = 2; i <= 400; i++)
        multiply(&factorial, i);
    (void)digits(factorial, "400!");
    for (uint32_t i = 400; i >= 2; i--)
        CHECK(divide(&factorial, i) == 0);
    CHECK(factorial.limb[0] == 1);

    for (int i = 0; i < 120; i++)
        multiply(&one, 10000);
    add_arctan(&pi, &one, 16, 5, false);
    add_arctan(&pi, &one, 4, 239, true);
    (void)divide(&pi, 10000); /* the last digits are rounding errors */
    (void)digits(pi, "pi");
    return result();
}
