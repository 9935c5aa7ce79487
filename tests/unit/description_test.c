/* SPDX-License-Identifier: MIT */
/*
 * The readers of machine descriptions and of ISA variants: what they make of
 * good files, and, against golden files, what they say of broken ones.
 *
 * tests/corpus/yaml/ holds the broken ones, each NAME.yaml with the diagnostics
 * that belong to it, NAME.expected.  Where they differ, what was really said
 * is left in build/corpus/yaml/ for a look, and to be copied if it is better.
 */
#include <CUnit/CUnit.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/description.h"
#include "cli/size.h"
#include "cli/variants.h"
#include "isa/csr.h"
#include "tests/unit/suites.h"

#define CORPUS "tests/corpus/yaml"
#define LEFT   "build/corpus/yaml"

/* All that was said, as it is printed; the caller frees it. */
static char *
said(const struct diagnostics *d)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    diagnostics_print(d, memory, false);
    fclose(memory);
    return text;
}

/* The description that `text` is, which must have no mistake. */
static struct description *
parse(const char *text)
{
    struct diagnostics d = {0};
    struct description *description;
    bool good = description_parse("some/where/m.yaml", text, strlen(text), &d, &description);

    CU_ASSERT(good == (d.errors == 0));
    CU_ASSERT(good == (description != NULL));
    if (!good)
        diagnostics_print(&d, stdout, false);
    diagnostics_free(&d);
    CU_ASSERT_FATAL(good);
    return description;
}

static void
test_smallest(void)
{
    struct description *m = parse("machine: { run: { image: 'builtin:guestos' } }");

    CU_ASSERT_STRING_EQUAL(m->isa, "virtualizable");
    CU_ASSERT_EQUAL(m->memory, 16u << 20);
    CU_ASSERT_PTR_NULL(m->dtb);
    CU_ASSERT_STRING_EQUAL(m->run.image, "builtin:guestos");
    CU_ASSERT_EQUAL(m->run.guest_count, 0);
    CU_ASSERT_EQUAL(description_depth(&m->run), 0);
    description_free(m);
}

/* Every key, values off their defaults, comments, quotes and line ends of every kind. */
static void
test_everything(void)
{
    struct description *m = parse("\xef\xbb\xbf# all of it\r\n"
                                  "machine:\r\n"
                                  "  isa: popf\r\n"
                                  "  memory: 32MiB   # no space\r\n"
                                  "  dtb: ../board.dtb\r\n"
                                  "  run:\r\n"
                                  "    monitor: hosted\r\n"
                                  "    hybrid: true\r\n"
                                  "    guests:\r\n"
                                  "      - name: left_1\r\n"
                                  "        memory: '1052672'\r\n"
                                  "        weight: 1000\r\n"
                                  "        slice: 20k\r\n"
                                  "        clock: real\r\n"
                                  "        input: \"/in.txt\"\r\n"
                                  "        run: { image: a.s }\r\n"
                                  "      - name: right-2\r\n"
                                  "        memory: 8 MiB\r\n"
                                  "        run:\r\n"
                                  "          monitor: bare-metal\r\n"
                                  "          guests: [{ name: in, memory: 1 MiB, slice: 1000M,\r\n"
                                  "                     run: { image: b.elf } }]\r\n");
    const struct description_guest *left = &m->run.guests[0], *right = &m->run.guests[1];

    CU_ASSERT_STRING_EQUAL(m->isa, "popf");
    CU_ASSERT_EQUAL(m->memory, 32u << 20);
    CU_ASSERT_STRING_EQUAL(m->dtb, "some/where/../board.dtb");
    CU_ASSERT_PTR_NULL(m->run.image);
    CU_ASSERT_EQUAL(m->run.monitor, MONITOR_hosted);
    CU_ASSERT_TRUE(m->run.hybrid);
    CU_ASSERT_EQUAL_FATAL(m->run.guest_count, 2);
    CU_ASSERT_STRING_EQUAL(left->name, "left_1");
    CU_ASSERT_EQUAL(left->memory, 1028u << 10);
    CU_ASSERT_EQUAL(left->weight, 1000);
    CU_ASSERT_EQUAL(left->slice, 20000);
    CU_ASSERT_EQUAL(left->clock, CLOCK_real);
    CU_ASSERT_STRING_EQUAL(left->input, "/in.txt");
    CU_ASSERT_STRING_EQUAL(left->run.image, "some/where/a.s");
    CU_ASSERT_EQUAL(left->place.line, 11);
    CU_ASSERT_EQUAL(left->place.column, 17);
    CU_ASSERT_EQUAL(right->weight, DESCRIPTION_WEIGHT_DEFAULT);
    CU_ASSERT_EQUAL(right->slice, DESCRIPTION_SLICE_DEFAULT);
    CU_ASSERT_EQUAL(right->clock, CLOCK_virtual);
    CU_ASSERT_PTR_NULL(right->input);
    CU_ASSERT_EQUAL(right->run.monitor, MONITOR_bare_metal);
    CU_ASSERT_FALSE(right->run.hybrid);
    CU_ASSERT_EQUAL_FATAL(right->run.guest_count, 1);
    CU_ASSERT_STRING_EQUAL(right->run.guests[0].run.image, "some/where/b.elf");
    CU_ASSERT_EQUAL(right->run.guests[0].slice, 1000000000);
    CU_ASSERT_EQUAL(description_depth(&m->run), 2);
    description_free(m);
}

