/* SPDX-License-Identifier: MIT */
/* thirdgen classify: which instructions are privileged, which sensitive, by running them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/variants.h"
#include "cli/witness.h"
#include "vmm/theorem/classify.h"
#include "vmm/theorem/sweep.h"

struct arguments {
    struct options common;
    struct classify_options search;
    char *witness;      /* MNEMONIC[:KIND], or NULL */
    const char *replay; /* a witness file, or NULL */
    bool sweep;
    uint64_t every, jobs;
};

/* ---- the command line ---- */

enum { KEY_witness = 1000, KEY_replay, KEY_seed, KEY_states, KEY_sweep, KEY_every, KEY_jobs };

static const struct argp_option option_rows[] = {
    {"witness", KEY_witness, "MNEMONIC[:KIND]", 0,
     "Print one witness, its states side by side; with --json, as a file for --replay", 0},
    {"replay", KEY_replay, "FILE", 0, "Run a witness again, and say whether it holds", 0},
    {"states", KEY_states, "N", 0, "Pairs of states to try an instruction in (default: 400)", 0},
    {"seed", KEY_seed, "S", 0, "Seed of the states (default: 1974)", 0},
    {"sweep", KEY_sweep, NULL, 0,
     "Execute all 2^32 encodings in both modes and count in which they trap; takes minutes", 1},
    {"every", KEY_every, "N", 0, "Only every Nth of them, from 0 on", 1},
    {"jobs", KEY_jobs, "N", 0, "In N threads (default: as many as there are processors)", 1},
    {0}};

static error_t
parse_count(char *arg, struct argp_state *state, const char *name, uint64_t low, uint64_t high,
            uint64_t *value)
{
    struct arguments *a = state->input;

    if (options_count(arg, value) && *value >= low && *value <= high)
        return 0;
    return options_wrong(state, &a->common, "%s is a number from %llu to %llu, not `%s'", name,
                         (unsigned long long)low, (unsigned long long)high, arg);
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    uint64_t states = 0;
    error_t wrong;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &a->common, 2); return 0;
    case KEY_witness: a->witness = arg; return 0;
    case KEY_replay: a->replay = arg; return 0;
    case KEY_sweep: a->sweep = true; return 0;
    case KEY_seed: return parse_count(arg, state, "--seed", 0, UINT64_MAX, &a->search.seed);
    case KEY_states:
        wrong = parse_count(arg, state, "--states", CLASSIFY_CSR_SHARE, 10000000, &states);
        a->search.states = (uint32_t)states;
        return wrong;
    case KEY_every: return parse_count(arg, state, "--every", 1, UINT32_MAX, &a->every);
    case KEY_jobs: return parse_count(arg, state, "--jobs", 1, SWEEP_JOBS_MAX, &a->jobs);
    case ARGP_KEY_ARG:
        return options_wrong(state, &a->common, "unexpected argument `%s': try --witness %s", arg,
                             arg);
    case ARGP_KEY_END:
        if ((a->witness != NULL) + (a->replay != NULL) + a->sweep > 1)
            return options_wrong(state, &a->common,
                                 "--witness, --replay and --sweep: one at a time");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {OPTIONS_CHILD(isa), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    option_rows,
    parse,
    NULL,
    "Classify each instruction as privileged, sensitive (control, behaviour; in user or in "
    "supervisor states) or innocuous, by running it on many states, and say what Popek and "
    "Goldberg's theorems make of it.\v"
    "A witness is one or two concrete states.  Its kind is unprivileged, user-control, "
    "supervisor-control, mode, or user- or supervisor- and what the instruction depends on: "
    "location, time, mstatus, ...; without user- or supervisor-, either; without a kind, the one "
    "that says most.\n\n"
    "Exit status: 0; 100 where a replayed witness does not hold.\n\n"
    "Examples:\n"
    "  thirdgen classify\n"
    "  thirdgen classify --isa smsw --witness csrrs:mstatus\n"
    "  thirdgen classify --isa smsw --witness csrrs --json >w.json\n"
    "  thirdgen classify --replay w.json\n"
    "  thirdgen classify --isa my-variant.yaml --json\n"
    "  thirdgen classify --sweep --every 4093",
    children,
    NULL,
    NULL};

/* ---- the table ---- */

