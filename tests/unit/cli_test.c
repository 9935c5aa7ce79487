/* SPDX-License-Identifier: MIT */
/* The command line's parts: options, exit statuses, targets, tables, trace classes. */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/target.h"
#include "cli/trace.h"
#include "tests/unit/suites.h"

static void
test_status(void)
{
#define STATUS_ONE(id, number, meaning) (number),
    static const int numbers[] = {STATUSES(STATUS_ONE) 0};
#undef STATUS_ONE

    CU_ASSERT_EQUAL(status_of_guest(0), 0);
    CU_ASSERT_EQUAL(status_of_guest(99), 99);
    CU_ASSERT_EQUAL(status_of_guest(100), 99);
    CU_ASSERT_EQUAL(status_of_guest(0xffffffff), 99);
    for (int i = 0; numbers[i] != 0; i++) {
        CU_ASSERT_TRUE(numbers[i] > STATUS_GUEST_MAX && numbers[i] < 256);
        CU_ASSERT_TRUE(i == 0 || numbers[i] > numbers[i - 1]); /* distinct */
    }
}

static void
test_commands(void)
{
    const struct command *c;

    for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
        CU_ASSERT_PTR_EQUAL(command_find(c->name), c);
        CU_ASSERT_TRUE(strlen(c->arguments) <= 20 && strlen(c->about) <= 47); /* 80 columns */
    }
    CU_ASSERT_PTR_NULL(command_find("ru"));
    CU_ASSERT_PTR_NULL(command_find(""));
}

static void
test_count(void)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"1204113", true, 1204113},
        {"500k", true, 500000},
        {"20M", true, 20000000},
        {"2G", true, 2000000000},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"18446744073G", true, 18446744073000000000u},
        {"18446744074G", false, 0},
        {"", false, 0},
        {"k", false, 0},
        {"-1", false, 0},
        {"1kk", false, 0},
        {"1 k", false, 0},
        {"1m", false, 0},
        {"0x10", false, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = 0;

        CU_ASSERT_EQUAL(options_count(cases[i].text, &value), cases[i].ok);
        CU_ASSERT_EQUAL(value, cases[i].value);
    }
}

/* ---- options ---- */

struct parsed {
    struct options o;
};

