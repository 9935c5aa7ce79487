/* SPDX-License-Identifier: MIT */
/* The commands that show memory, programs and values: x, disas, list, print, backtrace. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/repl/command.h"
#include "cli/repl/frames.h"
#include "cli/repl/output.h"
#include "cli/status.h"
#include "isa/csr.h"

/* ---- formats ---- */

struct format {
    uint64_t count;
    char letter; /* x d u o t c s i */
    unsigned bytes;
};

/* "8xw": a count, a letter and a size, in any order but the count first. */
static bool
parse_format(struct repl *r, const char *text, struct format *f)
{
    const char *p = text;

    if (isdigit((unsigned char)*p)) {
        f->count = strtoull(p, NULL, 10);
        p += strspn(p, "0123456789");
    }
    for (; *p != '\0'; p++) {
        if (strchr("xduotcsi", *p) != NULL)
            f->letter = *p;
        else if (*p == 'b' || *p == 'h' || *p == 'w')
            f->bytes = *p == 'b' ? 1 : *p == 'h' ? 2 : 4;
        else
            return repl_fail(r,
                             "`/%.20s': a format is a count, a letter of xduotcsi, a size of b "
                             "(1 byte), h (2) or w (4)",
                             text);
    }
    if (f->count == 0 || f->count > 4096)
        return repl_fail(r, "the count is 1 to 4096");
    if (f->letter == 'c')
        f->bytes = 1;
    if (f->letter == 'i')
        f->bytes = 4;
    return true;
}

/* Binary digits, in fours. */
static void
binary(uint64_t value, unsigned bits, char *text)
{
    size_t n = 0;

    for (unsigned i = bits; i-- > 0;) {
        text[n++] = (value >> i & 1) != 0 ? '1' : '0';
        if (i % 4 == 0 && i > 0)
            text[n++] = '_';
    }
    text[n] = '\0';
}

static const char *
format_value(uint32_t value, const struct format *f, char *text, size_t size)
{
    unsigned bits = f->bytes * 8;
    int32_t extended = (int32_t)(bits == 32 ? value : value << (32 - bits)) >> (32 - bits);

    switch (f->letter) {
    case 'd': (void)snprintf(text, size, "%*d", f->bytes == 1 ? 4 : 11, extended); break;
    case 'u': (void)snprintf(text, size, "%*u", f->bytes == 1 ? 3 : 10, value); break;
    case 'o': (void)snprintf(text, size, "0%0*o", (int)(bits + 2) / 3, value); break;
    case 't': binary(value, bits, text); break;
    case 'c':
        if (isprint((int)value))
            (void)snprintf(text, size, " '%c'", (char)value);
        else
            (void)snprintf(text, size, "\\x%02x", value);
        break;
    default: (void)snprintf(text, size, "0x%0*x", (int)f->bytes * 2, value); break;
    }
    return text;
}

/* ---- x ---- */

/* "L0:0x80000124 <trap>", without the level where it is the one viewed, in its mode. */
static void
address_text(const struct repl *r, const struct repl_value *v, char *text)
{
    char symbol[REPL_SYMBOL_MAX], title[16] = "";
    unsigned row = v->space == REPL_HERE ? r->view : (unsigned)v->space;
    uint32_t linked = (uint32_t)v->bits;
    struct isa_hart h;

    repl_level_hart(&r->levels, row, &h);
    if (v->space == REPL_HERE)
        linked = repl_level_linked(&r->levels, row, &h, linked);
    else if (row != r->view)
        (void)snprintf(title, sizeof title, "L%u:", r->levels.row[row].depth);
    (void)repl_level_symbol(&r->levels, row, linked, symbol);
    (void)snprintf(text, REPL_SPACED_MAX, "%s%08x%s%s%s", title, (uint32_t)v->bits,
                   symbol[0] != '\0' ? " <" : "", symbol, symbol[0] != '\0' ? ">" : "");
}

static bool
load_at(struct repl *r, const struct repl_value *v, uint32_t bytes, uint32_t *value)
{
    char problem[REPL_PROBLEM_MAX];
    unsigned row;
    uint32_t pa;

    if (!repl_names_locate(&r->levels, r->view, v, bytes, &row, &pa, problem))
        return repl_fail(r, "%s", problem);
    return repl_level_load(&r->levels, row, pa, bytes, value);
}