/* In which states an instruction is behaviour- (or control-) sensitive: "U", "M", "U M", ... */
static const char *
where(const struct classify_row *row, bool control, char text[16])
{
    bool user = false, machine = false, both = row->witnesses[WITNESS_mode] != NULL && !control;

    if (control) {
        user = row->witnesses[WITNESS_user_control] != NULL;
        machine = row->witnesses[WITNESS_supervisor_control] != NULL;
    }
    for (unsigned kind = WITNESS_behaviour; kind < WITNESS_KINDS && !control; kind++)
        if (row->witnesses[kind] != NULL && witness_is_user(kind))
            user = true;
        else if (row->witnesses[kind] != NULL)
            machine = true;
    (void)snprintf(text, 16, "%s%s%s", user ? "U " : "", machine ? "M " : "", both ? "U|M" : "");
    if (text[0] == '\0')
        return "no";
    size_t length = strlen(text);
    if (text[length - 1] == ' ')
        text[length - 1] = '\0';
    return text;
}

/* Neither sensitive, nor privileged, nor a trap: told in one line for all of them. */
static bool
is_plain(const struct classify_row *row)
{
    return !classify_sensitive(row) && !row->privileged && !row->always_traps;
}

static void
print_rows(const struct classification *c)
{
    static const char *const heading[] = {"",        "privileged", "control", "behaviour",
                                          "in user", "always",     "states"};
    static const char *const heading2[] = {"",       "",      "-sensitive", "-sensitive",
                                           "states", "traps", "tried"};
    struct table t;

    table_init(&t, "llllllr");
    for (unsigned i = 0; i < 7; i++)
        table_cell(&t, "%s", heading[i]);
    for (unsigned i = 0; i < 7; i++)
        table_cell(&t, "%s", heading2[i]);
    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        const struct classify_row *row = &c->rows[i];
        char text[TABLE_COUNT_MAX];

        if (is_plain(row))
            continue;
        table_cell(&t, "%s", sample_row_name(row->row));
        table_cell(&t, "%s", row->privileged ? "yes" : "no");
        table_cell(&t, "%s", where(row, true, text));
        table_cell(&t, "%s", where(row, false, text));
        table_cell(&t, "%s", classify_user_sensitive(row) ? "yes" : "no");
        table_cell(&t, "%s", row->always_traps ? "yes" : "no");
        table_cell_count(&t, row->tried);
    }
    table_print(&t, stdout, "  ");
}

static void
print_plain(const struct classification *c)
{
    char names[1024] = "", low[TABLE_COUNT_MAX], high[TABLE_COUNT_MAX];
    uint64_t least = UINT64_MAX, most = 0;
    unsigned count = 0;

    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        const struct classify_row *row = &c->rows[i];

        if (!is_plain(row))
            continue;
        count++;
        least = row->tried < least ? row->tried : least;
        most = row->tried > most ? row->tried : most;
        (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                       names[0] == '\0' ? "" : " ", sample_row_name(row->row));
    }
    if (count == 0)
        return;
    printf("\nInnocuous, and not privileged: %u, each tried in %s to %s states:\n", count,
           table_count(least, low), table_count(most, high));
    table_paragraph(names, stdout, "  ");
}

/* ---- the witnesses ---- */

/* Those that decide about the theorems each get a line; the rest are named. */
static bool
is_told(const struct classify_row *row, unsigned kind)
{
    return row->witnesses[kind] != NULL &&
           (kind == WITNESS_unprivileged || kind == WITNESS_supervisor_control ||
            kind == WITNESS_mode || witness_is_user(kind));
}

static void
print_witness_line(const struct state_machine *machine, const struct classify_row *row,
                   unsigned kind, struct table *t)
{
    const struct witness *w = row->witnesses[kind];
    char name[WITNESS_KIND_NAME], text[WITNESS_TEXT];

    table_cell(t, "%s", witness_kind_name(kind, name));
    table_cell(t, "%s", witness_instruction(w, text));
    table_cell(t, "%s", witness_phrase(machine, w, text));
}

static void
print_other_kinds(const struct classify_row *row)
{
    char names[1024] = "";

    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
        if (row->witnesses[kind] != NULL && !is_told(row, kind)) {
            unsigned component = witness_component(kind);

            (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                           names[0] == '\0' ? "" : ", ",
                           component == WITNESS_several
                               ? "several at once"
                               : state_field_kind((enum state_field)component));
        }
    if (names[0] == '\0')
        return;
    char line[1100];
    (void)snprintf(line, sizeof line, "in supervisor states it depends on: %s", names);
    table_paragraph(line, stdout, "    ");
}

