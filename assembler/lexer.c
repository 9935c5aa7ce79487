/* SPDX-License-Identifier: MIT */
/*
 * Text to tokens, one statement at a time.
 *
 *   statement  tokens up to the end of the line, `;' or the end of the text
 *   comment    `#' or `//' to the end of the line; slash-star to star-slash,
 *              which is a space, over several lines too
 *   name       letter, `_', `.', `$' or byte above 127; then digits as well
 *   number     0x1f 0b101 017 42, 'c' with C's escapes, 64 bits: from 2^63 on as
 *              negative as its pattern is; 1b and 1f are labels
 *   string     "...", C's escapes
 */
#include "assembler/internal.h"

#include <string.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool
in_name(char c)
{
    return starts_name(c) || is_digit(c);
}

/* The value of a digit in any base, or 99. */
static unsigned
digit(char c)
{
    if (is_digit(c))
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A') + 10;
    return 99;
}

/* \ooo, one to three octal digits; *at is at the first. */
static unsigned char
octal(const char **at, const char *end)
{
    unsigned n = 0;

    for (int i = 0; i < 3 && *at < end && digit(**at) < 8; i++, (*at)++)
        n = n * 8 + digit(**at);
    return (unsigned char)n;
}

/* \xh..., as GNU: any number of digits, the last two count. */
static unsigned char
hexadecimal(const char **at, const char *end)
{
    unsigned n = 0;

    for (; *at < end && digit(**at) < 16; (*at)++)
        n = (n * 16 + digit(**at)) & 0xff;
    return (unsigned char)n;
}

bool
as_lex_character(const char **at, const char *end, unsigned char *value, const char **problem)
{
    static const char letters[] = "abfnrtv\\\"'", values[] = "\a\b\f\n\r\t\v\\\"'";

    if (**at != '\\') {
        *value = (unsigned char)*(*at)++;
        return true;
    }
    (*at)++;
    if (*at < end && digit(**at) < 8) {
        *value = octal(at, end);
        return true;
    }
    if (end - *at >= 2 && (**at == 'x' || **at == 'X') && digit((*at)[1]) < 16) {
        (*at)++;
        *value = hexadecimal(at, end);
        return true;
    }
    const char *letter = *at < end && **at != '\0' ? strchr(letters, **at) : NULL;

    if (letter == NULL) {
        *problem =
            "unknown escape: there are \\a \\b \\f \\n \\r \\t \\v \\\\ \\\" \\' \\ooo \\xhh";
        return false;
    }
    (*at)++;
    *value = (unsigned char)values[letter - letters];
    return true;
}

/* Skip white space and comments; false with *problem for a comment without end. */
static bool
skip_space(struct as_lexer *l, const char **problem)
{
    for (; l->at < l->end; l->at++) {
        char next = l->end - l->at > 1 ? l->at[1] : '\0';

        if (*l->at == '#' || (*l->at == '/' && next == '/')) {
            const char *line_end = memchr(l->at, '\n', (size_t)(l->end - l->at));

            l->at = line_end == NULL ? l->end : line_end;
            return true;
        }
        if (*l->at == '/' && next == '*') {
            const struct as_lexer start = *l;

            for (l->at += 2; l->end - l->at > 1 && (l->at[0] != '*' || l->at[1] != '/'); l->at++)
                if (*l->at == '\n') {
                    l->line++;
                    l->line_start = l->at + 1;
                }
            if (l->end - l->at < 2) {
                *l = start;
                *problem = "this comment has no end: `*/' is missing";
                return false;
            }
            l->at++;
        } else if (*l->at != ' ' && *l->at != '\t' && *l->at != '\r' && *l->at != '\f' &&
                   *l->at != '\v')
            return true;
    }
    return true;
}

static struct as_token
bad(struct as_token token, const char *problem)
{
    token.kind = AS_BAD;
    token.problem = problem;
    return token;
}

/* The digits of `base` from l->at on. */
static struct as_token
number(struct as_lexer *l, struct as_token token, unsigned base)
{
    const char *first = l->at;
    uint64_t n = 0;
    bool large = false;

    for (; l->at < l->end && digit(*l->at) < base; l->at++) {
        large = large || n > (UINT64_MAX - digit(*l->at)) / base;
        n = large ? 0 : n * base + digit(*l->at);
    }
    if (l->at == first || (l->at < l->end && in_name(*l->at))) {
        while (l->at < l->end && in_name(*l->at))
            l->at++;
        return bad(token, base == 16  ? "not a hexadecimal number"
                          : base == 8 ? "not an octal number, which a leading 0 makes it"
                          : base == 2 ? "not a binary number"
                                      : "not a number");
    }
    if (large)
        return bad(token, "the number does not fit 64 bits");
    token.kind = AS_NUMBER;
    token.value = n > INT64_MAX ? (int64_t)(n - INT64_MAX - 1) + INT64_MIN : (int64_t)n;
    return token;
}

