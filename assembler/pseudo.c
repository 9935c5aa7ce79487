/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-instructions that stand for two instructions (or, li and la, for one
 * or two).
 *
 * Source: The RISC-V Instruction Set Manual, Volume I, chapter 25, and what
 * GNU as makes of them.
 */
#include "assembler/internal.h"

#include <string.h>

#include "isa/encode.h"

/*
 * An auipc and an instruction that adds the rest of the distance:
 *
 *   X(mnemonic, operands, base, second, fixed, about)
 *
 * `base` is the register between them: an operand's letter, or a register's
 * number; `second` the other instruction, with `fixed` bits.  Its d and t are
 * the operands of these letters.
 */
#define ADDRESS_PAIRS(X)                                                                           \
    X("la", "d,A", 'd', addi, 0, "rd = address of symbol; of a number: li")                        \
    X("lla", "d,A", 'd', addi, 0, "the same")                                                      \
    X("call", "A", 1, jalr, 1 << 7, "ra = pc + 8; pc = symbol; any distance")                      \
    X("call", "d,A", 6, jalr, 0, "rd = pc + 8; pc = symbol; any distance; t1 is lost")             \
    X("tail", "A", 6, jalr, 0, "pc = symbol; any distance; t1 is lost")                            \
    X("jump", "A,s", 's', jalr, 0, "pc = symbol; any distance; rs is lost")                        \
    X("lb", "d,A", 'd', lb, 0, "rd = byte at symbol, sign-extended")                               \
    X("lh", "d,A", 'd', lh, 0, "rd = halfword at symbol, sign-extended")                           \
    X("lw", "d,A", 'd', lw, 0, "rd = word at symbol")                                              \
    X("lbu", "d,A", 'd', lbu, 0, "rd = byte at symbol, zero-extended")                             \
    X("lhu", "d,A", 'd', lhu, 0, "rd = halfword at symbol, zero-extended")                         \
    X("sb", "t,A,s", 's', sb, 0, "byte at symbol = rs2; rs1 is lost")                              \
    X("sh", "t,A,s", 's', sh, 0, "halfword at symbol = rs2; rs1 is lost")                          \
    X("sw", "t,A,s", 's', sw, 0, "word at symbol = rs2; rs1 is lost")

/* A shift to the left and back: X(mnemonic, amount, second, about) */
#define SHIFT_PAIRS(X)                                                                             \
    X("sext.b", 24, srai, "rd = byte of rs1, sign-extended")                                       \
    X("sext.h", 16, srai, "rd = halfword of rs1, sign-extended")                                   \
    X("zext.h", 16, srli, "rd = halfword of rs1, zero-extended")

enum expansion_kind { EXPAND_CONSTANT, EXPAND_ADDRESS, EXPAND_SHIFT };

struct as_expansion {
    struct assembler_pseudo shown;
    enum expansion_kind kind;
    int base;
    enum isa_insn second;
    uint32_t fixed;
};

