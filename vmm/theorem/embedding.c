/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/embedding.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- ways ---- */

static const struct way {
    bool hosted, hybrid;
    unsigned metal;
} ways[] = {
#define WAY(id, name, hosted, metal, hybrid, cost, about) {hosted, hybrid, metal},
    EMBEDDING_WAYS(WAY)
#undef WAY
};

bool
embedding_is_nested(enum embedding_way way)
{
    return ways[way].metal > 0;
}

bool
embedding_is_virtual(enum embedding_way way)
{
    return ways[way].metal > 0 || ways[way].hosted;
}

static bool
is_nested(const struct embedding *e)
{
    return embedding_is_nested(e->way);
}

/* ---- set up ---- */

static bool
make_system(struct system *s, const struct isa_variant *variant, bool hosted, bool hybrid,
            char *error)
{
    static const uint8_t nothing[4];
    struct image image;
    struct system_guest guest = {
        .name = "guest", .image = &image, .memory = MACHINE_RAM_MIN, .hybrid = hybrid};
    struct system_spec spec = {.variant = variant, .hosted = hosted, .count = 1, .guests = &guest};
    bool ok;

    if (!image_flat(&image, nothing, sizeof nothing, error))
        return false;
    ok = system_init(s, &spec, error);
    image_free(&image);
    if (ok)
        s->console.collect = &s->output;
    return ok;
}

/* The real machine with its monitors. */
static bool
make_real(struct embedding *e, const struct embedding_spec *spec, char *error)
{
    const struct way *way = &ways[spec->way];
    const struct nested_spec nested = {
        .variant = spec->variant,
        .monitor = spec->monitor,
        .hosted = way->hosted,
        .hybrid = way->hybrid,
        .depth = way->metal,
        .guests = spec->guests,
        .engine = spec->engine,
    };

    if (way->metal > 0) {
        if (!nested_init(&e->nested, &e->real, &nested, error))
            return false;
        e->real_size = e->real.machine.ram.size;
        return true;
    }
    if (!make_system(&e->real, spec->variant, way->hosted, way->hybrid, error))
        return false;
    e->real_size = e->real.machine.ram.size;
    e->real.machine.ram.size = EMBEDDING_REAL;
    e->real.machine.engine = spec->engine;
    return true;
}

bool
embedding_init(struct embedding *e, const struct embedding_spec *spec, char *error)
{
    memset(e, 0, sizeof *e);
    e->way = spec->way;
    e->outside = calloc(1, EMBEDDING_REAL);
    if (e->outside == NULL) {
        (void)snprintf(error, IMAGE_ERROR_MAX, "out of memory");
        return false;
    }
    if (!make_system(&e->bare, spec->variant, false, false, error)) {
        free(e->outside);
        return false;
    }
    e->bare_size = e->bare.machine.ram.size;
    if (!make_real(e, spec, error)) {
        system_free(&e->bare);
        free(e->outside);
        return false;
    }
    return true;
}

bool
embedding_works(const struct embedding *e)
{
    return !is_nested(e) || e->nested.booted;
}

void
embedding_free(struct embedding *e)
{
    e->bare.machine.ram.size = e->bare_size;
    e->real.machine.ram.size = e->real_size;
    system_free(&e->bare);
    system_free(&e->real);
    nested_free(&e->nested);
    free(e->outside);
}

static struct vm *
the_vm(struct embedding *e)
{
    return &e->real.hosted.vmm.vm[0];
}

static void
place_real(struct embedding *e, uint32_t start, uint32_t size, const uint8_t *memory)
{
    memcpy(e->real.machine.ram.bytes, e->outside, EMBEDDING_REAL);
    memcpy(e->real.machine.ram.bytes + start, memory, size);
    machine_written(&e->real.machine, 0, EMBEDDING_REAL);
    if (!e->real.is_hosted)
        e->real.machine.ram.size = size;
    the_vm(e)->start = start;
    the_vm(e)->size = size;
}