static error_t
parse_one(int key, char *text, struct argp_state *state)
{
    struct parsed *p = state->input;

    (void)text;
    if (key == ARGP_KEY_INIT) {
        options_give(state, &p->o, 4);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

/* Parse the words, which end with NULL, keeping standard error out of the tests' output. */
static bool
parse(struct options *o, int *status, const char *const *words)
{
    static const struct argp_child children[] = {
        OPTIONS_CHILD(isa), OPTIONS_CHILD(machine), OPTIONS_CHILD(run), OPTIONS_CHILD(output), {0}};
    static const struct argp argp = {.parser = parse_one, .children = children};
    struct parsed p;
    char *argv[16] = {NULL};
    int argc = 0, saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    bool ok;

    argv[argc++] = strdup("test");
    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = strdup(words[argc - 1]);
    options_init(&p.o);
    (void)fflush(stderr);
    (void)dup2(null, STDERR_FILENO);
    ok = options_parse(&argp, argc, argv, &p, &p.o, status);
    (void)fflush(stderr);
    (void)dup2(saved, STDERR_FILENO);
    (void)close(saved);
    (void)close(null);
    *o = p.o;
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return ok;
}

static void
test_options(void)
{
    const char *const none[] = {NULL};
    const char *const all[] = {"--memory",           "4 MiB", "--monitor", "hosted,hybrid",
                               "--max-instructions", "3k",    "--json",    NULL};
    const char *const bare[] = {"--monitor", "hosted", "--depth", "0", NULL};
    const char *const wrong[] = {"--depth", "17", "--json", NULL};
    const char *const unknown[] = {"--dpeth", "2", NULL};
    struct options o;
    int status;

    CU_ASSERT_TRUE(parse(&o, &status, none));
    CU_ASSERT_EQUAL(o.limit, OPTIONS_NO_LIMIT);
    CU_ASSERT_EQUAL(options_depth(&o), 0);
    o.usual_depth = 1;
    CU_ASSERT_EQUAL(options_depth(&o), 1);

    CU_ASSERT_TRUE(parse(&o, &status, all));
    CU_ASSERT_EQUAL(o.memory, 4 << 20);
    CU_ASSERT_TRUE(o.monitored && o.hybrid && o.json);
    CU_ASSERT_EQUAL(o.limit, 3000);
    CU_ASSERT_EQUAL(options_depth(&o), 1);

    CU_ASSERT_TRUE(parse(&o, &status, bare));
    o.usual_depth = 1;
    CU_ASSERT_EQUAL(options_depth(&o), 0);

    CU_ASSERT_FALSE(parse(&o, &status, wrong));
    CU_ASSERT_EQUAL(status, STATUS_usage);
    CU_ASSERT_FALSE(parse(&o, &status, unknown));
    CU_ASSERT_EQUAL(status, STATUS_usage);
}

static void
test_colour(void)
{
    struct options o;

    options_init(&o);
    o.colour = COLOUR_always;
    CU_ASSERT_TRUE(options_coloured(&o, stdout));
    o.colour = COLOUR_never;
    CU_ASSERT_FALSE(options_coloured(&o, stdout));
}

/* ---- targets ---- */

static bool
open_quietly(struct target *t, const char *argument, const struct options *o)
{
    struct diagnostics d = {0};
    bool ok = target_open(t, argument, o, &d);

    CU_ASSERT_EQUAL(ok, d.errors == 0);
    diagnostics_free(&d);
    return ok;
}

/* Both of two systems of a target run to the same end. */
static void
check_twice(const struct target *t, enum machine_stop stop, uint32_t code)
{
    struct system *s = malloc(2 * sizeof *s);
    char error[IMAGE_ERROR_MAX];

    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_TRUE_FATAL(target_start(t, &s[i], error));
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(system_run(&s[i], 1000), stop);
        CU_ASSERT_EQUAL(s[i].machine.exit_code, code);
    }
    CU_ASSERT_EQUAL(system_steps(&s[0]), system_steps(&s[1]));
    system_free(&s[0]);
    system_free(&s[1]);
    free(s);
}

static void
test_image(void)
{
    struct options o;
    struct target t;

    options_init(&o);
    CU_ASSERT_TRUE_FATAL(open_quietly(&t, "tests/cli/files/exit.s", &o));
    CU_ASSERT_FALSE(t.spec.hosted);
    CU_ASSERT_EQUAL(t.count, 1);
    CU_ASSERT_EQUAL(t.guests[0].memory, MACHINE_RAM_DEFAULT);
    CU_ASSERT_STRING_EQUAL(t.variant.name, "virtualizable");
    CU_ASSERT_TRUE(target_observed(&t)->assembled);
    check_twice(&t, MACHINE_exit, 7);
    target_close(&t);

    o.monitored = true;
    o.memory = 2 << 20;
    o.isa = "popf";
    CU_ASSERT_TRUE_FATAL(open_quietly(&t, "tests/cli/files/exit.s", &o));
    CU_ASSERT_TRUE(t.spec.hosted);
    CU_ASSERT_EQUAL(t.guests[0].memory, 2 << 20);
    CU_ASSERT_STRING_EQUAL(t.guests[0].name, "guest");
    CU_ASSERT_EQUAL(t.spec.variant->count, 1);
    check_twice(&t, MACHINE_exit, 7);
    target_close(&t);
}

static void
test_description(void)
{
    struct options o;
    struct target t;

    options_init(&o);
    CU_ASSERT_TRUE_FATAL(open_quietly(&t, "tests/cli/files/two.yaml", &o));
    CU_ASSERT_TRUE(t.spec.hosted);
    CU_ASSERT_EQUAL(t.count, 2);
    CU_ASSERT_EQUAL(t.spec.observed, 0);
    CU_ASSERT_EQUAL(t.spec.memory, 8 << 20);
    target_close(&t);

    o.guest = "right";
    o.isa = "smsw";
    CU_ASSERT_TRUE_FATAL(open_quietly(&t, "tests/cli/files/two.yaml", &o));
    CU_ASSERT_EQUAL(t.spec.observed, 1);
    CU_ASSERT_STRING_EQUAL(t.variant.name, "smsw");
    CU_ASSERT_STRING_EQUAL(target_observed(&t)->name, "tests/cli/files/wait-forever.s");
    target_close(&t);
}

static void
test_refused(void)
{
    struct options o;
    struct target t;

    options_init(&o);
    CU_ASSERT_FALSE(open_quietly(&t, "tests/cli/files/none.elf", &o));
    CU_ASSERT_EQUAL(t.status, STATUS_refused);
    CU_ASSERT_FALSE(open_quietly(&t, "tests/cli/files/wrong.s", &o));
    CU_ASSERT_FALSE(open_quietly(&t, "tests/cli/files/wrong.yaml", &o));
    CU_ASSERT_FALSE(open_quietly(&t, "builtin:none", &o));
    CU_ASSERT_FALSE(open_quietly(&t, "builtin:", &o));
    o.guest = "left";
    CU_ASSERT_FALSE(open_quietly(&t, "tests/cli/files/exit.s", &o));
    CU_ASSERT_EQUAL(t.status, STATUS_usage);
    o.guest = "middle";
    CU_ASSERT_FALSE(open_quietly(&t, "tests/cli/files/two.yaml", &o));
    CU_ASSERT_EQUAL(t.status, STATUS_usage);
    o.guest = NULL;
    o.depth = 0;
    CU_ASSERT_FALSE(open_quietly(&t, "tests/cli/files/two.yaml", &o));
    CU_ASSERT_EQUAL(t.status, STATUS_usage);
}

static void
test_symbols(void)
{
    struct image_segment segment = {.address = ISA_RAM_START, .size = 64};
    char names[2][8] = {"start", "loop"};
    struct image_symbol symbols[] = {{ISA_RAM_START, 0, names[0]},
                                     {ISA_RAM_START + 16, 0, names[1]}};
    const struct image image = {
        .segments_count = 1, .symbols_count = 2, .segments = &segment, .symbols = symbols};
    struct isa_hart h = {.mode = ISA_USER, .mbase = 16, .mbound = 32};
    char text[32];

    CU_ASSERT_STRING_EQUAL(target_symbol(&image, ISA_RAM_START, text, sizeof text), "start");
    CU_ASSERT_STRING_EQUAL(target_symbol(&image, ISA_RAM_START + 24, text, sizeof text), "loop+8");
    CU_ASSERT_STRING_EQUAL(target_symbol(&image, ISA_RAM_START + 64, text, sizeof text), "");
    CU_ASSERT_STRING_EQUAL(target_symbol(&image, ISA_RAM_START - 4, text, sizeof text), "");
    CU_ASSERT_STRING_EQUAL(
        target_symbol_seen(&image, &h, 1 << 20, ISA_RAM_START + 4, text, sizeof text), "loop+4");
    CU_ASSERT_STRING_EQUAL(
        target_symbol_seen(&image, &h, 1 << 20, ISA_RAM_START + 32, text, sizeof text), "");
    h.mode = ISA_MACHINE;
    CU_ASSERT_STRING_EQUAL(
        target_symbol_seen(&image, &h, 1 << 20, ISA_RAM_START + 4, text, sizeof text), "start+4");
}

/* ---- tables and traces ---- */

static void
test_table(void)
{
    char text[TABLE_COUNT_MAX], *written = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&written, &size);
    struct table t;

    CU_ASSERT_STRING_EQUAL(table_count(0, text), "0");
    CU_ASSERT_STRING_EQUAL(table_count(999, text), "999");
    CU_ASSERT_STRING_EQUAL(table_count(1000, text), "1,000");
    CU_ASSERT_STRING_EQUAL(table_count(1204113, text), "1,204,113");
    CU_ASSERT_STRING_EQUAL(table_count(UINT64_MAX, text), "18,446,744,073,709,551,615");

    CU_ASSERT_PTR_NOT_NULL_FATAL(to);
    table_init(&t, "lr");
    table_cell(&t, "%s", "long name");
    table_cell_count(&t, 5);
    table_cell(&t, "%s", "n");
    table_cell_count(&t, 12345);
    table_print(&t, to, "  ");
    table_paragraph("one  two\nthree", to, "> ");
    (void)fclose(to);
    CU_ASSERT_STRING_EQUAL(written, "  long name       5\n  n          12,345\n> one two three\n");
    free(written);
}

