/* SPDX-License-Identifier: MIT */
/*
 * What each instruction computes: one small function a meaning, named in the
 * rows of table.h and shared by every engine.
 *
 * Source: Volume I, chapters 2 (RV32I), 7 (M) and 8 (A).
 */
#ifndef ISA_SEMANTICS_H
#define ISA_SEMANTICS_H

#include <stdbool.h>
#include <stdint.h>

/* Two's complement order, without leaving unsigned arithmetic. */
static inline uint32_t
isa_bias(uint32_t a)
{
    return a ^ 0x80000000u;
}

/* a as a signed number, in 64 bits. */
static inline uint64_t
isa_extend(uint32_t a)
{
    return ((uint64_t)a ^ 0x80000000u) - 0x80000000u;
}

/* ---- register-register and register-immediate ---- */

static inline uint32_t
isa_op_add(uint32_t a, uint32_t b)
{
    return a + b;
}

static inline uint32_t
isa_op_sub(uint32_t a, uint32_t b)
{
    return a - b;
}

static inline uint32_t
isa_op_sll(uint32_t a, uint32_t b)
{
    return a << (b & 31);
}

static inline uint32_t
isa_op_srl(uint32_t a, uint32_t b)
{
    return a >> (b & 31);
}

static inline uint32_t
isa_op_sra(uint32_t a, uint32_t b)
{
    return (uint32_t)(isa_extend(a) >> (b & 31));
}

static inline uint32_t
isa_op_slt(uint32_t a, uint32_t b)
{
    return isa_bias(a) < isa_bias(b);
}

static inline uint32_t
isa_op_sltu(uint32_t a, uint32_t b)
{
    return a < b;
}

static inline uint32_t
isa_op_xor(uint32_t a, uint32_t b)
{
    return a ^ b;
}

static inline uint32_t
isa_op_or(uint32_t a, uint32_t b)
{
    return a | b;
}

static inline uint32_t
isa_op_and(uint32_t a, uint32_t b)
{
    return a & b;
}

static inline uint32_t
isa_op_mul(uint32_t a, uint32_t b)
{
    return a * b;
}

static inline uint32_t
isa_op_mulh(uint32_t a, uint32_t b)
{
    return (uint32_t)(isa_extend(a) * isa_extend(b) >> 32);
}

static inline uint32_t
isa_op_mulhsu(uint32_t a, uint32_t b)
{
    return (uint32_t)(isa_extend(a) * b >> 32);
}

static inline uint32_t
isa_op_mulhu(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}

/* Division by zero: all ones; overflow: the dividend (Volume I, table 7.1). */
static inline uint32_t
isa_op_divu(uint32_t a, uint32_t b)
{
    return b == 0 ? 0xffffffffu : a / b;
}

static inline uint32_t
isa_op_remu(uint32_t a, uint32_t b)
{
    return b == 0 ? a : a % b;
}

static inline uint32_t
isa_magnitude(uint32_t a)
{
    return a >> 31 != 0 ? 0 - a : a;
}

static inline uint32_t
isa_op_div(uint32_t a, uint32_t b)
{
    uint32_t q;

    if (b == 0)
        return 0xffffffffu;
    q = isa_magnitude(a) / isa_magnitude(b); /* overflow falls out: 2^31 / 1 negated is itself */
    return (a ^ b) >> 31 != 0 ? 0 - q : q;
}

static inline uint32_t
isa_op_rem(uint32_t a, uint32_t b)
{
    uint32_t r;

    if (b == 0)
        return a;
    r = isa_magnitude(a) % isa_magnitude(b); /* the sign of the dividend */
    return a >> 31 != 0 ? 0 - r : r;
}

/* ---- what AMOs and CSR instructions make of (old, operand) ---- */

static inline uint32_t
isa_op_second(uint32_t a, uint32_t b)
{
    (void)a;
    return b;
}

static inline uint32_t
isa_op_clear(uint32_t a, uint32_t b)
{
    return a & ~b;
}

static inline uint32_t
isa_op_min(uint32_t a, uint32_t b)
{
    return isa_op_slt(a, b) != 0 ? a : b;
}

static inline uint32_t
isa_op_max(uint32_t a, uint32_t b)
{
    return isa_op_slt(a, b) != 0 ? b : a;
}

static inline uint32_t
isa_op_minu(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t
isa_op_maxu(uint32_t a, uint32_t b)
{
    return a < b ? b : a;
}

/* ---- conditions of branches ---- */

static inline bool
isa_taken_eq(uint32_t a, uint32_t b)
{
    return a == b;
}

static inline bool
isa_taken_ne(uint32_t a, uint32_t b)
{
    return a != b;
}

static inline bool
isa_taken_lt(uint32_t a, uint32_t b)
{
    return isa_bias(a) < isa_bias(b);
}

static inline bool
isa_taken_ge(uint32_t a, uint32_t b)
{
    return isa_bias(a) >= isa_bias(b);
}

static inline bool
isa_taken_ltu(uint32_t a, uint32_t b)
{
    return a < b;
}

static inline bool
isa_taken_geu(uint32_t a, uint32_t b)
{
    return a >= b;
}

/* ---- memory operands: how many bytes, and how a loaded value fills a register ---- */

enum {
    ISA_BYTES_s8 = 1,
    ISA_BYTES_u8 = 1,
    ISA_BYTES_s16 = 2,
    ISA_BYTES_u16 = 2,
    ISA_BYTES_s32 = 4
};

static inline uint32_t
isa_widen_s8(uint32_t v)
{
    return ((v & 0xff) ^ 0x80) - 0x80;
}

static inline uint32_t
isa_widen_u8(uint32_t v)
{
    return v & 0xff;
}

static inline uint32_t
isa_widen_s16(uint32_t v)
{
    return ((v & 0xffff) ^ 0x8000) - 0x8000;
}

static inline uint32_t
isa_widen_u16(uint32_t v)
{
    return v & 0xffff;
}

static inline uint32_t
isa_widen_s32(uint32_t v)
{
    return v;
}

#endif
