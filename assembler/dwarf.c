/* SPDX-License-Identifier: MIT */
/*
 * Debugging information: which line of which file each instruction comes from,
 * so that gdb steps by lines and objdump shows them.  One compilation unit, of
 * the sections that hold code:
 *
 *   .debug_abbrev   how the unit's entry is written
 *   .debug_info     its name, its range of addresses, where its lines are
 *   .debug_ranges   its ranges, where there are several
 *   .debug_line     the lines: a program for a small machine that writes the
 *                   table, a sequence for each section
 *
 * Files are named as the assembler was told them, and the folder they are
 * relative to is `.': wherever the debugger is started.  So the same source
 * gives the same bytes in whatever folder it lies.  Inside a macro the line is
 * that of the call, as in the listing.
 *
 * Source: DWARF Debugging Information Format, version 4, sections 6.2, 7.5.
 */
#include "assembler/dwarf.h"

#include <stdlib.h>
#include <string.h>

enum {
    VERSION = 4,
    ADDRESS_SIZE = 4,

    TAG_compile_unit = 0x11,
    CHILDREN_no = 0,
    AT_name = 0x03,
    AT_stmt_list = 0x10,
    AT_low_pc = 0x11,
    AT_high_pc = 0x12,
    AT_language = 0x13,
    AT_comp_dir = 0x1b,
    AT_producer = 0x25,
    AT_ranges = 0x55,
    FORM_addr = 0x01,
    FORM_data2 = 0x05,
    FORM_data4 = 0x06,
    FORM_string = 0x08,
    FORM_sec_offset = 0x17,
    LANG_Mips_Assembler = 0x8001, /* an assembler, whatever its machine */

    LNS_copy = 1,
    LNS_advance_pc = 2,
    LNS_advance_line = 3,
    LNS_set_file = 4,
    LNE_end_sequence = 1,
    LNE_set_address = 2,
    OPCODE_BASE = 13, /* the first special opcode */
    LINE_BASE = -5,   /* a special opcode moves the line by -5 .. 8 */
    LINE_RANGE = 14,
};

/* ---- bytes ---- */

static void
put8(struct dwarf_section *to, uint32_t value)
{
    if (to->size == to->capacity) {
        size_t capacity = to->capacity * 2 + 256;
        unsigned char *grown = realloc(to->bytes, capacity);

        if (grown == NULL) {
            to->failed = true;
            return;
        }
        to->bytes = grown;
        to->capacity = capacity;
    }
    to->bytes[to->size++] = (unsigned char)value;
}

static void
put16(struct dwarf_section *to, uint32_t value)
{
    put8(to, value);
    put8(to, value >> 8);
}

static void
put32(struct dwarf_section *to, uint32_t value)
{
    put16(to, value);
    put16(to, value >> 16);
}

static void
put_string(struct dwarf_section *to, const char *text)
{
    do
        put8(to, (unsigned char)*text);
    while (*text++ != '\0');
}

/* Unsigned, seven bits a byte, the lowest first (7.6). */
static void
put_uleb(struct dwarf_section *to, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        put8(to, value | 0x80);
    put8(to, value);
}

/* Signed, likewise. */
static void
put_sleb(struct dwarf_section *to, int64_t value)
{
    while (value < -0x40 || value >= 0x40) {
        put8(to, (uint32_t)(value & 0x7f) | 0x80);
        value = (value - (value & 0x7f)) / 0x80;
    }
    put8(to, (uint32_t)(value & 0x7f));
}

/* Room for the length of what follows, which put_length fills in. */
static size_t
open_length(struct dwarf_section *to)
{
    put32(to, 0);
    return to->size;
}

static void
close_length(struct dwarf_section *to, size_t start)
{
    uint32_t length = (uint32_t)(to->size - start);

    for (unsigned i = 0; i < 4 && !to->failed; i++)
        to->bytes[start - 4 + i] = (unsigned char)(length >> 8 * i);
}

/* ---- the lines ---- */

static bool
is_code(const struct assembly_section *s)
{
    return (s->flags & ASSEMBLY_ALLOC) != 0 && (s->flags & ASSEMBLY_EXEC) != 0 &&
           (s->flags & ASSEMBLY_NOBITS) == 0 && s->size > 0;
}

/* 6.2.4 */
static void
put_line_header(struct dwarf_section *to, const struct assembly *a)
{
    static const unsigned char operands[OPCODE_BASE - 1] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    size_t start;

    put16(to, VERSION);
    start = open_length(to);
    put8(to, 1); /* minimum_instruction_length: there may be data between instructions */
    put8(to, 1); /* maximum_operations_per_instruction */
    put8(to, 1); /* default_is_stmt */
    put8(to, (uint32_t)LINE_BASE);
    put8(to, LINE_RANGE);
    put8(to, OPCODE_BASE);
    for (size_t i = 0; i < sizeof operands; i++)
        put8(to, operands[i]);
    put8(to, 0); /* no folders: the files' names have theirs */
    for (size_t i = 0; i < a->file_count; i++) {
        put_string(to, a->files[i]);
        put_uleb(to, 0); /* its folder: the unit's */
        put_uleb(to, 0); /* when it was written: not said */
        put_uleb(to, 0); /* its length: not said */
    }
    put8(to, 0);
    close_length(to, start);
}

static void
put_extended(struct dwarf_section *to, uint32_t opcode, uint32_t operand_bytes)
{
    put8(to, 0);
    put_uleb(to, operand_bytes + 1);
    put8(to, opcode);
}

/* The registers of the machine that executes the line program (6.2.2), but the address. */
struct registers {
    uint32_t address, file, line;
};

