/* SPDX-License-Identifier: MIT */
/* The commands that say where to stop. */
#include <stdlib.h>
#include <string.h>

#include "cli/repl/command.h"
#include "cli/repl/output.h"
#include "cli/repl/script.h"
#include "isa/csr.h"

/* ---- making them ---- */

/* "PLACE if EXPR": the condition begins behind ` if '; the place is cut off before it. */
static const char *
split_condition(char *text)
{
    char *at = strncmp(text, "if ", 3) == 0 ? text : strstr(text, " if ");
    const char *condition;

    if (at == NULL)
        return NULL;
    condition = at + (at == text ? 3 : 4);
    *at = '\0';
    return condition + strspn(condition, " \t");
}

static void
tell(struct repl *r, const struct repl_breakpoint *b)
{
    char where[64] = "", title[REPL_TITLE_MAX];

    if (b->kind == REPL_BREAK_code)
        (void)snprintf(where, sizeof where, " at %s0x%08x", b->user ? "U:" : "", b->address);
    if (r->json) {
        json_unsigned(&r->object, "number", b->number);
        json_string(&r->object, "kind", repl_breakpoint_kind_name(b->kind));
        if (b->kind == REPL_BREAK_code)
            json_unsigned(&r->object, "address", b->address);
    } else {
        repl_say(r, "%s%s %u%s: %s, %s", b->temporary ? "temporary " : "",
                 repl_breakpoint_kind_name(b->kind), b->number, where, b->text,
                 repl_level_title(&r->levels, b->level, title));
    }
}

static bool
set_condition(struct repl *r, struct repl_breakpoint *b, const char *text)
{
    struct repl_expression *e = repl_compile(r, b->level, text);
    char *copy;

    if (e == NULL)
        return false;
    copy = strdup(text);
    if (copy == NULL) {
        free(e);
        return repl_fail(r, "out of memory");
    }
    free(b->condition);
    free(b->condition_text);
    b->condition = e;
    b->condition_text = copy;
    return true;
}

static struct repl_breakpoint *
add(struct repl *r, enum repl_breakpoint_kind kind, unsigned level, const char *text)
{
    struct repl_breakpoint *b = repl_breakpoint_add(&r->breakpoints, kind, level, text);

    if (b == NULL)
        (void)repl_fail(r, "there are %d breakpoints already, or memory is out",
                        REPL_BREAKPOINTS_MAX);
    return b;
}

/* With its condition, if it has one; or not at all. */
static bool
complete(struct repl *r, struct repl_breakpoint *b, const char *condition)
{
    if (condition != NULL && !set_condition(r, b, condition)) {
        repl_breakpoint_delete(&r->breakpoints, b);
        r->breakpoints.next--;
        return false;
    }
    tell(r, b);
    return true;
}

static bool
break_at(struct repl *r, const char *arguments, bool temporary)
{
    char text[REPL_LINE_MAX];
    const char *condition;
    struct repl_location where;
    struct repl_breakpoint *b;

    (void)snprintf(text, sizeof text, "%s", arguments);
    condition = split_condition(text);
    if (text[0] == '\0')
        (void)snprintf(text, sizeof text, "pc");
    if (!repl_locate(r, text, &where))
        return false;
    b = add(r, REPL_BREAK_code, where.level, text);
    if (b == NULL)
        return false;
    b->address = where.address;
    b->user = where.user;
    b->temporary = temporary;
    return complete(r, b, condition);
}

bool
repl_do_break(struct repl *r, const struct repl_arguments *a)
{
    return break_at(r, a->text, false);
}

bool
repl_do_tbreak(struct repl *r, const struct repl_arguments *a)
{
    return break_at(r, a->text, true);
}

bool
repl_do_watch(struct repl *r, const struct repl_arguments *a)
{
    char text[REPL_LINE_MAX];
    const char *condition;
    struct repl_expression *e;
    struct repl_breakpoint *b;

    (void)snprintf(text, sizeof text, "%s", a->text);
    condition = split_condition(text);
    if (text[0] == '\0')
        return repl_fail(r, "watch what?  A register, a CSR's field, *ADDRESS, any expression");
    e = repl_compile(r, r->view, text);
    if (e == NULL)
        return false;
    b = add(r, REPL_BREAK_change, r->view, text);
    if (b == NULL) {
        free(e);
        return false;
    }
    b->watched = e;
    return complete(r, b, condition);
}

