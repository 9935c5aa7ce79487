/* SPDX-License-Identifier: MIT */
#include "cli/repl/expression.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Binary operators, the longest first, so that `<<' is not read as `<':
 * X(id, text, precedence), higher binds closer, as in C.
 */
#define BINARY(X)                                                                                  \
    X(shift_left, "<<", 8)                                                                         \
    X(shift_right, ">>", 8)                                                                        \
    X(less_equal, "<=", 7)                                                                         \
    X(greater_equal, ">=", 7)                                                                      \
    X(equal, "==", 6)                                                                              \
    X(not_equal, "!=", 6)                                                                          \
    X(and_also, "&&", 2)                                                                           \
    X(or_else, "||", 1)                                                                            \
    X(multiply, "*", 10)                                                                           \
    X(divide, "/", 10)                                                                             \
    X(remainder, "%", 10)                                                                          \
    X(add, "+", 9)                                                                                 \
    X(subtract, "-", 9)                                                                            \
    X(less, "<", 7)                                                                                \
    X(greater, ">", 7)                                                                             \
    X(and, "&", 5)                                                                                 \
    X(exclusive_or, "^", 4)                                                                        \
    X(or, "|", 3)

#define BINARY_ENUM(id, text, precedence) OP_##id,
enum op_code {
    BINARY(BINARY_ENUM) OP_BINARY,
    OP_constant = OP_BINARY,
    OP_reference,
    OP_negate,
    OP_complement,
    OP_not,
    OP_load,
    OP_cast,
    OP_choose
};
#undef BINARY_ENUM

struct binary {
    const char *text;
    int precedence;
};

#define BINARY_ROW(id, text, precedence) {text, precedence},
static const struct binary binaries[] = {BINARY(BINARY_ROW)};
#undef BINARY_ROW

/* ---- values ---- */

struct repl_value
repl_value_word(uint32_t bits)
{
    return (struct repl_value){.bits = bits, .space = REPL_HERE};
}

struct repl_value
repl_value_wide(uint64_t bits)
{
    return (struct repl_value){.bits = bits, .wide = true, .space = REPL_HERE};
}

int64_t
repl_value_number(const struct repl_value *v)
{
    if (v->wide || !v->is_signed || (v->bits & 0x80000000u) == 0)
        return (int64_t)v->bits;
    return (int64_t)(v->bits | 0xffffffff00000000u);
}

static struct repl_value
signed_word(int64_t number)
{
    struct repl_value v = repl_value_word((uint32_t)number);

    v.is_signed = true;
    return v;
}

/* ---- parsing ---- */

enum { DEPTH_MAX = 40 }; /* parentheses and prefixes within each other */

struct parser {
    struct repl_expression *e;
    const struct repl_scope *scope;
    const char *text, *p;
    unsigned depth;
};

static int
fail(struct parser *s, const char *format, ...)
{
    va_list args;

    if (s->e->problem[0] == '\0') {
        va_start(args, format);
        (void)vsnprintf(s->e->problem, sizeof s->e->problem, format, args);
        va_end(args);
        s->e->at = (size_t)(s->p - s->text);
    }
    return -1;
}

static void
skip_space(struct parser *s)
{
    while (*s->p == ' ' || *s->p == '\t')
        s->p++;
}

static bool
take(struct parser *s, const char *text)
{
    skip_space(s);
    if (strncmp(s->p, text, strlen(text)) != 0)
        return false;
    s->p += strlen(text);
    return true;
}

static int
node(struct parser *s, int op, int a, int b)
{
    struct repl_node *n;

    if (s->e->count == REPL_NODES_MAX)
        return fail(s, "the expression is too long");
    n = &s->e->node[s->e->count];
    *n = (struct repl_node){.op = op, .a = a, .b = b};
    return s->e->count++;
}

static int
constant(struct parser *s, struct repl_value value)
{
    int i = node(s, OP_constant, 0, 0);

    if (i >= 0)
        s->e->node[i].value = value;
    return i;
}

static int parse_binary(struct parser *s, int precedence);
static int parse_choice(struct parser *s);
static int parse_unary(struct parser *s);

/* The value of a digit, or 99. */
static unsigned
digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (isxdigit((unsigned char)c))
        return (unsigned)(tolower((unsigned char)c) - 'a') + 10;
    return 99;
}

