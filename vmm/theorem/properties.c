/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/properties.h"

#include <stdlib.h>
#include <string.h>

#include "vmm/theorem/generator.h"

enum {
    BLOCK = 1024,    /* cases of property 1 that share a memory, compared when they are through */
    STEPS_STATE = 2, /* of a case of property 1: the instruction, and what it does to the next */
    STEPS_PROGRAM = 800,
    STRIDE = 40,    /* steps of a program between two comparisons */
    SLICE_MAX = 60, /* steps of a VM's turn, in property 3 */
    STEPS_WORKLOAD = 20000,
};

/* A case, before it is run. */
struct trial {
    struct isa_hart hart;
    struct devices devices;
    uint32_t start, size;
    uint64_t steps;
    uint64_t stops; /* of property 5: the seed of the strides */
    bool reservation_real;
    uint8_t input[PROPERTY_INPUT_MAX];
    size_t input_length;
    uint8_t memory[EMBEDDING_SIZE_MAX];
};

struct campaign {
    const struct property_campaign *options;
    const struct property_case *given; /* the one case there is; NULL: cases are random */
    struct embedding e;
    struct trial *trial, *other; /* the other one: of property 3, the neighbour's */
    uint32_t slices[2];
    uint32_t values[GENERATE_VALUES]; /* of the block, for its states */
    const char *what;                 /* of the failure seen last */
};

/* ---- what is checked after a stretch of steps ---- */

static bool
fail(struct campaign *c, const char *what)
{
    c->what = what;
    return false;
}

/* Can it be asked whether the monitor is in control?  Of a bare-metal one only at a boundary. */
static bool
is_controlled(const struct campaign *c, enum machine_stop virtual)
{
    return embedding_is_virtual(c->options->way) &&
           (virtual == MACHINE_running || !embedding_is_nested(c->options->way));
}

static bool
check_states(struct campaign *c, enum machine_stop bare, enum machine_stop virtual)
{
    const char *what;

    if (bare != virtual)
        return fail(c, "one run ended, the other did not, or not so");
    if (bare == MACHINE_exit && c->e.bare.machine.exit_code != c->e.real.machine.exit_code)
        return fail(c, "the exit codes differ");
    if (!embedding_same(&c->e))
        return fail(c, "the two states differ");
    if (is_controlled(c, virtual) && !embedding_controlled(&c->e, &what))
        return fail(c, what);
    return true;
}

static bool
check_memory(struct campaign *c)
{
    return embedding_same_memory(&c->e) || fail(c, "the two memories differ");
}

/* ---- property 4: which exits a step may cost ---- */

struct account {
    uint64_t kinds[VMM_EXIT_KINDS], injected, direct;
    bool due; /* the real timer fires before the next instruction */
};

static void
take_account(const struct vmm *vmm, struct account *a)
{
    const struct vm *vm = &vmm->vm[0];

    *a = (struct account){.direct = vm->vcpu.direct,
                          .due = vmm->armed != 0 && vmm->armed_at <= vm->vcpu.retired};
    for (unsigned i = 0; i < VMM_CAUSES; i++) {
        for (unsigned k = 0; k < VMM_EXIT_KINDS; k++)
            a->kinds[k] += vm->exits[i][k];
        a->injected += vm->injected[i];
    }
}

/* What the bare machine did tells which exit, if any, the monitor must have seen. */
static bool
check_account(struct campaign *c, const struct account *before, const struct account *after)
{
    const struct machine_event *last = &c->e.bare.machine.last;
    bool retired = last->executed && !last->trapped;
    bool direct = c->options->way != EMBEDDING_hybrid || last->mode == ISA_USER;
    bool emulated = direct && retired && isa_is_privileged(isa_decode(last->word));
    bool device = direct && retired && last->device;
    bool reflected = direct && last->executed && last->trapped;
    bool interrupt = !last->executed;

    if (after->kinds[VMM_EXIT_emulated] - before->kinds[VMM_EXIT_emulated] != emulated)
        return fail(c, "emulated: not one exit for each privileged instruction, and no other");
    if (after->kinds[VMM_EXIT_device] - before->kinds[VMM_EXIT_device] != device)
        return fail(c, "device: not one exit for each access to a device, and no other");
    if (after->kinds[VMM_EXIT_reflected] - before->kinds[VMM_EXIT_reflected] != reflected)
        return fail(c, "reflected: not one exit for each exception, and no other");
    if (after->injected - before->injected != interrupt)
        return fail(c, "injected: not one for each interrupt, and no other");
    if (after->kinds[VMM_EXIT_monitor] - before->kinds[VMM_EXIT_monitor] >
        (interrupt || before->due))
        return fail(c, "the monitor interrupted a guest before its timer was due");
    if (after->direct - before->direct != (direct && retired && !emulated && !device))
        return fail(c, "an innocuous instruction was not executed directly");
    return true;
}

