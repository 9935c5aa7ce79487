/* SPDX-License-Identifier: MIT */
/*
 * Expressions, with C's operators and precedence, on 64-bit signed numbers.
 *
 *   expression  unary (operator unary)*
 *   unary       (- + ~ !) unary | primary
 *   primary     number | 'c' | name | 1b | 1f | . | ( expression )
 *
 * What is known in parsing is computed in parsing, so a tree is left only over
 * symbols that are not defined yet.
 */
#include "assembler/internal.h"

#include <string.h>

enum { M_SHL = AS_MARK2('<', '<'), M_SHR = AS_MARK2('>', '>'), M_EQ = AS_MARK2('=', '=') };
enum { M_NE = AS_MARK2('!', '='), M_LE = AS_MARK2('<', '='), M_GE = AS_MARK2('>', '=') };
enum { M_AND = AS_MARK2('&', '&'), M_OR = AS_MARK2('|', '|') };

/* How strongly a binary operator binds, from 1; 0: it is none (C11, 6.5.5 to 6.5.14). */
static int
precedence(const struct as_token *token)
{
    if (token->kind != AS_MARK)
        return 0;
    switch (token->value) {
    case '*':
    case '/':
    case '%': return 10;
    case '+':
    case '-': return 9;
    case M_SHL:
    case M_SHR: return 8;
    case '<':
    case '>':
    case M_LE:
    case M_GE: return 7;
    case M_EQ:
    case M_NE: return 6;
    case '&': return 5;
    case '^': return 4;
    case '|': return 3;
    case M_AND: return 2;
    case M_OR: return 1;
    default: return 0;
    }
}

/* ---- values ---- */

/* Report what an operator cannot do. */
static enum as_known
wrong(struct as_state *a, const struct as_expression *e, const char *message)
{
    as_error(a, &e->place, NULL, "%s", message);
    return AS_WRONG;
}

static enum as_known
shift_left(struct as_state *a, const struct as_expression *e, int64_t x, int64_t y, int64_t *n)
{
    if (y < 0 || y > 63)
        return wrong(a, e, "shift by less than 0 or more than 63");
    if (x == 0 || y == 0)
        *n = x;
    else if (y == 63 || __builtin_mul_overflow(x, (int64_t)1 << y, n))
        return wrong(a, e, "the result does not fit 64 bits, signed");
    return AS_KNOWN;
}

static enum as_known
shift_right(struct as_state *a, const struct as_expression *e, int64_t x, int64_t y, int64_t *n)
{
    if (y < 0 || y > 63)
        return wrong(a, e, "shift by less than 0 or more than 63");
    *n = x >= 0 ? x >> y : ~(~x >> y);
    return AS_KNOWN;
}

/* x / y or x % y, towards zero as in C. */
static enum as_known
divide(struct as_state *a, const struct as_expression *e, int64_t x, int64_t y, int64_t *n)
{
    if (y == 0)
        return wrong(a, e, "division by zero");
    if (y == -1 && e->op == '/') {
        if (__builtin_sub_overflow((int64_t)0, x, n))
            return wrong(a, e, "the result does not fit 64 bits, signed");
        return AS_KNOWN;
    }
    *n = y == -1 ? 0 : e->op == '/' ? x / y : x % y;
    return AS_KNOWN;
}

/* An operator on two numbers. */
static enum as_known
compute(struct as_state *a, const struct as_expression *e, int64_t x, int64_t y, int64_t *n)
{
    bool overflow = false;

    switch (e->op) {
    case '+': overflow = __builtin_add_overflow(x, y, n); break;
    case '-': overflow = __builtin_sub_overflow(x, y, n); break;
    case '*': overflow = __builtin_mul_overflow(x, y, n); break;
    case '/':
    case '%': return divide(a, e, x, y, n);
    case M_SHL: return shift_left(a, e, x, y, n);
    case M_SHR: return shift_right(a, e, x, y, n);
    case '&': *n = x & y; break;
    case '^': *n = x ^ y; break;
    case '|': *n = x | y; break;
    case '<': *n = x < y; break;
    case '>': *n = x > y; break;
    case M_LE: *n = x <= y; break;
    case M_GE: *n = x >= y; break;
    case M_EQ: *n = x == y; break;
    case M_NE: *n = x != y; break;
    case M_AND: *n = x != 0 && y != 0; break;
    case M_OR: *n = x != 0 || y != 0; break;
    }
    return overflow ? wrong(a, e, "the result does not fit 64 bits, signed") : AS_KNOWN;
}

/* An operator on two values, of which one at least is an address. */
static enum as_known
compute_address(struct as_state *a, const struct as_expression *e, struct as_value x,
                struct as_value y, struct as_value *to)
{
    bool compares = precedence(&(struct as_token){.kind = AS_MARK, .value = e->op}) == 6 ||
                    precedence(&(struct as_token){.kind = AS_MARK, .value = e->op}) == 7;

