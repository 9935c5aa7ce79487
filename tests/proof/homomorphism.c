/* SPDX-License-Identifier: MIT */
/*
 * P2: the monitor's guest and the bare machine stay the same.
 *
 *        S  ----- one step of the bare machine ------>  e(S)
 *        |                                               |
 *        f                                               f
 *        |                                               |
 *      f(S) --- one real step; the monitor, if it ---> f(e(S))
 *               traps out of U-mode
 *
 * For all states S of a machine, all placements of it in real RAM, and the
 * instruction word that the prover chooses.  f is a relation here: the monitor
 * has state of its own (its account of what is recent, by when its timer
 * fires, what it still has to look at), and any that it can have will do.
 * `any_related` makes all pairs of states that are related; `still_related`
 * proves that two are.  They come in two kinds: while the guest runs directly,
 * and `inside` the monitor, which has done what a trap is for and not resumed
 * the guest yet.
 *
 * The proof is in pieces, each from all states of the one kind to the other:
 *
 *   instruction  what the real processor executes by itself, the bare one
 *                executes alike; what traps into the monitor to be emulated,
 *                or for a device, the monitor does alike; all else traps on
 *                both with the same cause;
 *   reflected    such a trap, through the monitor, is the bare machine's trap;
 *   timer, byte  the real timer fires, in time or early; a byte comes;
 *   resume       vmm_resume: an interrupt that is due is taken as the bare
 *                machine takes it, and the guest goes on; its loop is cut into
 *                a new turn, an interrupt, and going on;
 *   hybrid_step  an instruction of virtual M-mode, interpreted (theorem 3).
 *
 * Put in place of the shipping code are isa_window (lemma_window, lemma_placed)
 * and devices_lines (lemma_lines), by what is proved of them; the port is this
 * file's own, as vmm/port.h wants it.
 */
#include <string.h>

#include "tests/proof/states.h"
#include "vmm/hybrid.h"
#include "vmm/interpreters.h"
#include "vmm/vmm.h"

extern const struct isa_variant variant_under_proof;

/* ---- the hardware under the monitor, and what it says ---- */

struct console {
    bool waits; /* a byte is there... */
    uint8_t byte;
    bool comes;     /* ...or comes in a wfi... */
    uint64_t after; /* ...so many ticks later */
    uint32_t sent;  /* bytes out, and the last of them */
    uint8_t out;
};

struct vmm_port {
    struct isa_hart hart;
    struct isa_ram ram;
    struct console console;
    bool armed;     /* the timer was armed since this was false... */
    uint32_t ahead; /* ...so far ahead */
    bool listening;
    uint64_t now;
};

uint8_t *
vmm_port_memory(struct vmm_port *port, uint32_t offset)
{
    return port->ram.bytes + offset;
}

void
vmm_port_set_relocation(struct vmm_port *port, uint32_t base, uint32_t bound)
{
    prove(((base | bound) & 3) == 0, "the real R is legal");
    port->hart.mbase = base;
    port->hart.mbound = bound;
}

uint32_t
vmm_port_reservation(struct vmm_port *port)
{
    return port->hart.mresv;
}

void
vmm_port_set_reservation(struct vmm_port *port, uint32_t mresv)
{
    prove((mresv == 0) | ((mresv & ~3u) < port->ram.size), "the real mresv is legal");
    port->hart.mresv = mresv;
}

void
vmm_port_arm(struct vmm_port *port, uint32_t instructions)
{
    prove(instructions <= VMM_TIMER_MAX, "the timer is armed at most VMM_TIMER_MAX ahead");
    port->armed = true;
    port->ahead = instructions;
}

void
vmm_port_put(struct vmm_port *port, uint32_t vm, uint8_t byte)
{
    prove(vm == 0, "the byte is the guest's own");
    port->console.sent++;
    port->console.out = byte;
}

/* Of several VMs, of a console that takes ^A, and of input from a file: none is here. */
void
vmm_port_say(struct vmm_port *port, uint8_t byte)
{
    (void)port;
    (void)byte;
    prove(false, "the monitor says nothing");
}

uint8_t
vmm_port_input(struct vmm_port *port, uint32_t vm, uint32_t at)
{
    (void)port;
    (void)vm;
    (void)at;
    prove(false, "the guest's input is the console's");
    return 0;
}

void
vmm_port_attend(struct vmm_port *port, uint32_t instructions)
{
    (void)port;
    (void)instructions;
}

bool
vmm_port_get(struct vmm_port *port, uint8_t *byte)
{
    if (!port->console.waits)
        return false;
    *byte = port->console.byte;
    port->console.waits = false;
    return true;
}

void
vmm_port_listen(struct vmm_port *port, bool on)
{
    port->listening = on;
}

uint64_t
vmm_port_now(struct vmm_port *port)
{
    return port->now;
}

enum vmm_woken
vmm_port_idle(struct vmm_port *port, bool timer, uint64_t ticks, bool input)
{
    struct console *c = &port->console;

    if (input && c->comes && (!timer || c->after < ticks)) {
        c->comes = false;
        c->waits = true;
        port->now += c->after;
        return VMM_woken;
    }
    c->after -= ticks;
    port->now += ticks;
    return timer ? VMM_woken : VMM_never;
}

/* ---- the bare machine ---- */

enum end { GOES_ON, EXITED, HALTED };

struct bare {
    struct isa_hart hart;
    struct devices devices;
    struct isa_ram ram;
    struct console console;
    uint32_t entry, a1, code;
    enum end end;
};

/* machine.c, machine_serve_uart. */
static void
serve(struct bare *b)
{
    struct uart *u = &b->devices.uart;

    if (u->tx_full) {
        b->console.sent++;
        b->console.out = u->tx;
    }
    u->tx_full = false;
    if (!u->rx_full & b->console.waits) {
        b->console.waits = false;
        uart_receive(u, b->console.byte);
    }
}