/* The largest that the limits allow: 16 guests, and 16 monitors within each other. */
static void
test_limits(void)
{
    char text[8192] = "machine: { memory: 32 MiB, run: { monitor: hosted, guests: [";

    for (int i = 0; i < DESCRIPTION_GUESTS_MAX; i++)
        sprintf(text + strlen(text),
                "{ name: g%d, memory: 2 MiB, run: { monitor: bare-metal, guests: "
                "[{ name: g, memory: 1 MiB, run: { image: a } }] } },",
                i);
    strcat(text, "] } }");
    struct description *wide = parse(text);
    CU_ASSERT_EQUAL(wide->run.guest_count, 16);
    description_free(wide);

    sprintf(text, "machine: { memory: %d MiB, run: ", DESCRIPTION_DEPTH_MAX + 1);
    for (int i = DESCRIPTION_DEPTH_MAX; i > 0; i--)
        sprintf(text + strlen(text),
                "{ monitor: bare-metal, guests: [{ name: g, memory: %d MiB, run: ", i);
    strcat(text, "{ image: a }");
    for (int i = DESCRIPTION_DEPTH_MAX; i > 0; i--)
        strcat(text, " }] }");
    strcat(text, " }");
    struct description *deep = parse(text);
    CU_ASSERT_EQUAL(description_depth(&deep->run), 16);
    description_free(deep);
}

/* Guests may fill a hosted monitor's machine to the last byte. */
static void
test_exact_fit(void)
{
    description_free(parse("machine: { memory: 2 MiB, run: { monitor: hosted, guests: [\n"
                           "  { name: a, memory: 1 MiB, run: { image: a } },\n"
                           "  { name: b, memory: 1024 KiB, run: { image: b } }] } }\n"));
}

/* `clock: real` around a monitor is allowed, and warned of. */
static void
test_warning(void)
{
    static const char text[] = "machine: { run: { monitor: hosted, guests: [\n"
                               "  { name: a, memory: 4 MiB, clock: real, run: {\n"
                               "      monitor: bare-metal, guests: [\n"
                               "        { name: b, memory: 1 MiB, run: { image: b } }] } }] } }\n";
    struct diagnostics d = {0};
    struct description *m;

    CU_ASSERT_TRUE_FATAL(description_parse("m.yaml", text, strlen(text), &d, &m));
    CU_ASSERT_EQUAL(d.errors, 0);
    CU_ASSERT_EQUAL_FATAL(d.count, 1);
    CU_ASSERT_EQUAL(d.list[0].kind, DIAGNOSTIC_warning);
    CU_ASSERT_EQUAL(d.list[0].line, 3);
    description_free(m);
    diagnostics_free(&d);
}

