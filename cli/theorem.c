/* SPDX-License-Identifier: MIT */
/* thirdgen theorem: the theorem told as a story: the sets, the monitor, where it goes wrong. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/difference.h"
#include "cli/embedded.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/stats.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/target.h"
#include "cli/witness.h"
#include "vmm/theorem/classify.h"

static const char builtin_guest[] = "builtin:guestos";

struct arguments {
    struct options common;
    const char *image; /* to demonstrate it on; NULL: the usual */
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &a->common, 3); return 0;
    case ARGP_KEY_ARG:
        if (a->image != NULL)
            return options_wrong(state, &a->common, "one image, not `%s' too", arg);
        if (strstr(arg, ".yaml") != NULL || strstr(arg, ".yml") != NULL)
            return options_wrong(state, &a->common,
                                 "an image, not a description; try `thirdgen compare %s'", arg);
        a->image = arg;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    OPTIONS_CHILD(isa), OPTIONS_CHILD(run), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    NULL,
    parse,
    "[IMAGE]",
    "Tell Popek and Goldberg's theorem on an ISA variant: the sets of privileged and of sensitive "
    "instructions, computed; then IMAGE (the guest OS, where none is given) on the bare machine "
    "and in a virtual one, compared to the bit; and, where the theorem's condition fails, the "
    "first instruction at which the two part.\v"
    "Exit status: 0 when the demonstration bears the computed verdict out; 100 when it doesn't.\n\n"
    "Examples:\n"
    "  thirdgen theorem\n"
    "  thirdgen theorem --isa smsw\n"
    "  thirdgen theorem --isa jrst1\n"
    "  thirdgen theorem --isa lra examples/variants/lra.s",
    children,
    NULL,
    NULL};

/* ---- 1: the sets ---- */

typedef bool predicate(const struct classify_row *row);

static bool
is_privileged(const struct classify_row *row)
{
    return row->privileged;
}

static bool
is_unconditional(const struct classify_row *row)
{
    return row->always_traps;
}

static bool
is_offender(const struct classify_row *row)
{
    return classify_sensitive(row) && !row->privileged;
}

/* The names of the rows of which `is` holds, in one line of text; how many. */
static unsigned
list_rows(const struct classification *c, predicate *is, char *text, size_t size)
{
    unsigned count = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        if (!is(&c->rows[i]))
            continue;
        (void)snprintf(text + strlen(text), size - strlen(text), "%s%s", count == 0 ? "" : "; ",
                       sample_row_name(c->rows[i].row));
        count++;
    }
    return count;
}

static void
print_set(const char *name, const struct classification *c, predicate *is)
{
    char text[1024];

    if (list_rows(c, is, text, sizeof text) == 0)
        (void)snprintf(text, sizeof text, "none");
    printf("  %s\n", name);
    table_paragraph(text, stdout, "      ");
}

/* The witness that tells most about a row that is sensitive. */
static const struct witness *
telling_witness(const struct classify_row *row)
{
    const struct witness *best = NULL;

    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
        if (kind != WITNESS_unprivileged && row->witnesses[kind] != NULL &&
            (best == NULL || witness_rank(kind) < witness_rank(best->kind)))
            best = row->witnesses[kind];
    return best;
}

static void
print_offenders(const struct classification *c, const struct state_machine *machine)
{
    struct table t;

    table_init(&t, "lll");
    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        const struct witness *w;
        char insn[WITNESS_TEXT], phrase[WITNESS_TEXT];

        if (!is_offender(&c->rows[i]) || (w = telling_witness(&c->rows[i])) == NULL)
            continue;
        table_cell(&t, "%s", sample_row_name(c->rows[i].row));
        table_cell(&t, "%s", witness_instruction(w, insn));
        table_cell(&t, "%s", witness_phrase(machine, w, phrase));
    }
    table_print(&t, stdout, "      ");
}

