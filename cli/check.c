/* SPDX-License-Identifier: MIT */
/* thirdgen check: the properties, on random cases; and one step of a state in a file. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/status.h"
#include "cli/step_file.h"
#include "cli/table.h"
#include "cli/target.h"
#include "cli/variants.h"
#include "isa/disassemble.h"
#include "vmm/theorem/properties.h"

enum { PROGRAMS_SHARE = 20, LISTING_MAX = 40 };

struct row {
    enum property property;
    const char *name, *about;
};

#define ROW(id, number, name, about) {PROPERTY_##id, name, about},
static const struct row properties[] = {PROPERTIES(ROW)};
#undef ROW
enum { PROPERTY_COUNT = sizeof properties / sizeof properties[0] };

static const struct way {
    const char *name;
    bool hosted, hybrid;
    unsigned metal;
    uint32_t cost;
} ways[] = {
#define WAY(id, name, hosted, metal, hybrid, cost, about) {name, hosted, hybrid, metal, cost},
    EMBEDDING_WAYS(WAY)
#undef WAY
};

#define WAY_NAME(id, name, hosted, metal, hybrid, cost, about) "|" name
#define WAY_NAMES                                              (&("" EMBEDDING_WAYS(WAY_NAME))[1])

struct arguments {
    struct options common;
    int property;   /* index in `properties`, or -1: all */
    uint32_t ways;  /* bit i for `ways[i]`; 0: all */
    int monitor;    /* index in `monitors`, or -1: any */
    uint64_t depth; /* levels of virtual machines; 0: any */
    uint64_t seed, first, cases;
    bool stop;          /* at the first failure */
    bool random;        /* an option was given that chooses among random cases */
    const char *replay; /* a file with a state, or NULL */
    struct pack vmm;    /* the bare-metal monitor */
};

/* What --monitor can say, as everywhere. */
static const struct {
    const char *name;
    bool hosted, hybrid;
} monitors[] = {{"hosted", true, false},
                {"hosted,hybrid", true, true},
                {"bare-metal", false, false},
                {"bare-metal,hybrid", false, true}};
enum { MONITORS = sizeof monitors / sizeof monitors[0] };

/* ---- the command line ---- */

enum {
    KEY_property = 1000,
    KEY_way,
    KEY_monitor,
    KEY_depth,
    KEY_seed,
    KEY_first,
    KEY_cases,
    KEY_stop,
    KEY_replay
};

static const struct argp_option option_rows[] = {
    {"property", KEY_property, "NAME|NUMBER", 0, "Only this property (default: all of them)", 0},
    {"way", KEY_way, "NAME[,NAME...]", 0, "Only under these monitors; their names are below", 0},
    {"monitor", KEY_monitor, "KIND", 0,
     "Only with this as the outermost: hosted or bare-metal; with `,hybrid', the innermost "
     "interprets virtual M-mode",
     0},
    {"depth", KEY_depth, "N", 0, "Only with so many levels of virtual machines, 1 to 3", 0},
    {"cases", KEY_cases, "N", 0,
     "Random states to try; of whole programs, a twentieth as many; of what takes longer, fewer "
     "(default: 100k)",
     0},
    {"seed", KEY_seed, "S", 0, "Seed of the campaign (default: 1)", 0},
    {"first", KEY_first, "K", 0, "Number of the first case (default: 0)", 0},
    {"stop", KEY_stop, NULL, 0, "Stop at the first failure: other properties are not looked at", 0},
    {"replay", KEY_replay, "FILE", 0,
     "Nothing random: the state in FILE, a step of it, bare against embedded (docs/theorem.md)", 1},
    {0}};

static int
find_property(const char *text)
{
    for (int i = 0; i < PROPERTY_COUNT; i++) {
        char number[8];

        (void)snprintf(number, sizeof number, "%d", (int)properties[i].property);
        if (strcmp(text, properties[i].name) == 0 || strcmp(text, number) == 0)
            return i;
    }
    return -1;
}

static int
find_way(const char *text, size_t length)
{
    for (int i = 0; i < EMBEDDING_WAY_COUNT; i++)
        if (strlen(ways[i].name) == length && memcmp(text, ways[i].name, length) == 0)
            return i;
    return -1;
}

