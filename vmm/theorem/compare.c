/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/compare.h"

#include <stdlib.h>
#include <string.h>

/*
 * The two are run side by side in strides, and compared after each; their
 * processors after each step, too.  Where they differ, they are run again from
 * the start (everything is deterministic) up to the last stride that was equal,
 * and go on in smaller ones, down to single steps.
 */
static const uint64_t strides[] = {1 << 20, 1 << 14, 1 << 8, 1 << 4, 1};
enum { STRIDES = sizeof strides / sizeof strides[0] };

struct pair {
    struct system *bare, *virtual;
    enum machine_stop bare_stop, virtual_stop;
    bool traps_for_ever;
};

void
compare_bare_spec(const struct system_spec *spec, struct system_spec *bare,
                  struct system_guest *guest)
{
    *guest = spec->inner.depth > 0 ? *spec->inner.guest : spec->guests[spec->observed];
    *bare = *spec;
    bare->inner.depth = 0;
    bare->hosted = false;
    bare->count = 1;
    bare->observed = 0;
    bare->guests = guest;
}

static void
attach(struct system *s, const struct compare_options *o)
{
    console_from_bytes(&s->console, o->input, o->input_length);
    s->console.collect = &s->output;
    system_focus(s, true);
}

/*
 * An inner guest is seen at its boundaries only: the bare machine makes as many
 * steps as it did.  Where that came to an end, one more shows how.
 */
static void
advance_to_boundary(struct pair *p, uint64_t steps)
{
    uint64_t before = system_steps(p->virtual);

    p->virtual_stop = system_run_one(p->virtual, steps);
    steps = system_steps(p->virtual) - before;
    p->bare_stop = system_run_one(p->bare, steps + (p->virtual_stop != MACHINE_running));
}

/* The observed guest alone matters: the others may run on when it has ended. */
static void
advance(struct pair *p, uint64_t steps)
{
    if (p->virtual->inner.depth > 0) {
        advance_to_boundary(p, steps);
        return;
    }
    p->bare_stop = system_run_one(p->bare, steps);
    p->virtual_stop = system_run_one(p->virtual, steps);
}

static bool
start(struct pair *p, const struct system_spec *spec, const struct compare_options *o,
      struct compare_result *r)
{
    struct system_spec bare;
    struct system_guest guest;

    compare_bare_spec(spec, &bare, &guest);
    if (!system_init(p->bare, &bare, r->error))
        return false;
    if (!system_init(p->virtual, spec, r->error)) {
        system_free(p->bare);
        return false;
    }
    attach(p->bare, o);
    attach(p->virtual, o);
    p->bare_stop = p->virtual_stop = MACHINE_running;
    p->traps_for_ever = false;
    if (p->virtual->inner.depth > 0)
        advance(p, 0); /* monitors boot */
    return true;
}

static void
finish(struct pair *p)
{
    system_free(p->bare);
    system_free(p->virtual);
}

static bool
equal(const struct pair *p, bool memory, struct observe_differences *d)
{
    d->count = 0;
    observe_add(d, "end of the run", p->bare_stop, p->virtual_stop, 32);
    if (p->bare_stop == MACHINE_exit)
        observe_add(d, "exit code", p->bare->machine.exit_code, p->virtual->machine.exit_code, 32);
    observe_systems(p->bare, p->virtual, memory, d);
    return d->count == 0;
}

static bool
more(const struct pair *p)
{
    return p->bare_stop == MACHINE_running && p->virtual_stop == MACHINE_running &&
           !p->traps_for_ever;
}

/* Is the processor the same on both sides?  (Quick, as it is asked after every step.) */
static bool
same_processor(const struct pair *p)
{
    struct isa_hart bare, virtual;

    system_hart(p->bare, &bare);
    system_hart(p->virtual, &virtual);
#define SAME(field, name, bits) &&bare.field == virtual.field
    return memcmp(bare.x, virtual.x, sizeof bare.x) == 0 OBSERVE_HART(SAME);
#undef SAME
}

/*
 * `steps` steps, or less where the processors part on the way: false then.
 * What a wrong value in a register has done may be gone at the end of a stride,
 * so they are compared after each step; an inner guest's at the end alone.
 */
static bool
advance_alike(struct pair *p, uint64_t steps)
{
    if (p->virtual->inner.depth > 0) {
        advance(p, steps);
        return true;
    }
    for (; steps > 0 && more(p); steps--) {
        advance(p, 1);
        if (!same_processor(p))
            return false;
    }
    return true;
}

/*
 * From where both are, at *at steps, in strides of `stride`, until they differ
 * (false; *at is then the last point where they were equal), end, or come to
 * `limit`.
 */
static bool
run_equal(struct pair *p, const struct compare_options *o, uint64_t stride, uint64_t limit,
          uint64_t *at, struct observe_differences *d)
{
    while (*at < limit && more(p)) {
        uint64_t n = limit - *at < stride ? limit - *at : stride;
        struct isa_hart before, after;

        system_hart(p->bare, &before);
        if (!advance_alike(p, n) || !equal(p, true, d))
            return false;
        system_hart(p->bare, &after);
        p->traps_for_ever =
            more(p) && system_steps(p->bare) != *at && observe_traps_for_ever(&before, &after);
        *at = system_steps(p->bare);
        if (o->progress != NULL)
            o->progress(o->context, *at);
    }
    return true;
}

