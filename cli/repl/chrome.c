/* SPDX-License-Identifier: MIT */
#include "cli/repl/chrome.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/stats.h"

/* ---- elements ---- */

/* An element of the list, as far as all have it alike; the rest, and `}', follow. */
static void
element(struct chrome *c, const char *phase, unsigned row, const char *name)
{
    (void)fprintf(c->to,
                  "%s\n{\"ph\": \"%s\", \"pid\": %u, \"tid\": %u, \"name\": ", c->any ? "," : "",
                  phase, c->lanes.levels->row[row].depth, row);
    json_write(c->to, name);
    c->any = true;
}

static void
metadata(struct chrome *c, const char *what, unsigned row, const char *name)
{
    element(c, "M", row, what);
    (void)fputs(", \"args\": {\"name\": ", c->to);
    json_write(c->to, name);
    (void)fputs("}}", c->to);
}

static void
slice(struct chrome *c, unsigned row, const char *name, const char *category, uint64_t from,
      uint64_t to)
{
    element(c, "X", row, name);
    (void)fprintf(c->to, ", \"cat\": \"%s\", \"ts\": %" PRIu64 ", \"dur\": %" PRIu64, category,
                  from, to - from);
}

/* ---- what is executed ---- */

/* The monitor that a row runs has a name for what it does. */
static const char *
what_it_executes(const struct chrome *c, unsigned row, uint32_t mode)
{
    if (c->lanes.levels->row[row].monitor && mode == ISA_MACHINE)
        return "monitor";
    return repl_level_mode(row, mode);
}

/* Whoever has executed until now does so no longer, or in another mode. */
static void
end_stretch(struct chrome *c, const struct repl_lanes *before, uint64_t now)
{
    if (now != c->since) {
        slice(c, before->row, what_it_executes(c, before->row, before->mode), "executes", c->since,
              now);
        (void)fputs("}", c->to);
    }
    c->since = now;
}

/* ---- exits ---- */

/* An inner row has gone to its monitor, or that has let one of its guests go on. */
static void
follow_visits(struct chrome *c, const struct repl_lanes *before)
{
    const struct repl_levels *ls = c->lanes.levels;
    unsigned from = before->row, to = c->lanes.row;

    if (from == to)
        return;
    if (ls->row[from].inner) {
        c->visit[from].left = c->lanes.now;
        c->visit[from].away = true;
        c->visit[from].over = false;
    }
    for (unsigned i = 1; i < ls->count && ls->row[to].inner; i++)
        if (ls->row[i].inner && ls->row[i].parent == ls->row[to].parent && c->visit[i].away &&
            !c->visit[i].over) {
            c->visit[i].over = true;
            c->visit[i].back = c->lanes.now;
        }
}

/* An exit of row i, as its monitor has it. */
static void
put_exit(struct chrome *c, unsigned i)
{
    static const char *const kinds[] = {
#define KIND_NAME(id, name, about) name,
        VMM_EXITS(KIND_NAME)
#undef KIND_NAME
    };
    const struct repl_levels *ls = c->lanes.levels;
    const struct vm_exit *exit = &repl_level_vm(ls, i)->last_exit;
    uint64_t from = c->lanes.now, to = from;
    char symbol[REPL_SYMBOL_MAX];
    struct isa_hart h;

    if (ls->row[i].inner && c->visit[i].away) {
        from = c->visit[i].left;
        to = c->visit[i].over ? c->visit[i].back : c->lanes.now;
    }
    repl_level_hart(ls, i, &h);
    h.mode = exit->mode;
    slice(c, ls->row[i].parent, stats_cause(vmm_cause_index(exit->cause)), "exit", from, to);
    (void)fputs(", \"args\": {\"from\": ", c->to);
    json_write(c->to, ls->row[i].name);
    (void)fprintf(c->to, ", \"kind\": \"%s\", \"pc\": \"0x%08x\", \"mode\": \"%s\", \"symbol\": ",
                  kinds[exit->kind], (unsigned)exit->pc, repl_level_mode(i, exit->mode));
    json_write(c->to, repl_level_symbol(ls, i, repl_level_linked(ls, i, &h, exit->pc), symbol));
    (void)fputs("}}", c->to);
    c->slices[i]++;
}

