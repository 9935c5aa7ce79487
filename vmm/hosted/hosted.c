/* SPDX-License-Identifier: MIT */
#include "vmm/hosted/hosted.h"

#include <assert.h>
#include <string.h>

/* ---- the port ---- */

uint8_t *
vmm_port_memory(struct vmm_port *port, uint32_t offset)
{
    return port->machine->ram.bytes + offset;
}

void
vmm_port_set_relocation(struct vmm_port *port, uint32_t base, uint32_t bound)
{
    port->machine->hart.mbase = base;
    port->machine->hart.mbound = bound;
}

uint32_t
vmm_port_reservation(struct vmm_port *port)
{
    return port->machine->hart.mresv;
}

void
vmm_port_set_reservation(struct vmm_port *port, uint32_t mresv)
{
    port->machine->hart.mresv = mresv;
}

/* Machine time stands still while the monitor works: the timer is set when the guest is entered. */
void
vmm_port_arm(struct vmm_port *port, uint32_t instructions)
{
    (void)port;
    (void)instructions;
}

void
vmm_port_put(struct vmm_port *port, uint32_t vm, uint8_t byte)
{
    if (port->collected == HOSTED_ALL || port->collected == vm)
        console_put(port->machine->console, byte);
    else
        console_show(port->machine->console, byte);
}

void
vmm_port_say(struct vmm_port *port, uint8_t byte)
{
    console_show(port->machine->console, byte);
}

uint8_t
vmm_port_input(struct vmm_port *port, uint32_t vm, uint32_t at)
{
    return port->input[vm][at];
}

bool
vmm_port_get(struct vmm_port *port, uint8_t *byte)
{
    struct uart *u = &port->machine->devices.uart;

    machine_serve_uart(port->machine);
    if (!u->rx_full)
        return false;
    *byte = u->rx;
    u->rx_full = false;
    return true;
}

void
vmm_port_listen(struct vmm_port *port, bool on)
{
    struct machine *m = port->machine;

    m->devices.uart.ier = on ? UART_IER_RX : 0;
    m->hart.mie = MIP_MTI | (on ? MIP_MEI : 0);
}

/*
 * Real time goes on with every step of any VM, and while all wait.  Not the
 * machine's mtime: a guest that traps at its first instruction for ever retires
 * nothing, and one that is interpreted does not run on the machine at all.
 */
uint64_t
vmm_port_now(struct vmm_port *port)
{
    uint64_t now = port->slept;

    for (uint32_t i = 0; i < port->vmm->count; i++)
        now += vcpu_steps(&port->vmm->vm[i].vcpu);
    return now;
}

/* The machine would have asked the console that often. */
void
vmm_port_attend(struct vmm_port *port, uint32_t instructions)
{
    console_passed(port->machine->console, instructions);
}

enum vmm_woken
vmm_port_idle(struct vmm_port *port, bool timer, uint64_t ticks, bool input)
{
    uint64_t elapsed;
    bool byte;

    switch (machine_idle(port->machine, timer, ticks, input, &elapsed, &byte)) {
    case MACHINE_quit: return VMM_break;
    case MACHINE_halted: return VMM_never;
    default: break;
    }
    port->slept += elapsed;
    return VMM_woken;
}

/* ---- entering and leaving a guest ---- */

void
hosted_init(struct hosted *h, struct machine *machine, uint32_t reserved)
{
    memset(h, 0, sizeof *h);
    h->machine = machine;
    h->port.machine = machine;
    h->port.vmm = &h->vmm;
    h->port.collected = HOSTED_ALL;
    machine->monitored = true;
    machine->hart.mie = MIP_MTI;
    vmm_init(&h->vmm, machine->ram.size, reserved);
}

static struct vm *
current(struct hosted *h)
{
    return &h->vmm.vm[h->vmm.current];
}

/*
 * The current VM's registers into the real processor; its timer; U-mode.  The
 * real mtime counts what is executed directly, and never comes near its end.
 */
