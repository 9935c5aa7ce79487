/* SPDX-License-Identifier: MIT */
/*
 * P1: the classes of docs/theorem.md, one harness a question, for the
 * instruction word that the prover chooses, in all states.
 *
 * What is run is devices_step, as thirdgen's classifier does, on one state or
 * on two.  Two things are put in its place.  The fetch yields the word under
 * proof wherever pc is inside the window (all memories that have it there are
 * among those considered).  And the window of each state is any that lies in
 * its RAM, of the same size in both where their programs are to be alike
 * (lemma_window).  RAM is then the window alone: an access outside it would be
 * an index out of bounds, and so refute the proof.
 *
 * The prover chooses: `row`, the kind of instruction; `ram`, where a
 * counterexample is looked for: a RAM of that many bytes and isa_window itself
 * (0: any RAM, and the summary).
 */
#include <string.h>

#include "isa/csr.h"
#include "tests/proof/states.h"

extern const struct isa_variant variant_under_proof;

enum row { ROW_PLAIN, ROW_CSR, ROW_DEVICE };
enum result { EXECUTED, TRAPPED, WAITS };

struct side {
    struct isa_hart hart, before;
    struct devices devices, devices_before;
    struct isa_ram ram;
    struct isa_window window;
    enum result result;
    uint32_t cause, tval;
    bool device;
};

static struct isa_hart *windowed[2]; /* whose windows are known */
static struct isa_window windows[2];

/* isa_window: the windows of the two states are `windows`; any other is any that lies in RAM. */
void
window_summary(uint32_t mode, uint32_t mbase, uint32_t mbound, uint32_t ram_size,
               struct isa_window *w)
{
    for (int i = 0; i < 2; i++)
        if (windowed[i] != 0 && identical(mode, windowed[i]->mode) &&
            identical(mbase, windowed[i]->mbase) && identical(mbound, windowed[i]->mbound)) {
            *w = windows[i];
            return;
        }
    w->base = function_of("window.base", mode, mbase, mbound, ram_size);
    w->bound = function_of("window.bound", mode, mbase, mbound, ram_size);
    assume((w->base <= ram_size) & (w->bound <= ram_size - w->base));
}

/* isa_fetch: the word under proof, where the window lets pc through. */
enum isa_result
fetch_summary(const struct isa_hart *h, const struct isa_ram *ram, uint32_t *word,
              struct isa_outcome *out)
{
    struct isa_window w;
    uint32_t offset;

    isa_hart_window(h, ram->size, &w);
    if (!isa_relocate(&w, h->pc, 4, &offset)) {
        out->cause = CAUSE_fetch_access;
        out->tval = h->pc;
        return ISA_TRAP;
    }
    *word = instruction();
    return ISA_DONE;
}

static uint32_t
ram_size(void)
{
    uint32_t size = parameter("ram");

    if (size == 0) {
        size = sym("ram") & ~3u;
        assume((size >= 4) & (size <= RAM_MAX));
    }
    return size;
}

/* ---- setting up ---- */

static void
any_side(struct side *s, uint32_t mode, uint32_t size)
{
    any_hart(&s->hart, mode, size);
    any_devices(&s->devices);
    s->hart.mip = lines_summary(&s->devices, s->hart.mtime);
    s->ram.size = size;
}

/* The window of side i: `bound` bytes, anywhere in RAM; in M-mode all of it. */
static void
window_of(struct side *s, int i, uint32_t bound)
{
    if (parameter("ram") != 0) {
        isa_hart_window(&s->hart, s->ram.size, &s->window);
    } else {
        s->window.base = s->hart.mode == ISA_MACHINE ? 0 : sym("window") & ~3u;
        s->window.bound = s->hart.mode == ISA_MACHINE ? s->ram.size : bound;
    }
    assume(s->window.bound == bound);
    assume((s->window.base <= s->ram.size) & (bound <= s->ram.size - s->window.base));
    windowed[i] = &s->hart;
    windows[i] = s->window;
}

/* Where a counterexample is looked for: the word at pc of a window's memory. */
static void
plant(const struct side *s)
{
    uint32_t offset;

    if (parameter("ram") != 0 && isa_relocate(&s->window, s->hart.pc, 4, &offset))
        isa_ram_store(s->ram.bytes + offset, 4, instruction());
}