static void
print_witnesses(const struct state_machine *machine, const struct classification *c)
{
    printf("\nWitnesses\n");
    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        const struct classify_row *row = &c->rows[i];
        struct table t;

        if (is_plain(row))
            continue;
        printf("  %s\n", sample_row_name(row->row));
        table_init(&t, "lll");
        for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
            if (is_told(row, kind))
                print_witness_line(machine, row, kind, &t);
        table_print(&t, stdout, "    ");
        print_other_kinds(row);
    }
}

/* ---- the verdicts ---- */

static void
list_offenders(const struct classification *c, bool (*is)(const struct classify_row *),
               const char *what, char *text, size_t size)
{
    (void)snprintf(text, size, "%s, not privileged:", what);
    for (unsigned i = 0; i < SAMPLE_ROWS; i++)
        if (is(&c->rows[i]) && !c->rows[i].privileged)
            (void)snprintf(text + strlen(text), size - strlen(text), " %s",
                           sample_row_name(c->rows[i].row));
}

static void
print_verdict(const char *name, bool holds, const char *reason)
{
    printf("  %-24s %s\n", name, holds ? "yes" : "no");
    table_paragraph(reason, stdout, "      ");
}

static void
print_verdicts(const char *isa, const struct classification *c)
{
    char text[512];

    printf("%s: theorems 1 %s, 2 %s, 3 %s; %s\n\n", isa, c->theorem1 ? "yes" : "no",
           c->theorem2 ? "yes" : "no", c->theorem3 ? "yes" : "no",
           c->equal ? "sensitive = privileged" : "sensitive and privileged differ");
    list_offenders(c, classify_sensitive, "sensitive", text, sizeof text);
    print_verdict("Theorem 1, a monitor", c->theorem1,
                  c->theorem1 ? "every sensitive instruction found is privileged" : text);
    print_verdict("Theorem 2, recursion", c->theorem2,
                  c->theorem2
                      ? "theorem 1 holds, and in place of a monitor without timing dependencies "
                        "there is one whose virtual time is exact: docs/theorem.md"
                      : "theorem 1 is its condition");
    list_offenders(c, classify_user_sensitive, "user-sensitive", text, sizeof text);
    print_verdict("Theorem 3, a hybrid", c->theorem3,
                  c->theorem3 ? "every user-sensitive instruction found is privileged" : text);
    printf("\n");
}

static const char proof[] =
    "U: user states; M: supervisor states; U|M: two states that differ in the mode alone. "
    "A sensitivity is proved by its witness, and so is `no' under privileged. `yes' under "
    "privileged and every other `no' is a search: no counterexample in the states tried. "
    "A theorem's `no' is thus proved as far as its offenders' witnesses go, and its `yes' is no "
    "better than the search. The theorems give conditions that suffice; none says that a "
    "monitor is impossible.";

static void
print_all(const char *isa, const struct state_machine *machine, const struct classification *c)
{
    print_verdicts(isa, c);
    print_rows(c);
    print_plain(c);
    print_witnesses(machine, c);
    printf("\n");
    table_paragraph(proof, stdout, "");
    printf("One in full: thirdgen classify --isa %s --witness csrrs\n", isa);
}

/* ---- JSON ---- */

static void
json_row(struct json *j, const char *isa, const struct state_machine *machine,
         const struct classify_row *row)
{
    char name[WITNESS_KIND_NAME];

    json_object(j, NULL);
    json_string(j, "mnemonic", sample_row_name(row->row));
    json_bool(j, "privileged", row->privileged);
    json_bool(j, "control_sensitive", classify_control_sensitive(row));
    json_bool(j, "behaviour_sensitive", classify_behaviour_sensitive(row));
    json_bool(j, "user_sensitive", classify_user_sensitive(row));
    json_bool(j, "always_traps", row->always_traps);
    json_array(j, "kinds");
    for (unsigned kind = WITNESS_unprivileged + 1; kind < WITNESS_KINDS; kind++)
        if (row->witnesses[kind] != NULL)
            json_string(j, NULL, witness_kind_name(kind, name));
    json_close(j);
    json_object(j, "witnesses");
    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
        if (row->witnesses[kind] != NULL) {
            json_object(j, witness_kind_name(kind, name));
            witness_json(j, isa, machine, row->witnesses[kind]);
            json_close(j);
        }
    json_close(j);
    json_unsigned(j, "states_tried", row->tried);
    json_close(j);
}

