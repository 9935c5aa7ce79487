/* SPDX-License-Identifier: MIT */
/* .if and its kin. */
#include "assembler/internal.h"

#include <string.h>

bool
as_live(const struct as_state *a)
{
    return a->condition == NULL || a->condition->live;
}

/* Raw text of an operand: from token `from` up to a comma or the end. */
static const char *
raw(struct as_parser *p, size_t *length)
{
    const struct as_token *first = p->at;
    unsigned open = 0;

    while (p->at->kind != AS_END && (open > 0 || p->at->kind != AS_MARK || p->at->value != ',')) {
        if (p->at->kind == AS_MARK && p->at->value == '(')
            open++;
        if (p->at->kind == AS_MARK && p->at->value == ')' && open > 0)
            open--;
        p->at++;
    }
    *length = p->at == first ? 0 : (size_t)(p->at[-1].text + p->at[-1].length - first->text);
    return first->text;
}

static bool
same_texts(struct as_parser *p, bool *holds)
{
    size_t m, n;
    const char *one = raw(p, &m);

    if (!as_expect(p, ','))
        return false;
    const char *two = raw(p, &n);

    *holds = m == n && memcmp(one, two, m) == 0;
    return true;
}

static bool
defined(struct as_parser *p, bool *holds)
{
    const struct as_symbol *symbol;

    if (p->at->kind != AS_NAME)
        return as_expected(p, "a symbol");
    symbol = as_names_find(&p->a->symbols, p->at->text, p->at->length);
    *holds = symbol != NULL && symbol->kind != AS_UNDEFINED;
    p->at++;
    return true;
}

static bool
compare(enum as_condition_kind kind, int64_t n)
{
    switch (kind) {
    case AS_IF_EQ: return n == 0;
    case AS_IF_LT: return n < 0;
    case AS_IF_LE: return n <= 0;
    case AS_IF_GE: return n >= 0;
    case AS_IF_GT: return n > 0;
    default: return n != 0;
    }
}

/* Does the condition at p->at hold? */
static bool
holds(struct as_parser *p, enum as_condition_kind kind, bool *result)
{
    bool right = true;
    int64_t n = 0;

    switch (kind) {
    case AS_IF_DEFINED:
    case AS_IF_NOT_DEFINED: right = defined(p, result); break;
    case AS_IF_SAME:
    case AS_IF_NOT_SAME: right = same_texts(p, result); break;
    case AS_IF_BLANK:
    case AS_IF_NOT_BLANK:
        *result = p->at->kind == AS_END;
        while (p->at->kind != AS_END)
            p->at++;
        break;
    default:
        right = as_parse_constant(p, &n);
        *result = compare(kind, n);
        break;
    }
    if (kind == AS_IF_NOT_DEFINED || kind == AS_IF_NOT_SAME || kind == AS_IF_NOT_BLANK)
        *result = !*result;
    return right && as_expect_end(p);
}

bool
as_if(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_condition *condition = as_allocate(a, sizeof *condition);
    bool live = as_live(a), result = false, right = true;

    if (live)
        right = holds(p, (enum as_condition_kind)argument, &result);
    condition->live = live && right && result;
    condition->taken = !live || !right || result; /* after a wrong condition all is skipped */
    condition->place = as_token_place(a, name);
    condition->outer = a->condition;
    a->condition = condition;
    return right;
}

/* The condition that .else, .elseif or .endif belongs to, opened in this file or macro. */
static struct as_condition *
innermost(struct as_parser *p, const struct as_token *name)
{
    struct as_condition *condition = p->a->condition;

    if (condition != NULL && condition != p->a->frame->conditions)
        return condition;
    as_fail(p, name, NULL, "`%.*s' without `.if'", as_quoted(name->length), name->text);
    return NULL;
}

static bool
after_else(struct as_parser *p, const struct as_token *name, const struct as_condition *condition)
{
    if (!condition->last)
        return false;
    as_fail(p, name, NULL, "`%.*s' after `.else'", as_quoted(name->length), name->text);
    return true;
}

bool
as_elseif(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_condition *condition = innermost(p, name);
    bool result = false;

    if (condition == NULL || after_else(p, name, condition))
        return false;
    condition->live = false;
    if (condition->taken)
        return true;
    if (!holds(p, (enum as_condition_kind)argument, &result)) {
        condition->taken = true;
        return false;
    }
    condition->live = condition->taken = result;
    return true;
}

bool
as_else(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_condition *condition = innermost(p, name);

    (void)argument;
    if (condition == NULL || after_else(p, name, condition))
        return false;
    condition->live = !condition->taken;
    condition->taken = condition->last = true;
    return as_expect_end(p);
}

bool
as_endif(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_condition *condition = innermost(p, name);

    (void)argument;
    if (condition == NULL)
        return false;
    p->a->condition = condition->outer;
    return as_expect_end(p);
}

void
as_close_conditions(struct as_state *a, struct as_condition *outer)
{
    for (; a->condition != outer; a->condition = a->condition->outer)
        as_error(a, &a->condition->place, NULL, "this has no `.endif'");
}
