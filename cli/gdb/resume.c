/* SPDX-License-Identifier: MIT */
/* Motions, as gdb asks for them, and what it is told of the stop they end in. */
#include <string.h>

#include "cli/gdb/stub.h"
#include "cli/repl/motion.h"
#include "cli/repl/pane.h"
#include "cli/repl/travel.h"

enum { SIGNAL_INT = 2, SIGNAL_TRAP = 5 }; /* as gdb numbers them */

/* ---- the stop ---- */

/* Is there nothing further on? */
static bool
is_end(enum repl_reason reason)
{
    return reason == REPL_STOP_ended || reason == REPL_STOP_halted || reason == REPL_STOP_lost ||
           reason == REPL_STOP_trap_loop || reason == REPL_STOP_budget;
}

/* Was it a breakpoint or watchpoint of gdb's own? */
static bool
is_gdbs(const struct repl_stop *stop)
{
    return stop->remote &&
           (stop->reason == REPL_STOP_breakpoint || stop->reason == REPL_STOP_watchpoint);
}

static const char *
watch_word(enum repl_breakpoint_kind kind)
{
    return kind == REPL_BREAK_write ? "watch" : kind == REPL_BREAK_read ? "rwatch" : "awatch";
}

/* Is pc where gdb has its breakpoint?  R may show it elsewhere. */
static bool
is_there(const struct gdb_stub *s)
{
    struct isa_hart h;

    repl_level_hart(&s->r->levels, s->r->stop.level, &h);
    return h.pc == s->r->stop.asked;
}

/* A stop reply: signal, thread, and the reason where gdb knows of it. */
void
gdb_put_stop(struct gdb_stub *s)
{
    const struct repl_stop *stop = &s->r->stop;

    gdb_put(&s->reply, "T%02xthread:%x;",
            stop->reason == REPL_STOP_interrupted ? SIGNAL_INT : SIGNAL_TRAP, s->general + 1);
    if (is_gdbs(stop) && stop->reason == REPL_STOP_watchpoint)
        gdb_put(&s->reply, "%s:%x;", watch_word(stop->breakpoint), (unsigned)stop->asked);
    if (is_gdbs(stop) && stop->reason == REPL_STOP_breakpoint && s->swbreak && is_there(s))
        gdb_put(&s->reply, "swbreak:;");
    if (is_end(stop->reason))
        gdb_put(&s->reply, "replaylog:end;");
    if (s->back && stop->reason == REPL_STOP_start)
        gdb_put(&s->reply, "replaylog:begin;");
}

/* A place that pc calls otherwise than the program. */
static void
tell_place(struct gdb_stub *s)
{
    struct gdb_text text = {0};
    struct isa_hart h;
    char symbol[REPL_SYMBOL_MAX];

    repl_level_hart(&s->r->levels, s->r->stop.level, &h);
    gdb_put(&text, "the breakpoint at 0x%08x <%s>: through R = (0x%x, 0x%x) pc is 0x%08x there\n",
            (unsigned)s->r->stop.asked,
            repl_level_symbol(&s->r->levels, s->r->stop.level, s->r->stop.asked, symbol),
            (unsigned)h.mbase, (unsigned)h.mbound, (unsigned)h.pc);
    gdb_stub_say(s, text.bytes != NULL ? text.bytes : "", text.length);
    gdb_text_free(&text);
}

/* What gdb has no words for, it prints as the machine's own. */
static void
tell(struct gdb_stub *s)
{
    const struct repl_stop *stop = &s->r->stop;
    char line[REPL_STOP_LINE_MAX];

    if (is_gdbs(stop) && stop->reason == REPL_STOP_breakpoint && !is_there(s))
        tell_place(s);
    if (is_gdbs(stop) || stop->reason == REPL_STOP_step || stop->reason == REPL_STOP_start ||
        stop->reason == REPL_STOP_interrupted)
        return;
    (void)repl_stop_line(s->r, line);
    if (line[0] == '\0')
        return;
    (void)strcat(line, "\n");
    gdb_stub_say(s, line, strlen(line));
}

/* ---- moving ---- */

/* False: it could not, which has been told. */
static bool
move(struct gdb_stub *s, const struct repl_motion *m)
{
    if (repl_move(s->r, m))
        return true;
    gdb_stub_say(s, s->r->error, strlen(s->r->error));
    gdb_stub_say(s, "\n", 1);
    return false;
}

/* A temporary breakpoint of the REPL's (`monitor tbreak') is used up. */
static void
forget_temporary(struct repl *r)
{
    struct repl_breakpoint *b = repl_breakpoint_find(&r->breakpoints, r->stop.number);

    if (r->stop.reason == REPL_STOP_breakpoint && b != NULL && b->temporary)
        repl_breakpoint_delete(&r->breakpoints, b);
}

/* The row that a stop is told of: at the start of history it may not be there as yet. */
static unsigned
level_there(const struct repl *r)
{
    unsigned row = r->stop.level;

    while (!repl_level_known(&r->levels, row))
        row = r->levels.row[row].parent;
    return row;
}

static enum gdb_answer
stopped(struct gdb_stub *s, bool moved)
{
    s->watched = moved && is_gdbs(&s->r->stop) && s->r->stop.reason == REPL_STOP_watchpoint;
    s->r->pane_due = false;
    forget_temporary(s->r);
    if (moved) {
        s->general = s->resumed = level_there(s->r);
        tell(s);
    }
    gdb_put_stop(s);
    return GDB_REPLY;
}