static void
print_sets(const struct target *t, const struct classification *c,
           const struct state_machine *machine)
{
    printf("1  The sets, computed by running every instruction on many states\n\n");
    print_set("privileged", c, is_privileged);
    if (c->equal)
        printf("  sensitive\n      the same\n");
    else
        print_set("sensitive", c, classify_sensitive);
    print_set("trap in both modes", c, is_unconditional);
    printf("  innocuous: all others\n\n");
    if (c->theorem1) {
        table_paragraph("Every sensitive instruction is privileged. Theorem 1: a virtual machine "
                        "monitor may be constructed.",
                        stdout, "   ");
    } else {
        printf("   sensitive, and not privileged:\n");
        print_offenders(c, machine);
        table_paragraph(c->theorem3
                            ? "Theorem 1 does not apply. No user-sensitive instruction is among "
                              "them, though. Theorem 3: a hybrid monitor may be constructed."
                            : "Theorem 1 does not apply; nor does theorem 3, for some are "
                              "sensitive in user mode.",
                        stdout, "   ");
    }
    printf("   Each with its witness: thirdgen classify --isa %s\n\n",
           t->variant.path == NULL ? t->variant.name : t->variant.path);
}

/* ---- 2 and 3: the monitors ---- */

enum { PURE, HYBRID };

struct shown {
    const char *image; /* as it was opened */
    enum compare_verdict verdict;
};

static struct options
monitor_options(const struct arguments *a, int monitor)
{
    struct options o = a->common;

    o.monitored = true;
    o.hybrid = monitor == HYBRID;
    o.depth = 1;
    return o;
}

static void
show_progress(void *context, uint64_t steps)
{
    progress_step(context, steps);
}

/* Compare `image` under the pure or the hybrid monitor; false where it could not be set up. */
static bool
compare_image(const struct arguments *a, const char *image, int monitor, struct target *t,
              struct compare_result *r, int *status)
{
    struct options o = monitor_options(a, monitor);
    struct diagnostics d = {0};
    struct progress progress;
    struct compare_options co = {.limit = o.limit, .progress = show_progress, .context = &progress};

    if (!target_open(t, image, &o, &d)) {
        *status = command_diagnose(&d, options_coloured(&o, stderr), t->status);
        return false;
    }
    (void)command_diagnose(&d, options_coloured(&o, stderr), 0);
    target_observed_input(t, &co.input, &co.input_length);
    progress_start(&progress, "steps", o.limit == OPTIONS_NO_LIMIT ? 0 : o.limit, o.json);
    compare_run(&t->spec, &co, r);
    progress_end(&progress);
    if (r->verdict != COMPARE_broken)
        return true;
    command_complain("%s: %s", image, r->error);
    *status = STATUS_refused;
    target_close(t);
    return false;
}

static void
print_identical(const struct compare_result *r, const char *image, const char *monitor)
{
    char count[TABLE_COUNT_MAX], traps[TABLE_COUNT_MAX], exits[TABLE_COUNT_MAX];
    char share[TABLE_COUNT_MAX];
    struct table table;

    table_init(&table, "lrl");
    table_cell(&table, "instructions");
    table_cell(&table, "%s", table_count(r->instructions, count));
    table_cell(&table, "on the bare machine, and in the virtual one");
    table_cell(&table, "traps taken");
    table_cell(&table, "%s", table_count(r->traps, traps));
    table_cell(&table, "by both, each at the same instruction");
    table_cell(&table, "exits");
    table_cell(&table, "%s", table_count(vmm_exits(&r->vm), exits));
    table_cell(&table, "to the %s monitor", monitor);
    table_cell(&table, "executed directly");
    table_cell(&table, "%s", stats_share(&r->vm, share));
    table_cell(&table, "of the instructions, by the processor itself");
    printf("   %s, bare and virtual: %s\n", image,
           r->verdict == COMPARE_identical ? "identical to the bit"
                                           : "identical so far, to the end of the budget");
    table_paragraph("(registers, CSRs, all of memory, devices, console output, minstret, mtime)",
                    stdout, "   ");
    table_print(&table, stdout, "     ");
    printf("\n");
}

