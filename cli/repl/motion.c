/* SPDX-License-Identifier: MIT */
#include "cli/repl/motion.h"

#include <string.h>

#include "cli/repl/keys.h"
#include "cli/repl/output.h"
#include "cli/repl/past.h"
#include "cli/repl/trace_lines.h"
#include "vmm/theorem/observe.h"

enum { BURST_OF_KEYS = 4096 }; /* instructions until what was typed is looked for */

const char *
repl_reason_name(enum repl_reason reason)
{
#define REASON_NAME(id, word) word,
    static const char *const names[] = {REPL_REASONS(REASON_NAME)};
#undef REASON_NAME

    return names[reason];
}

struct repl_motion
repl_motion(enum repl_motion_kind kind, unsigned level)
{
    return (struct repl_motion){.kind = kind, .level = level, .count = 1, .limit = UINT64_MAX};
}

/* ---- ends ---- */

bool
repl_all_ended(const struct repl *r)
{
    for (unsigned i = 1; i < r->levels.count; i++)
        if (!r->levels.row[i].inner && repl_level_vm(&r->levels, i)->state != VM_ended)
            return false;
    return repl_levels_hosted(&r->levels);
}

/* Is there a processor that sleeps until somebody types? */
static bool
waits_for_input(const struct repl *r, unsigned *row)
{
    struct devices_wait w;
    struct isa_hart h;

    for (unsigned i = r->levels.count; i-- > 1;) {
        const struct vm *vm = repl_level_vm(&r->levels, i);

        if (vm->state != VM_waiting || !vm->wait.input)
            continue;
        *row = i;
        return true;
    }
    if (repl_levels_hosted(&r->levels))
        return false;
    repl_level_hart(&r->levels, 0, &h);
    devices_wait(repl_level_devices(&r->levels, 0), &h, &w);
    *row = 0;
    return w.input;
}

static bool
stop(struct repl *r, enum repl_reason reason, unsigned level)
{
    r->stop.reason = reason;
    r->stop.level = level;
    return true;
}

/* One VM of several has come to its end: a stop where it is looked at, else a remark. */
static bool
vm_has_ended(struct repl *r, const struct repl_event *e)
{
    const struct vm *vm = repl_level_vm(&r->levels, e->level);
    bool ended = vm != NULL && vm->state == VM_ended && e->steps != 0;
    bool halted = vm != NULL && vm->state == VM_halted && e->exited;

    if (!ended && !halted)
        return false;
    if (e->level == r->view || r->view == 0 || repl_all_ended(r))
        return stop(r, ended ? REPL_STOP_ended : REPL_STOP_halted, e->level);
    if (ended)
        repl_say(r, "(%s has ended with code %u)", r->levels.row[e->level].name, vm->code);
    else
        repl_say(r, "(%s is in a wfi that nothing can end)", r->levels.row[e->level].name);
    return false;
}

bool
repl_has_ended(struct repl *r, const struct repl_event *e)
{
    unsigned row;

    switch (e->stop) {
    case MACHINE_exit: r->over = true; return stop(r, REPL_STOP_ended, e->level);
    case MACHINE_lost: r->over = true; return stop(r, REPL_STOP_lost, e->level);
    case MACHINE_halted:
        if (repl_input_is_due(r))
            return false; /* it has come already, in the history that is known */
        if (waits_for_input(r, &row))
            return stop(r, REPL_STOP_input, row);
        return stop(r, REPL_STOP_halted, e->level);
    case MACHINE_quit: console_forget_interrupt(); return stop(r, REPL_STOP_interrupted, e->level);
    default: return vm_has_ended(r, e);
    }
}

/* ---- the motion's own reason ---- */

enum next_state { NEXT_begin, NEXT_call, NEXT_trap };

/* What a motion keeps in mind. */
struct memory {
    uint64_t left; /* of its count */
    enum next_state state;
    struct isa_hart start; /* next: the processor before it; finish: when it began */
    uint32_t word;
    size_t searched; /* expect: bytes of the log */
};

static bool
is_call(uint32_t word)
{
    enum isa_insn insn = isa_decode(word);

    return (insn == INSN_jal || insn == INSN_jalr) && (isa_rd(word) == 1 || isa_rd(word) == 5);
}

