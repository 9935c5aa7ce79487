/* SPDX-License-Identifier: MIT */
#include "vmm/vcpu.h"

void
vcpu_advance(struct vcpu *v, uint32_t n)
{
    v->hart.mcycle += n;
    v->hart.minstret += n;
    v->hart.mtime += n;
    v->retired += n;
    v->direct += n;
}

void
vcpu_interpreted(struct vcpu *v)
{
    v->retired++;
}

void
vcpu_trap(struct vcpu *v, uint32_t cause, uint32_t tval)
{
    isa_trap(&v->hart, cause, tval);
    v->traps++;
}

uint64_t
vcpu_steps(const struct vcpu *v)
{
    return v->retired + v->traps;
}

/* 0, which an SC leaves, is 0 in both; any other value moves with the allotment. */
uint32_t
vcpu_reservation_to_real(uint32_t mresv, uint32_t start)
{
    return mresv == 0 ? 0 : mresv + start;
}

uint32_t
vcpu_reservation_from_real(uint32_t mresv, uint32_t start)
{
    return mresv == 0 ? 0 : mresv - start;
}