static enum gdb_answer
stopped_back(struct gdb_stub *s, bool moved)
{
    enum gdb_answer answer;

    s->back = true;
    answer = stopped(s, moved);
    s->back = s->watched = false;
    return answer;
}

/* The row that goes on; one that has ended can't, and the others then go on without it. */
static unsigned
goes_on(const struct gdb_stub *s)
{
    const struct vm *vm = repl_level_vm(&s->r->levels, s->resumed);

    return vm != NULL && vm->state == VM_ended ? 0 : s->resumed;
}

enum gdb_answer
gdb_continue(struct gdb_stub *s)
{
    struct repl_motion m = repl_motion(REPL_MOVE_continue, goes_on(s));

    return stopped(s, move(s, &m));
}

/*
 * gdb takes it that a RISC-V machine stops before the access that is watched
 * (gdbarch's have_nonsteppable_watchpoint), and makes a step of its own before
 * it looks at the value.  Here the access has been made, as everywhere in the
 * REPL; so that step has been made, too.
 */
static bool
has_stepped(struct gdb_stub *s)
{
    bool has = s->watched && s->resumed == s->r->stop.level;

    s->watched = false;
    if (has)
        gdb_put(&s->reply, "T%02xthread:%x;", SIGNAL_TRAP, s->general + 1);
    return has;
}

enum gdb_answer
gdb_step(struct gdb_stub *s)
{
    struct repl_motion m = repl_motion(REPL_MOVE_steps, s->resumed);

    if (has_stepped(s))
        return GDB_REPLY;
    return stopped(s, move(s, &m));
}

/* Has ^C come, from gdb or here? */
static bool
is_interrupted(struct repl *r)
{
    bool is = repl_wants_stop(r);

    console_forget_interrupt();
    if (is)
        r->stop.reason = REPL_STOP_interrupted;
    return is;
}

/* Steps of a row while its pc is in [start, end), as for a line of source. */
static enum gdb_answer
step_range(struct gdb_stub *s, uint32_t start, uint32_t end)
{
    struct repl_motion m = repl_motion(REPL_MOVE_steps, s->resumed);
    struct isa_hart h;
    bool moved;

    do {
        moved = move(s, &m);
        repl_level_hart(&s->r->levels, m.level, &h);
    } while (moved && s->r->stop.reason == REPL_STOP_step && h.pc - start < end - start &&
             !is_interrupted(s->r));
    return stopped(s, moved);
}

/* ---- backwards ---- */

/*
 * Has the event that led here made an access that is watched?  Then it is the
 * first to be undone: gdb is told, makes a step back of its own, and looks at
 * the value.
 */
static bool
stands_behind_access(struct repl *r)
{
    struct repl_value from, to;

    for (unsigned i = 0; i < r->breakpoints.count && r->stop.any; i++) {
        const struct repl_breakpoint *b = r->breakpoints.list[i];

        if (!b->remote || b->kind == REPL_BREAK_code ||
            !repl_breakpoint_matches(&r->levels, r->breakpoints.list[i], &r->stop.event, &from,
                                     &to))
            continue;
        r->stop.reason = REPL_STOP_watchpoint;
        r->stop.remote = true;
        r->stop.breakpoint = b->kind;
        r->stop.asked = b->asked;
        r->stop.level = b->level;
        r->stop.number = 0;
        return true;
    }
    return false;
}

/* Everything as it was at an earlier moment, and breakpoints on the way. */
enum gdb_answer
gdb_continue_back(struct gdb_stub *s)
{
    s->r->view = s->resumed;
    if (stands_behind_access(s->r))
        return stopped_back(s, true);
    return stopped_back(s, repl_back_to_stop(s->r));
}

enum gdb_answer
gdb_step_back(struct gdb_stub *s)
{
    s->r->view = s->resumed;
    return stopped_back(s, repl_back_steps(s->r, s->resumed, 1));
}

/* ---- vCont ---- */

/* One action: "c", "C05", "s", "S05", "rSTART,END", and perhaps ":THREAD". */
struct action {
    char letter;
    uint32_t start, end;
    int row; /* -1: all that no other action is for */
};

static bool
take_action(const struct gdb_stub *s, struct gdb_input *in, struct action *a)
{
    uint32_t signal;

    a->row = -1;
    if (gdb_at_end(in))
        return false;
    a->letter = *in->at++;
    switch (a->letter) {
    case 'c':
    case 's': break;
    case 'C':
    case 'S':
        if (!gdb_take_number(in, &signal))
            return false;
        break;
    case 'r':
        if (!gdb_take_number(in, &a->start) || !gdb_take(in, ",") || !gdb_take_number(in, &a->end))
            return false;
        break;
    default: return false;
    }
    return !gdb_take(in, ":") || gdb_take_thread(s, in, &a->row);
}

/* Levels are not resumed one by one: a step is that of the thread it is asked for, and the others
 * do meanwhile what they do. */
enum gdb_answer
gdb_resume(struct gdb_stub *s, struct gdb_input *in)
{
    struct action a, chosen = {.letter = 'c', .row = -1};
    bool any = false;

    do {
        if (!take_action(s, in, &a))
            return GDB_MALFORMED;
        if (!any || (chosen.letter == 'c' && a.letter != 'c' && a.letter != 'C'))
            chosen = a;
        any = true;
    } while (gdb_take(in, ";"));
    if (!gdb_at_end(in))
        return GDB_MALFORMED;
    s->resumed = chosen.row >= 0 ? (unsigned)chosen.row : s->general;
    switch (chosen.letter) {
    case 'r': return step_range(s, chosen.start, chosen.end);
    case 's':
    case 'S': return gdb_step(s);
    default: return gdb_continue(s);
    }
}
