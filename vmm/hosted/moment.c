/* SPDX-License-Identifier: MIT */
#include "vmm/hosted/moment.h"

#include <string.h>

uint64_t
moment_ticks(const struct system *s)
{
    return s->machine.steps + s->hosted.phases;
}

void
moment_save(const struct system *s, struct moment *m)
{
    memset(m, 0, sizeof *m);
    m->hart = s->machine.hart;
    m->devices = s->machine.devices;
    m->steps = s->machine.steps;
    m->traps = s->machine.traps;
    m->exit_code = s->machine.exit_code;
    m->input_length = s->console.length;
    m->input_next = s->console.next;
    if (!s->is_hosted)
        return;
    m->started = s->hosted.started;
    m->phase = s->hosted.phase;
    m->phases = s->hosted.phases;
    m->slept = s->hosted.port.slept;
    if (s->hosted.phase == HOSTED_dispatch) /* else it is over */
        m->trap = s->hosted.trap;
    m->vmm = s->hosted.vmm;
}

void
moment_restore(struct system *s, const struct moment *m)
{
    s->machine.hart = m->hart;
    s->machine.devices = m->devices;
    s->machine.steps = m->steps;
    s->machine.traps = m->traps;
    s->machine.exit_code = m->exit_code;
    s->console.length = (size_t)m->input_length;
    s->console.next = (size_t)m->input_next;
    memset(s->seen, 0, sizeof *s->seen);
    if (!s->is_hosted)
        return;
    s->hosted.started = m->started != 0;
    s->hosted.phase = (enum hosted_phase)m->phase;
    s->hosted.phases = m->phases;
    s->hosted.port.slept = m->slept;
    s->hosted.trap = m->trap;
    s->hosted.vmm = m->vmm;
}

/* ---- a state that comes from a file ---- */

static bool
hart_fits(const struct isa_hart *h, uint32_t ram_size)
{
    const uint32_t mstatus = MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP;
    const uint32_t mpp = h->mstatus & MSTATUS_MPP;

    return h->x[0] == 0 && h->pc % 4 == 0 && (h->mode == ISA_USER || h->mode == ISA_MACHINE) &&
           (h->mstatus & ~mstatus) == 0 && (mpp == 0 || mpp == MSTATUS_MPP) &&
           (h->mie & ~(MIP_MSI | MIP_MTI | MIP_MEI)) == 0 && (h->mtvec & 2) == 0 &&
           h->mepc % 4 == 0 && h->mbase % 4 == 0 && h->mbound % 4 == 0 && (h->mresv & 2) == 0 &&
           (h->mresv & ~3u) < ram_size;
}

/* A bool that is a byte of a file: 0 or 1 and nothing else. */
static bool
is_bool(const bool *b)
{
    uint8_t byte;

    memcpy(&byte, b, 1);
    return byte <= 1;
}

static bool
devices_fit(const struct devices *d)
{
    uint32_t state;

    memcpy(&state, &d->finisher.state, sizeof state);
    return d->clint.msip <= 1 && is_bool(&d->uart.rx_full) && is_bool(&d->uart.tx_full) &&
           state <= FINISHER_reset;
}

/* What a VM has of its console's input and output. */
static bool
console_fits(const struct vm *now, const struct vm *vm)
{
    return vm->own_input == now->own_input && vm->input_length == now->input_length &&
           vm->input_next <= vm->input_length && vm->typed_end - vm->typed_next <= VMM_TYPED_MAX &&
           vm->line_length < VMM_LINE_MAX && vm->line_shown <= vm->line_length;
}

/* What never changes is as it is here; what does is within its limits. */
static bool
vm_fits(const struct vm *now, const struct vm *vm)
{
    return vm->start == now->start && vm->size == now->size && vm->entry == now->entry &&
           vm->a1 == now->a1 && vm->weight == now->weight && vm->slice == now->slice &&
           vm->hybrid == now->hybrid && vm->real_clock == now->real_clock &&
           memcmp(vm->name, now->name, sizeof vm->name) == 0 && vm->state <= VM_stopped &&
           vm->paused_from <= VM_waiting && console_fits(now, vm) &&
           hart_fits(&vm->vcpu.hart, vm->size) && devices_fit(&vm->devices) &&
           is_bool(&vm->wait.timer) && is_bool(&vm->wait.input);
}

static bool
vmm_fits(const struct vmm *now, const struct vmm *vmm)
{
    if (vmm->version != now->version || vmm->count != now->count || vmm->current >= vmm->count ||
        vmm->focus >= vmm->count || vmm->line_of > vmm->count ||
        vmm->memory_next != now->memory_next || vmm->memory_end != now->memory_end)
        return false;
    for (uint32_t i = 0; i < vmm->count; i++)
        if (!vm_fits(&now->vm[i], &vmm->vm[i]))
            return false;
    return true;
}

bool
moment_fits(const struct system *s, const struct moment *m, const char **why)
{
    *why = "a processor in a state that it can't be in";
    if (!hart_fits(&m->hart, s->machine.ram.size) || !devices_fit(&m->devices))
        return false;
    *why = "more console input read than there was";
    if (m->input_next > m->input_length)
        return false;
    *why = "a monitor with other guests";
    return !s->is_hosted ||
           (m->started <= 1 && m->phase <= HOSTED_dispatch && vmm_fits(&s->hosted.vmm, &m->vmm));
}
