/* SPDX-License-Identifier: MIT */
#include "cli/repl/micro.h"

#include <stdarg.h>
#include <string.h>

#include "cli/repl/changes.h"
#include "cli/repl/motion.h"
#include "cli/repl/output.h"
#include "cli/repl/past.h"
#include "cli/repl/why.h"
#include "cli/stats.h"
#include "isa/disassemble.h"

const char *
repl_phase_name(enum repl_phase phase)
{
#define PHASE_NAME(id, name) name,
    static const char *const names[] = {REPL_PHASES(PHASE_NAME)};
#undef PHASE_NAME

    return names[phase];
}

/* "trap       L0's processor: ...", its further lines under the text. */
static void
say_phase(const struct repl *r)
{
    char line[REPL_PHASE_MAX + 16];
    const char *p = r->phase_text;
    const char *name = repl_phase_name(r->phase);

    do {
        size_t n = strlen(p), width = REPL_WIDTH - 11;

        if (n > width)
            for (n = width; n > 0 && p[n] != ' '; n--)
                continue;
        (void)snprintf(line, sizeof line, "%-10s %.*s", name, (int)n, p);
        repl_say(r, "%s", line);
        name = "";
        p += n + (p[n] == ' ');
    } while (*p != '\0');
}

static void tell(struct repl *r, enum repl_phase phase, const char *format, ...)
    DIAGNOSTIC_PRINTF(3, 4);

/* A phase is over: say what it did. */
static void
tell(struct repl *r, enum repl_phase phase, const char *format, ...)
{
    va_list args;

    r->phase = phase;
    r->stop.reason = REPL_STOP_phase;
    r->stop.level = r->view;
    va_start(args, format);
    (void)vsnprintf(r->phase_text, sizeof r->phase_text, format, args);
    va_end(args);
    if (r->json) {
        json_string(&r->object, "phase", repl_phase_name(phase));
        json_string(&r->object, "about", r->phase_text);
    } else {
        say_phase(r);
    }
}

/* The instruction is over: all levels stand at a boundary. */
static void
boundary(struct repl *r)
{
    r->phase = REPL_PHASE_none;
    r->stop.reason = REPL_STOP_step;
    r->pane_due = true;
}

static const char *
cause_name(uint32_t cause)
{
    return stats_cause(vmm_cause_index(cause));
}

/* The row whose instruction it is. */
static unsigned
current(const struct repl *r)
{
    return repl_level_outer(&r->levels);
}

/* ---- what changes nothing: fetch, relocate, dispatch; and resume ---- */

static void
show_fetch(struct repl *r)
{
    unsigned row = current(r);
    char symbol[REPL_SYMBOL_MAX], title[REPL_TITLE_MAX];
    struct isa_hart h;

    repl_level_hart(&r->levels, row, &h);
    (void)repl_level_symbol(&r->levels, row, repl_level_linked(&r->levels, row, &h, h.pc), symbol);
    tell(r, REPL_PHASE_fetch, "%s %s: the instruction at pc = 0x%08x%s%s%s",
         repl_level_title(&r->levels, row, title), repl_level_mode(row, h.mode), h.pc,
         symbol[0] != '\0' ? " <" : "", symbol, symbol[0] != '\0' ? ">" : "");
}

static void
show_relocate(struct repl *r)
{
    const struct machine *m = &r->system->machine;
    unsigned row = current(r);
    struct isa_hart h;
    struct isa_window w;
    uint32_t offset, word;
    char insn[ISA_TEXT_MAX];
    bool real_user;

    repl_level_hart(&r->levels, row, &h);
    real_user = row != 0 || h.mode == ISA_USER;
    isa_window(real_user ? ISA_USER : ISA_MACHINE, m->hart.mbase, m->hart.mbound, m->ram.size, &w);
    if (!isa_relocate(&w, h.pc, 4, &offset)) {
        tell(r, REPL_PHASE_relocate, "0x%08x is outside R = (0x%x, 0x%x) of L0", h.pc,
             m->hart.mbase, m->hart.mbound);
        return;
    }
    word = isa_ram_load(m->ram.bytes + offset, 4);
    (void)repl_instruction_inline(word, h.pc, insn);
    if (real_user)
        tell(r, REPL_PHASE_relocate,
             "R = (0x%x, 0x%x) of L0: 0x%08x is L0:0x%08x; there is 0x%08x, `%s'", m->hart.mbase,
             m->hart.mbound, h.pc, ISA_RAM_START + offset, word, insn);
    else
        tell(r, REPL_PHASE_relocate,
             "machine mode, R is bypassed: L0:0x%08x; there is 0x%08x, `%s'",
             ISA_RAM_START + offset, word, insn);
}