static bool
examine_units(struct repl *r, struct repl_value *v, const struct format *f)
{
    unsigned columns = f->bytes == 1 ? 8 : 4;
    char at[REPL_SPACED_MAX], text[64];

    if (f->letter == 't')
        columns = f->bytes == 4 ? 1 : 2;
    for (uint64_t i = 0; i < f->count; i++, v->bits += f->bytes) {
        uint32_t value;

        if (!load_at(r, v, f->bytes, &value)) {
            if (!r->json && i % columns != 0)
                (void)fputc('\n', r->out);
            return false;
        }
        if (r->json) {
            json_unsigned(&r->object, NULL, value);
            continue;
        }
        if (i % columns == 0) {
            address_text(r, v, at);
            (void)fprintf(r->out, "%-20.40s", strcat(at, ":"));
        }
        (void)fprintf(r->out, "  %s%s", format_value(value, f, text, sizeof text),
                      (i + 1) % columns == 0 || i + 1 == f->count ? "\n" : "");
    }
    return true;
}

static bool
examine_instructions(struct repl *r, struct repl_value *v, const struct format *f)
{
    for (uint64_t i = 0; i < f->count; i++, v->bits += 4) {
        char at[REPL_SPACED_MAX], insn[REPL_INSTRUCTION_MAX], line[320];
        uint32_t word, pc = (uint32_t)v->bits, linked = pc;
        unsigned row = v->space == REPL_HERE ? r->view : (unsigned)v->space;
        struct isa_hart h;

        if (!load_at(r, v, 4, &word))
            return false;
        repl_level_hart(&r->levels, row, &h);
        if (v->space == REPL_HERE)
            linked = repl_level_linked(&r->levels, row, &h, pc);
        (void)repl_instruction(r, row, word, pc, linked, insn);
        address_text(r, v, at);
        if (r->json) {
            json_object(&r->object, NULL);
            json_unsigned(&r->object, "address", pc);
            json_unsigned(&r->object, "word", word);
            json_string(&r->object, "instruction", insn);
            json_close(&r->object);
            continue;
        }
        (void)snprintf(line, sizeof line, "%s %-36.36s %08x  %s",
                       row == r->view && pc == h.pc && v->space == REPL_HERE ? "=>" : "  ", at,
                       word, insn);
        line[REPL_WIDTH] = '\0';
        repl_say(r, "%s", line);
    }
    return true;
}

static bool
examine_strings(struct repl *r, struct repl_value *v, const struct format *f)
{
    for (uint64_t i = 0; i < f->count; i++) {
        struct repl_value start = *v;
        char at[REPL_SPACED_MAX], text[512];
        size_t n = 0;
        uint32_t byte = 1;

        for (; n < sizeof text - 5 && byte != 0; v->bits++) {
            if (!load_at(r, v, 1, &byte))
                return false;
            if (byte == '\n')
                n += (size_t)snprintf(text + n, sizeof text - n, r->json ? "\n" : "\\n");
            else if (byte != 0)
                n += (size_t)snprintf(text + n, sizeof text - n,
                                      isprint((int)byte) ? "%c" : "\\x%02x", byte);
        }
        text[n] = '\0';
        address_text(r, &start, at);
        if (r->json)
            json_string(&r->object, NULL, text);
        else
            repl_say(r, "%s: \"%s\"%s", at, text, byte != 0 ? "..." : "");
    }
    return true;
}

static bool
examine(struct repl *r, struct repl_value *v, const struct format *f)
{
    bool ok;

    if (r->json) {
        json_unsigned(&r->object, "address", v->bits);
        json_array(&r->object, "values");
    }
    if (f->letter == 'i')
        ok = examine_instructions(r, v, f);
    else if (f->letter == 's')
        ok = examine_strings(r, v, f);
    else
        ok = examine_units(r, v, f);
    if (r->json)
        json_close(&r->object);
    return ok;
}

