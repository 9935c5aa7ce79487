/* SPDX-License-Identifier: MIT */
/* The dispatcher, D of the paper: the one entry for every trap, and where it goes from here. */
#include "vmm/console.h"
#include "vmm/interpreters.h"
#include "vmm/vmm.h"

uint32_t
vmm_cause_index(uint32_t cause)
{
    return (cause & MCAUSE_INTERRUPT) != 0 ? 16 + (cause & 15) : cause & 15;
}

uint32_t
vmm_cause_of(uint32_t index)
{
    return index >= 16 ? MCAUSE_INTERRUPT | (index - 16) : index;
}

static void
note_exit(struct vm *vm, const struct vmm_trap *t, uint32_t mode, enum vmm_exit kind)
{
    vm->exits[vmm_cause_index(t->cause)][kind]++;
    vm->last_exit.cause = t->cause;
    vm->last_exit.tval = t->tval;
    vm->last_exit.pc = t->pc;
    vm->last_exit.mode = mode;
    vm->last_exit.kind = kind;
}

/*
 * Reflect: the virtual processor takes the trap.  An ecall has the cause of
 * the virtual mode, which the real one knows nothing of.
 */
static enum vmm_exit
reflect(struct vm *vm, uint32_t cause, uint32_t tval)
{
    if (cause == CAUSE_ecall_user && vm->vcpu.hart.mode == ISA_MACHINE)
        cause = CAUSE_ecall_machine;
    vcpu_trap(&vm->vcpu, cause, tval);
    return VMM_EXIT_reflected;
}

/* A privileged instruction in virtual M-mode, or one that is undefined there too. */
static enum vmm_exit
emulate(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t word, bool *quiet)
{
    enum isa_insn insn = isa_decode(word);
    struct isa_outcome out;

    if (vmm_interpret_privileged(vmm, port, vm, insn, word, &out) == ISA_TRAP)
        return reflect(vm, out.cause, out.tval);
    *quiet = vmm_is_quiet(insn, word) && vmm->reservation_real != 0;
    return VMM_EXIT_emulated;
}

/* A memory trap in virtual M-mode at an address where a device has registers. */
static enum vmm_exit
access_device(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct isa_outcome out;

    if (vmm_interpret_any(vmm, port, vm, &out) == ISA_TRAP)
        return reflect(vm, out.cause, out.tval);
    return VMM_EXIT_device;
}

/* The real interrupts are the monitor's: a deadline, the end of a time slice, a byte. */
static enum vmm_exit
interrupt(struct vmm *vmm, struct vmm_port *port, uint32_t cause)
{
    if (cause == (MCAUSE_INTERRUPT | IRQ_external))
        vmm_console_receive(vmm, port);
    else
        vmm->armed = 0;
    return VMM_EXIT_monitor;
}

static enum vmm_exit
dispatch(struct vmm *vmm, struct vmm_port *port, struct vm *vm, const struct vmm_trap *t,
         bool *quiet)
{
    bool machine = vm->vcpu.hart.mode == ISA_MACHINE;

    if ((t->cause & MCAUSE_INTERRUPT) != 0)
        return interrupt(vmm, port, t->cause);
    if (machine && t->cause == CAUSE_illegal)
        return emulate(vmm, port, vm, t->tval, quiet);
    if (machine && (t->cause == CAUSE_load_access || t->cause == CAUSE_store_access) &&
        devices_at(t->tval))
        return access_device(vmm, port, vm);
    return reflect(vm, t->cause, t->tval);
}

bool
vmm_trap(struct vmm *vmm, struct vmm_port *port, const struct vmm_trap *t)
{
    struct vm *vm = &vmm->vm[vmm->current];
    uint32_t mode = vm->vcpu.hart.mode;
    bool quiet = false;

    vcpu_advance(&vm->vcpu, t->retired);
    vm->vcpu.hart.pc = t->pc;
    note_exit(vm, t, mode, dispatch(vmm, port, vm, t, &quiet));
    return quiet && vmm->armed != 0;
}

void
vmm_stopped(struct vmm *vmm, uint32_t pc, uint32_t retired)
{
    struct vm *vm = &vmm->vm[vmm->current];

    vcpu_advance(&vm->vcpu, retired);
    vm->vcpu.hart.pc = pc;
}

void
vmm_view(const struct vmm *vmm, struct vmm_port *port, uint32_t i, struct isa_hart *h)
{
    const struct vm *vm = &vmm->vm[i];

    *h = vm->vcpu.hart;
    h->mip = devices_lines(&vm->devices, h->mtime);
    if (i == vmm->current && vmm->reservation_real != 0)
        h->mresv = vcpu_reservation_from_real(vmm_port_reservation(port), vm->start);
}