/* docs/machine.md, ‘Time’: a wfi with nothing pending. */
static void
sleep(struct bare *b)
{
    struct devices_wait wait;
    struct console *c = &b->console;
    uint64_t ticks = b->devices.clint.mtimecmp - b->hart.mtime;

    devices_wait(&b->devices, &b->hart, &wait);
    if (wait.input && c->comes && (!wait.timer || c->after < ticks)) {
        c->comes = false;
        uart_receive(&b->devices.uart, c->byte);
        isa_retire(&b->hart);
        b->hart.mtime += c->after > 0 ? c->after - 1 : 0;
    } else if (wait.timer) {
        devices_sleep(&b->devices, &b->hart);
    } else {
        b->end = HALTED;
    }
}

static void
finish(struct bare *b)
{
    if (b->devices.finisher.state == FINISHER_idle)
        return;
    if (b->devices.finisher.state == FINISHER_exit) {
        b->end = EXITED;
        b->code = b->devices.finisher.code;
        return;
    }
    isa_reset(&b->hart, b->entry, b->a1);
    devices_reset(&b->devices);
    serve(b);
}

/* Take the interrupt that is due before the next instruction, if one is. */
static void
interrupt(struct bare *b)
{
    uint32_t cause;

    b->hart.mip = devices_lines(&b->devices, b->hart.mtime);
    cause = isa_interrupt(&b->hart);
    if (cause != 0)
        isa_trap(&b->hart, cause, 0);
}

/* Is one due? */
static bool
is_due(struct bare *b)
{
    b->hart.mip = devices_lines(&b->devices, b->hart.mtime);
    return isa_interrupt(&b->hart) != 0;
}

/* The rest of an instruction that devices_step has come to `r` with, but for a wait. */
static void
complete(struct bare *b, enum isa_result r, const struct isa_outcome *out)
{
    if (r == ISA_TRAP) {
        isa_trap(&b->hart, out->cause, out->tval);
    } else if (r == ISA_DONE) {
        serve(b);
        finish(b);
    }
}

/* ---- windows (isa/relocate.h) ---- */

static const struct isa_hart *placed; /* the real processor, whose R is composed */
static uint32_t placed_size;
static struct isa_window placed_window;

/* lemma_window, lemma_placed. */
void
window_summary(uint32_t mode, uint32_t mbase, uint32_t mbound, uint32_t ram_size,
               struct isa_window *w)
{
    if (mode == ISA_MACHINE) {
        w->base = 0;
        w->bound = ram_size;
    } else if (placed != 0 && identical(mbase, placed_window.base) &&
               identical(mbound, placed_window.bound) && identical(ram_size, placed_size)) {
        *w = placed_window;
    } else {
        w->base = function_of("window.base", mode, mbase, mbound, ram_size) & ~3u;
        w->bound = function_of("window.bound", mode, mbase, mbound, ram_size) & ~3u;
        assume((w->base <= ram_size) & (w->bound <= ram_size - w->base));
    }
}

/* A window in an allotment, as real R, is that window, moved by the allotment; but an empty one
 * may be anywhere, and lets nothing through. */
void
lemma_placed(void)
{
    struct isa_window w;
    uint32_t memory = sym("memory"), start = sym("start"), size = sym("size");
    uint32_t base = sym("base"), bound = sym("bound"), bytes = 1u << (sym("bytes") & 3), offset;

    assume((memory <= RAM_MAX) & (start <= memory) & (size <= memory - start));
    assume((base <= size) & (bound <= size - base));
    isa_window(ISA_USER, start + base, bound, memory, &w);
    prove(w.bound == bound, "as large");
    prove((w.base == start + base) | (bound == 0), "moved by the allotment");
    if (bound == 0)
        prove(!isa_relocate(&w, sym("va"), bytes, &offset), "an empty window lets nothing through");
}

/*
 * What virtual R forbids, the composed R forbids, and what it lets through is
 * the same word of the allotment: of the window of virtual U-mode, and of all
 * of the allotment in virtual M-mode, on the functions themselves.
 */
void
lemma_composed(void)
{
    struct vm vm;
    struct isa_window own, real;
    uint32_t memory = sym("memory"), bytes = 1u << (sym("bytes") & 3), va = sym("va");
    uint32_t base, bound, offset = 0, real_offset = 0;
    bool lets, real_lets;

    vm.start = sym("start");
    vm.size = sym("size");
    assume((memory <= RAM_MAX) & (vm.start <= memory) & (vm.size <= memory - vm.start));
    vm.vcpu.hart.mode = (sym("mode") & 1) * ISA_MACHINE;
    vm.vcpu.hart.mbase = sym("mbase");
    vm.vcpu.hart.mbound = sym("mbound");
    isa_window(vm.vcpu.hart.mode, vm.vcpu.hart.mbase, vm.vcpu.hart.mbound, vm.size, &own);
    vmm_compose(&vm, &base, &bound);
    isa_window(ISA_USER, base, bound, memory, &real);
    lets = isa_relocate(&own, va, bytes, &offset);
    real_lets = isa_relocate(&real, va, bytes, &real_offset);
    prove(lets == real_lets, "what virtual R forbids, the composed R forbids, and nothing else");
    prove(!lets | (real_offset == vm.start + offset), "it is the same word of the allotment");
    prove(!lets | ((real_offset >= vm.start) & (real_offset - vm.start <= vm.size - bytes)),
          "and in the allotment");
}

