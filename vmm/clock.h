/* SPDX-License-Identifier: MIT */
/*
 * The clock of a VM that is given real time (`clock: real`): its mtime goes on
 * while others run, and while its monitor works, so that it sees what time is
 * stolen from it.  minstret and mcycle stay its own.  Of a VM with a virtual
 * clock these functions leave everything as it is.
 */
#ifndef VMM_CLOCK_H
#define VMM_CLOCK_H

#include "vmm/vmm.h"

/* The two below, where the clock is real. */
void vmm_clock_advance(struct vm *vm, struct vmm_port *port);
void vmm_clock_restart(struct vm *vm, struct vmm_port *port);

/* Bring the mtime of `vm` up to what real time has come to: before anything looks at it. */
static inline void
vmm_clock_follow(struct vm *vm, struct vmm_port *port)
{
    if (vm->real_clock != 0)
        vmm_clock_advance(vm, port);
}

/* The mtime of `vm` is another than real time made it: from now on it goes on from there. */
static inline void
vmm_clock_set(struct vm *vm, struct vmm_port *port)
{
    if (vm->real_clock != 0)
        vmm_clock_restart(vm, port);
}

#endif
