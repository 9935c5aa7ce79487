/* SPDX-License-Identifier: MIT */
/* Trap entry and the choice of an interrupt (Volume II, section 3.1). */
#include "isa/execute.h"
#include "isa/privileged.h"

void
isa_trap(struct isa_hart *h, uint32_t cause, uint32_t tval)
{
    bool vectored = (h->mtvec & 1) != 0 && (cause & MCAUSE_INTERRUPT) != 0;

    h->mepc = h->pc;
    h->mcause = cause;
    h->mtval = tval;

    /* MPP = mode; MPIE = MIE; MIE = 0. */
    h->mstatus = (h->mode == ISA_MACHINE ? MSTATUS_MPP : 0) |
                 ((h->mstatus & MSTATUS_MIE) != 0 ? MSTATUS_MPIE : 0);

    h->mode = ISA_MACHINE;
    h->pc = (h->mtvec & ~3u) + (vectored ? 4 * (cause & ~MCAUSE_INTERRUPT) : 0);
}

uint32_t
isa_interrupt(const struct isa_hart *h)
{
    uint32_t pending = h->mip & h->mie;

    if (pending == 0 || !isa_interruptible(h))
        return 0;
    if ((pending & MIP_MEI) != 0)
        return MCAUSE_INTERRUPT | IRQ_external;
    if ((pending & MIP_MSI) != 0)
        return MCAUSE_INTERRUPT | IRQ_software;
    return MCAUSE_INTERRUPT | IRQ_timer;
}