static void
begin_next(const struct repl *r, const struct repl_motion *m, struct memory *k)
{
    uint32_t pa;

    k->state = NEXT_begin;
    repl_level_hart(&r->levels, m->level, &k->start);
    k->word = 0;
    if (repl_level_relocate(&r->levels, m->level, &k->start, k->start.pc, 4, &pa))
        (void)repl_level_load(&r->levels, m->level, pa, 4, &k->word);
}

/* Back in the mode, and the process, in which it began? */
static bool
is_home(const struct memory *k, const struct isa_hart *now)
{
    return now->mode == k->start.mode && (now->mode == ISA_MACHINE || now->mbase == k->start.mbase);
}

/* A call is over behind it, in the frame in which it began; a trap, where it came from or behind
 * that. */
static bool
next_is_done(const struct repl *r, const struct repl_motion *m, const struct repl_event *e,
             struct memory *k)
{
    struct isa_hart now;

    if ((e->stepped & 1u << m->level) == 0)
        return false;
    repl_level_hart(&r->levels, m->level, &now);
    switch (k->state) {
    case NEXT_begin:
        if (e->trapped && e->level == m->level)
            k->state = NEXT_trap;
        else if (is_call(k->word))
            k->state = NEXT_call;
        return k->state == NEXT_begin;
    case NEXT_call:
        return is_home(k, &now) && now.pc == k->start.pc + 4 && now.x[2] >= k->start.x[2];
    default:
        if (!is_home(k, &now))
            return false;
        if (now.pc == k->start.pc)
            k->state = NEXT_begin; /* an interrupt is over; now the instruction itself */
        return now.pc == k->start.pc + 4;
    }
}

static bool
is_at(const struct repl *r, const struct repl_motion *m)
{
    struct isa_hart now;

    repl_level_hart(&r->levels, m->level, &now);
    if (m->user)
        return now.mode == ISA_USER && now.pc == m->address;
    return repl_level_linked(&r->levels, m->level, &now, now.pc) == m->address;
}

static bool
has_printed(const struct repl *r, const struct repl_motion *m, struct memory *k)
{
    const struct repl_log *log = &r->logs[repl_level_outer_of(&r->levels, m->level)];

    size_t from = log->expected;

    if (k->searched > from + m->length)
        from = k->searched - m->length; /* a text of which a part was there already */
    if (k->searched == log->length)
        return false;
    k->searched = log->length;
    return repl_log_find(log, from, m->text, m->length) != REPL_NOT_FOUND;
}

/* Steps of the level itself; of a real machine with a monitor, those of its guests, and exits. */
uint64_t
repl_steps_made(const struct repl *r, unsigned row, const struct repl_event *e)
{
    if (row == 0 && repl_levels_hosted(&r->levels))
        return e->made[0] > 0 ? e->made[0] : e->steps;
    return e->made[row];
}

static bool
count_down(struct memory *k, uint64_t n)
{
    k->left -= n < k->left ? n : k->left;
    return k->left == 0;
}

/* The hosted monitor has work to do before anybody executes. */
static bool
between_phases(const struct repl *r)
{
    return repl_levels_hosted(&r->levels) && r->system->hosted.phase != HOSTED_direct;
}

static bool
is_done(struct repl *r, const struct repl_motion *m, const struct repl_event *e, struct memory *k)
{
    struct isa_hart now;
    uint64_t made;

    switch (m->kind) {
    case REPL_MOVE_steps:
        made = repl_steps_made(r, m->level, e);
        return made > 0 && count_down(k, made) && stop(r, REPL_STOP_step, m->level);
    case REPL_MOVE_level:
        return repl_level_current(&r->levels) == m->level && !between_phases(r) &&
               stop(r, REPL_STOP_step, m->level);
    case REPL_MOVE_event:
        r->stop.kind = m->event;
        return repl_event_is(&r->levels, e, m->event, m->level) && count_down(k, 1) &&
               stop(r, REPL_STOP_event, m->level);
    case REPL_MOVE_next:
        if (!next_is_done(r, m, e, k))
            return false;
        begin_next(r, m, k);
        return count_down(k, 1) && stop(r, REPL_STOP_step, m->level);
    case REPL_MOVE_finish:
        if ((e->stepped & 1u << m->level) == 0)
            return false;
        repl_level_hart(&r->levels, m->level, &now);
        return is_home(k, &now) && now.pc == m->address && now.x[2] >= m->sp &&
               stop(r, REPL_STOP_returned, m->level);
    case REPL_MOVE_until:
        return (e->stepped & 1u << m->level) != 0 && is_at(r, m) &&
               stop(r, REPL_STOP_reached, m->level);
    case REPL_MOVE_expect: return has_printed(r, m, k) && stop(r, REPL_STOP_expected, m->level);
    default: return false;
    }
}