/* ---- running a trial ---- */

static void
set_up(struct campaign *c, const struct trial *t)
{
    embedding_place(&c->e, t->start, t->size, t->memory);
    embedding_input(&c->e, t->input, t->input_length);
    embedding_map(&c->e, &t->hart, &t->devices, t->reservation_real);
}

/* Of a guest that a bare-metal hybrid monitor interprets for long nothing is seen but memory. */
static bool
is_out_of_sight(const struct campaign *c, enum machine_stop virtual)
{
    return virtual == MACHINE_lost && c->options->way == EMBEDDING_metal_hybrid;
}

/* A stretch of *steps steps, or about so many; for property 4, one at a time. */
static bool
stretch(struct campaign *c, uint64_t *steps, bool *ended)
{
    enum machine_stop bare, virtual;
    struct account before = {0}, after;
    bool accounts = c->options->property == PROPERTY_efficiency;
    const struct vmm *vmm = &c->e.real.hosted.vmm;
    uint64_t from = c->e.bare.machine.steps;

    if (accounts)
        take_account(vmm, &before);
    bare = embedding_run(&c->e, steps, &virtual);
    *ended = bare != MACHINE_running || is_out_of_sight(c, virtual);
    if (c->options->steps != NULL)
        *c->options->steps += c->e.bare.machine.steps - from;
    if (is_out_of_sight(c, virtual))
        return embedding_meet(&c->e) || fail(c, "the two memories differ");
    if (!check_states(c, bare, virtual))
        return false;
    if (!accounts || *ended)
        return true;
    take_account(vmm, &after);
    return check_account(c, &before, &after);
}

/* The next stride of a trial: `usual`, but for property 5 of any length; in some, all are short. */
static uint64_t
stride(const struct campaign *c, const struct trial *t, struct random *r, uint64_t usual)
{
    static const uint32_t longest[] = {1, 1, 4, 40, 400, 4000};

    if (c->options->property != PROPERTY_engines)
        return usual;
    return 1 + random_below(r, longest[random_below(r, t->stops % 10 == 0 ? 3 : 6)]);
}

/* Run a trial that is set up, in strides. */
static bool
run_trial(struct campaign *c, const struct trial *t, uint64_t usual)
{
    struct random r = {t->stops};
    uint64_t steps = t->steps;
    bool ended = false;

    while (steps > 0 && !ended) {
        uint64_t n = stride(c, t, &r, usual);

        n = steps < n ? steps : n;
        if (!stretch(c, &n, &ended))
            return false;
        steps -= n < steps ? n : steps;
    }
    return check_memory(c);
}

/* ---- property 3: a neighbour ---- */

/* A VM of the real machine against the same program on a bare machine, after as many steps. */
static bool
check_against_bare(struct campaign *c, uint32_t index, const struct trial *t)
{
    struct system *bare = &c->e.bare;
    struct isa_hart a;
    struct isa_ram ram;
    struct vm vm;
    struct observe_differences d = {0};

    embedding_vm(&c->e, index, &vm, &ram);

    uint64_t steps = vcpu_steps(&vm.vcpu), most = embedding_most(&c->e, t->steps);

    memcpy(bare->machine.ram.bytes, t->memory, t->size);
    bare->machine.ram.size = t->size;
    bare->machine.hart = t->hart;
    bare->machine.devices = t->devices;
    bare->machine.steps = 0;
    console_from_bytes(&bare->console, index == 0 ? t->input : NULL,
                       index == 0 ? t->input_length : 0);
    if (steps > most)
        steps = most; /* its account is wrong: the two will differ */
    if (steps > 0)
        (void)system_run(bare, steps);
    else
        machine_serve_uart(&bare->machine);
    system_hart(bare, &a);
    observe_harts(&a, &vm.vcpu.hart, &d);
    observe_devices(&bare->machine.devices, &vm.devices, &d);
    if (d.count != 0)
        return fail(c, index == 0 ? "a VM noticed its neighbour" : "a VM's neighbour noticed it");
    if (memcmp(ram.bytes, bare->machine.ram.bytes, t->size) != 0)
        return fail(c, index == 0 ? "a VM's memory changed by its neighbour"
                                  : "a VM changed its neighbour's memory");
    return true;
}

