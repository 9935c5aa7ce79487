/* SPDX-License-Identifier: MIT */
/*
 * Which VM runs next, and for how long: round robin with weights, a time slice
 * each; a real wfi when all wait.  Time slices count steps, so that a guest
 * whose trap handler traps at its own first instruction has its turn end too.
 */
#include "isa/privileged.h"
#include "vmm/clock.h"
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
    vcpu_interpreted_in_time(&vm->vcpu);
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
    }
    input = vmm_console_wanted(vmm);
    woken = vmm_port_idle(port, timer, gap, input);
    vmm_disarm(vmm);
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
        vmm_disarm(vmm);
    }
    begin_turn(&vmm->vm[next]);
}

static enum vmm_next
schedule(struct vmm *vmm, struct vmm_port *port)
{
    for (;;) {
        struct vm *vm = &vmm->vm[vmm->current];

        wake_all(vmm, port);
        if (vm->state == VM_ready && vcpu_steps(&vm->vcpu) < vm->slice_end)
            return VMM_run;
        vmm_console_leave(vmm, port, vm);
        if (any(vmm, VM_ready)) {
            switch_to(vmm, port, choose(vmm));
            return VMM_run;
        }
        if (!any(vmm, VM_waiting) && !any(vmm, VM_paused))
            return any(vmm, VM_halted) ? VMM_halted : VMM_ended;
        switch (idle(vmm, port)) {
        case VMM_never: return VMM_halted;
        case VMM_break: return VMM_quit;
        case VMM_woken: break;
        }
    }
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

static uint32_t
at_most(uint32_t most, uint64_t steps)
{
    return steps < most ? (uint32_t)steps : most;
}

/* Choose who runs, and for how many steps at most. */
VMM_SELDOM static enum vmm_next
take_turn(struct vmm *vmm, struct vmm_port *port)
{
    struct vm *vm = &vmm->vm[vmm->current];
    enum vmm_next next;
    uint64_t made;
    uint32_t left;

    vmm_settle(vm);
    next = schedule(vmm, port);
    if (next != VMM_run)
        return next;
    vm = &vmm->vm[vmm->current];
    made = vcpu_steps(&vm->vcpu);
    if (made >= vm->stop_at)
        return VMM_stop;
    left = at_most(VMM_TIMER_MAX, vm->slice_end - made);
    vm->vcpu.recent.turn = is_alone(vmm) ? VMM_TIMER_MAX : left;
    vm->vcpu.recent.look = at_most(left, vm->stop_at - made);
    vmm->changed = VMM_CHANGED_all & ~VMM_CHANGED_turn;
    return VMM_run;
}

/* The end of a turn, and a stop, come with the steps that are made. */
static bool
is_turn_over(const struct vmm *vmm, const struct vcpu *v)
{
    return (vmm->changed & VMM_CHANGED_turn) != 0 || vcpu_recent_steps(v) >= v->recent.look;
}

void
vmm_stop_at(struct vmm *vmm, struct vm *vm, uint64_t steps)
{
    vm->stop_at = steps;
    vmm->changed |= VMM_CHANGED_turn;
}

/* ---- getting the current VM ready to run ---- */

/* Is a virtual interrupt to be taken? */
static bool
is_interrupted(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    if ((vmm->changed & VMM_CHANGED_interrupts) == 0)
        return false;
    if (isa_interruptible(&vm->vcpu.hart)) {
        vmm_update_lines(vm, port);
        if (isa_interrupt(&vm->vcpu.hart) != 0)
            return true;
    }
    vmm->changed &= ~(uint32_t)VMM_CHANGED_interrupts;
    return false;
}

/* Take it: exactly here, before the next instruction. */
static void
inject(struct vmm *vmm, struct vm *vm)
{
    uint32_t cause = isa_interrupt(&vm->vcpu.hart);

    vcpu_trap(&vm->vcpu, cause, 0);
    vm->injected[vmm_cause_index(cause)]++;
    vmm->changed |= VMM_CHANGED_relocation;
}

/* The hybrid monitor interprets virtual M-mode. */
static bool
is_interpreted(const struct vm *vm)
{
    return vm->hybrid != 0 && vm->vcpu.hart.mode == ISA_MACHINE;
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

    return (h->mie & MIP_MTI) != 0 && isa_interruptible(h);
}

/* How many instructions the guest may execute before the monitor has to look again. */
static uint32_t
instructions_until_due(const struct vm *vm)
{
    const struct vcpu *v = &vm->vcpu;
    uint32_t due = v->recent.turn - vcpu_recent_steps(v);

    return timer_unmasked(vm) ? at_most(due, vm->devices.clint.mtimecmp - vcpu_time(v)) : due;
}

/* A timer that is armed already, and not too late, is left: it fires early at worst. */
VMM_SELDOM static void
arm_timer(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    uint32_t due;
    uint64_t at;

    vmm_clock_follow(vm, port);
    due = instructions_until_due(vm);
    at = vcpu_retired(&vm->vcpu) + due;
    vmm->covers = timer_unmasked(vm);
    if (vmm->armed != 0 && vmm->armed_at <= at)
        return;
    vmm_port_arm(port, due);
    vmm->armed = 1;
    vmm->armed_at = at;
}

void
vmm_disarm(struct vmm *vmm)
{
    vmm->armed = 0;
    vmm->covers = 0;
    vmm->changed |= VMM_CHANGED_timer;
}

void
vmm_timer_changed(struct vmm *vmm)
{
    vmm->covers = 0;
    vmm->changed |= VMM_CHANGED_interrupts | VMM_CHANGED_timer;
}

/* A masked interrupt needs no timer, and may not have one; unless it is there, it is time for it.
 */
void
vmm_unmasked(struct vmm *vmm, const struct vm *vm)
{
    if (!isa_interruptible(&vm->vcpu.hart))
        return;
    vmm->changed |= VMM_CHANGED_interrupts;
    if (vmm->covers == 0 && timer_unmasked(vm))
        vmm->changed |= VMM_CHANGED_timer;
}

void
vmm_start(struct vmm *vmm, struct vmm_port *port)
{
    for (uint32_t i = 0; i < vmm->count; i++)
        vmm_clock_set(&vmm->vm[i], port);
    begin_turn(&vmm->vm[vmm->current]);
    vmm_console_start(vmm, port);
}

bool
vmm_go_on(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    if (is_turn_over(vmm, &vm->vcpu) || is_interrupted(vmm, port, vm) || is_interpreted(vm))
        return false;
    if ((vmm->changed & VMM_CHANGED_reservation) != 0)
        vmm_install_reservation(vmm, port);
    if ((vmm->changed & VMM_CHANGED_relocation) != 0)
        install_relocation(vmm, port, vm);
    if ((vmm->changed & VMM_CHANGED_timer) != 0)
        arm_timer(vmm, port, vm);
    vmm->changed = 0;
    return true;
}

enum vmm_next
vmm_resume(struct vmm *vmm, struct vmm_port *port)
{
    for (;;) {
        struct vm *vm = &vmm->vm[vmm->current];
        enum vmm_next next = VMM_run;

        if (vmm_go_on(vmm, port, vm))
            return VMM_run;
        if (is_turn_over(vmm, &vm->vcpu))
            next = take_turn(vmm, port);
        else if (is_interrupted(vmm, port, vm))
            inject(vmm, vm);
        else
            vmm_hybrid_step(vmm, port, vm);
        if (next != VMM_run)
            return next;
    }
}
