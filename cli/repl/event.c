/* SPDX-License-Identifier: MIT */
#include "cli/repl/event.h"

#include <string.h>

#include "isa/csr.h"

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

/* ---- one advance ---- */

/* What is compared afterwards. */
struct seen {
    uint64_t steps[REPL_LEVELS_MAX], traps[REPL_LEVELS_MAX];
    uint32_t state[REPL_LEVELS_MAX];
};

static void
look(const struct repl_levels *ls, struct seen *seen)
{
    for (unsigned i = 0; i < ls->count; i++) {
        const struct vm *vm = repl_level_vm(ls, i);

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

static void
begin(const struct repl_levels *ls, struct repl_event *e)
{
    static const struct repl_event none;
    const struct isa_hart *real = &ls->system->machine.hart;

    *e = none;
    e->level = repl_level_current(ls);
    repl_level_hart(ls, e->level, &e->before);
    e->pc = e->before.pc;
    e->mode = e->before.mode;
    e->word = fetch(ls, e->level, &e->before);
    e->base[0] = real->mbase;
    e->bound[0] = real->mbound;
}

/* In a burst it is the last instruction that counts: where the real processor has it. */
static void
take_last(const struct repl_levels *ls, struct repl_event *e)
{
    const struct machine_event *last = &ls->system->machine.last;

    e->pc = last->pc;
    e->word = last->word;
    if (e->level == 0)
        e->mode = last->mode;
}

/* What the instruction accessed, and whether a device took it. */
static void
find_access(struct repl_event *e)
{
    if (!e->executed || e->trapped || e->steps != 1)
        return;
    e->accessed = repl_access_of(e->word, &e->before, &e->access);
    e->device = e->accessed && e->mode == ISA_MACHINE && devices_at(e->access.address);
    if (e->device && e->access.reads)
        e->access.value = e->after.x[isa_rd(e->word)];
}

static void
end(const struct repl_levels *ls, const struct seen *seen, struct repl_event *e)
{
    const struct isa_hart *real = &ls->system->machine.hart;
    const struct vm *vm = repl_level_vm(ls, e->level);

    for (unsigned i = 1; i < ls->count; i++)
        if (repl_level_steps(ls, i) != seen->steps[i])
            e->stepped |= 1u << i;
    if (!repl_levels_monitored(ls) && repl_level_steps(ls, 0) != seen->steps[0])
        e->stepped |= 1;
    repl_level_hart(ls, e->level, &e->after);
    e->steps = repl_level_steps(ls, e->level) - seen->steps[e->level];
    if (vm != NULL) {
        e->trapped = vm->vcpu.traps != seen->traps[e->level];
        e->woke = seen->state[e->level] == VM_waiting && vm->state == VM_ready;
        e->waits = seen->state[e->level] != VM_waiting && vm->state == VM_waiting;
        if (e->exited)
            e->exit = vm->last_exit;
        e->cause = e->after.mcause;
        e->tval = e->after.mtval;
    } else {
        const struct machine_event *last = &ls->system->machine.last;

        e->trapped = e->steps != 0 && last->trapped;
        e->cause = last->cause;
        e->tval = last->tval;
    }
    e->interrupted = e->trapped && (e->cause & MCAUSE_INTERRUPT) != 0;
    e->executed = (e->steps != 0 && !e->interrupted && !e->woke) || e->waits;
    e->next = repl_level_current(ls);
    e->switched = e->next != e->level;
    e->base[1] = real->mbase;
    e->bound[1] = real->mbound;
    find_access(e);
}

static void
advance_bare(const struct repl_levels *ls, uint64_t burst, struct repl_event *e)
{
    e->stop = system_run(ls->system, burst);
    if (burst > 1)
        take_last(ls, e);
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

/* A phase of the monitor: has something happened that is worth an event? */
static bool
advance_phase(const struct repl_levels *ls, uint64_t burst, const struct seen *seen,
              struct repl_event *e)
{
    struct hosted *h = &ls->system->hosted;
    enum hosted_phase phase = h->phase;

    if (phase == HOSTED_dispatch && burst > 1)
        begin_last(ls, e);
    e->stop = hosted_advance(h, burst);
    if (phase == HOSTED_direct && burst > 1)
        take_last(ls, e);
    if (phase == HOSTED_dispatch)
        e->exited = true;
    if (e->stop != MACHINE_running || e->exited || repl_level_current(ls) != e->level)
        return true;
    for (unsigned i = 1; i < ls->count; i++)
        if (h->phase != HOSTED_dispatch && repl_level_steps(ls, i) != seen->steps[i])
            return true;
    return false;
}

void
repl_event_advance(const struct repl_levels *ls, uint64_t burst, struct repl_event *e)
{
    struct seen seen;

    look(ls, &seen);
    begin(ls, e);
    if (repl_levels_monitored(ls))
        while (!advance_phase(ls, burst, &seen, e))
            continue;
    else
        advance_bare(ls, burst, e);
    end(ls, &seen, e);
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
    if (i == 0 && repl_levels_monitored(ls))
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

/* Under a monitor every event is an exit or an injection, and ends a burst. */
bool
repl_events_need_steps(const struct repl_levels *ls)
{
    return !repl_levels_monitored(ls);
}
