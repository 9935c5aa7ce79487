/* SPDX-License-Identifier: MIT */
/*
 * Source text and what is said about it.
 *
 * A reader (the assembler, the readers of descriptions) adds what it finds
 * wrong to one `struct diagnostics` and goes on; the command prints all of it
 * at the end:
 *
 *   hello.s:12:9: error: unknown instruction `adid'
 *       12 |         adid a0, a0, 1
 *          |         ^~~~
 *          = did you mean `addi'?
 *
 * Everything that is kept is a copy: nothing need outlive the call.
 */
#ifndef ASSEMBLER_DIAGNOSTIC_H
#define ASSEMBLER_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#if defined(__GNUC__)
#define DIAGNOSTIC_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define DIAGNOSTIC_PRINTF(string, first)
#endif

/* A text and the name by which its reader knows it. */
struct source {
    const char *path;
    const char *text; /* `length` bytes, and a 0 after them where source_read made it */
    size_t length;
    unsigned first_line; /* the number of its first line; 0 is taken as 1 */
};

/*
 * Read the file `path` whole, at most `limit` bytes.  On success *source owns
 * its path and text (source_free).  Else it holds nothing, and *problem says
 * why in a phrase (a string constant, or strerror's).
 */
bool source_read(const char *path, size_t limit, struct source *source, const char **problem);

/* Give back what source_read took. */
void source_free(struct source *source);

/* Line `line` (from first_line) of the source, without its end; its length in *length; NULL where
 * there is none. */
const char *source_line(const struct source *source, unsigned line, size_t *length);

enum diagnostic_kind { DIAGNOSTIC_error, DIAGNOSTIC_warning, DIAGNOSTIC_note };

/* Where: a span of one line. */
struct diagnostic_place {
    const struct source *source; /* NULL: no file at all */
    unsigned line;               /* from 1; 0: the file as a whole */
    unsigned column;             /* from 1, in bytes; 0: the line as a whole */
    unsigned length;             /* of the span in bytes; 0 is taken as 1 */
};

/* One thing said.  Every pointer is the diagnostic's own. */
struct diagnostic {
    enum diagnostic_kind kind;
    char *file; /* NULL: no file */
    unsigned line, column, length;
    char *message; /* no capital, no full stop */
    char *hint;    /* how to mend it, or NULL */
    char *text;    /* the source line, without its end, or NULL */
};

enum { DIAGNOSTICS_LIMIT = 20 }; /* errors kept where nobody says otherwise */

struct diagnostics {
    struct diagnostic *list; /* `count` of them, in the order found */
    size_t count, capacity;
    size_t errors; /* found, kept or not */
    size_t limit;  /* errors kept; 0 means DIAGNOSTICS_LIMIT */
    bool dropped;  /* the last error was not kept; nor are the notes on it */
    bool no_memory;
};

/* An empty list is all zero bytes: `struct diagnostics d = {0};` */

/* Give back what the list holds; it is empty then. */
void diagnostics_free(struct diagnostics *d);

/* Are there as many errors as are kept, so that to go on is no use? */
bool diagnostics_full(const struct diagnostics *d);

/*
 * Add an error at `place` (NULL: nowhere).  Returns what was added, to give it
 * a hint, valid until the next is added; or NULL where the limit is reached or
 * memory is out, which needs no care: the error counts all the same.
 */
struct diagnostic *diagnostics_error(struct diagnostics *d, const struct diagnostic_place *place,
                                     const char *format, ...) DIAGNOSTIC_PRINTF(3, 4);

/* A warning: it fails nothing, and is never dropped before the errors are. */
struct diagnostic *diagnostics_warning(struct diagnostics *d, const struct diagnostic_place *place,
                                       const char *format, ...) DIAGNOSTIC_PRINTF(3, 4);

/* A note on the last error or warning: dropped where that was. */
struct diagnostic *diagnostics_note(struct diagnostics *d, const struct diagnostic_place *place,
                                    const char *format, ...) DIAGNOSTIC_PRINTF(3, 4);

/* How to mend it, such as "did you mean `addi'?".  `diagnostic` may be NULL. */
void diagnostic_hint(struct diagnostic *diagnostic, const char *format, ...)
    DIAGNOSTIC_PRINTF(2, 3);

/* "did you mean `CANDIDATE'?" as the hint; nothing where either is NULL. */
void diagnostic_did_you_mean(struct diagnostic *diagnostic, const char *candidate);

/* "error", "warning", "note". */
const char *diagnostic_kind_name(enum diagnostic_kind kind);

/*
 * Print one diagnostic, in colour where `colour` says so.  Tabs are written as
 * spaces to every eighth column, so that the caret stands under its span, and
 * control characters as `?', so that a source cannot steer the terminal.
 */
void diagnostic_print(const struct diagnostic *diagnostic, FILE *to, bool colour);

/* Print them all, and "too many errors" where some were not kept. */
void diagnostics_print(const struct diagnostics *d, FILE *to, bool colour);

/*
 * Which of many candidates did the writer of a word mean?  Start with the
 * word, offer each candidate, read the answer: the nearest by the number of
 * letters to insert, delete, change or swap (Damerau and Levenshtein, case
 * ignored), where that is at most a third of the word, rounded up; of equals
 * the one of the word's own length, then the first.
 */
enum { DIAGNOSTIC_WORD_MAX = 48 }; /* longer words and candidates are not compared */

struct diagnostic_guess {
    const char *word;
    size_t length;
    size_t distance; /* of the best so far; beyond the threshold: none */
    char best[DIAGNOSTIC_WORD_MAX + 1];
};

void diagnostic_guess_start(struct diagnostic_guess *guess, const char *word, size_t length);
void diagnostic_guess_offer(struct diagnostic_guess *guess, const char *candidate, size_t length);

/* The answer, kept in *guess, or NULL. */
const char *diagnostic_guess_answer(const struct diagnostic_guess *guess);

/* The same for an array that ends with NULL; the answer is one of its strings. */
const char *diagnostic_closest(const char *word, size_t length, const char *const *candidates);

#endif
