/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/observe.h"

#include <stdio.h>
#include <string.h>

#include "isa/ram.h"

void
observe_add(struct observe_differences *d, const char *name, uint64_t left, uint64_t right,
            int bits)
{
    if (left == right)
        return;
    if (d->count < OBSERVE_MAX) {
        struct observe_difference *at = &d->list[d->count];

        (void)snprintf(at->name, sizeof at->name, "%s", name);
        at->left = left;
        at->right = right;
        at->bits = bits;
    }
    d->count++;
}

void
observe_harts(const struct isa_hart *left, const struct isa_hart *right,
              struct observe_differences *d)
{
#define COMPONENT(field, name, bits) observe_add(d, name, left->field, right->field, bits);
    OBSERVE_HART(COMPONENT)
#undef COMPONENT
    for (unsigned r = 1; r < 32; r++)
        observe_add(d, isa_register_name(r), left->x[r], right->x[r], 32);
}

bool
observe_traps_for_ever(const struct isa_hart *before, const struct isa_hart *after)
{
    struct observe_differences d = {0};
    struct isa_hart same = *after;

    if (after->mode != ISA_MACHINE || (after->mstatus & MSTATUS_MIE) != 0 ||
        after->pc != (after->mtvec & ~3u) || after->pc != after->mepc)
        return false;
    same.mip = before->mip; /* a line that nobody listens to */
    observe_harts(before, &same, &d);
    return d.count == 0;
}

void
observe_devices(const struct devices *left, const struct devices *right,
                struct observe_differences *d)
{
#define COMPONENT(field, name)                                                                     \
    observe_add(d, name, (uint64_t)left->field, (uint64_t)right->field,                            \
                sizeof left->field == 8 ? 64 : 32);
    OBSERVE_DEVICES(COMPONENT)
#undef COMPONENT
}

void
observe_memory(const struct isa_ram *left, const struct isa_ram *right,
               struct observe_differences *d)
{
    const uint32_t page = MACHINE_PAGE;

    observe_add(d, "memory size", left->size, right->size, 32);
    if (left->size != right->size)
        return;
    for (uint32_t p = 0; p < left->size; p += page) {
        if (memcmp(left->bytes + p, right->bytes + p, page) == 0)
            continue;
        for (uint32_t i = p; i < p + page; i += 4) {
            char name[24];

            (void)snprintf(name, sizeof name, "word at 0x%08x", (unsigned)(ISA_RAM_START + i));
            observe_add(d, name, isa_ram_load(left->bytes + i, 4),
                        isa_ram_load(right->bytes + i, 4), 32);
        }
    }
}

/* What was sent: how much, and the first byte that differs. */
static void
observe_output(const struct console_text *left, const struct console_text *right,
               struct observe_differences *d)
{
    size_t n = left->length < right->length ? left->length : right->length;

    observe_add(d, "bytes sent", left->length, right->length, 64);
    if (n == 0 || memcmp(left->bytes, right->bytes, n) == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        if (left->bytes[i] == right->bytes[i])
            continue;
        observe_add(d, "byte sent", (uint8_t)left->bytes[i], (uint8_t)right->bytes[i], 32);
        return;
    }
}

void
observe_systems(const struct system *left, const struct system *right, bool memory,
                struct observe_differences *d)
{
    struct isa_hart a, b;
    struct isa_ram ra, rb;

    system_hart(left, &a);
    system_hart(right, &b);
    observe_harts(&a, &b, d);
    observe_devices(system_devices(left), system_devices(right), d);
    observe_output(&left->output, &right->output, d);
    observe_add(d, "steps", system_steps(left), system_steps(right), 64);
    if (!memory)
        return;
    system_ram(left, &ra);
    system_ram(right, &rb);
    observe_memory(&ra, &rb, d);
}
