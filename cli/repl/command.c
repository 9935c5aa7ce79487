/* SPDX-License-Identifier: MIT */
#include "cli/repl/command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "assembler/diagnostic.h"
#include "cli/options.h"
#include "cli/repl/output.h"
#include "cli/repl/pane.h"
#include "cli/status.h"

#define COMMAND_ROW(id, name, abbreviation, arguments, group, completion, about, help, example)    \
    {name,  abbreviation, arguments, REPL_GROUP_##group, REPL_COMPLETE_##completion,               \
     about, help,         example,   repl_do_##id},
static const struct repl_command commands[] = {REPL_COMMANDS(COMMAND_ROW)};
#undef COMMAND_ROW

enum { COMMANDS = sizeof commands / sizeof commands[0], NESTING_MAX = 16 };

const struct repl_command *
repl_command_at(unsigned i)
{
    return i < COMMANDS ? &commands[i] : NULL;
}

const char *
repl_group_title(enum repl_group group)
{
#define GROUP_TITLE(id, title) title,
    static const char *const titles[] = {REPL_GROUPS(GROUP_TITLE)};
#undef GROUP_TITLE

    return titles[group];
}

/* ---- finding ---- */

static bool
is(const char *name, const char *word, size_t length)
{
    return strlen(name) == length && memcmp(name, word, length) == 0;
}

static const struct repl_command *
unknown(struct repl *r, const char *word, size_t length)
{
    const char *names[COMMANDS + 1] = {NULL}, *near;

    for (unsigned i = 0; i < COMMANDS; i++)
        names[i] = commands[i].name;
    near = diagnostic_closest(word, length, names);
    (void)repl_fail(r, "there is no command `%.*s'; %s%s%s", (int)length, word,
                    near != NULL ? "did you mean `" : "`help' lists them", near != NULL ? near : "",
                    near != NULL ? "'?" : "");
    return NULL;
}

static const struct repl_command *
ambiguous(struct repl *r, const char *word, size_t length)
{
    char names[256] = "";

    for (unsigned i = 0; i < COMMANDS; i++)
        if (strncmp(commands[i].name, word, length) == 0)
            (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                           names[0] != '\0' ? ", " : "", commands[i].name);
    (void)repl_fail(r, "`%.*s' may be %s", (int)length, word, names);
    return NULL;
}

const struct repl_command *
repl_command_match(const char *word, size_t length, unsigned *count)
{
    const struct repl_command *found = NULL;

    *count = 0;
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (is(commands[i].name, word, length) || is(commands[i].abbreviation, word, length)) {
            *count = 1;
            return &commands[i];
        }
        if (strncmp(commands[i].name, word, length) != 0)
            continue;
        found = &commands[i];
        (*count)++;
    }
    return *count == 1 ? found : NULL;
}

const struct repl_command *
repl_command_find(struct repl *r, const char *word, size_t length)
{
    unsigned count;
    const struct repl_command *found = repl_command_match(word, length, &count);

    if (count > 1)
        return ambiguous(r, word, length);
    return found != NULL ? found : unknown(r, word, length);
}

/* ---- executing ---- */

/* Of `line`: the command's name, its format, its arguments; and whether it ends in --json. */
struct parsed {
    char line[REPL_LINE_MAX];
    const struct repl_command *command;
    struct repl_arguments arguments;
    bool json;
};

static void
trim_end(char *text)
{
    size_t n = strlen(text);

    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
}

static void
take_json(struct parsed *p)
{
    size_t n = strlen(p->line);

    p->json = n > 6 && strcmp(p->line + n - 6, "--json") == 0 && p->line[n - 7] == ' ';
    if (!p->json)
        return;
    p->line[n - 6] = '\0';
    trim_end(p->line);
}