/* 1b or 1f at l->at: its length, or 0. */
static size_t
local_label(const struct as_lexer *l)
{
    const char *at = l->at;

    while (at < l->end && is_digit(*at))
        at++;
    if (at == l->end || (*at != 'b' && *at != 'f') || (l->end - at > 1 && in_name(at[1])))
        return 0;
    return (size_t)(at + 1 - l->at);
}

static struct as_token
lex_number(struct as_lexer *l, struct as_token token)
{
    size_t local = local_label(l);
    char next = l->end - l->at > 1 ? l->at[1] : '\0';

    if (local > 0) {
        const char *end = l->at + local;
        struct as_lexer digits = {.at = l->at, .end = end - 1};

        l->at = end;
        token = number(&digits, token, 10);
        if (token.kind == AS_NUMBER)
            token.kind = AS_LOCAL;
        return token;
    }
    if (*l->at != '0' || !(is_digit(next) || starts_name(next)))
        return number(l, token, 10);
    l->at++;
    if (is_digit(next))
        return number(l, token, 8);
    if (next != 'x' && next != 'X' && next != 'b' && next != 'B')
        return number(l, token, 10);
    l->at++;
    return number(l, token, next == 'x' || next == 'X' ? 16 : 2);
}

/* 'c' or, as GNU takes it too, 'c without the second quote. */
static struct as_token
lex_character(struct as_lexer *l, struct as_token token)
{
    unsigned char value = 0;
    const char *problem;

    l->at++;
    if (l->at == l->end || *l->at == '\n')
        return bad(token, "a character is missing after the quote");
    if (!as_lex_character(&l->at, l->end, &value, &problem)) {
        if (l->at < l->end && *l->at != '\n')
            l->at++;
        return bad(token, problem);
    }
    if (l->at < l->end && *l->at == '\'')
        l->at++;
    token.kind = AS_NUMBER;
    token.value = value;
    return token;
}

/* "...": what is in it is decoded where it is used. */
static struct as_token
lex_string(struct as_lexer *l, struct as_token token)
{
    for (l->at++; l->at < l->end && *l->at != '"' && *l->at != '\n'; l->at++)
        if (*l->at == '\\' && l->end - l->at > 1 && l->at[1] != '\n')
            l->at++;
    if (l->at == l->end || *l->at == '\n')
        return bad(token, "this string has no end on its line: `\"' is missing");
    l->at++;
    token.kind = AS_STRING;
    return token;
}

static struct as_token
lex_mark(struct as_lexer *l, struct as_token token)
{
    static const char pairs[][3] = {"<<", ">>", "==", "!=", "<=", ">=", "&&", "||"};
    char c = *l->at++;

    token.kind = AS_MARK;
    token.value = c;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] && l->at < l->end; i++)
        if (c == pairs[i][0] && *l->at == pairs[i][1]) {
            l->at++;
            token.value = AS_MARK2(pairs[i][0], pairs[i][1]);
            return token;
        }
    if (c == '\\')
        return bad(token, "`\\' outside a string: no such argument of a macro");
    if (strchr("+-*/%&|^~!<>=(),:@", c) == NULL || c == '\0')
        return bad(token, "no such character in this language");
    return token;
}

/* The next token; AS_END at the end of the statement, which it takes. */
static struct as_token
next_token(struct as_lexer *l)
{
    const char *problem = NULL;
    bool space = skip_space(l, &problem);
    struct as_token token = {.line = l->line, .text = l->at};

    token.column = (uint32_t)(l->at - l->line_start) + 1;
    if (!space) {
        l->at = l->end;
        token.length = 2;
        return bad(token, problem);
    }
    if (l->at == l->end)
        return token;
    if (*l->at == '\n') {
        l->line++;
        l->line_start = ++l->at;
        return token;
    }
    if (*l->at == ';') {
        l->at++;
        return token;
    }
    if (starts_name(*l->at)) {
        while (l->at < l->end && in_name(*l->at))
            l->at++;
        token.kind = AS_NAME;
    } else if (is_digit(*l->at))
        token = lex_number(l, token);
    else if (*l->at == '\'')
        token = lex_character(l, token);
    else if (*l->at == '"')
        token = lex_string(l, token);
    else
        token = lex_mark(l, token);
    token.length = (uint32_t)(l->at - token.text);
    return token;
}

bool
as_lex(struct as_state *a, struct as_lexer *l)
{
    const char *start = l->at;
    size_t n = 0;

    if (l->at == l->end)
        return false;
    do {
        a->tokens = as_grow(a, a->tokens, &a->token_capacity, n + 1, sizeof *a->tokens);
        a->tokens[n] = next_token(l);
        if (n == AS_TOKENS_MAX) {
            struct as_place place = as_token_place(a, &a->tokens[n]);

            as_abandon(a, &place, NULL, "this statement has more than %d words", AS_TOKENS_MAX);
        }
    } while (a->tokens[n++].kind != AS_END);
    a->read += (uint64_t)(l->at - start);
    return true;
}
