/* SPDX-License-Identifier: MIT */
/* The hybrid monitor (theorem 3): virtual supervisor mode is interpreted, every instruction of it.
 */
#ifndef VMM_HYBRID_H
#define VMM_HYBRID_H

#include "vmm/vmm.h"

/* Interpret one instruction of `vm`, which is in virtual M-mode. */
void vmm_hybrid_step(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

#endif
