/* SPDX-License-Identifier: MIT */
#include "cli/repl/script.h"

#include <errno.h>
#include <string.h>

#include "cli/repl/command.h"
#include "cli/repl/micro.h"
#include "cli/repl/pane.h"
#include "cli/repl/terminal.h"
#include "cli/status.h"

/* ---- lines ---- */

static bool
read_file(struct repl *r, struct repl_source *s, char *line)
{
    FILE *file = s->file;
    size_t n;

    if (fgets(line, REPL_LINE_MAX, file) == NULL) {
        s->error = ferror(file) ? errno : 0; /* a folder, say, opens and can't be read */
        return false;
    }
    n = strlen(line);
    if (n > 0 && line[n - 1] != '\n' && !feof(file)) {
        (void)repl_fail(r, "the line is longer than %d bytes", REPL_LINE_MAX - 2);
        while (n > 0 && line[n - 1] != '\n' && fgets(line, REPL_LINE_MAX, file) != NULL)
            n = strlen(line);
        (void)snprintf(line, REPL_LINE_MAX, "echo (a line that was too long)");
        return true;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool
read_list(struct repl_source *s, char *line)
{
    if (s->lines[s->line] == NULL)
        return false;
    (void)snprintf(line, REPL_LINE_MAX, "%s", s->lines[s->line]);
    return true;
}

bool
repl_next_line(struct repl *r, const char *prompt, char *line)
{
    struct repl_source *s = r->source;
    bool ok = false;

    if (s == NULL)
        return false;
    if (s->terminal)
        ok = repl_terminal_line(r, prompt, line);
    else if (s->lines != NULL)
        ok = read_list(s, line);
    else if (s->file != NULL)
        ok = read_file(r, s, line);
    s->line += ok;
    r->place = (struct repl_place){s->name, s->line};
    if (ok && s->echo)
        (void)fprintf(r->out, "%s%s\n", prompt, line);
    return ok;
}

/* ---- executing ---- */

/* "L1 guest vM t=12 loop+8> " */
static void
make_prompt(const struct repl *r, char *prompt, size_t size)
{
    char where[REPL_WHERE_MAX];

    (void)repl_where(r, where);
    if (r->phase != REPL_PHASE_none)
        (void)snprintf(prompt, size, "%s [%s]> ", where, repl_phase_name(r->phase));
    else
        (void)snprintf(prompt, size, "%s> ", where);
}

/* An empty line at the terminal repeats the last motion. */
static const char *
meant(const struct repl *r, const struct repl_source *s, const char *line)
{
    return (s->terminal || s->echo) && line[strspn(line, " \t")] == '\0' ? r->repeat : line;
}

static bool
run_lines(struct repl *r, const struct repl_source *s)
{
    char line[REPL_LINE_MAX], prompt[REPL_WHERE_MAX + 32];

    while (!r->quit) {
        make_prompt(r, prompt, sizeof prompt);
        if (!repl_next_line(r, prompt, line))
            return s->error == 0;
        if (repl_execute(r, meant(r, s, line)) || s->terminal || s->echo)
            continue;
        if (!r->asked_status)
            r->status = r->error_status;
        r->asked_status = true;
        return false;
    }
    return true;
}

bool
repl_run(struct repl *r, struct repl_source *source)
{
    struct repl_place place = r->place;
    bool interactive = r->interactive, terminal = r->terminal, ok;

    source->outer = r->source;
    r->source = source;
    r->interactive = source->terminal || source->echo;
    r->terminal = source->terminal;
    ok = run_lines(r, source);
    r->source = source->outer;
    r->interactive = interactive;
    r->terminal = terminal;
    r->place = place;
    return ok;
}