static void
show_dispatch(struct repl *r)
{
    const struct vmm_trap *t = &r->system->hosted.trap;
    unsigned row = current(r);
    struct isa_hart h;
    const char *to;
    bool machine;

    repl_level_hart(&r->levels, row, &h);
    machine = h.mode == ISA_MACHINE;
    if ((t->cause & MCAUSE_INTERRUPT) != 0)
        to = "the monitor's own";
    else if (machine && t->cause == CAUSE_illegal && repl_privileged(t->tval))
        to = "to the interpreter";
    else if (machine && (t->cause == CAUSE_load_access || t->cause == CAUSE_store_access) &&
             devices_at(t->tval))
        to = "to the virtual device";
    else
        to = "to be reflected";
    tell(r, REPL_PHASE_dispatch, "the monitor at L0: %s, virtual mode %s: %s", cause_name(t->cause),
         machine ? "M" : "U", to);
}

static void
show_resume(struct repl *r)
{
    unsigned row = current(r);
    struct isa_hart h;

    hosted_enter(&r->system->hosted);
    repl_level_hart(&r->levels, row, &h);
    tell(r, REPL_PHASE_resume, "L0 loads x1-x31 of %s, enters real user mode at pc = 0x%08x",
         r->levels.row[row].name, h.pc);
    boundary(r);
}

/* ---- what does: execute or trap, interpret, compose R ---- */

/* After each of them: what the guest printed; has it ended? */
static bool
ended(struct repl *r)
{
    struct repl_event *e = &r->stop.event;

    r->used += e->steps;
    if (!repl_has_ended(r, e))
        return false;
    r->phase = REPL_PHASE_none;
    r->pane_due = true;
    return true;
}

static void
tell_executed(struct repl *r)
{
    const struct repl_event *e = &r->stop.event;
    char insn[ISA_TEXT_MAX], list[200];
    struct repl_changes c;

    repl_changes(&e->before, &e->after, &c);
    tell(r, REPL_PHASE_execute, "`%s' directly, in real %s mode%s%s",
         repl_instruction_inline(e->word, e->pc, insn),
         e->level != 0 || e->mode == ISA_USER ? "user" : "machine", c.count > 0 ? ": " : "",
         repl_changes_text(&c, list, sizeof list));
    boundary(r);
}

static void
execute_bare(struct repl *r)
{
    struct repl_event *e = &r->stop.event;

    repl_advance(r, 1, e);
    if (ended(r))
        return;
    if (!e->trapped) {
        tell_executed(r);
        return;
    }
    tell(r, REPL_PHASE_trap,
         "%s: mepc = 0x%08x, mcause = 0x%x, mtval = 0x%x, M from %s, pc = mtvec = 0x%08x",
         cause_name(e->cause), e->after.mepc, e->cause, e->tval, repl_level_mode(0, e->before.mode),
         e->after.pc);
    boundary(r);
}

static void
execute_directly(struct repl *r)
{
    const struct isa_hart *real = &r->system->machine.hart;
    enum hosted_phase phase;

    repl_advance_phase(r, &phase, &r->stop.event);
    if (ended(r))
        return;
    if (r->system->hosted.phase == HOSTED_dispatch)
        tell(r, REPL_PHASE_trap,
             "L0's processor: %s; real M from U, mepc = 0x%08x, mcause = 0x%x, mtval = 0x%x",
             cause_name(real->mcause), real->mepc, real->mcause, real->mtval);
    else
        tell_executed(r);
}