static int
json_all(const char *isa, const struct state_machine *machine, const struct classification *c)
{
    struct json j;

    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "isa", isa);
    json_bool(&j, "theorem1", c->theorem1);
    json_bool(&j, "theorem2", c->theorem2);
    json_bool(&j, "theorem3", c->theorem3);
    json_bool(&j, "sensitive_equals_privileged", c->equal);
    json_array(&j, "instructions");
    for (unsigned i = 0; i < SAMPLE_ROWS; i++)
        json_row(&j, isa, machine, &c->rows[i]);
    json_close(&j);
    json_close(&j);
    return json_end(&j) ? STATUS_ok : STATUS_host;
}

/* ---- one witness ---- */

/* The row that the user calls `name`; "load-device" does for "load, device", which shells split. */
static int
find_row(const char *name)
{
    if (strcmp(name, "load-device") == 0)
        return SAMPLE_load_device;
    if (strcmp(name, "store-device") == 0)
        return SAMPLE_store_device;
    return sample_row_number(name);
}

/* The witness asked for: `kind` in full, or without user- or supervisor-; NULL: what says most. */
static const struct witness *
find_witness(const struct classify_row *row, const char *kind)
{
    static const char *const prefixes[] = {"", "user-", "supervisor-"};
    const struct witness *best = NULL;
    char name[WITNESS_KIND_NAME * 2];

    for (unsigned i = 0; kind != NULL && i < 3; i++) {
        (void)snprintf(name, sizeof name, "%s%.31s", prefixes[i], kind);
        int number = witness_kind_number(name);
        if (number >= 0 && row->witnesses[number] != NULL)
            return row->witnesses[number];
    }
    for (unsigned k = 0; kind == NULL && k < WITNESS_KINDS; k++)
        if (row->witnesses[k] != NULL &&
            (best == NULL || witness_rank(k) < witness_rank(best->kind)))
            best = row->witnesses[k];
    return best;
}

static int
no_row(const char *name)
{
    struct diagnostic_guess guess;
    const char *meant;

    command_complain("--witness: the machine has no instruction `%s'", name);
    diagnostic_guess_start(&guess, name, strlen(name));
    for (unsigned i = 0; i < INSN_COUNT; i++)
        diagnostic_guess_offer(&guess, sample_row_name((enum sample_row)i),
                               strlen(sample_row_name((enum sample_row)i)));
    meant = diagnostic_guess_answer(&guess);
    if (meant != NULL)
        (void)fprintf(stderr, "    = did you mean `%s'?\n", meant);
    else
        (void)fputs("    = or write undefined, load-device or store-device\n", stderr);
    return STATUS_usage;
}

static int
no_witness(const struct classify_row *row, const char *kind)
{
    char name[WITNESS_KIND_NAME], kinds[1024] = "", text[TABLE_COUNT_MAX];

    for (unsigned k = 0; k < WITNESS_KINDS; k++)
        if (row->witnesses[k] != NULL)
            (void)snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), " %s",
                           witness_kind_name(k, name));
    command_complain("%s: no witness of the kind `%s' in %s states", sample_row_name(row->row),
                     kind == NULL ? "any" : kind, table_count(row->tried, text));
    (void)fputs("    = there are:\n", stderr);
    table_paragraph(kinds[0] == '\0' ? "none" : kinds + 1, stderr, "      ");
    return STATUS_usage;
}

static int
show_witness(const struct arguments *a, const char *isa, const struct state_machine *machine,
             const struct witness *w)
{
    struct json j;

    if (!a->common.json) {
        witness_print(isa, machine, w, stdout);
        return STATUS_ok;
    }
    json_start(&j, stdout);
    json_object(&j, NULL);
    witness_json(&j, isa, machine, w);
    json_close(&j);
    return json_end(&j) ? STATUS_ok : STATUS_host;
}

