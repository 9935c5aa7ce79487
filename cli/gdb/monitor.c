/* SPDX-License-Identifier: MIT */
/*
 * `monitor COMMAND': a command of the REPL's, what it prints shown by gdb.  Not
 * those that move the machine or change it, since gdb would go on showing what
 * it has seen before; it has commands of its own for that.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/gdb/stub.h"
#include "cli/repl/command.h"

enum { ANSWER_MAX = 1 << 20 }; /* bytes of what a command prints that are shown */

/* ---- which ---- */

static bool
is_one_of(enum repl_command_id id, const enum repl_command_id *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == id)
            return true;
    return false;
}

/* Does it leave the machine as it is, and needs nothing but its own line? */
static bool
is_allowed(const struct repl_command *c)
{
    static const enum repl_command_id also[] = {REPL_COMMAND_send, REPL_COMMAND_assert,
                                                REPL_COMMAND_echo, REPL_COMMAND_bookmark,
                                                REPL_COMMAND_history};
    static const enum repl_command_id never[] = {REPL_COMMAND_commands, REPL_COMMAND_demo};
    enum repl_command_id id = (enum repl_command_id)(c - repl_command_at(0));

    if (is_one_of(id, never, sizeof never / sizeof never[0]))
        return false;
    return c->group == REPL_GROUP_seeing || c->group == REPL_GROUP_stopping ||
           c->group == REPL_GROUP_helping || is_one_of(id, also, sizeof also / sizeof also[0]);
}

/* `trace > FILE', `trace --chrome FILE': files are the user's, and not the client's to write. */
static bool
names_file(const struct repl_command *c, const char *line)
{
    return c == repl_command_at(REPL_COMMAND_trace) &&
           (strchr(line, '>') != NULL || strstr(line, "--chrome") != NULL);
}

/* The command that a line begins with; NULL where that is unknown, or not unique. */
static const struct repl_command *
command_of(const char *line)
{
    unsigned count;
    size_t n;

    line += strspn(line, " \t");
    n = line[0] == '.' ? 1 : strcspn(line, " \t/");
    return n > 0 ? repl_command_match(line, n, &count) : NULL;
}

/* ---- what it prints ---- */

static void
execute(struct gdb_stub *s, const char *line)
{
    struct repl *r = s->r;
    FILE *out = r->out, *memory;
    bool json = r->json, colour = r->colour, interactive = r->interactive;
    struct repl_place place = r->place;
    char *text = NULL;
    size_t length = 0;

    memory = open_memstream(&text, &length);
    if (memory == NULL)
        return;
    r->out = memory;
    r->json = r->colour = false;
    r->interactive = true; /* so that errors are printed there, too */
    r->place = (struct repl_place){0};
    (void)repl_execute(r, line);
    r->out = out;
    r->json = json;
    r->colour = colour;
    r->interactive = interactive;
    r->place = place;
    (void)fclose(memory);
    if (text != NULL)
        gdb_stub_say(s, text, length < ANSWER_MAX ? length : ANSWER_MAX);
    free(text);
}

static void
refuse(struct gdb_stub *s, const struct repl_command *c, const char *why)
{
    struct gdb_text text = {0};

    gdb_put(&text, "`%s' %s\n", c->name, why);
    gdb_stub_say(s, text.bytes != NULL ? text.bytes : "", text.length);
    gdb_text_free(&text);
}

/* ---- the packet ---- */

/* `monitor as LEVEL' chooses whom other commands speak from; and whose program it is that gdb's
 * breakpoints are in. */
static void
follow(struct gdb_stub *s, const struct repl_command *c, unsigned view)
{
    if (c == repl_command_at(REPL_COMMAND_as) && s->r->view != view)
        s->program = s->r->view;
}

enum gdb_answer
gdb_monitor(struct gdb_stub *s, struct gdb_input *in)
{
    char line[REPL_LINE_MAX];
    const struct repl_command *c;
    unsigned view = s->r->view;
    int n = gdb_take_hex(in, line, sizeof line - 1);

    if (n < 0 || !gdb_at_end(in) || memchr(line, '\0', (size_t)n) != NULL)
        return GDB_MALFORMED;
    line[n] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    c = command_of(line);
    if (c != NULL && !is_allowed(c)) {
        refuse(s, c, "moves or changes the machine, behind gdb's back: use gdb's own commands");
        return GDB_OK;
    }
    if (c != NULL && names_file(c, line)) {
        refuse(s, c, "writes no file for gdb: give it in thirdgen's own session");
        return GDB_OK;
    }
    execute(s, line);
    if (c != NULL)
        follow(s, c, view);
    return GDB_OK;
}
