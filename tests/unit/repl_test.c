/* SPDX-License-Identifier: MIT */
/*
 * The REPL: expressions, compared with what the C compiler makes of the same
 * text; the command table; and that nothing one may do to look on, or to stop,
 * changes what a run computes.
 */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/repl/command.h"
#include "cli/repl/expression.h"
#include "cli/repl/terminal.h"
#include "cli/target.h"
#include "tests/unit/suites.h"

/* ---- expressions ---- */

/* A scope with three registers, a symbol, a 64-bit counter and 16 bytes of memory at 0x1000. */
static const uint32_t a0 = 42, a1 = 0xfffffff0u, t0 = 3, loop = 0x80000010u;
static const uint64_t mtime = 0x123456789aull;
static const uint8_t memory[16] = {0x78, 0x56, 0x34, 0x12, 0xff, 0x80, 0x7f, 0,
                                   1,    2,    3,    4,    5,    6,    7,    8};

enum { REF_A0, REF_A1, REF_T0, REF_MTIME, REF_FIELD };

static bool
resolve(void *context, const char *name, const char *field, bool dollar, bool *constant,
        uint32_t *reference, struct repl_value *value, char *problem)
{
    static const char *const names[] = {"a0", "a1", "t0", "mtime"};

    (void)context;
    *constant = false;
    if (field != NULL && strcmp(name, "mstatus") == 0 && strcmp(field, "MPP") == 0) {
        *reference = REF_FIELD;
        return true;
    }
    for (uint32_t i = 0; i < 4 && field == NULL; i++)
        if (strcmp(name, names[i]) == 0) {
            *reference = i;
            return true;
        }
    if (field == NULL && !dollar && strcmp(name, "loop") == 0) {
        *constant = true;
        *value = repl_value_word(loop);
        return true;
    }
    (void)strcpy(problem, "unknown");
    return false;
}

static bool
read_reference(void *context, uint32_t reference, struct repl_value *value, char *problem)
{
    (void)context;
    (void)problem;
    switch (reference) {
    case REF_A0: *value = repl_value_word(a0); break;
    case REF_A1: *value = repl_value_word(a1); break;
    case REF_T0: *value = repl_value_word(t0); break;
    case REF_FIELD: *value = repl_value_word(3); break;
    default: *value = repl_value_wide(mtime); break;
    }
    return true;
}

static bool
load(void *context, const struct repl_value *address, uint32_t bytes, uint32_t *value,
     char *problem)
{
    uint32_t offset = (uint32_t)address->bits - 0x1000;

    (void)context;
    if (offset > sizeof memory - bytes) {
        (void)strcpy(problem, "outside");
        return false;
    }
    *value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        *value |= (uint32_t)memory[offset + i] << 8 * i;
    return true;
}

static int
level(void *context, const char *name, size_t length)
{
    (void)context;
    return length == 2 && memcmp(name, "L1", 2) == 0 ? 1 : -1;
}

static const struct repl_scope scope = {NULL, resolve, read_reference, load, level};

static void
check(const char *text, int64_t expected)
{
    struct repl_expression e;
    struct repl_value v = repl_value_word(0);
    bool ok = repl_parse(&e, text, &scope) && repl_evaluate(&e, &scope, &v);

    if (!ok || repl_value_number(&v) != expected)
        printf("\n%s: %s %lld, not %lld\n", text, ok ? "gives" : e.problem,
               (long long)repl_value_number(&v), (long long)expected);
    CU_ASSERT_TRUE(ok);
    CU_ASSERT_EQUAL(repl_value_number(&v), expected);
}

/* The same text, to the compiler and to us. */
#define SAME(expression) check(#expression, (int64_t)(expression))

