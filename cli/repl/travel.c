/* SPDX-License-Identifier: MIT */
#include "cli/repl/travel.h"

#include <string.h>

#include "cli/progress.h"
#include "cli/repl/frames.h"
#include "cli/repl/output.h"
#include "cli/repl/past.h"
#include "vmm/hosted/moment.h"

/* ---- setting out, and arriving ---- */

/* What a journey must not change, though it passes through it. */
struct journey {
    struct history_point origin;
    struct repl_stop stop;
    uint64_t used;
    struct {
        uint64_t hits, ignore;
    } counts[REPL_BREAKPOINTS_MAX];
    struct progress progress;
    uint64_t passed; /* ticks */
    unsigned events;
    bool interrupted;
};

static void
save_counts(const struct repl *r, struct journey *j)
{
    for (unsigned i = 0; i < r->breakpoints.count; i++) {
        j->counts[i].hits = r->breakpoints.list[i]->hits;
        j->counts[i].ignore = r->breakpoints.list[i]->ignore;
        r->breakpoints.list[i]->ignore = 0;
    }
}

static void
restore_counts(const struct repl *r, const struct journey *j)
{
    for (unsigned i = 0; i < r->breakpoints.count; i++) {
        r->breakpoints.list[i]->hits = j->counts[i].hits;
        r->breakpoints.list[i]->ignore = j->counts[i].ignore;
    }
}

static void
set_out(struct repl *r, struct journey *j)
{
    repl_mark(r);
    r->phase = REPL_PHASE_none;
    r->travelling = true;
    (void)history_keep(&r->history);
    j->origin = history_now(&r->history);
    if (!history_earlier(j->origin, r->history.end)) {
        r->end_stop = r->stop;
        r->end_known = true;
    }
    r->history.pinned = j->origin;
    j->stop = r->stop;
    j->used = r->used;
    j->passed = 0;
    j->events = 0;
    j->interrupted = false;
    save_counts(r, j);
    progress_start(&j->progress, "steps looked at", j->origin.tick, r->json);
}

static bool
here_is_earlier(const struct repl *r, struct history_point point)
{
    return history_earlier(history_now(&r->history), point);
}

/* Views speak from a level that is there, and count from a moment that has been. */
static void
settle_view(struct repl *r)
{
    if (here_is_earlier(r, r->mark)) {
        memset(r->exits_mark, 0, sizeof r->exits_mark);
        memset(r->retired_mark, 0, sizeof r->retired_mark);
        r->mark = r->history.list[0]->at;
    }
    while (!repl_level_known(&r->levels, r->view))
        r->view = r->levels.row[r->view].parent;
}

static void
return_home(struct repl *r, struct journey *j)
{
    console_forget_interrupt();
    r->system->console.quit = false;
    (void)history_go(&r->history, j->origin);
    r->stop = j->stop;
}

static bool
arrive(struct repl *r, struct journey *j)
{
    progress_end(&j->progress);
    r->horizon = UINT64_MAX;
    if (j->interrupted) {
        return_home(r, j);
        r->stop.reason = REPL_STOP_interrupted;
        r->stop.level = r->view;
    }
    restore_counts(r, j);
    r->used = j->used;
    r->travelling = false;
    r->history.pinned = (struct history_point){UINT64_MAX, 0};
    for (unsigned i = 0; i < r->levels.count; i++)
        r->logs[i].shown = r->logs[i].length;
    settle_view(r);
    r->pane_due = true;
    return true;
}

static bool
is_interrupted(struct repl *r, struct journey *j)
{
    j->interrupted = j->interrupted || repl_wants_stop(r);
    return j->interrupted;
}

/* ---- on, within what is known ---- */