/* Whoever looks on has the account settled, at any exit: it is the same account. */
void
lemma_settle(void)
{
    struct vmm vmm;
    struct vm *vm = &vmm.vm[0];
    struct vcpu *v = &vm->vcpu;
    uint32_t late = sym("recently retired") & VMM_TIMER_MAX, steps;
    uint64_t retired, all, time;
    uint32_t minstret, left;
    bool over;

    vmm_init(&vmm, RAM_MAX, 0);
    (void)vmm_add(&vmm, "guest", 0x1000, 0, 0);
    v->hart.minstret = sym64("minstret");
    v->hart.mtime = sym64("mtime");
    v->retired = sym64("retired");
    v->traps = sym64("traps");
    v->recent.interpreted = sym("recent.interpreted");
    assume(v->recent.interpreted <= late);
    v->recent.direct = late - v->recent.interpreted;
    v->recent.traps = sym("recent.traps") & VMM_TIMER_MAX;
    v->recent.counted = sym("recent.counted");
    v->recent.turn = sym("recent.turn") & VMM_TIMER_MAX;
    v->recent.look = sym("recent.look");
    assume(v->recent.look <= v->recent.turn);
    steps = vcpu_recent_steps(v);
    retired = vcpu_retired(v);
    all = vcpu_steps(v);
    time = vcpu_time(v);
    minstret = vcpu_minstret(v);
    over = steps >= v->recent.look;
    left = v->recent.turn - steps;
    vmm_settle(vm);
    prove(vcpu_recent_steps(v) == 0, "nothing is recent");
    prove(vcpu_retired(v) == retired, "as many have retired");
    prove(vcpu_steps(v) == all, "as many steps were made");
    prove(vcpu_time(v) == time, "it is as late");
    prove(vcpu_minstret(v) == minstret, "minstret is what it was");
    prove((0 >= v->recent.look) == over, "the turn is over, or is not");
    prove(over | (v->recent.turn == left), "and is as long");
    prove((v->recent.turn <= VMM_TIMER_MAX) & (v->recent.look <= v->recent.turn), "in order");
}

/* ---- the relation ---- */

#define STEPS_MAX (((uint64_t)1 << 62) - 1) /* a run of more is not of this world */

struct both {
    struct bare bare;
    struct vmm_port real;
    struct vmm vmm;
    uint32_t executed; /* directly, since the guest was resumed */
    uint64_t armed_at; /* the monitor's, before the step */
};

static struct vm *
guest(struct both *s)
{
    return &s->vmm.vm[0];
}

/* Instructions that have retired since the account was last settled: `executed` of them since the
 * guest was resumed. */
static uint32_t
recently_retired(const struct both *s)
{
    const struct vcpu_recent *r = &s->vmm.vm[0].vcpu.recent;

    return s->executed + r->direct + r->interpreted;
}

/* All instructions of the guest's. */
static uint64_t
all_retired(const struct both *s)
{
    return s->vmm.vm[0].vcpu.retired + recently_retired(s);
}

/*
 * How far ahead the monitor knows its timer to be.  While virtual M-mode is
 * interpreted, time goes by and no timer fires: it is then overdue, and does as
 * soon as the guest runs directly.
 */
static uint64_t
ahead_of(const struct both *s)
{
    uint64_t at = s->vmm.armed_at;

    if (s->vmm.vm[0].hybrid != 0 && at < all_retired(s))
        return 0;
    return at - all_retired(s);
}

static bool
is_changed(const struct both *s, enum vmm_changed what)
{
    return (s->vmm.changed & what) != 0;
}

/* ---- the invariant: assumed before, proved after ---- */

/* Is no interrupt due? */
static bool
is_settled(const struct isa_hart *h, uint32_t lines)
{
    return ((lines & h->mie) == 0) | ((h->mode == ISA_MACHINE) & ((h->mstatus & MSTATUS_MIE) == 0));
}

static bool
is_timer_unmasked(const struct isa_hart *h)
{
    return ((h->mie & MIP_MTI) != 0) & ((h->mode == ISA_USER) | ((h->mstatus & MSTATUS_MIE) != 0));
}

/* A timer that covers the guest's own deadline fires no later than that, unless it is looked at. */
static bool
is_covering_in_time(const struct both *s)
{
    const struct vmm *m = &s->vmm;
    uint64_t time = s->bare.hart.mtime, deadline = s->bare.devices.clint.mtimecmp;

    return is_changed(s, VMM_CHANGED_timer) | (m->covers == 0) |
           ((m->armed != 0) & (time <= deadline) & (ahead_of(s) <= deadline - time));
}

/* Where the timer is not to be looked at, it is armed, and covers the guest's unless that is
 * masked. */
static bool
is_armed_as_needed(const struct both *s)
{
    const struct vmm *m = &s->vmm;

    return is_changed(s, VMM_CHANGED_timer) |
           ((m->armed != 0) & ((m->covers != 0) | !is_timer_unmasked(&s->bare.hart)));
}

/* Where interrupts are not to be looked at, none is due; but at the guest's deadline, when the real
 * timer fires too, its timer's may be. */
static bool
is_looked_for_as_needed(const struct both *s)
{
    const struct bare *b = &s->bare;
    bool reached = (s->vmm.armed != 0) & (s->vmm.covers != 0) & (ahead_of(s) == 0) &
                   (b->hart.mtime == b->devices.clint.mtimecmp);
    uint32_t lines = lines_summary(&b->devices, b->hart.mtime);

    return is_changed(s, VMM_CHANGED_interrupts) |
           is_settled(&b->hart, lines & ~((uint32_t)reached << IRQ_timer));
}

/* Interpreted, it has no real timer that tells. */
static bool
is_interpreted(const struct both *s)
{
    return (s->vmm.vm[0].hybrid != 0) & (s->bare.hart.mode == ISA_MACHINE);
}

/* While virtual M-mode is interpreted no timer fires; it is looked at before another guest is. */
static bool
is_timer_forgotten(const struct both *s)
{
    return (s->vmm.vm[0].hybrid != 0) & is_changed(s, VMM_CHANGED_timer);
}

/* Nothing that is recent overflows, before the timer fires. */
static bool
is_account_small(const struct both *s)
{
    bool armed = (s->vmm.armed != 0) & !is_timer_forgotten(s);
    uint64_t ahead = ahead_of(s);

    return (recently_retired(s) <= VMM_TIMER_MAX) &
           (!armed | ((ahead <= VMM_TIMER_MAX) & (ahead <= VMM_TIMER_MAX - recently_retired(s))));
}

