/* SPDX-License-Identifier: MIT */
/* Tokens, what was expected of them, and errors with their places. */
#include "assembler/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- tokens ---- */

struct as_place
as_token_place(const struct as_state *a, const struct as_token *token)
{
    return (struct as_place){a->frame->origin, token->line, token->column, token->length};
}

struct as_place
as_span(const struct as_state *a, const struct as_token *first, const struct as_token *end)
{
    struct as_place place = as_token_place(a, first);

    if (end > first && end[-1].line == first->line)
        place.length = end[-1].column + end[-1].length - first->column;
    return place;
}

bool
as_token_is(const struct as_token *token, const char *name)
{
    return token->kind == AS_NAME && strlen(name) == token->length &&
           memcmp(token->text, name, token->length) == 0;
}

bool
as_accept(struct as_parser *p, int mark)
{
    if (p->at->kind != AS_MARK || p->at->value != mark)
        return false;
    p->at++;
    return true;
}

bool
as_expect(struct as_parser *p, int mark)
{
    char what[] = {'`', (char)mark, '\'', '\0'};

    return as_accept(p, mark) || as_expected(p, what);
}

bool
as_expect_end(struct as_parser *p)
{
    return p->at->kind == AS_END || as_expected(p, "the end of the statement");
}

/* ---- failures ---- */

bool
as_fail(struct as_parser *p, const struct as_token *at, const char *hint, const char *format, ...)
{
    struct as_failure *failure = &p->a->failure;
    va_list arguments;

    if (failure->at != NULL && at <= failure->at)
        return false;
    failure->at = at;
    snprintf(failure->hint, sizeof failure->hint, "%s", hint == NULL ? "" : hint);
    va_start(arguments, format);
    vsnprintf(failure->message, sizeof failure->message, format, arguments);
    va_end(arguments);
    return false;
}

bool
as_expected(struct as_parser *p, const char *what)
{
    const struct as_token *token = p->at;

    if (token->kind == AS_BAD)
        return as_fail(p, token, NULL, "%s", token->problem);
    if (token->kind == AS_END)
        return as_fail(p, token, NULL, "expected %s, found the end of the statement", what);
    return as_fail(p, token, NULL, "expected %s, found `%.*s'", what, as_quoted(token->length),
                   token->text);
}

void
as_report(struct as_state *a)
{
    struct as_failure *failure = &a->failure;

    if (failure->at == NULL || failure->reported)
        return;
    struct as_place place = as_token_place(a, failure->at);

    as_error(a, &place, failure->hint[0] == '\0' ? NULL : failure->hint, "%s", failure->message);
}

const char *
as_guess_hint(const struct diagnostic_guess *guess, char hint[120])
{
    const char *answer = diagnostic_guess_answer(guess);

    if (answer == NULL)
        return NULL;
    snprintf(hint, 120, "did you mean `%s'?", answer);
    return hint;
}

/* ---- errors ---- */

enum { NOTES_MAX = 6 }; /* expansions and inclusions that are named */

static struct diagnostic_place
diagnostic_place(const struct as_place *place)
{
    return (struct diagnostic_place){&place->origin->source, place->line, place->column,
                                     place->length};
}

/* Name the expansions and inclusions around a place. */
static void
note_origins(struct as_state *a, const struct as_origin *origin)
{
    for (int n = 0; origin != NULL && origin->what != NULL; origin = origin->from.origin) {
        struct diagnostic_place at = diagnostic_place(&origin->from);

        if (n++ == NOTES_MAX) {
            diagnostics_note(a->d, NULL, "and so on");
            return;
        }
        diagnostics_note(a->d, &at, "%s", origin->what);
    }
}

static void
say(struct as_state *a, bool error, const struct as_place *place, const char *hint,
    const char *format, va_list arguments)
{
    struct diagnostic_place at = {0};
    struct diagnostic *diagnostic;
    char message[320];

    if (place != NULL)
        at = diagnostic_place(place);
    vsnprintf(message, sizeof message, format, arguments);
    diagnostic = error ? diagnostics_error(a->d, &at, "%s", message)
                       : diagnostics_warning(a->d, &at, "%s", message);
    if (hint != NULL)
        diagnostic_hint(diagnostic, "%s", hint);
    if (place != NULL)
        note_origins(a, place->origin);
}

void
as_error(struct as_state *a, const struct as_place *place, const char *hint, const char *format,
         ...)
{
    va_list arguments;

    a->failure.reported = true;
    va_start(arguments, format);
    say(a, true, place, hint, format, arguments);
    va_end(arguments);
}

void
as_warn(struct as_state *a, const struct as_place *place, const char *hint, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(a, false, place, hint, format, arguments);
    va_end(arguments);
}

void
as_note(struct as_state *a, const struct as_place *place, const char *format, ...)
{
    struct diagnostic_place at = diagnostic_place(place);
    va_list arguments;
    char message[320];

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    diagnostics_note(a->d, &at, "%s", message);
}

void
as_abandon(struct as_state *a, const struct as_place *place, const char *hint, const char *format,
           ...)
{
    va_list arguments;
    struct as_place here = {0};

    if (place == NULL && a->frame != NULL) {
        here = (struct as_place){a->frame->origin, a->frame->lexer.line, 0, 0};
        place = &here;
    }
    va_start(arguments, format);
    say(a, true, place, hint, format, arguments);
    va_end(arguments);
    longjmp(a->leave, 1);
}
