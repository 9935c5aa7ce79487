/* SPDX-License-Identifier: MIT */
/* What is told of a VM, on the console and by those who look on from outside. */
#include <stddef.h>

#include "vmm/vmm.h"

uint64_t
vmm_exits(const struct vm *vm)
{
    uint64_t sum = 0;

    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++)
        for (uint32_t kind = 0; kind < VMM_EXIT_KINDS; kind++)
            sum += vm->exits[cause][kind];
    return sum;
}

const char *
vmm_state_name(uint32_t state)
{
#define VM_STATE_NAME(id, name, about) [VM_##id] = name,
    static const char *const names[] = {VM_STATES(VM_STATE_NAME)};
#undef VM_STATE_NAME

    return state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}

const char *
vmm_cause_name(uint32_t cause)
{
#define EXCEPTION_NAME(id, code, name) [code] = name,
#define INTERRUPT_NAME(id, code, name) [16 + (code)] = name,
    static const char *const names[VMM_CAUSES] = {ISA_EXCEPTIONS(EXCEPTION_NAME)
                                                      ISA_INTERRUPTS(INTERRUPT_NAME)};
#undef EXCEPTION_NAME
#undef INTERRUPT_NAME
    const char *name = names[vmm_cause_index(cause)];

    return name != NULL ? name : "unknown cause";
}

bool
vmm_is_over(const struct vm *vm)
{
    return vm->state == VM_ended || vm->state == VM_halted || vm->state == VM_stopped;
}

/*
 * In its handler all interrupts are off, and the same instruction in the same
 * state traps again: nothing that a trap leaves in the CSRs makes a difference
 * to it.
 */
bool
vmm_traps_for_ever(const struct vm *vm)
{
    const struct isa_hart *h = &vm->vcpu.hart;
    const struct vm_exit *last = &vm->last_exit;
    uint32_t handler = h->mtvec & ~3u;

    return vm->state == VM_ready && h->mode == ISA_MACHINE && h->pc == handler &&
           last->kind == VMM_EXIT_reflected && last->mode == ISA_MACHINE && last->pc == handler;
}
