/* SPDX-License-Identifier: MIT */
/* The JSON writer, read back with libyaml: JSON is YAML. */
#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/utf8.h"
#include "cli/yaml.h"
#include "tests/unit/suites.h"

struct written {
    struct json json;
    FILE *file;
    char *text;
    size_t size;
};

static void
start(struct written *w)
{
    memset(w, 0, sizeof *w);
    w->file = open_memstream(&w->text, &w->size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->file);
    json_start(&w->json, w->file);
}

/* End the text, and read it into a tree. */
static void
read_back(struct written *w, struct tree *tree)
{
    struct diagnostics d = {0};

    CU_ASSERT_TRUE(json_end(&w->json));
    fclose(w->file);
    struct source source = {.path = "json", .text = w->text, .length = w->size};
    tree_parse(&source, &d, tree);
    CU_ASSERT_EQUAL(d.count, 0);
    diagnostics_print(&d, stdout, false);
    diagnostics_free(&d);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree->root);
}

/* The value of `key` in a mapping. */
static const struct tree_node *
value_of(const struct tree_node *mapping, const char *key)
{
    for (size_t i = 0; i < mapping->count; i += 2)
        if (tree_is(mapping->items[i], key))
            return mapping->items[i + 1];
    CU_FAIL_FATAL("a key is missing");
    return NULL;
}

static void
test_layout(void)
{
    static const char expected[] = "{\n"
                                   "  \"isa\": \"smsw\",\n"
                                   "  \"none\": [],\n"
                                   "  \"empty\": {},\n"
                                   "  \"list\": [\n"
                                   "    1,\n"
                                   "    {\n"
                                   "      \"yes\": true\n"
                                   "    },\n"
                                   "    null\n"
                                   "  ]\n"
                                   "}\n";
    struct written w;

    start(&w);
    json_object(&w.json, NULL);
    json_string(&w.json, "isa", "smsw");
    json_array(&w.json, "none");
    json_close(&w.json);
    json_object(&w.json, "empty");
    json_close(&w.json);
    json_array(&w.json, "list");
    json_unsigned(&w.json, NULL, 1);
    json_object(&w.json, NULL);
    json_bool(&w.json, "yes", true);
    json_close(&w.json);
    json_null(&w.json, NULL);
    json_close(&w.json);
    json_close(&w.json);
    CU_ASSERT_TRUE(json_end(&w.json));
    fclose(w.file);
    CU_ASSERT_STRING_EQUAL(w.text, expected);
    free(w.text);
}

static void
test_values(void)
{
    struct written w;
    struct tree tree;

    start(&w);
    json_object(&w.json, NULL);
    json_unsigned(&w.json, "most", UINT64_MAX);
    json_signed(&w.json, "least", INT64_MIN);
    json_bool(&w.json, "no", false);
    json_null(&w.json, "null");
    json_array(&w.json, "odd \"keys\" \\ too");
    json_close(&w.json);
    json_close(&w.json);
    read_back(&w, &tree);
    CU_ASSERT_EQUAL(tree.root->count, 10);
    CU_ASSERT_TRUE(tree_is(value_of(tree.root, "most"), "18446744073709551615"));
    CU_ASSERT_TRUE(tree_is(value_of(tree.root, "least"), "-9223372036854775808"));
    CU_ASSERT_TRUE(tree_is(value_of(tree.root, "no"), "false"));
    CU_ASSERT_TRUE(tree_is(value_of(tree.root, "null"), "null"));
    CU_ASSERT_EQUAL(value_of(tree.root, "odd \"keys\" \\ too")->kind, TREE_sequence);
    tree_free(&tree);
    free(w.text);
}

/* Bytes written as a string come back as `expected`. */
static void
expect_string(const void *bytes, size_t length, const void *expected, size_t expected_length)
{
    struct written w;
    struct tree tree;

    start(&w);
    json_bytes(&w.json, NULL, bytes, length);
    read_back(&w, &tree);
    CU_ASSERT_EQUAL_FATAL(tree.root->length, expected_length);
    CU_ASSERT_EQUAL(memcmp(tree.root->text, expected, expected_length), 0);
    tree_free(&tree);
    free(w.text);
}

/* Every code point that UTF-8 can hold comes back as it was, the control characters included. */
static void
test_characters(void)
{
    unsigned char text[4];
    uint32_t point;

    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 0x3f1) {
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

        if (c >= 0xd800 && c < 0xe000)
            continue;
        text[0] = (unsigned char)(n == 1 ? c : (0xf00u >> n & 0xff) | c >> 6 * (n - 1));
        for (size_t i = 1; i < n; i++)
            text[i] = (unsigned char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
        CU_ASSERT_EQUAL(utf8_decode(text, n, &point), n);
        CU_ASSERT_EQUAL(point, c);
        expect_string(text, n, text, n);
    }
}

static void
test_invalid_utf8(void)
{
#define BAD "\xef\xbf\xbd"
    static const struct {
        const char *bytes, *expected;
    } cases[] = {
        {"a\xff z", "a" BAD " z"},             /* never in UTF-8 */
        {"\x80", BAD},                         /* a continuation alone */
        {"\xc3", BAD},                         /* cut short */
        {"\xc3(", BAD "("},                    /* no continuation */
        {"\xc0\xaf", BAD BAD},                 /* overlong */
        {"\xe0\x80\xaf", BAD BAD BAD},         /* overlong */
        {"\xed\xa0\x80", BAD BAD BAD},         /* a surrogate */
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD}, /* beyond U+10FFFF */
        {"\xe2\x82", BAD BAD},                 /* cut short */
        {"\xf0\x9f\x98\x80\xf0", "\xf0\x9f\x98\x80" BAD},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_string(cases[i].bytes, strlen(cases[i].bytes), cases[i].expected,
                      strlen(cases[i].expected));
    expect_string("", 0, "", 0);
}

void
json_suite(void)
{
    CU_pSuite suite = CU_add_suite("JSON writer", NULL, NULL);

    CU_add_test(suite, "layout", test_layout);
    CU_add_test(suite, "values", test_values);
    CU_add_test(suite, "every kind of character", test_characters);
    CU_add_test(suite, "invalid UTF-8", test_invalid_utf8);
}