static void
put_exits(struct chrome *c, const struct repl_lanes *before)
{
    for (unsigned i = 1; i < c->lanes.levels->count; i++)
        for (uint64_t n = before->exits[i]; n < c->lanes.exits[i]; n++)
            put_exit(c, i);
}

/* ---- moments ---- */

static void
moment(struct chrome *c, unsigned row, const char *category, const char *name)
{
    element(c, "i", row, name);
    (void)fprintf(c->to, ", \"cat\": \"%s\", \"s\": \"t\", \"ts\": %" PRIu64 "}", category,
                  c->lanes.now);
}

static void
put_moments(struct chrome *c, const struct repl_event *e)
{
    char text[2 * VMM_NAME_MAX];

    if (e->interrupted)
        moment(c, e->level, "interrupt", stats_cause(vmm_cause_index(e->cause)));
    if (!e->switched)
        return;
    (void)snprintf(text, sizeof text, "to %s", c->lanes.levels->row[e->next].name);
    moment(c, c->lanes.levels->row[e->next].parent, "switch", text);
}

/* ---- the whole ---- */

static void
name_all(struct chrome *c)
{
    const struct repl_levels *ls = c->lanes.levels;
    char depth[16], title[REPL_TITLE_MAX];

    for (unsigned i = 0; i < ls->count; i++) {
        (void)snprintf(depth, sizeof depth, "L%u", ls->row[i].depth);
        metadata(c, "process_name", i, depth);
        metadata(c, "thread_name", i, repl_level_title(ls, i, title));
    }
}

void
chrome_begin(struct chrome *c, const struct repl_levels *levels, FILE *to)
{
    static const struct chrome none;

    *c = none;
    c->to = to;
    repl_lanes_begin(&c->lanes, levels);
    c->since = c->lanes.now;
    (void)fputs("{\"displayTimeUnit\": \"ns\", \"otherData\": {\"a microsecond\": "
                "\"a step of the real machine\"}, \"traceEvents\": [",
                to);
    name_all(c);
}

void
chrome_see(struct chrome *c, const struct repl_event *e)
{
    struct repl_lanes before = c->lanes;

    repl_lanes_look(&c->lanes);
    if (c->lanes.row != before.row || c->lanes.mode != before.mode)
        end_stretch(c, &before, c->lanes.now);
    follow_visits(c, &before);
    put_exits(c, &before);
    put_moments(c, e);
}

bool
chrome_end(struct chrome *c)
{
    end_stretch(c, &c->lanes, c->lanes.now);
    (void)fputs("\n]}\n", c->to);
    return ferror(c->to) == 0;
}

/* ---- a whole run ---- */

struct chrome_run {
    struct repl_levels levels;
    struct chrome chrome;
};

struct chrome_run *
chrome_run_begin(const struct target *target, struct system *system, FILE *to)
{
    struct chrome_run *run = malloc(sizeof *run);

    if (run == NULL || !repl_levels_init(&run->levels, target, system)) {
        free(run);
        return NULL;
    }
    system->machine.engine = ENGINE_reference; /* which says what each step was */
    chrome_begin(&run->chrome, &run->levels, to);
    return run;
}

enum machine_stop
chrome_run_advance(struct chrome_run *run, uint64_t burst)
{
    struct repl_event e;

    if (repl_events_need_steps(&run->levels))
        burst = 1;
    repl_event_advance(&run->levels, burst, &e);
    chrome_see(&run->chrome, &e);
    return e.stop;
}

void
chrome_run_end(struct chrome_run *run)
{
    (void)chrome_end(&run->chrome);
    repl_levels_free(&run->levels);
    free(run);
}
