/* SPDX-License-Identifier: MIT */
#include "cli/repl/event.h"

#include <string.h>

#include "isa/csr.h"
#include "vmm/hosted/moment.h"

/* ---- the kinds ---- */

struct kind {
    const char *name, *about;
};

#define KIND_ROW(id, about) {#id, about},
static const struct kind kinds[] = {REPL_EVENTS(KIND_ROW)};
#undef KIND_ROW

const char *
repl_event_name(enum repl_event_kind kind)
{
    return kinds[kind].name;
}

const char *
repl_event_about(enum repl_event_kind kind)
{
    return kinds[kind].about;
}

/* ---- what an instruction does, from its encoding ---- */

bool
repl_access_of(uint32_t word, const struct isa_hart *h, struct repl_access *a)
{
    static const struct repl_access none;
    enum isa_insn insn = isa_decode(word);
    uint32_t base = h->x[isa_rs1(word)];

    *a = none;
    if (insn == INSN_undefined)
        return false;
    a->bytes = 1u << (word >> 12 & 3);
    switch (word & 0x7f) {
    case OPCODE_LOAD:
        a->address = base + isa_imm_i(word);
        a->reads = true;
        return true;
    case OPCODE_STORE:
        a->address = base + isa_imm_s(word);
        a->value = h->x[isa_rs2(word)];
        a->writes = true;
        return true;
    case OPCODE_AMO:
        a->address = base;
        a->value = h->x[isa_rs2(word)];
        a->reads = insn != INSN_sc_w;
        a->writes = insn != INSN_lr_w;
        return true;
    default: return false;
    }
}

bool
repl_csr_access_of(uint32_t word, uint32_t *csr, bool *reads, bool *writes)
{
    enum isa_insn insn = isa_decode(word);

    switch (insn) {
    case INSN_csrrw:
    case INSN_csrrwi: *reads = isa_rd(word) != 0; break;
    case INSN_csrrs:
    case INSN_csrrc:
    case INSN_csrrsi:
    case INSN_csrrci: *reads = true; break;
    default: return false;
    }
    *csr = isa_csr_field(word);
    *writes = isa_csr_writes(insn, word);
    return true;
}

bool
repl_privileged(uint32_t word)
{
    enum isa_insn insn = isa_decode(word);
    uint32_t csr;
    bool reads, writes;

    return insn == INSN_mret || insn == INSN_wfi || repl_csr_access_of(word, &csr, &reads, &writes);
}

/* ---- what is compared, before and after ---- */

struct seen {
    uint64_t steps[REPL_LEVELS_MAX], traps[REPL_LEVELS_MAX]; /* of outer rows */
    uint32_t state[REPL_LEVELS_MAX];
};

static void
look(const struct repl_levels *ls, struct seen *seen)
{
    for (unsigned i = 0; i < ls->count; i++) {
        const struct vm *vm;

        if (ls->row[i].inner)
            continue;
        vm = repl_level_vm(ls, i);
        seen->steps[i] = repl_level_steps(ls, i);
        seen->traps[i] = vm != NULL ? vm->vcpu.traps : 0;
        seen->state[i] = vm != NULL ? vm->state : VM_ready;
    }
}

/* The word at the pc of row i, 0 where none can be fetched. */
static uint32_t
fetch(const struct repl_levels *ls, unsigned i, const struct isa_hart *h)
{
    uint32_t pa, word = 0;

    if (repl_level_relocate(ls, i, h, h->pc, 4, &pa))
        (void)repl_level_load(ls, i, pa, 4, &word);
    return word;
}

/* What the instruction accessed, and whether a device took it. */
static void
find_access(struct repl_event *e)
{
    if (!e->executed || e->trapped || !e->single)
        return;
    e->accessed = repl_access_of(e->word, &e->before, &e->access);
    e->device = e->accessed && e->mode == ISA_MACHINE && devices_at(e->access.address);
    if (e->device && e->access.reads)
        e->access.value = e->after.x[isa_rd(e->word)];
}

/* ---- an outer row: before, after ---- */

static void
begin(const struct repl_levels *ls, struct repl_event *e)
{
    static const struct repl_event none;
    const struct isa_hart *real = &ls->system->machine.hart;

    *e = none;
    e->level = repl_level_outer(ls);
    repl_level_hart(ls, e->level, &e->before);
    e->pc = e->before.pc;
    e->mode = e->before.mode;
    e->word = fetch(ls, e->level, &e->before);
    e->base[0] = real->mbase;
    e->bound[0] = real->mbound;
}