/* One event, not beyond `point`; false where none was made, or the user has had enough. */
static bool
go_on(struct repl *r, struct journey *j, struct history_point point, uint64_t burst)
{
    struct history_point before = history_now(&r->history);

    r->horizon = point.tick;
    if (before.tick == point.tick) {
        return here_is_earlier(r, point) && history_catch_up(&r->history) != NULL;
    }
    repl_advance(r, burst, &r->stop.event);
    j->passed += moment_ticks(r->system) - before.tick;
    if ((++j->events & 0xfff) == 0 || burst > 1)
        progress_step(&j->progress, j->passed);
    return history_earlier(before, history_now(&r->history)) && !is_interrupted(r, j);
}

/* What was done here before the journey, by hand, is done here, too: but no half of it. */
static void
catch_up(struct repl *r, const struct journey *j)
{
    const struct history *h = &r->history;

    while (here_is_earlier(r, j->origin) && history_room(h) == 0 &&
           h->log[h->done].kind != REPL_ENTRY_open)
        (void)history_catch_up(&r->history);
}

/*
 * To `point`, where an event ended: fast, but the last ticks event by event, so
 * that it is known what led there.
 */
static void
approach(struct repl *r, struct journey *j, struct history_point point)
{
    enum { SLOWLY = 64 };
    uint64_t slow = point.tick > SLOWLY ? point.tick - SLOWLY : 0;

    history_back(&r->history, (struct history_point){point.tick, 0});
    while (moment_ticks(r->system) < slow &&
           go_on(r, j, (struct history_point){slow, SIZE_MAX}, REPL_BURST))
        continue;
    while (here_is_earlier(r, point) && go_on(r, j, point, 1))
        continue;
}

static void
stand(struct repl *r, enum repl_reason reason, unsigned row)
{
    r->stop.reason = reason;
    r->stop.level = row;
}

/* At the very start, before all that was done by hand. */
static void
stand_at_start(struct repl *r)
{
    history_restore(&r->history, 0);
    r->stop = (struct repl_stop){.reason = REPL_STOP_start, .level = r->view};
}

/* ---- by the steps of a level ---- */

/* The steps that a motion counts from: an inner row's, when it was at a boundary last. */
static uint64_t
steps_counted(const struct repl *r, unsigned row)
{
    const struct repl_boundary *b = &r->levels.boundary[row];

    if (!r->levels.row[row].inner)
        return repl_level_steps(&r->levels, row);
    return b->known ? b->steps : 0;
}

/* To the latest snapshot where row `row` had made fewer steps; to the start where there is none. */
static void
to_snapshot_before(struct repl *r, unsigned row, uint64_t steps)
{
    unsigned low = 0, high = r->history.count - 1;

    while (low < high) { /* snapshot `low` will do, as far as any will */
        unsigned middle = low + (high - low + 1) / 2;

        history_restore(&r->history, middle);
        if (steps_counted(r, row) < steps)
            low = middle;
        else
            high = middle - 1;
    }
    history_restore(&r->history, low);
}

static void
run_to_steps(struct repl *r, struct journey *j, unsigned row, uint64_t steps)
{
    struct repl_motion m = repl_motion(REPL_MOVE_steps, row);
    uint64_t made = steps_counted(r, row);

    if (made < steps) {
        m.count = steps - made;
        m.blind = true;
        repl_move_on(r, &m);
        j->interrupted = r->stop.reason == REPL_STOP_interrupted;
    } else {
        stand_at_start(r);
    }
}

static void
go_back_to(struct repl *r, struct journey *j, unsigned row, uint64_t steps)
{
    to_snapshot_before(r, row, steps);
    run_to_steps(r, j, row, steps);
    if (r->stop.reason != REPL_STOP_start)
        catch_up(r, j);
}

bool
repl_go_to_steps(struct repl *r, unsigned row, uint64_t steps)
{
    uint64_t made = repl_level_steps(&r->levels, row);
    struct journey j;

    if (steps > made && r->over && !history_earlier(history_now(&r->history), r->history.end))
        return repl_fail(r, "the run is over at t=%llu; only what lies before can be gone to",
                         (unsigned long long)made);
    set_out(r, &j);
    if (steps < made) {
        go_back_to(r, &j, row, steps);
    } else if (steps > made) {
        if (history_earlier(j.origin, r->history.end))
            to_snapshot_before(r, row, steps);
        if (here_is_earlier(r, j.origin))
            (void)history_go(&r->history, j.origin);
        run_to_steps(r, &j, row, steps);
        j.used = r->used;
    }
    return arrive(r, &j);
}

