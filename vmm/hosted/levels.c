/* SPDX-License-Identifier: MIT */
#include "vmm/hosted/levels.h"

#include <stddef.h>
#include <string.h>

#include "isa/ram.h"

/*
 * The layouts are read in place: memory that has been written as bytes alone
 * may be read as any type, and hosts are little-endian, as the machine.
 */
static const void *
in_memory(const struct machine *m, const struct level *level, uint32_t offset, uint32_t size)
{
    if (offset % 8 != 0 || offset > level->size || size > level->size - offset)
        return NULL;
    return m->ram.bytes + level->offset + offset;
}

void
levels_real(const struct machine *m, struct level *level)
{
    *level = (struct level){
        .x = &m->hart,
        .size = m->ram.size,
        .mode = m->hart.mode,
        .mresv = m->hart.mresv,
        .minstret = (uint32_t)m->hart.minstret,
        .running = true,
    };
}

void
levels_hosted(const struct machine *m, const struct vmm *vmm, uint32_t index, bool direct,
              struct level *level)
{
    const struct vm *vm = &vmm->vm[index];
    bool current = index == vmm->current;

    *level = (struct level){
        .vm = vm,
        .vmm = vmm,
        .x = &vm->vcpu.hart,
        .offset = vm->start,
        .size = vm->size,
        .mode = vm->vcpu.hart.mode,
        .mresv = current && vmm->reservation_real != 0
                     ? vcpu_reservation_from_real(m->hart.mresv, vm->start)
                     : vm->vcpu.hart.mresv,
        .minstret = vcpu_minstret(&vm->vcpu),
        .attended = !direct,
        .running = current && direct,
    };
}

const struct image_header *
levels_header(const struct machine *m, const struct level *level)
{
    const struct image_header *h = in_memory(m, level, 0, sizeof *h);

    return h != NULL && h->magic == IMAGE_MAGIC && h->version == IMAGE_VERSION ? h : NULL;
}

/* A bool that is a byte of somebody's memory: 0 or 1 and nothing else. */
static bool
is_bool(const bool *b)
{
    uint8_t byte;

    memcpy(&byte, b, 1);
    return byte <= 1;
}

static bool
vm_fits(const struct vm *vm)
{
    return (vm->vcpu.hart.mode == ISA_USER || vm->vcpu.hart.mode == ISA_MACHINE) &&
           vm->state <= VM_stopped && vm->paused_from <= VM_stopped &&
           vm->last_exit.kind < VMM_EXIT_KINDS && is_bool(&vm->wait.timer) &&
           is_bool(&vm->wait.input) && is_bool(&vm->devices.uart.rx_full) &&
           is_bool(&vm->devices.uart.tx_full) && vm->name[VMM_NAME_MAX - 1] == '\0';
}

/* Each guest's memory begins where that of the one before it ends, the first one's at `start`. */
static bool
guests_fit(const struct vmm *vmm, uint32_t start, uint32_t size)
{
    if (start == 0 || start % IMAGE_ALIGN != 0)
        return false;
    for (uint32_t i = 0; i < vmm->count; i++) {
        const struct vm *vm = &vmm->vm[i];

        if (vm->start != start || start > size || vm->size == 0 || vm->size > size - start ||
            vm->size % IMAGE_ALIGN != 0 || !vm_fits(vm))
            return false;
        start += vm->size;
    }
    return true;
}

/*
 * Could it be the state of a monitor?  Any guest can write a header and a state
 * into its memory: whatever is used here as a place, a size or an index is
 * looked at first.
 */
static bool
monitor_fits(const struct vmm *vmm, const struct image_header *h, uint32_t size)
{
    return vmm->version == VMM_VERSION && vmm->count <= VMM_GUESTS_MAX &&
           vmm->current < VMM_GUESTS_MAX && vmm->focus < VMM_GUESTS_MAX &&
           guests_fit(vmm, h->end, size);
}

/* The state of the monitor on `level`, once it has guests. */
static const struct bare *
monitor_on(const struct machine *m, const struct level *level)
{
    const struct image_header *h = levels_header(m, level);
    const struct bare *bare;

    if (h == NULL || h->state_size != sizeof *bare)
        return NULL;
    bare = in_memory(m, level, h->state, sizeof *bare);
    return bare != NULL && monitor_fits(&bare->vmm, h, level->size) ? bare : NULL;
}

bool
levels_inner(const struct machine *m, const struct level *below, uint32_t index,
             struct level *level)
{
    const struct bare *bare = monitor_on(m, below);
    const struct vm *vm;
    bool current;

    if (bare == NULL || index >= bare->vmm.count)
        return false;
    vm = &bare->vmm.vm[index];
    current = index == bare->vmm.current;
    *level = (struct level){
        .vm = vm,
        .vmm = &bare->vmm,
        .bare = bare,
        .x = &vm->vcpu.hart,
        .offset = below->offset + vm->start,
        .size = vm->size,
        .mode = vm->vcpu.hart.mode,
        .mresv = current && bare->vmm.reservation_real != 0
                     ? vcpu_reservation_from_real(below->mresv, vm->start)
                     : vm->vcpu.hart.mresv,
        .minstret = vcpu_minstret(&vm->vcpu),
        .attended = below->mode != ISA_USER,
    };
    /* In U-mode the level below executes this one: its registers, its progress. */
    if (current && below->mode == ISA_USER) {
        level->x = below->x;
        level->direct = below->minstret - bare->resumed - bare->tail;
        level->minstret += level->direct;
        level->running = below->running;
    }
    return true;
}

uint64_t
levels_steps(const struct level *level)
{
    return vcpu_steps(&level->vm->vcpu) + level->direct;
}

void
levels_vm(const struct level *level, struct vm *vm)
{
    *vm = *level->vm;
    memcpy(vm->vcpu.hart.x, level->x->x, sizeof vm->vcpu.hart.x);
    vm->vcpu.hart.pc = level->x->pc;
    vm->vcpu.hart.mresv = level->mresv;
    vcpu_advance(&vm->vcpu, level->direct);
    vmm_settle(vm);
    vm->vcpu.hart.mip = devices_lines(&vm->devices, vm->vcpu.hart.mtime);
}

uint64_t
levels_digest(const struct machine *m, const struct level *level)
{
    const struct image_header *h = levels_header(m, level);
    uint64_t digest = 0xcbf29ce484222325u;

    for (uint32_t i = h->text; i < h->text_end && i < level->size; i++)
        digest = (digest ^ m->ram.bytes[level->offset + i]) * 0x100000001b3u;
    return digest;
}