/* Read from a file, the files that it names are looked at: those missing are missed, all. */
static void
test_files(void)
{
    static const char *const missing[] = {"a.yaml", "a.dtb", "in.txt", "a.elf"};
    struct diagnostics d = {0};
    struct description *m;
    FILE *file;

    CU_ASSERT_FALSE(description_read("build/no-such.yaml", &d, &m));
    CU_ASSERT_PTR_NULL(m);
    CU_ASSERT_EQUAL(d.errors, 1);
    diagnostics_free(&d);

    CU_ASSERT_TRUE_FATAL(mkdir("build/corpus", 0777) == 0 || errno == EEXIST);
    file = fopen("build/corpus/files.yaml", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("machine:\n  isa: gone/a.yaml\n  dtb: gone/a.dtb\n  run:\n    monitor: hosted\n"
          "    guests:\n      - name: a\n        memory: 1 MiB\n        input: gone/in.txt\n"
          "        run: { image: gone/a.elf }\n      - name: b\n        memory: 1 MiB\n"
          "        run: { image: ../../tests }\n      - name: c\n        memory: 1 MiB\n"
          "        run: { image: files.yaml }\n",
          file);
    fclose(file);
    CU_ASSERT_FALSE(description_read("build/corpus/files.yaml", &d, &m));
    CU_ASSERT_EQUAL_FATAL(d.errors, 5);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(d.list[i].message, "`build/corpus/gone/"));
        CU_ASSERT_PTR_NOT_NULL(strstr(d.list[i].message, missing[i]));
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(d.list[4].message, "Is a directory"));
    diagnostics_free(&d);
}

/* A file of a byte more than the limit is refused, one of a byte less is read. */
static void
test_large_file(void)
{
    static const char text[] = "machine: { run: { image: a } }\n";
    size_t limit = 1 << 20;
    char *large = malloc(limit + 1);
    struct diagnostics d = {0};
    struct description *m;

    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    memset(large, '#', limit + 1);
    memcpy(large, text, strlen(text));
    CU_ASSERT_TRUE(description_parse("m.yaml", large, limit, &d, &m));
    description_free(m);
    CU_ASSERT_FALSE(description_parse("m.yaml", large, limit + 1, &d, &m));
    CU_ASSERT_EQUAL_FATAL(d.count, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.list[0].message, "too large"));
    diagnostics_free(&d);
    free(large);
}

/* ---- sizes ---- */

static void
test_sizes(void)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"4096", 4096},
                {"7 bytes", 7},
                {"64 KiB", 65536},
                {"16MiB", 1 << 24},
                {"1  GiB", 1 << 30},
                {"3 GiB", 3221225472u},
                {"18446744073709551615", UINT64_MAX}};
    static const char *const bad[] = {"",
                                      " 1",
                                      "1 KB",
                                      "KiB",
                                      "1 KiB 2",
                                      "1kib",
                                      "0x10",
                                      "18446744073709551616",
                                      "18014398509481984 KiB"};
    struct size_problem p;
    uint64_t bytes;
    char text[SIZE_TEXT];

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        CU_ASSERT_TRUE(size_read(good[i].text, strlen(good[i].text), &bytes, &p));
        CU_ASSERT_EQUAL(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_FALSE(size_read(bad[i], strlen(bad[i]), &bytes, &p));
    CU_ASSERT_STRING_EQUAL(size_write(0, text), "0 bytes");
    CU_ASSERT_STRING_EQUAL(size_write(1 << 20, text), "1 MiB");
    CU_ASSERT_STRING_EQUAL(size_write((1 << 20) + 4096, text), "1028 KiB");
    CU_ASSERT_STRING_EQUAL(size_write(4095, text), "4095 bytes");
}

/* ---- variants ---- */

