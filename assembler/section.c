/* SPDX-License-Identifier: MIT */
/* Sections: their bytes, alignment, and what is filled in later. */
#include "assembler/internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "isa/encode.h"

enum { NOP = 0x00000013 }; /* addi x0, x0, 0 */

#define WORD_MOST ((int64_t)UINT32_MAX)

struct as_section *
as_section(struct as_state *a, const char *name, size_t length, uint32_t flags, bool *made)
{
    struct as_section *section;

    for (section = a->sections; section != NULL; section = section->next)
        if (strlen(section->name) == length && memcmp(section->name, name, length) == 0) {
            *made = false;
            return section;
        }
    section = as_allocate(a, sizeof *section);
    section->name = as_copy(a, name, length);
    section->flags = flags;
    section->align = 4;
    section->index = a->section_count++;
    *a->last_section = section;
    a->last_section = &section->next;
    *made = true;
    return section;
}

uint32_t
as_here(const struct as_state *a)
{
    return (uint32_t)a->section->size;
}

/* ---- emitting ---- */

/* Note which line emitted the bytes from the section's end on. */
static void
note_emission(struct as_state *a, const struct as_place *place, uint32_t n)
{
    struct as_origin *origin = a->frame->origin;
    struct as_emission *last = a->emission_count == 0 ? NULL : &a->emissions[a->emission_count - 1];

    if (last != NULL && last->origin == origin && last->line == place->line &&
        last->section == a->section && last->offset + last->size == as_here(a) &&
        last->statement == a->statements) {
        last->size += n;
        return;
    }
    a->emissions = as_grow(a, a->emissions, &a->emission_capacity, a->emission_count + 1,
                           sizeof *a->emissions);
    a->emissions[a->emission_count++] =
        (struct as_emission){origin, a->section, a->statements, place->line, as_here(a), n};
}

/* Make the section `n` bytes longer; where they are is returned, NULL where it holds none. */
static unsigned char *
extend(struct as_state *a, const struct as_place *place, uint64_t n)
{
    struct as_section *s = a->section;
    bool held = (s->flags & ASSEMBLY_NOBITS) == 0;

    if (n > ASSEMBLER_SIZE_MAX - a->total)
        as_abandon(a, place, NULL, "the sections take more than %d MiB together",
                   ASSEMBLER_SIZE_MAX >> 20);
    if (held && n > ASSEMBLER_CONTENTS_MAX - a->contents)
        as_abandon(a, place, "room without contents belongs in .bss",
                   "the sections hold more than %d MiB together", ASSEMBLER_CONTENTS_MAX >> 20);
    note_emission(a, place, (uint32_t)n);
    a->total += n;
    s->size += n;
    if (!held)
        return NULL;
    a->contents += n;
    s->bytes = as_grow(a, s->bytes, &s->capacity, (size_t)s->size, 1);
    return s->bytes + s->size - n;
}

static void
no_contents(struct as_state *a, const struct as_place *place)
{
    as_error(a, place, "use .space here, or another section",
             "section `%s' takes room but holds no contents", a->section->name);
}