static int
run_witness(const struct arguments *a, const char *isa, const struct state_machine *machine)
{
    char *kind = strchr(a->witness, ':');
    struct classify_row row;
    int number, status;

    if (kind != NULL)
        *kind++ = '\0';
    number = find_row(a->witness);
    if (number < 0)
        return no_row(a->witness);
    if (!classify_one(machine, &a->search, (enum sample_row)number, &row)) {
        command_complain("out of memory");
        return STATUS_host;
    }
    const struct witness *w = find_witness(&row, kind);
    status = w == NULL ? no_witness(&row, kind) : show_witness(a, isa, machine, w);
    classify_free_row(&row);
    return status;
}

/* ---- replaying ---- */

static int
report_replay(const struct arguments *a, const char *isa, const struct state_machine *machine,
              const struct witness_file *file)
{
    const char *why = witness_replay(machine, file);
    char kind[WITNESS_KIND_NAME], text[WITNESS_TEXT];
    struct json j;

    if (a->common.json) {
        json_start(&j, stdout);
        json_object(&j, NULL);
        json_string(&j, "isa", isa);
        json_string(&j, "mnemonic", sample_row_name(file->witness.row));
        json_string(&j, "witness", witness_kind_name(file->witness.kind, kind));
        json_bool(&j, "holds", why == NULL);
        if (why != NULL)
            json_string(&j, "why", why);
        json_close(&j);
        if (!json_end(&j))
            return STATUS_host;
    } else if (why == NULL) {
        printf("%s: it holds: %s, %s\n", a->replay, witness_kind_name(file->witness.kind, kind),
               sample_row_name(file->witness.row));
        printf("%s: ", witness_instruction(&file->witness, text));
        printf("%s, on the ISA `%s'\n", witness_phrase(machine, &file->witness, text), isa);
    } else {
        printf("%s: it does not hold: %s\n", a->replay, why);
        printf("%s, %s, on the ISA `%s'\n", witness_kind_name(file->witness.kind, kind),
               sample_row_name(file->witness.row), isa);
    }
    return why == NULL ? STATUS_ok : STATUS_different;
}

static int
run_replay(const struct arguments *a)
{
    struct diagnostics d = {0};
    bool colour = options_coloured(&a->common, stderr);
    struct witness_file *file = witness_read(a->replay, &d);
    struct variant_file variant;
    int status;

    if (file == NULL)
        return command_diagnose(&d, colour, STATUS_refused);
    const char *isa = a->common.isa == NULL ? file->isa : a->common.isa;
    if (!variant_find(isa, &d, &variant)) {
        status = command_diagnose(&d, colour, STATUS_refused);
    } else {
        const struct state_machine machine = {devices_step, &variant.isa};

        diagnostics_free(&d);
        status = report_replay(a, isa, &machine, file);
        variant_free(&variant);
    }
    witness_free(file);
    return status;
}

/* ---- the sweep ---- */

static const char *
sweep_row_name(unsigned row)
{
    return row < INSN_COUNT ? isa_instruction((enum isa_insn)row)->mnemonic : "undefined";
}

static const char *
sweep_class_name(unsigned class)
{
#define NAME(id, name) name,
    static const char *const names[] = {SWEEP_CLASSES(NAME)};
#undef NAME

    return names[class];
}

static void
print_sweep_row(struct table *t, const char *name, const uint64_t *counts)
{
    uint64_t total = 0;

    table_cell(t, "%s", name);
    for (unsigned c = 0; c < SWEEP_CLASS_COUNT; c++) {
        total += counts[c];
        table_cell_count(t, counts[c]);
    }
    table_cell_count(t, total);
}

static void
print_sweep(const char *isa, const struct sweep *s, const struct sweep_counts *counts)
{
    uint64_t sums[SWEEP_CLASS_COUNT] = {0};
    char text[TABLE_COUNT_MAX];
    struct table t;

    printf("%s: in which modes encodings trap\n", isa);
    printf("%s, %s, each executed in M-mode and in U-mode\n\n", table_count(sweep_total(s), text),
           s->every == 1 ? "all there are" : "a sample");
    table_init(&t, "lrrrrrr");
    table_cell(&t, "%s", "");
    for (unsigned c = 0; c < SWEEP_CLASS_COUNT; c++)
        table_cell(&t, "%s", sweep_class_name(c));
    table_cell(&t, "%s", "encodings");
    for (unsigned i = 0; i <= INSN_COUNT; i++) {
        print_sweep_row(&t, sweep_row_name(i), counts->count[i]);
        for (unsigned c = 0; c < SWEEP_CLASS_COUNT; c++)
            sums[c] += counts->count[i][c];
    }
    print_sweep_row(&t, "all", sums);
    table_print(&t, stdout, "");
    printf("\n");
    table_paragraph("memory: addresses relative to x0, which lie in no memory; each other encoding "
                    "was executed where its operands lie in RAM in both modes, as it may be "
                    "(aligned or not, branches taken or not), until it did not trap.",
                    stdout, "");
}