/* "hosted,hybrid" as a set; 0 where one of them is no way. */
static uint32_t
find_ways(const char *text)
{
    uint32_t set = 0;

    for (;;) {
        size_t length = strcspn(text, ",");
        int way = find_way(text, length);

        if (way < 0)
            return 0;
        set |= 1u << way;
        text += length;
        if (*text == '\0')
            return set;
        text++;
    }
}

static int
find_monitor(const char *text)
{
    for (int i = 0; i < MONITORS; i++)
        if (strcmp(text, monitors[i].name) == 0)
            return i;
    return -1;
}

/* Do --way, --monitor and --depth let it be? */
static bool
way_fits(const struct arguments *a, int way)
{
    const struct way *w = &ways[way];

    if (a->monitor >= 0 &&
        (w->hosted != monitors[a->monitor].hosted || w->hybrid != monitors[a->monitor].hybrid))
        return false;
    if ((a->monitor >= 0 || a->depth > 0) && way == EMBEDDING_bare)
        return false;
    return (a->ways == 0 || (a->ways >> way & 1) != 0) &&
           (a->depth == 0 || a->depth == w->metal + w->hosted);
}

static bool
some_way_fits(const struct arguments *a)
{
    for (int way = 0; way < EMBEDDING_WAY_COUNT; way++)
        if (way_fits(a, way))
            return true;
    return false;
}

/* Does the option say something of random cases alone? */
static bool
chooses_among_random(int key)
{
    return key == KEY_property || key == KEY_cases || key == KEY_seed || key == KEY_first ||
           key == KEY_stop;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    a->random |= chooses_among_random(key);
    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &a->common, 2); return 0;
    case KEY_property:
        a->property = find_property(arg);
        if (a->property < 0)
            return options_wrong(state, &a->common,
                                 "no property is called `%s': homomorphism, programs, control, "
                                 "efficiency, or 1 to 4 (6, agreement with QEMU and with other "
                                 "assemblers, is what tests/oracle/ checks)",
                                 arg);
        return 0;
    case KEY_way:
        a->ways = find_ways(arg);
        if (a->ways == 0)
            return options_wrong(state, &a->common, "--way is one of %s, not `%s'", WAY_NAMES, arg);
        return 0;
    case KEY_monitor:
        a->monitor = find_monitor(arg);
        if (a->monitor < 0)
            return options_wrong(state, &a->common,
                                 "--monitor is hosted or bare-metal, with `,hybrid' or without, "
                                 "not `%s'",
                                 arg);
        return 0;
    case KEY_depth:
        if (!options_count(arg, &a->depth) || a->depth == 0 || a->depth > 3)
            return options_wrong(state, &a->common, "--depth is 1, 2 or 3, not `%s'", arg);
        return 0;
    case KEY_cases:
        if (!options_count(arg, &a->cases) || a->cases == 0)
            return options_wrong(state, &a->common, "--cases is a count from 1 on, not `%s'", arg);
        return 0;
    case KEY_seed:
        if (!options_count(arg, &a->seed))
            return options_wrong(state, &a->common, "--seed is a number, not `%s'", arg);
        return 0;
    case KEY_stop: a->stop = true; return 0;
    case KEY_replay: a->replay = arg; return 0;
    case KEY_first:
        if (!options_count(arg, &a->first))
            return options_wrong(state, &a->common, "--first is a number, not `%s'", arg);
        return 0;
    case ARGP_KEY_ARG: return options_wrong(state, &a->common, "unexpected argument `%s'", arg);
    case ARGP_KEY_END:
        if (!some_way_fits(a))
            return options_wrong(state, &a->common,
                                 "no way of running has all that: see --way in --help");
        if (a->replay != NULL && a->random)
            return options_wrong(state, &a->common,
                                 "--replay runs the one case in its file: of the other options "
                                 "it takes --isa, --way, --monitor and --depth");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {OPTIONS_CHILD(isa), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    option_rows,
    parse,
    NULL,
    "Check what the theorem claims of the monitor on random states and programs.\v"
    "The cases depend on the seed alone: the same everywhere.  A failing case is shrunk and "
    "printed, with the command that replays it.\n\n"
    "The ways of running, by their monitors:\n"
#define WAY_HELP(id, name, hosted, metal, hybrid, cost, about) "  " name ": " about "\n"
    EMBEDDING_WAYS(WAY_HELP)
#undef WAY_HELP
        "\nExamples:\n"
        "  thirdgen check\n"
        "  thirdgen check --cases 1M --seed 7\n"
        "  thirdgen check --property homomorphism --way hybrid --isa popf\n"
        "  thirdgen check --monitor bare-metal --depth 2\n"
        "  thirdgen check --replay step.json --way hosted,hybrid\n"
        "  parallel thirdgen check --seed {} ::: $(seq 100)",
    children,
    NULL,
    NULL};

