/* SPDX-License-Identifier: MIT */
#include "cli/repl/past.h"

#include <stdlib.h>
#include <string.h>

#include "cli/repl/motion.h"
#include "cli/repl/output.h"
#include "cli/repl/trace_lines.h"
#include "vmm/hosted/moment.h"

enum { NAME_MAX_BYTES = 48, EDIT_MAX = 128 };

/* ---- what is saved beside RAM ---- */

/* A session's share of a snapshot: what belongs to the run, and not to who looks at it. */
struct past {
    struct moment moment;
    bool over;
    size_t printed[REPL_LEVELS_MAX], expected[REPL_LEVELS_MAX];
    struct repl_boundary boundary[REPL_LEVELS_MAX], left[REPL_LEVELS_MAX];
};

static uint64_t
now(const void *context)
{
    const struct repl *r = context;

    return moment_ticks(r->system);
}

static void
ram(const void *context, struct isa_ram *to)
{
    const struct repl *r = context;

    *to = r->system->machine.ram;
}

static void
save(const void *context, void *state)
{
    const struct repl *r = context;
    struct past *p = state;

    memset(p, 0, sizeof *p);
    moment_save(r->system, &p->moment);
    p->over = r->over;
    for (unsigned i = 0; i < REPL_LEVELS_MAX; i++) {
        p->printed[i] = r->logs[i].length;
        p->expected[i] = r->logs[i].expected;
        p->boundary[i] = r->levels.boundary[i];
        p->left[i] = r->levels.left[i];
    }
}

static void
restore(void *context, const void *state)
{
    struct repl *r = context;
    const struct past *p = state;

    moment_restore(r->system, &p->moment);
    r->over = p->over;
    memset(r->levels.seen, 0, REPL_LEVELS_MAX * sizeof *r->levels.seen);
    for (unsigned i = 0; i < REPL_LEVELS_MAX; i++) {
        struct repl_log *log = &r->logs[i];

        log->length = p->printed[i];
        log->expected = p->expected[i];
        if (log->shown > log->length)
            log->shown = log->length;
        r->levels.boundary[i] = p->boundary[i];
        r->levels.left[i] = p->left[i];
    }
}

static void
written(void *context, uint32_t offset)
{
    struct repl *r = context;

    machine_written(&r->system->machine, offset, MACHINE_PAGE);
}

/* ---- what comes from outside ---- */

/* After what is there already; the next byte is ready at once. */
static bool
append_input(struct repl *r, const char *bytes, size_t length)
{
    struct console *c = &r->system->console;
    size_t needed = c->length + length;

    if (r->input == NULL || needed > r->input_capacity) {
        uint8_t *input = malloc(2 * needed + 1);

        if (input == NULL)
            return false;
        if (c->length > 0)
            memcpy(input, c->input, c->length);
        free(r->input);
        r->input = input;
        r->input_capacity = 2 * needed + 1;
    }
    memcpy(r->input + c->length, bytes, length);
    c->input = r->input;
    c->length = needed;
    machine_serve_uart(&r->system->machine);
    return true;
}

/* An edit: of memory where it has no name. */
struct edit {
    unsigned row;
    char name[NAME_MAX_BYTES];
    uint32_t pa, bytes;
    uint64_t value;
};

/* "1 a0 0x5" or "0 *0x80000000/4 0x13". */
static void
write_edit(const struct edit *e, char *text)
{
    if (e->name[0] != '\0')
        (void)snprintf(text, EDIT_MAX, "%u %s 0x%llx", e->row, e->name,
                       (unsigned long long)e->value);
    else
        (void)snprintf(text, EDIT_MAX, "%u *0x%08x/%u 0x%llx", e->row, e->pa, e->bytes,
                       (unsigned long long)e->value);
}

static bool
read_edit(const char *text, struct edit *e)
{
    static const struct edit none;
    unsigned long long value;
    int end = 0;

    *e = none;
    if (sscanf(text, "%u *0x%x/%u 0x%llx%n", &e->row, &e->pa, &e->bytes, &value, &end) != 4 &&
        sscanf(text, "%u %47s 0x%llx%n", &e->row, e->name, &value, &end) != 3)
        return false;
    e->value = value;
    return text[end] == '\0' && e->row < REPL_LEVELS_MAX &&
           (e->name[0] != '\0' || e->bytes == 1 || e->bytes == 2 || e->bytes == 4);
}