bool
repl_do_examine(struct repl *r, const struct repl_arguments *a)
{
    struct format f = {1, 'x', 4};
    struct repl_value v;
    bool ok;

    if (a->format[0] != '\0' && !parse_format(r, a->format, &f))
        return false;
    if (a->text[0] != '\0') {
        if (!repl_value_of(r, a->text, &v))
            return false;
    } else if (r->examined) {
        v = r->examine_next;
    } else {
        return repl_fail(r, "an address is missing, as in `x/4xw sp'");
    }
    ok = examine(r, &v, &f);
    r->examined = ok;
    r->examine_next = v;
    return ok;
}

/* ---- disas ---- */

bool
repl_do_disas(struct repl *r, const struct repl_arguments *a)
{
    struct format f = {16, 'i', 4};
    struct repl_value v;
    struct isa_hart h;
    char text[REPL_LINE_MAX], *last;
    bool ok;

    repl_level_hart(&r->levels, r->view, &h);
    (void)snprintf(text, sizeof text, "%s", a->text);
    last = strrchr(text, ' ');
    if (last != NULL && repl_count(last + 1, &f.count) && strpbrk(last, "+-*/(") == NULL)
        *last = '\0';
    else
        f.count = 16;
    if (f.count == 0 || f.count > 4096)
        return repl_fail(r, "the count is 1 to 4096");
    if (text[0] == '\0' && r->disassembled) {
        v = r->disassemble_next;
    } else if (text[0] == '\0') {
        v = repl_value_word(h.pc);
        for (unsigned i = 0; i < 6; i++) { /* a few before it, if they can be read */
            struct repl_value before = repl_value_word((uint32_t)v.bits - 4);
            uint32_t word;

            if (load_at(r, &before, 4, &word))
                v = before;
        }
    } else if (!repl_value_of(r, text, &v)) {
        return false;
    }
    v.bits &= ~(uint64_t)3;
    ok = examine(r, &v, &f);
    r->disassembled = ok;
    r->disassemble_next = v;
    return ok;
}

/* ---- list ---- */

enum { LIST_LINES = 10 };

/* Lines from..to of a file, the one that is executed next marked. */
static bool
print_lines(struct repl *r, const char *file, unsigned from, unsigned to, unsigned here)
{
    struct source source;
    const char *problem;

    if (!source_read(file, ASSEMBLER_FILE_MAX, &source, &problem))
        return repl_fail(r, "%s: %s", file, problem);
    if (r->json) {
        json_string(&r->object, "file", file);
        json_array(&r->object, "lines");
    }
    for (unsigned n = from; n <= to; n++) {
        size_t length;
        const char *line = source_line(&source, n, &length);

        if (line == NULL)
            break;
        if (r->json) {
            json_object(&r->object, NULL);
            json_unsigned(&r->object, "line", n);
            json_bytes(&r->object, "text", line, length);
            json_close(&r->object);
        } else {
            repl_say(r, "%s%s %4u%s%.*s%s", n == here ? repl_colour(r, REPL_COLOUR_here) : "",
                     n == here ? "=>" : "  ", n, length > 0 ? "  " : "", (int)length, line,
                     n == here ? repl_colour(r, REPL_COLOUR_plain) : "");
        }
    }
    if (r->json)
        json_close(&r->object);
    source_free(&source);
    return true;
}

static bool
no_source(struct repl *r)
{
    const struct target_program *p = r->levels.row[r->view].program;

    if (p == NULL)
        return repl_fail(r, "the monitor's source is not shown: `as L1' looks at the guest");
    if (!p->assembled)
        return repl_fail(r,
                         "%s was not assembled here, so its lines are not known; `disas' shows "
                         "the instructions",
                         p->name);
    return repl_fail(r, "no line of the source is known for this place");
}

bool
repl_do_list(struct repl *r, const struct repl_arguments *a)
{
    struct repl_location where = {.level = r->view};
    struct isa_hart h;
    const char *file, *here_file = "";
    unsigned line, here = 0;

    repl_level_hart(&r->levels, r->view, &h);
    where.address = repl_level_linked(&r->levels, r->view, &h, h.pc);
    if (repl_level_line(&r->levels, r->view, where.address, &here_file, &line))
        here = line;
    if (a->text[0] != '\0' && !repl_locate(r, a->text, &where))
        return false;
    if (a->text[0] == '\0' && r->listed) {
        file = r->list_file;
        line = r->list_next + LIST_LINES / 2;
    } else if (!repl_level_line(&r->levels, where.level, where.address, &file, &line)) {
        return no_source(r);
    }
    line = line > LIST_LINES / 2 ? line - LIST_LINES / 2 : 1;
    r->listed = true;
    r->list_file = file;
    r->list_next = line + LIST_LINES;
    return print_lines(r, file, line, line + LIST_LINES - 1,
                       strcmp(file, here_file) == 0 ? here : 0);
}

