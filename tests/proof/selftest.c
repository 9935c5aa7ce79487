/* SPDX-License-Identifier: MIT */
/*
 * What the executor is tested on: C in the style of isa/ and vmm/, each
 * construct with values that tell it from its neighbours.  Of a harness
 * `holds_...` all must be proved, one `fails_...` must be refuted.
 */
#include <string.h>

#include "tests/proof/prove.h"

/* ---- arithmetic: every operation, signed and unsigned, at the widths that C has ---- */

static int32_t
as_signed(uint32_t v)
{
    return (int32_t)v;
}

void
holds_arithmetic(void)
{
    uint32_t a = sym("a"), b = sym("b"), n = b & 31;

    observe("add", a + b);
    observe("sub", a - b);
    observe("mul", a * b);
    observe("high", (uint64_t)a * b >> 32);
    observe("shl", a << n);
    observe("shr", a >> n);
    observe("sar", (uint32_t)(as_signed(a) >> n));
    observe("and", a & b);
    observe("or", a | b);
    observe("xor", a ^ b);
    observe("byte", (uint8_t)a);
    observe("signed byte", (uint32_t)(int32_t)(int8_t)a);
    observe("signed half", (uint32_t)(int32_t)(int16_t)a);
    observe("signed word", (uint64_t)(int64_t)as_signed(a));
    observe("mixed", (a << 8 & 0xff00u) | (b >> 24) | ((a & 0xf0000u) ^ 0x50000u));
    observe("less", a < b);
    observe("signed less", as_signed(a) < as_signed(b));
    observe("either", a < b || as_signed(a) < as_signed(b));
    if (b != 0) {
        observe("div", a / b);
        observe("rem", a % b);
    }
    if (b != 0 && b != 0xffffffffu) {
        observe("signed div", (uint32_t)(as_signed(a) / as_signed(b)));
        observe("signed rem", (uint32_t)(as_signed(a) % as_signed(b)));
    }
    prove((a & b) + (a | b) == a + b, "a sum in two ways");
    prove((a ^ b) == ((a | b) & ~(a & b)), "xor in two ways");
}

void
fails_sign(void)
{
    uint32_t a = sym("a");

    prove((uint32_t)(int32_t)(int8_t)a == (uint8_t)a, "sign and zero extension are the same");
}

void
fails_shift(void)
{
    uint32_t a = sym("a");

    prove((uint32_t)(as_signed(a) >> 4) == a >> 4, "both right shifts are the same");
}

void
fails_order(void)
{
    uint32_t a = sym("a"), b = sym("b");

    prove((a < b) == (as_signed(a) < as_signed(b)), "both orders are the same");
}

void
fails_at_one_value(void)
{
    prove(sym("a") * 3 != 0x12345675u, "no such value");
}

/* ---- paths: branches, switches, loops, calls ---- */

static uint32_t
kind_of(uint32_t v)
{
    switch (v & 7) {
    case 0: return 10;
    case 1:
    case 2: return 20 + (v & 1);
    case 5: return 30;
    default: return 40;
    }
}

static uint32_t
ones(uint32_t v)
{
    uint32_t n = 0;

    for (int i = 0; i < 4; i++)
        if ((v >> i & 1) != 0)
            n++;
    return n;
}

void
holds_paths(void)
{
    uint32_t v = sym("v"), kind = kind_of(v), n = ones(v);

    observe("kind", kind);
    observe("ones", n);
    observe("chosen", v > 100 ? v : 100);
    observe("both", v > 3 && v < 9);
    prove(n <= 4, "at most four");
    prove((n & 1) == ((v ^ v >> 1 ^ v >> 2 ^ v >> 3) & 1), "parity");
    prove(kind != 20 || (v & 7) == 2, "even of the two");
}

void
fails_last_case(void)
{
    prove(kind_of(sym("v")) != 40, "never by default");
}

void
fails_first_case(void)
{
    prove(kind_of(sym("v")) != 10, "never the first");
}

void
fails_second_branch(void)
{
    uint32_t v = sym("v");

    if (v != 7)
        return;
    prove(false, "seven is not reached");
}

