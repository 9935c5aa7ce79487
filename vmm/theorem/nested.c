/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/nested.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Real steps without one of a guest's, after which the monitors are lost: at
 * depth 1 one takes a few hundred, and each level makes it fifteen times as
 * many.  Boot takes as many as there are images to move.  What a hybrid
 * monitor interprets for longer is not waited for.
 */
enum { PATIENCE_BOOT = 1 << 25, PATIENCE = 1 << 17, PATIENCE_LEVEL = 8 };

static uint64_t
patience(unsigned depth)
{
    uint64_t steps = PATIENCE;

    for (unsigned i = 1; i < depth; i++)
        steps *= PATIENCE_LEVEL;
    return steps;
}

/* ---- the image ---- */

/* What a guest boots with: to U-mode, where hybrid monitors let it execute directly, too. */
static const uint32_t stub[] = {
    0x00000297, /* auipc t0,0 */
    0x01028293, /* addi t0,t0,16 */
    0x34129073, /* csrw mepc,t0 */
    0x30200073, /* mret */
    0x0000006f, /* j . */
};

/* `depth` monitors around guests with the stub; *memory is what it needs.  False, with the reason.
 */
static bool
build_image(const struct nested_spec *spec, unsigned depth, uint32_t own, uint32_t *memory,
            struct pack *out, char *error)
{
    static const char *const names[NESTED_GUESTS_MAX] = {"guest", "other"};
    struct pack_guest guests[NESTED_GUESTS_MAX] = {0};
    unsigned count = depth == 1 ? spec->guests : 1;
    struct pack inner = {.entry = ISA_RAM_START};
    uint32_t size = NESTED_GUEST;
    bool ok;

    if (depth > 1) {
        if (!build_image(spec, depth - 1, own, &size, &inner, error))
            return false;
    } else {
        inner.length = NESTED_GUEST;
        inner.bytes = calloc(1, NESTED_GUEST);
        if (inner.bytes == NULL) {
            (void)snprintf(error, IMAGE_ERROR_MAX, "out of memory");
            return false;
        }
        memcpy(inner.bytes, stub, sizeof stub);
    }
    for (unsigned i = 0; i < count; i++)
        guests[i] = (struct pack_guest){
            .name = names[i], .memory = size, .image = inner, .hybrid = spec->hybrid && depth == 1};
    *memory = own + count * size;
    if (depth == spec->depth && *memory < MACHINE_RAM_MIN)
        *memory = MACHINE_RAM_MIN;
    ok = pack_build(spec->monitor, guests, count, *memory, out, error);
    pack_free(&inner);
    return ok;
}

static bool
make_system(struct system *s, const struct nested_spec *spec, const struct image *image,
            uint32_t memory, uint32_t own, char *error)
{
    const struct image nothing = {0};
    const struct system_guest inside = {.name = "guest", .image = &nothing, .memory = NESTED_GUEST};
    const struct system_guest outside = {.name = "monitor", .image = image, .memory = memory};
    const struct system_spec whole = {
        .variant = spec->variant,
        .hosted = spec->hosted,
        .count = 1,
        .guests = &outside,
        .engine = spec->engine,
        .inner = {.depth = spec->depth, .offset = spec->depth * own, .guest = &inside},
    };

    return system_init(s, &whole, error);
}

void
nested_free(struct nested *n)
{
    free(n->ram);
    n->ram = NULL;
}

void
nested_restore(const struct nested *n, struct system *s)
{
    struct machine *m = &s->machine;

    for (uint32_t at = 0; at < m->ram.size; at += MACHINE_PAGE) {
        if (memcmp(m->ram.bytes + at, n->ram + at, MACHINE_PAGE) == 0)
            continue;
        memcpy(m->ram.bytes + at, n->ram + at, MACHINE_PAGE);
        machine_written(m, at, MACHINE_PAGE);
    }
    m->hart = n->hart;
    m->devices = n->devices;
    if (s->is_hosted)
        s->hosted = n->hosted;
}

/* ---- levels ---- */

/* The level of the innermost monitor: what its guests are guests of. */
static unsigned
monitor_level(const struct system *s)
{
    return s->inner.depth - 1 + (s->is_hosted ? 1 : 0);
}