/* Does the variant have rules for just these CSRs, with the given kind and action? */
static void
expect_csrs(const char *variant, enum isa_rule_kind kind, enum isa_action action,
            const uint32_t *csrs, size_t count)
{
    struct diagnostics d = {0};
    struct variant_file v;

    CU_ASSERT_TRUE_FATAL(variant_find(variant, &d, &v));
    CU_ASSERT_STRING_EQUAL(v.name, variant);
    CU_ASSERT_PTR_NULL(v.path);
    CU_ASSERT_TRUE(strlen(v.about) > 200);
    CU_ASSERT_EQUAL(v.isa.count, count);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(isa_variant_action(&v.isa, kind, csrs[i]), action);
    variant_free(&v);
    diagnostics_free(&d);
}

/* machine.md's table, row by row. */
static void
test_embedded_variants(void)
{
    static const uint32_t status[] = {0x300}, table[] = {0x305, 0x340}, r[] = {0x7c0, 0x7c1},
                          time[] = {0xb00, 0xb80, 0xb02, 0xb82, 0xc00,
                                    0xc80, 0xc01, 0xc81, 0xc02, 0xc82};
    static const uint32_t mret[] = {INSN_mret};

    expect_csrs("virtualizable", RULE_csr_read, ACTION_trap, NULL, 0);
    expect_csrs("smsw", RULE_csr_read, ACTION_execute, status, 1);
    expect_csrs("sidt", RULE_csr_read, ACTION_execute, table, 2);
    expect_csrs("lra", RULE_csr_read, ACTION_execute, r, 2);
    expect_csrs("popf", RULE_csr_write, ACTION_ignore, status, 1);
    expect_csrs("jrst1", RULE_instruction, ACTION_ignore, mret, 1);
    expect_csrs("jrst1-epc", RULE_instruction, ACTION_jump, mret, 1);
    expect_csrs("rdtsc", RULE_csr_read, ACTION_execute, time, 10);
    expect_csrs("set-r", RULE_csr_write, ACTION_execute, r, 2);
}

static void
test_variant_names(void)
{
    char name[32];
    size_t count = 0;

    while (variant_name_at(count, name, sizeof name)) {
        CU_ASSERT_TRUE(variant_exists(name));
        count++;
    }
    CU_ASSERT_EQUAL(count, 9);
    CU_ASSERT_FALSE(variant_exists("smsw.yaml"));
    CU_ASSERT_FALSE(variant_exists(""));
    CU_ASSERT_TRUE(variant_is_file("./smsw"));
    CU_ASSERT_TRUE(variant_is_file("smsw.yaml"));
    CU_ASSERT_FALSE(variant_is_file("smsw"));
    CU_ASSERT_FALSE(variant_is_file(".yaml"));
}

static void
test_unknown_variant(void)
{
    struct diagnostics d = {0};
    struct variant_file v;

    CU_ASSERT_FALSE(variant_find("jsrt1", &d, &v));
    CU_ASSERT_FALSE(variant_find("vax", &d, &v));
    CU_ASSERT_FALSE(variant_find("build/no-such.yaml", &d, &v));
    CU_ASSERT_EQUAL_FATAL(d.count, 3);
    CU_ASSERT_STRING_EQUAL(d.list[0].hint, "did you mean `jrst1'?");
    CU_ASSERT_PTR_NOT_NULL(strstr(d.list[1].hint, "virtualizable"));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.list[2].message, "No such file"));
    diagnostics_free(&d);
}

