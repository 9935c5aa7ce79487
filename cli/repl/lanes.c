/* SPDX-License-Identifier: MIT */
#include "cli/repl/lanes.h"

/* Of an inner row they are known as of its last boundary. */
static uint64_t
exits_of(const struct repl_levels *ls, unsigned i)
{
    if (i == 0)
        return 0;
    if (ls->row[i].inner)
        return ls->boundary[i].known ? ls->boundary[i].exits : 0;
    return vmm_exits(repl_level_vm(ls, i));
}

void
repl_lanes_begin(struct repl_lanes *l, const struct repl_levels *levels)
{
    static const struct repl_lanes none;

    *l = none;
    l->levels = levels;
    repl_lanes_look(l);
}

void
repl_lanes_look(struct repl_lanes *l)
{
    struct isa_hart h;

    l->now = repl_level_steps(l->levels, 0);
    l->row = repl_level_current(l->levels);
    repl_level_hart(l->levels, l->row, &h);
    l->mode = h.mode;
    for (unsigned i = 0; i < l->levels->count; i++)
        l->exits[i] = exits_of(l->levels, i);
}