/* Level `i`, which is there once all has booted. */
static void
level_at(const struct system *s, unsigned i, struct level *level)
{
    (void)system_level(s, i, level);
}

static void
guest_level(const struct system *s, unsigned index, struct level *level)
{
    struct level below;

    level_at(s, monitor_level(s), &below);
    (void)levels_inner(&s->machine, &below, index, level);
}

/* What a level is seen through points into the machine that the caller may change. */
static void *
changeable(const void *p)
{
    return (void *)(uintptr_t)p;
}

uint32_t
nested_fill(struct system *s, unsigned index, const uint8_t *memory)
{
    struct level level;

    guest_level(s, index, &level);
    memcpy(s->machine.ram.bytes + level.offset, memory, NESTED_GUEST);
    machine_written(&s->machine, level.offset, NESTED_GUEST);
    return level.offset;
}

/* ---- the map ---- */

void
nested_put(struct system *s, unsigned index, const struct isa_hart *h, const struct devices *d)
{
    struct level below, level;

    level_at(s, monitor_level(s), &below);
    guest_level(s, index, &level);

    struct bare *bare = changeable(level.bare);
    struct vm *vm = changeable(level.vm);
    struct isa_hart *runs = changeable(level.x);

    vm->vcpu = (struct vcpu){.hart = *h};
    vm->devices = *d;
    vm->state = VM_ready;
    vm->slice_end = (uint64_t)vm->slice * vm->weight;
    if (index != bare->vmm.current)
        return;
    bare->vmm.reservation_real = 0;
    bare->resumed = below.minstret - bare->tail; /* nothing has been executed since */
    memcpy(runs->x, h->x, sizeof runs->x);
    runs->pc = h->pc;
}

void
nested_slice(struct system *s, unsigned index, uint32_t slice)
{
    struct level level;

    guest_level(s, index, &level);

    struct vm *vm = changeable(level.vm);

    vm->slice = slice;
    vm->slice_end = levels_steps(&level) + (uint64_t)slice * vm->weight;
}

/* The devices of level `i`, real or virtual. */
static struct devices *
devices_of(struct system *s, unsigned i)
{
    struct level level;

    level_at(s, i, &level);
    return level.vm == NULL ? &s->machine.devices : &((struct vm *)changeable(level.vm))->devices;
}

void
nested_forget_input(struct system *s)
{
    for (unsigned i = 0; i <= monitor_level(s); i++) {
        struct uart *u = &devices_of(s, i)->uart;

        u->rx_full = false;
        u->rx = 0;
    }
}

/* A byte for each level whose latch is free, the innermost first. */
static void
fill_latches(struct system *s)
{
    uint8_t byte;

    for (unsigned i = monitor_level(s) + 2; i > 0; i--) {
        struct uart *u = &devices_of(s, i - 1)->uart;

        if (i == 1 && s->is_hosted)
            break; /* the hosted monitor asks the console itself */
        if (!u->rx_full && console_get(&s->console, &byte))
            uart_receive(u, byte);
    }
}

void
nested_enter(struct system *s)
{
    fill_latches(s);
    for (unsigned i = 0; i <= monitor_level(s); i++)
        devices_of(s, i)->clint.mtimecmp = 0;
    if (s->is_hosted)
        hosted_changed(&s->hosted);
}

/* ---- running ---- */

enum machine_stop
nested_go_on(struct system *s, uint64_t steps)
{
    enum machine_stop stop;

    if (s->is_hosted)
        return hosted_run_one(&s->hosted, s->observed, steps);
    s->machine.monitored = false; /* a trap is none of ours */
    stop = machine_run(&s->machine, steps);
    s->machine.monitored = true;
    return stop;
}

/* Does some guest of the innermost monitor execute directly?  Then no monitor in the machine is at
 * work; the hosted one never is between two runs. */
static bool
is_settled(const struct system *s)
{
    struct level level;

    for (unsigned i = s->is_hosted ? 1 : 0; i <= monitor_level(s); i++) {
        level_at(s, i, &level);
        if (level.mode != ISA_USER)
            return false;
    }
    return true;
}

