/* SPDX-License-Identifier: MIT */
/* thirdgen compare: one program, bare and virtual, to the bit. */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/difference.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/stats.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/target.h"

struct arguments {
    struct options common;
    const char *image;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &a->common, 4); return 0;
    case ARGP_KEY_ARG:
        if (a->image != NULL)
            return options_wrong(state, &a->common, "one image or description, not `%s' too", arg);
        a->image = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->image == NULL && !a->common.helped)
            return options_wrong(state, &a->common, "which image? try builtin:guestos");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    OPTIONS_CHILD(isa), OPTIONS_CHILD(machine), OPTIONS_CHILD(run), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    NULL,
    parse,
    "IMAGE|MACHINE.yaml",
    "Run a program on the bare machine and under a monitor, and compare the two to the bit: "
    "registers, CSRs, all of memory, devices, console output, minstret, mtime.\v"
    "On a difference, the first instruction after which the two part is shown, and why.\n\n"
    "Exit status: 0 identical; 100 different; 104 identical so far, the budget of "
    "--max-instructions used up.\n\n"
    "Examples:\n"
    "  thirdgen compare builtin:guestos\n"
    "  thirdgen compare builtin:guestos --isa smsw\n"
    "  thirdgen compare builtin:guestos --monitor hosted,hybrid\n"
    "  thirdgen compare examples/hosted.yaml --guest left --max-instructions 5M",
    children,
    NULL,
    NULL};

/* ---- the reports ---- */

/* How both ended, a phrase. */
static void
ending(const struct compare_result *r, char *text, size_t size)
{
    switch (r->stop) {
    case MACHINE_exit: (void)snprintf(text, size, "exit code %u", (unsigned)r->exit_code); break;
    case MACHINE_halted: (void)snprintf(text, size, "a wfi that nothing can end, in both"); break;
    default:
        (void)snprintf(text, size, "%s",
                       r->traps_for_ever ? "a trap handler that traps for ever, in both"
                                         : "the budget of steps");
        break;
    }
}

static void
row(struct table *t, const char *name, const char *value, const char *about)
{
    table_cell(t, "%s", name);
    table_cell(t, "%s", value);
    table_cell(t, "%s", about);
}

static void
count_row(struct table *t, const char *name, uint64_t count, const char *about)
{
    char text[TABLE_COUNT_MAX];

    row(t, name, table_count(count, text), about);
}

static void
print_same(const struct compare_result *r, const struct target *t)
{
    char end[64], text[TABLE_COUNT_MAX];
    struct table table;

    ending(r, end, sizeof end);
    difference_headline(
        r->verdict == COMPARE_identical ? "identical to the bit" : "identical so far", t, stdout);
    table_init(&table, "lrl");
    count_row(&table, "instructions", r->instructions, "retired by the guest");
    count_row(&table, "traps", r->traps, "taken by the guest, interrupts included");
    count_row(&table, "mtime", r->mtime, "ticks of its clock");
    count_row(&table, "console output", r->sent, "bytes");
    row(&table, "ended with", "", end);
    row(&table, "executed directly", stats_share(&r->vm, text), "of its instructions");
    count_row(&table, "exits", vmm_exits(&r->vm), "to the monitor");
    row(&table, "per exit", stats_per_exit(&r->vm, text), "of its instructions");
    table_print(&table, stdout, "  ");
    printf("\n");
    stats_print_exits(&r->vm, stdout, "  ");
}

static void
print_json(const struct compare_result *r, const struct target *t)
{
    static const char *const verdicts[] = {"identical", "identical so far", "different"};
    struct json j;

    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "image", t->name);
    json_string(&j, "isa", t->variant.name);
    json_bool(&j, "hybrid", difference_hybrid(t));
    json_string(&j, "verdict", verdicts[r->verdict]);
    if (r->verdict == COMPARE_different) {
        difference_json(r, t, &j);
    } else {
        char end[64];

        ending(r, end, sizeof end);
        json_unsigned(&j, "instructions", r->instructions);
        json_unsigned(&j, "traps", r->traps);
        json_unsigned(&j, "mtime", r->mtime);
        json_unsigned(&j, "console_bytes", r->sent);
        json_string(&j, "ended_with", end);
        stats_json_vm(&r->vm, &j);
    }
    json_close(&j);
    (void)json_end(&j);
}

static void
show_progress(void *context, uint64_t steps)
{
    progress_step(context, steps);
}

static int
compare(const struct arguments *a, const struct target *t)
{
    static struct compare_result r;
    struct progress progress;
    struct compare_options o = {
        .input = NULL, .limit = a->common.limit, .progress = show_progress, .context = &progress};

    if (!t->spec.hosted && t->spec.inner.depth == 0) {
        command_complain("%s has no monitor to compare with the bare machine: give --monitor, or a "
                         "description with one",
                         t->name);
        return STATUS_usage;
    }
    target_observed_input(t, &o.input, &o.input_length);
    progress_start(&progress, "steps", a->common.limit == OPTIONS_NO_LIMIT ? 0 : a->common.limit,
                   a->common.json);
    compare_run(&t->spec, &o, &r);
    progress_end(&progress);
    if (r.verdict == COMPARE_broken) {
        command_complain("%s: %s", t->name, r.error);
        return STATUS_refused;
    }
    if (a->common.json)
        print_json(&r, t);
    else if (r.verdict == COMPARE_different)
        difference_print(&r, t, stdout);
    else
        print_same(&r, t);
    return r.verdict == COMPARE_identical ? STATUS_ok
           : r.verdict == COMPARE_so_far  ? STATUS_budget
                                          : STATUS_different;
}

int
command_compare(int argc, char **argv)
{
    static struct target t;
    struct arguments a = {.image = NULL};
    struct diagnostics d = {0};
    int status;

    options_init(&a.common);
    a.common.engine = ENGINE_threaded;
    a.common.usual_depth = 1;
    if (!options_parse(&argp, argc, argv, &a, &a.common, &status))
        return status;
    if (!target_open(&t, a.image, &a.common, &d))
        return command_diagnose(&d, options_coloured(&a.common, stderr), t.status);
    (void)command_diagnose(&d, options_coloured(&a.common, stderr), 0);
    status = compare(&a, &t);
    target_close(&t);
    return status;
}
