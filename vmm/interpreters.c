/* SPDX-License-Identifier: MIT */
#include "vmm/interpreters.h"

#include "isa/csr.h"
#include "vmm/console.h"

void
vmm_update_lines(struct vm *vm)
{
    vm->vcpu.hart.mip = devices_lines(&vm->devices, vm->vcpu.hart.mtime);
}

static enum isa_result
retired(struct vm *vm)
{
    vcpu_interpreted(&vm->vcpu);
    return ISA_DONE;
}

/* A wfi with nothing pending: for how long, and what can end it. */
static enum isa_result
wait_for_interrupt(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    devices_wait(&vm->devices, &vm->vcpu.hart, &vm->wait);
    if (!vm->wait.timer && !vm->wait.input) {
        vm->state = VM_halted;
        return ISA_WAIT;
    }
    vmm_look_at_clock(vmm, port);
    vm->state = VM_waiting;
    vm->wait_ticks = vm->wait.timer ? vm->devices.clint.mtimecmp - vm->vcpu.hart.mtime : UINT64_MAX;
    vm->wait_left = vm->wait_ticks;
    return ISA_WAIT;
}

static enum isa_result
interpret_wfi(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct isa_hart *h = &vm->vcpu.hart;

    vmm_update_lines(vm);
    if ((h->mip & h->mie) == 0)
        return wait_for_interrupt(vmm, port, vm);
    isa_retire(h);
    return retired(vm);
}

static enum isa_result
interpret_mret(struct vm *vm)
{
    isa_mret(&vm->vcpu.hart);
    return retired(vm);
}

void
vmm_take_reservation(struct vmm *vmm, struct vmm_port *port)
{
    struct vm *vm = &vmm->vm[vmm->current];

    if (vmm->reservation_real == 0)
        return;
    vm->vcpu.hart.mresv = vcpu_reservation_from_real(vmm_port_reservation(port), vm->start);
    vmm->reservation_real = 0;
}

void
vmm_install_reservation(struct vmm *vmm, struct vmm_port *port)
{
    const struct vm *vm = &vmm->vm[vmm->current];

    if (vmm->reservation_real != 0)
        return;
    vmm_port_set_reservation(port, vcpu_reservation_to_real(vm->vcpu.hart.mresv, vm->start));
    vmm->reservation_real = 1;
}

static enum isa_result
interpret_csr(struct vmm *vmm, struct vmm_port *port, struct vm *vm, enum isa_insn insn,
              uint32_t word, struct isa_outcome *out)
{
    if (isa_csr_field(word) == CSR_mresv)
        vmm_take_reservation(vmm, port);
    if (isa_csr_field(word) == CSR_mip)
        vmm_update_lines(vm);
    if (isa_csr_instruction(&vm->vcpu.hart, vm->size, insn, word, out) == ISA_TRAP)
        return ISA_TRAP;
    return retired(vm);
}

enum isa_result
vmm_interpret_privileged(struct vmm *vmm, struct vmm_port *port, struct vm *vm, enum isa_insn insn,
                         uint32_t word, struct isa_outcome *out)
{
    switch (insn) {
#define CSR(id, mnemonic, operands, match, mask, meaning, about) case INSN_##id:
        ISA_CSR(CSR)
#undef CSR
        return interpret_csr(vmm, port, vm, insn, word, out);
    case INSN_mret: return interpret_mret(vm);
    case INSN_wfi: return interpret_wfi(vmm, port, vm);
    default: break;
    }
    out->cause = CAUSE_illegal;
    out->tval = word;
    return ISA_TRAP;
}

bool
vmm_is_quiet(enum isa_insn insn, uint32_t word)
{
    uint32_t csr = isa_csr_field(word);

    if (insn == INSN_mret || insn == INSN_wfi)
        return false;
    return !isa_csr_writes(insn, word) || (csr != CSR_mstatus && csr != CSR_mie);
}

/* The finisher of a VM ends that VM, or resets it. */
static void
check_finisher(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    if (vm->devices.finisher.state == FINISHER_reset) {
        vmm_take_reservation(vmm, port);
        vmm_reset(vm);
    } else if (vm->devices.finisher.state == FINISHER_exit) {
        vm->state = VM_ended;
        vm->code = vm->devices.finisher.code;
    }
}

enum isa_result
vmm_interpret_any(struct vmm *vmm, struct vmm_port *port, struct vm *vm, struct isa_outcome *out)
{
    struct isa_ram ram;
    uint32_t word;
    enum isa_result r;

    vmm_memory(vm, port, &ram);
    r = devices_step(&vm->devices, &vm->vcpu.hart, &ram, &isa_virtualizable, &word, out);
    if (r == ISA_WAIT)
        return wait_for_interrupt(vmm, port, vm);
    if (r == ISA_TRAP)
        return r;
    (void)retired(vm);
    vmm_console_serve(vmm, port, vm);
    check_finisher(vmm, port, vm);
    return ISA_DONE;
}
