/* SPDX-License-Identifier: MIT */
#include "cli/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cli/utf8.h"

/* ---- places ---- */

/* A position in the text; libyaml counts characters, diagnostics count bytes. */
struct cursor {
    size_t index;              /* characters before it */
    size_t offset, line_start; /* bytes */
    unsigned line;
};

/* Notepad's byte order mark, which is not part of the text. */
static size_t
byte_order_mark(const struct source *source)
{
    return source->length >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static struct cursor
cursor_start(const struct source *source)
{
    return (struct cursor){.offset = byte_order_mark(source), .line = 1};
}

/* Move on to the index-th character, or to the end of the text. */
static void
cursor_move(struct cursor *c, const struct source *source, size_t index)
{
    if (index < c->index)
        *c = cursor_start(source);
    while (c->index < index && c->offset < source->length) {
        const unsigned char *at = (const unsigned char *)source->text + c->offset;
        uint32_t point;
        size_t n = utf8_decode(at, source->length - c->offset, &point);

        c->offset += n == 0 ? 1 : n;
        c->index++;
        if (point == '\n') {
            c->line++;
            c->line_start = c->offset;
        }
    }
}

/* The place from `start` to `end`, of which the part in the first line counts. */
static struct diagnostic_place
place_of(struct cursor *c, const struct source *source, size_t start, size_t end)
{
    cursor_move(c, source, start);
    struct cursor from = *c;

    if (end > start)
        cursor_move(c, source, end);
    size_t stop = c->offset;
    if (c->line != from.line) {
        const char *newline =
            memchr(source->text + from.offset, '\n', source->length - from.offset);
        stop = newline == NULL ? source->length : (size_t)(newline - source->text);
    }
    while (stop > from.offset && strchr(" \t\r\n", source->text[stop - 1]) != NULL)
        stop--;
    return (struct diagnostic_place){.source = source,
                                     .line = from.line,
                                     .column = (unsigned)(from.offset - from.line_start) + 1,
                                     .length = (unsigned)(stop - from.offset)};
}

/* ---- what no YAML file may hold ---- */

static const char *
character_problem(size_t length, uint32_t point, bool newline_follows)
{
    if (length == 0)
        return "this byte is not UTF-8";
    if (point == 0)
        return "a NUL byte: this is not a text file";
    if (point == '\r' && !newline_follows)
        return "a carriage return alone does not end a line";
    if (point == 0x85 || point == 0x2028 || point == 0x2029)
        return "a line separator of Unicode";
    if ((point < 0x20 && point != '\t' && point != '\n' && point != '\r') ||
        (point >= 0x7f && point < 0xa0) || point == 0xfeff || point == 0xfffe || point == 0xffff)
        return "a control character";
    return NULL;
}

/* Refuse a text that is not clean UTF-8: libyaml would stop too, without a line to show, and
 * counts some characters as line ends that nobody else does. */
static bool
check_characters(const struct source *source, struct diagnostics *d)
{
    const unsigned char *text = (const unsigned char *)source->text;
    struct diagnostic_place place = {.source = source, .line = 1, .length = 1};
    size_t line_start = 0;

    if (source->length >= 4 && memcmp(text,
                                      "\x7f"
                                      "ELF",
                                      4) == 0) {
        place.line = 0;
        diagnostics_error(d, &place, "this is an ELF file, where YAML belongs");
        return false;
    }

    for (size_t i = byte_order_mark(source), n; i < source->length; i += n) {
        uint32_t point;
        bool newline = i + 1 < source->length && text[i + 1] == '\n';

        n = utf8_decode(text + i, source->length - i, &point);
        const char *problem = character_problem(n, point, newline);
        if (problem != NULL) {
            place.column = (unsigned)(i - line_start) + 1;
            diagnostic_hint(diagnostics_error(d, &place, "%s", problem),
                            "write the file as plain text in UTF-8");
            return false;
        }
        if (point == '\n') {
            place.line++;
            line_start = i + 1;
        }
    }
    return true;
}

/* ---- building the tree ---- */

struct builder {
    const struct source *source;
    struct diagnostics *d;
    struct tree *tree;
    struct cursor cursor;
    yaml_parser_t parser;
    struct tree_node *open[TREE_DEPTH_MAX];
    size_t depth;
    bool stop;
};

static void
out_of_memory(struct builder *b)
{
    diagnostics_error(b->d, NULL, "out of memory");
    b->stop = true;
}

/* Append to a collection; false when memory is out. */
static bool
append(struct tree_node *to, struct tree_node *item)
{
    if (to->count == to->capacity) {
        size_t capacity = to->capacity * 2 + 4;
        struct tree_node **larger = realloc(to->items, capacity * sizeof *larger);

        if (larger == NULL)
            return false;
        to->items = larger;
        to->capacity = capacity;
    }
    to->items[to->count++] = item;
    return true;
}

/* Hang a new node where the tree grows: at the root or in the innermost open collection. */
static bool
attach(struct builder *b, struct tree_node *node)
{
    if (b->depth > 0)
        return append(b->open[b->depth - 1], node);
    b->tree->root = node;
    return true;
}

static struct tree_node *
new_node(struct builder *b, enum tree_kind kind, const yaml_event_t *event)
{
    struct tree_node *node = calloc(1, sizeof *node);

    if (node == NULL) {
        out_of_memory(b);
        return NULL;
    }
    node->kind = kind;
    node->next = b->tree->nodes;
    b->tree->nodes = node;
    b->tree->count++;
    node->place = place_of(&b->cursor, b->source, event->start_mark.index, event->end_mark.index);
    if (!attach(b, node))
        out_of_memory(b);
    if (b->tree->count > TREE_NODES_MAX && !b->stop) {
        diagnostics_error(b->d, &node->place, "the file holds more than %d values", TREE_NODES_MAX);
        b->stop = true;
    }
    return node;
}

/* Would the next node be a key? */
static bool
at_key(const struct builder *b)
{
    const struct tree_node *in = b->depth > 0 ? b->open[b->depth - 1] : NULL;

    return in != NULL && in->kind == TREE_mapping && in->count % 2 == 0;
}

static void
refuse_properties(struct builder *b, const struct tree_node *node, const yaml_char_t *anchor,
                  const yaml_char_t *tag)
{
    if (anchor != NULL)
        diagnostic_hint(diagnostics_error(b->d, &node->place, "anchors (&%.40s) are not taken here",
                                          (const char *)anchor),
                        "write the value out wherever it is needed");
    if (tag != NULL)
        diagnostic_hint(diagnostics_error(b->d, &node->place, "tags (%.40s) are not taken here",
                                          (const char *)tag),
                        "leave the tag out: what a value is follows from its key");
}

static void
take_scalar(struct builder *b, const yaml_event_t *event)
{
    struct tree_node *node = new_node(b, TREE_scalar, event);

    if (node == NULL)
        return;
    node->length = event->data.scalar.length;
    node->text = malloc(node->length + 1);
    if (node->text == NULL) {
        node->kind = TREE_refused;
        out_of_memory(b);
        return;
    }
    memcpy(node->text, event->data.scalar.value, node->length);
    node->text[node->length] = '\0';
    refuse_properties(b, node, event->data.scalar.anchor, event->data.scalar.tag);
}

static void
take_alias(struct builder *b, const yaml_event_t *event)
{
    struct tree_node *node = new_node(b, TREE_refused, event);

    if (node != NULL)
        diagnostic_hint(diagnostics_error(b->d, &node->place, "aliases (*%.40s) are not taken here",
                                          (const char *)event->data.alias.anchor),
                        "write the value out wherever it is needed");
}

static void
open_collection(struct builder *b, enum tree_kind kind, const yaml_event_t *event,
                const yaml_char_t *anchor, const yaml_char_t *tag)
{
    bool is_key = at_key(b);
    struct tree_node *node = new_node(b, kind, event);

    if (node == NULL)
        return;
    refuse_properties(b, node, anchor, tag);
    if (is_key) {
        diagnostic_hint(diagnostics_error(b->d, &node->place, "a key is a single word, not %s",
                                          tree_kind_name(kind)),
                        "write `key: value'");
        node->kind = TREE_refused;
    }
    if (b->depth == TREE_DEPTH_MAX) {
        diagnostics_error(b->d, &node->place, "nested more than %d levels deep", TREE_DEPTH_MAX);
        node->incomplete = true;
        b->stop = true;
        return;
    }
    b->open[b->depth++] = node;
}

static void
start_document(struct builder *b, const yaml_event_t *event)
{
    if (b->tree->root == NULL)
        return;
    struct diagnostic_place place =
        place_of(&b->cursor, b->source, event->start_mark.index, event->end_mark.index);
    diagnostic_hint(diagnostics_error(b->d, &place, "a second document in the file"),
                    "a file holds one: remove the `---', or make two files");
    b->stop = true;
}

static void
take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: start_document(b, event); break;
    case YAML_SCALAR_EVENT: take_scalar(b, event); break;
    case YAML_ALIAS_EVENT: take_alias(b, event); break;
    case YAML_SEQUENCE_START_EVENT:
        open_collection(b, TREE_sequence, event, event->data.sequence_start.anchor,
                        event->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        open_collection(b, TREE_mapping, event, event->data.mapping_start.anchor,
                        event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: b->depth--; break;
    case YAML_STREAM_END_EVENT: b->stop = true; break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT: break;
    }
}

/* ---- mistakes in the syntax ---- */

/* What to do about libyaml's complaints: the beginning of one, and the remedy. */
static const struct {
    const char *problem, *remedy;
} remedies[] = {
    {"mapping values are not allowed",
     "indent it under its key, or quote a value that holds a colon: \"a: b\""},
    {"did not find expected key",
     "the keys of one mapping start in one column; a nested one is indented further"},
    {"did not find expected '-'", "the items of one list start with `- ' in one column"},
    {"block sequence entries are not allowed",
     "begin the list on a line of its own, each item after `- '"},
    {"could not find expected ':'", "after a key comes a colon and a space: `key: value'"},
    {"did not find expected ',' or '}'",
     "separate the pairs by commas and close the brace: { key: value, key: value }"},
    {"did not find expected ',' or ']'",
     "separate the items by commas and close the bracket: [ a, b ]"},
    {"did not find expected node content",
     "a value is missing here, or a bracket or brace is not closed"},
    {"found unexpected end of stream", "close the quote"},
    {"found unexpected document indicator", "close the quote before the `---' or `...'"},
    {"found incompatible YAML document", "remove the %YAML line"},
    {"found unknown escape character", "in single quotes a backslash is itself: 'C:\\file'"},
    {"did not find expected <document start>",
     "the file goes on after its one value: check the indentation of this line"},
};

static const char *
remedy_for(const struct builder *b, const char *problem, const struct diagnostic_place *place)
{
    size_t length;
    const char *line = source_line(b->source, place->line, &length);

    if (strcmp(problem, "found character that cannot start any token") == 0) {
        if (line != NULL && place->column <= length && line[place->column - 1] == '\t')
            return "indent with spaces: YAML takes no tabs there";
        return "quote a value that starts with this character";
    }
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++)
        if (strncmp(problem, remedies[i].problem, strlen(remedies[i].problem)) == 0)
            return remedies[i].remedy;
    return "what YAML is: https://yaml.org/spec/1.1/";
}

