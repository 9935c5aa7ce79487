/* SPDX-License-Identifier: MIT */
/* The M extension against long division and long multiplication, bit by bit. */
#include "library.h"

static const uint32_t edges[] = {0,          1,           2,           3,          7,
                                 0xff,       0xffff,      0x10000,     0x7fffffff, 0x80000000u,
                                 0x80000001, 0xfffffffeu, 0xffffffffu, 0x12345678, 0xdeadbeefu};

enum { EDGES = sizeof edges / sizeof edges[0] };

static uint64_t
long_multiply(uint32_t a, uint32_t b)
{
    uint64_t sum = 0;

    for (int i = 0; i < 32; i++)
        if (b >> i & 1)
            sum += (uint64_t)a << i;
    return sum;
}

static uint32_t
long_divide(uint32_t a, uint32_t b, uint32_t *rest)
{
    uint32_t quotient = 0;
    uint64_t r = 0;

    for (int i = 31; i >= 0; i--) {
        r = r << 1 | (a >> i & 1);
        if (r >= b) {
            r -= b;
            quotient |= 1u << i;
        }
    }
    *rest = (uint32_t)r;
    return quotient;
}

#define M_INSTRUCTION(name)                                                                        \
    static uint32_t do_##name(uint32_t a, uint32_t b)                                              \
    {                                                                                              \
        uint32_t d;                                                                                \
                                                                                                   \
        __asm__ volatile(#name " %0, %1, %2" : "=r"(d) : "r"(a), "r"(b));                          \
        return d;                                                                                  \
    }
M_INSTRUCTION(mul)
M_INSTRUCTION(mulh)
M_INSTRUCTION(mulhsu)
M_INSTRUCTION(mulhu)
M_INSTRUCTION(div)
M_INSTRUCTION(divu)
M_INSTRUCTION(rem)
M_INSTRUCTION(remu)

static uint32_t
magnitude(uint32_t a)
{
    return a >> 31 ? 0 - a : a;
}

static uint32_t checksum;

static void
try(uint32_t a, uint32_t b)
{
    uint64_t product = long_multiply(a, b);
    uint32_t high = (uint32_t)(product >> 32), rest, quotient;

    CHECK(do_mul(a, b) == (uint32_t)product);
    CHECK(do_mulhu(a, b) == high);
    CHECK(do_mulhsu(a, b) == high - (a >> 31 ? b : 0));
    CHECK(do_mulh(a, b) == high - (a >> 31 ? b : 0) - (b >> 31 ? a : 0));
    if (b == 0) {
        CHECK(do_divu(a, b) == 0xffffffffu && do_remu(a, b) == a);
        CHECK(do_div(a, b) == 0xffffffffu && do_rem(a, b) == a);
    } else {
        quotient = long_divide(a, b, &rest);
        CHECK(do_divu(a, b) == quotient && do_remu(a, b) == rest);
        quotient = long_divide(magnitude(a), magnitude(b), &rest);
        CHECK(do_div(a, b) == ((a ^ b) >> 31 ? 0 - quotient : quotient));
        CHECK(do_rem(a, b) == (a >> 31 ? 0 - rest : rest));
    }
    checksum = checksum * 31 + do_mulh(a, b) + do_div(a, b) + do_remu(a, b);
}

int
main(void)
{
    uint32_t state = 88172645;

    for (int i = 0; i < EDGES; i++)
        for (int j = 0; j < EDGES; j++)
            try(edges[i], edges[j]);
    for (int i = 0; i < 500; i++) {
        uint32_t a = next_random(&state);

        try(a, next_random(&state) >> i % 32);
    }
    print("checksum %08x\n", (unsigned)checksum);
    return result();
}