static bool
is_account_consistent(const struct both *s)
{
    const struct vcpu_recent *r = &s->vmm.vm[0].vcpu.recent;

    return (s->executed <= recently_retired(s)) &
           (r->interpreted <= recently_retired(s) - s->executed) & (r->counted <= r->interpreted);
}

/* One more trap may have been taken, since the monitor looked whether a turn is over. */
static bool
is_trap_count_small(const struct both *s, bool inside)
{
    return s->vmm.vm[0].vcpu.recent.traps <= VMM_TIMER_MAX + (uint32_t)inside;
}

static bool
is_turn_in_order(const struct both *s)
{
    const struct vcpu_recent *r = &s->vmm.vm[0].vcpu.recent;

    return (r->turn <= VMM_TIMER_MAX) & (r->look <= r->turn);
}

/* Is any byte that waits kept from the guest by nothing but a full latch? */
static bool
is_byte_taken(const struct console *c, const struct uart *u)
{
    return !c->waits | u->rx_full;
}

/* ---- any state: before ---- */

/* Where a counterexample is looked for that the command can replay (cli/step_file.h). */
#define SMALL_REAL  0x40000u
#define SMALL_GUEST 0x1000u

/* Any real machine, any placement, and a guest in it. */
static void
any_placement(struct both *s)
{
    uint32_t memory = sym("memory") & ~0xfffu, start = sym("start") & ~0xfffu;
    uint32_t size = sym("size") & ~0xfffu;

    if (parameter("small") != 0) {
        memory = SMALL_REAL;
        size = SMALL_GUEST;
    }
    assume((memory <= RAM_MAX) & (start <= memory) & (size <= memory - start));
    assume(size >= 0x1000);
    any_hart(&s->real.hart, ISA_USER, memory);
    s->real.hart.mip = 0;
    s->real.ram.size = memory;
    s->real.ram.bytes = sym_bytes("ram", memory);
    vmm_init(&s->vmm, memory, start);
    (void)vmm_add(&s->vmm, "guest", size, sym("entry") & ~3u, sym("a1"));
}

static void
any_console(struct console *c, const struct uart *u)
{
    c->waits = (sym("byte waits") & 1) != 0;
    assume(is_byte_taken(c, u));
    c->byte = (uint8_t)sym("byte");
    c->comes = (sym("byte comes") & 1) != 0;
    assume(!(c->comes & c->waits));
    c->after = sym64("byte comes after");
    c->sent = 0;
    c->out = 0;
}

/* Any state of the bare machine, and the same memory. */
static void
any_bare(struct both *s, uint32_t mode)
{
    struct bare *b = &s->bare;
    const struct vm *vm = guest(s);

    any_hart(&b->hart, mode, vm->size);
    any_devices(&b->devices);
    b->hart.mip = lines_summary(&b->devices, b->hart.mtime);
    any_console(&b->console, &b->devices.uart);
    b->entry = vm->entry;
    b->a1 = vm->a1;
    b->end = GOES_ON;
    b->ram.size = vm->size;
    b->ram.bytes = copy_bytes(s->real.ram.bytes) + vm->start;
}

/* The account of what the guest has done lately, and when the timer fires: all that can be.  Where
 * the monitor settles it first, a settled one is all (lemma_settle). */
static void
any_account(struct both *s, bool inside)
{
    struct vcpu *v = &guest(s)->vcpu;
    struct vcpu_recent *r = &v->recent;
    bool settled = parameter("settled") != 0;
    uint32_t late = settled ? 0 : sym("recently retired") & VMM_TIMER_MAX;
    uint32_t ahead = sym("timer ahead") & VMM_TIMER_MAX;
    uint64_t steps = sym64("steps") & STEPS_MAX;

    s->executed = inside ? 0 : sym("executed");
    r->interpreted = settled ? 0 : sym("recent.interpreted");
    r->direct = late - s->executed - r->interpreted;
    r->counted = settled ? 0 : sym("recent.counted");
    r->traps = settled ? 0 : sym("recent.traps") & VMM_TIMER_MAX;
    if (inside && !settled)
        r->traps += sym("one more trap") & 1;
    r->turn = sym("recent.turn") & VMM_TIMER_MAX;
    r->look = sym("recent.look") & VMM_TIMER_MAX;
    v->direct = sym64("direct");
    v->retired = sym64("retired") & STEPS_MAX;
    v->traps = steps - v->retired - late - r->traps;
    s->vmm.armed = inside ? sym("armed") & 1 : 1;
    s->vmm.covers = sym("covers") & 1;
    s->vmm.armed_at = all_retired(s) + ahead;
    if (guest(s)->hybrid != 0)
        s->vmm.armed_at = sym64("armed at") & STEPS_MAX;
    s->armed_at = s->vmm.armed_at;
    s->real.armed = false;
    assume(is_account_small(s) & is_account_consistent(s));
    assume(is_turn_in_order(s));
    assume(is_trap_count_small(s, inside));
}

/* The virtual processor, as the monitor has it. */
static void
any_vcpu(struct both *s, bool inside)
{
    const struct isa_hart *b = &s->bare.hart;
    struct isa_hart *v = &guest(s)->vcpu.hart;

    *v = *b;
    v->mip = sym("stale mip");
    v->mcycle -= recently_retired(s);
    v->minstret -= recently_retired(s);
    v->mtime -= recently_retired(s);
    if (!inside) {
        sym_registers("stale", v->x);
        v->pc = sym("stale pc");
    }
}

/* The real processor's reservation, R, registers: the guest's, unless they are still to be put
 * there. */
