/* SPDX-License-Identifier: MIT */
#include "assembler/diagnostic.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- source text ---- */

static char *
copy(const char *text, size_t length)
{
    char *to = malloc(length + 1);

    if (to == NULL)
        return NULL;
    if (length > 0)
        memcpy(to, text, length);
    to[length] = '\0';
    return to;
}

/* All of `file`, growing; NULL with *problem where that fails. */
static char *
read_all(FILE *file, size_t limit, size_t *length, const char **problem)
{
    char *text = NULL;
    size_t capacity = 0;

    *length = 0;
    for (;;) {
        if (capacity - *length < 2) {
            char *larger = realloc(text, capacity = capacity * 2 + 4096);

            if (larger == NULL) {
                *problem = "out of memory";
                break;
            }
            text = larger;
        }
        size_t n = fread(text + *length, 1, capacity - *length - 1, file);

        *length += n;
        if (*length > limit) {
            *problem = "the file is too large";
            break;
        }
        if (n == 0 && ferror(file)) {
            *problem = strerror(errno);
            break;
        }
        if (n == 0) {
            text[*length] = '\0';
            return text;
        }
    }
    free(text);
    return NULL;
}

bool
source_read(const char *path, size_t limit, struct source *source, const char **problem)
{
    char *text, *name;

    *source = (struct source){0};
    errno = 0;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        *problem = strerror(errno);
        return false;
    }
    text = read_all(file, limit, &source->length, problem);
    fclose(file);
    if (text == NULL)
        return false;
    name = copy(path, strlen(path));
    if (name == NULL) {
        *problem = "out of memory";
        free(text);
        return false;
    }
    source->path = name;
    source->text = text;
    return true;
}

void
source_free(struct source *source)
{
    free((char *)(uintptr_t)source->path);
    free((char *)(uintptr_t)source->text);
    *source = (struct source){0};
}

const char *
source_line(const struct source *source, unsigned line, size_t *length)
{
    const char *at = source->text, *end;
    unsigned first = source->first_line == 0 ? 1 : source->first_line;

    if (at == NULL || line < first)
        return NULL;
    end = at + source->length;
    for (unsigned i = first; i < line; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL)
            return NULL;
        at++;
    }
    const char *stop = memchr(at, '\n', (size_t)(end - at));

    *length = (size_t)((stop == NULL ? end : stop) - at);
    if (*length > 0 && at[*length - 1] == '\r')
        (*length)--;
    return at;
}

/* ---- the list ---- */

static void
diagnostic_free(struct diagnostic *diagnostic)
{
    free(diagnostic->file);
    free(diagnostic->message);
    free(diagnostic->hint);
    free(diagnostic->text);
}

void
diagnostics_free(struct diagnostics *d)
{
    for (size_t i = 0; i < d->count; i++)
        diagnostic_free(&d->list[i]);
    free(d->list);
    *d = (struct diagnostics){.limit = d->limit};
}

static size_t
limit_of(const struct diagnostics *d)
{
    return d->limit == 0 ? DIAGNOSTICS_LIMIT : d->limit;
}

bool
diagnostics_full(const struct diagnostics *d)
{
    return d->errors >= limit_of(d) || d->no_memory;
}