/* ---- a value that is looked at ---- */

struct repl_watch {
    struct repl_breakpoint *b;
    struct repl_write *write;
};

static bool
has_changed(struct repl *r, const struct repl_event *e, void *context)
{
    const struct repl_watch *w = context;
    struct repl_value from, to;

    if (!repl_breakpoint_matches(&r->levels, w->b, e, &from, &to))
        return false;
    *w->write = (struct repl_write){.found = true, .event = *e, .from = from, .to = to};
    w->write->steps = repl_level_steps(&r->levels, e->level);
    return true;
}

/* ---- looking for the last event of a kind ---- */

typedef bool repl_wanted(struct repl *r, const struct repl_event *e, void *context);

struct search {
    repl_wanted *wanted;
    void *context;
    struct repl_watch *watch; /* a value that is looked at besides; NULL: none */
    bool in_bursts;           /* else one by one */
    bool looks_out;           /* for breakpoints, or the watch, in a burst */
    uint64_t nth;             /* last that is looked for: 1 is the last */
    bool found;
    struct history_point begin; /* of its event */
};

#define EVERY UINT64_MAX

/* Something came from outside: has it changed the value? */
static bool
watch_edit(struct repl *r, const struct repl_watch *w, const struct history_entry *entry)
{
    struct repl_event e = {.level = w->b->level};

    if (!has_changed(r, &e, (void *)(uintptr_t)w))
        return false;
    w->write->edited = true;
    (void)repl_entry_text(r, entry, w->write->edit);
    return true;
}

/* What comes from outside changes values, but no instruction does. */
static void
let_happen(struct repl *r, const struct search *s, struct history_point end, uint64_t *count)
{
    const struct history_entry *e;

    while (here_is_earlier(r, end) && (e = history_catch_up(&r->history)) != NULL) {
        if (s->watch != NULL && watch_edit(r, s->watch, e))
            ++*count;
        repl_breakpoints_arm(&r->breakpoints, &r->levels);
    }
}

static uint64_t
burst_of(struct repl *r, const struct search *s)
{
    if (!s->in_bursts || !s->looks_out)
        return s->in_bursts ? REPL_BURST : 1;
    return repl_burst(r, s->watch != NULL ? s->watch->b : NULL, REPL_BURST);
}

/*
 * From where it stands to `end`: the last of those that end before `end`, or,
 * if `inclusive`, at it; or the one with the number `number`.  Returns how many
 * there were.
 */
static uint64_t
sweep(struct repl *r, struct journey *j, struct search *s, struct history_point end, bool inclusive,
      uint64_t number)
{
    uint64_t count = 0;

    repl_breakpoints_arm(&r->breakpoints, &r->levels);
    if (s->watch != NULL)
        repl_breakpoint_arm(s->watch->b, &r->levels);
    while (count < number) {
        struct history_point begin;

        let_happen(r, s, end, &count);
        begin = history_now(&r->history);
        if (!here_is_earlier(r, end) || !go_on(r, j, end, burst_of(r, s)))
            break;
        if (!(here_is_earlier(r, end) || inclusive) || !s->wanted(r, &r->stop.event, s->context))
            continue;
        count++;
        s->begin = begin;
    }
    return count;
}

/* Snapshot by snapshot backwards. */
static void
search(struct repl *r, struct journey *j, struct search *s)
{
    struct history_point end = j->origin, from;
    bool inclusive = false;

    do {
        uint64_t count;

        history_back(&r->history, end);
        from = history_now(&r->history);
        count = sweep(r, j, s, end, inclusive, EVERY);
        s->found = count >= s->nth;
        if (s->found && s->nth > 1) {
            history_back(&r->history, (struct history_point){from.tick, from.done + 1});
            (void)sweep(r, j, s, end, inclusive, count - s->nth + 1);
        }
        s->nth -= s->found ? 0 : count;
        end = from;
        inclusive = true;
    } while (!s->found && !j->interrupted && history_earlier(r->history.list[0]->at, from));
}