void
as_emit(struct as_state *a, const struct as_place *place, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    unsigned char *to = extend(a, place, n);

    if (to != NULL) {
        memcpy(to, bytes, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (((const unsigned char *)bytes)[i] != 0) {
            no_contents(a, place);
            return;
        }
}

void
as_emit_value(struct as_state *a, const struct as_place *place, uint64_t value, unsigned size)
{
    unsigned char bytes[8];

    for (unsigned i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    as_emit(a, place, bytes, size);
}

void
as_emit_fill(struct as_state *a, const struct as_place *place, uint64_t count, unsigned char byte)
{
    if (count == 0)
        return;
    unsigned char *to = extend(a, place, count);

    if (to != NULL)
        memset(to, byte, (size_t)count);
    else if (byte != 0)
        no_contents(a, place);
}

void
as_align(struct as_state *a, const struct as_place *place, unsigned power, int fill, uint64_t limit)
{
    struct as_section *s = a->section;
    uint64_t mask = ((uint64_t)1 << power) - 1, pad = (0 - s->size) & mask;

    if (s->align <= mask)
        s->align = (uint32_t)mask + 1;
    if (pad > limit)
        return;
    if (fill >= 0 || (s->flags & ASSEMBLY_EXEC) == 0) {
        as_emit_fill(a, place, pad, fill < 0 ? 0 : (unsigned char)fill);
        return;
    }
    as_emit_fill(a, place, pad % 4, 0);
    for (pad -= pad % 4; pad > 0; pad -= 4)
        as_emit_value(a, place, NOP, 4);
}

/* ---- filling in ---- */

static bool
pc_relative(const struct as_fixup *f)
{
    return f->part == AS_PCREL_HI || f->part == AS_PCREL_LO || f->field == 'p' || f->field == 'a';
}

/* A 32-bit word's low 12 bits, signed. */
static int64_t
low(int64_t value)
{
    return (value & 0xfff) - ((value & 0x800) << 1);
}

/* What is left above `low`, in 20 bits. */
static int64_t
high(int64_t value)
{
    return (value - low(value)) >> 12 & 0xfffff;
}

static void
out_of_range(struct as_state *a, const struct as_fixup *f, int64_t value, int64_t least,
             int64_t most)
{
    if (f->field == 'p')
        as_error(a, &f->place, "branch on the opposite condition around a `j'",
                 "the target is %" PRId64 " bytes away; a branch reaches %" PRId64 " to %" PRId64,
                 value, least, most);
    else if (f->field == 'a')
        as_error(a, &f->place, "`call' and `tail' reach everywhere",
                 "the target is %" PRId64 " bytes away; a jump reaches %" PRId64 " to %" PRId64,
                 value, least, most);
    else if (value > 0xfffff)
        as_error(a, &f->place, NULL,
                 "the value %" PRId64 " (0x%" PRIx64 ") does not fit: %" PRId64 " to %" PRId64,
                 value, (uint64_t)value, least, most);
    else
        as_error(a, &f->place, NULL, "the value %" PRId64 " does not fit: %" PRId64 " to %" PRId64,
                 value, least, most);
}

/* Or `bits` into the bytes of the fixup. */
static void
put_bits(struct as_state *a, const struct as_fixup *f, uint64_t bits, unsigned size)
{
    if ((f->section->flags & ASSEMBLY_NOBITS) != 0) {
        if (bits != 0)
            as_error(a, &f->place, NULL, "section `%s' takes room but holds no contents",
                     f->section->name);
        return;
    }
    for (unsigned i = 0; i < size; i++)
        f->section->bytes[f->offset + i] |= (unsigned char)(bits >> 8 * i);
}

static void
put_datum(struct as_state *a, const struct as_fixup *f, int64_t value)
{
    int64_t least = INT64_MIN, most = INT64_MAX;

    if (f->size < 8) {
        least = -((int64_t)1 << (8 * f->size - 1));
        most = ((int64_t)1 << 8 * f->size) - 1;
    }
    if (value < least || value > most)
        out_of_range(a, f, value, least, most);
    else
        put_bits(a, f, (uint64_t)value, f->size);
}

static void
put_field(struct as_state *a, const struct as_fixup *f, int64_t value)
{
    struct isa_range range;
    bool known = isa_field_range(f->field, &range);
    int64_t taken = value;

    assert(known);
    (void)known;
    if (range.low == -2048 && value > INT32_MAX && value <= UINT32_MAX)
        taken -= (int64_t)1 << 32; /* 0xffffffff is -1, as in GNU */
    if (taken < range.low || taken > range.high)
        out_of_range(a, f, value, range.low, range.high);
    else if (taken % range.multiple != 0)
        as_error(a, &f->place, NULL, "the target is %" PRId64 " bytes away, an odd distance",
                 value);
    else
        put_bits(a, f, isa_field_put(f->field, taken), 4);
}

/* Fill in `value`: an address, a number, or where pc_relative a distance. */
static void
put(struct as_state *a, const struct as_fixup *f, int64_t value)
{
    if (f->field == 0) {
        put_datum(a, f, value);
        return;
    }
    if (f->part != AS_WHOLE && (value < -WORD_MOST - 1 || value > WORD_MOST)) {
        if (!f->second)
            out_of_range(a, f, value, INT32_MIN, UINT32_MAX);
        return;
    }
    if (f->part == AS_HI || f->part == AS_PCREL_HI)
        value = high(value);
    else if (f->part != AS_WHOLE)
        value = low(value);
    put_field(a, f, value);
}

/* The %pcrel_hi at an address: what it is of; or NULL. */
static const struct as_expression *
anchor_at(const struct as_state *a, int64_t address)
{
    for (const struct as_section *s = a->sections; s != NULL; s = s->next) {
        int64_t offset = address - s->address;
        size_t from = 0, to = s->anchor_count;

        if (offset < 0 || offset >= (int64_t)s->size)
            continue;
        while (from < to) {
            size_t middle = from + (to - from) / 2;

            if (s->anchors[middle].offset == offset)
                return s->anchors[middle].e;
            if (s->anchors[middle].offset < offset)
                from = middle + 1;
            else
                to = middle;
        }
    }
    return NULL;
}

bool
as_final_value(struct as_state *a, const struct as_expression *e, int64_t *n)
{
    struct as_symbol *why;
    struct as_value value;
    enum as_known known = as_evaluate(a, e, &value, &why);

    if (known == AS_UNKNOWN) {
        assert(why != NULL);
        as_report_undefined(a, why);
    }
    if (known != AS_KNOWN)
        return false;
    assert(value.section == NULL);
    *n = value.n;
    return true;
}

/* The lower part of a %pcrel_hi elsewhere. */
static void
fix_pcrel_lo_of(struct as_state *a, const struct as_fixup *f, int64_t label)
{
    const struct as_expression *e = anchor_at(a, label);
    int64_t value;

    if (e == NULL)
        as_error(a, &f->place, "put a label before the `auipc' and name it here",
                 "%%pcrel_lo takes the label of an instruction that has %%pcrel_hi");
    else if (as_final_value(a, e, &value))
        put(a, f, value - label);
}

static void
fix_at_end(struct as_state *a, const struct as_fixup *f)
{
    int64_t value;

    if (!as_final_value(a, f->e, &value))
        return;
    if (f->part == AS_PCREL_LO_OF)
        fix_pcrel_lo_of(a, f, value);
    else if (!pc_relative(f))
        put(a, f, value);
    else if (value < -WORD_MOST - 1 || value > WORD_MOST)
        out_of_range(a, &(struct as_fixup){.place = f->place}, value, 0, UINT32_MAX);
    else
        put(a, f, value - (int64_t)f->section->address - f->anchor);
}

void
as_fix_all(struct as_state *a)
{
    for (size_t i = 0; i < a->fixup_count && !a->d->dropped; i++) {
        a->blamed = a->fixups[i].statement;
        fix_at_end(a, &a->fixups[i]);
    }
    a->blamed = 0;
}

static void
note_anchor(struct as_state *a, const struct as_fixup *f)
{
    struct as_section *s = f->section;

    s->anchors =
        as_grow(a, s->anchors, &s->anchor_capacity, s->anchor_count + 1, sizeof *s->anchors);
    s->anchors[s->anchor_count++] = (struct as_fixup_at){f->offset, f->e};
}

void
as_fix(struct as_state *a, const struct as_fixup *f)
{
    struct as_symbol *why;
    struct as_value value;

    if (f->part == AS_PCREL_HI)
        note_anchor(a, f);
    enum as_known known = as_evaluate(a, f->e, &value, &why);

    if (known == AS_WRONG)
        return;
    if (known == AS_KNOWN && f->part != AS_PCREL_LO_OF &&
        value.section == (pc_relative(f) ? f->section : NULL)) {
        put(a, f, pc_relative(f) ? value.n - f->anchor : value.n);
        return;
    }
    a->fixups = as_grow(a, a->fixups, &a->fixup_capacity, a->fixup_count + 1, sizeof *a->fixups);
    a->fixups[a->fixup_count] = *f;
    a->fixups[a->fixup_count++].statement = a->statements;
}
