/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints and watchpoints of gdb's: kept with those of the REPL, beside the
 * machine, never in a guest's memory.
 *
 * gdb has one address space, and takes it for that of its symbols.  So a point
 * is set for every level that runs the program in question: a breakpoint where
 * pc is the address, in whichever mode; a watchpoint on the memory that the
 * address meant when it was first set, since gdb sets it anew whenever the
 * machine goes on, from whatever mode it stands in.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/gdb/stub.h"

enum { LENGTH_MAX = 4096 }; /* bytes watched */

static const enum repl_breakpoint_kind kinds[] = {
    REPL_BREAK_code, REPL_BREAK_code, REPL_BREAK_write, REPL_BREAK_read, REPL_BREAK_access,
};

/* Do the two rows run the same program? */
static bool
same_program(const struct repl_levels *ls, unsigned i, unsigned k)
{
    const struct target_program *a = ls->row[i].program, *b = ls->row[k].program;

    return i == k || (a != NULL && b != NULL && (a == b || strcmp(a->name, b->name) == 0));
}

/* The physical address that `address` means in row i: through R, where it is one of user mode. */
static uint32_t
meaning(const struct repl_levels *ls, unsigned i, uint32_t address)
{
    struct isa_hart h;
    uint32_t pa;

    repl_level_hart(ls, i, &h);
    return repl_level_relocate(ls, i, &h, address, 1, &pa) ? pa : address;
}

/* The same, as it was found when it was first asked. */
static uint32_t
place(struct gdb_stub *s, unsigned i, uint32_t address, uint32_t bytes)
{
    struct gdb_place *p;

    for (unsigned k = 0; k < GDB_PLACES_MAX && k < s->place_count; k++) {
        p = &s->places[k];
        if (p->row == i && p->address == address && p->bytes == bytes)
            return p->pa;
    }
    p = &s->places[s->place_count++ % GDB_PLACES_MAX];
    *p = (struct gdb_place){i, address, bytes, meaning(&s->r->levels, i, address)};
    return p->pa;
}

static bool
insert(struct gdb_stub *s, enum repl_breakpoint_kind kind, unsigned row, uint32_t address,
       uint32_t bytes)
{
    struct repl_breakpoint *b =
        repl_breakpoint_add_remote(&s->r->breakpoints, kind, row, address, bytes);

    if (b != NULL && kind != REPL_BREAK_code)
        b->address = place(s, row, address, bytes);
    return b != NULL;
}

static void
remove_like(struct gdb_stub *s, enum repl_breakpoint_kind kind, uint32_t address, uint32_t bytes)
{
    struct repl_breakpoints *bs = &s->r->breakpoints;

    for (unsigned i = bs->count; i-- > 0;) {
        struct repl_breakpoint *b = bs->list[i];

        if (b->remote && b->kind == kind && b->asked == address && b->bytes == bytes)
            repl_breakpoint_delete(bs, b);
    }
}

/* "TYPE,ADDRESS,LENGTH" */
enum gdb_answer
gdb_point(struct gdb_stub *s, struct gdb_input *in, bool wanted)
{
    const struct repl_levels *ls = &s->r->levels;
    uint32_t type, address, length;
    bool right = true;

    if (!gdb_take_number(in, &type) || type >= sizeof kinds / sizeof kinds[0] ||
        !gdb_take(in, ",") || !gdb_take_number(in, &address) || !gdb_take(in, ",") ||
        !gdb_take_number(in, &length) || length == 0 || length > LENGTH_MAX)
        return GDB_MALFORMED;
    remove_like(s, kinds[type], address, length); /* set twice is set once */
    for (unsigned i = 0; i < ls->count && wanted && right; i++)
        if (same_program(ls, i, s->program))
            right = insert(s, kinds[type], i, address, length);
    if (!right)
        remove_like(s, kinds[type], address, length);
    return right ? GDB_OK : GDB_MALFORMED;
}

void
gdb_remove_points(struct gdb_stub *s)
{
    struct repl_breakpoints *bs = &s->r->breakpoints;

    for (unsigned i = bs->count; i-- > 0;)
        if (bs->list[i]->remote)
            repl_breakpoint_delete(bs, bs->list[i]);
}