static uint32_t
any_bound(void)
{
    uint32_t bound = sym("bound") & ~3u;

    assume(bound <= RAM_MAX);
    return bound;
}

static void
any_single(struct side *s, uint32_t mode)
{
    uint32_t bound = any_bound();

    any_side(s, mode, ram_size());
    window_of(s, 0, bound);
    s->ram.bytes = sym_bytes("memory", bound) - s->window.base;
    plant(s);
    s->before = s->hart;
    s->devices_before = s->devices;
}

/* The offset in the window that is reserved, or none (theorem/state.h, state_reservation). */
static uint32_t
reservation(const struct side *s)
{
    uint32_t offset = s->hart.mresv & ~3u;
    bool inside = ((s->hart.mresv & MRESV_VALID) != 0) & (offset >= s->window.base) &
                  (s->window.bound >= 4) & (offset - s->window.base <= s->window.bound - 4);

    return inside ? offset - s->window.base : 0xffffffffu;
}

/* Two states with the same program state, all else apart. */
static void
any_pair(struct side *a, struct side *b, uint32_t mode_a, uint32_t mode_b)
{
    uint32_t bound = any_bound(), size = ram_size();
    uint8_t *memory = sym_bytes("memory", bound);

    any_side(a, mode_a, size);
    any_side(b, mode_b, size);
    if (parameter("ram") != 0 && mode_a != mode_b) { /* a witness differs in the mode alone */
        *b = *a;
        b->hart.mode = mode_b;
    }
    memcpy(b->hart.x, a->hart.x, sizeof b->hart.x);
    b->hart.pc = a->hart.pc;
    window_of(a, 0, bound);
    window_of(b, 1, bound);
    a->ram.bytes = memory - a->window.base;
    plant(a);
    b->ram.bytes = copy_bytes(memory) - b->window.base;
    assume(reservation(a) == reservation(b));
}

/* ---- running ---- */

/* The components of a state, for a witness. */
static void
show(const struct side *s)
{
    show_machine(&s->hart, &s->devices);
    observe("window.base", s->window.base);
    observe_bytes("ram", s->ram.bytes + s->window.base, s->window.bound);
}

/* theorem/state.c, state_run. */
static void
run(struct side *s)
{
    struct isa_outcome out;
    struct devices_wait wait;
    uint32_t word;

    out.access.bytes = 0;
    out.cause = out.tval = 0;
    s->device = false;
    show(s);
    switch (devices_step(&s->devices, &s->hart, &s->ram, &variant_under_proof, &word, &out)) {
    case ISA_DONE:
        s->result = EXECUTED;
        s->device = out.access.bytes != 0;
        break;
    case ISA_WAIT:
        devices_wait(&s->devices, &s->hart, &wait);
        s->result = wait.timer ? EXECUTED : WAITS;
        if (wait.timer)
            devices_sleep(&s->devices, &s->hart);
        break;
    default: s->result = TRAPPED; break;
    }
    s->cause = out.cause;
    s->tval = out.tval;
    show(s);
    observe("result", s->result);
    observe("cause", s->cause);
    observe("tval", s->tval);
}

static bool
memory_trapped(const struct side *s)
{
    return s->result == TRAPPED &&
           (s->cause == CAUSE_fetch_access || s->cause == CAUSE_load_access ||
            s->cause == CAUSE_store_access);
}

/* An access that a device takes is an instruction of its own. */
static void
execute(struct side *s)
{
    run(s);
    assume(s->result == EXECUTED);
    assume(s->device == (parameter("row") == ROW_DEVICE));
}

static bool
same_devices(const struct devices *a, const struct devices *b)
{
    return (a->clint.msip == b->clint.msip) & (a->clint.mtimecmp == b->clint.mtimecmp) &
           (a->uart.ier == b->uart.ier) & (a->uart.fcr == b->uart.fcr) &
           (a->uart.lcr == b->uart.lcr) & (a->uart.mcr == b->uart.mcr) &
           (a->uart.scr == b->uart.scr) & (a->uart.dll == b->uart.dll) &
           (a->uart.dlm == b->uart.dlm) & (a->uart.rx_full == b->uart.rx_full) &
           (a->uart.rx == b->uart.rx) & (a->uart.tx_full == b->uart.tx_full) &
           (a->uart.tx == b->uart.tx) & (a->finisher.state == b->finisher.state) &
           (a->finisher.code == b->finisher.code);
}