/* The instruction that trapped: an engine that runs many need not have told. */
static uint32_t
word_of(const struct repl_levels *ls, const struct machine_event *last)
{
    struct isa_hart h = ls->system->machine.hart;

    h.mode = last->mode;
    h.pc = last->pc;
    return fetch(ls, 0, &h);
}

/* In a burst it is the last instruction that counts: where the real processor has it. */
static void
take_last(const struct repl_levels *ls, struct repl_event *e)
{
    const struct machine_event *last = &ls->system->machine.last;

    e->pc = last->pc;
    e->word = last->trapped ? word_of(ls, last) : last->word;
    if (e->level == 0)
        e->mode = last->mode;
}

/* Has a burst ended with what was looked out for? */
static bool
has_seen(const struct repl_levels *ls, const struct repl_event *e)
{
    const struct machine *m = &ls->system->machine;

    return m->lookout != NULL && m->lookout->seen && !e->exited;
}

/* Then `before` is that of its last step. */
static void
begin_seen(const struct repl_levels *ls, struct repl_event *e)
{
    const struct machine *m = &ls->system->machine;
    const struct isa_hart *real = &m->lookout->before;

    if (e->level == 0) {
        e->before = *real;
        e->before.mip = devices_lines(&m->devices, real->mtime);
        return;
    }
    memcpy(e->before.x, real->x, sizeof real->x);
    e->before.pc = real->pc;
    e->before.mcycle += e->steps - 1;
    e->before.minstret += e->steps - 1;
    e->before.mtime += e->steps - 1;
}

/* A burst has ended in a trap: what is looked at is the instruction that trapped, and it alone. */
static void
begin_last(const struct repl_levels *ls, struct repl_event *e)
{
    const struct vmm_trap *t = &ls->system->hosted.trap;

    repl_level_hart(ls, e->level, &e->before);
    e->before.pc = t->pc;
    e->before.mcycle += t->retired;
    e->before.minstret += t->retired;
    e->before.mtime += t->retired;
    e->before.mip = devices_lines(repl_level_devices(ls, e->level), e->before.mtime);
}

static void
count_outer(const struct repl_levels *ls, const struct seen *seen, struct repl_event *e)
{
    for (unsigned i = 0; i < ls->count; i++) {
        if (ls->row[i].inner)
            continue;
        e->made[i] = repl_level_steps(ls, i) - seen->steps[i];
        if (e->made[i] != 0)
            e->stepped |= 1u << i;
    }
}

static void
end_vm(const struct repl_levels *ls, const struct seen *seen, struct repl_event *e)
{
    const struct vm *vm = repl_level_vm(ls, e->level);

    e->trapped = vm->vcpu.traps != seen->traps[e->level];
    e->woke = seen->state[e->level] == VM_waiting && vm->state == VM_ready;
    e->waits = seen->state[e->level] != VM_waiting && vm->state == VM_waiting;
    if (e->exited)
        e->exit = vm->last_exit;
    e->cause = e->after.mcause;
    e->tval = e->after.mtval;
}

static void
end_machine(const struct repl_levels *ls, struct repl_event *e)
{
    const struct machine_event *last = &ls->system->machine.last;

    e->trapped = e->steps != 0 && last->trapped;
    e->cause = last->cause;
    e->tval = last->tval;
}

static void
end(const struct repl_levels *ls, const struct seen *seen, struct repl_event *e)
{
    const struct isa_hart *real = &ls->system->machine.hart;

    count_outer(ls, seen, e);
    repl_level_hart(ls, e->level, &e->after);
    e->steps = e->made[e->level];
    e->single = e->steps == 1 || has_seen(ls, e);
    if (e->steps > 1 && e->single)
        begin_seen(ls, e);
    e->real = e->made[0];
    if (e->level != 0)
        end_vm(ls, seen, e);
    else
        end_machine(ls, e);
    e->interrupted = e->trapped && (e->cause & MCAUSE_INTERRUPT) != 0;
    e->executed = (e->steps != 0 && !e->interrupted && !e->woke) || e->waits;
    e->next = repl_level_outer(ls);
    e->switched = e->next != e->level;
    e->base[1] = real->mbase;
    e->bound[1] = real->mbound;
    find_access(e);
}

/* ---- inner rows, from boundary to boundary ---- */

