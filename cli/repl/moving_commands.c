/* SPDX-License-Identifier: MIT */
/* The commands that move. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/repl/command.h"
#include "cli/repl/frames.h"
#include "cli/repl/keys.h"
#include "cli/repl/micro.h"
#include "cli/repl/motion.h"
#include "cli/repl/output.h"
#include "cli/repl/travel.h"

static bool
step_event(struct repl *r, enum repl_event_kind kind)
{
    struct repl_motion m = repl_motion(REPL_MOVE_event, r->view);

    m.event = kind;
    return repl_check_event(r, kind) && repl_move(r, &m);
}

/*
 * `step L0' under a hosted monitor: on until L0 does something, which is an
 * exit.  `step L1': a step where its own instruction is next; else on until
 * that is so.
 */
static bool
step_level(struct repl *r, unsigned row)
{
    struct repl_motion m = repl_motion(REPL_MOVE_level, row);

    if (row == 0 && repl_levels_hosted(&r->levels)) {
        m.kind = REPL_MOVE_event;
        m.event = REPL_EVENT_exit;
    } else if (repl_level_current(&r->levels) == row) {
        m.kind = REPL_MOVE_steps;
    }
    if (!repl_move(r, &m))
        return false;
    if (m.kind != REPL_MOVE_event)
        r->view = r->stop.level;
    return true;
}

bool
repl_do_step(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_steps, r->view);
    int found;

    if (r->micro && a->text[0] == '\0')
        return repl_micro_step(r);
    if (a->text[0] == '\0' || repl_count(a->text, &m.count)) {
        if (m.count == 0)
            return repl_fail(r, "0 steps are none");
        return repl_move(r, &m);
    }
    if (a->text[0] == '-' && repl_count(a->text + 1, &m.count))
        return m.count == 0 ? repl_fail(r, "0 steps are none")
                            : repl_back_steps(r, r->view, m.count);
    found = repl_level_find(&r->levels, a->text, strlen(a->text));
    if (found >= 0)
        return step_level(r, (unsigned)found);
    found = repl_find_event(a->text);
    if (found >= 0)
        return step_event(r, (enum repl_event_kind)found);
    return repl_fail(r, "`%.60s' is no count, no event (`info events') and no level (`as')",
                     a->text);
}

bool
repl_do_next(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_next, r->view);

    if (a->text[0] != '\0' && (!repl_count(a->text, &m.count) || m.count == 0))
        return repl_fail(r, "`%.60s' is no count of steps", a->text);
    return repl_move(r, &m);
}

bool
repl_do_finish(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_finish, r->view);
    struct repl_frames f;

    (void)a;
    repl_frames(&r->levels, r->view, &f);
    if (f.count < 2)
        return repl_fail(r, "no caller is known: %s; `until PLACE' goes on to a place", f.end);
    m.address = f.list[1].pc;
    m.sp = f.list[1].sp;
    return repl_move(r, &m);
}

bool
repl_do_until(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_until, r->view);
    struct repl_location where;

    if (a->text[0] == '\0')
        return repl_fail(r, "until where?  A label, an address, a line");
    if (!repl_locate(r, a->text, &where))
        return false;
    m.level = where.level;
    m.address = where.address;
    m.user = where.user;
    return repl_move(r, &m);
}

bool
repl_do_continue(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_continue, r->view);
    struct repl_breakpoint *b = repl_breakpoint_find(&r->breakpoints, r->stop.number);
    uint64_t times = 1;

    if (a->text[0] != '\0') {
        if (!repl_count(a->text, &times) || times == 0)
            return repl_fail(r, "`%.60s' is no count", a->text);
        if (b == NULL)
            return repl_fail(r, "it does not stand at a breakpoint that could be passed %s times",
                             a->text);
        b->ignore = times - 1;
    }
    return repl_move(r, &m);
}

bool
repl_do_micro(struct repl *r, const struct repl_arguments *a)
{
    bool on = strcmp(a->text, "on") == 0;

    if (!on && strcmp(a->text, "off") != 0 && a->text[0] != '\0')
        return repl_fail(r, "`micro on' or `micro off'");
    if (a->text[0] != '\0') {
        r->micro = on;
        if (!on)
            repl_complete_instruction(r);
    }
    if (r->json)
        json_bool(&r->object, "micro", r->micro);
    else
        repl_say(r, "micro is %s: a step is %s", r->micro ? "on" : "off",
                 r->micro ? "one phase of an instruction" : "one instruction, or a trap");
    return true;
}

bool
repl_do_restart(struct repl *r, const struct repl_arguments *a)
{
    (void)a;
    if (!repl_restart(r))
        return false;
    for (unsigned i = 0; i < r->breakpoints.count; i++)
        r->breakpoints.list[i]->hits = 0;
    r->pane_due = true;
    return true;
}

/* What the user types goes to the guest, what it prints to the user, as it comes. */
bool
repl_do_console(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_continue, r->view);
    struct repl_keys keys;
    bool ok;

    (void)a;
    if (!r->terminal || isatty(STDIN_FILENO) != 1)
        return repl_fail(r, "there is no terminal here; `send' and `expect' talk to the guest");
    repl_say(r, "(the terminal is the guest's console; ^A x comes back)");
    repl_keys_begin(r, &keys);
    m.keys = &keys;
    ok = repl_move(r, &m);
    repl_keys_end(r);
    (void)fprintf(r->out, "\n");
    return ok;
}