#define ADDRESS(mnemonic, operands, base, second, fixed, about)                                    \
    {{mnemonic, operands, about}, EXPAND_ADDRESS, base, INSN_##second, fixed},
#define SHIFT(mnemonic, amount, second, about)                                                     \
    {{mnemonic, "d,s", about}, EXPAND_SHIFT, amount, INSN_##second, 0},

/* The first stands before the instructions of its name, the others behind. */
static const struct as_expansion expansions[] = {
    {{"li", "d,I", "rd = imm, 32 bits: lui and addi, or one of them"},
     EXPAND_CONSTANT,
     0,
     INSN_addi,
     0},
    ADDRESS_PAIRS(ADDRESS) SHIFT_PAIRS(SHIFT)};

enum { EXPANSIONS = sizeof expansions / sizeof expansions[0] };

const struct assembler_pseudo *
assembler_pseudo(unsigned i)
{
    return i < EXPANSIONS ? &expansions[i].shown : NULL;
}

static void
add(struct as_state *a, const struct as_expansion *expansion)
{
    as_add_form(a, expansion->shown.mnemonic,
                &(struct as_form){.operands = expansion->shown.operands, .expand = expansion});
}

void
as_add_constant_loads(struct as_state *a)
{
    add(a, &expansions[0]);
}

void
as_add_address_pairs(struct as_state *a)
{
    for (unsigned i = 1; i < EXPANSIONS; i++)
        add(a, &expansions[i]);
}

static uint32_t
match(enum isa_insn insn)
{
    return isa_instruction(insn)->match;
}

/* Emit `word` with the part of operand `value` in its field `letter`, for an auipc at `anchor`. */
static void
emit_part(struct as_state *a, const struct as_place *place, uint32_t word,
          const struct as_operand *value, char letter, enum as_part part, uint32_t anchor)
{
    uint32_t offset = as_here(a);

    as_emit_instruction(a, place, word, &(struct as_operands){.count = 0});
    as_fix(a, &(struct as_fixup){.section = a->section,
                                 .offset = offset,
                                 .anchor = anchor,
                                 .field = letter,
                                 .part = (unsigned char)part,
                                 .second = part == AS_LO || part == AS_PCREL_LO,
                                 .e = value->e,
                                 .place = as_span(a, value->first, value->end)});
}

/* li of a number that is known, as GNU: lui unless the upper part is 0, addi unless the lower is.
 */
static void
load_number(struct as_state *a, const struct as_place *place, uint32_t rd, uint32_t n)
{
    uint32_t upper = (n + 0x800) >> 12 & 0xfffff, lower = n & 0xfff;
    uint32_t source = upper != 0 ? rd : 0;
    struct as_operands none = {.count = 0};

    if (upper != 0)
        as_emit_instruction(
            a, place, match(INSN_lui) | isa_field_put('d', rd) | isa_field_put('u', upper), &none);
    if (lower != 0 || upper == 0)
        as_emit_instruction(a, place,
                            match(INSN_addi) | isa_field_put('d', rd) | isa_field_put('s', source) |
                                isa_field_put('i', lower),
                            &none);
}

/* Is the operand a number that is known now? */
static bool
known_number(struct as_state *a, const struct as_operand *operand, int64_t *n)
{
    struct as_value value;
    struct as_symbol *why;

    if (as_evaluate(a, operand->e, &value, &why) != AS_KNOWN || value.section != NULL)
        return false;
    *n = value.n;
    return true;
}

static void
load_constant(struct as_state *a, const struct as_place *place, const struct as_operand *rd,
              const struct as_operand *value)
{
    uint32_t register_bits = isa_field_put('d', rd->number);
    int64_t n;

    if (!known_number(a, value, &n)) {
        emit_part(a, place, match(INSN_lui) | register_bits, value, 'u', AS_HI, 0);
        emit_part(a, place, match(INSN_addi) | register_bits | isa_field_put('s', rd->number),
                  value, 'i', AS_LO, 0);
        return;
    }
    if (n < INT32_MIN || n > UINT32_MAX) {
        struct as_place blamed = as_span(a, value->first, value->end);

        as_error(a, &blamed, NULL, "the value does not fit 32 bits: -2147483648 to 4294967295");
        n = 0;
    }
    load_number(a, place, (uint32_t)rd->number, (uint32_t)n);
}

/* The letter of the field that takes the lower part of an address. */
static char
low_field(enum isa_insn insn)
{
    const char *operands = isa_instruction(insn)->operands;

    return strchr(operands, 'q') != NULL ? 'q' : strchr(operands, 'o') != NULL ? 'o' : 'i';
}

static void
expand_address(struct as_state *a, const struct as_place *place, const struct as_expansion *x,
               const struct as_operands *operands)
{
    const struct as_operand *address = as_operand(operands, 'A'), *d = as_operand(operands, 'd'),
                            *t = as_operand(operands, 't');
    uint32_t anchor = as_here(a), second = match(x->second) | x->fixed;
    int64_t base = x->base < 32 ? x->base : as_operand(operands, (char)x->base)->number;

    if (d != NULL)
        second |= isa_field_put('d', d->number);
    if (t != NULL)
        second |= isa_field_put('t', t->number);
    emit_part(a, place, match(INSN_auipc) | isa_field_put('d', base), address, 'u', AS_PCREL_HI,
              anchor);
    emit_part(a, place, second | isa_field_put('s', base), address, low_field(x->second),
              AS_PCREL_LO, anchor);
}

static void
expand_shift(struct as_state *a, const struct as_place *place, const struct as_expansion *x,
             const struct as_operands *operands)
{
    uint32_t d = isa_field_put('d', as_operand(operands, 'd')->number);
    uint32_t amount = isa_field_put('h', x->base);
    struct as_operands none = {.count = 0};

    as_emit_instruction(a, place,
                        match(INSN_slli) | d | amount |
                            isa_field_put('s', as_operand(operands, 's')->number),
                        &none);
    as_emit_instruction(a, place,
                        match(x->second) | d | amount |
                            isa_field_put('s', as_operand(operands, 'd')->number),
                        &none);
}

void
as_expand_pseudo(struct as_state *a, const struct as_place *place, const struct as_expansion *x,
                 const struct as_operands *operands)
{
    const struct as_operand *d = as_operand(operands, 'd');
    int64_t n;

    switch (x->kind) {
    case EXPAND_CONSTANT: load_constant(a, place, d, as_operand(operands, 'I')); break;
    case EXPAND_SHIFT: expand_shift(a, place, x, operands); break;
    case EXPAND_ADDRESS:
        if (x->second == INSN_addi && known_number(a, as_operand(operands, 'A'), &n))
            load_constant(a, place, d, as_operand(operands, 'A'));
        else
            expand_address(a, place, x, operands);
        break;
    }
}
