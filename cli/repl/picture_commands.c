/* SPDX-License-Identifier: MIT */
/* The commands that show time: timeline, trace. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/repl/chrome.h"
#include "cli/repl/command.h"
#include "cli/repl/lanes.h"
#include "cli/repl/output.h"
#include "cli/repl/travel.h"
#include "cli/table.h"
#include "cli/trace.h"

/* ---- timeline ---- */

enum { COLUMNS = 60, TITLE_COLUMNS = 18, STEPS_USUAL = 10000 };

struct timeline {
    struct repl_lanes lanes;
    uint64_t from, to, width; /* steps of L0, and of a column */
    unsigned columns;
    uint64_t machine[REPL_LEVELS_MAX][COLUMNS], user[REPL_LEVELS_MAX][COLUMNS];
    uint64_t exits[REPL_LEVELS_MAX][COLUMNS];
};

static unsigned
column_of(const struct timeline *t, uint64_t at)
{
    uint64_t column = (at - t->from) / t->width;

    return column < t->columns ? (unsigned)column : t->columns - (t->columns > 0);
}

/* It has executed from `at` to `until`: so much in each column. */
static void
fill(struct timeline *t, uint64_t *lane, uint64_t at, uint64_t until)
{
    while (at < until) {
        unsigned column = column_of(t, at);
        uint64_t end = t->from + (column + 1) * t->width;

        if (end > until || column + 1 >= t->columns)
            end = until;
        lane[column] += end - at;
        at = end;
    }
}

static void
see(struct repl *r, const struct repl_event *e, void *context)
{
    struct timeline *t = context;
    struct repl_lanes before;

    if (e == NULL) {
        repl_lanes_begin(&t->lanes, &r->levels);
        t->from = t->lanes.now;
        t->width = t->to > t->from ? (t->to - t->from + COLUMNS - 1) / COLUMNS : 1;
        t->columns = (unsigned)((t->to - t->from + t->width - 1) / t->width);
        return;
    }
    before = t->lanes;
    repl_lanes_look(&t->lanes);
    fill(t, before.mode == ISA_MACHINE ? t->machine[before.row] : t->user[before.row], before.now,
         t->lanes.now);
    for (unsigned i = 1; i < r->levels.count; i++)
        t->exits[i][column_of(t, before.now)] += t->lanes.exits[i] - before.exits[i];
}

static char
mark_of(uint64_t machine, uint64_t user)
{
    if (machine == 0 && user == 0)
        return '.';
    if (user == 0)
        return 'M';
    if (machine == 0)
        return 'U';
    return machine >= user ? 'm' : 'u';
}

static char
digit_of(uint64_t exits)
{
    return exits == 0 ? ' ' : exits < 10 ? (char)('0' + (int)exits) : '+';
}

static void
print_row(const struct repl *r, const struct timeline *t, unsigned i)
{
    char title[REPL_TITLE_MAX], lane[COLUMNS + 1] = "", exits[COLUMNS + 1] = "";
    bool any = false;
    size_t n = t->columns;

    for (unsigned k = 0; k < t->columns; k++) {
        lane[k] = mark_of(t->machine[i][k], t->user[i][k]);
        exits[k] = digit_of(t->exits[i][k]);
        any = any || t->exits[i][k] != 0;
    }
    repl_say(r, "%-*.*s%s", TITLE_COLUMNS, TITLE_COLUMNS - 1,
             repl_level_title(&r->levels, i, title), lane);
    while (n > 0 && exits[n - 1] == ' ')
        exits[--n] = '\0';
    if (any)
        repl_say(r, "%-*s%s", TITLE_COLUMNS, "  exits", exits);
}

/* A hosted monitor takes no steps, and has no row. */
static bool
has_row(const struct repl *r, unsigned i)
{
    return i != 0 || !repl_levels_hosted(&r->levels);
}

static void
print_timeline(const struct repl *r, const struct timeline *t)
{
    char from[TABLE_COUNT_MAX], to[TABLE_COUNT_MAX], width[TABLE_COUNT_MAX];

    repl_say(r, "L0 t=%s to %s; a column is %s step%s", table_count(t->from, from),
             table_count(t->to, to), table_count(t->width, width), t->width == 1 ? "" : "s");
    for (unsigned i = 0; i < r->levels.count; i++)
        if (has_row(r, i))
            print_row(r, t, i);
}

static void
list_json(struct repl *r, const char *key, const uint64_t *list, unsigned columns)
{
    json_array(&r->object, key);
    for (unsigned k = 0; k < columns; k++)
        json_unsigned(&r->object, NULL, list[k]);
    json_close(&r->object);
}

static void
timeline_json(struct repl *r, const struct timeline *t)
{
    json_unsigned(&r->object, "from", t->from);
    json_unsigned(&r->object, "to", t->to);
    json_unsigned(&r->object, "column", t->width);
    json_array(&r->object, "levels");
    for (unsigned i = 0; i < r->levels.count; i++) {
        if (!has_row(r, i))
            continue;
        json_object(&r->object, NULL);
        json_string(&r->object, "name", r->levels.row[i].name);
        list_json(r, "machine", t->machine[i], t->columns);
        list_json(r, "user", t->user[i], t->columns);
        list_json(r, "exits", t->exits[i], t->columns);
        json_close(&r->object);
    }
    json_close(&r->object);
}