void
holds_assumptions(void)
{
    uint32_t a = sym("a"), b = sym("b");

    assume(a < 10);
    assume(b < 10);
    observe("a", a);
    prove(a + b < 19, "a small sum");
}

/* ---- memory ---- */

struct inner {
    uint8_t small;
    bool flag;
    uint64_t wide;
};

struct outer {
    uint32_t x[32];
    struct inner one, two[2];
    uint32_t counts[4][8];
    uint8_t text[16];
};

static const uint32_t squares[10] = {0, 1, 4, 9, 16, 25, 36, 49, 64, 81};
static const struct outer nothing;

void
holds_memory(void)
{
    struct outer o = nothing, p;
    uint32_t i = sym("i") & 31, j = sym("j") & 31, v = sym("v");

    sym_registers("x", o.x);
    o.one.small = (uint8_t)v;
    o.one.flag = v > 5;
    o.one.wide = (uint64_t)v << 20;
    o.two[1] = o.one;
    o.x[i] = v;
    o.x[j] = v + 1;
    observe("last wins", o.x[j]);
    observe("first", o.x[i]);
    observe("seven", o.x[7]);
    o.counts[i & 3][j & 7]++;
    observe("count", o.counts[j & 3][i & 7]);
    memcpy(&p, &o, sizeof p);
    p.x[3] = 9;
    observe("copied", p.x[j]);
    observe("kept", o.x[3]);
    observe("wide", p.two[1].wide + p.two[1].flag + p.two[1].small);
    observe("zero", p.two[0].wide + p.text[j & 15]);
    observe("table", squares[i % 10]);
    observe("apart", (uint64_t)(&p.two[1] - p.two));
    observe("same place", &p.two[1] == p.two + 1);
    observe_registers("x", p.x);
    prove(o.x[j] == v + 1, "the last write wins");
    prove(o.x[i] == (i == j ? v + 1 : v), "the first write stays, elsewhere");
    prove(p.two[1].small == (uint8_t)v, "a struct is copied whole");
}

void
fails_alias(void)
{
    uint32_t x[32];
    uint32_t i = sym("i") & 31, j = sym("j") & 31;

    sym_registers("x", x);
    x[i] = 1;
    x[j] = 2;
    prove(x[i] == 1, "two indices are never the same");
}

void
holds_bytes(void)
{
    uint32_t n = sym("n"), at = sym("at");
    uint8_t *a, *b;

    assume(n < 64);
    assume(at < n);
    a = sym_bytes("m", n);
    b = copy_bytes(a);
    prove(same_bytes(a, b), "a copy is the same");
    a[at] = (uint8_t)(a[at] + 1);
    observe("byte", a[at]);
    observe("other", b[at]);
    prove(!same_bytes(a, b), "and then is not");
    b[at] = (uint8_t)(b[at] + 1);
    prove(same_bytes(a, b), "and is again");
    observe_bytes("m", a, n);
}

/* ---- what C leaves undefined ---- */

void
fails_index(void)
{
    uint32_t x[32];
    uint32_t i = sym("i");

    sym_registers("x", x);
    assume(i <= 32);
    x[i] = 1;
}

void
fails_byte_index(void)
{
    uint32_t n = sym("n"), at = sym("at");
    uint8_t *a;

    assume(n < 64);
    assume(at <= n);
    a = sym_bytes("m", n);
    a[at] = 1;
}

void
fails_shift_width(void)
{
    uint32_t n = sym("n");

    assume(n <= 32);
    observe("shifted", 1u << n);
}

void
fails_division(void)
{
    observe("quotient", 7 / sym("n"));
}

void
fails_overflow(void)
{
    observe("sum", (uint32_t)(as_signed(sym("n")) + 1));
}

static void
write_some(uint32_t *v, uint32_t a)
{
    if (a < 5)
        *v = 1;
}

void
fails_unwritten(void)
{
    uint32_t v;

    write_some(&v, sym("a"));
    observe("v", v);
}

/* ---- constants of whole fields, sums that may leave their width, what a branch has settled ----
 */

void
holds_fields(void)
{
    uint32_t a = sym("a"), low = a | 0xff00u;

    observe("or", low);
    observe("not", (uint8_t)~a);
    prove((low >> 8 & 0xff) == 0xff, "or with ones gives ones");
}