/* One monitor on one image, shown as text. */
static bool
show(const struct arguments *a, const char *image, int monitor, struct shown *s, int *status)
{
    static struct target t;
    static struct compare_result r;

    if (!compare_image(a, image, monitor, &t, &r, status))
        return false;
    s->image = image;
    s->verdict = r.verdict;
    if (r.verdict == COMPARE_different) {
        difference_print(&r, &t, stdout);
        printf("\n");
    } else {
        print_identical(&r, image, monitor == HYBRID ? "hybrid" : "pure");
    }
    target_close(&t);
    return true;
}

/* The guest made for a variant, as an image's name; NULL where there is none. */
static const char *
own_guest(const struct target *t, char *name, size_t size)
{
    char file[64];

    (void)snprintf(file, sizeof file, "%s.s", t->variant.name);
    if (t->variant.path != NULL || embedded_find(file) == NULL)
        return NULL;
    (void)snprintf(name, size, "builtin:%s", t->variant.name);
    return name;
}

/*
 * A monitor that the theorem promises (`holds`) or does not; where it does not
 * and the guest OS did nothing that shows it, the guest made for the variant too.
 */
static bool
show_monitor(const struct arguments *a, const struct target *t, int monitor, bool holds,
             struct shown *s, int *status)
{
    static char name[80];
    const char *own = own_guest(t, name, sizeof name);

    printf("%s\n\n", monitor == PURE ? "2  The pure monitor: trap and emulate"
                                     : "3  The hybrid monitor: virtual supervisor mode is "
                                       "interpreted");
    if (!show(a, s->image, monitor, s, status))
        return false;
    if (holds || s->verdict == COMPARE_different)
        return true;
    if (a->image != NULL || own == NULL || strcmp(s->image, own) == 0) {
        table_paragraph("This guest executes none of the instructions that are sensitive and not "
                        "privileged in a state where it would show. Take one that does.",
                        stdout, "   ");
        printf("\n");
        return true;
    }
    table_paragraph("That guest executes none of the instructions that are sensitive and not "
                    "privileged in a state where it would show. This one does:",
                    stdout, "   ");
    printf("\n");
    return show(a, own, monitor, s, status);
}

/*
 * Is the hybrid monitor to be shown?  Not where theorem 1 holds; nor where theorem 3 fails as well
 * and the guest has not even shown that theorem 1 does.
 */
static bool
wants_hybrid(const struct classification *c, const struct shown *pure)
{
    return !c->theorem1 && (c->theorem3 || pure->verdict == COMPARE_different);
}

/* Did both monitors do what the theorems say?  (Right where one holds; seen wrong where not.) */
static bool
borne_out(const struct classification *c, const struct shown *pure, const struct shown *hybrid)
{
    return c->theorem1 == (pure->verdict != COMPARE_different) &&
           (c->theorem1 || c->theorem3 == (hybrid->verdict != COMPARE_different));
}

static void
print_moral(const struct classification *c)
{
    const char *moral = "So the conditions of both theorems fail, and both monitors go wrong.";

    if (c->theorem1)
        moral = "So theorem 1's condition holds, and the monitor is right.";
    else if (c->theorem3)
        moral = "So theorem 1's condition fails, and the pure monitor goes wrong; theorem 3's "
                "holds, and the hybrid monitor is right.";
    table_paragraph(moral, stdout, "   ");
}

static int
tell(const struct arguments *a, const struct target *t, const struct classification *c,
     const struct state_machine *machine)
{
    struct shown pure = {.image = a->image == NULL ? builtin_guest : a->image}, hybrid;
    int status = STATUS_ok;

    printf("Popek and Goldberg's theorem (1974) on the machine `%s'\n\n", t->variant.name);
    table_paragraph(t->variant.about, stdout, "   ");
    printf("\n");
    print_sets(t, c, machine);
    if (!show_monitor(a, t, PURE, c->theorem1, &pure, &status))
        return status;
    hybrid = pure;
    if (wants_hybrid(c, &pure) && !show_monitor(a, t, HYBRID, c->theorem3, &hybrid, &status))
        return status;
    if (!borne_out(c, &pure, &hybrid))
        return STATUS_different;
    print_moral(c);
    return STATUS_ok;
}

/* ---- JSON ---- */