/* 42  0x2a  0b101010  052; `_' and, in decimal, `,' between digits are for the reader. */
static int
parse_number(struct parser *s)
{
    unsigned base = 10;
    uint64_t n = 0;
    struct repl_value v;
    const char *start;

    if (s->p[0] == '0' && (s->p[1] == 'x' || s->p[1] == 'X'))
        base = 16;
    else if (s->p[0] == '0' && (s->p[1] == 'b' || s->p[1] == 'B'))
        base = 2;
    else if (s->p[0] == '0' && s->p[1] != '\0' && isdigit((unsigned char)s->p[1]))
        base = 8;
    if (base == 16 || base == 2)
        s->p += 2;
    for (start = s->p; digit(*s->p) < base || (*s->p == '_' && s->p > start); s->p++) {
        if (*s->p == '_')
            continue;
        if (n > (UINT64_MAX - digit(*s->p)) / base)
            return fail(s, "the number does not fit 64 bits");
        n = n * base + digit(*s->p);
    }
    if (s->p == start || isalnum((unsigned char)*s->p))
        return fail(s, "`%.*s' is not a number", (int)strcspn(start, " \t()+-*/"), start);
    v = repl_value_wide(n); /* the first type of C's that it fits (6.4.4.1) */
    v.wide = n > (base == 10 ? INT32_MAX : UINT32_MAX);
    v.is_signed = n <= (v.wide ? INT64_MAX : INT32_MAX);
    return constant(s, v);
}

static int
parse_character(struct parser *s)
{
    static const char letters[] = "nrt0\\'", bytes[] = "\n\r\t\0\\'";
    const char *p = s->p + 1;
    uint8_t c = (uint8_t)*p;

    if (c == '\\' && p[1] != '\0' && strchr(letters, p[1]) != NULL) {
        c = (uint8_t)bytes[strchr(letters, p[1]) - letters];
        p++;
    }
    if (p[0] == '\0' || p[1] != '\'')
        return fail(s, "a character is written as 'A'");
    s->p = p + 2;
    return constant(s, signed_word(c));
}

static bool
starts_name(char c)
{
    return isalpha((unsigned char)c) || c == '_' || c == '.';
}

static bool
continues_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* `L1:0x80000124': the address after it is a physical one of that level. */
static int
parse_spaced(struct parser *s, int row)
{
    int a = parse_unary(s), i;

    if (a < 0)
        return a;
    i = node(s, OP_cast, a, 0);
    if (i >= 0) {
        s->e->node[i].value = repl_value_word(0);
        s->e->node[i].value.space = row;
    }
    return i;
}

/* A name, with the fields that follow it: `a0', `mstatus.MPP', `.Lloop', `L1:...'. */
static int
parse_name(struct parser *s, bool dollar)
{
    char name[96], *field;
    size_t n = 1;
    bool is_constant = false;
    uint32_t reference = 0;
    struct repl_value value = repl_value_word(0);
    int i;

    while (continues_name(s->p[n]) || s->p[n] == '.' ||
           (s->p[n] == '-' &&
            s->scope->level(s->scope->context, s->p, strcspn(s->p, " :+*/()")) >= 0 &&
            s->p[strcspn(s->p, " :+*/()")] == ':'))
        n++;
    if (s->p[n] == ':' && !dollar) {
        int row = s->scope->level(s->scope->context, s->p, n);

        if (row < 0)
            return fail(s, "there is no level `%.*s'", (int)n, s->p);
        s->p += n + 1;
        return parse_spaced(s, row);
    }
    if (n >= sizeof name)
        return fail(s, "the name is too long");
    memcpy(name, s->p, n);
    name[n] = '\0';
    if (!s->scope->resolve(s->scope->context, name, NULL, dollar, &is_constant, &reference, &value,
                           s->e->problem)) {
        field = strrchr(name, '.');
        if (field == NULL || field == name) {
            s->e->at = (size_t)(s->p - s->text);
            return -1;
        }
        *field = '\0';
        s->e->problem[0] = '\0';
        if (!s->scope->resolve(s->scope->context, name, field + 1, dollar, &is_constant, &reference,
                               &value, s->e->problem)) {
            s->e->at = (size_t)(s->p - s->text);
            return -1;
        }
    }
    s->p += n;
    if (is_constant)
        return constant(s, value);
    i = node(s, OP_reference, 0, 0);
    if (i >= 0)
        s->e->node[i].reference = reference;
    return i;
}