static void
make_program(struct random *r, struct trial *t, bool engines)
{
    static const struct devices rest;

    t->size = EMBEDDING_SIZE_MAX;
    t->start = 4096 * random_below(r, (EMBEDDING_REAL - EMBEDDING_SIZE_MAX) / 4096 + 1);
    t->steps = STEPS_PROGRAM;
    t->reservation_real = true;
    t->devices = rest;
    devices_reset(&t->devices);
    isa_reset(&t->hart, ISA_RAM_START, 0);
    memset(t->memory, 0, t->size);
    if (engines) {
        generate_workload(r, t->memory, t->size);
        t->steps = STEPS_WORKLOAD;
        t->stops = random_64(r);
    } else {
        generate_program(r, t->memory, t->size);
    }
    t->input_length = random_below(r, PROPERTY_INPUT_MAX);
    for (size_t i = 0; i < t->input_length; i++)
        t->input[i] = (uint8_t)random_32(r);
}

static void
make_pair(struct campaign *c, struct random *r)
{
    make_program(r, c->trial, false);
    make_program(r, c->other, false);
    c->trial->start = random_chance(r, 50) ? 0 : 4096 * (1 + random_below(r, 8));
    c->other->start = c->trial->start + c->trial->size + 4096 * random_below(r, 8);
    c->other->input_length = 0;
    for (unsigned i = 0; i < 2; i++)
        c->slices[i] = 1 + random_below(r, SLICE_MAX);
}

/* Run the two side by side for as long as the first one's trial says: is each as if it were alone?
 * Afterwards the bare machine is where the first one is. */
static bool
run_pair(struct campaign *c)
{
    const struct trial *t = c->trial, *o = c->other;
    const struct embedding_neighbour other = {.hart = &o->hart,
                                              .devices = &o->devices,
                                              .memory = o->memory,
                                              .start = o->start,
                                              .slices = {c->slices[0], c->slices[1]},
                                              .limit = t->steps};
    enum machine_stop stop;
    bool ok;

    set_up(c, t);
    embedding_join(&c->e, &other);
    stop = embedding_run_virtual(&c->e, t->steps);
    if (stop == MACHINE_lost)
        ok = is_out_of_sight(c, stop) || fail(c, "the monitor never came back to a guest");
    else
        ok = check_against_bare(c, 1, o) && check_against_bare(c, 0, t) &&
             (embedding_same_outside(&c->e) || fail(c, "the memory outside has changed"));
    embedding_part(&c->e);
    return ok;
}

/* ---- property 1: states ---- */

static void
fill(struct random *r, uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 8) {
        uint64_t value = random_64(r);

        memcpy(bytes + i, &value, 8);
    }
}

/* The memory that the cases of a block share. */
static void
make_block(struct campaign *c, uint64_t block)
{
    struct random r;
    struct trial *t = c->trial;

    random_case(&r, c->options->seed, ~block);
    t->size = 4096 * (1 + random_below(&r, EMBEDDING_SIZE_MAX / 4096));
    if (embedding_is_nested(c->options->way))
        t->size = NESTED_GUEST;
    t->start = 4096 * random_below(&r, (EMBEDDING_REAL - t->size) / 4096 + 1);
    fill(&r, t->memory, t->size);
    generate_values(&r, t->size, c->values);
    embedding_place(&c->e, t->start, t->size, t->memory);
}

static uint32_t
first_word(struct random *r, uint32_t ram_size, struct isa_hart *h)
{
    switch (random_below(r, 50)) {
    case 0: return generate_finish(r, h);
    case 1: return generate_talk(r, h);
    case 2: return generate_edge(r, ram_size, h);
    default: return generate_word(r);
    }
}

/* The state of a case, and interesting instructions where it and what may follow will fetch. */
static void
make_state(struct campaign *c, uint64_t number, bool plant)
{
    struct random r;
    struct trial *t = c->trial;

    random_case(&r, c->options->seed, number);
    generate_hart(&r, t->size, c->values, &t->hart);
    generate_devices(&r, t->hart.mtime, &t->devices);
    t->reservation_real = random_chance(&r, 50);
    t->steps = STEPS_STATE;
    t->input_length = random_below(&r, 3);
    t->input[0] = t->input[1] = (uint8_t)random_32(&r);
    if (!plant)
        return;
    embedding_plant(&c->e, &t->hart, t->hart.pc, first_word(&r, t->size, &t->hart));
    embedding_plant(&c->e, &t->hart, t->hart.pc + 4, generate_word(&r));
    embedding_plant(&c->e, &t->hart, t->hart.mepc, generate_word(&r));
}