/* Every action, for CSRs in a list and alone, for both instructions. */
static void
test_all_rules(void)
{
    static const char text[] =
        "name: all\n"
        "about: >\n  One paragraph\n  of two lines.\n\n"
        "rules:\n"
        "  - { csr: [mstatus, mie], access: read, in-user-mode: read-zero }\n"
        "  - { csr: mstatus, access: write, in-user-mode: read-zero }\n"
        "  - { csr: pmpaddr15, access: write, in-user-mode: trap }\n"
        "  - { csr: time, access: read, in-user-mode: ignore }\n"
        "  - { instruction: wfi, in-user-mode: execute }\n"
        "  - { instruction: mret, in-user-mode: jump }\n";
    static const struct isa_rule expected[] = {
        {RULE_csr_read, 0x300, ACTION_read_zero},  {RULE_csr_read, 0x304, ACTION_read_zero},
        {RULE_csr_write, 0x300, ACTION_read_zero}, {RULE_csr_write, 0x3bf, ACTION_trap},
        {RULE_csr_read, 0xc01, ACTION_ignore},     {RULE_instruction, INSN_wfi, ACTION_execute},
        {RULE_instruction, INSN_mret, ACTION_jump}};
    struct diagnostics d = {0};
    struct variant_file v;

    CU_ASSERT_TRUE_FATAL(variant_parse("all.yaml", text, strlen(text), &d, &v));
    CU_ASSERT_STRING_EQUAL(v.about, "One paragraph of two lines.");
    CU_ASSERT_EQUAL_FATAL(v.isa.count, 7);
    for (size_t i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(v.isa.rules[i].kind, expected[i].kind);
        CU_ASSERT_EQUAL(v.isa.rules[i].subject, expected[i].subject);
        CU_ASSERT_EQUAL(v.isa.rules[i].action, expected[i].action);
    }
    variant_free(&v);
    diagnostics_free(&d);
}

/* ---- the corpus of broken files ---- */

static void
read_broken(const char *name, const struct source *source, struct diagnostics *d)
{
    struct description *description;
    struct variant_file variant;

    if (strncmp(name, "variant-", 8) == 0)
        CU_ASSERT_FALSE(variant_parse(name, source->text, source->length, d, &variant))
    else
        CU_ASSERT_FALSE(description_parse(name, source->text, source->length, d, &description))
}

/* Leave what was said where the expectation can be compared and replaced. */
static void
leave(const char *path, const char *text)
{
    mkdir("build/corpus", 0777);
    mkdir(LEFT, 0777);
    FILE *file = fopen(path, "w");

    if (file != NULL) {
        fputs(text, file);
        fclose(file);
    }
    printf("\n    see %s\n", path);
}

static void
test_broken(const char *name)
{
    char path[512], expected_path[512], left_path[512];
    int stem = (int)(strlen(name) - strlen(".yaml"));
    struct source broken, expected;
    struct diagnostics d = {0};
    const char *problem;

    snprintf(path, sizeof path, CORPUS "/%s", name);
    snprintf(expected_path, sizeof expected_path, CORPUS "/%.*s.expected", stem, name);
    snprintf(left_path, sizeof left_path, LEFT "/%.*s.expected", stem, name);
    CU_ASSERT_TRUE_FATAL(source_read(path, 1 << 20, &broken, &problem));
    read_broken(name, &broken, &d);
    char *text = said(&d);
    bool read = source_read(expected_path, 1 << 20, &expected, &problem);
    bool same = read && strcmp(text, expected.text) == 0;
    if (!same)
        leave(left_path, text);
    CU_ASSERT_TRUE(same);
    if (read)
        source_free(&expected);
    source_free(&broken);
    diagnostics_free(&d);
    free(text);
}

static int
is_yaml(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static void
test_corpus(void)
{
    struct dirent **entries;
    int count = scandir(CORPUS, &entries, is_yaml, alphasort);

    CU_ASSERT_TRUE_FATAL(count > 100);
    for (int i = 0; i < count; i++) {
        test_broken(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

void
description_suite(void)
{
    CU_pSuite suite = CU_add_suite("descriptions and variants", NULL, NULL);

    CU_add_test(suite, "the smallest description", test_smallest);
    CU_add_test(suite, "every key", test_everything);
    CU_add_test(suite, "16 guests, 16 levels", test_limits);
    CU_add_test(suite, "guests that just fit", test_exact_fit);
    CU_add_test(suite, "a warning", test_warning);
    CU_add_test(suite, "files that are missing", test_files);
    CU_add_test(suite, "a file too large", test_large_file);
    CU_add_test(suite, "sizes", test_sizes);
    CU_add_test(suite, "embedded variants", test_embedded_variants);
    CU_add_test(suite, "names of variants", test_variant_names);
    CU_add_test(suite, "unknown variants", test_unknown_variant);
    CU_add_test(suite, "all kinds of rules", test_all_rules);
    CU_add_test(suite, "corpus of broken files", test_corpus);
}