/* ---- moving ---- */

/* How many instructions may pass unseen: the last of several is looked at alone. */
uint64_t
repl_burst(struct repl *r, const struct repl_breakpoint *only, uint64_t burst)
{
    struct machine *m = &r->system->machine;
    struct machine_lookout *l = &r->lookout;

    m->lookout = NULL;
    if (burst == 1 || (only == NULL && !repl_breakpoints_need_steps(&r->breakpoints, &r->levels)))
        return burst;
    machine_look_for_nothing(l);
    if (only != NULL ? !repl_breakpoint_look_out(only, &r->levels, l)
                     : !repl_breakpoints_look_out(&r->breakpoints, &r->levels, l))
        return 1;
    m->lookout = l;
    return burst;
}

/*
 * An inner row that is not at a boundary: how many steps it has made is known
 * when it is at one again, and the real processor's mode changes before that.
 */
static bool
is_astray(const struct repl *r, const struct repl_motion *m)
{
    return m->kind == REPL_MOVE_steps && r->levels.row[m->level].inner &&
           !repl_level_at_boundary(&r->levels, m->level);
}

static uint64_t
burst_to_boundary(struct repl *r, uint64_t n)
{
    struct machine *m = &r->system->machine;

    if (m->lookout == NULL)
        machine_look_for_nothing(&r->lookout);
    m->lookout = &r->lookout;
    return machine_look_for(m->lookout, &m->hart.mode) ? n : 1;
}

static uint64_t
burst(struct repl *r, const struct repl_motion *m, const struct memory *k, uint64_t budget)
{
    uint64_t n = 1;

    switch (m->kind) {
    case REPL_MOVE_continue:
    case REPL_MOVE_expect: n = REPL_BURST; break;
    case REPL_MOVE_level: n = repl_levels_hosted(&r->levels) ? REPL_BURST : 1; break;
    case REPL_MOVE_event: n = repl_events_need_steps(&r->levels) ? 1 : REPL_BURST; break;
    case REPL_MOVE_steps: n = is_astray(r, m) ? REPL_BURST : k->left - 1; break;
    default: break;
    }
    if (!m->blind && repl_trace_needs_steps(r))
        n = 1;
    n = n < REPL_BURST ? n : REPL_BURST;
    n = n < budget ? n : budget;
    n = n > 0 ? n : 1;
    if (m->keys != NULL && n > BURST_OF_KEYS)
        n = BURST_OF_KEYS;
    if (!m->blind)
        n = repl_burst(r, NULL, n);
    return n > 1 && is_astray(r, m) ? burst_to_boundary(r, n) : n;
}

bool
repl_has_hit(struct repl *r, const struct repl_event *e)
{
    struct repl_breakpoint *b =
        repl_breakpoints_hit(&r->breakpoints, &r->levels, e, &r->stop.from, &r->stop.to);

    if (b == NULL)
        return false;
    r->stop.number = b->number;
    r->stop.remote = b->remote;
    r->stop.breakpoint = b->kind;
    r->stop.asked = b->asked;
    switch (b->kind) {
    case REPL_BREAK_code: return stop(r, REPL_STOP_breakpoint, b->level);
    case REPL_BREAK_event:
    case REPL_BREAK_csr: r->stop.kind = b->event; return stop(r, REPL_STOP_catchpoint, b->level);
    default: return stop(r, REPL_STOP_watchpoint, b->level);
    }
}

static uint64_t
budget_left(const struct repl *r, const struct repl_motion *m, uint64_t used_before)
{
    uint64_t session = r->limit - r->used, own = r->used - used_before;
    uint64_t left = own < m->limit ? m->limit - own : 0;

    if (m->blind)
        return UINT64_MAX;
    return session < left ? session : left;
}

static bool
interrupted(struct repl *r)
{
    if (!repl_wants_stop(r))
        return false;
    console_forget_interrupt();
    r->system->console.quit = false;
    return true;
}

/* Is row i, after event `e`, in a trap handler that traps at its own first instruction? */
static bool
is_in_trap_loop(const struct repl *r, const struct repl_event *e, unsigned i)
{
    return i != 0 ? vmm_traps_for_ever(repl_level_vm(&r->levels, i))
                  : e->level == 0 && e->steps > 0 && observe_traps_for_ever(&e->before, &e->after);
}