/* The compiler's advice on style is not wanted here: it is to read what anybody may type. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wtype-limits"

static void
test_like_c(void)
{
    SAME(1 + 2 * 3);
    SAME((1 + 2) * 3);
    SAME(10 - 4 - 3);
    SAME(100 / 7 / 2);
    SAME(-7 / 2);
    SAME(-7 % 3);
    SAME(7 % -3);
    SAME(a0 - 43);
    SAME(a0 - 43 < 0);
    SAME((int)a0 - 43);
    SAME((int)a0 - 43 < 0);
    SAME(a1 == -16);
    SAME((int)a1);
    SAME((int)a1 >> 2);
    SAME(a1 >> 2);
    SAME(a1 << 8);
    SAME(~a0);
    SAME(~0);
    SAME(!a0 + !0);
    SAME(-a0);
    SAME(- -a0);
    SAME(a0 & 0xf | t0 << 8 ^ 0x55);
    SAME(a0 == 42 && t0 != 3 || a1 > 1);
    SAME(0 && 1 / 1 || 0);
    SAME(a0 > 41 ? t0 ? 7 : 8 : 9);
    SAME(1 ? 2 : 3 ? 4 : 5);
    SAME(mtime + 1);
    SAME(mtime - a0);
    SAME(mtime > a1);
    SAME(mtime * 3 >> 4);
    SAME(mtime + -1);
    SAME(0x80000000);
    SAME(2147483648);
    SAME(4294967295 + 1);
    SAME(0xffffffff + 1);
    SAME('a' + 1);
    SAME('\n');
    SAME((unsigned char)a1);
    SAME((signed char)a1);
    SAME((short)a1 * 2);
    SAME((unsigned short)a1);
    SAME(a0 <= 42 == a0 >= 42);
    SAME(1 << 2 + 1);
    SAME(loop + 8);
    SAME(017 + 8);
    SAME(-0x10 / 3);
    SAME(0x7fffffff + a0);
    SAME(-1 < 0x10);
    SAME(-1 < 0xffffffff);
    SAME(0x123456789 - 1 > -1);
}

#pragma GCC diagnostic pop

static void
test_memory(void)
{
    check("*0x1000", 0x12345678);
    check("*(char *)0x1004", -1);
    check("*(unsigned char *)0x1004", 0xff);
    check("*(short *)0x1004", (int16_t)0x80ff);
    check("*(unsigned short *)(0x1004 + 1)", 0x7f80);
    check("*(0x1000 + 4) & 0xff", 0xff);
    check("*L1:0x1008", 0x04030201);
    check("*L1:(0x1000 + 8) + 1", 0x04030202);
    check("&loop", loop);
    check("$a0", a0);
    check("mstatus.MPP == 3", 1);
    check("0b1010_0101", 0xa5);
}

static void
test_wrong_expressions(void)
{
    static const char *const wrong[] = {
        "",        " ",     "1 +",      "(1",         "1)",      "* ",
        "a0 a0",   "0x",    "0xg",      "08",         "12ab",    "nosuch",
        "$loop",   "'a",    "''",       "1 ? 2",      "1 ? : 2", "*0x2000",
        "1 / 0",   "1 % 0", "mstatus.", "mstatus.NO", "L9:1",    "99999999999999999999999",
        "(char *", "@",     "a0 = 1",   "1 = = 2"};
    char deep[4096];

    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct repl_expression e;
        struct repl_value v;
        bool ok = repl_parse(&e, wrong[i], &scope) && repl_evaluate(&e, &scope, &v);

        if (ok)
            printf("\n`%s' is taken for an expression\n", wrong[i]);
        CU_ASSERT_FALSE(ok);
        CU_ASSERT_NOT_EQUAL(strlen(e.problem), 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        struct repl_expression e;

        memset(deep, "(-~"[i], sizeof deep - 2);
        deep[sizeof deep - 2] = '1';
        deep[sizeof deep - 1] = '\0';
        CU_ASSERT_FALSE(repl_parse(&e, deep, &scope));
    }
}

/* Random trees of unsigned operations, computed beside their text. */
static uint32_t random_state = 1974;