/* ---- reports ---- */

struct run {
    const struct arguments *arguments;
    const struct row *row;
    int way;
    enum property_result result;
    uint64_t cases, done, steps;
    struct property_failure failure;
};

/* Of how many random states' time one case takes. */
static uint64_t
share(const struct run *r)
{
    return (r->row->property == PROPERTY_homomorphism ? 1 : PROGRAMS_SHARE) * ways[r->way].cost;
}

static void
replay_command(const struct run *r, char *text, size_t size)
{
    const struct arguments *a = r->arguments;

    (void)snprintf(text, size,
                   "thirdgen check --property %s --way %s --isa %s --seed %llu --first %llu "
                   "--cases %llu",
                   r->row->name, ways[r->way].name,
                   a->common.isa == NULL ? "virtualizable" : a->common.isa,
                   (unsigned long long)a->seed, (unsigned long long)r->failure.number,
                   (unsigned long long)share(r));
}

static void
print_instruction(const uint8_t *memory, uint32_t offset, bool here)
{
    char text[ISA_TEXT_MAX], *tab;
    uint32_t target, word = isa_ram_load(memory + offset, 4);

    (void)isa_disassemble(word, ISA_RAM_START + offset, text, &target);
    tab = strchr(text, '\t');
    if (tab != NULL)
        *tab = ' ';
    printf("  %s 0x%08x  %08x  %s\n", here ? "->" : "  ", (unsigned)(ISA_RAM_START + offset),
           (unsigned)word, text);
}

/* What the shrinker could not clear of `memory`, as a listing; the instruction at `here` marked. */
static void
print_memory(const char *whose, const uint8_t *memory, uint32_t size, uint32_t here)
{
    unsigned lines = 0;

    printf("  %s (all other words are 0)\n", whose);
    for (uint32_t i = 0; i < size && memory != NULL; i += 4) {
        if (isa_ram_load(memory + i, 4) == 0 && i != here)
            continue;
        if (++lines <= LISTING_MAX)
            print_instruction(memory, i, i == here);
    }
    if (lines > LISTING_MAX)
        printf("     ... %u words in all\n", lines);
}

static void
print_memories(const struct property_failure *f)
{
    struct isa_window w;
    uint32_t here = UINT32_MAX;

    isa_hart_window(&f->hart, f->size, &w);
    (void)isa_relocate(&w, f->hart.pc, 4, &here);
    print_memory("memory", f->memory, f->size, here);
    if (f->other != NULL)
        print_memory("the neighbour's memory", f->other, f->size, UINT32_MAX);
}

static void
print_state(const struct property_failure *f)
{
    const struct isa_hart *h = &f->hart;
    unsigned on_line = 0;

    printf("  state     mode %c  pc 0x%08x  mstatus 0x%08x  mie 0x%08x\n",
           h->mode == ISA_MACHINE ? 'M' : 'U', (unsigned)h->pc, (unsigned)h->mstatus,
           (unsigned)h->mie);
    printf("            R (0x%08x, 0x%08x)  mtvec 0x%08x  mepc 0x%08x\n", (unsigned)h->mbase,
           (unsigned)h->mbound, (unsigned)h->mtvec, (unsigned)h->mepc);
    printf("            mtime %llu  mtimecmp %llu\n", (unsigned long long)h->mtime,
           (unsigned long long)f->devices.clint.mtimecmp);
    for (unsigned r = 1; r < 32; r++) {
        if (h->x[r] == 0)
            continue;
        printf("%s%-4s 0x%08x", on_line % 4 == 0 ? "            " : "  ", isa_register_name(r),
               (unsigned)h->x[r]);
        if (++on_line % 4 == 0)
            printf("\n");
    }
    if (on_line % 4 != 0)
        printf("\n");
    printf("  allotment %u KiB at +0x%x of real RAM\n", (unsigned)(f->size >> 10),
           (unsigned)f->start);
}

