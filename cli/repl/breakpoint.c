/* SPDX-License-Identifier: MIT */
#include "cli/repl/breakpoint.h"

#include <stdlib.h>
#include <string.h>

const char *
repl_breakpoint_kind_name(enum repl_breakpoint_kind kind)
{
#define KIND_NAME(id, name) name,
    static const char *const names[] = {REPL_BREAKPOINT_KINDS(KIND_NAME)};
#undef KIND_NAME

    return names[kind];
}

struct repl_breakpoint *
repl_breakpoint_add(struct repl_breakpoints *bs, enum repl_breakpoint_kind kind, unsigned level,
                    const char *text)
{
    struct repl_breakpoint *b;

    if (bs->count == REPL_BREAKPOINTS_MAX)
        return NULL;
    b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->text = strdup(text);
    if (b->text == NULL) {
        free(b);
        return NULL;
    }
    b->number = ++bs->next;
    b->kind = kind;
    b->level = level;
    b->enabled = true;
    bs->list[bs->count++] = b;
    return b;
}

struct repl_breakpoint *
repl_breakpoint_add_remote(struct repl_breakpoints *bs, enum repl_breakpoint_kind kind,
                           unsigned level, uint32_t address, uint32_t bytes)
{
    struct repl_breakpoint *b = repl_breakpoint_add(bs, kind, level, "");

    if (b == NULL)
        return NULL;
    bs->next--;
    b->number = 0;
    b->remote = true;
    b->address = b->asked = address;
    b->bytes = bytes;
    return b;
}

struct repl_breakpoint *
repl_breakpoint_find(struct repl_breakpoints *bs, unsigned number)
{
    for (unsigned i = 0; i < bs->count; i++)
        if (bs->list[i]->number == number && !bs->list[i]->remote)
            return bs->list[i];
    return NULL;
}

static void
free_one(struct repl_breakpoint *b)
{
    for (unsigned i = 0; i < b->command_count; i++)
        free(b->commands[i]);
    free(b->text);
    free(b->condition_text);
    free(b->condition);
    free(b->watched);
    free(b);
}

void
repl_breakpoint_delete(struct repl_breakpoints *bs, struct repl_breakpoint *b)
{
    for (unsigned i = 0; i < bs->count; i++) {
        if (bs->list[i] != b)
            continue;
        bs->count--;
        memmove(&bs->list[i], &bs->list[i + 1], (bs->count - i) * sizeof bs->list[0]);
        free_one(b);
        return;
    }
}

void
repl_breakpoints_free(struct repl_breakpoints *bs)
{
    while (bs->count > 0)
        repl_breakpoint_delete(bs, bs->list[0]);
}

bool
repl_breakpoints_need_steps(const struct repl_breakpoints *bs, const struct repl_levels *ls)
{
    for (unsigned i = 0; i < bs->count; i++)
        if (bs->list[i]->enabled &&
            (bs->list[i]->kind != REPL_BREAK_event || repl_events_need_steps(ls)))
            return true;
    return false;
}

/* Wherever at_code could be true. */
static bool
look_at_code(const struct repl_breakpoint *b, const struct repl_levels *ls,
             struct machine_lookout *l)
{
    const struct repl_level *row = &ls->row[b->level];
    uint32_t offset = b->address - ISA_RAM_START, user = b->address - row->users_start;
    struct isa_ram ram;

    repl_level_ram(ls, b->level, &ram);
    if (b->user || offset >= ram.size)
        return machine_look_at(l, b->address, true) &&
               (ram.size != 0 || b->level == 0); /* it is not there as yet */
    if (user < row->users_size && !machine_look_at(l, ISA_RAM_START + user, true))
        return false;
    return machine_look_at(l, (uint32_t)(ram.bytes - ls->system->machine.ram.bytes) + offset,
                           false);
}

bool
repl_breakpoint_look_out(const struct repl_breakpoint *b, const struct repl_levels *ls,
                         struct machine_lookout *l)
{
    switch (b->kind) {
    case REPL_BREAK_code: return look_at_code(b, ls, l);
    case REPL_BREAK_change: return repl_names_look_for(ls, b->level, b->watched, l);
    case REPL_BREAK_event: return !repl_events_need_steps(ls);
    default: return false;
    }
}

bool
repl_breakpoints_look_out(const struct repl_breakpoints *bs, const struct repl_levels *ls,
                          struct machine_lookout *l)
{
    for (unsigned i = 0; i < bs->count; i++)
        if (bs->list[i]->enabled && !repl_breakpoint_look_out(bs->list[i], ls, l))
            return false;
    return true;
}

/* ---- values that are watched ---- */

static bool
value_now(const struct repl_levels *ls, struct repl_breakpoint *b, struct repl_expression *e,
          struct repl_value *v)
{
    struct repl_place_context context = {ls, b->level};
    struct repl_scope scope = repl_names_scope(&context);

    return repl_evaluate(e, &scope, v);
}

