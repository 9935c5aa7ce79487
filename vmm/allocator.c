/* SPDX-License-Identifier: MIT */
/*
 * The allocator, A of the paper: every change of a resource that a VM has.
 * Memory is allotted once; what changes from then on is R.
 */
#include "vmm/vmm.h"

void
vmm_init(struct vmm *vmm, uint32_t ram_size, uint32_t reserved)
{
    vmm->version = VMM_VERSION;
    vmm->count = 0;
    vmm->current = 0;
    vmm->focus = 0;
    vmm->memory_next = reserved;
    vmm->memory_end = ram_size;
    vmm->looked_at = 0;
    vmm->real_base = 0;
    vmm->real_bound = 0;
    vmm->changed = VMM_CHANGED_all;
    vmm->armed = 0;
    vmm->covers = 0;
    vmm->armed_at = 0;
    vmm->listening = 0;
    vmm->reservation_real = 0;
    vmm->tagged = 0;
    vmm->attended = 0;
    vmm->escaped = 0;
    vmm->line_of = 0;
    vmm->interpreted = 0;
}

static void
copy_name(char *to, const char *name)
{
    uint32_t i = 0;

    for (; i < VMM_NAME_MAX - 1 && name[i] != '\0'; i++)
        to[i] = name[i];
    for (; i < VMM_NAME_MAX; i++)
        to[i] = '\0';
}

void
vmm_reset(struct vm *vm)
{
    isa_reset(&vm->vcpu.hart, vm->entry, vm->a1);
    devices_reset(&vm->devices);
    vm->state = VM_ready;
}

int
vmm_add(struct vmm *vmm, const char *name, uint32_t size, uint32_t entry, uint32_t a1)
{
    static const struct vm fresh;
    struct vm *vm;

    if (vmm->count == VMM_GUESTS_MAX || vmm->memory_next > vmm->memory_end ||
        size > vmm->memory_end - vmm->memory_next)
        return -1;
    vm = &vmm->vm[vmm->count];
    *vm = fresh;
    copy_name(vm->name, name);
    vm->start = vmm->memory_next;
    vm->size = size;
    vm->entry = entry;
    vm->a1 = a1;
    vm->weight = 1;
    vm->slice = VMM_SLICE;
    vm->stop_at = UINT64_MAX;
    vmm_reset(vm);
    vmm->memory_next += size;
    return (int)vmm->count++;
}

void
vmm_compose(const struct vm *vm, uint32_t *base, uint32_t *bound)
{
    const struct isa_hart *h = &vm->vcpu.hart;
    struct isa_window w;

    isa_window(h->mode, h->mbase, h->mbound, vm->size, &w);
    *base = vm->start + w.base;
    *bound = w.bound;
}

void
vmm_memory(const struct vm *vm, struct vmm_port *port, struct isa_ram *ram)
{
    ram->bytes = vmm_port_memory(port, vm->start);
    ram->size = vm->size;
}