static void
remember(struct repl_boundary *b, const struct vm *vm)
{
    b->known = true;
    b->steps = vcpu_steps(&vm->vcpu);
    b->traps = vm->vcpu.traps;
    b->exits = vmm_exits(vm);
    b->state = vm->state;
    b->hart = vm->vcpu.hart;
}

/* Has inner row i come to a boundary that is not the one it was last seen at? */
static bool
has_moved(const struct repl_levels *ls, unsigned i)
{
    const struct repl_boundary *b = &ls->boundary[i];

    return repl_level_at_boundary(ls, i) && (!b->known || repl_level_steps(ls, i) != b->steps ||
                                             repl_level_vm(ls, i)->state != b->state);
}

/* The event is row i's, from its last boundary to this one. */
static void
take_inner(const struct repl_levels *ls, unsigned i, struct repl_event *e)
{
    const struct repl_boundary *b = &ls->boundary[i];
    const struct vm *vm = repl_level_vm(ls, i);
    const struct machine_event *last = &ls->system->machine.last;

    e->level = i;
    e->steps = e->made[i];
    e->before = b->known ? b->hart : vm->vcpu.hart;
    e->after = vm->vcpu.hart;
    e->pc = e->before.pc;
    e->mode = e->before.mode;
    e->trapped = b->known && vm->vcpu.traps != b->traps;
    e->exited = b->known && vmm_exits(vm) != b->exits;
    e->exit = vm->last_exit;
    e->cause = e->after.mcause;
    e->tval = e->after.mtval;
    e->woke = b->state == VM_waiting && vm->state == VM_ready;
    e->waits = b->known && b->state != VM_waiting && vm->state == VM_waiting;
    e->switched = false;
    e->interrupted = e->trapped && (e->cause & MCAUSE_INTERRUPT) != 0;
    e->executed = (e->steps != 0 && !e->interrupted && !e->woke) || e->waits;
    e->accessed = e->device = false;
    e->single = e->steps == 1;
    if (e->steps > 1) /* since that boundary there was one exit at most, at the end */
        e->before.pc = e->pc = e->exited ? vm->last_exit.pc : last->pc;
    if (e->steps > 1 && e->interrupted) { /* what came before it may have been an mret */
        e->before.pc = e->pc = e->after.mepc;
        e->before.mode = (e->after.mstatus & MSTATUS_MPP) != 0 ? ISA_MACHINE : ISA_USER;
        e->mode = e->before.mode;
        e->before.mtime = e->after.mtime;
    }
    e->word = fetch(ls, i, &e->before);
    find_access(e);
}

/* Is there an inner row that is so? */
static bool
any_inner(const struct repl_levels *ls, bool (*is_so)(const struct repl_levels *ls, unsigned i))
{
    for (unsigned i = 1; i < ls->count; i++)
        if (ls->row[i].inner && is_so(ls, i))
            return true;
    return false;
}

/* Of the rows that have come to a boundary the deepest has the event. */
static void
end_inner(const struct repl_levels *ls, struct repl_event *e)
{
    bool taken = false;

    for (unsigned i = ls->count; i-- > 1;) {
        const struct vm *vm;

        if (!ls->row[i].inner || !has_moved(ls, i))
            continue;
        vm = repl_level_vm(ls, i);
        e->made[i] = vcpu_steps(&vm->vcpu) - (ls->boundary[i].known ? ls->boundary[i].steps : 0);
        if (e->made[i] != 0)
            e->stepped |= 1u << i;
        if (!taken)
            take_inner(ls, i, e);
        taken = true;
        remember(&ls->boundary[i], vm);
    }
}

/* ---- advancing ---- */

/* How far one may go at once, and not beyond the moment that nobody may pass. */
static uint64_t
reach(const struct repl_levels *ls, uint64_t burst)
{
    uint64_t left = ls->until - moment_ticks(ls->system);

    return burst < left ? burst : left;
}

/* The last of several steps is made alone: then it is known what it was. */
static void
advance_machine(const struct repl_levels *ls, uint64_t burst, struct repl_event *e)
{
    struct machine *m = &ls->system->machine;

    machine_serve_uart(m);
    if (m->lookout != NULL)
        m->lookout->seen = false;
    e->stop = MACHINE_running;
    if (burst > 1)
        e->stop = machine_run(m, burst - 1);
    if (e->stop == MACHINE_running && !has_seen(ls, e))
        e->stop = machine_step(m);
    if (e->stop == MACHINE_trapped)
        repl_levels_leave(ls);
    if (e->stop == MACHINE_trapped) /* it is its own monitor's: the run goes on */
        e->stop = MACHINE_running;
    if (burst > 1)
        take_last(ls, e);
}