static uint32_t
random_number(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

static uint32_t
random_tree(char *text, unsigned depth)
{
    static const char *const operators[] = {"+",  "-",  "*", "&",  "|", "^",
                                            "<<", ">>", "<", "==", "/"};
    char left[1024], right[1024];
    uint32_t a, b, op = random_number(11);

    if (depth == 0 || random_number(4) == 0) {
        a = random_number(2) == 0 ? random_number(40) : random_number(1u << 24) * 257;
        (void)sprintf(text, "(unsigned)0x%x", a);
        return a;
    }
    a = random_tree(left, depth - 1);
    b = random_tree(right, depth - 1);
    if (op >= 6 && op <= 7) {
        b = random_number(32);
        (void)sprintf(right, "0x%x", b);
    }
    if (op == 10 && b == 0)
        op = 0;
    (void)sprintf(text, "(unsigned)(%s %s %s)", left, operators[op], right);
    switch (op) {
    case 0: return a + b;
    case 1: return a - b;
    case 2: return a * b;
    case 3: return a & b;
    case 4: return a | b;
    case 5: return a ^ b;
    case 6: return a << b;
    case 7: return a >> b;
    case 8: return a < b;
    case 9: return a == b;
    default: return a / b;
    }
}

static void
test_random_expressions(void)
{
    for (unsigned i = 0; i < 5000; i++) {
        char text[2048];
        struct repl_expression e;
        struct repl_value v = repl_value_word(0);
        uint32_t expected = random_tree(text, 4);
        bool ok = repl_parse(&e, text, &scope) && repl_evaluate(&e, &scope, &v) &&
                  (uint32_t)v.bits == expected;

        if (!ok)
            printf("\n%s: %s 0x%x, not 0x%x\n", text, e.problem, (unsigned)v.bits, expected);
        CU_ASSERT_TRUE_FATAL(ok);
    }
}

/* ---- commands ---- */

static void
test_command_table(void)
{
    const struct repl_command *c, *other;

    for (unsigned i = 0; (c = repl_command_at(i)) != NULL; i++) {
        unsigned count;

        CU_ASSERT_PTR_EQUAL(repl_command_match(c->name, strlen(c->name), &count), c);
        if (c->abbreviation[0] != '\0')
            CU_ASSERT_PTR_EQUAL(
                repl_command_match(c->abbreviation, strlen(c->abbreviation), &count), c);
        CU_ASSERT_NOT_EQUAL(strlen(c->about), 0);
        CU_ASSERT_TRUE(strlen(c->about) + 19 <= 80); /* in `help' */
        CU_ASSERT_TRUE(strncmp(c->example, c->name, strlen(c->name)) == 0);
        for (unsigned j = 0; (other = repl_command_at(j)) != NULL; j++)
            CU_ASSERT_TRUE(i == j || c->abbreviation[0] == '\0' ||
                           (strcmp(c->abbreviation, other->abbreviation) != 0 &&
                            strcmp(c->abbreviation, other->name) != 0));
    }
}

/* Every beginning of a name: that command, if no other begins so. */
static void
test_prefixes(void)
{
    const struct repl_command *c, *other;

    for (unsigned i = 0; (c = repl_command_at(i)) != NULL; i++)
        for (size_t n = 1; n < strlen(c->name); n++) {
            unsigned beginning = 0, exact = 0, count;
            const struct repl_command *found = repl_command_match(c->name, n, &count);

            for (unsigned j = 0; (other = repl_command_at(j)) != NULL; j++) {
                beginning += strncmp(other->name, c->name, n) == 0;
                exact += (strlen(other->name) == n && strncmp(other->name, c->name, n) == 0) ||
                         (strlen(other->abbreviation) == n &&
                          strncmp(other->abbreviation, c->name, n) == 0);
            }
            CU_ASSERT_EQUAL(found != NULL, exact == 1 || beginning == 1);
            if (exact == 0 && beginning == 1)
                CU_ASSERT_PTR_EQUAL(found, c);
        }
}

/* ---- a session ---- */

struct session {
    struct target target;
    struct repl repl;
    FILE *out;
};

static struct session *
open_session(const char *image, int depth)
{
    struct session *s = calloc(1, sizeof *s);
    struct diagnostics d = {0};
    struct options o;

    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    options_init(&o);
    o.depth = depth;
    s->out = fopen("/dev/null", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->out);
    CU_ASSERT_TRUE_FATAL(target_open(&s->target, image, &o, &d));
    CU_ASSERT_TRUE_FATAL(repl_begin(&s->repl, &s->target, s->out));
    s->repl.interactive = true; /* complaints go to `out' */
    return s;
}

static void
close_session(struct session *s)
{
    repl_end(&s->repl);
    target_close(&s->target);
    (void)fclose(s->out);
    free(s);
}

/* Is there, of the candidates after `before`, one that reads `word`? */
static bool
offers(const struct session *s, const char *before, const char *word)
{
    char text[REPL_LINE_MAX];
    const char *candidate;

    for (unsigned i = 0; (candidate = repl_candidate(&s->repl, before, i, text)) != NULL; i++)
        if (strcmp(candidate, word) == 0)
            return true;
    return false;
}

static void
test_completion(void)
{
    static const struct {
        const char *before, *word;
        bool offered;
    } cases[] = {{"", "step", true},
                 {"", "continue", true},
                 {"", "a0", false},
                 {"step ", "syscall", true},
                 {"step ", "L1", true},
                 {"s ", "exit", true},
                 {"catch ", "csr", true},
                 {"catch ", "inject", true},
                 {"catch csr ", "mstatus", true},
                 {"catch csr ", "a0", false},
                 {"as ", "guest", true},
                 {"as ", "L0", true},
                 {"break ", "trap", true},
                 {"break ", "mstatus", false},
                 {"print ", "a0", true},
                 {"print ", "mstatus.MPP", true},
                 {"print ", "trap", true},
                 {"x/4xw ", "sp", true},
                 {"set ", "mtimecmp", true},
                 {"help ", "watch", true},
                 {"demo ", "smsw", true},
                 {"micro ", "off", true},
                 {"info ", "levels", true},
                 {". ", "csrrw", true},
                 {". ", "mv", true},
                 {". csrr a0, ", "mepc", true},
                 {"nosuch ", "a0", false},
                 {"echo ", "a0", false}};
    struct session *s = open_session("builtin:guestos", 1);

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool ok = offers(s, cases[i].before, cases[i].word) == cases[i].offered;

        if (!ok)
            printf("\n`%s' and then `%s'\n", cases[i].before, cases[i].word);
        CU_ASSERT_TRUE(ok);
    }
    close_session(s);
}

