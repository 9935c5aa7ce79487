/* SPDX-License-Identifier: MIT */
/*
 * The virtual processor of one VM: the state that the guest believes to be the
 * processor's, and the account of its time.
 */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include <stdint.h>

#include "isa/execute.h"

/*
 * What a VM has done since its account was last settled (vcpu_settle): three
 * counts that an exit adds to, instead of to seven of 64 bits.
 */
struct vcpu_recent {
    uint32_t direct;      /* instructions that the real processor executed directly */
    uint32_t interpreted; /* instructions interpreted, whose time is not counted yet */
    uint32_t counted;     /* of these, those whose exits are counted already */
    uint32_t traps;       /* virtual traps taken */
    uint32_t turn;        /* steps left until others have to have their turn */
    uint32_t look;        /* steps left until the scheduler looks: its slice over, or to stop */
};

struct vcpu {
    /*
     * The virtual processor.  While the guest runs directly, the real one has
     * its x1 to x31, pc and reservation; mode, R and the other CSRs here are
     * the virtual ones at all times, but for the counters and mtime, which
     * lack what is recent, and mip, which is worked out when needed.
     */
    struct isa_hart hart;
    uint64_t
        retired; /* instructions of its own that retired, since it began; no guest can write it */
    uint64_t traps;  /* virtual traps taken */
    uint64_t direct; /* of the retired ones, those the real processor executed directly */
    struct vcpu_recent recent;
};

/* The guest executed `n` instructions directly: its own time moves by as many. */
void vcpu_advance(struct vcpu *v, uint32_t n);

/* An instruction of the guest was interpreted, and retires: its time moves by one. */
void vcpu_interpreted(struct vcpu *v);

/* The same, where what interpreted it has moved hart's time. */
void vcpu_interpreted_in_time(struct vcpu *v);

/* The virtual processor takes a trap, as the hardware would (isa_trap). */
void vcpu_trap(struct vcpu *v, uint32_t cause, uint32_t tval);

/*
 * What is recent goes to where it is counted in the end: hart's counters and
 * mtime, `retired`, `traps`, `direct`.  Whoever reads or writes one of these
 * settles the account first, or asks the functions below, which need not.
 */
void vcpu_settle(struct vcpu *v);

/* Steps of the virtual machine: retired instructions plus traps taken. */
uint64_t vcpu_steps(const struct vcpu *v);
uint32_t vcpu_recent_steps(const struct vcpu *v);

/* Instructions retired, minstret's low word, and mtime. */
uint64_t vcpu_retired(const struct vcpu *v);
uint32_t vcpu_minstret(const struct vcpu *v);
uint64_t vcpu_time(const struct vcpu *v);

/* mresv, virtual and real: the offset in the allotment that starts at `start`, and in real RAM. */
uint32_t vcpu_reservation_to_real(uint32_t mresv, uint32_t start);
uint32_t vcpu_reservation_from_real(uint32_t mresv, uint32_t start);

#endif