/* The formatted text in memory of its own, or NULL. */
static char *
format_text(const char *format, va_list arguments)
{
    va_list again;
    char *text = NULL;

    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);

    va_end(again);
    if (length >= 0)
        text = malloc((size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

static bool
reserve(struct diagnostics *d)
{
    if (d->count < d->capacity)
        return true;
    size_t capacity = d->capacity * 2 + 8;
    struct diagnostic *larger = realloc(d->list, capacity * sizeof *larger);

    if (larger == NULL)
        return false;
    d->list = larger;
    d->capacity = capacity;
    return true;
}

/* Fill in where it is; false when memory is out. */
static bool
set_place(struct diagnostic *to, const struct diagnostic_place *place)
{
    size_t length;

    if (place == NULL || place->source == NULL)
        return true;
    const char *path = place->source->path == NULL ? "-" : place->source->path;
    const char *line = source_line(place->source, place->line, &length);

    to->file = copy(path, strlen(path));
    to->line = place->line;
    to->column = place->column;
    to->length = place->length == 0 ? 1 : place->length;
    if (line != NULL)
        to->text = copy(line, length);
    return to->file != NULL && (line == NULL || to->text != NULL);
}

static struct diagnostic *
add(struct diagnostics *d, enum diagnostic_kind kind, const struct diagnostic_place *place,
    const char *format, va_list arguments)
{
    struct diagnostic new = {.kind = kind};

    if (!reserve(d)) {
        d->no_memory = true;
        return NULL;
    }
    new.message = format_text(format, arguments);
    if (new.message == NULL || !set_place(&new, place)) {
        d->no_memory = true;
        diagnostic_free(&new);
        return NULL;
    }
    d->list[d->count] = new;
    return &d->list[d->count++];
}

struct diagnostic *
diagnostics_error(struct diagnostics *d, const struct diagnostic_place *place, const char *format,
                  ...)
{
    va_list arguments;
    struct diagnostic *added;

    d->dropped = d->errors++ >= limit_of(d);
    if (d->dropped)
        return NULL;
    va_start(arguments, format);
    added = add(d, DIAGNOSTIC_error, place, format, arguments);
    va_end(arguments);
    return added;
}

struct diagnostic *
diagnostics_warning(struct diagnostics *d, const struct diagnostic_place *place, const char *format,
                    ...)
{
    va_list arguments;
    struct diagnostic *added;

    d->dropped = d->count >= 4 * limit_of(d);
    if (d->dropped)
        return NULL;
    va_start(arguments, format);
    added = add(d, DIAGNOSTIC_warning, place, format, arguments);
    va_end(arguments);
    return added;
}

struct diagnostic *
diagnostics_note(struct diagnostics *d, const struct diagnostic_place *place, const char *format,
                 ...)
{
    va_list arguments;
    struct diagnostic *added;

    if (d->dropped)
        return NULL;
    va_start(arguments, format);
    added = add(d, DIAGNOSTIC_note, place, format, arguments);
    va_end(arguments);
    return added;
}

void
diagnostic_hint(struct diagnostic *diagnostic, const char *format, ...)
{
    va_list arguments;

    if (diagnostic == NULL)
        return;
    free(diagnostic->hint);
    va_start(arguments, format);
    diagnostic->hint = format_text(format, arguments);
    va_end(arguments);
}

void
diagnostic_did_you_mean(struct diagnostic *diagnostic, const char *candidate)
{
    if (candidate != NULL)
        diagnostic_hint(diagnostic, "did you mean `%s'?", candidate);
}

const char *
diagnostic_kind_name(enum diagnostic_kind kind)
{
    static const char *const names[] = {"error", "warning", "note"};

    return names[kind];
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- printing ---- */

enum {
    TAB = 8,
    VIEW = 96,
    BEFORE = 40
}; /* cells: a tab's, of a line shown, of it before the span */

/* How many bytes the character at text[i] has: 1, or those of well-formed UTF-8; *shown is whether
 * it may be printed as it is. */
static size_t
character(const char *text, size_t i, size_t length, bool *shown)
{
    unsigned char c = (unsigned char)text[i];
    size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : 4;

    *shown = c >= 0x20 && c < 0x7f;
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4 || length - i < n)
        return 1;
    for (size_t k = 1; k < n; k++)
        if (((unsigned char)text[i + k] & 0xc0) != 0x80)
            return 1;
    *shown = c != 0xc2 || (unsigned char)text[i + 1] >= 0xa0; /* not the controls U+0080 to 9f */
    return n;
}

/* A character's cells, at cell `at`. */
static size_t
cells(char c, size_t at)
{
    return c == '\t' ? TAB - at % TAB : 1;
}

/* The cell at which byte `offset` of the line stands. */
static size_t
cell_of(const char *text, size_t length, size_t offset)
{
    size_t cell = 0;
    bool shown;

    for (size_t i = 0; i < length && i < offset; i += character(text, i, length, &shown))
        cell += cells(text[i], cell);
    return cell + (offset > length ? offset - length : 0);
}

static void
put_line(const char *text, size_t length, size_t from, size_t to, FILE *file)
{
    size_t cell = 0, n;
    bool shown;

    for (size_t i = 0; i < length && cell < to; i += n) {
        size_t width = cells(text[i], cell);

        n = character(text, i, length, &shown);
        for (size_t k = 0; k < width; k++, cell++) {
            if (cell < from || cell >= to)
                continue;
            if (shown)
                fwrite(text + i, 1, n, file);
            else
                fputc(text[i] == '\t' ? ' ' : '?', file);
        }
    }
}

static void
put_repeated(char c, size_t n, FILE *to)
{
    while (n-- > 0)
        fputc(c, to);
}

/* The source line and the caret under the span, both cut to a window where the line is long. */
static void
print_source(const struct diagnostic *diagnostic, FILE *to, const char *on, const char *off)
{
    size_t length = strlen(diagnostic->text), end = cell_of(diagnostic->text, length, length);
    size_t column = diagnostic->column == 0 ? 0 : least(diagnostic->column - 1, length);
    size_t start = cell_of(diagnostic->text, length, column);
    size_t stop = cell_of(diagnostic->text, length, column + diagnostic->length);
    size_t from = end > VIEW && start > BEFORE ? start - BEFORE : 0;
    bool cut = end - (from < end ? from : end) > VIEW;

    fprintf(to, "%6u | %s", diagnostic->line, from > 0 ? "..." : "");
    put_line(diagnostic->text, length, from, from + VIEW, to);
    fputs(cut ? "...\n" : "\n", to);
    if (diagnostic->column == 0)
        return;
    if (stop > from + VIEW)
        stop = from + VIEW;
    fprintf(to, "%6s | %s", "", from > 0 ? "   " : "");
    put_repeated(' ', start - from, to);
    fprintf(to, "%s^", on);
    put_repeated('~', stop > start + 1 ? stop - start - 1 : 0, to);
    fprintf(to, "%s\n", off);
}

/* A text that may quote the source, with its control characters made harmless. */
static void
put_harmless(const char *text, FILE *to)
{
    put_line(text, strlen(text), 0, SIZE_MAX, to);
}

void
diagnostic_print(const struct diagnostic *diagnostic, FILE *to, bool colour)
{
    static const char *const colours[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
    const char *on = colour ? colours[diagnostic->kind] : "", *off = colour ? "\033[0m" : "";

    if (diagnostic->file != NULL) {
        put_harmless(diagnostic->file, to);
        fputc(':', to);
        if (diagnostic->line > 0)
            fprintf(to, "%u:", diagnostic->line);
        if (diagnostic->line > 0 && diagnostic->column > 0)
            fprintf(to, "%u:", diagnostic->column);
        fputc(' ', to);
    }
    fprintf(to, "%s%s:%s ", on, diagnostic_kind_name(diagnostic->kind), off);
    put_harmless(diagnostic->message, to);
    fputc('\n', to);
    if (diagnostic->text != NULL)
        print_source(diagnostic, to, on, off);
    if (diagnostic->hint != NULL) {
        fprintf(to, "%6s = ", "");
        put_harmless(diagnostic->hint, to);
        fputc('\n', to);
    }
}

void
diagnostics_print(const struct diagnostics *d, FILE *to, bool colour)
{
    for (size_t i = 0; i < d->count; i++)
        diagnostic_print(&d->list[i], to, colour);
    if (d->errors > limit_of(d))
        fprintf(to, "too many errors: the first %zu of %zu or more are shown\n", limit_of(d),
                d->errors);
    if (d->no_memory)
        fputs("out of memory: not every error is shown\n", to);
}

/* ---- did you mean ---- */

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * The least number of insertions, deletions, changes and swaps of neighbours
 * that make `a` of `b` (Damerau 1964, Levenshtein 1966; no letter is edited
 * twice).  Row i of the table is the distances of a's first i letters from
 * each beginning of b; three rows suffice.
 */
static size_t
distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t rows[3][DIAGNOSTIC_WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= n; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= m; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);
            size_t best = least(above[j], row[j - 1]) + 1;

            best = least(best, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && y == lower(a[i - 2]))
                best = least(best, before[j - 2] + 1);
            row[j] = best;
        }
        size_t *free_row = before;

        before = above;
        above = row;
        row = free_row;
    }
    return above[n];
}

