/* SPDX-License-Identifier: MIT */
/*
 * Which VM runs next, and for how long: round robin with weights, a time slice
 * each; a real wfi when all wait.  Time slices count steps, so that a guest
 * whose trap handler traps at its own first instruction has its turn end too.
 */
#include "vmm/console.h"
#include "vmm/hybrid.h"
#include "vmm/interpreters.h"
#include "vmm/vmm.h"

/* ---- waiting VMs ---- */

/*
 * The longest idle: so that two looks at the clock are always less than its
 * range apart, however long what the monitor does in between.
 */
#define IDLE_MAX ((uint64_t)1 << 63)

static bool
any(const struct vmm *vmm, enum vm_state state)
{
    for (uint32_t i = 0; i < vmm->count; i++)
        if (vmm->vm[i].state == state)
            return true;
    return false;
}

void
vmm_look_at_clock(struct vmm *vmm, struct vmm_port *port)
{
    uint64_t now = vmm_port_now(port), passed = now - vmm->looked_at;

    for (uint32_t i = 0; i < vmm->count; i++) {
        struct vm *vm = &vmm->vm[i];

        vm->wait_left -= passed < vm->wait_left ? passed : vm->wait_left;
    }
    vmm->looked_at = now;
}

/* The wait of `vm` is over: the wfi retires, at its deadline or where a byte found it. */
static void
wake(struct vm *vm, bool deadline)
{
    struct isa_hart *h = &vm->vcpu.hart;
    uint64_t waited = vm->wait_ticks - vm->wait_left;

    if (deadline) {
        devices_sleep(&vm->devices, h);
    } else {
        isa_retire(h);
        h->mtime += waited > 0 ? waited - 1 : 0;
    }
    vcpu_interpreted(&vm->vcpu);
    vm->state = VM_ready;
}

/* Wake the VM if what it waits for has come. */
static void
try_to_wake(struct vm *vm)
{
    if (vm->wait.input && uart_lines(&vm->devices.uart) != 0)
        wake(vm, false);
    else if (vm->wait.timer && vm->wait_left == 0)
        wake(vm, true);
}

static void
wake_all(struct vmm *vmm, struct vmm_port *port)
{
    if (!any(vmm, VM_waiting))
        return;
    vmm_look_at_clock(vmm, port);
    for (uint32_t i = 0; i < vmm->count; i++)
        if (vmm->vm[i].state == VM_waiting)
            try_to_wake(&vmm->vm[i]);
}

/* All VMs wait: a real wfi for the smallest gap. */
static enum vmm_woken
idle(struct vmm *vmm, struct vmm_port *port)
{
    uint64_t gap = IDLE_MAX;
    bool timer = false, input = false;
    enum vmm_woken woken;

    vmm_look_at_clock(vmm, port);
    for (uint32_t i = 0; i < vmm->count; i++) {
        const struct vm *vm = &vmm->vm[i];

        if (vm->state != VM_waiting)
            continue;
        if (vm->wait.timer && vm->wait_left < gap)
            gap = vm->wait_left;
        timer = timer || vm->wait.timer;
        input = input || (vm->wait.input && i == vmm->focus);
    }
    woken = vmm_port_idle(port, timer, gap, input);
    vmm->armed = 0;
    vmm_console_receive(vmm, port);
    return woken;
}

/* ---- whose turn it is ---- */

/* The next ready VM after the current one, or that itself. */
static uint32_t
choose(const struct vmm *vmm)
{
    for (uint32_t i = 1; i <= vmm->count; i++) {
        uint32_t next = (vmm->current + i) % vmm->count;

        if (vmm->vm[next].state == VM_ready)
            return next;
    }
    return vmm->current;
}

/* The turn of `vm` begins: as many slices in a row as its weight says. */
static void
begin_turn(struct vm *vm)
{
    vm->slice_end = vcpu_steps(&vm->vcpu) + (uint64_t)vm->slice * vm->weight;
}

/* From the current VM to `next`: what the real processor still holds for the one is saved; the
 * other's reservation, R and timer follow when it is resumed. */
static void
switch_to(struct vmm *vmm, struct vmm_port *port, uint32_t next)
{
    if (next != vmm->current) {
        vmm_take_reservation(vmm, port);
        vmm->current = next;
        vmm->armed = 0;
    }
    begin_turn(&vmm->vm[next]);
}