static bool
same_mode_and_r(const struct isa_hart *a, const struct isa_hart *b)
{
    return (a->mode == b->mode) & (a->mbase == b->mbase) & (a->mbound == b->mbound);
}

/* ---- the questions ---- */

/* For all pairs of states that are equal but for the mode: it traps in U, and not in M. */
void
privileged(void)
{
    struct side user, machine;

    any_single(&user, ISA_USER);
    machine = user;
    machine.hart.mode = ISA_MACHINE;
    window_of(&machine, 1, machine.ram.size);
    machine.ram.bytes = sym_bytes("all of memory", machine.ram.size);
    if (parameter("ram") != 0) { /* the same memory */
        user.ram.bytes = machine.ram.bytes;
        plant(&user);
        plant(&machine);
        machine.ram.bytes = copy_bytes(machine.ram.bytes);
    }
    run(&user);
    run(&machine);
    if (parameter("row") == ROW_DEVICE) {
        assume(machine.result == EXECUTED);
        assume(machine.device);
        assume(user.cause != CAUSE_fetch_access);
    } else {
        assume(!machine.device);
        assume(!memory_trapped(&user));
        assume(!memory_trapped(&machine));
    }
    if (parameter("row") == ROW_CSR) /* that exists and permits the access */
        assume((machine.result != TRAPPED) | (machine.cause != CAUSE_illegal));
    prove(user.result == TRAPPED, "it traps in user mode");
    prove(machine.result != TRAPPED, "it does not trap in machine mode");
}

/* For all states in which it does not memory-trap: it traps. */
static void
traps(uint32_t mode)
{
    struct side s;

    any_single(&s, mode);
    run(&s);
    assume(!memory_trapped(&s));
    assume(s.device == (parameter("row") == ROW_DEVICE));
    prove(s.result == TRAPPED, "it traps");
}

void
traps_in_user_mode(void)
{
    traps(ISA_USER);
}

void
traps_in_machine_mode(void)
{
    traps(ISA_MACHINE);
}

/* For all states from which it executes: the system state is what it was, one tick later. */
static void
control(uint32_t mode)
{
    struct side s;
    const struct isa_hart *h = &s.hart, *was = &s.before;

    any_single(&s, mode);
    execute(&s);
    prove(same_mode_and_r(h, was), "mode and R are what they were");
    prove((h->mstatus == was->mstatus) & (h->mie == was->mie) & (h->mtvec == was->mtvec) &
              (h->mscratch == was->mscratch) & (h->mepc == was->mepc) & (h->mcause == was->mcause) &
              (h->mtval == was->mtval),
          "the CSRs are what they were");
    prove((h->mcycle == was->mcycle + 1) & (h->minstret == was->minstret + 1) &
              (h->mtime == was->mtime + 1),
          "counters and time are one on");
    prove(same_devices(&s.devices, &s.devices_before), "the devices are what they were");
}

void
control_user(void)
{
    control(ISA_USER);
}

void
control_supervisor(void)
{
    control(ISA_MACHINE);
}

/* For all pairs of states with the same program state from which it executes: the same after. */
static void
behaviour(uint32_t mode_a, uint32_t mode_b)
{
    struct side a, b;

    any_pair(&a, &b, mode_a, mode_b);
    a.before = a.hart;
    b.before = b.hart;
    execute(&a);
    execute(&b);
    prove(a.hart.pc == b.hart.pc, "pc is the same");
    prove(same_registers(a.hart.x, b.hart.x), "x1 to x31 are the same");
    prove(same_mode_and_r(&a.hart, &a.before) & same_mode_and_r(&b.hart, &b.before),
          "what is shown is still shown");
    prove(reservation(&a) == reservation(&b), "the reservation is the same");
    prove(same_bytes(a.ram.bytes, b.ram.bytes), "the words shown are the same");
}

void
behaviour_user(void)
{
    behaviour(ISA_USER, ISA_USER);
}

void
behaviour_supervisor(void)
{
    behaviour(ISA_MACHINE, ISA_MACHINE);
}

void
behaviour_mode(void)
{
    behaviour(ISA_USER, ISA_MACHINE);
}
