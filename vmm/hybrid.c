/* SPDX-License-Identifier: MIT */
#include "vmm/hybrid.h"

#include "vmm/console.h"
#include "vmm/interpreters.h"

enum { STRETCH = 4096 }; /* instructions interpreted between two looks at what goes on */

/*
 * Where a guest runs directly, a real interrupt tells of a byte, and every exit
 * is an occasion for the port.  Here a guest may be interpreted for ever.
 */
static void
look_around(struct vmm *vmm, struct vmm_port *port)
{
    vmm->interpreted = 0;
    vmm_port_attend(port, STRETCH);
    vmm_console_receive(vmm, port);
}

void
vmm_hybrid_step(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct isa_outcome out;

    vmm_update_lines(vm, port);
    vmm_take_reservation(vmm, port);
    if (vmm_interpret_any(vmm, port, vm, &out) == ISA_TRAP)
        vcpu_trap(&vm->vcpu, out.cause, out.tval);
    vmm->changed = VMM_CHANGED_all;
    if (++vmm->interpreted == STRETCH)
        look_around(vmm, port);
}
