/* SPDX-License-Identifier: MIT */
/* Software and timer interrupts, by outcome; wfi between ticks. */
#include "library.h"

#define MSIE 0x08u
#define MTIE 0x80u

static volatile uint32_t software, ticks, others;

static uint64_t
now(void)
{
    uint32_t top, low;

    do {
        top = MTIME_TOP;
        low = MTIME_LOW;
    } while (MTIME_TOP != top);
    return (uint64_t)top << 32 | low;
}

/* The order in which no value in between lies in the past (Volume II, section 3.2.1). */
static void
set_deadline(uint64_t when)
{
    MTIMECMP_LOW = 0xffffffffu;
    MTIMECMP_TOP = (uint32_t)(when >> 32);
    MTIMECMP_LOW = (uint32_t)when;
}

__attribute__((interrupt("machine"), aligned(4))) static void
handler(void)
{
    switch (READ_CSR(mcause)) {
    case 0x80000003u:
        MSIP = 0;
        software++;
        break;
    case 0x80000007u:
        ticks++;
        set_deadline(ticks < 5 ? now() + 500 : ~(uint64_t)0);
        break;
    default: others++; break;
    }
}

int
main(void)
{
    uint64_t start;

    set_deadline(~(uint64_t)0);
    MSIP = 0;
    WRITE_CSR(mtvec, (uint32_t)(uintptr_t)handler);
    WRITE_CSR(mie, MSIE | MTIE);
    CHECK((READ_CSR(mip) & (MSIE | MTIE)) == 0);

    /* Masked: pending, and no more.  wfi goes on. */
    MSIP = 1;
    CHECK((READ_CSR(mip) & (MSIE | MTIE)) == MSIE);
    __asm__ volatile("wfi" : : : "memory");
    CHECK(software == 0);
    __asm__ volatile("csrsi mstatus, 8\n csrci mstatus, 8" : : : "memory");
    CHECK(software == 1 && (READ_CSR(mip) & MSIE) == 0);

    /* Unmasked: some time. */
    __asm__ volatile("csrsi mstatus, 8" : : : "memory");
    MSIP = 1;
    while (software != 2)
        ;
    print("software interrupts: %u\n", (unsigned)software);

    /* Five ticks, the processor asleep in between.  It sleeps with MIE off, lest a tick come just
       before the wfi. */
    start = now();
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
    set_deadline(now() + 500);
    while (ticks < 5)
        __asm__ volatile("wfi\n csrsi mstatus, 8\n csrci mstatus, 8" : : : "memory");
    CHECK(now() - start >= 2500);
    print("ticks: %u\n", (unsigned)ticks);
    CHECK(others == 0);
    return result();
}