    if (x.section == y.section && (compares || e->op == '-')) {
        to->section = NULL;
        return compute(a, e, x.n, y.n, &to->n);
    }
    if ((e->op == '+' && (x.section == NULL || y.section == NULL)) ||
        (e->op == '-' && y.section == NULL)) {
        to->section = x.section != NULL ? x.section : y.section;
        return compute(a, e, x.n, y.n, &to->n);
    }
    return AS_UNKNOWN; /* until the sections have their addresses */
}

static enum as_known
compute_unary(const struct as_expression *e, struct as_value x, struct as_value *to)
{
    *to = x;
    if (e->op == '+')
        return AS_KNOWN;
    if (x.section != NULL)
        return AS_UNKNOWN;
    if (e->op == '~')
        to->n = ~x.n;
    else if (e->op == '!')
        to->n = x.n == 0;
    else
        to->n = x.n == INT64_MIN ? x.n : -x.n; /* so that -0x8000000000000000 can be written */
    return AS_KNOWN;
}

/* A value with its section's address in it, once that is known. */
static struct as_value
placed(const struct as_state *a, struct as_value value)
{
    if (!a->laid_out || value.section == NULL)
        return value;
    return (struct as_value){NULL, value.n + value.section->address};
}

/* A symbol that leads to itself, or too far. */
static enum as_known
too_deep(struct as_state *a, const struct as_place *place, struct as_symbol *symbol)
{
    if (!symbol->reported)
        as_error(a, place, NULL,
                 symbol->visiting
                     ? "`%.*s' is defined by itself"
                     : "`%.*s' stands for a symbol that stands for a symbol, and so on",
                 as_quoted(symbol->length), symbol->name);
    symbol->reported = true;
    return AS_WRONG;
}

static enum as_known
evaluate_symbol(struct as_state *a, const struct as_place *place, struct as_symbol *symbol,
                struct as_value *value, struct as_symbol **why)
{
    enum as_known known;

    if (symbol->kind == AS_UNDEFINED) {
        *why = symbol;
        a->undefined_at = *place;
        return AS_UNKNOWN;
    }
    if (symbol->lazy != NULL) {
        if (symbol->visiting || a->depth == AS_SYMBOLS_MAX)
            return too_deep(a, place, symbol);
        symbol->visiting = true;
        a->depth++;
        known = as_evaluate(a, symbol->lazy, &symbol->value, why);
        a->depth--;
        symbol->visiting = false;
        if (known != AS_KNOWN)
            return known;
        symbol->lazy = NULL;
    }
    *value = placed(a, symbol->value);
    return AS_KNOWN;
}

enum as_known
as_evaluate(struct as_state *a, const struct as_expression *e, struct as_value *value,
            struct as_symbol **why)
{
    struct as_value x, y;
    enum as_known known;

    *why = NULL;
    switch (e->node) {
    case AS_VALUE: *value = placed(a, e->value); return AS_KNOWN;
    case AS_SYMBOL: return evaluate_symbol(a, &e->place, e->symbol, value, why);
    case AS_UNARY:
        known = as_evaluate(a, e->left, &x, why);
        return known == AS_KNOWN ? compute_unary(e, x, value) : known;
    case AS_BINARY:
        known = as_evaluate(a, e->left, &x, why);
        if (known == AS_KNOWN)
            known = as_evaluate(a, e->right, &y, why);
        if (known != AS_KNOWN)
            return known;
        if (x.section != NULL || y.section != NULL)
            return compute_address(a, e, x, y, value);
        value->section = NULL;
        return compute(a, e, x.n, y.n, &value->n);
    }
    return AS_WRONG;
}

/* ---- parsing ---- */

/* A node; folded to its value where that is known, NULL where it is wrong. */
static const struct as_expression *
fold(struct as_parser *p, const struct as_token *operator_token, struct as_expression *e)
{
    struct as_symbol *why;
    struct as_value value;

    if (e->depth > AS_DEPTH_MAX) {
        as_fail(p, operator_token, NULL, "the expression is nested too deeply");
        return NULL;
    }
    switch (as_evaluate(p->a, e, &value, &why)) {
    case AS_WRONG: p->a->failure.reported = true; return NULL;
    case AS_KNOWN:
        e->node = AS_VALUE;
        e->value = value;
        e->depth = 1;
        e->left = e->right = NULL;
        break;
    case AS_UNKNOWN: break;
    }
    return e;
}

static struct as_expression *
new_node(struct as_parser *p, enum as_node node, const struct as_token *token)
{
    struct as_expression *e = as_allocate(p->a, sizeof *e);

    e->node = node;
    e->depth = 1;
    e->place = as_token_place(p->a, token);
    return e;
}