/* A phase of the monitor: has something happened that is worth an event? */
static bool
advance_phase(const struct repl_levels *ls, uint64_t burst, const struct seen *seen,
              struct repl_event *e)
{
    struct hosted *h = &ls->system->hosted;
    enum hosted_phase phase = h->phase;

    if (phase == HOSTED_dispatch && burst > 1)
        begin_last(ls, e);
    e->stop = MACHINE_running;
    if (ls->system->machine.lookout != NULL)
        ls->system->machine.lookout->seen = false;
    if (phase == HOSTED_direct && reach(ls, burst) > 1)
        e->stop = hosted_advance(h, reach(ls, burst) - 1);
    if (e->stop == MACHINE_running && h->phase == phase && !has_seen(ls, e))
        e->stop = hosted_advance(h, 1);
    if (phase == HOSTED_direct && h->phase == HOSTED_dispatch && repl_levels_nested(ls))
        repl_levels_leave(ls);
    if (phase == HOSTED_direct && burst > 1)
        take_last(ls, e);
    if (phase == HOSTED_dispatch)
        e->exited = true;
    if (e->stop != MACHINE_running || e->exited || repl_level_outer(ls) != e->level)
        return true;
    for (unsigned i = 1; i < ls->count; i++)
        if (!ls->row[i].inner && h->phase != HOSTED_dispatch &&
            repl_level_steps(ls, i) != seen->steps[i])
            return true;
    return any_inner(ls, has_moved);
}

void
repl_event_advance(const struct repl_levels *ls, uint64_t burst, struct repl_event *e)
{
    struct seen seen;

    look(ls, &seen);
    begin(ls, e);
    if (repl_levels_hosted(ls))
        while (!advance_phase(ls, burst, &seen, e) && moment_ticks(ls->system) < ls->until)
            burst =
                any_inner(ls, repl_level_at_boundary) ? 1 : burst; /* the one that it was left at */
    else
        advance_machine(ls, reach(ls, burst), e);
    end(ls, &seen, e);
    end_inner(ls, e);
}

void
repl_event_advance_phase(const struct repl_levels *ls, enum hosted_phase *phase,
                         struct repl_event *e)
{
    struct seen seen;

    look(ls, &seen);
    begin(ls, e);
    *phase = ls->system->hosted.phase;
    (void)advance_phase(ls, 1, &seen, e);
    end(ls, &seen, e);
}

/* ---- which kinds it is of ---- */

/* The real processor of a monitored machine: what happens to it are its guests' exits. */
static bool
is_real(const struct repl_event *e, enum repl_event_kind kind)
{
    switch (kind) {
    case REPL_EVENT_trap:
    case REPL_EVENT_mode:
    case REPL_EVENT_exit: return e->exited;
    case REPL_EVENT_irq: return e->exited && (e->exit.cause & MCAUSE_INTERRUPT) != 0;
    case REPL_EVENT_syscall: return e->exited && e->exit.cause == CAUSE_ecall_user;
    case REPL_EVENT_switch: return e->switched;
    default: return false;
    }
}

bool
repl_event_is(const struct repl_levels *ls, const struct repl_event *e, enum repl_event_kind kind,
              unsigned i)
{
    if (i == 0 && repl_levels_hosted(ls))
        return is_real(e, kind);
    if (e->level != i)
        return false;
    switch (kind) {
    case REPL_EVENT_trap: return e->trapped;
    case REPL_EVENT_exit: return e->exited;
    case REPL_EVENT_irq: return e->interrupted;
    case REPL_EVENT_inject: return i != 0 && e->interrupted;
    case REPL_EVENT_switch: return e->switched;
    case REPL_EVENT_syscall:
        return e->trapped && (e->cause == CAUSE_ecall_user || e->cause == CAUSE_ecall_machine);
    case REPL_EVENT_io: return e->device || (e->exited && e->exit.kind == VMM_EXIT_device);
    case REPL_EVENT_mode: return e->before.mode != e->after.mode;
    default: return false;
    }
}

/* Under a hosted monitor every event is an exit or an injection, and ends a burst; so does
 * whatever makes an inner row come to a boundary. */
bool
repl_events_need_steps(const struct repl_levels *ls)
{
    return !repl_levels_hosted(ls);
}