static void
summarise(const struct pair *p, struct compare_result *r)
{
    struct isa_hart h;

    system_hart(p->bare, &h);
    r->verdict = more(p) ? COMPARE_so_far : COMPARE_identical;
    r->stop = p->bare_stop;
    r->traps_for_ever = p->traps_for_ever;
    r->exit_code = p->bare->machine.exit_code;
    r->steps = system_steps(p->bare);
    r->mtime = h.mtime;
    r->sent = p->bare->output.length;
    r->vm = *system_vm(p->virtual);
    r->instructions = r->vm.vcpu.retired;
    r->traps = r->vm.vcpu.traps;
}

static void
observe_side(const struct system *s, enum machine_stop stop, struct compare_side *side)
{
    system_hart(s, &side->after);
    side->stop = stop;
}

/* ---- escapes ---- */

/* The word at the guest's pc; 0 where none can be fetched. */
static uint32_t
next_word(const struct system *s, const struct isa_hart *h)
{
    struct isa_ram ram;
    struct isa_outcome out;
    uint32_t word;

    system_ram(s, &ram);
    return isa_fetch(h, &ram, &word, &out) == ISA_DONE ? word : 0;
}

/* Step `at` of the hosted system; *escape is it, if it is one. */
static void
watch_step(struct system *s, uint64_t at, struct compare_escape *escape)
{
    struct isa_hart before;
    uint64_t direct = system_vm(s)->vcpu.direct;
    uint32_t word;
    bool by_hardware;

    system_hart(s, &before);
    word = next_word(s, &before);
    /* Either it retired there, or it is a wfi that stopped the real processor for good. */
    by_hardware = (system_run_one(s, 1) == MACHINE_halted && system_vm(s)->state == VM_ready) ||
                  system_vm(s)->vcpu.direct != direct;
    if (!by_hardware || !isa_is_privileged(isa_decode(word)))
        return;
    escape->at = at;
    escape->pc = before.pc;
    escape->word = word;
    escape->before = before;
    system_hart(s, &escape->after);
}

/* The last escape of the first `at` steps, by running them again one by one. */
static void
find_escape(const struct pair *p, uint64_t at, const struct compare_options *o,
            struct compare_escape *escape)
{
    escape->at = 0;
    for (uint64_t i = 1; i <= at; i++) {
        watch_step(p->virtual, i, escape);
        if (o->progress != NULL && i % strides[1] == 0)
            o->progress(o->context, i);
    }
}

/* ---- the first difference ---- */

/* Both stand where they were last equal: one step, and what came of it on either side. */
static void
describe(struct pair *p, uint64_t at, struct compare_result *r)
{
    system_hart(p->bare, &r->bare.before);
    system_hart(p->virtual, &r->virtual.before);
    r->word = next_word(p->bare, &r->bare.before);
    advance(p, 1);
    (void)equal(p, true, &r->differences);
    observe_side(p->bare, p->bare_stop, &r->bare);
    observe_side(p->virtual, p->virtual_stop, &r->virtual);
    r->verdict = COMPARE_different;
    r->at = at + 1;
    r->vm = *system_vm(p->virtual);
}

/* Both from the start again; false, with the verdict, where that cannot be set up. */
static bool
restart(struct pair *p, const struct system_spec *spec, const struct compare_options *o,
        struct compare_result *r)
{
    finish(p);
    if (start(p, spec, o, r))
        return true;
    r->verdict = COMPARE_broken;
    return false;
}

/* Narrow the first difference down, from a pair equal at *at and different one stride later. */
static void
narrow(struct pair *p, const struct system_spec *spec, const struct compare_options *o, uint64_t at,
       struct compare_result *r)
{
    struct observe_differences d;

    for (unsigned s = 1; s <= STRIDES; s++) {
        if (!restart(p, spec, o, r))
            return;
        if (at > 0)
            advance(p, at);
        if (s < STRIDES)
            (void)run_equal(p, o, strides[s], UINT64_MAX, &at, &d);
    }
    describe(p, at, r);
    if (!restart(p, spec, o, r))
        return;
    find_escape(p, r->at, o, &r->escape);
    finish(p);
}

static void
run(struct pair *p, const struct system_spec *spec, const struct compare_options *o,
    struct compare_result *r)
{
    struct observe_differences d = {0};
    uint64_t at = 0;

    r->verdict = COMPARE_broken;
    if (!start(p, spec, o, r))
        return;
    if (!equal(p, true, &d)) {
        (void)snprintf(r->error, sizeof r->error, "the two differ before the first step, in %s",
                       d.list[0].name);
        finish(p);
        return;
    }
    if (!run_equal(p, o, strides[0], o->limit, &at, &d)) {
        narrow(p, spec, o, at, r);
        return;
    }
    summarise(p, r);
    finish(p);
}

void
compare_run(const struct system_spec *spec, const struct compare_options *options,
            struct compare_result *result)
{
    struct pair p;

    *result = (struct compare_result){.verdict = COMPARE_broken};
    p.bare = malloc(sizeof *p.bare);
    p.virtual = malloc(sizeof *p.virtual);
    if (p.bare == NULL || p.virtual == NULL)
        (void)snprintf(result->error, sizeof result->error, "out of memory");
    else
        run(&p, spec, options, result);
    free(p.bare);
    free(p.virtual);
}
