/* SPDX-License-Identifier: MIT */
#include "vmm/interpreters.h"

#include "isa/privileged.h"
#include "vmm/clock.h"
#include "vmm/console.h"

void
vmm_update_lines(struct vm *vm, struct vmm_port *port)
{
    vmm_clock_follow(vm, port);
    vm->vcpu.hart.mip = devices_lines(&vm->devices, vcpu_time(&vm->vcpu));
}

/* The instruction at the virtual pc is done: on to the next. */
static enum isa_result
retire(struct vm *vm)
{
    vm->vcpu.hart.pc += 4;
    vcpu_interpreted(&vm->vcpu);
    return ISA_DONE;
}

/* A wfi with nothing pending: for how long, and what can end it. */
static enum isa_result
wait_for_interrupt(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    devices_wait(&vm->devices, &vm->vcpu.hart, &vm->wait);
    vm->wait.input = vm->wait.input && vmm_console_open(vm);
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

VMM_SELDOM static enum isa_result
interpret_wfi(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    const struct isa_hart *h = &vm->vcpu.hart;

    vmm_settle(vm);
    vmm_update_lines(vm, port);
    if ((h->mip & h->mie) != 0)
        return retire(vm);
    vmm->changed = VMM_CHANGED_all;
    return wait_for_interrupt(vmm, port, vm);
}

static enum isa_result
interpret_mret(struct vmm *vmm, struct vm *vm)
{
    isa_return(&vm->vcpu.hart);
    vcpu_interpreted(&vm->vcpu);
    vmm->changed |= VMM_CHANGED_relocation;
    vmm_unmasked(vmm, vm);
    return ISA_DONE;
}

void
vmm_take_reservation(struct vmm *vmm, struct vmm_port *port)
{
    struct vm *vm = &vmm->vm[vmm->current];

    if (vmm->reservation_real == 0)
        return;
    vm->vcpu.hart.mresv = vcpu_reservation_from_real(vmm_port_reservation(port), vm->start);
    vmm->reservation_real = 0;
    vmm->changed |= VMM_CHANGED_reservation;
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

VMM_SELDOM static enum isa_result
interpret_csr(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t word,
              struct isa_outcome *out)
{
    uint32_t number = isa_csr_field(word);

    if (number >= CSR_mcycle) { /* the counters are there, and time */
        vmm_settle(vm);
        vmm_clock_follow(vm, port);
    }
    if (number == CSR_mresv)
        vmm_take_reservation(vmm, port);
    if (number == CSR_mip)
        vmm_update_lines(vm, port);
    if (isa_csr_access(&vm->vcpu.hart, vm->size, word, out) == ISA_TRAP)
        return ISA_TRAP;
    if (number == CSR_mstatus || number == CSR_mie)
        vmm_unmasked(vmm, vm);
    return retire(vm);
}

bool
vmm_interpret_csr_word(struct vm *vm, uint32_t word)
{
    if (!isa_encodes_csr(word) || !isa_csr_access_word(&vm->vcpu.hart, word))
        return false;
    (void)retire(vm);
    return true;
}

enum isa_result
vmm_interpret_privileged(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t word,
                         struct isa_outcome *out)
{
    if (isa_encodes_csr(word))
        return interpret_csr(vmm, port, vm, word, out);
    switch (word) {
    case ISA_WORD_mret: return interpret_mret(vmm, vm);
    case ISA_WORD_wfi: return interpret_wfi(vmm, port, vm);
    default: break;
    }
    out->cause = CAUSE_illegal;
    out->tval = word;
    return ISA_TRAP;
}

/* The finisher of a VM ends that VM, or resets it. */
static void
check_finisher(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    if (vm->devices.finisher.state == FINISHER_idle)
        return;
    vmm_settle(vm);
    vmm->changed = VMM_CHANGED_all;
    if (vm->devices.finisher.state == FINISHER_reset) {
        vmm_take_reservation(vmm, port);
        vmm_reset(vm);
        vmm_clock_set(vm, port);
    } else if (vm->devices.finisher.state == FINISHER_exit) {
        vm->state = VM_ended;
        vm->code = vm->devices.finisher.code;
    }
}

/* A device of `vm` may have been used. */
static void
serve_devices(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    vmm->changed |= VMM_CHANGED_interrupts;
    vmm_console_serve(vmm, port, vm);
    check_finisher(vmm, port, vm);
}

/* What it has written is what the next instruction reads. */
static void
retire_writer_of_time(struct vm *vm, struct vmm_port *port)
{
    (void)retire(vm);
    vmm_clock_set(vm, port);
}

bool
vmm_interpret_device(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t address)
{
    struct isa_hart *h = &vm->vcpu.hart;
    bool clint = address - CLINT_START < CLINT_SIZE;
    struct isa_access access;
    struct isa_outcome out;
    struct isa_ram ram;
    uint64_t before;
    uint32_t word;

    if (clint) { /* mtime is there */
        vmm_settle(vm);
        vmm_clock_follow(vm, port);
    }
    before = h->mtime;
    vmm_memory(vm, port, &ram);
    if (isa_fetch(h, &ram, &word, &out) != ISA_DONE || !isa_access_of(h, word, &access) ||
        !devices_access(&vm->devices, h, &access))
        return false;
    isa_served(h, word, &access);
    if (h->mtime == before)
        (void)retire(vm);
    else
        retire_writer_of_time(vm, port);
    vm->vcpu.recent.counted++;
    if (clint)
        vmm_timer_changed(vmm);
    serve_devices(vmm, port, vm);
    return true;
}

enum isa_result
vmm_interpret_any(struct vmm *vmm, struct vmm_port *port, struct vm *vm, struct isa_outcome *out)
{
    struct isa_ram ram;
    uint64_t before;
    uint32_t word;
    enum isa_result r;

    vmm_settle(vm);
    vmm_clock_follow(vm, port);
    before = vm->vcpu.hart.mtime;
    vmm_memory(vm, port, &ram);
    r = devices_step(&vm->devices, &vm->vcpu.hart, &ram, &isa_virtualizable, &word, out);
    if (r == ISA_WAIT)
        return wait_for_interrupt(vmm, port, vm);
    if (r == ISA_TRAP)
        return r;
    vcpu_interpreted_in_time(&vm->vcpu);
    if (vm->vcpu.hart.mtime != before + 1)
        vmm_clock_set(vm, port);
    serve_devices(vmm, port, vm);
    return ISA_DONE;
}
