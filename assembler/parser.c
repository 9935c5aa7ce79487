/* SPDX-License-Identifier: MIT */
/* Tokens, what was expected of them, and errors with their places. */
#include "assembler/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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
    failure->forms = false;
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
        as_fail(p, token, NULL, "expected %s, found the end of the statement", what);
    else
        as_fail(p, token, NULL, "expected %s, found `%.*s'", what, as_quoted(token->length),
                token->text);
    p->a->failure.forms |= p->a->failure.at == token;
    return false;
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

    if (answer == NULL || guess->distance > guess->length / 3)
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

/* Name the expansions and inclusions around a place, each line once. */
static void
note_origins(struct as_state *a, const struct as_origin *origin)
{
    const struct as_place *last = NULL;
    int n = 0;

    for (; origin != NULL && origin->what != NULL; origin = origin->from.origin) {
        const struct as_place *from = &origin->from;
        struct diagnostic_place at = diagnostic_place(from);

        if (last != NULL && last->line == from->line && last->column == from->column &&
            strcmp(last->origin->source.path, from->origin->source.path) == 0)
            continue;
        last = from;
        if (n++ == NOTES_MAX) {
            diagnostics_note(a->d, NULL, "and so on");
            return;
        }
        diagnostics_note(a->d, &at, "%s", origin->what);
    }
}

/* ---- their order ---- */

/* Begin a group with the next diagnostic; where there is no memory for that, it stays in its place.
 */
static void
begin_group(struct as_state *a)
{
    if (a->group_count == a->group_capacity) {
        size_t capacity = 2 * a->group_capacity + 16;
        struct as_group *larger = realloc(a->groups, capacity * sizeof *larger);

        if (larger == NULL)
            return;
        a->groups = larger;
        a->group_capacity = capacity;
    }
    a->groups[a->group_count++] =
        (struct as_group){a->d->count, 0, a->blamed != 0 ? a->blamed : a->statements};
}

static void
end_group(struct as_state *a)
{
    if (a->group_count > 0)
        a->groups[a->group_count - 1].count = a->d->count - a->groups[a->group_count - 1].first;
}

void
as_sort_errors(struct as_state *a, size_t first)
{
    size_t count = a->d->count - first, n = 0;
    struct diagnostic *sorted = calloc(count + 1, sizeof *sorted);

    if (sorted == NULL)
        return;
    for (size_t i = 1; i < a->group_count; i++)
        for (size_t k = i; k > 0 && a->groups[k - 1].statement > a->groups[k].statement; k--) {
            struct as_group later = a->groups[k - 1];

            a->groups[k - 1] = a->groups[k];
            a->groups[k] = later;
        }
    for (size_t i = 0; i < a->group_count; i++)
        for (size_t k = 0; k < a->groups[i].count; k++)
            sorted[n++] = a->d->list[a->groups[i].first + k];
    if (n == count && n > 0)
        memcpy(a->d->list + first, sorted, n * sizeof *sorted);
    free(sorted);
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
    begin_group(a);
    diagnostic = error ? diagnostics_error(a->d, &at, "%s", message)
                       : diagnostics_warning(a->d, &at, "%s", message);
    if (hint != NULL)
        diagnostic_hint(diagnostic, "%s", hint);
    if (place != NULL)
        note_origins(a, place->origin);
    end_group(a);
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
    end_group(a);
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
