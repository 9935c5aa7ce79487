/* SPDX-License-Identifier: MIT */
#include "machine/devices/finisher.h"

void
finisher_reset(struct finisher *f)
{
    f->state = FINISHER_idle;
    f->code = 0;
}

static void
finish(struct finisher *f, uint32_t value)
{
    switch (value & 0xffff) {
    case FINISHER_PASS:
        f->state = FINISHER_exit;
        f->code = 0;
        break;
    case FINISHER_FAIL:
        f->state = FINISHER_exit;
        f->code = value >> 16;
        break;
    case FINISHER_RESET: f->state = FINISHER_reset; break;
    default: break;
    }
}

bool
finisher_access(struct finisher *f, uint32_t offset, struct isa_access *a)
{
    if (offset != 0 || a->bytes == 1)
        return false;
    if (a->store)
        finish(f, a->bytes == 2 ? a->value & 0xffff : a->value);
    else
        a->value = 0;
    return true;
}