static bool
run_state(struct campaign *c, uint64_t number)
{
    struct trial *t = c->trial;

    make_state(c, number, true);
    embedding_input(&c->e, t->input, t->input_length);
    embedding_map(&c->e, &t->hart, &t->devices, t->reservation_real);
    for (uint64_t i = 0; i < t->steps; i++) {
        uint64_t one = 1;
        bool ended;

        if (!stretch(c, &one, &ended))
            return false;
        if (ended)
            break;
    }
    return true;
}

/* ---- failures: found, shrunk, described ---- */

/* Does the trial still fail?  From a set-up of its own, step by step (of property 5, stride by
 * stride); *steps is how many it took. */
static bool
still_fails(struct campaign *c, const struct trial *t, uint64_t *steps)
{
    struct random r = {t->stops};
    bool ended = false;

    if (c->options->property == PROPERTY_control) {
        *steps = c->trial->steps;
        return !run_pair(c);
    }
    set_up(c, t);
    for (*steps = 0; *steps < t->steps && !ended;) {
        uint64_t n = stride(c, t, &r, 1);
        bool holds;

        n = n < t->steps - *steps ? n : t->steps - *steps;
        holds = stretch(c, &n, &ended) && check_memory(c);
        *steps += n;
        if (!holds)
            return true;
    }
    return false;
}

/* The trial `t` from where the bare machine stands in it after `done` steps, into *late. */
static void
fast_forward(struct campaign *c, const struct trial *t, uint64_t done, struct trial *late)
{
    struct system *bare = &c->e.bare;

    set_up(c, t);
    (void)system_run(bare, done);
    *late = *t;
    system_hart(bare, &late->hart);
    late->devices = *system_devices(bare);
    late->steps = t->steps - done;
    memcpy(late->memory, bare->machine.ram.bytes, t->size);
    late->input_length = t->input_length - bare->console.next;
    memmove(late->input, late->input + bare->console.next, late->input_length);
}

/* A VM's trial from where it stands. */
static void
catch_up(const struct campaign *c, unsigned index, struct trial *t)
{
    struct isa_ram ram;
    struct vm vm;

    embedding_vm(&c->e, index, &vm, &ram);
    t->hart = vm.vcpu.hart;
    t->devices = vm.devices;
    memcpy(t->memory, ram.bytes, t->size);
}

/* The same for the two of a pair: they hold up to some point; do they fail from there on? */
static bool
shorter_pair(struct campaign *c, uint64_t left)
{
    static struct trial trial, other;
    uint64_t steps = c->trial->steps;
    bool fails;

    trial = *c->trial;
    other = *c->other;
    c->trial->steps = steps - left;
    if (run_pair(c)) {
        size_t used = c->e.bare.console.next;

        catch_up(c, 0, c->trial);
        catch_up(c, 1, c->other);
        c->trial->input_length -= used;
        memmove(c->trial->input, c->trial->input + used, c->trial->input_length);
        c->trial->steps = left;
        fails = !run_pair(c);
    } else {
        fails = true; /* earlier, even */
    }
    if (fails)
        return true;
    *c->trial = trial;
    *c->other = other;
    return false;
}

/* Of a pair, too, leave away steps: as many as can be. */
static void
shrink_pair(struct campaign *c)
{
    for (uint64_t left = 1; left < c->trial->steps; left *= 2)
        if (shorter_pair(c, left))
            return;
}

/* Leave away all the steps before the last few that fail by themselves. */
static void
shrink_steps(struct campaign *c, struct trial *t)
{
    static struct trial late;
    uint64_t steps;

    if (c->options->property == PROPERTY_control) {
        shrink_pair(c);
        return;
    }
    for (uint64_t left = 1; left < t->steps; left *= 2) {
        fast_forward(c, t, t->steps - left, &late);
        if (!still_fails(c, &late, &steps))
            continue;
        *t = late;
        t->steps = steps;
        return;
    }
}

/* Try the trial with one change; keep it if the failure stays. */
static void
try_word(struct campaign *c, struct trial *t, uint32_t *word, uint32_t simpler)
{
    uint32_t was = *word;
    uint64_t steps;

    if (was == simpler)
        return;
    *word = simpler;
    if (still_fails(c, t, &steps))
        t->steps = steps;
    else
        *word = was;
}

