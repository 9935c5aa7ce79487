/* SPDX-License-Identifier: MIT */
/*
 * A kernel of a few lines: U-mode with system calls, a program that does what
 * it must not, and the usual PMP prologue (all memory open to U-mode), which
 * QEMU wants and this machine accepts.
 */
#include "library.h"

enum { CALL_add = 1, CALL_print, CALL_exit };

struct frame {
    uint32_t x[32]; /* x[0] is the pc */
};

static struct frame frame;
static uint8_t user_stack[4096] __attribute__((aligned(16)));
static volatile uint32_t calls, faults;

struct frame *trap(struct frame *f);

/* mscratch points to the frame while U-mode runs, which is where all traps come from. */
__asm__(
    ".text\n"
    ".p2align 2\n"
    "trap_entry:\n"
    "    csrrw x31, mscratch, x31\n"
    "    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30\n"
    "    sw x\\r, 4*\\r(x31)\n"
    "    .endr\n"
    "    csrr t0, mscratch\n"
    "    sw t0, 4*31(x31)\n"
    "    csrr t0, mepc\n"
    "    sw t0, 0(x31)\n"
    "    mv a0, x31\n"
    "    lw sp, kernel_sp\n"
    "    call trap\n"
    "    beqz a0, leave\n"
    "enter:\n"
    "    mv x31, a0\n"
    "    csrw mscratch, x31\n"
    "    lw t0, 0(x31)\n"
    "    csrw mepc, t0\n"
    "    .irp r, "
    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    lw x\\r, 4*\\r(x31)\n"
    "    .endr\n"
    "    mret\n"
    "    .globl run_user\n"
    "run_user:\n" /* until the program leaves: the callee-saved registers are on the stack */
    "    addi sp, sp, -112\n"
    "    .irp r, 1,8,9,18,19,20,21,22,23,24,25,26,27\n"
    "    sw x\\r, 4*\\r(sp)\n"
    "    .endr\n"
    "    la t0, kernel_sp\n"
    "    sw sp, 0(t0)\n"
    "    j enter\n"
    "leave:\n"
    "    lw sp, kernel_sp\n"
    "    .irp r, 1,8,9,18,19,20,21,22,23,24,25,26,27\n"
    "    lw x\\r, 4*\\r(sp)\n"
    "    .endr\n"
    "    addi sp, sp, 112\n"
    "    ret\n"
    "    .data\n"
    "    .p2align 2\n"
    "kernel_sp: .word 0\n"
    "    .text\n");

void run_user(struct frame *f);
extern char trap_entry[];

/* Back to U-mode with this frame, or, with NULL, back to who called run_user. */
struct frame *
trap(struct frame *f)
{
    uint32_t cause = READ_CSR(mcause);

    CHECK((READ_CSR(mstatus) & 0x1800u) == 0);
    f->x[0] += 4;
    if (cause != 8) {
        print("fault: cause %u, mtval %08x\n", (unsigned)cause, (unsigned)READ_CSR(mtval));
        faults++;
        return f;
    }
    calls++;
    switch (f->x[17]) {
    case CALL_add: f->x[10] += f->x[11]; return f;
    case CALL_print: print("%s\n", (const char *)(uintptr_t)f->x[10]); return f;
    case CALL_exit: print("exit %u\n", (unsigned)f->x[10]); return NULL;
    default: CHECK(false); return NULL;
    }
}

static uint32_t
call(uint32_t number, uint32_t a, uint32_t b)
{
    register uint32_t a0 __asm__("a0") = a;
    register uint32_t a1 __asm__("a1") = b;
    register uint32_t a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
    return a0;
}

/* In U-mode from here on. */
static void
program(void)
{
    static const char hello[] = "hello from U-mode";
    uint32_t sum = 0, value = 77;

    for (uint32_t i = 1; i <= 100; i++)
        sum = call(CALL_add, sum, i);
    (void)call(CALL_print, (uint32_t)(uintptr_t)hello, 0);
    __asm__ volatile("csrr %0, mstatus" : "+r"(value) : : "memory");
    __asm__ volatile("csrw mtvec, zero" : : : "memory");
    __asm__ volatile("mret" : : : "memory");
    __asm__ volatile("lw %0, 0(%1)" : "+r"(value) : "r"(0x90000000u) : "memory");
    (void)call(CALL_exit, value == 77 ? sum : 0, 0);
    for (;;)
        ;
}

int
main(void)
{
    WRITE_CSR(pmpaddr0, 0xffffffffu);
    WRITE_CSR(pmpcfg0, 0x1fu); /* all of it: NAPOT, RWX */
    WRITE_CSR(mtvec, (uint32_t)(uintptr_t)trap_entry);
    CLEAR_CSR(mstatus, 0x1888u);
    frame.x[0] = (uint32_t)(uintptr_t)program;
    frame.x[2] = (uint32_t)(uintptr_t)(user_stack + sizeof user_stack);
    run_user(&frame);
    CHECK(frame.x[10] == 5050);
    CHECK(calls == 102 && faults == 4);
    return result();
}