/* The place `*ADDRESS' that the text names: its physical address, where it has one. */
static bool
find_place(struct repl *r, const char *text, struct repl_breakpoint *b)
{
    struct repl_place_context context;
    struct repl_scope scope = repl_scope_here(r, &context);
    struct repl_expression e;
    struct repl_value address;
    char problem[REPL_PROBLEM_MAX];

    if (!repl_parse(&e, text, &scope))
        return repl_fail(r, "%s", e.problem);
    if (!repl_place(&e, &scope, &address, &b->bytes))
        return repl_fail(r, "a place in memory is meant: `*ADDRESS', or `*(char *)ADDRESS'");
    if (address.space == REPL_HERE && devices_at((uint32_t)address.bits)) {
        b->address = (uint32_t)address.bits;
        return true;
    }
    return repl_names_locate(&r->levels, r->view, &address, b->bytes, &b->level, &b->address,
                             problem) ||
           repl_fail(r, "%s", problem);
}

static bool
watch_accesses(struct repl *r, const char *arguments, enum repl_breakpoint_kind kind)
{
    char text[REPL_LINE_MAX];
    const char *condition;
    struct repl_breakpoint *b;

    (void)snprintf(text, sizeof text, "%s", arguments);
    condition = split_condition(text);
    if (text[0] == '\0')
        return repl_fail(r, "which place?  `*ADDRESS'");
    b = add(r, kind, r->view, text);
    if (b == NULL)
        return false;
    if (find_place(r, text, b))
        return complete(r, b, condition);
    repl_breakpoint_delete(&r->breakpoints, b);
    r->breakpoints.next--;
    return false;
}

bool
repl_do_rwatch(struct repl *r, const struct repl_arguments *a)
{
    return watch_accesses(r, a->text, REPL_BREAK_read);
}

bool
repl_do_awatch(struct repl *r, const struct repl_arguments *a)
{
    return watch_accesses(r, a->text, REPL_BREAK_access);
}

/* "csr NAME [read | write]" */
static bool
catch_csr(struct repl *r, const char *arguments, const char *text, const char *condition)
{
    const char *name, *how;
    size_t n = repl_word(&arguments, &name), m = repl_word(&arguments, &how);
    int csr = isa_csr_number(name, (unsigned)n);
    struct repl_breakpoint *b;
    bool reads = m == 0 || strncmp(how, "read", m) == 0;
    bool writes = m == 0 || strncmp(how, "write", m) == 0;

    if (csr < 0)
        return repl_fail(r, "`%.*s' is no CSR (`info names')", (int)n, name);
    if (!reads && !writes)
        return repl_fail(r, "`catch csr %.*s', with `read' or `write' or neither", (int)n, name);
    b = add(r, REPL_BREAK_csr, r->view, text);
    if (b == NULL)
        return false;
    b->csr = (uint32_t)csr;
    b->csr_reads = reads;
    b->csr_writes = writes;
    return complete(r, b, condition);
}

bool
repl_do_catch(struct repl *r, const struct repl_arguments *a)
{
    char text[REPL_LINE_MAX], word[32];
    const char *condition, *rest = text, *start;
    struct repl_breakpoint *b;
    size_t n;
    int kind;

    (void)snprintf(text, sizeof text, "%s", a->text);
    condition = split_condition(text);
    n = repl_word(&rest, &start);
    (void)snprintf(word, sizeof word, "%.*s", (int)n, start);
    if (strcmp(word, "csr") == 0)
        return catch_csr(r, rest, text, condition);
    kind = n > 0 ? repl_find_event(word) : -1;
    if (kind < 0 || *rest != '\0')
        return repl_fail(r, "`%.60s' is no event (`info events'), nor `csr NAME'", text);
    if (!repl_check_event(r, (enum repl_event_kind)kind))
        return false;
    b = add(r, REPL_BREAK_event, r->view, repl_event_name((enum repl_event_kind)kind));
    if (b == NULL)
        return false;
    b->event = (enum repl_event_kind)kind;
    return complete(r, b, condition);
}

/* ---- changing them ---- */