static void
print_differences(const struct observe_differences *d)
{
    if (d->count == 0)
        return;
    printf("  %-22s %18s %18s\n", "differs", "bare", "embedded");
    for (unsigned i = 0; i < d->count && i < OBSERVE_MAX; i++)
        printf("  %-22s %#18llx %#18llx\n", d->list[i].name, (unsigned long long)d->list[i].left,
               (unsigned long long)d->list[i].right);
    if (d->count > OBSERVE_MAX)
        printf("  ... %u components in all\n", d->count);
}

static void
print_case(const struct property_failure *f)
{
    print_state(f);
    print_memories(f);
    print_differences(&f->differences);
}

static void
print_failure(const struct run *r)
{
    char command[256];

    replay_command(r, command, sizeof command);
    if (!r->failure.booted) {
        printf("\n  %s\n", r->failure.what);
    } else {
        printf("\n  case %llu fails after %llu step%s: %s\n", (unsigned long long)r->failure.number,
               (unsigned long long)r->failure.steps, r->failure.steps == 1 ? "" : "s",
               r->failure.what);
        print_case(&r->failure);
    }
    printf("  replay    %s\n\n", command);
}

static void
print_run(const struct run *r)
{
    char count[TABLE_COUNT_MAX];

    printf("%-14s %-17s %12s cases  %s", r->row->name, ways[r->way].name,
           table_count(r->done, count), r->result == PROPERTY_holds ? "holds" : "FAILS");
    if (r->row->property == PROPERTY_engines)
        printf("  %s steps", table_count(r->steps, count));
    printf("\n");
    if (r->result == PROPERTY_fails)
        print_failure(r);
    (void)fflush(stdout);
}

static void
json_differences(struct json *j, const struct observe_differences *d)
{
    json_array(j, "differences");
    for (unsigned i = 0; i < d->count && i < OBSERVE_MAX; i++) {
        json_object(j, NULL);
        json_string(j, "component", d->list[i].name);
        json_unsigned(j, "bare", d->list[i].left);
        json_unsigned(j, "embedded", d->list[i].right);
        json_close(j);
    }
    json_close(j);
}

static void
json_failure(struct json *j, const struct run *r)
{
    const struct property_failure *f = &r->failure;
    char command[256];

    replay_command(r, command, sizeof command);
    json_object(j, "failure");
    json_unsigned(j, "case", f->number);
    json_string(j, "what", f->what);
    json_unsigned(j, "steps", f->steps);
    json_unsigned(j, "words_of_memory", f->kept);
    json_string(j, "replay", command);
    json_differences(j, &f->differences);
    json_close(j);
}

static void
json_run(struct json *j, const struct run *r)
{
    json_object(j, NULL);
    json_string(j, "property", r->row->name);
    json_unsigned(j, "number", (uint64_t)r->row->property);
    json_string(j, "way", ways[r->way].name);
    json_unsigned(j, "cases", r->done);
    if (r->row->property == PROPERTY_engines)
        json_unsigned(j, "steps", r->steps);
    json_bool(j, "holds", r->result == PROPERTY_holds);
    if (r->result == PROPERTY_fails)
        json_failure(j, r);
    json_close(j);
}

/* ---- running ---- */

static void
show_progress(void *context, uint64_t done)
{
    progress_step(context, done);
}

static bool
run_one(struct run *r, const struct isa_variant *variant, char *error)
{
    const struct arguments *a = r->arguments;
    struct progress progress;
    struct property_campaign c = {.property = r->row->property,
                                  .way = (enum embedding_way)r->way,
                                  .variant = variant,
                                  .monitor = &a->vmm,
                                  .seed = a->seed,
                                  .first = a->first,
                                  .progress = show_progress,
                                  .context = &progress,
                                  .steps = &r->steps};

    c.count = (a->cases + share(r) - 1) / share(r);
    r->cases = c.count;
    progress_start(&progress, "cases", c.count, a->common.json);
    r->result = property_run(&c, &r->done, &r->failure, error);
    progress_end(&progress);
    return r->result != PROPERTY_broken;
}

/* Does it say anything of that property to run it in that way?  A bare-metal hybrid monitor cannot
 * be looked at after each step. */
static bool
makes_sense(enum property property, int way)
{
    if (way == EMBEDDING_bare)
        return property == PROPERTY_engines; /* there is no monitor */
    return ways[way].metal == 0 || property == PROPERTY_programs || property == PROPERTY_control ||
           (property == PROPERTY_homomorphism && !ways[way].hybrid);
}