static void
json_rows(struct json *j, const char *key, const struct classification *c, predicate *is)
{
    json_array(j, key);
    for (unsigned i = 0; i < SAMPLE_ROWS; i++)
        if (is(&c->rows[i]))
            json_string(j, NULL, sample_row_name(c->rows[i].row));
    json_close(j);
}

static bool
json_compared(const struct arguments *a, struct json *j, const char *key, int monitor,
              struct shown *s, int *status)
{
    static struct target t;
    static struct compare_result r;

    if (!compare_image(a, s->image, monitor, &t, &r, status))
        return false;
    s->verdict = r.verdict;
    json_object(j, key);
    json_string(j, "image", s->image);
    json_bool(j, "identical", r.verdict != COMPARE_different);
    json_bool(j, "to_the_end", r.verdict == COMPARE_identical);
    if (r.verdict == COMPARE_different)
        difference_json(&r, &t, j);
    else
        stats_json_vm(&r.vm, j);
    json_close(j);
    target_close(&t);
    return true;
}

/* As show_monitor. */
static bool
json_monitor(const struct arguments *a, const struct target *t, struct json *j, int monitor,
             bool holds, struct shown *s, int *status)
{
    static char name[80];
    const char *own = own_guest(t, name, sizeof name);

    if (!json_compared(a, j, monitor == PURE ? "pure" : "hybrid", monitor, s, status))
        return false;
    if (holds || s->verdict == COMPARE_different || a->image != NULL || own == NULL ||
        strcmp(s->image, own) == 0)
        return true;
    s->image = own;
    return json_compared(a, j, monitor == PURE ? "pure_own_guest" : "hybrid_own_guest", monitor, s,
                         status);
}

static int
tell_json(const struct arguments *a, const struct target *t, const struct classification *c)
{
    struct shown pure = {.image = a->image == NULL ? builtin_guest : a->image}, hybrid;
    bool ok;
    int status = STATUS_ok;
    struct json j;

    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "isa", t->variant.name);
    json_bool(&j, "theorem1", c->theorem1);
    json_bool(&j, "theorem3", c->theorem3);
    json_bool(&j, "sensitive_equals_privileged", c->equal);
    json_rows(&j, "privileged", c, is_privileged);
    json_rows(&j, "sensitive", c, classify_sensitive);
    json_rows(&j, "always_traps", c, is_unconditional);
    ok = json_monitor(a, t, &j, PURE, c->theorem1, &pure, &status);
    hybrid = pure;
    if (ok && wants_hybrid(c, &pure))
        ok = json_monitor(a, t, &j, HYBRID, c->theorem3, &hybrid, &status);
    if (ok && !borne_out(c, &pure, &hybrid))
        status = STATUS_different;
    json_bool(&j, "borne_out", ok && status == STATUS_ok);
    json_close(&j);
    (void)json_end(&j);
    return status;
}

/* ---- the command ---- */

static int
run(const struct arguments *a)
{
    static struct target t;
    static struct classification c;
    struct diagnostics d = {0};
    struct classify_options search;
    struct state_machine machine = {devices_step, NULL};
    struct options o = monitor_options(a, PURE); /* what is wrong with them is said at once */
    int status;

    if (!target_open(&t, a->image == NULL ? builtin_guest : a->image, &o, &d))
        return command_diagnose(&d, options_coloured(&a->common, stderr), t.status);
    (void)command_diagnose(&d, options_coloured(&a->common, stderr), 0);
    machine.variant = &t.variant.isa;
    classify_usual(&search);
    if (!classify_all(&machine, &search, &c)) {
        command_complain("out of memory");
        status = STATUS_host;
    } else {
        status = a->common.json ? tell_json(a, &t, &c) : tell(a, &t, &c, &machine);
        classify_free(&c);
    }
    target_close(&t);
    return status;
}

int
command_theorem(int argc, char **argv)
{
    struct arguments a = {.image = NULL};
    int status;

    options_init(&a.common);
    if (!options_parse(&argp, argc, argv, &a, &a.common, &status))
        return status;
    return run(&a);
}
