/* SPDX-License-Identifier: MIT */
/* Labels, numeric labels, and symbols given a value. */
#include "assembler/internal.h"

#include <string.h>

static struct as_symbol *
new_symbol(struct as_state *a, const char *name, size_t length, const struct as_token *token)
{
    struct as_symbol *symbol = as_allocate(a, sizeof *symbol);

    symbol->name = as_copy(a, name, length);
    symbol->length = length;
    symbol->place = as_token_place(a, token);
    *a->last_symbol = symbol;
    a->last_symbol = &symbol->next;
    return symbol;
}

struct as_symbol *
as_symbol(struct as_state *a, const struct as_token *token)
{
    struct as_symbol *symbol = as_names_find(&a->symbols, token->text, token->length);

    if (symbol == NULL) {
        symbol = new_symbol(a, token->text, token->length, token);
        as_names_put(a, &a->symbols, symbol->name, symbol->length, symbol);
    }
    return symbol;
}

/* ---- 1: 1b 1f ---- */

/* The latest definition of a number, and the one that is to come where it was mentioned. */
struct numeric {
    struct as_symbol *back, *forward;
};

/* The digits of a token: without b, f, leading zeros. */
static struct numeric *
numeric(struct as_state *a, const struct as_token *token)
{
    const char *text = token->text;
    size_t length = token->length - (token->kind == AS_LOCAL ? 1 : 0);

    for (; length > 1 && *text == '0'; length--)
        text++;
    struct numeric *n = as_names_find(&a->numerics, text, length);

    if (n == NULL) {
        n = as_allocate(a, sizeof *n);
        as_names_put(a, &a->numerics, as_copy(a, text, length), length, n);
    }
    return n;
}

static struct as_symbol *
new_numeric(struct as_state *a, const struct as_token *token)
{
    struct as_symbol *symbol = new_symbol(a, token->text, token->length, token);

    symbol->numeric = true;
    return symbol;
}

struct as_symbol *
as_symbol_numeric(struct as_parser *p, const struct as_token *token)
{
    struct numeric *n = numeric(p->a, token);

    if (token->text[token->length - 1] == 'f') {
        if (n->forward == NULL)
            n->forward = new_numeric(p->a, token);
        return n->forward;
    }
    if (n->back == NULL)
        as_fail(p, token, NULL, "there is no label `%.*s:' before this",
                as_quoted(token->length) - 1, token->text);
    return n->back;
}

/* ---- definitions ---- */

static void
set_label(struct as_state *a, struct as_symbol *symbol)
{
    symbol->kind = AS_LABEL;
    symbol->value = (struct as_value){a->section, as_here(a)};
}

static void
define_numeric(struct as_state *a, const struct as_token *token)
{
    struct numeric *n = numeric(a, token);

    n->back = n->forward != NULL ? n->forward : new_numeric(a, token);
    n->forward = NULL;
    set_label(a, n->back);
}

static void
defined_twice(struct as_state *a, const struct as_token *token, const struct as_symbol *symbol)
{
    struct as_place place = as_token_place(a, token);

    as_error(a, &place, NULL, "`%.*s' is defined already", as_quoted(symbol->length), symbol->name);
    as_note(a, &symbol->place, "the first definition is here");
}

/* Names that stand for something else cannot be defined. */
static bool
may_define(struct as_state *a, const struct as_token *token)
{
    struct as_place place = as_token_place(a, token);

    if (isa_register_number(token->text, token->length) < 0 && !as_token_is(token, "."))
        return true;
    if (as_token_is(token, "."))
        as_error(a, &place, "`.org' moves it", "`.' is the address here");
    else
        as_error(a, &place, "choose another name", "`%.*s' is a register", as_quoted(token->length),
                 token->text);
    return false;
}

void
as_define_label(struct as_state *a, const struct as_token *token)
{
    if (token->kind == AS_NUMBER) {
        define_numeric(a, token);
        return;
    }
    if (!may_define(a, token))
        return;
    struct as_symbol *symbol = as_symbol(a, token);

    if (symbol->kind != AS_UNDEFINED) {
        defined_twice(a, token, symbol);
        return;
    }
    symbol->place = as_token_place(a, token);
    set_label(a, symbol);
}

void
as_define_equate(struct as_state *a, const struct as_token *token, const struct as_expression *e,
                 bool once)
{
    struct as_symbol *why;

    if (!may_define(a, token))
        return;
    struct as_symbol *symbol = as_symbol(a, token);

    if (symbol->kind == AS_LABEL || symbol->constant || (once && symbol->kind != AS_UNDEFINED)) {
        defined_twice(a, token, symbol);
        return;
    }
    symbol->lazy = as_evaluate(a, e, &symbol->value, &why) == AS_KNOWN ? NULL : e;
    symbol->place = as_token_place(a, token);
    symbol->kind = AS_EQUATE;
    symbol->constant = once;
}

void
as_report_undefined(struct as_state *a, struct as_symbol *symbol)
{
    const struct as_place *place = &a->undefined_at;
    struct diagnostic_guess guess;
    char hint[120];

    if (symbol->reported)
        return;
    symbol->reported = true;
    if (symbol->numeric) {
        as_error(a, place, NULL, "there is no label `%.*s:' after this",
                 as_quoted(symbol->length) - 1, symbol->name);
        return;
    }
    diagnostic_guess_start(&guess, symbol->name, symbol->length);
    for (const struct as_symbol *s = a->first_symbol; s != NULL; s = s->next)
        if (s->kind != AS_UNDEFINED && !s->numeric)
            diagnostic_guess_offer(&guess, s->name, s->length);
    for (unsigned r = 0; r < 32; r++)
        diagnostic_guess_offer(&guess, isa_register_name(r), strlen(isa_register_name(r)));
    as_error(a, place, as_guess_hint(&guess, hint), "undefined symbol `%.*s'",
             as_quoted(symbol->length), symbol->name);
}