static bool
parse(struct repl *r, const char *line, struct parsed *p)
{
    static char nothing[] = "";
    char *name, *rest;
    size_t length;

    if (strlen(line) >= sizeof p->line)
        return repl_fail(r, "the line is too long");
    (void)strcpy(p->line, line);
    trim_end(p->line);
    take_json(p);
    name = p->line + strspn(p->line, " \t");
    length = name[0] == '.' ? 1 : strcspn(name, " \t/");
    rest = name + length;
    p->arguments.format = nothing;
    p->command = repl_command_find(r, name, length);
    if (p->command == NULL)
        return false;
    if (*rest == '/') {
        p->arguments.format = rest + 1;
        rest += strcspn(rest, " \t");
        if (*rest != '\0')
            *rest++ = '\0';
    }
    p->arguments.text = rest + strspn(rest, " \t");
    if (p->arguments.format[0] != '\0' && p->command->function != repl_do_examine &&
        p->command->function != repl_do_print)
        return repl_fail(r, "`%s' takes no format", p->command->name);
    return true;
}

static void
complain(const struct repl *r)
{
    FILE *to = r->interactive ? r->out : stderr;

    (void)fflush(r->out);
    if (r->place.file != NULL)
        (void)fprintf(to, "%s:%u: ", r->place.file, r->place.line);
    (void)fprintf(to, "%serror:%s %s\n", repl_colour(r, REPL_COLOUR_wrong),
                  repl_colour(r, REPL_COLOUR_plain), r->error);
}

static void
run_attached(struct repl *r)
{
    struct repl_breakpoint *b = repl_breakpoint_find(&r->breakpoints, r->stop.number);
    unsigned number = r->stop.number;

    if (b == NULL || b->command_count == 0)
        return;
    if (r->depth == NESTING_MAX) {
        repl_say(r, "(commands within commands, %d deep: not executed)", NESTING_MAX);
        return;
    }
    r->depth++;
    for (unsigned i = 0; i < b->command_count && !r->quit; i++) {
        if (!repl_execute(r, b->commands[i]))
            break;
        b = repl_breakpoint_find(&r->breakpoints, number);
        if (b == NULL)
            break;
    }
    r->depth--;
}

static bool
is_breakpoint_stop(const struct repl *r)
{
    return r->stop.reason == REPL_STOP_breakpoint || r->stop.reason == REPL_STOP_watchpoint ||
           r->stop.reason == REPL_STOP_catchpoint;
}

/* The machine has moved, and stands: show where, and do what is attached to the place. */
static void
after_stop(struct repl *r)
{
    struct repl_breakpoint *b;

    r->examined = r->listed = r->disassembled = false;
    if (!is_breakpoint_stop(r))
        return;
    run_attached(r);
    b = repl_breakpoint_find(&r->breakpoints, r->stop.number);
    if (b != NULL && b->temporary)
        repl_breakpoint_delete(&r->breakpoints, b);
}

static bool
execute_text(struct repl *r, const struct parsed *p)
{
    bool ok = p->command->function(r, &p->arguments);

    if (r->pane_due)
        repl_show_stop(r);
    if (!ok)
        complain(r);
    return ok;
}

static bool
execute_json(struct repl *r, const struct parsed *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    struct json outer = r->object;
    bool was = r->json, ok;

    if (memory == NULL)
        return repl_fail(r, "out of memory");
    r->json = true;
    json_start(&r->object, memory);
    json_object(&r->object, NULL);
    json_string(&r->object, "command", p->command->name);
    ok = p->command->function(r, &p->arguments);
    if (r->pane_due)
        repl_show_stop(r);
    repl_console_json(r);
    json_bool(&r->object, "ok", ok);
    if (!ok)
        json_string(&r->object, "error", r->error);
    json_close(&r->object);
    (void)json_end(&r->object);
    (void)fclose(memory);
    repl_print_json(r->out, text);
    free(text);
    r->object = outer;
    r->json = was;
    return ok;
}

/* Motions are what an empty line repeats; and looking on, where a view goes on. */
static bool
is_repeated(const struct repl_command *c)
{
    return c->function == repl_do_examine || c->function == repl_do_list ||
           c->function == repl_do_disas ||
           (c->group == REPL_GROUP_moving && c->function != repl_do_micro &&
            c->function != repl_do_restart && c->function != repl_do_console);
}

/* `x/4xw ADDRESS' goes on as `x/4xw'; `list PLACE' as `list'. */
static void
remember(struct repl *r, const struct parsed *p)
{
    if (!is_repeated(p->command)) {
        r->repeat[0] = '\0';
        return;
    }
    (void)snprintf(r->repeat, sizeof r->repeat, "%s%s%s", p->command->name,
                   p->arguments.format[0] != '\0' ? "/" : "", p->arguments.format);
    if (p->command->group == REPL_GROUP_moving && p->arguments.text[0] != '\0')
        (void)snprintf(r->repeat + strlen(r->repeat), sizeof r->repeat - strlen(r->repeat), " %s",
                       p->arguments.text);
}