void
diagnostic_guess_start(struct diagnostic_guess *guess, const char *word, size_t length)
{
    *guess = (struct diagnostic_guess){.word = word, .length = length};
    guess->distance = (length + 2) / 3 + 1;
}

void
diagnostic_guess_offer(struct diagnostic_guess *guess, const char *candidate, size_t length)
{
    size_t n = guess->length;

    if (n == 0 || n > DIAGNOSTIC_WORD_MAX || length == 0 || length > DIAGNOSTIC_WORD_MAX)
        return;
    size_t d = distance(guess->word, n, candidate, length);

    if (d >= n || d > guess->distance)
        return; /* nothing of the word is left, or worse than the best */
    size_t best = strlen(guess->best);

    if (d == guess->distance && (best == 0 || best == n || length != n))
        return; /* as good, and no better in length */
    guess->distance = d;
    memset(guess->best, 0, sizeof guess->best);
    memcpy(guess->best, candidate, length);
}

const char *
diagnostic_guess_answer(const struct diagnostic_guess *guess)
{
    return guess->best[0] == '\0' ? NULL : guess->best;
}

const char *
diagnostic_closest(const char *word, size_t length, const char *const *candidates)
{
    struct diagnostic_guess guess;
    const char *answer = NULL;

    diagnostic_guess_start(&guess, word, length);
    for (; *candidates != NULL; candidates++) {
        diagnostic_guess_offer(&guess, *candidates, strlen(*candidates));
        if (guess.best[0] != '\0' && strcmp(guess.best, *candidates) == 0)
            answer = *candidates;
    }
    return answer;
}
