/* SPDX-License-Identifier: MIT */
#include "vmm/hosted/system.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "vmm/hosted/pack.h"

static uint64_t
memory_needed(const struct system_spec *spec)
{
    uint64_t sum = SYSTEM_RESERVED;

    if (!spec->hosted)
        return spec->guests[0].memory;
    for (unsigned i = 0; i < spec->count; i++)
        sum += spec->guests[i].memory;
    return sum;
}

static bool
start_machine(struct system *s, const struct system_spec *spec, char *error)
{
    uint64_t needed = memory_needed(spec);
    uint64_t memory = spec->hosted && spec->memory != 0 ? spec->memory : needed;

    if (memory < needed || memory > MACHINE_RAM_MAX) {
        (void)snprintf(error, IMAGE_ERROR_MAX,
                       "the guests need %llu KiB of memory, their monitor's %d KiB included; the "
                       "machine has %llu KiB",
                       (unsigned long long)(needed >> 10), SYSTEM_RESERVED >> 10,
                       (unsigned long long)((memory < needed ? memory : MACHINE_RAM_MAX) >> 10));
        return false;
    }
    if (!machine_init(&s->machine, (uint32_t)memory, spec->variant, &s->console)) {
        (void)snprintf(error, IMAGE_ERROR_MAX, "no memory for a machine with %llu KiB",
                       (unsigned long long)(memory >> 10));
        return false;
    }
    s->machine.engine = spec->engine;
    return true;
}

/*
 * The word that the outermost machine watches is the observed guest's `tohost`,
 * if it has one.  The guest's memory, or that of the one around it, is `size`
 * bytes from `start` on.
 */
static void
watch_tohost(struct system *s, const struct system_spec *spec, const struct image *image,
             uint32_t start, uint32_t size)
{
    const struct image_symbol *tohost;
    uint32_t offset;

    if (spec->inner.depth > 0) {
        image = spec->inner.guest->image;
        start += spec->inner.offset;
        size = spec->inner.guest->memory;
    }
    tohost = image_symbol(image, "tohost");
    if (tohost == NULL)
        return;
    offset = tohost->address - ISA_RAM_START;
    if (offset <= size - 4 && offset % 4 == 0)
        s->machine.tohost = start + offset;
}

static bool
start_bare(struct system *s, const struct system_spec *spec, char *error)
{
    const struct system_guest *g = &spec->guests[0];

    if (!image_load(g->image, s->machine.ram.bytes, s->machine.ram.size, error))
        return false;
    s->machine.entry = g->image->entry;
    s->machine.a1 = spec->a1;
    machine_reset(&s->machine);
    watch_tohost(s, spec, g->image, 0, s->machine.ram.size);
    return true;
}

static bool
start_guest(struct system *s, const struct system_spec *spec, unsigned i, char *error)
{
    const struct system_guest *g = &spec->guests[i];
    struct isa_ram ram;
    int index = vmm_add(&s->hosted.vmm, g->name, g->memory, g->image->entry, spec->a1);
    struct vm *vm;

    if (index < 0) {
        (void)snprintf(error, IMAGE_ERROR_MAX, "more than %d guests", VMM_GUESTS_MAX);
        return false;
    }
    vm = &s->hosted.vmm.vm[index];
    vm->hybrid = g->hybrid;
    vm->real_clock = g->real_clock;
    if (g->weight != 0)
        vm->weight = g->weight;
    if (g->slice != 0)
        vm->slice = g->slice;
    vm->own_input = g->has_input;
    vm->input_length = g->input_length;
    s->hosted.port.input[index] = g->input;
    vmm_memory(vm, &s->hosted.port, &ram);
    if (!image_load(g->image, ram.bytes, ram.size, error))
        return false;
    if (i == spec->observed)
        watch_tohost(s, spec, g->image, vm->start, vm->size);
    return true;
}

/* The first guest that has no input of its own gets the console's. */
static void
focus_first(struct system *s)
{
    struct vmm *vmm = &s->hosted.vmm;

    while (vmm->focus + 1 < vmm->count && vmm->vm[vmm->focus].own_input != 0)
        vmm->focus++;
    if (vmm->vm[vmm->focus].own_input != 0)
        vmm->focus = 0;
}