/* Is there a guest that goes on?  (A monitor does as long as its guests do.) */
static bool
others_go_on(const struct repl *r, const struct repl_event *e)
{
    for (unsigned i = 1; i < r->levels.count; i++)
        if (!r->levels.row[i].monitor && !vmm_is_over(repl_level_vm(&r->levels, i)) &&
            !is_in_trap_loop(r, e, i))
            return true;
    return false;
}

/* A handler that traps itself never comes to what the motion is for.  (Steps are counted, they
 * end.) */
static bool
traps_for_ever(struct repl *r, const struct repl_motion *m, const struct repl_event *e)
{
    if (m->kind == REPL_MOVE_steps || m->blind)
        return false;
    for (unsigned i = 0; i < r->levels.count; i++)
        if ((e->made[i] > 0 || i == e->level) && is_in_trap_loop(r, e, i) &&
            (i == r->view || (r->view == 0 && !others_go_on(r, e))))
            return stop(r, REPL_STOP_trap_loop, i);
    return false;
}

/* After event `e`: is there a reason to stop?  Then r->stop has it. */
static bool
is_over(struct repl *r, const struct repl_motion *m, const struct repl_event *e, struct memory *k)
{
    if (m->blind ? e->stop != MACHINE_running && repl_has_ended(r, e)
                 : repl_has_ended(r, e) || repl_has_hit(r, e))
        return true;
    return is_done(r, m, e, k) || traps_for_ever(r, m, e);
}

void
repl_move_on(struct repl *r, const struct repl_motion *m)
{
    struct memory k = {.left = m->count};
    uint64_t before = r->used;

    begin_next(r, m, &k);
    for (;;) {
        struct repl_event *e = &r->stop.event;
        uint64_t budget = budget_left(r, m, before);

        if (budget == 0) {
            (void)stop(r, REPL_STOP_budget, m->level);
            return;
        }
        repl_advance(r, burst(r, m, &k, budget), e);
        r->used += e->real > e->steps ? e->real : e->steps;
        if (m->keys != NULL && repl_keys_held(r)) {
            if (repl_keys_sleep(r, m->keys))
                continue;
            (void)stop(r, REPL_STOP_interrupted, m->level);
            return;
        }
        if (is_over(r, m, e, &k)) {
            if (m->keys == NULL || r->stop.reason != REPL_STOP_input || !repl_keys_wait(r, m->keys))
                return;
            continue;
        }
        if (m->keys != NULL && !repl_keys_serve(r, m->keys)) {
            (void)stop(r, REPL_STOP_interrupted, m->level);
            return;
        }
        if (interrupted(r)) {
            (void)stop(r, REPL_STOP_interrupted, m->level);
            return;
        }
    }
}

/* The view follows what happened; from L0 one sees everything, and stays. */
void
repl_follow(struct repl *r)
{
    if (r->view == 0 || r->stop.level == r->view || r->stop.level == 0)
        return;
    repl_say(r, "(now at %s)", r->levels.row[r->stop.level].name);
    r->view = r->stop.level;
}

bool
repl_move(struct repl *r, const struct repl_motion *m)
{
    const struct vm *vm = repl_level_vm(&r->levels, m->level);

    if (r->over)
        return repl_fail(r, "the run is over: `restart' begins again, `step -1' goes back");
    if (!repl_level_known(&r->levels, m->level) && m->kind != REPL_MOVE_level)
        return repl_fail(r, "%s is not there as yet: its monitor has not started it (`step L%u')",
                         r->levels.row[m->level].name, r->levels.row[m->level].depth);
    if (vm != NULL && vm->state == VM_ended)
        return repl_fail(r, "%s has ended; `as' looks at another level, `restart' begins again",
                         r->levels.row[m->level].name);
    repl_mark(r);
    repl_complete_instruction(r);
    repl_breakpoints_arm(&r->breakpoints, &r->levels);
    repl_move_on(r, m);
    if (r->stop.reason != REPL_STOP_expected)
        repl_flush_console(r);
    repl_follow(r);
    r->pane_due = true;
    return true;
}

void
repl_complete_instruction(struct repl *r)
{
    struct hosted *h = &r->system->hosted;
    enum hosted_phase phase;

    r->phase = REPL_PHASE_none;
    while (repl_levels_hosted(&r->levels) && h->phase == HOSTED_dispatch) {
        repl_advance_phase(r, &phase, &r->stop.event);
    }
}