static bool
wanted(const struct arguments *a, int property, int way)
{
    enum property p = properties[property].property;

    if (!makes_sense(p, way) || !way_fits(a, way))
        return false;
    if (a->property < 0 && a->ways == 0 && p == PROPERTY_control && ways[way].hybrid)
        return false; /* two VMs: the pure ones are enough, unless asked for */
    return a->property < 0 || a->property == property;
}

static int
run_all(const struct arguments *a, const struct isa_variant *variant, struct json *j)
{
    unsigned failures = 0, runs = 0;

    for (int p = 0; p < PROPERTY_COUNT; p++) {
        for (int w = 0; w < EMBEDDING_WAY_COUNT; w++) {
            struct run r = {.arguments = a, .row = &properties[p], .way = w};
            char error[IMAGE_ERROR_MAX];

            if (!wanted(a, p, w) || (a->stop && failures > 0))
                continue;
            if (!run_one(&r, variant, error)) {
                command_complain("%s", error);
                return STATUS_host;
            }
            runs++;
            failures += r.result == PROPERTY_fails;
            if (a->common.json)
                json_run(j, &r);
            else
                print_run(&r);
            free(r.failure.memory);
            free(r.failure.other);
        }
    }
    if (!a->common.json)
        printf("%u of %u hold, seed %llu\n", runs - failures, runs, (unsigned long long)a->seed);
    return failures == 0 ? STATUS_ok : STATUS_different;
}

/* ---- replaying a step ---- */

/* A case in a file, under one of the ways. */
struct replay {
    const struct step_file *file;
    int way;
    enum property_result result;
    uint64_t steps; /* made */
    struct property_failure failure;
};

/* Is it to be replayed in that way?  What the command line says is before what the file does. */
static bool
replayed(const struct arguments *a, const struct step_file *file, int way)
{
    if (a->ways != 0 || a->monitor >= 0 || a->depth != 0)
        return way_fits(a, way) && makes_sense(PROPERTY_homomorphism, way);
    return way == (int)file->way;
}

/* Why it cannot be mapped into the real machine in that way; NULL: it can. */
static const char *
unmappable(const struct step_file *file, int way)
{
    if (way == EMBEDDING_bare)
        return "there is no monitor to compare with";
    if (!makes_sense(PROPERTY_homomorphism, way))
        return "a bare-metal hybrid monitor cannot be looked at after each step";
    if (ways[way].metal > 0 && file->given.size != NESTED_GUEST)
        return "bare-metal monitors give their guest 0x10000 bytes: the allotment's size";
    return NULL;
}

static const char *
plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void
print_replay(const char *path, const struct replay *r)
{
    const char *way = ways[r->way].name;
    uint64_t wanted = r->file->given.steps;

    if (r->result == PROPERTY_holds && r->steps < wanted)
        printf("%s: the same, %s: both ended, after %llu of %llu steps\n", path, way,
               (unsigned long long)r->steps, (unsigned long long)wanted);
    else if (r->result == PROPERTY_holds)
        printf("%s: the same after %llu step%s, %s\n", path, (unsigned long long)r->steps,
               plural(r->steps), way);
    else if (!r->failure.booted)
        printf("%s: different, %s: %s\n", path, way, r->failure.what);
    else
        printf("%s: different after %llu step%s, %s: %s\n", path,
               (unsigned long long)r->failure.steps, plural(r->failure.steps), way,
               r->failure.what);
    if (r->result == PROPERTY_fails && r->failure.booted)
        print_case(&r->failure);
}

static void
json_replay(struct json *j, const struct replay *r)
{
    json_object(j, NULL);
    json_string(j, "way", ways[r->way].name);
    json_bool(j, "same", r->result == PROPERTY_holds);
    json_unsigned(j, "steps", r->result == PROPERTY_holds ? r->steps : r->failure.steps);
    if (r->result == PROPERTY_fails) {
        json_string(j, "what", r->failure.what);
        json_differences(j, &r->failure.differences);
    }
    json_close(j);
}

/* One way: what comes of it is told, and its exit status returned. */
static int
replay_one(const struct arguments *a, const struct isa_variant *variant, struct replay *r,
           struct json *j)
{
    const struct property_campaign c = {.property = PROPERTY_homomorphism,
                                        .way = (enum embedding_way)r->way,
                                        .variant = variant,
                                        .monitor = &a->vmm};
    char error[IMAGE_ERROR_MAX];