bool
system_init(struct system *s, const struct system_spec *spec, char *error)
{
    static const struct system empty;
    bool ok = true;

    *s = empty;
    console_init(&s->console);
    s->is_hosted = spec->hosted;
    s->observed = spec->observed;
    s->inner = spec->inner;
    s->patience = 1 << 30;
    s->seen = calloc(1, sizeof *s->seen);
    if (s->seen == NULL) {
        (void)snprintf(error, IMAGE_ERROR_MAX, "out of memory");
        return false;
    }
    if (!start_machine(s, spec, error)) {
        free(s->seen);
        return false;
    }
    if (!spec->hosted) {
        ok = start_bare(s, spec, error);
        s->machine.monitored = s->inner.depth > 0;
    } else {
        hosted_init(&s->hosted, &s->machine, SYSTEM_RESERVED);
        for (unsigned i = 0; i < spec->count && ok; i++)
            ok = start_guest(s, spec, i, error);
        focus_first(s);
    }
    if (!ok)
        system_free(s);
    return ok;
}

void
system_free(struct system *s)
{
    machine_free(&s->machine);
    free(s->output.bytes);
    free(s->seen);
    s->seen = NULL;
    s->output = (struct console_text){0};
}

/* ---- the chain of levels ---- */

static unsigned
levels_outside(const struct system *s)
{
    return s->is_hosted ? 2 : 1;
}

/* From level i - 1 to level i. */
static bool
next_level(const struct system *s, unsigned i, const struct level *below, struct level *level)
{
    const struct hosted *h = &s->hosted;

    if (s->is_hosted && i == 1) {
        levels_hosted(&s->machine, &h->vmm, s->observed, h->phase == HOSTED_direct, level);
        return true;
    }
    i -= levels_outside(s);
    return i < s->inner.depth && levels_inner(&s->machine, below, s->inner.path[i], level);
}

bool
system_level(const struct system *s, unsigned i, struct level *level)
{
    levels_real(&s->machine, level);
    for (unsigned k = 1; k <= i; k++) {
        struct level below = *level;

        if (!next_level(s, k, &below, level))
            return false;
    }
    return true;
}

/* The observed guest, an inner one.  False where it is not there as yet. */
static bool
innermost(const struct system *s, struct level *level)
{
    return system_level(s, levels_outside(s) - 1 + s->inner.depth, level);
}

/* The same as a VM, whole; all 0 where it is not there as yet. */
static const struct vm *
look(const struct system *s)
{
    struct level level;

    if (innermost(s, &level))
        levels_vm(&level, s->seen);
    return s->seen;
}

/* The outermost machine goes on: in U-mode for at most `steps` steps, in M-mode until it leaves it.
 */
static enum machine_stop
advance_machine(struct machine *m, uint64_t steps)
{
    enum { PATIENCE = 1 << 20 }; /* steps until somebody looks whether to go on at all */
    enum machine_stop stop = MACHINE_running;

    if (m->hart.mode == ISA_USER)
        return machine_run(m, steps);
    for (int i = 0; i < PATIENCE && stop == MACHINE_running && m->hart.mode != ISA_USER; i++)
        stop = machine_step(m);
    return stop;
}

static enum machine_stop
advance(struct system *s, uint64_t steps)
{
    enum machine_stop stop =
        s->is_hosted ? hosted_advance(&s->hosted, steps) : advance_machine(&s->machine, steps);

    if (stop == MACHINE_trapped)
        stop = MACHINE_running;
    return stop == MACHINE_running && console_quit(&s->console) ? MACHINE_quit : stop;
}

/* Does it wait for a byte that cannot come any more? */
static bool
waits_in_vain(const struct system *s, const struct vm *vm)
{
    return vm->state == VM_waiting && !vm->wait.timer && !s->machine.devices.uart.rx_full &&
           !console_open(&s->console);
}

static bool
is_over(const struct system *s, const struct vm *vm)
{
    return vm->state == VM_ended || vm->state == VM_halted || waits_in_vain(s, vm);
}

static enum machine_stop
stop_of_inner(struct system *s, const struct vm *vm)
{
    if (vm->state != VM_ended)
        return MACHINE_halted;
    s->machine.exit_code = vm->code;
    return MACHINE_exit;
}

