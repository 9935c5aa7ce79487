/* SPDX-License-Identifier: MIT */
#include "vmm/hosted/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/hosted/levels.h"

static bool
refuse(char *error, const char *why)
{
    (void)snprintf(error, IMAGE_ERROR_MAX, "%s", why);
    return false;
}

/* The header of the monitor's image at `ram`, if there is one in `size` bytes. */
static bool
header_at(const uint8_t *ram, uint32_t size, struct image_header *h)
{
    if (size < sizeof *h)
        return false;
    memcpy(h, ram, sizeof *h);
    return h->magic == IMAGE_MAGIC && h->version == IMAGE_VERSION && h->count <= VMM_GUESTS_MAX;
}

bool
pack_focus(uint8_t *ram, uint32_t size, const unsigned *path, unsigned depth, bool alone)
{
    uint32_t base = 0;

    for (unsigned k = 0; k < depth; k++) {
        struct image_header h;

        if (!header_at(ram + base, size - base, &h) || path[k] >= h.count)
            return false;
        h.focus = path[k];
        h.guest[path[k]].flags &= ~IMAGE_GUEST_INPUT;
        for (uint32_t i = 0; i < h.count; i++)
            if (alone && i != path[k])
                h.guest[i].flags |= IMAGE_GUEST_QUIET;
        memcpy(ram + base, &h, sizeof h);
        base += h.guest[path[k]].offset;
        if (base > size)
            return false;
    }
    return true;
}

/* ... and the monitors within each other are at most `depth`. */
static bool
attend(uint8_t *ram, uint32_t size, uint32_t flags, unsigned depth)
{
    struct image_header h;

    if (depth == 0 || !header_at(ram, size, &h))
        return false;
    h.flags = flags;
    memcpy(ram, &h, sizeof h);
    for (uint32_t i = 0; i < h.count; i++) {
        const struct image_guest *g = &h.guest[i];
        bool apart = (g->flags & IMAGE_GUEST_INPUT) != 0;

        if (g->offset <= size && g->length <= size - g->offset)
            (void)attend(ram + g->offset, g->length, apart ? flags & ~IMAGE_ATTENDED : flags,
                         depth - 1);
    }
    return true;
}

bool
pack_attend(uint8_t *ram, uint32_t size, uint32_t flags)
{
    return attend(ram, size, flags, LEVELS_MAX);
}

void
pack_free(struct pack *p)
{
    free(p->bytes);
    *p = (struct pack){0};
}

static bool
allocate(struct pack *p, uint32_t length, char *error)
{
    p->bytes = calloc(1, length == 0 ? 1 : length);
    p->length = length;
    return p->bytes != NULL || refuse(error, "out of memory");
}

/* Where the last byte of the image that is not an implicit 0 lies. */
static uint64_t
filled_end(const struct image *image)
{
    uint64_t end = 0;

    for (unsigned i = 0; i < image->segments_count; i++) {
        const struct image_segment *s = &image->segments[i];
        uint64_t e = (uint64_t)(s->address - ISA_RAM_START) + s->filled;

        if (s->filled > 0 && e > end)
            end = e;
    }
    return end;
}

bool
pack_flat(const struct image *image, uint32_t memory, struct pack *out, char *error)
{
    uint8_t *all = calloc(1, memory);
    uint64_t end = filled_end(image);
    bool ok;

    *out = (struct pack){.entry = image->entry};
    if (all == NULL)
        return refuse(error, "out of memory");
    ok = image_load(image, all, memory, error) && allocate(out, (uint32_t)end, error);
    if (ok)
        memcpy(out->bytes, all, out->length);
    free(all);
    return ok;
}

/* ---- the monitor ---- */

static bool
header_of(const struct pack *monitor, struct image_header *h)
{
    return header_at(monitor->bytes, monitor->length, h) && h->state_size == sizeof(struct bare) &&
           h->end % IMAGE_ALIGN == 0 && h->end >= monitor->length;
}