    r->result = property_run_case(&c, &r->file->given, &r->steps, &r->failure, error);
    if (r->result == PROPERTY_broken) {
        command_complain("%s", error);
        return STATUS_host;
    }
    if (a->common.json)
        json_replay(j, r);
    else
        print_replay(a->replay, r);
    free(r->failure.memory);
    return r->result == PROPERTY_holds ? STATUS_ok : STATUS_different;
}

static int
replay_all(const struct arguments *a, const struct isa_variant *variant,
           const struct step_file *file, struct json *j)
{
    int status = STATUS_ok;

    for (int way = 0; way < EMBEDDING_WAY_COUNT && status != STATUS_host; way++) {
        struct replay r = {.file = file, .way = way};

        if (!replayed(a, file, way))
            continue;
        int one = replay_one(a, variant, &r, j);
        status = one == STATUS_ok ? status : one;
    }
    return status;
}

/* The file as a whole cannot be run as asked for; false: it can. */
static bool
refuse(const struct arguments *a, const struct step_file *file)
{
    bool any = false;

    for (int way = 0; way < EMBEDDING_WAY_COUNT; way++) {
        const char *why = unmappable(file, way);

        if (!replayed(a, file, way))
            continue;
        any = true;
        if (why == NULL)
            continue;
        command_complain("%s: it cannot be mapped, %s: %s", a->replay, ways[way].name, why);
        return true;
    }
    if (!any)
        command_complain("%s: one step is not compared in any of these ways: see --way in --help",
                         a->replay);
    return !any;
}

static int
replay(const struct arguments *a, const struct variant_file *variant, const struct step_file *file)
{
    struct json j;
    int status;

    if (refuse(a, file))
        return STATUS_refused;
    if (!a->common.json)
        return replay_all(a, &variant->isa, file, &j);
    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "isa", variant->name);
    json_array(&j, "replays");
    status = replay_all(a, &variant->isa, file, &j);
    json_close(&j);
    json_bool(&j, "same", status == STATUS_ok);
    json_close(&j);
    return json_end(&j) ? status : STATUS_host;
}

/* ---- the command ---- */

/* The bare-metal monitor, as it lies in memory. */
static bool
read_monitor(struct pack *vmm, struct diagnostics *d)
{
    struct target_program program;
    char error[IMAGE_ERROR_MAX];
    bool ok;

    if (!target_read_program("builtin:vmm", &program, d))
        return false;
    ok = pack_flat(&program.image, MACHINE_RAM_MIN, vmm, error);
    if (!ok)
        diagnostics_error(d, NULL, "%s", error);
    target_free_program(&program);
    return ok;
}

static int
campaigns(const struct arguments *a, const struct variant_file *variant)
{
    struct json j;
    int status;

    if (!a->common.json)
        return run_all(a, &variant->isa, &j);
    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "isa", variant->name);
    json_unsigned(&j, "seed", a->seed);
    json_array(&j, "properties");
    status = run_all(a, &variant->isa, &j);
    json_close(&j);
    json_bool(&j, "hold", status == STATUS_ok);
    json_close(&j);
    (void)json_end(&j);
    return status;
}

/* The variant that is meant: what the command line says is before what the file does. */
static const char *
which_isa(const struct arguments *a, const struct step_file *file)
{
    if (a->common.isa != NULL)
        return a->common.isa;
    return file != NULL && file->isa != NULL ? file->isa : "virtualizable";
}

static int
check(struct arguments *a, const struct step_file *file, struct diagnostics *d)
{
    struct variant_file variant;
    int status;

    if (!variant_find(which_isa(a, file), d, &variant))
        return STATUS_refused;
    if (!read_monitor(&a->vmm, d))
        status = STATUS_host;
    else
        status = file != NULL ? replay(a, &variant, file) : campaigns(a, &variant);
    variant_free(&variant);
    pack_free(&a->vmm);
    return status;
}

int
command_check(int argc, char **argv)
{
    struct arguments a = {.property = -1, .monitor = -1, .seed = 1, .cases = 100000};
    struct diagnostics d = {0};
    struct step_file *file = NULL;
    int status;

    options_init(&a.common);
    if (!options_parse(&argp, argc, argv, &a, &a.common, &status))
        return status;
    if (a.replay != NULL)
        file = step_file_read(a.replay, &d);
    status = a.replay != NULL && file == NULL ? STATUS_refused : check(&a, file, &d);
    step_file_free(file);
    return command_diagnose(&d, options_coloured(&a.common, stderr), status);
}