void
fails_wide_sum(void)
{
    uint32_t a = sym("a"), b = sym("b");

    prove((uint64_t)(uint32_t)(a + b) == (uint64_t)a + b, "a sum of words never wraps");
}

void
holds_narrow_sum(void)
{
    uint32_t a = sym("a") & 0x7fffffffu, b = sym("b") & 0x7fffffffu;

    observe("sum", (uint64_t)(uint32_t)(a + b));
    prove((uint64_t)(uint32_t)(a + b) == (uint64_t)a + b, "a sum of 31 bits each never wraps");
}

void
holds_settled_switch(void)
{
    uint32_t a = sym("a");

    if (a == 3)
        switch (a) {
        case 2: observe("case", 2); break;
        case 3: observe("case", 3); break;
        default: prove(false, "three is three"); break;
        }
}

/* ---- functions without effect, whose paths become one value ---- */

static uint32_t
size_class(uint32_t a)
{
    if (a < 10)
        return 1;
    if (a < 100)
        return a & 7;
    return 0;
}

void
holds_pure(void)
{
    uint32_t a = sym("a"), kind = size_class(a);

    observe("kind", kind);
    prove((kind == 1) | (a >= 10), "small ones are of kind 1");
    prove((kind == 0) | (a < 100), "large ones are of kind 0");
}

void
fails_pure(void)
{
    uint32_t a = sym("a");

    prove(size_class(a) != 5, "nothing is of kind 5");
}

static uint32_t
quotient(uint32_t a, uint32_t b)
{
    return a < 5 ? 0 : a / b;
}

void
fails_in_pure(void)
{
    observe("quotient", quotient(sym("a"), sym("b")));
}

/* ---- several claims at once ---- */

void
fails_last_of_three(void)
{
    uint32_t a = sym("a");

    prove((a & 1) < 2, "a bit is a bit");
    prove((a & 2) < 3, "another bit is a bit");
    prove((a & 4) < 4, "a third bit is none");
}

void
fails_first_of_three(void)
{
    uint32_t a = sym("a");

    prove((a & 4) < 4, "a third bit is none");
    prove((a & 1) < 2, "a bit is a bit");
    prove((a & 2) < 3, "another bit is a bit");
}

void
fails_before_stop(void)
{
    prove(sym("a") != 7, "it is not seven");
    stop();
    prove(true, "nothing comes here");
}

/* ---- what a dropped path, or an operation taken for its neighbour, would hide ---- */

void
fails_in_first_branch(void)
{
    uint32_t a = sym("a");

    if (a < 1000)
        prove(a != 7, "no small one is seven");
    else
        prove(a > 999, "large ones are large");
}

void
fails_in_second_branch(void)
{
    uint32_t a = sym("a");

    if (a < 1000)
        prove(a < 1001, "small ones are small");
    else
        prove(a != 7000, "no large one is seven thousand");
}

/* ---- registers that come from elsewhere ---- */

void
fails_other_registers(void)
{
    uint32_t x[32], zeros[32] = {0};

    sym_registers("x", x);
    for (unsigned i = 0; i < 31; i++)
        zeros[i] = x[i];
    prove(same_registers(x, zeros), "the last one is 0");
}

void
holds_other_registers(void)
{
    uint32_t x[32], zeros[32] = {0};

    sym_registers("x", x);
    for (unsigned i = 0; i < 32; i++)
        zeros[i] = x[i];
    prove(same_registers(x, zeros), "each was copied");
}

/* ---- what one path says of a claim's unknowns, and another does not ---- */

void
fails_where_less_is_said(void)
{
    uint32_t a = sym("a"), way = sym("way");

    if (way < 5)
        assume(a < 5);
    prove(a < 10, "it is small");
}

void
holds_where_less_is_said(void)
{
    uint32_t a = sym("a"), b = sym("b");

    if (b < 5)
        assume(a < 5);
    else
        assume(a < 8 && b < 8);
    prove(a < 10, "it is small");
    prove(a + b < 15, "and so is the sum");
}

void
holds_division(void)
{
    uint32_t a = sym("a");

    prove(a / 4 == a >> 2, "an unsigned quotient is a shift");
    prove(a % 4 == (a & 3), "an unsigned rest is the low bits");
}