static void
enter(struct hosted *h)
{
    struct isa_hart *real = &h->machine->hart;
    const struct vm *vm = current(h);
    const struct vcpu *v = &vm->vcpu;
    uint64_t ahead = h->vmm.armed_at > v->retired ? h->vmm.armed_at - v->retired : 0;

    memcpy(real->x, v->hart.x, sizeof real->x);
    real->pc = v->hart.pc;
    real->mode = ISA_USER;
    if (vm->hybrid != 0) /* what was interpreted may have stored to code */
        machine_written(h->machine, vm->start, vm->size);
    h->machine->devices.clint.mtimecmp = real->mtime + ahead;
}

/* The registers back into the virtual processor. */
static void
leave(struct hosted *h)
{
    memcpy(current(h)->vcpu.hart.x, h->machine->hart.x, sizeof h->machine->hart.x);
}

/*
 * Run the current VM directly, for at most `steps` steps.  MACHINE_trapped:
 * h->trap is to be dispatched.  Else the VM has been told how far it came.
 */
static enum machine_stop
run_directly(struct hosted *h, uint64_t steps)
{
    struct isa_hart *real = &h->machine->hart;
    uint64_t before = real->minstret;
    enum machine_stop stop;
    uint32_t retired;

    enter(h);
    stop = machine_run(h->machine, steps);
    leave(h);
    retired = (uint32_t)(real->minstret - before);
    if (stop == MACHINE_trapped) {
        h->trap = (struct vmm_trap){real->mcause, real->mepc, real->mtval, retired};
        return stop;
    }
    vmm_stopped(&h->vmm, real->pc, retired);
    if (stop == MACHINE_running && real->mode != ISA_USER)
        return MACHINE_lost;
    return stop;
}

static void
dispatch(struct hosted *h)
{
    struct vm *vm = current(h);

    if (!vmm_trap(vm, &h->trap))
        vmm_dispatch(&h->vmm, &h->port, vm);
    vmm_settle(vm);
}

static enum vmm_next
resume_next(struct hosted *h)
{
    enum vmm_next next = vmm_resume(&h->vmm, &h->port);

    vmm_settle(current(h));
    return next;
}

/* What the monitor has decided; MACHINE_running: to run the current VM, or to stop. */
static enum machine_stop
stop_of(struct hosted *h, enum vmm_next next)
{
    switch (next) {
    case VMM_ended: h->machine->exit_code = h->vmm.vm[0].code; return MACHINE_exit;
    case VMM_halted: return MACHINE_halted;
    case VMM_quit: return MACHINE_quit;
    default: return MACHINE_running;
    }
}

static void
start(struct hosted *h)
{
    if (!h->started)
        vmm_start(&h->vmm, &h->port);
    h->started = true;
}

/*
 * What the monitor stores for a guest that it interprets does not go through
 * the machine, which watches `tohost` alone otherwise.
 */
static bool
told(struct hosted *h, const struct vm *vm, uint64_t before)
{
    return vm->hybrid != 0 && vcpu_steps(&vm->vcpu) != before && machine_told(h->machine);
}

/* So where it is watched, `vm`, interpreted, makes one step at a time. */
static enum machine_stop
resume_until_told(struct hosted *h, struct vm *vm, enum vmm_next *next)
{
    uint64_t end = vm->stop_at, before;

    do {
        before = vcpu_steps(&vm->vcpu);
        if (vm->hybrid != 0 && h->machine->tohost != MACHINE_NO_TOHOST && before < end)
            vmm_stop_at(&h->vmm, vm, before + 1);
        *next = resume_next(h);
        vmm_stop_at(&h->vmm, vm, end);
        if (told(h, vm, before))
            return MACHINE_exit;
    } while (*next == VMM_stop && current(h) == vm && vcpu_steps(&vm->vcpu) < end);
    return stop_of(h, *next);
}

/*
 * Where a run is cut must not matter: a guest that was stopped, not trapped, is
 * entered again as it was, without the monitor having another look.
 */
static enum machine_stop
run_until_stop(struct hosted *h, struct vm *observed)
{
    for (;;) {
        const struct vm *vm;
        enum machine_stop stop;
        enum vmm_next next;

        if (h->phase == HOSTED_resume) {
            stop = resume_until_told(h, observed, &next);
            if (next != VMM_run || stop != MACHINE_running)
                return stop;
            h->phase = HOSTED_direct;
        }
        vm = current(h);
        stop = run_directly(h, vm->stop_at - vcpu_steps(&vm->vcpu));
        if (stop != MACHINE_trapped)
            return stop;
        dispatch(h);
        h->phase = HOSTED_resume;
        if (console_quit(h->machine->console))
            return MACHINE_quit;
    }
}