static void
any_real(struct both *s)
{
    const struct isa_hart *b = &s->bare.hart;
    struct isa_hart *real = &s->real.hart;
    struct vm *vm = guest(s);
    struct isa_window w;

    vmm_compose(vm, &w.base, &w.bound);
    memcpy(real->x, b->x, sizeof real->x);
    real->pc = b->pc;
    if (!is_changed(s, VMM_CHANGED_relocation)) {
        real->mbase = w.base;
        real->mbound = w.bound;
    }
    placed = real;
    placed_window = w;
    placed_size = s->real.ram.size;
    s->vmm.real_base = real->mbase;
    s->vmm.real_bound = real->mbound;

    vm->vcpu.hart.mresv = b->mresv;
    s->vmm.reservation_real = 0;
    if (!is_changed(s, VMM_CHANGED_reservation) || (sym("reservation in place") & 1) != 0) {
        real->mresv = vcpu_reservation_to_real(b->mresv, vm->start);
        vm->vcpu.hart.mresv = sym("stale mresv");
        s->vmm.reservation_real = 1;
    }
}

/*
 * Any bare machine, and any real one that has it for its guest: which runs
 * directly or, `inside`, has trapped into the monitor, which has done what the
 * trap is for and resumes it next.
 */
static void
any_related(struct both *s, uint32_t mode, bool inside, uint32_t changed)
{
    any_placement(s);
    guest(s)->hybrid = parameter("hybrid");
    s->vmm.changed = changed;
    any_bare(s, mode);
    any_account(s, inside);
    any_vcpu(s, inside);
    any_real(s);
    s->vmm.interpreted = sym("interpreted") & 4095;
    guest(s)->devices = s->bare.devices;
    guest(s)->slice_end = sym64("slice end");
    s->real.console = s->bare.console;
    s->vmm.listening = !s->bare.devices.uart.rx_full;
    s->real.listening = !s->bare.devices.uart.rx_full;
    s->real.now = sym64("now");
    s->vmm.looked_at = sym64("looked at");
    assume(!is_interpreted(s) | is_changed(s, VMM_CHANGED_interrupts) | !is_due(&s->bare));
    assume(is_covering_in_time(s));
    assume(is_armed_as_needed(s) & is_looked_for_as_needed(s));
}

/* Another instruction may be executed before the timer fires. */
static bool
is_before_timer(const struct both *s)
{
    return ahead_of(s) != 0;
}

/* The word under proof at pc, if the window shows pc; does it? */
static bool
plant(struct both *s)
{
    struct bare *b = &s->bare;
    struct isa_window w;
    uint32_t offset;

    isa_hart_window(&b->hart, b->ram.size, &w);
    if (!isa_relocate(&w, b->hart.pc, 4, &offset))
        return false;
    isa_ram_store(b->ram.bytes + offset, 4, instruction());
    isa_ram_store(s->real.ram.bytes + guest(s)->start + offset, 4, instruction());
    return true;
}

/* ---- the same state: after ---- */

/* The guest's processor, as the real one and the monitor have it. */
static void
view(struct both *s, bool inside, struct isa_hart *h)
{
    vmm_view(&s->vmm, &s->real, 0, h);
    if (!inside) {
        memcpy(h->x, s->real.hart.x, sizeof h->x);
        h->pc = s->real.hart.pc;
    }
    h->mcycle += recently_retired(s);
    h->minstret += recently_retired(s);
    h->mtime += recently_retired(s);
}

static void
same_devices(const struct devices *a, const struct devices *b)
{
    prove(a->clint.msip == b->clint.msip, "msip");
    prove(a->clint.mtimecmp == b->clint.mtimecmp, "mtimecmp");
    prove((a->uart.ier == b->uart.ier) & (a->uart.fcr == b->uart.fcr) &
              (a->uart.lcr == b->uart.lcr) & (a->uart.mcr == b->uart.mcr) &
              (a->uart.scr == b->uart.scr) & (a->uart.dll == b->uart.dll) &
              (a->uart.dlm == b->uart.dlm),
          "the UART's registers");
    prove((a->uart.rx == b->uart.rx) & (a->uart.rx_full == b->uart.rx_full), "the UART's latch");
    prove(!a->uart.tx_full & !b->uart.tx_full, "nothing sent stays");
    prove((a->finisher.state == b->finisher.state) & (a->finisher.code == b->finisher.code),
          "the finisher");
}

static void
same_consoles(const struct console *a, const struct console *b)
{
    prove((a->sent == b->sent) & (a->out == b->out), "bytes sent");
    prove((a->waits == b->waits) & (a->comes == b->comes), "bytes taken");
}

static void
same_machines(struct both *s, bool inside)
{
    const struct isa_hart *b = &s->bare.hart;
    struct isa_hart v;

    view(s, inside, &v);
    prove(v.pc == b->pc, "pc");
    prove(same_registers(v.x, b->x), "x1 to x31");
    prove(v.mode == b->mode, "mode");
    prove(v.mstatus == b->mstatus, "mstatus");
    prove((v.mie == b->mie) & (v.mtvec == b->mtvec) & (v.mscratch == b->mscratch),
          "mie, mtvec, mscratch");
    prove(v.mepc == b->mepc, "mepc");
    prove((v.mcause == b->mcause) & (v.mtval == b->mtval), "mcause, mtval");
    prove((v.mbase == b->mbase) & (v.mbound == b->mbound), "R");
    prove(v.mresv == b->mresv, "mresv");
    prove((v.mcycle == b->mcycle) & (v.minstret == b->minstret), "counters");
    prove(v.mtime == b->mtime, "time");
    same_devices(&guest(s)->devices, &s->bare.devices);
    same_consoles(&s->real.console, &s->bare.console);
    prove(same_bytes(s->real.ram.bytes, s->bare.ram.bytes),
          "memory, in the allotment and outside it");
}

