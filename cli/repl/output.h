/* SPDX-License-Identifier: MIT */
/* How a session speaks: text in columns, colour where it is wanted, and what the guests print. */
#ifndef REPL_OUTPUT_H
#define REPL_OUTPUT_H

#include "cli/repl/session.h"

enum { REPL_WIDTH = 80, REPL_INSTRUCTION_MAX = 160 };

/* What colour is for: X(id, escape sequence). */
#define REPL_COLOURS(X)                                                                            \
    X(plain, "\033[0m")                                                                            \
    X(changed, "\033[1;33m")                                                                       \
    X(here, "\033[1;36m")                                                                          \
    X(rule, "\033[2m")                                                                             \
    X(wrong, "\033[1;31m")                                                                         \
    X(guest, "\033[32m")

#define REPL_COLOUR_ENUM(id, sequence) REPL_COLOUR_##id,
enum repl_colour { REPL_COLOURS(REPL_COLOUR_ENUM) REPL_COLOUR_COUNT };
#undef REPL_COLOUR_ENUM

/* The escape sequence, or an empty string where there is no colour. */
const char *repl_colour(const struct repl *r, enum repl_colour colour);

/* A line of text; nothing where the session speaks JSON. */
void repl_say(const struct repl *r, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

/* A text in lines of at most REPL_WIDTH columns; nothing in JSON. */
void repl_paragraph(const struct repl *r, const char *text);

/* The object of a command on one line, after json_end. */
void repl_print_json(FILE *to, const char *text);

/* What the guest of row i, whose turn it was, has sent by now: into its log, and, whole lines of
 * it, to the user. */
void repl_collect(struct repl *r, unsigned row);

#define REPL_NOT_FOUND ((size_t)-1)

/* Where in the log, from `from` on, the text begins, or REPL_NOT_FOUND. */
size_t repl_log_find(const struct repl_log *log, size_t from, const char *text, size_t length);

/* What is left of lines that have not ended; at a stop. */
void repl_flush_console(struct repl *r);

/* In JSON: the member "console" of the command's object, if anything was sent during it. */
void repl_console_json(struct repl *r);

/*
 * An instruction at `pc` whose program calls the place `linked`, as text: the
 * mnemonic, a column of operands, the symbol it jumps to.  `text` has
 * REPL_INSTRUCTION_MAX bytes.
 */
const char *repl_instruction(const struct repl *r, unsigned row, uint32_t word, uint32_t pc,
                             uint32_t linked, char *text);

/* The same without columns, for sentences. */
const char *repl_instruction_inline(uint32_t word, uint32_t pc, char *text);

#endif