/* ---- to look on changes nothing ---- */

static const char *const lookers[] = {"break trap",
                                      "break U:0x80000010 if a0 != 5",
                                      "tbreak printk",
                                      "watch mstatus.MIE",
                                      "watch *0x80003400 if 0",
                                      "awatch *0x10000000 if t % 3 == 0",
                                      "rwatch *0x10000005 if 0",
                                      "catch trap if mcause == 2",
                                      "catch irq",
                                      "catch csr mstatus",
                                      "catch io if 0",
                                      "catch mode if 0"};
static const char *const hosted_lookers[] = {"catch exit if t % 7 == 0", "catch inject"};
static const char *const views[] = {"state",
                                    "regs",
                                    "why",
                                    "where",
                                    "exits",
                                    "relocate sp",
                                    "relocate pc",
                                    "x/4xw sp",
                                    "x/3i pc",
                                    "disas",
                                    "backtrace",
                                    "print a0 + *sp",
                                    "info breakpoints",
                                    "info names",
                                    "as L0",
                                    "regs",
                                    "why",
                                    "as L1",
                                    "list",
                                    "classify mret",
                                    "micro on",
                                    "step",
                                    "step",
                                    "step",
                                    "state",
                                    "step",
                                    "regs",
                                    "step",
                                    "micro off",
                                    "exits -m",
                                    "where --json",
                                    "regs --json",
                                    "help",
                                    "demo smsw"};