/* What the real processor has is the guest's, or is still to be put there. */
static void
still_real(struct both *s)
{
    const struct vm *vm = guest(s);
    uint32_t base, bound;

    vmm_compose(vm, &base, &bound);
    prove(is_changed(s, VMM_CHANGED_relocation) |
              ((s->real.hart.mbase == base) & (s->real.hart.mbound == bound)),
          "the real R is the composed R");
    prove((bound == 0) | ((base >= vm->start) & (bound <= vm->start + vm->size - base)),
          "the composed R stays in the allotment");
    prove((s->vmm.real_base == s->real.hart.mbase) & (s->vmm.real_bound == s->real.hart.mbound),
          "the monitor knows the real R");
    prove(is_changed(s, VMM_CHANGED_reservation) | (s->vmm.reservation_real != 0),
          "the reservation is in the real processor");
    prove(s->real.listening == !vm->devices.uart.rx_full, "it listens while there is room");
    prove((s->vmm.listening != 0) == s->real.listening, "the monitor knows that it listens");
    prove(is_byte_taken(&s->real.console, &vm->devices.uart),
          "no byte waits that there is room for");
}

static void
still_in_time(struct both *s, bool inside)
{
    if (s->real.armed)
        prove((s->vmm.armed == 0) | (ahead_of(s) == s->real.ahead), "the monitor knows for when");
    else
        prove((s->vmm.armed == 0) | (s->vmm.armed_at == s->armed_at), "and has not forgotten it");
    prove(is_account_small(s), "what is recent stays small");
    prove(is_account_consistent(s), "and so do its parts");
    prove(is_trap_count_small(s, inside), "traps are counted");
    prove(is_turn_in_order(s), "a look comes before a turn's end");
    prove(is_covering_in_time(s), "the timer fires no later than the guest's own");
    prove(is_armed_as_needed(s), "the timer is armed");
    prove(is_looked_for_as_needed(s), "no interrupt is overlooked");
}

static void
still_related(struct both *s, bool inside)
{
    if (s->vmm.vm[0].hybrid != 0)
        prove(!is_interpreted(s) | is_changed(s, VMM_CHANGED_interrupts) | !is_due(&s->bare),
              "hybrid: what is interpreted overlooks no interrupt");
    if (s->vmm.vm[0].hybrid != 0)
        prove(inside | !is_interpreted(s), "hybrid: what is interpreted does not run directly");
    prove(s->vmm.current == 0, "it is still the guest's turn");
    prove(inside | (s->vmm.changed == 0), "nothing is left to look at");
    still_real(s);
    still_in_time(s, inside);
    same_machines(s, inside);
}

/* ---- into the monitor ---- */

/* Out of the guest: a trap.  Was it more than vmm_trap alone can do? */
static bool
trap_out(struct both *s, uint32_t cause, uint32_t tval)
{
    struct vmm_trap t = {cause, s->real.hart.pc, tval, s->executed};
    struct vm *vm = guest(s);

    memcpy(vm->vcpu.hart.x, s->real.hart.x, sizeof vm->vcpu.hart.x);
    s->real.hart.mode = ISA_MACHINE;
    s->executed = 0;
    if (vmm_trap(vm, &t))
        return false;
    vmm_dispatch(&s->vmm, &s->real, vm);
    return true;
}

/* The guest waits in a wfi, as the bare machine is about to. */
static void
still_waiting(struct both *s)
{
    const struct vm *vm = guest(s);
    const struct bare *b = &s->bare;
    struct devices_wait wait;
    uint64_t ticks = b->devices.clint.mtimecmp - b->hart.mtime;

    devices_wait(&b->devices, &b->hart, &wait);
    prove(vm->state == (wait.timer || wait.input ? VM_waiting : VM_halted),
          "it waits, or for ever");
    prove((b->hart.mie & lines_summary(&b->devices, b->hart.mtime)) == 0, "for something to come");
    prove(recently_retired(s) + vm->vcpu.recent.traps == 0, "its account is settled");
    if (vm->state == VM_waiting) {
        prove((vm->wait.timer == wait.timer) & (vm->wait.input == wait.input), "for the same");
        prove(vm->wait_ticks == (wait.timer ? ticks : UINT64_MAX), "for as long");
        prove((vm->wait_left == vm->wait_ticks) & (s->vmm.looked_at == s->real.now), "from now on");
    }
}

/* The instruction, whose trap the monitor has dealt with, came to `r` on the bare machine. */
static void
compare_inside(struct both *s, enum isa_result r)
{
    const struct vm *vm = guest(s);
    bool ready = (r != ISA_WAIT) & (s->bare.end == GOES_ON);

    if (s->bare.end == EXITED)
        prove((vm->state == VM_ended) & (vm->code == s->bare.code), "it ends, with the same code");
    else if (r == ISA_WAIT)
        still_waiting(s);
    else
        prove(vm->state == VM_ready, "the guest is ready");
    prove(ready | (s->vmm.changed == VMM_CHANGED_all), "its turn is looked at");
    still_related(s, true);
}

/* ---- an instruction ---- */

/* Does the monitor do something of its own, or hand the trap on to the guest? */
static bool
is_reflected(uint32_t mode, uint32_t cause, uint32_t tval)
{
    if (mode == ISA_USER)
        return true;
    if (cause == CAUSE_load_access || cause == CAUSE_store_access)
        return !devices_at(tval);
    return cause != CAUSE_illegal;
}

/* The cause that the guest is to see: its mode is not the real one. */
static uint32_t
virtual_cause(uint32_t mode, uint32_t cause)
{
    return mode == ISA_MACHINE && cause == CAUSE_ecall_user ? CAUSE_ecall_machine : cause;
}

/* It traps, and the monitor emulates it. */
static void
emulated(struct both *s, enum isa_result r, const struct isa_outcome *out,
         const struct isa_outcome *real_out)
{
    if (!trap_out(s, real_out->cause, real_out->tval))
        prove(s->vmm.changed == 0, "pure: a CSR that is but a word changes nothing else");
    complete(&s->bare, r, out);
    compare_inside(s, r);
}

