/* SPDX-License-Identifier: MIT */
#include "cli/repl/output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"
#include "cli/utf8.h"
#include "isa/disassemble.h"

const char *
repl_colour(const struct repl *r, enum repl_colour colour)
{
#define SEQUENCE(id, sequence) sequence,
    static const char *const sequences[] = {REPL_COLOURS(SEQUENCE)};
#undef SEQUENCE

    return r->colour && !r->json ? sequences[colour] : "";
}

void
repl_say(const struct repl *r, const char *format, ...)
{
    va_list args;

    if (r->json || r->travelling)
        return;
    va_start(args, format);
    (void)vfprintf(r->out, format, args);
    va_end(args);
    (void)putc('\n', r->out);
}

void
repl_paragraph(const struct repl *r, const char *text)
{
    if (!r->json)
        table_paragraph(text, r->out, "");
}

/* The writer puts a value on each line; strings have no newlines of their own. */
void
repl_print_json(FILE *to, const char *text)
{
    char last = '\0';

    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '\n') {
            (void)putc(*p, to);
            last = *p;
            continue;
        }
        p += strspn(p + 1, " ");
        if (last == ',')
            (void)putc(' ', to);
    }
    (void)putc('\n', to);
}

/* ---- what the guests print ---- */

static void
append(struct repl_log *log, const char *bytes, size_t length)
{
    if (log->length + length > log->capacity) {
        size_t capacity = (log->length + length) * 2;
        char *grown = realloc(log->bytes, capacity);

        if (grown == NULL)
            return;
        log->bytes = grown;
        log->capacity = capacity;
    }
    memcpy(log->bytes + log->length, bytes, length);
    log->length += length;
}

/* A guest's text, so that it cannot steer the user's terminal: ^X for a control character. */
static void
put_harmless(FILE *to, const char *bytes, size_t length)
{
    const unsigned char *p = (const unsigned char *)bytes;

    while (length > 0) {
        uint32_t point;
        size_t n = utf8_decode(p, length, &point);

        if (n == 0 || (point >= 0x7f && point < 0xa0))
            (void)putc('?', to);
        else if (point < 0x20 && point != '\t')
            (void)fprintf(to, "^%c", (int)point + '@');
        else
            (void)fwrite(p, 1, n, to);
        n = n == 0 ? 1 : n;
        p += n;
        length -= n;
    }
}

static void
show_line(struct repl *r, unsigned row, size_t length)
{
    struct repl_log *log = &r->logs[row];
    const char *line = log->bytes + log->shown;

    log->shown += length;
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    (void)fprintf(r->out, "%s%s|%s ", repl_colour(r, REPL_COLOUR_guest), r->levels.row[row].name,
                  repl_colour(r, REPL_COLOUR_plain));
    put_harmless(r->out, line, length);
    (void)putc('\n', r->out);
}

static void
show_lines(struct repl *r, unsigned row)
{
    struct repl_log *log = &r->logs[row];
    const char *end;

    while (log->shown < log->length &&
           (end = memchr(log->bytes + log->shown, '\n', log->length - log->shown)) != NULL)
        show_line(r, row, (size_t)(end - log->bytes) + 1 - log->shown);
}

void
repl_collect(struct repl *r, unsigned row)
{
    struct console_text *output = &r->system->output;

    if (output->length == 0)
        return;
    append(&r->logs[row], output->bytes, output->length);
    output->length = 0;
    if (r->travelling)
        r->logs[row].shown = r->logs[row].length;
    else if (!r->json && r->system->console.out == NULL)
        show_lines(r, row);
    else if (!r->json)
        r->logs[row].shown = r->logs[row].length;
}

size_t
repl_log_find(const struct repl_log *log, size_t from, const char *text, size_t length)
{
    for (size_t i = from; i + length <= log->length; i++)
        if (memcmp(log->bytes + i, text, length) == 0)
            return i;
    return REPL_NOT_FOUND;
}

void
repl_flush_console(struct repl *r)
{
    for (unsigned i = 0; i < r->levels.count; i++)
        if (!r->json && r->logs[i].shown < r->logs[i].length)
            show_line(r, i, r->logs[i].length - r->logs[i].shown);
}

void
repl_console_json(struct repl *r)
{
    bool any = false;

    for (unsigned i = 0; i < r->levels.count; i++)
        any = any || r->logs[i].shown < r->logs[i].length;
    if (!any)
        return;
    json_array(&r->object, "console");
    for (unsigned i = 0; i < r->levels.count; i++) {
        struct repl_log *log = &r->logs[i];

        if (log->shown == log->length)
            continue;
        json_object(&r->object, NULL);
        json_string(&r->object, "level", r->levels.row[i].name);
        json_bytes(&r->object, "text", log->bytes + log->shown, log->length - log->shown);
        json_close(&r->object);
        log->shown = log->length;
    }
    json_close(&r->object);
}

/* ---- instructions ---- */

const char *
repl_instruction(const struct repl *r, unsigned row, uint32_t word, uint32_t pc, uint32_t linked,
                 char *text)
{
    char plain[ISA_TEXT_MAX], symbol[REPL_SYMBOL_MAX] = "";
    uint32_t target;
    char *tab;

    if (isa_disassemble(word, pc, plain, &target))
        (void)repl_level_symbol(&r->levels, row, linked + (target - pc), symbol);
    tab = strchr(plain, '\t');
    if (tab == NULL) {
        (void)snprintf(text, REPL_INSTRUCTION_MAX, "%s", plain);
        return text;
    }
    *tab = '\0';
    (void)snprintf(text, REPL_INSTRUCTION_MAX, "%-7s %s%s%s%s", plain, tab + 1,
                   symbol[0] != '\0' ? " <" : "", symbol, symbol[0] != '\0' ? ">" : "");
    return text;
}

const char *
repl_instruction_inline(uint32_t word, uint32_t pc, char *text)
{
    char *tab;
    uint32_t target;

    (void)isa_disassemble(word, pc, text, &target);
    tab = strchr(text, '\t');
    if (tab != NULL)
        *tab = ' ';
    return text;
}
