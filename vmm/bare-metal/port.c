/* SPDX-License-Identifier: MIT */
/*
 * The port to a machine of its own: CSRs, the CLINT, the UART and the finisher
 * are the machine's; docs/nesting.md counts what each exit costs.
 */
#include "vmm/bare-metal/port.h"

#include <stddef.h>

#include "isa/csr.h"

#define OFFSET_IS(field, offset)                                                                   \
    _Static_assert(offsetof(struct bare, field) == (offset), "offsets.h: " #field)
OFFSET_IS(handler, BARE_HANDLER);
OFFSET_IS(next, BARE_NEXT);
OFFSET_IS(resumed, BARE_RESUMED);
OFFSET_IS(nowhere, BARE_NOWHERE);
OFFSET_IS(frame, BARE_FRAME);
OFFSET_IS(ahead, BARE_AHEAD);
OFFSET_IS(where, BARE_WHERE);
OFFSET_IS(probe, BARE_PROBE);
_Static_assert(sizeof(struct image_header) ==
                   offsetof(struct image_header, memory) + IMAGE_TABLE_BYTES,
               "offsets.h: the table");
_Static_assert(offsetof(struct vm, vcpu.hart.x) == 0, "a frame is the start of a struct vm");

#define MTIMECMP_LOW  (CLINT_START + CLINT_MTIMECMP)
#define MTIMECMP_HIGH (CLINT_START + CLINT_MTIMECMP + 4)
#define MTIME_LOW     (CLINT_START + CLINT_MTIME)
#define MTIME_HIGH    (CLINT_START + CLINT_MTIME + 4)

/*
 * mtime is the monitor's own: it is set back before it comes here.  So a
 * deadline, less than 2^31 ahead, fits in mtimecmp's low word, and the high
 * word stays 0.
 */
#define CLOCK_LIMIT 0x40000000u

struct bare bare_state __attribute__((section(".state")));

/* ---- memory, R, the reservation ---- */

uint8_t *
vmm_port_memory(struct vmm_port *port, uint32_t offset)
{
    (void)port;
    return (uint8_t *)(uintptr_t)(ISA_RAM_START + offset);
}

void
vmm_port_set_relocation(struct vmm_port *port, uint32_t base, uint32_t bound)
{
    (void)port;
    bare_write_mbase(base);
    bare_write_mbound(bound);
}

uint32_t
vmm_port_reservation(struct vmm_port *port)
{
    (void)port;
    return bare_read_mresv();
}

void
vmm_port_set_reservation(struct vmm_port *port, uint32_t mresv)
{
    (void)port;
    bare_write_mresv(mresv);
}

/* ---- time ---- */

/* The deadline goes out with the tail, which alone knows when the guest starts. */
void
vmm_port_arm(struct vmm_port *port, uint32_t instructions)
{
    (void)port;
    bare_state.ahead = bare_state.lag + bare_state.tail + instructions;
    bare_state.where = MTIMECMP_LOW;
}

/* mtime, which only an idle wfi carries beyond its low word. */
static uint64_t
read_time(void)
{
    uint32_t high, low, again;

    do
        __asm__ volatile("csrr %0, timeh\n\tcsrr %1, time\n\tcsrr %2, timeh"
                         : "=&r"(high), "=&r"(low), "=&r"(again));
    while (high != again);
    return (uint64_t)high << 32 | low;
}

uint64_t
vmm_port_now(struct vmm_port *port)
{
    uint32_t low;

    (void)port;
    __asm__ volatile("csrr %0, time" : "=r"(low));
    return bare_state.base + low;
}

void
bare_measure_lag(void)
{
    uint32_t mtime, minstret;

    __asm__ volatile("csrr %0, time\n\tcsrr %1, minstret" : "=&r"(mtime), "=&r"(minstret));
    bare_state.lag = mtime - (minstret - 1);
}

void
bare_restart_clock(void)
{
    uint64_t before = read_time();
    uint32_t low, minstret;

    /* Three instructions after `low` was read, mtime is 0. */
    __asm__ volatile("csrr %0, time\n\t"
                     "sw zero, 4(%2)\n\t"
                     "sw zero, 0(%2)\n\t"
                     "csrr %1, minstret"
                     : "=&r"(low), "=&r"(minstret)
                     : "r"(MTIME_LOW)
                     : "memory");
    bare_state.base += before + (low - (uint32_t)before) + 3;
    bare_state.lag = 0 - minstret;
    vmm_disarm(&bare_state.vmm);
}

/*
 * Before a timer is armed that none is armed before, and after one has come: an
 * armed timer comes while mtime is far from its low word's end.
 */
static void
watch_clock(void)
{
    if (bare_state.resumed + bare_state.lag >= CLOCK_LIMIT)
        bare_restart_clock();
}

/* mtime must not leave its low word: a guest that is interpreted can take that long. */
void
vmm_port_attend(struct vmm_port *port, uint32_t instructions)
{
    (void)port;
    (void)instructions;
    if (read_time() >= CLOCK_LIMIT)
        bare_restart_clock();
}

/* A real wfi up to a deadline that may lie beyond the low word. */
static void
sleep_far(uint64_t deadline)
{
    BARE_DEVICE32(MTIMECMP_HIGH) = (uint32_t)(deadline >> 32);
    BARE_DEVICE32(MTIMECMP_LOW) = (uint32_t)deadline;
    __asm__ volatile("wfi" ::: "memory");
    bare_restart_clock();
    BARE_DEVICE32(MTIMECMP_LOW) = 0xffffffffu;
    BARE_DEVICE32(MTIMECMP_HIGH) = 0;
}

static void
sleep_near(uint32_t deadline)
{
    BARE_DEVICE32(MTIMECMP_LOW) = deadline;
    __asm__ volatile("wfi" ::: "memory");
    bare_measure_lag();
}

/* A byte ends it too, wherever the UART's interrupt is on (vmm_port_listen). */
enum vmm_woken
vmm_port_idle(struct vmm_port *port, bool timer, uint64_t ticks, bool input)
{
    uint64_t now;

    (void)port;
    (void)input;
    if (read_time() >= CLOCK_LIMIT)
        bare_restart_clock();
    now = read_time();
    if (!timer)
        sleep_far(CLINT_NEVER);
    else if (ticks >= CLOCK_LIMIT)
        sleep_far(now + ticks);
    else
        sleep_near((uint32_t)(now + ticks));
    return VMM_woken;
}

/* ---- the console ---- */

/* The transmitter of this machine is always empty. */
void
vmm_port_put(struct vmm_port *port, uint32_t vm, uint8_t byte)
{
    (void)port;
    if ((bare_header.guest[vm].flags & IMAGE_GUEST_QUIET) == 0)
        BARE_DEVICE8(UART_START + UART_RBR) = byte;
}

void
vmm_port_say(struct vmm_port *port, uint8_t byte)
{
    (void)port;
    BARE_DEVICE8(UART_START + UART_RBR) = byte;
}

uint8_t
vmm_port_input(struct vmm_port *port, uint32_t vm, uint32_t at)
{
    return *vmm_port_memory(port, bare_header.guest[vm].input + at);
}

bool
vmm_port_get(struct vmm_port *port, uint8_t *byte)
{
    (void)port;
    if ((BARE_DEVICE8(UART_START + UART_LSR) & UART_LSR_RX) == 0)
        return false;
    *byte = BARE_DEVICE8(UART_START + UART_RBR);
    return true;
}

/* mie has MEI all the time: the interrupt is let through or kept back in the UART. */
void
vmm_port_listen(struct vmm_port *port, bool on)
{
    (void)port;
    BARE_DEVICE8(UART_START + UART_IER) = on ? UART_IER_RX : 0;
}

/* ---- going on, and the end ---- */

/* All VMs have ended: the machine does, as the first of them did. */
static _Noreturn void
end(uint32_t code)
{
    BARE_DEVICE32(FINISHER_START) = code == 0 ? FINISHER_PASS : FINISHER_FAIL | code << 16;
    bare_panic("the finisher did not end the machine", code);
}

/* No VM can ever go on: neither does the machine. */
static _Noreturn void
halt(void)
{
    bare_write_mie(0);
    for (;;)
        __asm__ volatile("wfi" ::: "memory");
}

static uint32_t
address(const void *p)
{
    return (uint32_t)(uintptr_t)p;
}

/* To the next VM, which may be another. */
VMM_SELDOM static _Noreturn void
resume(void)
{
    struct vmm *vmm = &bare_state.vmm;
    struct vm *vm;

    watch_clock();
    switch (vmm_resume(vmm, NULL)) {
    case VMM_run: break;
    case VMM_ended: end(vmm->vm[0].code);
    default: halt();
    }
    vm = &vmm->vm[vmm->current];
    if (address(vm) != bare_state.frame) {
        bare_write_mscratch(address(vm));
        bare_state.frame = address(vm);
    }
    bare_write_mepc(vm->vcpu.hart.pc);
    bare_enter();
}

/* What is more than vmm_trap has done. */
VMM_SELDOM static void
dispatch(struct vm *vm)
{
    bare_state.where = address(&bare_state.nowhere);
    if ((vm->last_exit.cause & MCAUSE_INTERRUPT) != 0)
        watch_clock();
    vmm_dispatch(&bare_state.vmm, NULL, vm);
    if (!vmm_go_on(&bare_state.vmm, NULL, vm))
        resume();
    bare_write_mepc(vm->vcpu.hart.pc);
    bare_enter();
}

/* An ecall's mtval, and an interrupt's, are 0, without asking. */
static uint32_t
trap_value(uint32_t cause)
{
    return cause == CAUSE_ecall_user || (cause & MCAUSE_INTERRUPT) != 0 ? 0 : bare_read_mtval();
}

void
bare_trapped(uint32_t entered, struct vm *vm, const struct bare *bare)
{
    struct vmm_trap trap;

    trap.retired = entered - bare->resumed - bare->overhead;
    trap.cause = bare_read_mcause();
    trap.pc = bare_read_mepc();
    trap.tval = trap_value(trap.cause);
    if (vmm_trap(vm, &trap))
        bare_write_mepc(vm->vcpu.hart.pc);
    else
        dispatch(vm);
}

_Noreturn void
bare_begin(void)
{
    bare_state.next = (uint32_t)(uintptr_t)bare_trapped;
    bare_state.where = address(&bare_state.nowhere);
    vmm_start(&bare_state.vmm, NULL);
    resume();
}