static bool
make_edit(struct repl *r, const struct edit *e)
{
    struct repl_value value = repl_value_wide(e->value);
    char problem[REPL_PROBLEM_MAX] = "";

    if (e->row >= r->levels.count)
        return repl_fail(r, "there is no such level");
    if (e->name[0] == '\0')
        return repl_level_store(&r->levels, e->row, e->pa, e->bytes, (uint32_t)e->value) ||
               repl_fail(r, "0x%08x is outside the memory of %s", e->pa,
                         r->levels.row[e->row].name);
    if (!repl_names_set(&r->levels, e->row, e->name, &value, problem))
        return repl_fail(r, "%s", problem);
    if (r->levels.row[e->row].inner) /* what its next event begins from */
        repl_level_hart(&r->levels, e->row, &r->levels.boundary[e->row].hart);
    return true;
}

const char *
repl_entry_text(const struct repl *r, const struct history_entry *entry, char *text)
{
    char title[REPL_TITLE_MAX];
    struct edit e;

    if (entry->kind == REPL_ENTRY_input)
        (void)snprintf(text, REPL_ENTRY_MAX, "%zu byte%s of console input", entry->length,
                       entry->length == 1 ? "" : "s");
    else if (!read_edit(entry->bytes, &e) || e.row >= r->levels.count)
        (void)snprintf(text, REPL_ENTRY_MAX, "an edit");
    else if (e.name[0] != '\0')
        (void)snprintf(text, REPL_ENTRY_MAX, "%s = 0x%llx at %s", e.name,
                       (unsigned long long)e.value, repl_level_title(&r->levels, e.row, title));
    else
        (void)snprintf(text, REPL_ENTRY_MAX, "memory at 0x%08x = 0x%llx at %s", e.pa,
                       (unsigned long long)e.value, repl_level_title(&r->levels, e.row, title));
    return text;
}

/* It happens again. */
static void
apply(void *context, const struct history_entry *entry)
{
    struct repl *r = context;
    char text[REPL_ENTRY_MAX];
    struct edit e;

    if (entry->kind == REPL_ENTRY_input)
        (void)append_input(r, entry->bytes, entry->length);
    else if (read_edit(entry->bytes, &e))
        (void)make_edit(r, &e);
    if (entry->kind == REPL_ENTRY_input || entry->kind == REPL_ENTRY_edit)
        repl_say(r, "(again: %s)", repl_entry_text(r, entry, text));
}

void
repl_past_cut(struct repl *r)
{
    struct history_point here = history_now(&r->history);

    (void)history_cut(&r->history);
    r->end_known = false;
    for (unsigned i = 0; i < r->bookmark_count; i++)
        r->bookmarks[i].gone = r->bookmarks[i].gone || history_earlier(here, r->bookmarks[i].point);
}

/* It has happened, now, and what lay ahead will not. */
static bool
add(struct repl *r, unsigned kind, const char *bytes, size_t length)
{
    struct history *h = &r->history;
    bool past = history_earlier(history_now(h), h->end);

    if (past)
        repl_say(r, "(what lay ahead is forgotten: from here on history is another)");
    if (past && r->json)
        json_bool(&r->object, "forgotten", true);
    repl_past_cut(r);
    return history_add(h, kind, bytes, length) || repl_fail(r, "out of memory");
}

static bool
edit(struct repl *r, enum repl_entry kind, const struct edit *e)
{
    char text[EDIT_MAX];

    if (!make_edit(r, e))
        return false;
    write_edit(e, text);
    return add(r, kind, text, strlen(text));
}

bool
repl_edit_name(struct repl *r, enum repl_entry kind, unsigned row, const char *name, uint64_t value)
{
    struct edit e = {.row = row, .value = value};

    (void)snprintf(e.name, sizeof e.name, "%s", name);
    return edit(r, kind, &e);
}

bool
repl_edit_memory(struct repl *r, enum repl_entry kind, unsigned row, uint32_t pa, uint32_t bytes,
                 uint32_t value)
{
    return edit(r, kind, &(struct edit){.row = row, .pa = pa, .bytes = bytes, .value = value});
}

bool
repl_send(struct repl *r, const char *bytes, size_t length)
{
    if (!append_input(r, bytes, length))
        return repl_fail(r, "out of memory");
    return add(r, REPL_ENTRY_input, bytes, length);
}

/* ---- going on ---- */

bool
repl_input_is_due(const struct repl *r)
{
    return history_room(&r->history) == 0;
}

/* An instruction executed in passing is over. */
static void
close_what_is_open(struct repl *r)
{
    const struct history *h = &r->history;

    while (history_room(h) == 0 && h->log[h->done].kind == REPL_ENTRY_close)
        (void)history_catch_up(&r->history);
}