bool
repl_execute(struct repl *r, const char *line)
{
    struct parsed *p;
    bool ok, moved;

    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return true;
    p = calloc(1, sizeof *p);
    if (p == NULL || !parse(r, line, p)) {
        if (p == NULL)
            (void)repl_fail(r, "out of memory");
        if (r->json || (p != NULL && p->json))
            repl_json_error(r);
        else
            complain(r);
        free(p);
        return false;
    }
    r->error[0] = '\0';
    r->pane_due = false;
    if (r->depth == 0)
        remember(r, p);
    ok = r->json || p->json ? execute_json(r, p) : execute_text(r, p);
    moved = r->pane_due;
    r->pane_due = false;
    free(p);
    if (moved)
        after_stop(r);
    return ok;
}

/* ---- arguments ---- */

size_t
repl_word(const char **text, const char **word)
{
    size_t length;

    *text += strspn(*text, " \t");
    *word = *text;
    length = strcspn(*text, " \t");
    *text += length;
    *text += strspn(*text, " \t");
    return length;
}

bool
repl_count(const char *text, uint64_t *count)
{
    char plain[32];
    size_t n = 0;

    for (; *text != '\0' && n + 1 < sizeof plain; text++)
        if (*text != ',')
            plain[n++] = *text;
    plain[n] = '\0';
    return *text == '\0' && options_count(plain, count);
}

/* The byte that follows a backslash. */
static bool
escape(struct repl *r, const char **p, char *byte)
{
    static const char letters[] = "nrt0\\\"'", bytes[] = "\n\r\t\0\\\"'";
    const char *found = **p != '\0' ? strchr(letters, **p) : NULL;

    if (**p == 'x' && isxdigit((unsigned char)(*p)[1]) && isxdigit((unsigned char)(*p)[2])) {
        char hex[3] = {(*p)[1], (*p)[2], '\0'};

        *byte = (char)strtoul(hex, NULL, 16);
        *p += 3;
        return true;
    }
    if (found == NULL)
        return repl_fail(r, "`\\%c' is no escape: there are \\n \\r \\t \\0 \\\\ \\\" \\xNN", **p);
    *byte = bytes[found - letters];
    (*p)++;
    return true;
}

bool
repl_text(struct repl *r, const char **text, bool line, char *to, size_t size, size_t *length)
{
    const char *p = *text;
    bool quoted = *p == '"';

    *length = 0;
    for (p += quoted; *p != '\0' && !(quoted && *p == '"');) {
        char byte = *p++;

        if (quoted && byte == '\\' && !escape(r, &p, &byte))
            return false;
        if (*length + 2 >= size)
            return repl_fail(r, "the text is too long");
        to[(*length)++] = byte;
    }
    if (quoted && *p != '"')
        return repl_fail(r, "the closing `\"' is missing");
    if (!quoted && line)
        to[(*length)++] = '\n';
    to[*length] = '\0';
    *text = p + quoted;
    *text += strspn(*text, " \t");
    return true;
}

int
repl_find_event(const char *word)
{
    int found = -1;

    for (int i = 0; i < REPL_EVENT_KINDS; i++) {
        const char *name = repl_event_name((enum repl_event_kind)i);

        if (strcmp(name, word) == 0)
            return i;
        if (strncmp(name, word, strlen(word)) == 0)
            found = found == -1 ? i : -2;
    }
    return found;
}

bool
repl_check_event(struct repl *r, enum repl_event_kind kind)
{
    if (kind == REPL_EVENT_switch && r->levels.count <= 2)
        return repl_fail(r, "there is nobody to switch to: %s",
                         r->levels.count == 1 ? "no monitor runs here" : "there is only one guest");
    if ((kind == REPL_EVENT_exit || kind == REPL_EVENT_inject) &&
        !repl_levels_monitored(&r->levels))
        return repl_fail(r, "no monitor runs here, so there are no exits (start with `--monitor "
                            "hosted')");
    return true;
}