/* Resource control: what a guest executes directly leaves the real machine as it is. */
static void
same_real_system(const struct isa_hart *h, const struct isa_hart *was)
{
    prove((h->mode == was->mode) & (h->mbase == was->mbase) & (h->mbound == was->mbound),
          "the real mode and R are what they were");
    prove((h->mstatus == was->mstatus) & (h->mie == was->mie) & (h->mtvec == was->mtvec) &
              (h->mscratch == was->mscratch) & (h->mepc == was->mepc) & (h->mcause == was->mcause) &
              (h->mtval == was->mtval),
          "the real CSRs are what they were");
}

static void
instruction_in(uint32_t mode)
{
    struct both s;
    struct isa_outcome out, real_out;
    struct isa_hart before;
    uint32_t word;
    enum isa_result r, real;

    any_related(&s, mode, false, 0);
    assume(is_before_timer(&s));
    if (!plant(&s))
        assume(parameter("any word") != 0); /* a fetch fault is the same for all words */
    r = devices_step(&s.bare.devices, &s.bare.hart, &s.bare.ram, &variant_under_proof, &word, &out);
    before = s.real.hart;
    real = isa_fetch(&s.real.hart, &s.real.ram, &word, &real_out);
    if (real == ISA_DONE)
        real = isa_execute(&s.real.hart, &s.real.ram, &variant_under_proof, word, &real_out);
    if (real == ISA_DONE) {
        prove(r == ISA_DONE, "what the real processor executes, the bare one does");
        same_real_system(&s.real.hart, &before);
        s.executed++;
    } else {
        prove(real == ISA_TRAP, "in U-mode an instruction is done, or traps");
        if (!is_reflected(mode, real_out.cause, real_out.tval)) {
            emulated(&s, r, &out, &real_out);
            return;
        }
        prove(r == ISA_TRAP, "what is reflected, traps on the bare machine");
        prove(out.cause == virtual_cause(mode, real_out.cause), "with the same cause");
        prove(out.tval == real_out.tval, "with the same tval");
    }
    still_related(&s, false);
}

void
instruction_in_user_mode(void)
{
    instruction_in(ISA_USER);
}

void
instruction_in_machine_mode(void)
{
    instruction_in(ISA_MACHINE);
}

/* ---- a trap of the guest's ---- */

static void
reflected(uint32_t mode)
{
    struct both s;
    uint32_t cause = sym("cause"), tval = sym("tval");

    any_related(&s, mode, false, 0);
    assume(is_before_timer(&s));
    assume((cause <= CAUSE_ecall_user) & is_reflected(mode, cause, tval));
    prove(trap_out(&s, cause, tval), "vmm_trap leaves it to vmm_dispatch");
    isa_trap(&s.bare.hart, virtual_cause(mode, cause), tval);
    compare_inside(&s, ISA_TRAP);
}

void
reflected_in_user_mode(void)
{
    reflected(ISA_USER);
}

void
reflected_in_machine_mode(void)
{
    reflected(ISA_MACHINE);
}

/* ---- the real timer fires, in time, early, or for no reason ---- */

static void
timer(uint32_t mode)
{
    struct both s;

    any_related(&s, mode, false, 0);
    prove(trap_out(&s, MCAUSE_INTERRUPT | IRQ_timer, 0), "vmm_trap leaves it to vmm_dispatch");
    prove(is_changed(&s, VMM_CHANGED_interrupts), "interrupts are looked for");
    compare_inside(&s, ISA_DONE);
}

void
timer_in_user_mode(void)
{
    timer(ISA_USER);
}

void
timer_in_machine_mode(void)
{
    timer(ISA_MACHINE);
}

/* ---- a byte comes while the latch is free ---- */

static void
byte_comes(uint32_t mode)
{
    struct both s;

    any_related(&s, mode, false, 0);
    assume(is_before_timer(&s));
    assume(!s.bare.devices.uart.rx_full);
    s.bare.console.waits = true;
    s.real.console.waits = true;
    prove(trap_out(&s, MCAUSE_INTERRUPT | IRQ_external, 0), "vmm_trap leaves it to vmm_dispatch");
    serve(&s.bare);
    prove(is_changed(&s, VMM_CHANGED_interrupts), "interrupts are looked for");
    compare_inside(&s, ISA_DONE);
}

void
byte_in_user_mode(void)
{
    byte_comes(ISA_USER);
}

void
byte_in_machine_mode(void)
{
    byte_comes(ISA_MACHINE);
}

/* ---- out of the monitor ---- */

/* Back into the guest, as the ports do it. */
static void
enter(struct both *s)
{
    struct vcpu *v = &guest(s)->vcpu;

    s->real.hart.mode = ISA_USER;
    s->real.hart.pc = v->hart.pc;
    memcpy(s->real.hart.x, v->hart.x, sizeof s->real.hart.x);
}

/*
 * vmm_resume, from all that instructions and events come to.  It is a loop,
 * which begins a turn (take_turn), takes an interrupt (inject), or lets the
 * guest go on: each is proved by itself, from any state that an exit or one of
 * the others leaves, to another such state.
 */
static struct both *resumed;

/* vmm/scheduler.c has them for itself. */
enum vmm_next take_turn(struct vmm *vmm, struct vmm_port *port);
void inject(struct vmm *vmm, struct vm *vm);

/* A new turn, or a VM that waits no more: back to the loop. */
enum vmm_next
take_turn_cut(struct vmm *vmm, struct vmm_port *port)
{
    bool waits = guest(resumed)->state == VM_waiting;
    enum vmm_next next = take_turn(vmm, port);

    if (waits)
        sleep(&resumed->bare);
    if (resumed->bare.end == HALTED) {
        prove(next == VMM_halted, "it waits for ever, as the bare machine does");
        stop();
    }
    prove(next == VMM_run, "it goes on as the bare machine does");
    prove(vmm->changed == (VMM_CHANGED_all & ~VMM_CHANGED_turn), "all else is looked at");
    prove(guest(resumed)->vcpu.recent.look > 0, "the new turn is not over");
    still_related(resumed, true);
    stop();
    return next;
}

