/* SPDX-License-Identifier: MIT */
/*
 * A kernel at work: two tasks in U-mode that compute a little and then call it,
 * a switch at each second call and at each tick of the timer.
 */
#define ROUNDS_USUAL 5000000
#include "bench.h"

#define MTIME    ((volatile uint32_t *)0x0200bff8u)
#define MTIMECMP ((volatile uint32_t *)0x02004000u)

enum { TICK = 20000, TASKS = 2, STACK_WORDS = 256 };
enum { CALL_add = 1, CALL_yield, CALL_exit };
enum { CAUSE_ECALL_USER = 8 };
#define CAUSE_TIMER 0x80000007u

/* What a trap saves: x1 to x31 at their numbers, pc at 0. */
struct task {
    uint32_t x[32];
};

struct task tasks[TASKS], *current = tasks;
static uint32_t stacks[TASKS][STACK_WORDS], sums[TASKS], ended, ticks;

void kernel_entry(void);                                  /* in kernel.S */
_Noreturn void kernel_leave(struct task *);               /* restores a task, and goes on with it */
uint32_t kernel_call(uint32_t number, uint32_t argument); /* in U-mode: ecall */
_Noreturn void kernel_trap(uint32_t cause);

static void
set_timer(void)
{
    uint32_t low = MTIME[0];

    MTIMECMP[1] = low > 0xffffffffu - TICK ? MTIME[1] + 1 : MTIME[1];
    MTIMECMP[0] = low + TICK;
}

static _Noreturn void
finish(uint32_t code)
{
    *(volatile uint32_t *)0x00100000u = code == 0 ? 0x5555 : code << 16 | 0x3333;
    for (;;)
        ;
}

/* The other task, unless it has ended. */
static struct task *
other(void)
{
    if (ended != 0)
        return current;
    return current == &tasks[0] ? &tasks[1] : &tasks[0];
}

static void
system_call(struct task *t)
{
    uint32_t which = (uint32_t)(t - tasks);

    t->x[0] += 4;
    switch (t->x[17]) {
    case CALL_add:
        sums[which] += t->x[10];
        t->x[10] = sums[which];
        break;
    case CALL_yield: current = other(); break;
    default:
        current = other();
        if (++ended == TASKS)
            finish(sums[0] == sums[1] && sums[0] == ROUNDS / 4 * 6 ? 0 : 1);
        break;
    }
}

_Noreturn void
kernel_trap(uint32_t cause)
{
    if (cause == CAUSE_ECALL_USER) {
        system_call(current);
    } else if (cause == CAUSE_TIMER) {
        ticks++;
        set_timer();
        current = other();
    } else {
        finish(2);
    }
    kernel_leave(current);
}

/* A task: in U-mode.  What the kernel answers is what it must be. */
static void
work(void)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < ROUNDS / 4; i++) {
        uint32_t part = 0;

        for (uint32_t j = 1; j <= 12; j++)
            part += j & sum;
        opaque(part);
        sum += part | 1;
        if (kernel_call(CALL_add, 6) != (i + 1) * 6)
            break;
        (void)kernel_call(CALL_yield, 0);
    }
    opaque(sum);
    (void)kernel_call(CALL_exit, 0);
    for (;;)
        ;
}

int
main(void)
{
    /* QEMU has PMP, which keeps U-mode out of everything until it is told otherwise. */
    __asm__ volatile("csrw pmpaddr0, %0; csrw pmpcfg0, %1" : : "r"(0xffffffffu), "r"(0x1f));
    __asm__ volatile("csrw mtvec, %0" : : "r"(kernel_entry));
    for (uint32_t i = 0; i < TASKS; i++) {
        tasks[i].x[0] = (uint32_t)(uintptr_t)work;
        tasks[i].x[2] = (uint32_t)(uintptr_t)&stacks[i][STACK_WORDS];
    }
    set_timer();
    __asm__ volatile("csrw mie, %0; csrw mstatus, zero" : : "r"(0x80));
    kernel_leave(current);
}