/* primary = number | 'c' | [$] name | LEVEL:unary | (expression) */
static int
parse_primary(struct parser *s)
{
    int i;

    skip_space(s);
    if (isdigit((unsigned char)*s->p))
        return parse_number(s);
    if (*s->p == '\'')
        return parse_character(s);
    if (*s->p == '$' && starts_name(s->p[1])) {
        s->p++;
        return parse_name(s, true);
    }
    if (starts_name(*s->p))
        return parse_name(s, false);
    if (take(s, "(")) {
        i = parse_choice(s);
        if (i >= 0 && !take(s, ")"))
            return fail(s, "`)' is missing");
        return i;
    }
    if (*s->p == '\0')
        return fail(s, "something is missing at the end");
    return fail(s, "`%c' makes no sense here", *s->p);
}

/* A word of a type's name. */
static bool
take_word(struct parser *s, const char *word)
{
    size_t n = strlen(word);

    skip_space(s);
    if (strncmp(s->p, word, n) != 0 || continues_name(s->p[n]))
        return false;
    s->p += n;
    return true;
}

/* "(unsigned char *)": into *type; false, and nothing taken, where it is none. */
static bool
take_type(struct parser *s, struct repl_value *type)
{
    const char *start = s->p;
    bool is_signed = true, named = false;
    unsigned bytes = 4;

    if (!take(s, "("))
        return false;
    if (take_word(s, "unsigned")) {
        is_signed = false;
        named = true;
    } else if (take_word(s, "signed")) {
        named = true;
    }
    if (take_word(s, "char")) {
        bytes = 1;
        named = true;
    } else if (take_word(s, "short")) {
        bytes = 2;
        named = true;
    } else if (take_word(s, "int")) {
        named = true;
    }
    *type = repl_value_word(0);
    type->is_signed = is_signed;
    type->pointee = bytes;
    type->pointee_signed = is_signed;
    type->wide = take(s, "*"); /* for the while: a pointer */
    if (named && take(s, ")"))
        return true;
    s->p = start;
    return false;
}

/* unary = (-|~|!|*|&|+) unary | (type) unary | primary */
static int
parse_prefix(struct parser *s)
{
    static const char signs[] = "-~!*";
    static const int operators[] = {OP_negate, OP_complement, OP_not, OP_load};
    struct repl_value type;
    const char *sign;
    int a, i;

    skip_space(s);
    sign = *s->p != '\0' ? strchr(signs, *s->p) : NULL;
    if (sign != NULL) {
        s->p++;
        a = parse_unary(s);
        return a < 0 ? a : node(s, operators[sign - signs], a, 0);
    }
    if ((*s->p == '&' && s->p[1] != '&') || *s->p == '+') { /* a symbol is its address already */
        s->p++;
        return parse_unary(s);
    }
    if (!take_type(s, &type))
        return parse_primary(s);
    a = parse_unary(s);
    i = a < 0 ? a : node(s, OP_cast, a, 1);
    if (i >= 0)
        s->e->node[i].value = type;
    return i;
}

static int
parse_unary(struct parser *s)
{
    int i;

    if (s->depth == DEPTH_MAX)
        return fail(s, "the expression is nested too deeply");
    s->depth++;
    i = parse_prefix(s);
    s->depth--;
    return i;
}

/* The binary op at s->p that binds at least as closely as `precedence`, or -1. */
static int
peek_binary(struct parser *s, int precedence)
{
    skip_space(s);
    for (int i = 0; i < OP_BINARY; i++)
        if (strncmp(s->p, binaries[i].text, strlen(binaries[i].text)) == 0)
            return binaries[i].precedence >= precedence ? i : -1;
    return -1;
}

static int
parse_binary(struct parser *s, int precedence)
{
    int a = parse_unary(s), op;

    while (a >= 0 && (op = peek_binary(s, precedence)) >= 0) {
        int b;

        s->p += strlen(binaries[op].text);
        b = parse_binary(s, binaries[op].precedence + 1);
        a = b < 0 ? b : node(s, op, a, b);
    }
    return a;
}

/* choice = binary [ ? choice : choice ] */
static int
parse_choice(struct parser *s)
{
    int a, b, c, i;

    if (s->depth == DEPTH_MAX)
        return fail(s, "the expression is nested too deeply");
    s->depth++;
    a = parse_binary(s, 1);
    i = a;
    if (a >= 0 && take(s, "?")) {
        b = parse_choice(s);
        if (b >= 0 && !take(s, ":"))
            b = fail(s, "`:' is missing");
        c = b < 0 ? -1 : parse_choice(s);
        i = c < 0 ? -1 : node(s, OP_choose, a, b);
        if (i >= 0)
            s->e->node[i].c = c;
    }
    s->depth--;
    return i;
}