/* The end of the text is shown behind the last thing that stands in it. */
static struct diagnostic_place
place_of_mark(const struct builder *b, const yaml_mark_t *mark)
{
    struct source seen = *b->source;
    struct cursor c = cursor_start(&seen);

    cursor_move(&c, &seen, mark->index);
    if (c.offset == seen.length) {
        while (seen.length > byte_order_mark(&seen) &&
               strchr(" \t\r\n", seen.text[seen.length - 1]) != NULL)
            seen.length--;
        c = cursor_start(&seen);
    }
    struct diagnostic_place place = place_of(&c, &seen, mark->index, mark->index);
    place.source = b->source;
    return place;
}

/* The last scalar was perhaps cut wrong, so that nothing can be said of it. */
static void
distrust_last(const struct builder *b)
{
    struct tree_node *last = b->tree->nodes;

    if (last != NULL && last->kind == TREE_scalar)
        last->kind = TREE_refused;
}

static void
report_syntax(struct builder *b)
{
    const yaml_parser_t *p = &b->parser;

    if (p->error == YAML_MEMORY_ERROR) {
        out_of_memory(b);
        return;
    }
    const char *problem = p->problem == NULL ? "unreadable" : p->problem;
    struct diagnostic_place place = place_of_mark(b, &p->problem_mark);
    diagnostic_hint(diagnostics_error(b->d, &place, "not YAML: %s", problem), "%s",
                    remedy_for(b, problem, &place));
    if (p->context != NULL && p->context_mark.line != p->problem_mark.line) {
        struct diagnostic_place context = place_of_mark(b, &p->context_mark);
        diagnostics_note(b->d, &context, "%s that starts here", p->context);
    }
}