void
embedding_place(struct embedding *e, uint32_t start, uint32_t size, const uint8_t *memory)
{
    assert(size <= EMBEDDING_SIZE_MAX && start <= EMBEDDING_REAL - size);
    e->start = e->real.is_hosted ? start : 0;
    e->size = size;
    e->bare.machine.ram.size = size;
    memcpy(e->bare.machine.ram.bytes, memory, size);
    if (!is_nested(e)) {
        place_real(e, e->start, size, memory);
        return;
    }
    assert(size == NESTED_GUEST);
    nested_restore(&e->nested, &e->real);
    e->ended = false;
    e->start = nested_fill(&e->real, 0, memory);
}

void
embedding_plant(struct embedding *e, const struct isa_hart *h, uint32_t va, uint32_t word)
{
    struct isa_window w;
    uint32_t offset;

    isa_hart_window(h, e->size, &w);
    if (!isa_relocate(&w, va, 4, &offset))
        return;
    isa_ram_store(e->bare.machine.ram.bytes + offset, 4, word);
    isa_ram_store(e->real.machine.ram.bytes + e->start + offset, 4, word);
    machine_written(&e->real.machine, e->start + offset, 4);
}

void
embedding_input(struct embedding *e, const uint8_t *input, size_t length)
{
    e->input = input;
    e->input_length = length;
}

/* ---- the map ---- */

static void
map_console(struct system *s, const struct embedding *e)
{
    console_from_bytes(&s->console, e->input, e->input_length);
    s->output.length = 0;
}

static void
map_bare(const struct embedding *e, struct system *s, const struct isa_hart *h,
         const struct devices *d)
{
    struct machine *m = &s->machine;

    m->hart = *h;
    m->devices = *d;
    m->steps = 0;
    map_console(s, e);
}

/* The monitor as it is between two exits of a guest in this state. */
static void
map_real(struct embedding *e, const struct isa_hart *h, const struct devices *d,
         bool reservation_real)
{
    struct vmm *vmm = &e->real.hosted.vmm;
    struct vm *vm = the_vm(e);
    struct isa_hart *real = &e->real.machine.hart;

    vm->vcpu.hart = *h;
    vm->vcpu.retired = 0;
    vm->vcpu.traps = 0;
    vm->vcpu.direct = 0;
    vm->vcpu.recent = (struct vcpu_recent){0};
    vm->devices = *d;
    vm->state = VM_ready;
    vm->slice_end = VMM_SLICE;
    vmm_compose(vm, &real->mbase, &real->mbound);
    vmm->real_base = real->mbase;
    vmm->real_bound = real->mbound;
    vmm->armed = 0;
    vmm->reservation_real = reservation_real;
    if (reservation_real) {
        real->mresv = vcpu_reservation_to_real(h->mresv, vm->start);
        vm->vcpu.hart.mresv = 0;
    }
    real->mode = ISA_USER;
    e->real.machine.devices.uart.rx_full = false;
    e->real.machine.devices.finisher.state = FINISHER_idle;
    e->real.hosted.started = false;
    hosted_changed(&e->real.hosted);
    map_console(&e->real, e);
}

/* The machine had come to an end: it starts again, with the guest's memory as it is. */
static void
revive(struct embedding *e)
{
    static uint8_t memory[NESTED_GUEST];

    memcpy(memory, e->real.machine.ram.bytes + e->start, NESTED_GUEST);
    nested_restore(&e->nested, &e->real);
    (void)nested_fill(&e->real, 0, memory);
    e->ended = false;
}

static void
map_nested(struct embedding *e, const struct isa_hart *h, const struct devices *d)
{
    if (e->ended)
        revive(e);
    map_console(&e->real, e);
    nested_forget_input(&e->real);
    nested_put(&e->real, 0, h, d);
    nested_enter(&e->real);
}

void
embedding_map(struct embedding *e, const struct isa_hart *h, const struct devices *d,
              bool reservation_real)
{
    map_bare(e, &e->bare, h, d);
    if (is_nested(e)) {
        map_nested(e, h, d);
    } else if (e->real.is_hosted) {
        map_real(e, h, d, reservation_real);
    } else {
        map_bare(e, &e->real, h, d);
    }
}

/* ---- a neighbour ---- */