/* ---- print ---- */

static void
print_value(const struct repl *r, const struct repl_value *v, const char *fields)
{
    char bits[100], symbol[REPL_SYMBOL_MAX] = "", line[400];
    int64_t number = repl_value_number(v);
    unsigned width = v->wide ? 64 : 32;
    int n;

    while (width > 4 && v->bits >> (width - 4) == 0)
        width -= 4;
    binary(v->bits, width, bits);
    if (!v->wide && v->bits >= ISA_RAM_START)
        (void)repl_level_symbol(&r->levels, v->space == REPL_HERE ? r->view : (unsigned)v->space,
                                (uint32_t)v->bits, symbol);
    n = snprintf(line, sizeof line, "%lld = 0x%llx", (long long)number,
                 (unsigned long long)v->bits);
    if (width <= 32)
        n += snprintf(line + n, sizeof line - (size_t)n, " = 0b%s", bits);
    if (symbol[0] != '\0')
        n += snprintf(line + n, sizeof line - (size_t)n, " <%s>", symbol);
    if (fields[0] != '\0')
        (void)snprintf(line + n, sizeof line - (size_t)n, "  %s", fields);
    repl_say(r, "%s", line);
}

bool
repl_do_print(struct repl *r, const struct repl_arguments *a)
{
    struct format f = {1, '\0', 4};
    struct repl_value v;
    char fields[REPL_SPACED_MAX] = "", text[64];
    const char *name = a->text + (a->text[0] == '$');
    int csr = isa_csr_number(name, (unsigned)strlen(name));

    if (a->format[0] != '\0' && !parse_format(r, a->format, &f))
        return false;
    if (!repl_value_of(r, a->text, &v))
        return false;
    if (f.letter == 's' || f.letter == 'i')
        return examine(r, &v, &f);
    if (csr >= 0)
        (void)repl_names_fields((uint32_t)csr, (uint32_t)v.bits, fields);
    if (r->json) {
        json_string(&r->object, "expression", a->text);
        if (v.is_signed)
            json_signed(&r->object, "value", repl_value_number(&v));
        else
            json_unsigned(&r->object, "value", v.bits);
        if (fields[0] != '\0')
            json_string(&r->object, "fields", fields);
    } else if (f.letter != '\0' && !v.wide) {
        repl_say(r, "%s", format_value((uint32_t)v.bits, &f, text, sizeof text));
    } else {
        print_value(r, &v, fields);
    }
    return true;
}

/* ---- backtrace ---- */

bool
repl_do_backtrace(struct repl *r, const struct repl_arguments *a)
{
    struct repl_frames f;
    struct isa_hart h;

    (void)a;
    repl_frames(&r->levels, r->view, &f);
    repl_level_hart(&r->levels, r->view, &h);
    if (r->json)
        json_array(&r->object, "frames");
    for (unsigned i = 0; i < f.count; i++) {
        char symbol[REPL_SYMBOL_MAX];
        const char *file;
        unsigned line;
        uint32_t linked = repl_level_linked(&r->levels, r->view, &h, f.list[i].pc);
        bool known = repl_level_line(&r->levels, r->view, linked, &file, &line);

        (void)repl_level_symbol(&r->levels, r->view, linked, symbol);
        if (r->json) {
            json_object(&r->object, NULL);
            json_unsigned(&r->object, "pc", f.list[i].pc);
            json_string(&r->object, "symbol", symbol);
            json_close(&r->object);
        } else if (known) {
            repl_say(r, "#%-2u %08x %s at %s:%u", i, f.list[i].pc, symbol, file, line);
        } else {
            repl_say(r, "#%-2u %08x %s", i, f.list[i].pc, symbol);
        }
    }
    if (r->json) {
        json_close(&r->object);
        json_string(&r->object, "end", f.end);
    } else {
        repl_say(r, "(no further: %s)", f.end);
    }
    return true;
}