/* An interrupt that the bare machine takes as well: back to the loop. */
void
inject_cut(struct vmm *vmm, struct vm *vm)
{
    inject(vmm, vm);
    prove(is_due(&resumed->bare), "the bare machine takes it too");
    interrupt(&resumed->bare);
    still_related(resumed, true);
    stop();
}

static void
resume(uint32_t mode)
{
    struct both s;
    bool looks, armed;

    any_related(&s, mode, true, sym("changed") & VMM_CHANGED_all);
    resumed = &s;
    looks = is_changed(&s, VMM_CHANGED_interrupts);
    armed = s.vmm.armed != 0;
    prove(vmm_resume(&s.vmm, &s.real) == VMM_run, "it goes on as the bare machine does");
    prove(!looks | !is_due(&s.bare), "the bare machine takes no interrupt");
    prove(armed | (ahead_of(&s) > 0), "a timer armed anew leaves time for an instruction");
    enter(&s);
    still_related(&s, false);
}

void
resume_in_user_mode(void)
{
    resume(ISA_USER);
}

void
resume_in_machine_mode(void)
{
    resume(ISA_MACHINE);
}

/* From a wfi: time goes by until the deadline, or until a byte comes. */
void
resume_waiting(void)
{
    struct both s;
    struct vm *vm = guest(&s);
    const struct bare *b = &s.bare;

    any_related(&s, ISA_MACHINE, true, VMM_CHANGED_all);
    vmm_settle(vm);
    assume((b->hart.mie & lines_summary(&b->devices, b->hart.mtime)) == 0);
    devices_wait(&b->devices, &b->hart, &vm->wait);
    assume(vm->wait.timer | vm->wait.input);
    vm->state = VM_waiting;
    vm->wait_ticks = vm->wait.timer ? b->devices.clint.mtimecmp - b->hart.mtime : UINT64_MAX;
    vm->wait_left = vm->wait_ticks;
    s.vmm.looked_at = s.real.now;
    resumed = &s;
    (void)vmm_resume(&s.vmm, &s.real);
    prove(false, "a turn begins first");
}

/* From the end: the only VM's is the machine's. */
void
resume_over(void)
{
    struct both s;
    bool ended = (sym("ended") & 1) != 0;

    any_related(&s, ISA_MACHINE, true, VMM_CHANGED_all);
    guest(&s)->state = ended ? VM_ended : VM_halted;
    prove(vmm_resume(&s.vmm, &s.real) == (ended ? VMM_ended : VMM_halted),
          "it is over, as it ended");
}

/* ---- the hybrid monitor ---- */

/* In virtual M-mode vmm_resume's loop interprets, instead of letting the guest go on. */
void
hybrid_cut(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    (void)port;
    (void)vm;
    prove(vmm->vm[0].vcpu.hart.mode == ISA_MACHINE, "hybrid: virtual M-mode alone is interpreted");
    prove(!is_due(&resumed->bare), "hybrid: the bare machine takes no interrupt");
    still_related(resumed, true);
    stop();
}

/*
 * One instruction of virtual M-mode, whatever it is.  What has changed before
 * it does not look at; and that all has is the least to know of a state.
 */
void
hybrid_step(void)
{
    struct both s;
    struct isa_outcome out;
    enum isa_result r;
    uint32_t word;

    any_related(&s, ISA_MACHINE, true, VMM_CHANGED_all);
    assume(!is_due(&s.bare));
    if (!plant(&s))
        assume(parameter("any word") != 0);
    r = devices_step(&s.bare.devices, &s.bare.hart, &s.bare.ram, &variant_under_proof, &word, &out);
    vmm_hybrid_step(&s.vmm, &s.real, guest(&s));
    complete(&s.bare, r, &out);
    compare_inside(&s, r);
}

/* ---- a counterexample that the command can replay ---- */

/* One step of both, whatever it takes: what the pieces above come to together. */
static void
whole_step(uint32_t mode)
{
    struct both s;
    struct isa_hart *v;
    struct isa_outcome out, real_out;
    uint32_t word;
    enum isa_result r, real;

    any_related(&s, mode, false, 0);
    v = &guest(&s)->vcpu.hart;
    assume(is_before_timer(&s));
    /* The file of a step has no input, and nothing of the monitor's own: its copy is fresh. */
    assume(!s.bare.console.waits);
    memcpy(v->x, s.bare.hart.x, sizeof v->x);
    v->pc = s.bare.hart.pc;
    v->mip = s.bare.hart.mip;
    v->mresv = s.bare.hart.mresv;
    assume(plant(&s));
    observe("start", guest(&s)->start);
    show_machine(&s.bare.hart, &s.bare.devices);
    observe_bytes("ram", s.bare.ram.bytes, s.bare.ram.size);
    r = devices_step(&s.bare.devices, &s.bare.hart, &s.bare.ram, &variant_under_proof, &word, &out);
    real = isa_fetch(&s.real.hart, &s.real.ram, &word, &real_out);
    if (real == ISA_DONE)
        real = isa_execute(&s.real.hart, &s.real.ram, &variant_under_proof, word, &real_out);
    assume(r != ISA_WAIT);
    if (real == ISA_DONE)
        s.executed++;
    else
        (void)trap_out(&s, real_out.cause, real_out.tval);
    assume(guest(&s)->state != VM_waiting); /* a replay waits until there is a step */
    complete(&s.bare, r, &out);
    if (s.bare.end == EXITED)
        prove((guest(&s)->state == VM_ended) & (guest(&s)->code == s.bare.code),
              "it ends, with the same code");
    else
        prove(guest(&s)->state == VM_ready, "the guest is ready");
    same_machines(&s, real != ISA_DONE);
}

void
whole_step_in_user_mode(void)
{
    whole_step(ISA_USER);
}

void
whole_step_in_machine_mode(void)
{
    whole_step(ISA_MACHINE);
}
