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
note_exit(struct vm *vm, uint32_t cause, enum vmm_exit kind)
{
    vm->last_exit.kind = kind;
    vm->exits[vmm_cause_index(cause)][kind]++;
}

void
vmm_settle(struct vm *vm)
{
    const struct vcpu_recent *r = &vm->vcpu.recent;

    /* Each came of an exit. */
    vm->exits[CAUSE_illegal][VMM_EXIT_emulated] += r->interpreted - r->counted;
    vcpu_settle(&vm->vcpu);
}

/*
 * Reflect: the virtual processor takes the trap.  An ecall has the cause of
 * the virtual mode, which the real one knows nothing of.
 */
static void
reflect(struct vmm *vmm, struct vm *vm, uint32_t cause, uint32_t tval)
{
    note_exit(vm, cause, VMM_EXIT_reflected);
    if (vm->vcpu.hart.mode == ISA_USER)
        vmm->changed |= VMM_CHANGED_relocation;
    else if (cause == CAUSE_ecall_user)
        cause = CAUSE_ecall_machine;
    vcpu_trap(&vm->vcpu, cause, tval);
}

/* The same for a trap that comes of interpreting. */
VMM_SELDOM static void
reflect_outcome(struct vmm *vmm, struct vm *vm, const struct isa_outcome *out)
{
    reflect(vmm, vm, out->cause, out->tval);
}

/* A privileged instruction in virtual M-mode, or one that is undefined there too. */
static void
emulate(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t word)
{
    struct isa_outcome out;

    switch (vmm_interpret_privileged(vmm, port, vm, word, &out)) {
    case ISA_TRAP: reflect_outcome(vmm, vm, &out); break;
    case ISA_DONE: break; /* vmm_settle counts it */
    default: note_exit(vm, CAUSE_illegal, VMM_EXIT_emulated); break;
    }
}

/* A memory trap in virtual M-mode at an address where a device has registers. */
static void
access_device(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t cause,
              uint32_t address)
{
    if (vmm_interpret_device(vmm, port, vm, address))
        note_exit(vm, cause, VMM_EXIT_device);
    else
        reflect(vmm, vm, cause, address);
}

/* The real interrupts are the monitor's: a deadline, the end of a time slice, a byte. */
VMM_SELDOM static void
interrupt(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t cause)
{
    note_exit(vm, cause, VMM_EXIT_monitor);
    vmm->changed |= VMM_CHANGED_interrupts;
    if (cause == (MCAUSE_INTERRUPT | IRQ_external))
        vmm_console_receive(vmm, port);
    else
        vmm_disarm(vmm);
}

void
vmm_dispatch(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    uint32_t cause = vm->last_exit.cause, tval = vm->last_exit.tval;
    bool machine = vm->vcpu.hart.mode == ISA_MACHINE;

    if (vm->real_clock != 0) /* it has gone on, who knows how far */
        vmm_timer_changed(vmm);
    if ((cause & MCAUSE_INTERRUPT) != 0)
        interrupt(vmm, port, vm, cause);
    else if (machine && cause == CAUSE_illegal)
        emulate(vmm, port, vm, tval);
    else if (machine && (cause == CAUSE_load_access || cause == CAUSE_store_access) &&
             devices_at(tval))
        access_device(vmm, port, vm, cause, tval);
    else
        reflect(vmm, vm, cause, tval);
}

bool
vmm_trap(struct vm *vm, const struct vmm_trap *t)
{
    vm->last_exit.cause = t->cause;
    vm->last_exit.tval = t->tval;
    vm->last_exit.pc = t->pc;
    vm->last_exit.mode = vm->vcpu.hart.mode;
    vm->last_exit.kind = VMM_EXIT_emulated;
    vm->vcpu.hart.pc = t->pc;
    vcpu_advance(&vm->vcpu, t->retired);
    return vm->vcpu.hart.mode == ISA_MACHINE && t->cause == CAUSE_illegal &&
           vmm_interpret_csr_word(vm, t->tval);
}

void
vmm_stopped(struct vmm *vmm, uint32_t pc, uint32_t retired)
{
    struct vm *vm = &vmm->vm[vmm->current];

    vcpu_advance(&vm->vcpu, retired);
    vmm_settle(vm);
    vm->vcpu.hart.pc = pc;
}

void
vmm_view(const struct vmm *vmm, struct vmm_port *port, uint32_t i, struct isa_hart *h)
{
    const struct vm *vm = &vmm->vm[i];

    *h = vm->vcpu.hart;
    if (vm->real_clock != 0)
        h->mtime = vmm_port_now(port) + vm->clock_ahead;
    h->mip = devices_lines(&vm->devices, h->mtime);
    if (i == vmm->current && vmm->reservation_real != 0)
        h->mresv = vcpu_reservation_from_real(vmm_port_reservation(port), vm->start);
}