static enum vmm_next
schedule(struct vmm *vmm, struct vmm_port *port)
{
    for (;;) {
        const struct vm *vm = &vmm->vm[vmm->current];

        wake_all(vmm, port);
        if (vm->state == VM_ready && vcpu_steps(&vm->vcpu) < vm->slice_end)
            return VMM_run;
        if (any(vmm, VM_ready)) {
            switch_to(vmm, port, choose(vmm));
            return VMM_run;
        }
        if (!any(vmm, VM_waiting))
            return any(vmm, VM_halted) ? VMM_halted : VMM_ended;
        switch (idle(vmm, port)) {
        case VMM_never: return VMM_halted;
        case VMM_break: return VMM_quit;
        case VMM_woken: break;
        }
    }
}

/* ---- getting the current VM ready to run ---- */

/* Take a virtual interrupt if one is pending and enabled: exactly here, before the next
 * instruction. */
static bool
inject(struct vm *vm)
{
    uint32_t cause;

    vmm_update_lines(vm);
    cause = isa_interrupt(&vm->vcpu.hart);
    if (cause == 0)
        return false;
    vcpu_trap(&vm->vcpu, cause, 0);
    vm->injected[vmm_cause_index(cause)]++;
    return true;
}

static void
install_relocation(struct vmm *vmm, struct vmm_port *port, const struct vm *vm)
{
    uint32_t base, bound;

    vmm_compose(vm, &base, &bound);
    if (base == vmm->real_base && bound == vmm->real_bound)
        return;
    vmm_port_set_relocation(port, base, bound);
    vmm->real_base = base;
    vmm->real_bound = bound;
}

/* Could a virtual timer interrupt be taken while the guest runs directly? */
static bool
timer_unmasked(const struct vm *vm)
{
    const struct isa_hart *h = &vm->vcpu.hart;

    return (h->mie & MIP_MTI) != 0 && (h->mode == ISA_USER || (h->mstatus & MSTATUS_MIE) != 0);
}

/* Does nobody wait for the end of the current VM's slice? */
static bool
is_alone(const struct vmm *vmm)
{
    for (uint32_t i = 0; i < vmm->count; i++)
        if (i != vmm->current && (vmm->vm[i].state == VM_ready || vmm->vm[i].state == VM_waiting))
            return false;
    return true;
}

/* How many instructions the guest may execute before the monitor has to look again. */
static uint32_t
instructions_until_due(const struct vmm *vmm, const struct vm *vm)
{
    uint64_t due = is_alone(vmm) ? VMM_TIMER_MAX : vm->slice_end - vcpu_steps(&vm->vcpu);
    uint64_t deadline = vm->devices.clint.mtimecmp - vm->vcpu.hart.mtime;

    if (timer_unmasked(vm) && deadline < due)
        due = deadline;
    return due < VMM_TIMER_MAX ? (uint32_t)due : VMM_TIMER_MAX;
}

/* A timer that is armed already, and not too late, is left: it fires early at worst. */
static void
arm_timer(struct vmm *vmm, struct vmm_port *port, const struct vm *vm)
{
    uint32_t due = instructions_until_due(vmm, vm);
    uint64_t at = vm->vcpu.retired + due;

    if (vmm->armed != 0 && vmm->armed_at <= at)
        return;
    vmm_port_arm(port, due);
    vmm->armed = 1;
    vmm->armed_at = at;
}

void
vmm_start(struct vmm *vmm, struct vmm_port *port)
{
    begin_turn(&vmm->vm[vmm->current]);
    vmm_console_receive(vmm, port);
}

enum vmm_next
vmm_resume(struct vmm *vmm, struct vmm_port *port)
{
    for (;;) {
        struct vm *vm;
        enum vmm_next next;

        next = schedule(vmm, port);
        if (next != VMM_run)
            return next;
        vm = &vmm->vm[vmm->current];
        if (vcpu_steps(&vm->vcpu) >= vm->stop_at)
            return VMM_stop;
        if (inject(vm))
            continue;
        if (vm->hybrid != 0 && vm->vcpu.hart.mode == ISA_MACHINE) {
            vmm_hybrid_step(vmm, port, vm);
            continue;
        }
        vmm_install_reservation(vmm, port);
        install_relocation(vmm, port, vm);
        arm_timer(vmm, port, vm);
        return VMM_run;
    }
}