static void
join_hosted(struct embedding *e, const struct embedding_neighbour *n)
{
    struct vmm *vmm = &e->real.hosted.vmm;
    struct vm *other = &vmm->vm[1];
    struct isa_ram ram;

    *other = vmm->vm[0];
    other->start = n->start;
    other->vcpu = (struct vcpu){.hart = *n->hart};
    other->devices = *n->devices;
    other->stop_at = n->limit;
    vmm_memory(other, &e->real.hosted.port, &ram);
    memcpy(ram.bytes, n->memory, ram.size);
    for (unsigned i = 0; i < 2; i++) {
        vmm->vm[i].slice = n->slices[i];
        vmm->vm[i].slice_end = n->slices[i];
    }
    vmm->count = 2;
    vmm->current = 0;
}

void
embedding_join(struct embedding *e, const struct embedding_neighbour *n)
{
    if (!is_nested(e)) {
        join_hosted(e, n);
        return;
    }
    (void)nested_fill(&e->real, 1, n->memory);
    nested_put(&e->real, 1, n->hart, n->devices);
    for (unsigned i = 0; i < 2; i++)
        nested_slice(&e->real, i, n->slices[i]);
    nested_enter(&e->real);
}

void
embedding_part(struct embedding *e)
{
    struct vmm *vmm = &e->real.hosted.vmm;

    if (is_nested(e))
        return; /* it is gone with the next embedding_place */
    vmm->count = 1;
    vmm->current = 0;
    vmm->vm[0].slice = VMM_SLICE;
    vmm->vm[0].stop_at = UINT64_MAX;
}

void
embedding_vm(const struct embedding *e, unsigned index, struct vm *vm, struct isa_ram *ram)
{
    struct vmm_port port = {.machine = (struct machine *)(uintptr_t)&e->real.machine};

    if (is_nested(e)) {
        nested_guest(&e->real, index, vm, ram);
        return;
    }
    *vm = e->real.hosted.vmm.vm[index];
    vmm_view(&e->real.hosted.vmm, &port, index, &vm->vcpu.hart);
    vmm_memory(vm, &port, ram);
}

/* ---- running ---- */

/* In bare-metal monitors, about so many real steps for one of the guest's: only a guess, at which a
 * stretch ends and a boundary is looked for. */
static uint64_t
real_steps(const struct embedding *e, uint64_t steps)
{
    return steps << 6 << 4 * (ways[e->way].metal - 1);
}

enum machine_stop
embedding_run_virtual(struct embedding *e, uint64_t steps)
{
    if (!is_nested(e))
        return system_run(&e->real, steps);
    return nested_run(&e->real, real_steps(e, steps));
}

uint64_t
embedding_most(const struct embedding *e, uint64_t steps)
{
    return is_nested(e) ? real_steps(e, steps) + e->real.patience : steps;
}

/* One step, to the VM's next boundary exactly.  What is interpreted has none that can be seen. */
static enum machine_stop
step_virtual(struct embedding *e)
{
    return ways[e->way].hybrid ? embedding_run_virtual(e, 1) : system_run_one(&e->real, 1);
}

/* Where the VM came to an end, the bare machine makes one more step: it shows how.  Of one that is
 * lost, it is the step that its monitor may be amid. */
static enum machine_stop
run_nested(struct embedding *e, uint64_t *steps, enum machine_stop *virtual_stop)
{
    uint64_t most = embedding_most(e, *steps);

    *virtual_stop = *steps > 1 ? embedding_run_virtual(e, *steps) : step_virtual(e);
    e->ended = *virtual_stop != MACHINE_running;
    *steps = system_steps(&e->real) - system_steps(&e->bare);
    if (*steps > most)
        *steps = most; /* its account is wrong: the two will differ */
    return system_run(&e->bare, *steps + (*virtual_stop != MACHINE_running));
}

enum machine_stop
embedding_run(struct embedding *e, uint64_t *steps, enum machine_stop *virtual_stop)
{
    enum machine_stop stop;

    if (is_nested(e))
        return run_nested(e, steps, virtual_stop);
    stop = system_run(&e->bare, *steps);
    *virtual_stop = system_run(&e->real, *steps);
    return stop;
}

/* ---- the comparison ---- */

