/* SPDX-License-Identifier: MIT */
#include "vmm/hosted/system.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

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
    return true;
}

/* The word that the outermost machine watches is the observed guest's `tohost`, if it has one. */
static void
watch_tohost(struct system *s, const struct image *image, uint32_t start, uint32_t size)
{
    const struct image_symbol *tohost = image_symbol(image, "tohost");
    uint32_t offset;

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
    watch_tohost(s, g->image, 0, s->machine.ram.size);
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
    if (g->weight != 0)
        vm->weight = g->weight;
    if (g->slice != 0)
        vm->slice = g->slice;
    vmm_memory(vm, &s->hosted.port, &ram);
    if (!image_load(g->image, ram.bytes, ram.size, error))
        return false;
    if (i == spec->observed)
        watch_tohost(s, g->image, vm->start, vm->size);
    return true;
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
    if (!start_machine(s, spec, error))
        return false;
    if (!spec->hosted) {
        ok = start_bare(s, spec, error);
    } else {
        hosted_init(&s->hosted, &s->machine, SYSTEM_RESERVED);
        for (unsigned i = 0; i < spec->count && ok; i++)
            ok = start_guest(s, spec, i, error);
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
    s->output = (struct console_text){0};
}

enum machine_stop
system_run(struct system *s, uint64_t steps)
{
    if (s->is_hosted)
        return hosted_run(&s->hosted, s->observed, steps);
    machine_serve_uart(&s->machine);
    return machine_run(&s->machine, steps);
}

const struct vm *
system_vm(const struct system *s)
{
    return s->is_hosted ? &s->hosted.vmm.vm[s->observed] : NULL;
}

void
system_hart(const struct system *s, struct isa_hart *h)
{
    if (s->is_hosted) {
        struct vmm_port port = {.machine = (struct machine *)(uintptr_t)&s->machine};

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

    *ram = s->machine.ram;
    if (vm != NULL) {
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