/* Once more to the event that was found, as it was found; then r->stop is of it. */
static void
arrive_at(struct repl *r, struct journey *j, struct search *s)
{
    struct history_point begin = s->begin;

    history_back(&r->history, (struct history_point){begin.tick, begin.done + 1});
    while (here_is_earlier(r, begin) && go_on(r, j, begin, burst_of(r, s)))
        continue;
    repl_breakpoints_arm(&r->breakpoints, &r->levels);
    (void)go_on(r, j, j->origin, burst_of(r, s));
    (void)s->wanted(r, &r->stop.event, s->context);
}

static bool
search_and_arrive(struct repl *r, struct search *s, struct journey *j)
{
    search(r, j, s);
    if (j->interrupted)
        return false;
    if (s->found) {
        arrive_at(r, j, s);
        catch_up(r, j);
    } else {
        stand_at_start(r);
    }
    return s->found;
}

static bool
is_hit(struct repl *r, const struct repl_event *e, void *context)
{
    (void)context;
    return repl_has_hit(r, e);
}

bool
repl_back_to_stop(struct repl *r)
{
    struct search s = {.wanted = is_hit, .in_bursts = true, .looks_out = true, .nth = 1};
    struct journey j;

    set_out(r, &j);
    (void)search_and_arrive(r, &s, &j);
    (void)arrive(r, &j);
    repl_follow(r);
    return true;
}

/* ---- by events and levels ---- */

struct wanted_event {
    unsigned row;
    enum repl_event_kind kind;
};

static bool
is_event(struct repl *r, const struct repl_event *e, void *context)
{
    const struct wanted_event *w = context;

    if (!repl_event_is(&r->levels, e, w->kind, w->row))
        return false;
    r->stop.kind = w->kind;
    stand(r, REPL_STOP_event, w->row);
    return true;
}

bool
repl_back_to_event(struct repl *r, unsigned row, enum repl_event_kind kind)
{
    struct wanted_event w = {row, kind};
    struct search s = {.wanted = is_event, .context = &w, .nth = 1};
    struct journey j;

    s.in_bursts = !repl_events_need_steps(&r->levels);
    set_out(r, &j);
    (void)search_and_arrive(r, &s, &j);
    (void)arrive(r, &j);
    repl_follow(r);
    return true;
}

/* A step as the forward motion counts it. */
static bool
is_step(struct repl *r, const struct repl_event *e, void *context)
{
    const unsigned *row = context;

    if (repl_steps_made(r, *row, e) == 0)
        return false;
    stand(r, REPL_STOP_step, *row);
    return true;
}

/*
 * The real machine of a hosted monitor counts what its guests do, too: where it
 * stood `count` steps ago is where the last but `count` ended.
 */
static bool
back_by_counting(struct repl *r, unsigned row, uint64_t count)
{
    struct search s = {.wanted = is_step, .context = &row, .nth = count};
    struct journey j;

    set_out(r, &j);
    (void)search_and_arrive(r, &s, &j);
    return arrive(r, &j);
}

bool
repl_back_steps(struct repl *r, unsigned row, uint64_t count)
{
    uint64_t made = repl_level_steps(&r->levels, row), steps = count < made ? made - count : 0, now;
    struct journey j;

    if (row == 0 && repl_levels_hosted(&r->levels))
        return back_by_counting(r, row, count);
    if (made == 0)
        return repl_go_to_steps(r, row, 0);
    set_out(r, &j);
    go_back_to(r, &j, row, steps);
    now = repl_level_steps(&r->levels, row);
    if (r->stop.reason == REPL_STOP_step && now > steps) /* two at once: an exit, an interrupt */
        go_back_to(r, &j, row, now - r->stop.event.made[row]);
    return arrive(r, &j);
}