static void
parse_events(struct builder *b)
{
    while (!b->stop) {
        yaml_event_t event;

        if (!yaml_parser_parse(&b->parser, &event)) {
            report_syntax(b);
            distrust_last(b);
            break;
        }
        take_event(b, &event);
        yaml_event_delete(&event);
    }
    while (b->depth > 0)
        b->open[--b->depth]->incomplete = true;
}

void
tree_parse(const struct source *source, struct diagnostics *d, struct tree *tree)
{
    struct builder b = {.source = source, .d = d, .tree = tree, .cursor = cursor_start(source)};
    size_t errors = d->errors, skip = byte_order_mark(source);

    *tree = (struct tree){NULL, NULL, 0};
    if (source->length > TREE_FILE_MAX) {
        struct diagnostic_place whole = {.source = source};
        diagnostics_error(d, &whole, "the file is too large: %zu bytes, where %d are taken",
                          source->length, TREE_FILE_MAX);
        return;
    }
    if (!check_characters(source, d))
        return;
    if (!yaml_parser_initialize(&b.parser)) {
        out_of_memory(&b);
        return;
    }
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)source->text + skip,
                                 source->length - skip);
    parse_events(&b);
    yaml_parser_delete(&b.parser);
    if (tree->root == NULL && d->errors == errors) {
        struct diagnostic_place whole = {.source = source};
        diagnostics_error(d, &whole, "the file is empty");
    }
}

