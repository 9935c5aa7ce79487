/* SPDX-License-Identifier: MIT */
/* The commands: found, executed, told of. */
#ifndef REPL_COMMAND_H
#define REPL_COMMAND_H

#include "cli/repl/command_table.h"
#include "cli/repl/session.h"

#define REPL_GROUP_ENUM(id, title) REPL_GROUP_##id,
enum repl_group { REPL_GROUPS(REPL_GROUP_ENUM) REPL_GROUP_COUNT };
#undef REPL_GROUP_ENUM

#define REPL_COMPLETION_ENUM(id) REPL_COMPLETE_##id,
enum repl_completion { REPL_COMPLETIONS(REPL_COMPLETION_ENUM) REPL_COMPLETION_COUNT };
#undef REPL_COMPLETION_ENUM

#define REPL_COMMAND_ENUM(id, name, abbreviation, arguments, group, completion, about, help, ex)   \
    REPL_COMMAND_##id,
enum repl_command_id { REPL_COMMANDS(REPL_COMMAND_ENUM) REPL_COMMAND_COUNT };
#undef REPL_COMMAND_ENUM

/* What stands behind a command's name. */
struct repl_arguments {
    const char *text;   /* without blanks at either end; "" where there is nothing */
    const char *format; /* after `/', as in x/4xw; "" where there is none */
};

struct repl_command {
    const char *name, *abbreviation, *arguments;
    enum repl_group group;
    enum repl_completion completion;
    const char *about, *help, *example;
    bool (*function)(struct repl *r, const struct repl_arguments *a);
};

/*
 * A command's function.  It prints, or, where r->json, adds members to
 * r->object.  False, with r->error, where it fails.
 */
#define REPL_COMMAND_FUNCTION(id, name, abbreviation, arguments, group, completion, about, help,   \
                              ex)                                                                  \
    bool repl_do_##id(struct repl *r, const struct repl_arguments *a);
REPL_COMMANDS(REPL_COMMAND_FUNCTION)
#undef REPL_COMMAND_FUNCTION

/* Command i, in the order of the table; NULL past the last. */
const struct repl_command *repl_command_at(unsigned i);

/* The command that `word` (`length` bytes) means; NULL where it means *count others, 0 or more. */
const struct repl_command *repl_command_match(const char *word, size_t length, unsigned *count);

/*
 * The command that `word` (`length` bytes) means: its name, its short name, or
 * the only name it is the beginning of.  NULL, with r->error, where there is
 * none, or several.
 */
const struct repl_command *repl_command_find(struct repl *r, const char *word, size_t length);

/* Execute a line: nothing, a comment, or a command.  False where it failed, which has been said. */
bool repl_execute(struct repl *r, const char *line);

/* The title of a group. */
const char *repl_group_title(enum repl_group group);

/* The table of all commands as it stands in docs/repl.md. */
void repl_print_reference(FILE *to);

/* ---- for the commands ---- */

/* The next word of *text, which moves behind it: bytes of it, 0 where there is none. */
size_t repl_word(const char **text, const char **word);

/* A count: 42, 1,000, 20k, 5M; false where `text` is none. */
bool repl_count(const char *text, uint64_t *count);

/* A text: in quotes with \n, \t, \", \\, \xNN; without, as it stands, and a newline where `line`.
 * Into `to` (`size` bytes), its length in *length; *text moves behind it.  False, with r->error. */
bool repl_text(struct repl *r, const char **text, bool line, char *to, size_t size, size_t *length);

/* The event called `word` (the beginning of its name will do), or -1. */
int repl_find_event(const char *word);

/* Could such an event ever happen to the level viewed?  False, with r->error. */
bool repl_check_event(struct repl *r, enum repl_event_kind kind);

/* The value of the expression `text` at the level viewed. */
bool repl_value_of(struct repl *r, const char *text, struct repl_value *value);

/* Parse `text` for the level viewed, into a new expression; NULL, with r->error. */
struct repl_expression *repl_compile(struct repl *r, unsigned row, const char *text);

/* A place in a program, as `break' takes it. */
struct repl_location {
    unsigned level;
    uint32_t address;
    bool user;
};

bool repl_locate(struct repl *r, const char *text, struct repl_location *where);

#endif