static bool
is_at_level(struct repl *r, const struct repl_event *e, void *context)
{
    const unsigned *row = context;

    if (repl_level_current(&r->levels) != *row || (e->stepped & 1u << *row) == 0)
        return false;
    stand(r, REPL_STOP_step, *row);
    return true;
}

bool
repl_back_to_level(struct repl *r, unsigned row)
{
    struct search s = {.wanted = is_at_level, .context = &row, .nth = 1};
    struct journey j;

    set_out(r, &j);
    (void)search_and_arrive(r, &s, &j);
    return arrive(r, &j);
}

/* ---- by calls ---- */

/* Where a call, or what was trapped out of, came from. */
struct home {
    unsigned row;
    uint32_t mode, base, pc, other_pc, sp;
};

static bool
is_home(struct repl *r, const struct repl_event *e, void *context)
{
    const struct home *w = context;
    struct isa_hart h;

    if ((e->stepped & 1u << w->row) == 0)
        return false;
    repl_level_hart(&r->levels, w->row, &h);
    if (h.mode != w->mode || (h.mode == ISA_USER && h.mbase != w->base) ||
        (h.pc != w->pc && h.pc != w->other_pc) || h.x[2] < w->sp)
        return false;
    stand(r, REPL_STOP_step, w->row);
    return true;
}

static bool
back_home(struct repl *r, struct home *w)
{
    struct search s = {.wanted = is_home, .context = w, .nth = 1};
    struct journey j;

    set_out(r, &j);
    (void)search_and_arrive(r, &s, &j);
    return arrive(r, &j);
}

/* Is the last event a return from a call, or from a trap? */
static bool
is_return(const struct repl *r, unsigned row)
{
    const struct repl_event *e = &r->stop.event;
    enum isa_insn insn = isa_decode(e->word);

    if (!r->stop.any || e->level != row || !e->executed || e->trapped)
        return false;
    return insn == INSN_mret ||
           (insn == INSN_jalr && isa_rd(e->word) == 0 &&
            (isa_rs1(e->word) == 1 || isa_rs1(e->word) == 5) && isa_imm_i(e->word) == 0);
}

static bool
back_one_next(struct repl *r, unsigned row)
{
    struct isa_hart h;
    struct home w;

    repl_level_hart(&r->levels, row, &h);
    if (!is_return(r, row))
        return repl_back_steps(r, row, 1);
    w = (struct home){row, h.mode, h.mbase, h.pc - 4, h.pc, 0};
    if (isa_decode(r->stop.event.word) != INSN_mret) {
        w.other_pc = w.pc;
        w.sp = h.x[2];
    }
    return back_home(r, &w);
}

bool
repl_back_next(struct repl *r, unsigned row, uint64_t count)
{
    bool ok = true;

    for (; ok && count > 0; count--) {
        ok = back_one_next(r, row);
        if (r->stop.reason == REPL_STOP_start || r->stop.reason == REPL_STOP_interrupted)
            break;
    }
    return ok;
}

bool
repl_back_finish(struct repl *r, unsigned row)
{
    struct repl_frames f;
    struct isa_hart h;
    struct home w;

    repl_frames(&r->levels, row, &f);
    if (f.count < 2)
        return repl_fail(r, "no caller is known: %s", f.end);
    repl_level_hart(&r->levels, row, &h);
    w = (struct home){row, h.mode, h.mbase, f.list[1].pc - 4, f.list[1].pc - 4, f.list[1].sp};
    return back_home(r, &w);
}

/* ---- the ends, and points that were remembered ---- */

bool
repl_go_to_start(struct repl *r)
{
    struct journey j;

    set_out(r, &j);
    stand_at_start(r);
    return arrive(r, &j);
}