static const struct as_expression *
parse_name(struct as_parser *p)
{
    const struct as_token *token = p->at;
    struct as_expression *e = new_node(p, AS_VALUE, token);

    p->at++;
    if (as_token_is(token, ".")) {
        e->value = (struct as_value){p->a->section, as_here(p->a)};
        return e;
    }
    if (isa_register_number(token->text, token->length) >= 0) {
        as_fail(p, token, NULL, "a register where a number or symbol is expected: `%.*s'",
                as_quoted(token->length), token->text);
        return NULL;
    }
    e->node = AS_SYMBOL;
    e->symbol = as_symbol(p->a, token);
    return fold(p, token, e);
}

static const struct as_expression *
parse_local(struct as_parser *p)
{
    const struct as_token *token = p->at;
    struct as_expression *e = new_node(p, AS_SYMBOL, token);

    e->symbol = as_symbol_numeric(p, token);
    if (e->symbol == NULL)
        return NULL;
    p->at++;
    return fold(p, token, e);
}

static const struct as_expression *parse_binary(struct as_parser *p, int least);

static const struct as_expression *
parse_primary(struct as_parser *p)
{
    const struct as_expression *e;

    switch (p->at->kind) {
    case AS_NAME: return parse_name(p);
    case AS_LOCAL: return parse_local(p);
    case AS_NUMBER: {
        struct as_expression *number = new_node(p, AS_VALUE, p->at);

        number->value.n = p->at++->value;
        return number;
    }
    default:
        if (!as_accept(p, '(')) {
            as_expected(p, "a number or symbol");
            return NULL;
        }
        e = parse_binary(p, 1);
        return e != NULL && as_expect(p, ')') ? e : NULL;
    }
}

static const struct as_expression *
parse_unary(struct as_parser *p)
{
    const struct as_token *token = p->at;
    const struct as_expression *e;

    if (++p->depth > AS_DEPTH_MAX) {
        as_fail(p, token, NULL, "the expression is nested too deeply");
        return NULL;
    }
    if (token->kind == AS_MARK && (token->value == '-' || token->value == '+' ||
                                   token->value == '~' || token->value == '!')) {
        struct as_expression *unary = new_node(p, AS_UNARY, token);

        p->at++;
        unary->op = (int)token->value;
        unary->left = parse_unary(p);
        if (unary->left == NULL)
            return NULL;
        unary->depth = unary->left->depth + 1;
        e = fold(p, token, unary);
    } else
        e = parse_primary(p);
    p->depth--;
    return e;
}

/* Operators that bind at least as strongly as `least`; equals from left to right. */
static const struct as_expression *
parse_binary(struct as_parser *p, int least)
{
    const struct as_expression *left = parse_unary(p);

    while (left != NULL && precedence(p->at) >= least) {
        const struct as_token *token = p->at++;
        struct as_expression *binary = new_node(p, AS_BINARY, token);

        binary->op = (int)token->value;
        binary->left = left;
        binary->right = parse_binary(p, precedence(token) + 1);
        if (binary->right == NULL)
            return NULL;
        binary->depth =
            1 + (left->depth > binary->right->depth ? left->depth : binary->right->depth);
        left = fold(p, token, binary);
    }
    return left;
}

const struct as_expression *
as_parse_expression(struct as_parser *p)
{
    if (p->at->kind == AS_MARK && p->at->value == '%' && p->at[1].kind == AS_NAME) {
        as_fail(p, p->at, "%hi, %lo, %pcrel_hi and %pcrel_lo stand before a whole operand",
                "`%%%.*s' cannot stand here", as_quoted(p->at[1].length), p->at[1].text);
        return NULL;
    }
    p->depth = 0;
    return parse_binary(p, 1);
}

bool
as_parse_constant(struct as_parser *p, int64_t *n)
{
    const struct as_token *first = p->at;
    const struct as_expression *e = as_parse_expression(p);
    struct as_symbol *why;
    struct as_value value;

    if (e == NULL)
        return false;
    enum as_known known = as_evaluate(p->a, e, &value, &why);

    if (known == AS_KNOWN && value.section == NULL) {
        *n = value.n;
        return true;
    }
    struct as_place place = as_span(p->a, first, p->at);

    if (known == AS_UNKNOWN && why != NULL && why->numeric)
        as_error(p->a, &place, NULL, "the value must be known here, and depends on what follows");
    else if (known == AS_UNKNOWN && why != NULL)
        as_error(p->a, &place, "move the definition before this line",
                 "the value must be known here, and `%.*s' is not defined yet",
                 as_quoted(why->length), why->name);
    else if (known != AS_WRONG)
        as_error(p->a, &place, NULL, "a number is needed here, and this is an address");
    return false;
}