void
tree_free(struct tree *tree)
{
    while (tree->nodes != NULL) {
        struct tree_node *node = tree->nodes;

        tree->nodes = node->next;
        free(node->text);
        free(node->items);
        free(node);
    }
    *tree = (struct tree){NULL, NULL, 0};
}

/* ---- small questions ---- */

bool
tree_is(const struct tree_node *node, const char *text)
{
    return node->kind == TREE_scalar && node->length == strlen(text) &&
           memcmp(node->text, text, node->length) == 0;
}

int
tree_shown(const struct tree_node *node)
{
    return node->length > 60 ? 60 : (int)node->length;
}

const char *
tree_kind_name(enum tree_kind kind)
{
    switch (kind) {
    case TREE_scalar: return "a single value";
    case TREE_sequence: return "a list";
    case TREE_mapping: return "a mapping (key: value)";
    case TREE_refused: break;
    }
    return "an alias";
}

/* ---- order ---- */

static bool
stands_before(const struct diagnostic *a, const struct diagnostic *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* How many diagnostics from the i-th on belong together: one and the notes on it. */
static size_t
group(const struct diagnostics *d, size_t i)
{
    size_t n = 1;

    while (i + n < d->count && d->list[i + n].kind == DIAGNOSTIC_note)
        n++;
    return n;
}

/* Move the n diagnostics at `from` down to `to`, those between moving up. */
static void
move_group(struct diagnostics *d, size_t from, size_t n, size_t to)
{
    for (; n > 0; n--, from++, to++) {
        struct diagnostic one = d->list[from];

        memmove(&d->list[to + 1], &d->list[to], (from - to) * sizeof one);
        d->list[to] = one;
    }
}

void
tree_sort(struct diagnostics *d, size_t first)
{
    for (size_t i = first, n; i < d->count; i += n) {
        size_t to = first;

        n = group(d, i);
        while (to < i && !stands_before(&d->list[i], &d->list[to]))
            to += group(d, to);
        move_group(d, i, n, to);
    }
}
