/* SPDX-License-Identifier: MIT */
#include "vmm/vcpu.h"

void
vcpu_advance(struct vcpu *v, uint32_t n)
{
    v->recent.direct += n;
}

void
vcpu_interpreted(struct vcpu *v)
{
    v->recent.interpreted++;
}

/* What is left of `steps` when `made` have been made. */
static uint32_t
left(uint32_t steps, uint32_t made)
{
    return made < steps ? steps - made : 0;
}

static void
spend(struct vcpu *v, uint32_t steps)
{
    v->recent.turn = left(v->recent.turn, steps);
    v->recent.look = left(v->recent.look, steps);
}

void
vcpu_interpreted_in_time(struct vcpu *v)
{
    v->retired++;
    spend(v, 1);
}

void
vcpu_trap(struct vcpu *v, uint32_t cause, uint32_t tval)
{
    isa_trap(&v->hart, cause, tval);
    v->recent.traps++;
}

/* Instructions whose time is not counted yet. */
static uint32_t
uncounted(const struct vcpu *v)
{
    return v->recent.direct + v->recent.interpreted;
}

uint32_t
vcpu_recent_steps(const struct vcpu *v)
{
    return uncounted(v) + v->recent.traps;
}

uint64_t
vcpu_retired(const struct vcpu *v)
{
    return v->retired + uncounted(v);
}

uint32_t
vcpu_minstret(const struct vcpu *v)
{
    return (uint32_t)v->hart.minstret + uncounted(v);
}

uint64_t
vcpu_time(const struct vcpu *v)
{
    return v->hart.mtime + uncounted(v);
}

uint64_t
vcpu_steps(const struct vcpu *v)
{
    return v->retired + v->traps + vcpu_recent_steps(v);
}

void
vcpu_settle(struct vcpu *v)
{
    uint32_t n = uncounted(v);

    spend(v, vcpu_recent_steps(v));
    v->hart.mcycle += n;
    v->hart.minstret += n;
    v->hart.mtime += n;
    v->retired += n;
    v->direct += v->recent.direct;
    v->traps += v->recent.traps;
    v->recent.direct = 0;
    v->recent.interpreted = 0;
    v->recent.counted = 0;
    v->recent.traps = 0;
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