static bool
same_hart(const struct isa_hart *a, const struct isa_hart *b)
{
    uint64_t different = 0;

#define COMPONENT(field, name, bits) different |= (uint64_t)a->field ^ (uint64_t)b->field;
    OBSERVE_HART(COMPONENT)
#undef COMPONENT
    return different == 0 && memcmp(a->x, b->x, sizeof a->x) == 0;
}

static bool
same_devices(const struct devices *a, const struct devices *b)
{
    uint64_t different = 0;

#define COMPONENT(field, name) different |= (uint64_t)a->field ^ (uint64_t)b->field;
    OBSERVE_DEVICES(COMPONENT)
#undef COMPONENT
    return different == 0;
}

bool
embedding_same(const struct embedding *e)
{
    struct isa_hart a, b;

    system_hart(&e->bare, &a);
    system_hart(&e->real, &b);
    return same_hart(&a, &b) && same_devices(system_devices(&e->bare), system_devices(&e->real)) &&
           e->bare.output.length == e->real.output.length &&
           system_steps(&e->bare) == system_steps(&e->real);
}

bool
embedding_same_outside(const struct embedding *e)
{
    const struct vmm *vmm = &e->real.hosted.vmm;
    const uint8_t *real = e->real.machine.ram.bytes;
    uint32_t at = e->real.is_hosted ? 0 : e->size;

    if (is_nested(e))
        return nested_unharmed(&e->nested, &e->real);
    for (unsigned i = 0; i < vmm->count; i++) {
        const struct vm *vm = &vmm->vm[i];

        if (vm->start < at || memcmp(real + at, e->outside + at, vm->start - at) != 0)
            return false;
        at = vm->start + vm->size;
    }
    return memcmp(real + at, e->outside + at, EMBEDDING_REAL - at) == 0;
}

bool
embedding_same_memory(const struct embedding *e)
{
    const uint8_t *real = e->real.machine.ram.bytes;
    const struct console_text *a = &e->bare.output, *b = &e->real.output;

    return a->length == b->length &&
           (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0) &&
           memcmp(e->bare.machine.ram.bytes, real + e->start, e->size) == 0 &&
           embedding_same_outside(e);
}

bool
embedding_meet(struct embedding *e)
{
    enum { MOST = 4096 }; /* real steps; a monitor at depth 1 takes a few hundred for one */
    enum machine_stop stop = MACHINE_running;

    for (unsigned i = 0; i < MOST && stop == MACHINE_running; i++) {
        if (embedding_same_memory(e))
            return true;
        stop = nested_go_on(&e->real, 1);
    }
    return embedding_same_memory(e);
}

void
embedding_differences(const struct embedding *e, struct observe_differences *d)
{
    const uint8_t *real = e->real.machine.ram.bytes;

    observe_systems(&e->bare, &e->real, true, d);
    if (is_nested(e)) {
        observe_add(d, "monitors unharmed", 1, nested_unharmed(&e->nested, &e->real), 32);
        return;
    }
    for (uint32_t i = 0; i < EMBEDDING_REAL; i += 4) {
        char name[24];

        if (i - e->start < e->size)
            continue;
        (void)snprintf(name, sizeof name, "outside, real +0x%x", (unsigned)i);
        observe_add(d, name, isa_ram_load(e->outside + i, 4), isa_ram_load(real + i, 4), 32);
    }
}

bool
embedding_controlled(const struct embedding *e, const char **what)
{
    const struct isa_hart *real = &e->real.machine.hart;
    const struct vmm *vmm = &e->real.hosted.vmm;

    if (is_nested(e))
        return nested_controlled(&e->real, what);
    *what = NULL;
    if (real->mbase != vmm->real_base || real->mbound != vmm->real_bound)
        *what = "real R is not what the monitor wrote";
    else if (real->mbound != 0 && (real->mbase < e->start || real->mbase - e->start > e->size ||
                                   real->mbound > e->size - (real->mbase - e->start)))
        *what = "real R reaches beyond the allotment";
    else if ((real->mie & ~(MIP_MTI | MIP_MEI)) != 0 || (real->mie & MIP_MTI) == 0)
        *what = "the real mie is not the monitor's";
    else if (e->real.machine.devices.finisher.state != FINISHER_idle)
        *what = "the real finisher was written";
    return *what == NULL;
}