bool
repl_parse_part(struct repl_expression *e, const char *text, const struct repl_scope *scope)
{
    struct parser s = {.e = e, .scope = scope, .text = text, .p = text};

    e->count = 0;
    e->problem[0] = '\0';
    e->root = parse_choice(&s);
    if (e->root < 0)
        return false;
    skip_space(&s);
    e->at = (size_t)(s.p - text);
    return true;
}

bool
repl_parse(struct repl_expression *e, const char *text, const struct repl_scope *scope)
{
    if (!repl_parse_part(e, text, scope))
        return false;
    if (text[e->at] == '\0')
        return true;
    (void)snprintf(e->problem, sizeof e->problem, "`%.40s' does not belong to the expression",
                   text + e->at);
    return false;
}

/* ---- evaluation ---- */

static bool
refuse(struct repl_expression *e, const char *problem)
{
    (void)snprintf(e->problem, sizeof e->problem, "%s", problem);
    return false;
}

/* The usual arithmetic conversions of C, for 32 and 64 bits. */
static void
balance(struct repl_value *a, struct repl_value *b)
{
    bool is_signed =
        a->wide == b->wide ? a->is_signed && b->is_signed : (a->wide ? a->is_signed : b->is_signed);

    if (a->wide != b->wide) {
        a->bits = (uint64_t)repl_value_number(a);
        b->bits = (uint64_t)repl_value_number(b);
        a->wide = b->wide = true;
    }
    a->is_signed = b->is_signed = is_signed;
}

static void
set_bits(struct repl_value *v, uint64_t bits)
{
    v->bits = v->wide ? bits : bits & 0xffffffffu;
}

static bool
divide(struct repl_expression *e, const struct repl_value *a, const struct repl_value *b,
       bool remainder, struct repl_value *v)
{
    int64_t x = repl_value_number(a), y = repl_value_number(b);

    if (b->bits == 0)
        return refuse(e, "division by 0");
    if (!a->is_signed)
        set_bits(v, remainder ? a->bits % b->bits : a->bits / b->bits);
    else if (y == -1)
        set_bits(v, remainder ? 0 : 0 - (uint64_t)x);
    else
        set_bits(v, (uint64_t)(remainder ? x % y : x / y));
    return true;
}

static bool
less_than(const struct repl_value *a, const struct repl_value *b)
{
    return a->is_signed ? repl_value_number(a) < repl_value_number(b) : a->bits < b->bits;
}

static uint64_t
shift(const struct repl_value *a, const struct repl_value *b, bool left)
{
    unsigned n = (unsigned)b->bits & (a->wide ? 63 : 31);
    int64_t x = repl_value_number(a);

    if (left)
        return a->bits << n;
    if (!a->is_signed || x >= 0)
        return a->bits >> n;
    return ~(~(uint64_t)x >> n);
}

/* An address plus a number is an address, in the same space; and points to the same. */
static void
keep_space(const struct repl_value *a, const struct repl_value *b, struct repl_value *v)
{
    v->space = a->space != REPL_HERE ? a->space : b->space;
    v->pointee = a->pointee != 0 ? a->pointee : b->pointee;
    v->pointee_signed = a->pointee != 0 ? a->pointee_signed : b->pointee_signed;
}

static bool
apply(struct repl_expression *e, int op, struct repl_value a, struct repl_value b,
      struct repl_value *v)
{
    struct repl_value first = a, second = b;

    if (op == OP_shift_left || op == OP_shift_right) {
        *v = a;
        set_bits(v, shift(&a, &b, op == OP_shift_left));
        return true;
    }
    balance(&a, &b);
    *v = a;
    switch (op) {
    case OP_divide:
    case OP_remainder: return divide(e, &a, &b, op == OP_remainder, v);
    case OP_multiply: set_bits(v, a.bits * b.bits); return true;
    case OP_and: set_bits(v, a.bits & b.bits); break;
    case OP_exclusive_or: set_bits(v, a.bits ^ b.bits); break;
    case OP_or: set_bits(v, a.bits | b.bits); break;
    case OP_add: set_bits(v, a.bits + b.bits); break;
    case OP_subtract: set_bits(v, a.bits - b.bits); break;
    case OP_less_equal: *v = signed_word(!less_than(&b, &a)); return true;
    case OP_greater_equal: *v = signed_word(!less_than(&a, &b)); return true;
    case OP_less: *v = signed_word(less_than(&a, &b)); return true;
    case OP_greater: *v = signed_word(less_than(&b, &a)); return true;
    case OP_equal: *v = signed_word(a.bits == b.bits); return true;
    default: *v = signed_word(a.bits != b.bits); return true;
    }
    keep_space(&first, &second, v);
    return true;
}