static int
json_sweep(const char *isa, const struct sweep *s, const struct sweep_counts *counts)
{
#define NAME(id, name) #id,
    static const char *const names[] = {SWEEP_CLASSES(NAME)};
#undef NAME
    struct json j;

    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "isa", isa);
    json_unsigned(&j, "every", s->every);
    json_unsigned(&j, "encodings", sweep_total(s));
    json_array(&j, "instructions");
    for (unsigned i = 0; i <= INSN_COUNT; i++) {
        json_object(&j, NULL);
        json_string(&j, "mnemonic", sweep_row_name(i));
        for (unsigned c = 0; c < SWEEP_CLASS_COUNT; c++)
            json_unsigned(&j, names[c], counts->count[i][c]);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    return json_end(&j) ? STATUS_ok : STATUS_host;
}

static void
show_progress(void *context, uint64_t done)
{
    progress_step(context, done);
}

static unsigned
processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > SWEEP_JOBS_MAX ? SWEEP_JOBS_MAX : (unsigned)n;
}

static int
run_sweep(const struct arguments *a, const char *isa, const struct state_machine *machine)
{
    struct progress progress;
    struct sweep s = {.variant = machine->variant,
                      .every = a->every,
                      .jobs = a->jobs == 0 ? processors() : (unsigned)a->jobs,
                      .progress = show_progress,
                      .context = &progress};
    struct sweep_counts *counts = calloc(1, sizeof *counts);
    int status = STATUS_host;

    progress_start(&progress, "encodings", sweep_total(&s), a->common.json);
    bool ok = counts != NULL && sweep_run(&s, counts);
    progress_end(&progress);
    if (!ok) {
        command_complain("the host gives no memory or no threads: try --jobs 1");
    } else if (a->common.json) {
        status = json_sweep(isa, &s, counts);
    } else {
        print_sweep(isa, &s, counts);
        status = STATUS_ok;
    }
    free(counts);
    return status;
}

/* ---- the command ---- */

static int
run_table(struct arguments *a, const char *isa, const struct state_machine *machine)
{
    struct classification *c = calloc(1, sizeof *c);
    struct progress progress;
    int status = STATUS_ok;

    progress_start(&progress, "instructions", SAMPLE_ROWS, a->common.json);
    a->search.progress = show_progress;
    a->search.context = &progress;
    bool ok = c != NULL && classify_all(machine, &a->search, c);
    progress_end(&progress);
    if (!ok) {
        free(c);
        command_complain("out of memory");
        return STATUS_host;
    }
    if (a->common.json)
        status = json_all(isa, machine, c);
    else
        print_all(isa, machine, c);
    classify_free(c);
    free(c);
    return status;
}

int
command_classify(int argc, char **argv)
{
    struct arguments a = {.every = 1};
    struct diagnostics d = {0};
    struct variant_file variant;
    int status;

    options_init(&a.common);
    classify_usual(&a.search);
    if (!options_parse(&argp, argc, argv, &a, &a.common, &status))
        return status;
    if (a.replay != NULL)
        return run_replay(&a);

    const char *isa = a.common.isa == NULL ? "virtualizable" : a.common.isa;
    if (!variant_find(isa, &d, &variant))
        return command_diagnose(&d, options_coloured(&a.common, stderr), STATUS_refused);
    diagnostics_free(&d);
    const struct state_machine machine = {devices_step, &variant.isa};
    if (a.sweep)
        status = run_sweep(&a, isa, &machine);
    else if (a.witness != NULL)
        status = run_witness(&a, isa, &machine);
    else
        status = run_table(&a, isa, &machine);
    variant_free(&variant);
    return status;
}