enum machine_stop
hosted_run(struct hosted *h, uint32_t vm, uint64_t steps)
{
    struct vm *v = &h->vmm.vm[vm];
    enum machine_stop stop;

    assert(vm < h->vmm.count && h->phase != HOSTED_dispatch);
    start(h);
    vmm_stop_at(&h->vmm, v, vcpu_steps(&v->vcpu) + steps);
    stop = run_until_stop(h, v);
    vmm_stop_at(&h->vmm, v, UINT64_MAX);
    return stop;
}

static void
unlimit(struct hosted *h)
{
    for (uint32_t i = 0; i < h->vmm.count; i++)
        vmm_stop_at(&h->vmm, &h->vmm.vm[i], UINT64_MAX);
}

/* The others are to stop now and then, too: one of them may run for ever. */
static void
limit_others(struct hosted *h, uint32_t vm)
{
    for (uint32_t i = 0; i < h->vmm.count; i++)
        if (i != vm)
            vmm_stop_at(&h->vmm, &h->vmm.vm[i], vcpu_steps(&h->vmm.vm[i].vcpu) + VMM_SLICE);
}

/* Does it wait for a byte that cannot come any more? */
static bool
waits_in_vain(const struct hosted *h, const struct vm *vm)
{
    return vm->state == VM_waiting && !vm->wait.timer && !h->machine->devices.uart.rx_full &&
           !console_open(h->machine->console);
}

enum machine_stop
hosted_run_one(struct hosted *h, uint32_t vm, uint64_t steps)
{
    const struct vm *v = &h->vmm.vm[vm];
    uint64_t end = vcpu_steps(&v->vcpu) + steps;
    enum machine_stop stop = MACHINE_running;

    while (stop == MACHINE_running && (v->state == VM_ready || v->state == VM_waiting) &&
           vcpu_steps(&v->vcpu) < end && !waits_in_vain(h, v)) {
        limit_others(h, vm);
        stop = hosted_run(h, vm, end - vcpu_steps(&v->vcpu));
    }
    unlimit(h);
    if (v->state == VM_halted || waits_in_vain(h, v))
        return MACHINE_halted;
    if (v->state != VM_ended)
        return stop;
    h->machine->exit_code = v->code;
    return MACHINE_exit;
}

/* ---- phase by phase ---- */

/* The monitor is to stop after the current VM's next step, and before any of another's. */
static void
limit(struct hosted *h)
{
    for (uint32_t i = 0; i < h->vmm.count; i++) {
        struct vm *vm = &h->vmm.vm[i];

        vmm_stop_at(&h->vmm, vm, vcpu_steps(&vm->vcpu) + (i == h->vmm.current ? 1 : 0));
    }
}

static enum machine_stop
resume(struct hosted *h)
{
    const struct vm *vm = current(h);
    uint64_t before = vcpu_steps(&vm->vcpu);
    enum vmm_next next;

    start(h);
    limit(h);
    next = resume_next(h);
    unlimit(h);
    if (next != VMM_halted && next != VMM_quit) /* these may be tried again */
        h->phases++;
    if (told(h, vm, before))
        return MACHINE_exit;
    if (next == VMM_run)
        h->phase = HOSTED_direct;
    return stop_of(h, next);
}

enum machine_stop
hosted_advance(struct hosted *h, uint64_t steps)
{
    enum machine_stop stop = MACHINE_running;

    switch (h->phase) {
    case HOSTED_resume: return resume(h);
    case HOSTED_direct:
        stop = run_directly(h, steps);
        if (stop != MACHINE_trapped)
            return stop;
        h->phase = HOSTED_dispatch;
        return MACHINE_running;
    case HOSTED_dispatch:
        dispatch(h);
        h->phases++;
        h->phase = HOSTED_resume;
        break;
    }
    return stop;
}

void
hosted_enter(struct hosted *h)
{
    assert(h->phase == HOSTED_direct);
    enter(h);
}

void
hosted_changed(struct hosted *h)
{
    assert(h->phase != HOSTED_dispatch);
    h->vmm.changed = VMM_CHANGED_all;
    h->phase = HOSTED_resume;
}