/* `alone`: the run ends with the observed guest; it ends after some `real` steps in any case. */
static enum machine_stop
run_inner(struct system *s, uint64_t steps, uint64_t real, bool alone)
{
    uint64_t end = system_steps(s) + steps, last = 0, since = s->machine.steps;
    uint64_t begin = s->machine.steps;
    enum machine_stop stop = MACHINE_running;
    struct level level;

    while (stop == MACHINE_running && s->machine.steps - begin < real) {
        uint64_t left = real;

        if (alone && s->machine.steps - since > s->patience)
            stop = MACHINE_lost;

        if (innermost(s, &level)) {
            uint64_t made = levels_steps(&level);

            since = made != last ? s->machine.steps : since;
            last = made;
            if (level.running && made >= end)
                break;
            if (level.running)
                left = end - made;
            if (alone && !level.attended && is_over(s, level.vm)) { /* its monitor goes on */
                stop = stop_of_inner(s, level.vm);
                break;
            }
        }
        if (stop == MACHINE_running)
            stop = advance(s, left);
    }
    /* It was the last one, and the machine ended as the first did. */
    if (alone && (stop == MACHINE_exit || stop == MACHINE_halted) && innermost(s, &level) &&
        is_over(s, level.vm))
        return stop_of_inner(s, level.vm);
    return stop;
}

/* ---- running and looking ---- */

void
system_focus(struct system *s, bool alone)
{
    struct vm *vm = &s->hosted.vmm.vm[s->observed];
    uint32_t start = s->is_hosted ? vm->start : 0;
    uint32_t size = s->is_hosted ? vm->size : s->machine.ram.size;

    s->hosted.vmm.focus = s->observed;
    vm->own_input = 0;
    if (alone)
        s->hosted.port.collected = s->observed;
    (void)pack_focus(s->machine.ram.bytes + start, size, s->inner.path, s->inner.depth, alone);
}

bool
system_attend(struct system *s, bool tagged, bool attended)
{
    uint32_t tags = tagged ? IMAGE_TAGGED : 0, keys = attended ? IMAGE_ATTENDED : 0;
    struct vmm *vmm = &s->hosted.vmm;

    if (!s->is_hosted)
        return pack_attend(s->machine.ram.bytes, s->machine.ram.size, tags | keys);
    vmm->tagged = tags;
    vmm->attended = keys;
    for (uint32_t i = 0; i < vmm->count; i++) {
        const struct vm *vm = &vmm->vm[i];

        (void)pack_attend(s->machine.ram.bytes + vm->start, vm->size,
                          tags | (vm->own_input != 0 ? 0 : keys));
    }
    return true;
}

enum machine_stop
system_run(struct system *s, uint64_t steps)
{
    return system_run_for(s, steps, UINT64_MAX);
}

enum machine_stop
system_run_for(struct system *s, uint64_t steps, uint64_t real)
{
    if (!s->is_hosted)
        machine_serve_uart(&s->machine);
    if (s->inner.depth > 0)
        return run_inner(s, steps, real, false);
    if (s->is_hosted)
        return hosted_run(&s->hosted, s->observed, steps);
    return machine_run(&s->machine, steps);
}

enum machine_stop
system_run_one(struct system *s, uint64_t steps)
{
    if (s->inner.depth > 0)
        return run_inner(s, steps, UINT64_MAX, true);
    if (s->is_hosted)
        return hosted_run_one(&s->hosted, s->observed, steps);
    return system_run(s, steps);
}

const struct vm *
system_vm(const struct system *s)
{
    if (s->inner.depth > 0)
        return look(s);
    return s->is_hosted ? &s->hosted.vmm.vm[s->observed] : NULL;
}

void
system_hart(const struct system *s, struct isa_hart *h)
{
    if (s->inner.depth > 0) {
        *h = look(s)->vcpu.hart;
        return;
    }
    if (s->is_hosted) {
        struct vmm_port port = s->hosted.port; /* which is only read */

        vmm_view(&s->hosted.vmm, &port, s->observed, h);
        return;
    }
    *h = s->machine.hart;
    h->mip = devices_lines(&s->machine.devices, h->mtime);
}

void
system_ram(const struct system *s, struct isa_ram *ram)
{
    const struct vm *vm = system_vm(s);
    struct level level;

    *ram = s->machine.ram;
    if (s->inner.depth > 0 && innermost(s, &level)) {
        ram->bytes += level.offset;
        ram->size = level.size;
    } else if (vm != NULL) {
        ram->bytes += vm->start;
        ram->size = vm->size;
    }
}

const struct devices *
system_devices(const struct system *s)
{
    const struct vm *vm = system_vm(s);

    return vm != NULL ? &vm->devices : &s->machine.devices;
}

uint64_t
system_steps(const struct system *s)
{
    const struct vm *vm = system_vm(s);

    return vm != NULL ? vcpu_steps(&vm->vcpu) : s->machine.steps;
}