/* On to `t`, with everything at hand, stopping wherever there is a reason. */
static void
run_watched(struct session *s, uint64_t t)
{
    struct repl *r = &s->repl;
    unsigned row = r->view, stops = 0;
    char line[64];

    for (unsigned i = 0; i < sizeof lookers / sizeof lookers[0]; i++)
        (void)repl_execute(r, lookers[i]);
    for (unsigned i = 0; i < sizeof hosted_lookers / sizeof hosted_lookers[0] && row != 0; i++)
        (void)repl_execute(r, hosted_lookers[i]);
    while (repl_level_steps(&r->levels, row) + 100 < t) {
        uint64_t left = t - 100 - repl_level_steps(&r->levels, row);

        (void)snprintf(line, sizeof line, "step %llu", (unsigned long long)left);
        CU_ASSERT_TRUE_FATAL(repl_execute(r, line));
        (void)repl_execute(r, views[stops++ % (sizeof views / sizeof views[0])]);
    }
    CU_ASSERT_TRUE(stops > 20);
    (void)repl_execute(r, "micro off");
    (void)snprintf(line, sizeof line, "as L%u", r->levels.row[row].depth);
    (void)repl_execute(r, line);
    (void)repl_execute(r, "delete");
    (void)snprintf(line, sizeof line, "step %llu",
                   (unsigned long long)(t - repl_level_steps(&r->levels, row)));
    CU_ASSERT_TRUE_FATAL(repl_execute(r, line));
}

/* Everything there is: the machine, its memory, the monitor, what was printed. */
static void
compare_sessions(const struct session *a, const struct session *b)
{
    const struct system *x = a->repl.system, *y = b->repl.system;
    unsigned row = repl_level_outer_of(&a->repl.levels, a->repl.levels.count - 1);

    CU_ASSERT_EQUAL(memcmp(&x->machine.hart, &y->machine.hart, sizeof x->machine.hart), 0);
    CU_ASSERT_EQUAL(memcmp(&x->machine.devices, &y->machine.devices, sizeof x->machine.devices), 0);
    CU_ASSERT_EQUAL(x->machine.steps, y->machine.steps);
    CU_ASSERT_EQUAL_FATAL(x->machine.ram.size, y->machine.ram.size);
    CU_ASSERT_EQUAL(memcmp(x->machine.ram.bytes, y->machine.ram.bytes, x->machine.ram.size), 0);
    CU_ASSERT_EQUAL(memcmp(&x->hosted.vmm, &y->hosted.vmm, sizeof x->hosted.vmm), 0);
    CU_ASSERT_EQUAL(x->hosted.phase, y->hosted.phase);
    CU_ASSERT_EQUAL_FATAL(a->repl.logs[row].length, b->repl.logs[row].length);
    CU_ASSERT_NOT_EQUAL(a->repl.logs[row].length, 0);
    CU_ASSERT_EQUAL(
        memcmp(a->repl.logs[row].bytes, b->repl.logs[row].bytes, a->repl.logs[row].length), 0);
}

static void
influence(int depth, uint64_t t)
{
    struct session *plain = open_session("builtin:guestos", depth);
    struct session *watched = open_session("builtin:guestos", depth);
    char line[64];

    if (depth > 1) {
        CU_ASSERT_TRUE(repl_execute(&plain->repl, "step L2"));
        CU_ASSERT_TRUE(repl_execute(&watched->repl, "step L2"));
    }
    (void)snprintf(line, sizeof line, "step %llu", (unsigned long long)t);
    CU_ASSERT_TRUE(repl_execute(&plain->repl, line));
    run_watched(watched, t);
    compare_sessions(plain, watched);
    close_session(plain);
    close_session(watched);
}

static void
test_no_influence_hosted(void)
{
    influence(1, 120000);
}

static void
test_no_influence_bare(void)
{
    influence(0, 120000);
}

static void
test_no_influence_nested(void)
{
    influence(2, 30000);
}