/* Cut `v` to `bytes`, and extend it by its sign or by zeros. */
static void
truncate_to(struct repl_value *v, unsigned bytes, bool is_signed)
{
    uint64_t mask = bytes >= 4 ? 0xffffffffu : (1u << bytes * 8) - 1;

    v->bits &= mask;
    if (is_signed && (v->bits & (mask ^ mask >> 1)) != 0)
        v->bits |= 0xffffffffu & ~mask;
    v->wide = false;
    v->is_signed = is_signed;
}

static bool
load(struct repl_expression *e, const struct repl_scope *scope, struct repl_value address,
     struct repl_value *v)
{
    uint32_t bytes = address.pointee != 0 ? address.pointee : 4, word;

    if (!scope->load(scope->context, &address, bytes, &word, e->problem))
        return false;
    *v = repl_value_word(word);
    truncate_to(v, bytes, address.pointee != 0 && address.pointee_signed);
    return true;
}

/* A cast to a type, where b is 1; else to a space. */
static void
cast(const struct repl_node *n, struct repl_value *v)
{
    if (n->b == 0) {
        v->space = n->value.space;
    } else if (n->value.wide) {
        truncate_to(v, 4, false);
        v->pointee = n->value.pointee;
        v->pointee_signed = n->value.pointee_signed;
    } else {
        truncate_to(v, n->value.pointee, n->value.is_signed);
        v->pointee = 0;
    }
}

static bool evaluate(struct repl_expression *e, const struct repl_scope *scope, int i,
                     struct repl_value *v);

static bool
evaluate_unary(struct repl_expression *e, const struct repl_scope *scope, const struct repl_node *n,
               struct repl_value *v)
{
    struct repl_value a;

    if (!evaluate(e, scope, n->a, &a))
        return false;
    *v = a;
    switch (n->op) {
    case OP_negate: set_bits(v, 0 - a.bits); return true;
    case OP_complement: set_bits(v, ~a.bits); return true;
    case OP_not: *v = signed_word(a.bits == 0); return true;
    case OP_load: return load(e, scope, a, v);
    default: cast(n, v); return true;
    }
}

static bool
evaluate(struct repl_expression *e, const struct repl_scope *scope, int i, struct repl_value *v)
{
    const struct repl_node *n = &e->node[i];
    struct repl_value a, b;

    switch (n->op) {
    case OP_constant: *v = n->value; return true;
    case OP_reference: return scope->read(scope->context, n->reference, v, e->problem);
    case OP_and_also:
    case OP_or_else:
        if (!evaluate(e, scope, n->a, &a))
            return false;
        if ((a.bits != 0) == (n->op == OP_or_else)) {
            *v = signed_word(a.bits != 0);
            return true;
        }
        if (!evaluate(e, scope, n->b, &b))
            return false;
        *v = signed_word(b.bits != 0);
        return true;
    case OP_choose:
        return evaluate(e, scope, n->a, &a) && evaluate(e, scope, a.bits != 0 ? n->b : n->c, v);
    default: break;
    }
    if (n->op > OP_BINARY)
        return evaluate_unary(e, scope, n, v);
    return evaluate(e, scope, n->a, &a) && evaluate(e, scope, n->b, &b) && apply(e, n->op, a, b, v);
}

bool
repl_evaluate(struct repl_expression *e, const struct repl_scope *scope, struct repl_value *value)
{
    e->problem[0] = '\0';
    return evaluate(e, scope, e->root, value);
}

bool
repl_place(struct repl_expression *e, const struct repl_scope *scope, struct repl_value *address,
           uint32_t *bytes)
{
    const struct repl_node *n = &e->node[e->root];

    if (n->op != OP_load || !evaluate(e, scope, n->a, address))
        return false;
    *bytes = address->pointee != 0 ? address->pointee : 4;
    return true;
}
