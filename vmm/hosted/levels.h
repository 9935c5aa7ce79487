/* SPDX-License-Identifier: MIT */
/*
 * Monitors inside simulated memory, seen from outside: the state of each level
 * of a chain, read by the layouts of vmm/bare-metal/image.h.
 *
 * Level 0 is the real machine.  Level 1 is a virtual machine of the hosted
 * monitor, or of the bare-metal one that the machine was booted with; and so
 * on, along a path of guests.
 */
#ifndef LEVELS_H
#define LEVELS_H

#include "machine/machine.h"
#include "vmm/bare-metal/image.h"

enum { LEVELS_MAX = 17 };

/*
 * One level's processor as it stands.  While it executes directly its x, pc and
 * reservation are those of the level below, whose counter knows how many
 * instructions it has executed since it was resumed: `direct`.
 */
struct level {
    const struct vm *vm;      /* as its monitor has it; NULL: level 0 */
    const struct vmm *vmm;    /* its monitor; NULL: level 0 */
    const struct bare *bare;  /* the same, where that is bare-metal */
    const struct isa_hart *x; /* who has its x and pc: itself, or a level below */
    uint32_t offset, size;    /* its memory in real RAM */
    uint32_t mode;            /* its (virtual) mode */
    uint32_t mresv, minstret; /* its own, the latter's low word, `direct` included */
    uint32_t direct;          /* instructions not yet in vm's account */
    bool attended;            /* its monitor is at work, not some guest of it */
    bool running;             /* it executes directly: nobody below is in M-mode */
};

/* Level 0, and one level further up, to guest `index` of the monitor that runs on `below`. */
void levels_real(const struct machine *m, struct level *level);
/* Level 1, VM `index` of a monitor outside the machine; `direct`: it is the one to execute next. */
void levels_hosted(const struct machine *m, const struct vmm *vmm, uint32_t index, bool direct,
                   struct level *level);
/* False where no monitor is at work on `below`, or it has no such guest. */
bool levels_inner(const struct machine *m, const struct level *below, uint32_t index,
                  struct level *level);

/* The monitor's header on `level`; NULL where what runs there is none. */
const struct image_header *levels_header(const struct machine *m, const struct level *level);

/* Steps made by the VM of `level`. */
uint64_t levels_steps(const struct level *level);

/* The VM of `level` whole: its processor with mip, mresv and all counts as they are now. */
void levels_vm(const struct level *level, struct vm *vm);

/* A digest (FNV-1a, 64 bits) of the code of the monitor that runs on `level`, as it lies there. */
uint64_t levels_digest(const struct machine *m, const struct level *level);

#endif