/* The breakpoint whose number is the next word; NULL, with r->error. */
static struct repl_breakpoint *
named(struct repl *r, const char **text)
{
    const char *word;
    size_t n = repl_word(text, &word);
    char number[16];
    uint64_t i;
    struct repl_breakpoint *b;

    (void)snprintf(number, sizeof number, "%.*s", (int)n, word);
    if (n == 0 || !repl_count(number, &i) || i > UINT32_MAX) {
        (void)repl_fail(r, "the number of a breakpoint is meant (`info breakpoints')");
        return NULL;
    }
    b = repl_breakpoint_find(&r->breakpoints, (unsigned)i);
    if (b == NULL)
        (void)repl_fail(r, "there is no breakpoint %s", number);
    return b;
}

bool
repl_do_condition(struct repl *r, const struct repl_arguments *a)
{
    const char *rest = a->text;
    struct repl_breakpoint *b = named(r, &rest);

    if (b == NULL)
        return false;
    if (*rest != '\0') {
        if (!set_condition(r, b, rest))
            return false;
        repl_say(r, "breakpoint %u stops if %s", b->number, rest);
        return true;
    }
    free(b->condition);
    free(b->condition_text);
    b->condition = NULL;
    b->condition_text = NULL;
    repl_say(r, "breakpoint %u stops always", b->number);
    return true;
}

bool
repl_do_ignore(struct repl *r, const struct repl_arguments *a)
{
    const char *rest = a->text;
    struct repl_breakpoint *b = named(r, &rest);

    if (b == NULL)
        return false;
    if (!repl_count(rest, &b->ignore))
        return repl_fail(r, "how often?  `ignore %u 10'", b->number);
    repl_say(r, "breakpoint %u is passed %llu times", b->number, (unsigned long long)b->ignore);
    return true;
}

bool
repl_do_commands(struct repl *r, const struct repl_arguments *a)
{
    const char *rest = a->text;
    struct repl_breakpoint *b;
    char line[REPL_LINE_MAX];

    if (rest[0] == '\0' && r->breakpoints.count > 0)
        b = r->breakpoints.list[r->breakpoints.count - 1];
    else
        b = named(r, &rest);
    if (b == NULL)
        return false;
    if (r->depth > 0)
        return repl_fail(r, "commands that are attached can't attach others");
    for (unsigned i = 0; i < b->command_count; i++)
        free(b->commands[i]);
    b->command_count = 0;
    while (repl_next_line(r, "> ", line)) {
        const char *command = line + strspn(line, " \t");

        if (strcmp(command, "end") == 0)
            return true;
        if (b->command_count == REPL_COMMANDS_MAX)
            return repl_fail(r, "%d commands at most", REPL_COMMANDS_MAX);
        b->commands[b->command_count] = strdup(command);
        if (b->commands[b->command_count] == NULL)
            return repl_fail(r, "out of memory");
        b->command_count++;
    }
    return repl_fail(r, "`end' is missing after the commands of breakpoint %u", b->number);
}

enum change { CHANGE_enable, CHANGE_disable, CHANGE_delete };

static void
change_one(struct repl *r, struct repl_breakpoint *b, enum change change)
{
    if (change == CHANGE_delete)
        repl_breakpoint_delete(&r->breakpoints, b);
    else
        b->enabled = change == CHANGE_enable;
}

static bool
change(struct repl *r, const char *text, enum change how)
{
    if (*text == '\0') {
        for (unsigned i = r->breakpoints.count; i-- > 0;)
            if (!r->breakpoints.list[i]->remote)
                change_one(r, r->breakpoints.list[i], how);
        return true;
    }
    while (*text != '\0') {
        struct repl_breakpoint *b = named(r, &text);

        if (b == NULL)
            return false;
        change_one(r, b, how);
    }
    return true;
}

bool
repl_do_enable(struct repl *r, const struct repl_arguments *a)
{
    return change(r, a->text, CHANGE_enable);
}

bool
repl_do_disable(struct repl *r, const struct repl_arguments *a)
{
    return change(r, a->text, CHANGE_disable);
}

bool
repl_do_delete(struct repl *r, const struct repl_arguments *a)
{
    return change(r, a->text, CHANGE_delete);
}