/* What is due happens; then it is known how far one may go. */
static void
begin(struct repl *r)
{
    uint64_t room, here;

    while (history_catch_up(&r->history) != NULL)
        continue;
    here = moment_ticks(r->system);
    room = history_room(&r->history);
    r->levels.until = room < UINT64_MAX - here ? here + room : UINT64_MAX;
    if (r->horizon < r->levels.until)
        r->levels.until = r->horizon;
}

static void
note_end(struct repl *r, const struct repl_event *e)
{
    r->over = r->over || e->stop == MACHINE_exit || e->stop == MACHINE_lost || repl_all_ended(r);
}

static void
end(struct repl *r, const struct repl_event *e)
{
    r->stop.any = true;
    repl_collect(r, repl_level_outer_of(&r->levels, e->level));
    note_end(r, e);
    close_what_is_open(r);
    history_note(&r->history);
}

void
repl_advance(struct repl *r, uint64_t burst, struct repl_event *e)
{
    begin(r);
    repl_event_advance(&r->levels, burst, e);
    r->system->machine.lookout = NULL;
    end(r, e);
    if (r->traced != 0 && !r->travelling)
        repl_trace_event(r, e);
}

void
repl_advance_phase(struct repl *r, enum hosted_phase *phase, struct repl_event *e)
{
    begin(r);
    repl_event_advance_phase(&r->levels, phase, e);
    end(r, e);
}

/* For history_go. */
static bool
run(void *context, uint64_t ticks)
{
    struct repl *r = context;
    struct repl_event e;
    uint64_t before = moment_ticks(r->system);

    r->levels.until = before + ticks;
    repl_event_advance(&r->levels, REPL_BURST, &e);
    repl_collect(r, repl_level_outer_of(&r->levels, e.level));
    note_end(r, &e);
    return moment_ticks(r->system) != before && !console_quit(&r->system->console);
}

/* ---- beginning ---- */

bool
repl_past_begin(struct repl *r)
{
    const struct history_subject subject = {
        r, sizeof(struct past), now, ram, save, restore, written, apply, run};
    struct history fresh;
    uint64_t bound = r->history.bound != 0 ? r->history.bound : HISTORY_BOUND_DEFAULT;

    r->horizon = UINT64_MAX;
    r->end_known = false;
    r->bookmark_count = 0;
    r->loaded = false;
    r->mark = (struct history_point){0};
    if (!history_begin(&fresh, &subject, bound))
        return repl_fail(r, "out of memory");
    history_free(&r->history);
    r->history = fresh;
    return true;
}

void
repl_past_end(struct repl *r)
{
    history_free(&r->history);
}

/* ---- a state that comes from a file ---- */

bool
repl_entry_fits(const struct repl *r, const char *text)
{
    struct edit e;

    return strlen(text) < EDIT_MAX && read_edit(text, &e) && e.row < r->levels.count;
}

static bool
is_flag(const bool *b)
{
    unsigned char byte;

    memcpy(&byte, b, 1);
    return byte <= 1;
}

bool
repl_past_fits(const struct repl *r, const void *state, uint64_t input, const char **why)
{
    struct past *p = malloc(sizeof *p);
    bool ok;

    *why = "out of memory";
    if (p == NULL)
        return false;
    memcpy(p, state, sizeof *p);
    ok = moment_fits(r->system, &p->moment, why);
    if (ok)
        *why = "a flag that is neither set nor not";
    ok = ok && p->moment.input_length == input && is_flag(&p->over);
    for (unsigned i = 0; i < REPL_LEVELS_MAX; i++)
        ok = ok && is_flag(&p->boundary[i].known) && is_flag(&p->left[i].known);
    free(p);
    return ok;
}

void
repl_past_adopt(struct repl *r, const void *state)
{
    struct past *p = malloc(sizeof *p);

    if (p == NULL)
        return;
    memcpy(p, state, sizeof *p);
    memset(p->printed, 0, sizeof p->printed);
    memset(p->expected, 0, sizeof p->expected);
    restore(r, p);
    free(p);
    (void)repl_past_begin(r);
    r->loaded = true;
    r->phase = REPL_PHASE_none;
    memset(r->exits_mark, 0, sizeof r->exits_mark);
    memset(r->retired_mark, 0, sizeof r->retired_mark);
    while (!repl_level_known(&r->levels, r->view))
        r->view = r->levels.row[r->view].parent;
    r->stop = (struct repl_stop){.reason = REPL_STOP_start, .level = r->view};
    repl_mark(r);
}