bool
repl_go_to_point(struct repl *r, struct history_point point, const struct repl_stop *stop)
{
    struct journey j;

    if (history_earlier(r->history.end, point))
        return repl_fail(r, "that point is no longer in history: something was changed before it");
    set_out(r, &j);
    approach(r, &j, point);
    if (!j.interrupted && stop != NULL)
        r->stop = *stop;
    else if (j.interrupted || !repl_has_ended(r, &r->stop.event))
        stand(r, REPL_STOP_step, r->view);
    return arrive(r, &j);
}

bool
repl_go_to_end(struct repl *r)
{
    return repl_go_to_point(r, r->history.end, r->end_known ? &r->end_stop : NULL);
}

bool
repl_undo(struct repl *r, char *text)
{
    struct history *h = &r->history;
    struct journey j;
    size_t i = h->done;

    while (i > 0 && h->log[i - 1].kind == REPL_ENTRY_close)
        i--;
    while (i > 1 && h->log[i - 1].kind == REPL_ENTRY_open && h->log[i - 2].kind == REPL_ENTRY_open)
        i--;
    if (i == 0)
        return repl_fail(r, "nothing has been set or sent as yet");
    if (h->log[i - 1].kind == REPL_ENTRY_open)
        (void)snprintf(text, REPL_ENTRY_MAX, "an instruction executed by hand");
    else
        (void)repl_entry_text(r, &h->log[i - 1], text);
    set_out(r, &j);
    approach(r, &j, (struct history_point){h->log[i - 1].tick, i - 1});
    stand(r, REPL_STOP_step, r->view);
    (void)arrive(r, &j);
    if (r->stop.reason != REPL_STOP_interrupted)
        repl_past_cut(r);
    return true;
}

/* ---- once more ---- */

/* To where row `row` has still `steps` steps to make, or to the start. */
static void
go_before(struct repl *r, struct journey *j, unsigned row, uint64_t steps)
{
    uint64_t made = repl_level_steps(&r->levels, row);

    if (steps >= made || (row == 0 && steps >= j->origin.tick)) {
        history_restore(&r->history, 0);
    } else if (row == 0) {
        approach(r, j, (struct history_point){j->origin.tick - steps, 0});
    } else {
        to_snapshot_before(r, row, made - steps);
        run_to_steps(r, j, row, made - steps);
    }
}

bool
repl_travel_again(struct repl *r, unsigned row, uint64_t steps, bool every,
                  void (*seen)(struct repl *r, const struct repl_event *e, void *context),
                  void *context)
{
    uint64_t burst = every || repl_events_need_steps(&r->levels) ? 1 : REPL_BURST, at;
    struct journey j;
    bool on;

    set_out(r, &j);
    go_before(r, &j, row, steps);
    seen(r, NULL, context);
    do {
        at = moment_ticks(r->system);
        on = here_is_earlier(r, j.origin) && go_on(r, &j, j.origin, burst);
        if (on && moment_ticks(r->system) != at)
            seen(r, &r->stop.event, context);
    } while (on);
    if (!j.interrupted)
        return_home(r, &j);
    (void)arrive(r, &j);
    r->stop = j.stop;
    r->pane_due = false;
    return !j.interrupted || repl_fail(r, "interrupted");
}

/* ---- who made a value ---- */

bool
repl_last_write(struct repl *r, unsigned row, struct repl_expression *watched,
                struct repl_write *write)
{
    struct repl_breakpoint b = {.kind = REPL_BREAK_change, .level = row, .watched = watched};
    struct repl_watch w = {&b, write};
    struct search s = {.wanted = has_changed,
                       .context = &w,
                       .watch = &w,
                       .in_bursts = true,
                       .looks_out = true,
                       .nth = 1};
    struct journey j;

    write->found = false;
    set_out(r, &j);
    search(r, &j, &s);
    if (!j.interrupted)
        return_home(r, &j);
    (void)arrive(r, &j);
    r->stop = j.stop;
    r->pane_due = false;
    return !j.interrupted || repl_fail(r, "interrupted");
}
