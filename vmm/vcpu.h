/* SPDX-License-Identifier: MIT */
/*
 * The virtual processor of one VM: the state that the guest believes to be the
 * processor's, and the account of its time.
 */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include <stdint.h>

#include "isa/execute.h"

struct vcpu {
    /*
     * The virtual processor.  While the guest runs directly, the real one has
     * its x1 to x31, pc and reservation; mode, R and the other CSRs here are
     * the virtual ones at all times, and mip is worked out when needed.
     */
    struct isa_hart hart;
    uint64_t
        retired; /* instructions of its own that retired, since it began; no guest can write it */
    uint64_t traps;  /* virtual traps taken */
    uint64_t direct; /* of the retired ones, those the real processor executed directly */
};

/* The guest executed `n` instructions directly: its own time moves by as many. */
void vcpu_advance(struct vcpu *v, uint32_t n);

/* One instruction of the guest was interpreted and retired (the interpreter moved its time). */
void vcpu_interpreted(struct vcpu *v);

/* The virtual processor takes a trap, as the hardware would (isa_trap). */
void vcpu_trap(struct vcpu *v, uint32_t cause, uint32_t tval);

/* Steps of the virtual machine: retired instructions plus traps taken. */
uint64_t vcpu_steps(const struct vcpu *v);

/* mresv, virtual and real: the offset in the allotment that starts at `start`, and in real RAM. */
uint32_t vcpu_reservation_to_real(uint32_t mresv, uint32_t start);
uint32_t vcpu_reservation_from_real(uint32_t mresv, uint32_t start);

#endif
