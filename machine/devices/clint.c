/* SPDX-License-Identifier: MIT */
#include "machine/devices/clint.h"

void
clint_reset(struct clint *c)
{
    c->msip = 0;
    c->mtimecmp = CLINT_NEVER;
}

/* One 32-bit half of a 64-bit register, loaded or stored. */
static void
half(uint64_t *reg, bool high, struct isa_access *a)
{
    uint32_t shift = high ? 32 : 0;

    if (a->store)
        *reg = (*reg & ~((uint64_t)0xffffffffu << shift)) | (uint64_t)a->value << shift;
    else
        a->value = (uint32_t)(*reg >> shift);
}

bool
clint_access(struct clint *c, struct isa_hart *h, uint32_t offset, struct isa_access *a)
{
    if (a->bytes != 4)
        return false;
    switch (offset) {
    case CLINT_MSIP:
        if (a->store)
            c->msip = a->value & 1;
        else
            a->value = c->msip;
        return true;
    case CLINT_MTIMECMP:
    case CLINT_MTIMECMP + 4: half(&c->mtimecmp, offset != CLINT_MTIMECMP, a); return true;
    case CLINT_MTIME:
    case CLINT_MTIME + 4:
        half(&h->mtime, offset != CLINT_MTIME, a);
        if (a->store)
            h->mtime--; /* the storing instruction's own tick brings it to the value */
        return true;
    default: return false;
    }
}

uint32_t
clint_lines(const struct clint *c, uint64_t mtime)
{
    return (c->msip != 0 ? MIP_MSI : 0) | (mtime >= c->mtimecmp ? MIP_MTI : 0);
}