/* A run that is stepped, and one that isn't (hosted_run): the same, exits included. */
static void
test_like_run(void)
{
    struct session *stepped = open_session("builtin:guestos", 1);
    struct session *run = open_session("builtin:guestos", 1);
    const struct vm *x, *y;

    CU_ASSERT_TRUE(repl_execute(&stepped->repl, "continue"));
    CU_ASSERT_EQUAL(system_run(run->repl.system, UINT64_MAX >> 1), MACHINE_exit);
    x = repl_level_vm(&stepped->repl.levels, 1);
    y = repl_level_vm(&run->repl.levels, 1);
    CU_ASSERT_EQUAL(memcmp(x->exits, y->exits, sizeof x->exits), 0);
    CU_ASSERT_EQUAL(memcmp(x->injected, y->injected, sizeof x->injected), 0);
    CU_ASSERT_EQUAL(memcmp(&x->vcpu.hart.x, &y->vcpu.hart.x, sizeof x->vcpu.hart.x), 0);
    CU_ASSERT_EQUAL(x->vcpu.retired, y->vcpu.retired);
    CU_ASSERT_EQUAL(stepped->repl.system->machine.steps, run->repl.system->machine.steps);
    close_session(stepped);
    close_session(run);
}

/* Random lines, made of what could be meant, and not: no crash, and no leak where one looks. */
static void
test_any_line(void)
{
    static const char *const words[] = {
        "step",       "s",          "next",     "finish",    "until",
        "continue",   "micro",      "on",       "off",       "where",
        "why",        "state",      "regs",     "x",         "csr",
        "relocate",   "as",         "L0",       "L1",        "guest",
        "x/4xw",      "x/9i",       "x/s",      "x/zz",      "disas",
        "list",       "print",      "p/t",      "backtrace", "exits",
        "-d",         "-m",         "classify", "info",      "break",
        "tbreak",     "watch",      "rwatch",   "awatch",    "catch",
        "trap",       "exit",       "io",       "condition", "ignore",
        "enable",     "disable",    "delete",   "set",       ".",
        "addi",       "a0,",        "a0",       "sp",        "pc",
        "*",          "(",          ")",        "=",         "==",
        "+",          "-",          "1",        "0",         "7",
        "0x80000000", "0xffffffff", "if",       "mstatus",   "mstatus.MPP",
        "trap",       "printk",     "U:",       "L1:",       "send",
        "expect",     "\"a",        "\"a\"",    "assert",    "echo",
        "help",       "apropos",    "--json",   "nosuch",    "99999999999999999999",
        "'",          "\\",         "/",        "5"};
    struct session *s = open_session("builtin:guestos", 1);

    s->repl.limit = 3000000;
    for (unsigned i = 0; i < 4000; i++) {
        char line[256] = "";

        for (unsigned n = 1 + random_number(5); n > 0; n--) {
            (void)strcat(line, words[random_number(sizeof words / sizeof words[0])]);
            (void)strcat(line, random_number(5) == 0 ? "" : " ");
        }
        (void)repl_execute(&s->repl, line);
        if (random_number(200) == 0)
            CU_ASSERT_TRUE(repl_execute(&s->repl, "restart"));
    }
    close_session(s);
}

void
repl_suite(void)
{
    CU_pSuite suite = CU_add_suite("repl", NULL, NULL);

    CU_ADD_TEST(suite, test_like_c);
    CU_ADD_TEST(suite, test_memory);
    CU_ADD_TEST(suite, test_wrong_expressions);
    CU_ADD_TEST(suite, test_random_expressions);
    CU_ADD_TEST(suite, test_command_table);
    CU_ADD_TEST(suite, test_prefixes);
    CU_ADD_TEST(suite, test_completion);
    CU_ADD_TEST(suite, test_no_influence_hosted);
    CU_ADD_TEST(suite, test_no_influence_bare);
    CU_ADD_TEST(suite, test_no_influence_nested);
    CU_ADD_TEST(suite, test_like_run);
    CU_ADD_TEST(suite, test_any_line);
}