void
repl_breakpoint_arm(struct repl_breakpoint *b, const struct repl_levels *ls)
{
    if (b->kind == REPL_BREAK_change)
        b->known = value_now(ls, b, b->watched, &b->old);
}

void
repl_breakpoints_arm(struct repl_breakpoints *bs, const struct repl_levels *ls)
{
    for (unsigned i = 0; i < bs->count; i++)
        repl_breakpoint_arm(bs->list[i], ls);
}

/* Has it changed since it was last looked at?  To become readable, or not, is a change too. */
static bool
changed(const struct repl_levels *ls, struct repl_breakpoint *b, struct repl_value *from,
        struct repl_value *to)
{
    struct repl_value now = repl_value_word(0);
    bool known = value_now(ls, b, b->watched, &now);
    bool differs = known != b->known || (known && now.bits != b->old.bits);

    *from = b->old;
    *to = now;
    b->known = known;
    if (known)
        b->old = now;
    return differs;
}

/* ---- places ---- */

static bool
at_code(const struct repl_levels *ls, const struct repl_breakpoint *b)
{
    const struct vm *vm = repl_level_vm(ls, b->level);
    const struct isa_hart *h = vm != NULL ? &vm->vcpu.hart : &ls->system->machine.hart;
    uint32_t pa;

    if (b->remote && h->pc == b->address)
        return true;
    if (b->user)
        return h->mode == ISA_USER && h->pc == b->address;
    if (!repl_level_relocate(ls, b->level, h, h->pc, 4, &pa))
        return h->mode == ISA_MACHINE && h->pc == b->address;
    return pa == b->address ||
           (h->mode == ISA_USER && repl_level_linked(ls, b->level, h, h->pc) == b->address);
}

static bool
accesses(const struct repl_levels *ls, const struct repl_breakpoint *b, const struct repl_event *e)
{
    uint32_t pa;

    if (e->level != b->level || !e->accessed || (b->kind == REPL_BREAK_read && !e->access.reads) ||
        (b->kind == REPL_BREAK_write && !e->access.writes))
        return false;
    if (!repl_level_relocate(ls, b->level, &e->before, e->access.address, e->access.bytes, &pa))
        pa = e->access.address; /* a device's */
    return pa < b->address + b->bytes && b->address < pa + e->access.bytes;
}

static bool
accesses_csr(const struct repl_breakpoint *b, const struct repl_event *e)
{
    uint32_t csr;
    bool reads, writes;

    return e->level == b->level && e->executed && !e->trapped &&
           repl_csr_access_of(e->word, &csr, &reads, &writes) && csr == b->csr &&
           ((reads && b->csr_reads) || (writes && b->csr_writes));
}

/* An inner level has come to its first boundary. */
static bool
has_started(const struct repl_event *e, const struct repl_breakpoint *b)
{
    return e->level == b->level && e->stepped == 0 && !e->exited && !e->switched;
}

bool
repl_breakpoint_matches(const struct repl_levels *ls, struct repl_breakpoint *b,
                        const struct repl_event *e, struct repl_value *from, struct repl_value *to)
{
    switch (b->kind) {
    case REPL_BREAK_code:
        if (b->level == 0 && repl_levels_hosted(ls))
            return e->stepped != 0 && at_code(ls, b);
        return ((e->stepped & 1u << b->level) != 0 || has_started(e, b)) && at_code(ls, b);
    case REPL_BREAK_change:
        if (ls->row[b->level].inner && e->level != b->level)
            return false; /* between two boundaries nothing of it is settled */
        return changed(ls, b, from, to);
    case REPL_BREAK_write:
    case REPL_BREAK_read:
    case REPL_BREAK_access: return accesses(ls, b, e);
    case REPL_BREAK_csr: return accesses_csr(b, e);
    default: return repl_event_is(ls, e, b->event, b->level);
    }
}

/* Does it count?  A condition that can't be evaluated any more holds, so that one sees it. */
static bool
counts(const struct repl_levels *ls, struct repl_breakpoint *b)
{
    struct repl_value v;

    if (b->condition != NULL && value_now(ls, b, b->condition, &v) && v.bits == 0)
        return false;
    b->hits++;
    if (b->ignore == 0)
        return true;
    b->ignore--;
    return false;
}

struct repl_breakpoint *
repl_breakpoints_hit(struct repl_breakpoints *bs, const struct repl_levels *ls,
                     const struct repl_event *e, struct repl_value *from, struct repl_value *to)
{
    struct repl_breakpoint *found = NULL;
    struct repl_value a = repl_value_word(0), b = a;

    for (unsigned i = 0; i < bs->count; i++) {
        if (!bs->list[i]->enabled || !repl_breakpoint_matches(ls, bs->list[i], e, &a, &b) ||
            !counts(ls, bs->list[i]) || found != NULL)
            continue;
        found = bs->list[i];
        *from = a;
        *to = b;
    }
    return found;
}