/* "PROBLEM: at column N of `TEXT'". */
static bool
fail_expression(struct repl *r, const struct repl_expression *e, const char *text)
{
    if (e->at > 0 && e->at < strlen(text))
        return repl_fail(r, "%s (at `%.30s')", e->problem, text + e->at);
    return repl_fail(r, "%s", e->problem);
}

bool
repl_value_of(struct repl *r, const char *text, struct repl_value *value)
{
    struct repl_place_context context;
    struct repl_scope scope = repl_scope_here(r, &context);
    struct repl_expression e;

    if (*text == '\0')
        return repl_fail(r, "an expression is missing");
    if (!repl_parse(&e, text, &scope))
        return fail_expression(r, &e, text);
    if (!repl_evaluate(&e, &scope, value))
        return repl_fail(r, "%s", e.problem);
    return true;
}

struct repl_expression *
repl_compile(struct repl *r, unsigned row, const char *text)
{
    struct repl_place_context context = {&r->levels, row};
    struct repl_scope scope = repl_names_scope(&context);
    struct repl_expression *e = malloc(sizeof *e);

    if (e == NULL) {
        (void)repl_fail(r, "out of memory");
        return NULL;
    }
    if (repl_parse(e, text, &scope))
        return e;
    (void)fail_expression(r, e, text);
    free(e);
    return NULL;
}

/* ---- places ---- */

/* FILE:LINE, or a line's number alone. */
static bool
is_line(const char *text, char *file, size_t size, unsigned *line)
{
    const char *colon = strrchr(text, ':'), *digits = colon != NULL ? colon + 1 : text;
    size_t n = strspn(digits, "0123456789");

    if (n == 0 || n > 7 || digits[n] != '\0')
        return false;
    file[0] = '\0';
    if (colon != NULL && ((size_t)(colon - text) >= size || strchr(text, '.') == NULL))
        return false;
    if (colon != NULL)
        (void)snprintf(file, size, "%.*s", (int)(colon - text), text);
    *line = (unsigned)strtoul(digits, NULL, 10);
    return true;
}

/* "left:" before a place: the level it is in. */
static const char *
take_level(const struct repl *r, const char *text, unsigned *level)
{
    size_t n = strcspn(text, ": \t");
    int row = text[n] == ':' ? repl_level_find(&r->levels, text, n) : -1;

    if (row < 0)
        return text;
    *level = (unsigned)row;
    return text + n + 1;
}

/* The address of a value at `level`, as its program calls the place. */
static uint32_t
place_of(const struct repl *r, unsigned level, const struct repl_value *v)
{
    struct isa_hart h;

    if (v->space != REPL_HERE)
        return (uint32_t)v->bits;
    repl_level_hart(&r->levels, level, &h);
    return repl_level_linked(&r->levels, level, &h, (uint32_t)v->bits);
}

bool
repl_locate(struct repl *r, const char *text, struct repl_location *where)
{
    struct repl_place_context context;
    struct repl_scope scope;
    struct repl_expression e;
    struct repl_value v;
    char file[256];
    const char *start = text;
    unsigned line;
    bool spaced;

    *where = (struct repl_location){.level = r->view};
    text = take_level(r, text, &where->level);
    spaced = text != start;
    if (strncmp(text, "U:", 2) == 0) {
        where->user = true;
        text += 2;
    }
    text += *text == '*'; /* as gdb has it */
    if (is_line(text, file, sizeof file, &line)) {
        if (!repl_level_line_address(&r->levels, where->level, file[0] != '\0' ? file : NULL, line,
                                     &where->address))
            return repl_fail(r,
                             "no line %u of a source is known here (an address is written in "
                             "hexadecimal, 0x...)",
                             line);
        return true;
    }
    context = (struct repl_place_context){&r->levels, where->level};
    scope = repl_names_scope(&context);
    if (!repl_parse(&e, text, &scope))
        return fail_expression(r, &e, text);
    if (!repl_evaluate(&e, &scope, &v))
        return repl_fail(r, "%s", e.problem);
    where->address = where->user || spaced ? (uint32_t)v.bits : place_of(r, where->level, &v);
    if (where->address % 4 != 0)
        return repl_fail(r, "0x%08x is no multiple of 4: no instruction can be there",
                         where->address);
    return true;
}