/* Clear memory in ever smaller pieces, as far as the failure stays. */
static void
shrink_memory(struct campaign *c, struct trial *t)
{
    static uint8_t saved[EMBEDDING_SIZE_MAX];

    for (uint32_t piece = t->size; piece >= 4; piece /= 4) {
        for (uint32_t at = 0; at + piece <= t->size; at += piece) {
            uint64_t steps;
            uint32_t i = 0;

            while (i < piece && t->memory[at + i] == 0)
                i++;
            if (i == piece)
                continue;
            memcpy(saved, t->memory + at, piece);
            memset(t->memory + at, 0, piece);
            if (still_fails(c, t, &steps))
                t->steps = steps;
            else
                memcpy(t->memory + at, saved, piece);
        }
    }
}

static void
shrink_state(struct campaign *c, struct trial *t)
{
    struct isa_hart *h = &t->hart;
    uint32_t *const words[] = {&h->mstatus, &h->mie,   &h->mtvec, &h->mscratch, &h->mepc,
                               &h->mcause,  &h->mtval, &h->mbase, &h->mresv};

    for (unsigned r = 1; r < 32; r++)
        try_word(c, t, &h->x[r], 0);
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        try_word(c, t, words[i], 0);
    try_word(c, t, &h->mbound, 0xfffffffc);
    try_word(c, t, &t->devices.clint.msip, 0);
}

/* A copy of memory; *kept becomes larger by the words in it that are not 0. */
static uint8_t *
copy_of(const uint8_t *memory, uint32_t size, uint32_t *kept)
{
    uint8_t *copy = malloc(size);

    if (copy != NULL)
        memcpy(copy, memory, size);
    for (uint32_t i = 0; i < size; i += 4)
        *kept += isa_ram_load(memory + i, 4) != 0;
    return copy;
}

static void
describe(struct campaign *c, struct trial *t, uint64_t number, struct property_failure *f)
{
    uint64_t steps;

    (void)still_fails(c, t, &steps);
    *f = (struct property_failure){.number = number, .booted = true};
    (void)snprintf(f->what, sizeof f->what, "%s", c->what);
    f->hart = t->hart;
    f->devices = t->devices;
    f->start = c->e.start;
    f->size = t->size;
    f->steps = steps;
    f->memory = copy_of(t->memory, t->size, &f->kept);
    if (c->options->property == PROPERTY_control)
        f->other = copy_of(c->other->memory, t->size, &f->kept);
    else
        embedding_differences(&c->e, &f->differences);
}

/* The trial fails, from a set-up of its own: shrink it, and describe what is left. */
static void
report(struct campaign *c, uint64_t number, struct property_failure *f)
{
    struct trial *t = c->trial;
    uint64_t steps;

    if (still_fails(c, t, &steps)) {
        t->steps = steps;
        shrink_steps(c, t);
        shrink_memory(c, t);
        if (c->options->property == PROPERTY_control)
            shrink_memory(c, c->other);
        shrink_state(c, t);
    }
    describe(c, t, number, f);
}

/* Case `number` of property 1 again, from the start of its block, up to it; its memory is kept. */
static void
reconstruct(struct campaign *c, uint64_t number)
{
    uint64_t block = number / BLOCK;

    make_block(c, block);
    for (uint64_t i = block * BLOCK; i < number; i++)
        (void)run_state(c, i);
    make_state(c, number, true);
    memcpy(c->trial->memory, c->e.bare.machine.ram.bytes, c->trial->size);
}

/* ---- campaigns ---- */

/* The cases of one block, as far as they are wanted.  True if all hold; else *bad is the first. */
static bool
run_block(struct campaign *c, uint64_t from, uint64_t to, bool memory_each, uint64_t *bad)
{
    uint64_t block = from / BLOCK;

    make_block(c, block);
    for (uint64_t i = block * BLOCK; i < to; i++) {
        *bad = i;
        if ((!run_state(c, i) || (memory_each && !check_memory(c))) && i >= from)
            return false;
    }
    return check_memory(c);
}