uint32_t
pack_monitor_size(const struct pack *monitor, char *error)
{
    struct image_header h;

    if (header_of(monitor, &h))
        return h.end;
    (void)refuse(error, "the bare-metal monitor's image is not this version's");
    return 0;
}

/* ---- the image ---- */

static uint32_t
aligned(uint32_t length)
{
    return (length + IMAGE_ALIGN - 1) & ~(uint32_t)(IMAGE_ALIGN - 1);
}

static void
fill_guest(struct image_guest *row, const struct pack_guest *g)
{
    (void)snprintf(row->name, sizeof row->name, "%s", g->name);
    row->memory = g->memory;
    row->length = g->image.length;
    row->entry = g->image.entry;
    row->a1 = g->a1;
    row->weight = g->weight != 0 ? g->weight : 1;
    row->slice = g->slice != 0 ? g->slice : VMM_SLICE;
    row->flags = (g->hybrid ? IMAGE_GUEST_HYBRID : 0) | (g->has_input ? IMAGE_GUEST_INPUT : 0) |
                 (g->real_clock ? IMAGE_GUEST_REAL : 0);
}

uint64_t
pack_inputs_size(uint64_t length)
{
    return (length + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN;
}

/* The guests' inputs lie, one after the other, between the monitor and its new end. */
static void
place_inputs(struct image_header *h, const struct pack_guest *guests, unsigned count)
{
    uint32_t at = h->end;

    for (unsigned i = 0; i < count; i++) {
        h->guest[i].input = at;
        h->guest[i].input_length = guests[i].has_input ? guests[i].input_length : 0;
        at += h->guest[i].input_length;
    }
    h->end += (uint32_t)pack_inputs_size(at - h->end);
}

/* The first one that has no input of its own. */
static uint32_t
first_to_read(const struct pack_guest *guests, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!guests[i].has_input)
            return i;
    return 0;
}

/* The table; false where the memory does not do. */
static bool
fill_table(struct image_header *h, const struct pack_guest *guests, unsigned count, uint32_t memory,
           char *error)
{
    uint64_t needed = h->end, inputs = 0;
    uint32_t offset;

    for (unsigned i = 0; i < count; i++) {
        if (guests[i].image.length > guests[i].memory)
            return refuse(error, "a guest's image is larger than its memory");
        needed += guests[i].memory;
        inputs += guests[i].has_input ? guests[i].input_length : 0;
    }
    if (needed + pack_inputs_size(inputs) > memory)
        return refuse(error, "the guests and their monitor do not fit in the memory");
    h->memory = memory;
    h->count = count;
    h->focus = first_to_read(guests, count);
    h->flags = 0;
    memset(h->guest, 0, sizeof h->guest);
    for (unsigned i = 0; i < count; i++)
        fill_guest(&h->guest[i], &guests[i]);
    place_inputs(h, guests, count);
    offset = h->end;
    for (unsigned i = 0; i < count; i++) {
        h->guest[i].offset = offset;
        offset += aligned(guests[i].image.length);
    }
    h->length = offset;
    return true;
}

bool
pack_build(const struct pack *monitor, const struct pack_guest *guests, unsigned count,
           uint32_t memory, struct pack *out, char *error)
{
    struct image_header h;

    *out = (struct pack){.entry = ISA_RAM_START};
    if (!header_of(monitor, &h) || count < 1 || count > VMM_GUESTS_MAX)
        return refuse(error, "the bare-metal monitor's image is not this version's");
    if (!fill_table(&h, guests, count, memory, error) || !allocate(out, h.length, error))
        return false;
    memcpy(out->bytes, monitor->bytes, monitor->length);
    memcpy(out->bytes, &h, sizeof h);
    for (unsigned i = 0; i < count; i++) {
        memcpy(out->bytes + h.guest[i].offset, guests[i].image.bytes, guests[i].image.length);
        if (h.guest[i].input_length > 0)
            memcpy(out->bytes + h.guest[i].input, guests[i].input, h.guest[i].input_length);
    }
    return true;
}
