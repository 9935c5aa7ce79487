/* SPDX-License-Identifier: MIT */
#include "vmm/hybrid.h"

#include "vmm/interpreters.h"

void
vmm_hybrid_step(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct isa_outcome out;

    vmm_update_lines(vm);
    vmm_take_reservation(vmm, port);
    if (vmm_interpret_any(vmm, port, vm, &out) == ISA_TRAP)
        vcpu_trap(&vm->vcpu, out.cause, out.tval);
    vmm->changed = VMM_CHANGED_all;
}