static void
test_trace_classes(void)
{
    const char *wrong;
    unsigned classes;
    size_t length;

    CU_ASSERT_TRUE(trace_read("trap,exit", &classes, &wrong, &length));
    CU_ASSERT_EQUAL(classes, 1u << TRACE_trap | 1u << TRACE_exit);
    CU_ASSERT_TRUE(trace_read("all,-insn,+insn,-io", &classes, &wrong, &length));
    CU_ASSERT_EQUAL(classes, ((1u << TRACE_COUNT) - 1) & ~(1u << TRACE_io));
    CU_ASSERT_FALSE(trace_read("trap,ext,irq", &classes, &wrong, &length));
    CU_ASSERT_TRUE(length == 3 && memcmp(wrong, "ext", 3) == 0);
    CU_ASSERT_FALSE(trace_read("", &classes, &wrong, &length));
    CU_ASSERT_FALSE(trace_read("trap,", &classes, &wrong, &length));
    CU_ASSERT_FALSE(trace_read("-", &classes, &wrong, &length));
}

void
cli_suite(void)
{
    CU_pSuite suite = CU_add_suite("command line", NULL, NULL);

    CU_add_test(suite, "exit statuses", test_status);
    CU_add_test(suite, "commands", test_commands);
    CU_add_test(suite, "counts", test_count);
    CU_add_test(suite, "options", test_options);
    CU_add_test(suite, "colour", test_colour);
    CU_add_test(suite, "an image", test_image);
    CU_add_test(suite, "a description", test_description);
    CU_add_test(suite, "refused", test_refused);
    CU_add_test(suite, "symbols", test_symbols);
    CU_add_test(suite, "tables", test_table);
    CU_add_test(suite, "trace classes", test_trace_classes);
}
