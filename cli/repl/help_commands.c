/* SPDX-License-Identifier: MIT */
/* The commands that tell of commands; and the table for docs/repl.md. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "cli/repl/command.h"
#include "cli/repl/output.h"

/* "step, s" */
static const char *
names(const struct repl_command *c, char *text, size_t size)
{
    (void)snprintf(text, size, "%s%s%s", c->name, c->abbreviation[0] != '\0' ? ", " : "",
                   c->abbreviation);
    return text;
}

static void
list_json(struct repl *r)
{
    const struct repl_command *c;

    json_array(&r->object, "commands");
    for (unsigned i = 0; (c = repl_command_at(i)) != NULL; i++) {
        json_object(&r->object, NULL);
        json_string(&r->object, "name", c->name);
        json_string(&r->object, "group", repl_group_title(c->group));
        json_string(&r->object, "about", c->about);
        json_close(&r->object);
    }
    json_close(&r->object);
}

/* A long name has a line of its own. */
static void
say_about(const struct repl *r, const struct repl_command *c)
{
    char name[32];

    if (strlen(names(c, name, sizeof name)) > 15) {
        repl_say(r, "  %s", name);
        name[0] = '\0';
    }
    repl_say(r, "  %-15s %s", name, c->about);
}

static bool
list(struct repl *r)
{
    const struct repl_command *c;

    if (r->json) {
        list_json(r);
        return true;
    }
    for (unsigned g = 0; g < REPL_GROUP_COUNT; g++) {
        repl_say(r, "%s", repl_group_title((enum repl_group)g));
        for (unsigned i = 0; (c = repl_command_at(i)) != NULL; i++)
            if (c->group == g)
                say_about(r, c);
    }
    repl_say(r, "`help COMMAND' tells more, with an example; any unique beginning will do.");
    return true;
}

static bool
tell(struct repl *r, const struct repl_command *c)
{
    if (r->json) {
        json_string(&r->object, "name", c->name);
        json_string(&r->object, "short", c->abbreviation);
        json_string(&r->object, "arguments", c->arguments);
        json_string(&r->object, "about", c->about);
        json_string(&r->object, "help", c->help);
        json_string(&r->object, "example", c->example);
        return true;
    }
    repl_say(r, "%s%s%s%s%s%s", c->name,
             c->function == repl_do_examine || c->arguments[0] == '\0' ? "" : " ", c->arguments,
             c->abbreviation[0] != '\0' ? "   (or " : "", c->abbreviation,
             c->abbreviation[0] != '\0' ? ")" : "");
    repl_say(r, "%s", c->about);
    if (c->help[0] != '\0')
        repl_paragraph(r, c->help);
    repl_say(r, "Example: %s", c->example);
    return true;
}

bool
repl_do_help(struct repl *r, const struct repl_arguments *a)
{
    const struct repl_command *c;
    const char *text = a->text, *word;
    size_t n = repl_word(&text, &word);

    if (n == 0)
        return list(r);
    c = repl_command_find(r, word, n);
    return c != NULL && tell(r, c);
}

/* Does `text` contain `word`, in whatever case? */
static bool
mentions(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (; *text != '\0'; text++)
        if (strncasecmp(text, word, n) == 0)
            return true;
    return false;
}

bool
repl_do_apropos(struct repl *r, const struct repl_arguments *a)
{
    const struct repl_command *c;
    unsigned found = 0;

    if (a->text[0] == '\0')
        return repl_fail(r, "which word?");
    if (r->json)
        json_array(&r->object, "commands");
    for (unsigned i = 0; (c = repl_command_at(i)) != NULL; i++) {
        if (!mentions(c->name, a->text) && !mentions(c->about, a->text) &&
            !mentions(c->help, a->text))
            continue;
        found++;
        if (r->json)
            json_string(&r->object, NULL, c->name);
        else
            say_about(r, c);
    }
    if (r->json)
        json_close(&r->object);
    return found > 0 || repl_fail(r, "no command mentions `%.60s'", a->text);
}

/* ---- for docs/repl.md ---- */

/* In a cell of a Markdown table `|' is escaped. */
static void
put_cell(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            (void)putc('\\', to);
        (void)putc(*text, to);
    }
}

void
repl_print_reference(FILE *to)
{
    const struct repl_command *c;

    for (unsigned g = 0; g < REPL_GROUP_COUNT; g++) {
        (void)fprintf(to, "%s**%s**\n\n| command | | does |\n|---|---|---|\n", g > 0 ? "\n" : "",
                      repl_group_title((enum repl_group)g));
        for (unsigned i = 0; (c = repl_command_at(i)) != NULL; i++) {
            if (c->group != g)
                continue;
            (void)fprintf(to, "| `%s%s", c->name,
                          c->arguments[0] != '\0' && c->function != repl_do_examine ? " " : "");
            put_cell(to, c->arguments);
            (void)fprintf(to, "` | %s%s%s | ", c->abbreviation[0] != '\0' ? "`" : "",
                          c->abbreviation, c->abbreviation[0] != '\0' ? "`" : "");
            put_cell(to, c->about);
            (void)fprintf(to, " |\n");
        }
    }
}
