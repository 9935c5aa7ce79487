/* SPDX-License-Identifier: MIT */
/* A trap handler in C: exceptions in M-mode, each with its cause and mtval. */
#include "library.h"

struct trap {
    uint32_t cause, epc, tval, status;
};

static volatile struct trap last;
static volatile uint32_t count, resume;

/* Where the trap can only be left at a place the trapping code names, `resume` does. */
__attribute__((interrupt("machine"), aligned(4))) static void
handler(void)
{
    last.cause = READ_CSR(mcause);
    last.epc = READ_CSR(mepc);
    last.tval = READ_CSR(mtval);
    last.status = READ_CSR(mstatus) & 0x1888u;
    count++;
    WRITE_CSR(mepc, resume != 0 ? resume : last.epc + 4);
    resume = 0;
}

/* One instruction, and what it came to. */
#define TRY(...)                                                                                   \
    do {                                                                                           \
        last.cause = 99;                                                                           \
        __asm__ volatile(__VA_ARGS__);                                                             \
    } while (0)

static void
expect(const char *what, uint32_t cause, uint32_t tval)
{
    print("%-24s cause %2u mtval %08x mstatus %08x\n", what, (unsigned)last.cause,
          (unsigned)last.tval, (unsigned)last.status);
    CHECK(last.cause == cause);
    CHECK(last.tval == tval);
    CHECK(last.status >> 11 == 3);
}

int
main(void)
{
    uint32_t nowhere = 0x90000000u, here = 0, odd = 0;

    WRITE_CSR(mtvec, (uint32_t)(uintptr_t)handler);
    WRITE_CSR(mstatus, 0);

    TRY("ecall" : : : "memory");
    expect("ecall", 11, 0);
    TRY(".word 0xffffffff" : : : "memory");
    expect("undefined", 2, 0xffffffffu);
    TRY("csrr %0, 0x5c0" : "=r"(here) : : "memory");
    CHECK(last.cause == 2 && (last.tval & 0xfffff07fu) == 0x5c002073u);
    TRY("csrw mhartid, zero" : : : "memory");
    expect("read-only CSR", 2, 0xf1401073u);
    TRY("lw %0, 16(%1)" : "=r"(here) : "r"(nowhere) : "memory");
    expect("load, nothing there", 5, nowhere + 16);
    TRY("sb zero, -1(%0)" : : "r"(nowhere) : "memory");
    expect("store, nothing there", 7, nowhere - 1);
    TRY("lr.w %0, (%1)" : "=r"(here) : "r"(nowhere) : "memory");
    expect("lr, nothing there", 5, nowhere);

    TRY("la %0, 1f\n sw %0, 0(%1)\n jr %2\n1:"
        : "=&r"(here)
        : "r"(&resume), "r"(nowhere)
        : "memory");
    CHECK(last.epc == nowhere);
    expect("jump to nowhere", 1, nowhere);
    TRY("la %0, 1f\n addi %0, %0, 2\n1: jr %0" : "=&r"(odd) : : "memory");
    CHECK(last.epc == odd - 2);
    expect("misaligned jump", 0, odd);

    __asm__ volatile("csrsi mstatus, 8" : : : "memory");
    TRY("ecall" : : : "memory");
    CHECK(last.status == 0x1880u);
    CHECK((READ_CSR(mstatus) & 0x1888u) == 0x88u);
    __asm__ volatile("csrci mstatus, 8" : : : "memory");

    print("%u traps\n", (unsigned)count);
    CHECK(count == 10);
    return result();
}
