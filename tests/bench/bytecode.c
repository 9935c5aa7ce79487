/* SPDX-License-Identifier: MIT */
/* An interpreter interpreted: a stack machine's bytecode, run by a loop around a switch. */
#define ROUNDS_USUAL 54
#include "bench.h"

enum opcode { PUSH, LOCAL, SET, ADD, SUBTRACT, MULTIPLY, REMAINDER, LESS, JUMP, JUMP_IF_ZERO, END };

enum { STACK = 16, LOCALS = 4 };

/*
 * The sum of the remainders of n by all d below it:
 * while (d < n) { sum = sum + n % d; d = d + 1; } after which n = n - 1; d = 1, while 1 < n.
 */
enum { N, D, SUM };
static const uint8_t program[] = {
    PUSH, 1,            /*  0: d = 1 */
    SET, D,             /*  2 */
    LOCAL, D,           /*  4: while d < n */
    LOCAL, N,           /*  6 */
    LESS,               /*  8 */
    JUMP_IF_ZERO, 28,   /*  9 */
    LOCAL, SUM,         /* 11: sum = sum + n % d */
    LOCAL, N,           /* 13 */
    LOCAL, D,           /* 15 */
    REMAINDER,          /* 17 */
    ADD,                /* 18 */
    SET, SUM,           /* 19 */
    LOCAL, D,           /* 21: d = d + 1 */
    PUSH, 1,            /* 23 */
    ADD,                /* 25 */
    JUMP, 44,           /* 26 */
    LOCAL, N,           /* 28: n = n - 1 */
    PUSH, 1,            /* 30 */
    SUBTRACT,           /* 32 */
    SET, N,             /* 33 */
    PUSH, 1,            /* 35: d will be 1 */
    PUSH, 1,            /* 37: while 1 < n */
    LOCAL, N,           /* 39 */
    LESS,               /* 41 */
    JUMP_IF_ZERO, 48,   /* 42 */
    SET, D,             /* 44: 1, or d + 1 */
    JUMP, 4,            /* 46 */
    END,                /* 48 */
};

static noinline int32_t
interpret(const uint8_t *code, int32_t n)
{
    int32_t stack[STACK], local[LOCALS] = {n, 0, 0, 0}, *top = stack;
    const uint8_t *at = code;

    for (;;) {
        switch ((enum opcode)*at++) {
        case PUSH: *top++ = *at++; break;
        case LOCAL: *top++ = local[*at++]; break;
        case SET: local[*at++] = *--top; break;
        case ADD: top--, top[-1] += *top; break;
        case SUBTRACT: top--, top[-1] -= *top; break;
        case MULTIPLY: top--, top[-1] *= *top; break;
        case REMAINDER: top--, top[-1] %= *top; break;
        case LESS: top--, top[-1] = top[-1] < *top; break;
        case JUMP: at = code + *at; break;
        case JUMP_IF_ZERO: at = *--top == 0 ? code + *at : at + 1; break;
        case END: return local[SUM];
        }
    }
}

/* The same, without an interpreter. */
static int32_t
directly(int32_t n)
{
    int32_t sum = 0;

    for (; n > 1; n--)
        for (int32_t d = 1; d < n; d++)
            sum += n % d;
    return sum;
}

int
main(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        int32_t n = 300 + (int32_t)(round % 8);

        if (interpret(program, n) != directly(n))
            return 1;
    }
    return 0;
}