static void
interpret(struct repl *r)
{
    struct repl_event *e = &r->stop.event;
    enum hosted_phase phase;
    char list[200], insn[ISA_TEXT_MAX];
    struct repl_changes c;
    const char *name;

    repl_advance_phase(r, &phase, e);
    name = r->levels.row[e->level].name;
    if (ended(r))
        return;
    repl_changes(&e->before, &e->after, &c);
    (void)repl_changes_text(&c, list, sizeof list);
    switch (e->exit.kind) {
    case VMM_EXIT_emulated:
        tell(r, REPL_PHASE_interpret, "`%s' on the virtual processor%s%s%s",
             repl_instruction_inline(e->exit.tval, e->pc, insn), c.count > 0 ? ": " : "", list,
             e->waits ? "; it waits" : "");
        break;
    case VMM_EXIT_reflected:
        tell(r, REPL_PHASE_interpret, "the trap, on the virtual processor: %s; pc = 0x%08x", list,
             e->after.pc);
        break;
    case VMM_EXIT_device:
        tell(r, REPL_PHASE_interpret, "`%s' on %s's virtual %s%s%s",
             repl_instruction_inline(e->word, e->pc, insn), name, repl_device_name(e->exit.tval),
             c.count > 0 ? ": " : "", list);
        break;
    default: tell(r, REPL_PHASE_interpret, "nothing of %s's changes", name); break;
    }
}

/* The monitor gets a guest ready: it may first have to inject an interrupt, or to change turns. */
static void
compose(struct repl *r)
{
    struct repl_event *e = &r->stop.event;
    struct isa_hart h;
    enum hosted_phase phase;
    char headline[REPL_WHY_MAX];
    unsigned row;

    repl_advance_phase(r, &phase, e);
    if (ended(r))
        return;
    row = current(r);
    if (r->view != 0 && !r->levels.row[r->view].inner)
        r->view = row;
    if (r->system->hosted.phase == HOSTED_resume) {
        tell(r, REPL_PHASE_compose, "%s", repl_headline(r, e, headline));
        return;
    }
    repl_level_hart(&r->levels, row, &h);
    if (h.mode == ISA_MACHINE)
        tell(r, REPL_PHASE_compose, "virtual M: (a, s) = (0x%x, 0x%x)%s", e->base[1], e->bound[1],
             e->base[0] == e->base[1] && e->bound[0] == e->bound[1] ? ", as it was" : "");
    else if (e->bound[1] == 0)
        tell(r, REPL_PHASE_compose, "virtual U: empty, since the virtual R shows nothing");
    else
        tell(r, REPL_PHASE_compose,
             "virtual U: (a + vbase, min(vbound, s - vbase)) = (0x%x + 0x%x, 0x%x)%s",
             e->base[1] - h.mbase, h.mbase, e->bound[1],
             e->base[0] == e->base[1] && e->bound[0] == e->bound[1] ? ", as it was" : "");
}

/* ---- which comes next ---- */

static void
step_hosted(struct repl *r)
{
    switch (r->system->hosted.phase) {
    case HOSTED_resume: compose(r); return;
    case HOSTED_dispatch:
        if (r->phase == REPL_PHASE_dispatch)
            interpret(r);
        else
            show_dispatch(r);
        return;
    case HOSTED_direct: break;
    }
    switch (r->phase) {
    case REPL_PHASE_compose: show_resume(r); return;
    case REPL_PHASE_fetch: show_relocate(r); return;
    case REPL_PHASE_relocate: execute_directly(r); return;
    default: show_fetch(r); return;
    }
}

bool
repl_micro_step(struct repl *r)
{
    if (r->over)
        return repl_fail(r, "the run is over: `restart' begins again, `step -1' goes back");
    if (r->used >= r->limit) {
        r->stop.reason = REPL_STOP_budget;
        r->pane_due = true;
        return true;
    }
    if (r->phase == REPL_PHASE_none)
        repl_mark(r);
    if (repl_levels_hosted(&r->levels))
        step_hosted(r);
    else if (r->phase == REPL_PHASE_fetch)
        show_relocate(r);
    else if (r->phase == REPL_PHASE_relocate)
        execute_bare(r);
    else
        show_fetch(r);
    repl_flush_console(r);
    return true;
}