bool
repl_do_timeline(struct repl *r, const struct repl_arguments *a)
{
    struct timeline *t;
    uint64_t steps = STEPS_USUAL;
    bool ok;

    if (a->text[0] != '\0' && (!repl_count(a->text, &steps) || steps == 0))
        return repl_fail(r, "`%.60s' is no count of steps", a->text);
    t = calloc(1, sizeof *t);
    if (t == NULL)
        return repl_fail(r, "out of memory");
    t->to = repl_level_steps(&r->levels, 0);
    ok = repl_travel_again(r, r->view, steps, true, see, t);
    if (ok && r->json)
        timeline_json(r, t);
    else if (ok)
        print_timeline(r, t);
    free(t);
    return ok;
}

/* ---- trace --chrome ---- */

struct chrome_file {
    struct chrome chrome;
    FILE *to;
};

static void
see_chrome(struct repl *r, const struct repl_event *e, void *context)
{
    struct chrome_file *c = context;

    if (e == NULL)
        chrome_begin(&c->chrome, &r->levels, c->to);
    else
        chrome_see(&c->chrome, e);
}

static FILE *
open_file(struct repl *r, const char *path)
{
    FILE *to = fopen(path, "w");

    if (to == NULL)
        (void)repl_fail(r, "cannot write `%.200s': %s", path, strerror(errno));
    return to;
}

static bool
close_file(struct repl *r, FILE *to, const char *path, bool ok)
{
    ok = fclose(to) == 0 && ok;
    return ok || repl_fail(r, "cannot write `%.200s': %s", path, strerror(errno));
}

static void
tell_chrome(struct repl *r, const struct chrome *c, const char *path)
{
    uint64_t exits = 0;
    char count[TABLE_COUNT_MAX];

    for (unsigned i = 0; i < r->levels.count; i++)
        exits += c->slices[i];
    if (r->json) {
        json_string(&r->object, "file", path);
        json_unsigned(&r->object, "exits", exits);
    } else {
        repl_say(r, "%s: %s exits; open it with ui.perfetto.dev or chrome://tracing", path,
                 table_count(exits, count));
    }
}

/* "FILE [N]" */
static bool
write_chrome(struct repl *r, const char *text)
{
    struct chrome_file c = {0};
    const char *word;
    size_t n = repl_word(&text, &word);
    uint64_t steps = UINT64_MAX;
    char path[REPL_LINE_MAX];
    bool ok;

    (void)snprintf(path, sizeof path, "%.*s", (int)n, word);
    if (n == 0)
        return repl_fail(r, "into which file?  `trace --chrome FILE'");
    if (*text != '\0' && (!repl_count(text, &steps) || steps == 0))
        return repl_fail(r, "`%.60s' is no count of steps", text);
    c.to = open_file(r, path);
    if (c.to == NULL)
        return false;
    ok = repl_travel_again(r, r->view, steps, false, see_chrome, &c);
    if (!ok) {
        (void)fclose(c.to);
        (void)remove(path);
        return false;
    }
    if (!close_file(r, c.to, path, chrome_end(&c.chrome)))
        return false;
    tell_chrome(r, &c.chrome, path);
    return true;
}

/* ---- trace ---- */

static void
tell_classes(struct repl *r)
{
    char text[REPL_WIDTH] = "";

    if (r->json)
        json_array(&r->object, "traced");
    for (unsigned i = 0; i < TRACE_COUNT; i++) {
        if ((r->traced >> i & 1) == 0)
            continue;
        if (r->json)
            json_string(&r->object, NULL, trace_names[i]);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), " %s", trace_names[i]);
    }
    if (r->json)
        json_close(&r->object);
    repl_say(r, "traced:%s%s", text[0] != '\0' ? text : " nothing",
             r->trace != NULL && r->traced != 0 ? ", to a file" : "");
}

/* Where lines go from now on: the file `path`; NULL: where all output goes. */
static bool
send_to(struct repl *r, const char *path)
{
    FILE *to = path != NULL ? open_file(r, path) : NULL;

    if (path != NULL && to == NULL)
        return false;
    if (r->trace != NULL)
        (void)fclose(r->trace);
    r->trace = to;
    return true;
}

/* "+exit", "-insn": the sets of classes to add and to take away. */
static bool
take_class(struct repl *r, const char *word, size_t length, unsigned *classes)
{
    char text[32];
    const char *wrong;
    unsigned set;
    size_t n;

    (void)snprintf(text, sizeof text, "%.*s", (int)length, word);
    if ((text[0] != '+' && text[0] != '-') || length >= sizeof text ||
        !trace_read(text + 1, &set, &wrong, &n))
        return repl_fail(r,
                         "`%.30s' is no class: +trap, +exit, +irq, +csr, +insn, +io, +all, or "
                         "with `-'",
                         text);
    *classes = text[0] == '+' ? *classes | set : *classes & ~set;
    return true;
}

bool
repl_do_trace(struct repl *r, const struct repl_arguments *a)
{
    const char *text = a->text, *word, *path = NULL;
    unsigned classes = r->traced;
    size_t n;

    if (strncmp(text, "--chrome", 8) == 0)
        return write_chrome(r, text + 8 + strspn(text + 8, " \t"));
    if (strcmp(text, "off") == 0) {
        r->traced = 0;
        (void)send_to(r, NULL);
        tell_classes(r);
        return true;
    }
    while ((n = repl_word(&text, &word)) > 0) {
        if (*word == '>') {
            path = n > 1 ? word + 1 : text;
            break;
        }
        if (!take_class(r, word, n, &classes))
            return false;
    }
    if (path != NULL && *path == '\0')
        return repl_fail(r, "into which file?  `trace +exit > FILE'");
    if (a->text[0] != '\0' && !send_to(r, path))
        return false;
    r->traced = classes;
    tell_classes(r);
    return true;
}
