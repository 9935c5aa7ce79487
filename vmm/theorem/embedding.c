/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/embedding.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

bool
embedding_init(struct embedding *e, const struct isa_variant *variant, enum embedding_way way,
               enum machine_engine engine, char *error)
{
    memset(e, 0, sizeof *e);
    e->outside = calloc(1, EMBEDDING_REAL);
    if (e->outside == NULL) {
        (void)snprintf(error, IMAGE_ERROR_MAX, "out of memory");
        return false;
    }
    if (!make_system(&e->bare, variant, false, false, error)) {
        free(e->outside);
        return false;
    }
    if (!make_system(&e->real, variant, way != EMBEDDING_bare, way == EMBEDDING_hybrid, error)) {
        system_free(&e->bare);
        free(e->outside);
        return false;
    }
    e->bare_size = e->bare.machine.ram.size;
    e->real_size = e->real.machine.ram.size;
    e->real.machine.ram.size = EMBEDDING_REAL;
    e->real.machine.engine = engine;
    return true;
}

void
embedding_free(struct embedding *e)
{
    e->bare.machine.ram.size = e->bare_size;
    e->real.machine.ram.size = e->real_size;
    system_free(&e->bare);
    system_free(&e->real);
    free(e->outside);
}

static struct vm *
the_vm(struct embedding *e)
{
    return &e->real.hosted.vmm.vm[0];
}

void
embedding_place(struct embedding *e, uint32_t start, uint32_t size, const uint8_t *memory)
{
    assert(size <= EMBEDDING_SIZE_MAX && start <= EMBEDDING_REAL - size);
    if (!e->real.is_hosted)
        start = 0;
    e->start = start;
    e->size = size;
    e->bare.machine.ram.size = size;
    memcpy(e->bare.machine.ram.bytes, memory, size);
    memcpy(e->real.machine.ram.bytes, e->outside, EMBEDDING_REAL);
    memcpy(e->real.machine.ram.bytes + start, memory, size);
    machine_written(&e->real.machine, 0, EMBEDDING_REAL);
    if (!e->real.is_hosted)
        e->real.machine.ram.size = size;
    the_vm(e)->start = start;
    the_vm(e)->size = size;
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

void
embedding_map(struct embedding *e, const struct isa_hart *h, const struct devices *d,
              bool reservation_real)
{
    map_bare(e, &e->bare, h, d);
    if (e->real.is_hosted)
        map_real(e, h, d, reservation_real);
    else
        map_bare(e, &e->real, h, d);
}

enum machine_stop
embedding_run(struct embedding *e, uint64_t steps, enum machine_stop *virtual_stop)
{
    enum machine_stop stop = system_run(&e->bare, steps);

    *virtual_stop = system_run(&e->real, steps);
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
embedding_same_memory(const struct embedding *e)
{
    const uint8_t *real = e->real.machine.ram.bytes;
    uint32_t end = e->start + e->size;
    const struct console_text *a = &e->bare.output, *b = &e->real.output;

    return a->length == b->length &&
           (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0) &&
           memcmp(e->bare.machine.ram.bytes, real + e->start, e->size) == 0 &&
           memcmp(real, e->outside, e->start) == 0 &&
           memcmp(real + end, e->outside + end, EMBEDDING_REAL - end) == 0;
}

void
embedding_differences(const struct embedding *e, struct observe_differences *d)
{
    const uint8_t *real = e->real.machine.ram.bytes;

    observe_systems(&e->bare, &e->real, true, d);
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