static bool
states(struct campaign *c, uint64_t *done, struct property_failure *f)
{
    const struct property_campaign *o = c->options;
    uint64_t end = o->first + o->count, bad = 0;

    for (uint64_t at = o->first; at < end;) {
        uint64_t to = (at / BLOCK + 1) * BLOCK;

        if (to > end)
            to = end;
        if (!run_block(c, at, to, false, &bad)) {
            /* A difference in memory shows at the end of the block alone: look for it. */
            (void)run_block(c, at, to, true, &bad);
            *done += bad - at + 1;
            reconstruct(c, bad);
            report(c, bad, f);
            return false;
        }
        *done += to - at;
        at = to;
        if (o->progress != NULL)
            o->progress(o->context, *done);
    }
    return true;
}

static bool
run_program(struct campaign *c, uint64_t number)
{
    struct random r;

    random_case(&r, c->options->seed, number);
    if (c->options->property == PROPERTY_control) {
        make_pair(c, &r);
        return run_pair(c);
    }
    make_program(&r, c->trial, c->options->property == PROPERTY_engines);
    set_up(c, c->trial);
    return run_trial(c, c->trial, c->options->property == PROPERTY_efficiency ? 1 : STRIDE);
}

static bool
programs(struct campaign *c, uint64_t *done, struct property_failure *f)
{
    const struct property_campaign *o = c->options;

    for (uint64_t i = 0; i < o->count; i++) {
        ++*done;
        if (!run_program(c, o->first + i)) {
            report(c, o->first + i, f);
            return false;
        }
        if (o->progress != NULL)
            o->progress(o->context, *done);
    }
    return true;
}

/* The case that the caller made; *done becomes how many steps were. */
static bool
given_case(struct campaign *c, uint64_t *done, struct property_failure *f)
{
    const struct property_case *given = c->given;
    struct trial *t = c->trial;

    t->hart = given->hart;
    t->devices = given->devices;
    t->start = given->start;
    t->size = given->size;
    t->steps = given->steps;
    t->reservation_real = given->reservation_real;
    t->input_length = given->input_length;
    memcpy(t->input, given->input, sizeof t->input);
    memcpy(t->memory, given->memory, given->size);
    if (!still_fails(c, t, done))
        return true;
    describe(c, t, 0, f);
    return false;
}

/* Monitors that do not even boot have no cases. */
static bool
works(struct campaign *c, uint64_t *done, struct property_failure *f)
{
    if (embedding_works(&c->e))
        return true;
    *done = 1;
    *f = (struct property_failure){.number = c->options->first, .booted = false};
    (void)snprintf(f->what, sizeof f->what, "the monitors never come to their guest");
    return false;
}

/* All of the campaign's cases, up to the first that fails. */
static bool
run_cases(struct campaign *c, uint64_t *done, struct property_failure *f)
{
    if (c->given != NULL)
        return given_case(c, done, f);
    return c->options->property == PROPERTY_homomorphism ? states(c, done, f)
                                                         : programs(c, done, f);
}

static enum property_result
run_campaign(struct campaign *c, uint64_t *done, struct property_failure *failure, char *error)
{
    const struct property_campaign *o = c->options;
    const struct embedding_spec spec = {
        .variant = o->variant,
        .way = o->way,
        .engine = o->property == PROPERTY_engines || embedding_is_nested(o->way) ? ENGINE_threaded
                                                                                 : ENGINE_reference,
        .monitor = o->monitor,
        .guests = o->property == PROPERTY_control ? 2 : 1,
    };
    bool holds;

    if (!embedding_init(&c->e, &spec, error))
        return PROPERTY_broken;
    holds = works(c, done, failure) && run_cases(c, done, failure);
    embedding_free(&c->e);
    return holds ? PROPERTY_holds : PROPERTY_fails;
}

static enum property_result
run(const struct property_campaign *o, const struct property_case *given, uint64_t *done,
    struct property_failure *failure, char *error)
{
    struct campaign c = {.options = o, .given = given, .what = ""};
    enum property_result result = PROPERTY_broken;

    *done = 0;
    c.trial = calloc(1, sizeof *c.trial);
    c.other = calloc(1, sizeof *c.other);
    if (c.trial == NULL || c.other == NULL)
        (void)snprintf(error, IMAGE_ERROR_MAX, "out of memory");
    else
        result = run_campaign(&c, done, failure, error);
    free(c.trial);
    free(c.other);
    return result;
}

enum property_result
property_run(const struct property_campaign *o, uint64_t *done, struct property_failure *failure,
             char *error)
{
    return run(o, NULL, done, failure, error);
}

enum property_result
property_run_case(const struct property_campaign *o, const struct property_case *given,
                  uint64_t *steps, struct property_failure *failure, char *error)
{
    return run(o, given, steps, failure, error);
}