/* A row of the table for `line`, by a special opcode where one will do (6.2.5.1). */
static void
put_row(struct dwarf_section *to, struct registers *r, uint32_t address,
        const struct assembly_line *line)
{
    uint32_t ahead = address - r->address;
    int64_t lines = (int64_t)line->line - r->line;

    if (line->file + 1 != r->file) {
        put8(to, LNS_set_file);
        put_uleb(to, line->file + 1);
    }
    if (lines < LINE_BASE || lines >= LINE_BASE + LINE_RANGE) {
        put8(to, LNS_advance_line);
        put_sleb(to, lines);
        lines = 0;
    }
    uint32_t special = (uint32_t)(lines - LINE_BASE) + OPCODE_BASE;

    if (ahead > (255 - special) / LINE_RANGE) {
        put8(to, LNS_advance_pc);
        put_uleb(to, ahead);
        ahead = 0;
    }
    put8(to, special + LINE_RANGE * ahead);
    *r = (struct registers){address, line->file + 1, line->line};
}

/* The rows of one section: from the line that its first byte is of. */
static void
put_sequence(struct dwarf_section *to, const struct assembly *a, const struct assembly_section *s)
{
    struct registers r = {s->address, 1, 1};
    const struct assembly_line *line = a->lines, *end = a->lines + a->line_count;

    while (line + 1 < end && line[1].address <= s->address)
        line++;
    put_extended(to, LNE_set_address, ADDRESS_SIZE);
    put32(to, s->address);
    for (; line < end && (line->address <= s->address || line->address - s->address < s->size);
         line++)
        put_row(to, &r, line->address > s->address ? line->address : s->address, line);
    put8(to, LNS_advance_pc);
    put_uleb(to, s->address + s->size - r.address);
    put_extended(to, LNE_end_sequence, 0);
}

static void
put_lines(struct dwarf_section *to, const struct assembly *a)
{
    size_t start = open_length(to);

    put_line_header(to, a);
    for (size_t i = 0; i < a->section_count; i++)
        if (is_code(&a->sections[i]))
            put_sequence(to, a, &a->sections[i]);
    close_length(to, start);
}

/* ---- the unit ---- */

static void
put_attributes(struct dwarf_section *to, bool several)
{
    const unsigned char one[] = {
        AT_producer,
        FORM_string,
        AT_language,
        FORM_data2,
        AT_name,
        FORM_string,
        AT_comp_dir,
        FORM_string,
        AT_low_pc,
        FORM_addr,
        several ? AT_ranges : AT_high_pc,
        several ? FORM_sec_offset : FORM_data4,
        AT_stmt_list,
        FORM_sec_offset,
    };

    put_uleb(to, 1); /* abbreviation 1 */
    put_uleb(to, TAG_compile_unit);
    put8(to, CHILDREN_no);
    for (size_t i = 0; i < sizeof one; i++)
        put_uleb(to, one[i]);
    put_uleb(to, 0);
    put_uleb(to, 0); /* of the attributes */
    put_uleb(to, 0); /* of the abbreviations */
}

static void
put_unit(struct dwarf_section *to, const struct assembly *a, const struct assembly_section *only)
{
    size_t start = open_length(to);

    put16(to, VERSION);
    put32(to, 0); /* where its abbreviations begin */
    put8(to, ADDRESS_SIZE);
    put_uleb(to, 1); /* abbreviation 1 */
    put_string(to, "thirdgen as");
    put16(to, LANG_Mips_Assembler);
    put_string(to, a->files[0]);
    put_string(to, ".");
    put32(to,
          only != NULL ? only->address : 0);  /* low_pc; with ranges, what they are relative to */
    put32(to, only != NULL ? only->size : 0); /* high_pc, relative; or where the ranges begin */
    put32(to, 0);                             /* where its lines begin */
    close_length(to, start);
}

static void
put_ranges(struct dwarf_section *to, const struct assembly *a)
{
    for (size_t i = 0; i < a->section_count; i++)
        if (is_code(&a->sections[i])) {
            put32(to, a->sections[i].address);
            put32(to, a->sections[i].address + a->sections[i].size);
        }
    put32(to, 0);
    put32(to, 0);
}

/* ---- the whole ---- */

/* Does the source bring debugging information of its own? */
static bool
has_its_own(const struct assembly *a)
{
    for (size_t i = 0; i < a->section_count; i++)
        if (strncmp(a->sections[i].name, ".debug_", 7) == 0)
            return true;
    return false;
}

bool
dwarf_make(const struct assembly *a, struct dwarf *out)
{
    static const struct dwarf none = {{{.name = ".debug_abbrev"},
                                       {.name = ".debug_info"},
                                       {.name = ".debug_line"},
                                       {.name = ".debug_ranges"}},
                                      0};
    const struct assembly_section *only = NULL;
    unsigned parts = 0;

    *out = none;
    for (size_t i = 0; i < a->section_count; i++)
        if (is_code(&a->sections[i])) {
            only = &a->sections[i];
            parts++;
        }
    if (parts == 0 || a->line_count == 0 || has_its_own(a))
        return true;
    out->count = parts > 1 ? DWARF_SECTIONS : DWARF_SECTIONS - 1;
    put_attributes(&out->section[0], parts > 1);
    put_unit(&out->section[1], a, parts > 1 ? NULL : only);
    put_lines(&out->section[2], a);
    if (parts > 1)
        put_ranges(&out->section[3], a);
    for (unsigned i = 0; i < out->count; i++)
        if (out->section[i].failed) {
            dwarf_free(out);
            return false;
        }
    return true;
}

void
dwarf_free(struct dwarf *d)
{
    for (unsigned i = 0; i < DWARF_SECTIONS; i++) {
        free(d->section[i].bytes);
        d->section[i].bytes = NULL;
    }
    d->count = 0;
}
