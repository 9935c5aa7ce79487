/* SPDX-License-Identifier: MIT */
#include "cli/repl/session.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/repl/past.h"
#include "cli/status.h"

bool
repl_fail(struct repl *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(r->error, sizeof r->error, format, args);
    va_end(args);
    r->error_status = STATUS_usage;
    return false;
}

bool
repl_wants_stop(const struct repl *r)
{
    return console_quit(&r->system->console) ||
           (r->interrupter != NULL && r->interrupter(r->interrupter_context));
}

void
repl_mark(struct repl *r)
{
    for (unsigned i = 0; i < r->levels.count; i++) {
        repl_level_hart(&r->levels, i, &r->marks[i]);
        r->marked[i] = repl_level_known(&r->levels, i);
    }
}

/* The level that one looks at first: the observed guest, or the one that is to start it. */
static unsigned
first_view(const struct repl *r)
{
    unsigned row = r->levels.first;

    while (!repl_level_known(&r->levels, row))
        row = r->levels.row[row].parent;
    return row;
}

/* A new instance of the target; its console collects, and reads what is sent. */
static bool
start(struct repl *r)
{
    char error[IMAGE_ERROR_MAX];
    struct repl_levels levels;

    r->system = malloc(sizeof *r->system);
    if (r->system == NULL)
        return repl_fail(r, "out of memory");
    if (!target_start(r->target, r->system, error)) {
        free(r->system);
        r->system = NULL;
        return repl_fail(r, "%s", error);
    }
    r->system->console.collect = &r->system->output;
    if (!repl_levels_init(&levels, r->target, r->system)) {
        system_free(r->system);
        free(r->system);
        r->system = NULL;
        return repl_fail(r, "out of memory");
    }
    repl_levels_free(&r->levels);
    r->levels = levels;
    r->view = first_view(r);
    r->stop = (struct repl_stop){.reason = REPL_STOP_start, .level = r->view};
    r->over = false;
    r->used = 0;
    r->phase = REPL_PHASE_none;
    repl_mark(r);
    return true;
}

static void
discard(struct system *system)
{
    if (system != NULL)
        system_free(system);
    free(system);
}

/* What was sent, printed and marked in a run that is over. */
static void
forget(struct repl *r)
{
    free(r->input);
    r->input = NULL;
    r->input_capacity = 0;
    for (unsigned i = 0; i < REPL_LEVELS_MAX; i++)
        free(r->logs[i].bytes);
    memset(r->logs, 0, sizeof r->logs);
    memset(r->exits_mark, 0, sizeof r->exits_mark);
    memset(r->retired_mark, 0, sizeof r->retired_mark);
}

bool
repl_begin(struct repl *r, const struct target *target, FILE *out)
{
    static const struct repl nothing;

    *r = nothing;
    r->target = target;
    r->out = out;
    r->limit = OPTIONS_NO_LIMIT;
    return start(r) && repl_past_begin(r);
}

void
repl_end(struct repl *r)
{
    if (r->trace != NULL)
        (void)fclose(r->trace);
    r->trace = NULL;
    discard(r->system);
    r->system = NULL;
    repl_past_end(r);
    repl_levels_free(&r->levels);
    forget(r);
    repl_breakpoints_free(&r->breakpoints);
}

bool
repl_restart(struct repl *r)
{
    struct system *old = r->system;

    if (!start(r)) {
        r->system = old;
        return false;
    }
    discard(old);
    forget(r);
    return repl_past_begin(r);
}

int
repl_status(const struct repl *r)
{
    const struct vm *vm = repl_level_vm(&r->levels, r->stop.level);

    if (r->asked_status)
        return r->status;
    switch (r->stop.reason) {
    case REPL_STOP_ended:
        return status_of_guest(vm != NULL ? vm->code : r->system->machine.exit_code);
    case REPL_STOP_halted:
    case REPL_STOP_trap_loop:
    case REPL_STOP_lost: return STATUS_stuck;
    case REPL_STOP_budget: return STATUS_budget;
    default: return STATUS_ok;
    }
}

struct repl_scope
repl_scope_here(const struct repl *r, struct repl_place_context *context)
{
    *context = (struct repl_place_context){&r->levels, r->view};
    return repl_names_scope(context);
}