enum machine_stop
nested_run(struct system *s, uint64_t steps)
{
    enum machine_stop stop = nested_go_on(s, steps);

    for (uint64_t i = 0; stop == MACHINE_running && !is_settled(s); i++)
        stop = i < s->patience ? nested_go_on(s, 1) : MACHINE_lost;
    return stop;
}

/* ---- boot ---- */

/* To the first guest's stub.  False: it is never seen. */
static bool
boot(struct system *s)
{
    enum { CHUNK = 4096 };
    enum machine_stop stop = MACHINE_running;
    struct level level;

    for (int i = 0; stop == MACHINE_running && i < PATIENCE_BOOT; i += CHUNK) {
        if (system_level(s, monitor_level(s) + 1, &level))
            return nested_run(s, 1) == MACHINE_running;
        stop = nested_go_on(s, CHUNK);
    }
    return false;
}

static void
take_snapshot(struct nested *n, const struct system *s)
{
    n->hart = s->machine.hart;
    n->devices = s->machine.devices;
    n->hosted = s->hosted;
    memcpy(n->ram, s->machine.ram.bytes, s->machine.ram.size);
}

bool
nested_init(struct nested *n, struct system *s, const struct nested_spec *spec, char *error)
{
    uint32_t own = pack_monitor_size(spec->monitor, error), memory;
    struct pack pack;
    struct image image;
    bool ok;

    *n = (struct nested){.depth = spec->depth};
    if (own == 0 || !build_image(spec, spec->depth, own, &memory, &pack, error))
        return false;
    ok = image_flat(&image, pack.bytes, pack.length, error);
    pack_free(&pack);
    if (!ok)
        return false;
    ok = make_system(s, spec, &image, memory, own, error);
    image_free(&image);
    if (!ok)
        return false;
    n->ram = malloc(s->machine.ram.size);
    if (n->ram == NULL) {
        (void)snprintf(error, IMAGE_ERROR_MAX, "out of memory");
        system_free(s);
        return false;
    }
    s->console.collect = &s->output;
    s->patience = patience(spec->depth);
    n->booted = boot(s);
    take_snapshot(n, s);
    return true;
}

/* ---- what is seen ---- */

void
nested_guest(const struct system *s, unsigned index, struct vm *vm, struct isa_ram *ram)
{
    struct level level;

    guest_level(s, index, &level);
    levels_vm(&level, vm);
    ram->bytes = s->machine.ram.bytes + level.offset;
    ram->size = level.size;
}

/* Its code, and what it was told of its guests. */
static bool
same_monitor(const struct nested *n, const struct system *s, const struct level *level)
{
    const struct image_header *h = levels_header(&s->machine, level);

    return h != NULL && h->text_end <= level->size &&
           memcmp(s->machine.ram.bytes + level->offset, n->ram + level->offset, h->text_end) == 0;
}

bool
nested_unharmed(const struct nested *n, const struct system *s)
{
    const struct machine *m = &s->machine;
    struct level level;

    for (unsigned i = s->is_hosted ? 1 : 0; i <= monitor_level(s); i++) {
        level_at(s, i, &level);
        if (!same_monitor(n, s, &level))
            return false;
    }
    guest_level(s, 0, &level);

    uint32_t end = level.offset + level.vmm->count * level.size;

    return memcmp(m->ram.bytes + end, n->ram + end, m->ram.size - end) == 0;
}

bool
nested_controlled(const struct system *s, const char **what)
{
    const struct isa_hart *real = &s->machine.hart;
    struct level level;

    guest_level(s, 0, &level);
    *what = NULL;
    if (s->is_hosted && s->hosted.phase != HOSTED_direct)
        return true; /* the hosted monitor puts it there when it resumes */
    if (!s->is_hosted && real->mode != ISA_USER)
        *what = "a guest runs in real M-mode";
    else if (real->mbound != 0 &&
             (real->mbase < level.offset || real->mbase - level.offset > level.size ||
              real->mbound > level.size - (real->mbase - level.offset)))
        *what = "real R reaches beyond the allotment";
    else if (!s->is_hosted && real->mie != (MIP_MTI | MIP_MEI))
        *what = "the real mie is not the monitor's";
    else if (s->machine.devices.finisher.state != FINISHER_idle)
        *what = "the real finisher was written";
    return *what == NULL;
}
