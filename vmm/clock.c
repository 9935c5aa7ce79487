/* SPDX-License-Identifier: MIT */
#include "vmm/clock.h"

VMM_SELDOM void
vmm_clock_advance(struct vm *vm, struct vmm_port *port)
{
    vmm_settle(vm);
    vm->vcpu.hart.mtime = vmm_port_now(port) + vm->clock_ahead;
}

VMM_SELDOM void
vmm_clock_restart(struct vm *vm, struct vmm_port *port)
{
    vm->clock_ahead = vcpu_time(&vm->vcpu) - vmm_port_now(port);
}
