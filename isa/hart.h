/* SPDX-License-Identifier: MIT */
/*
 * The state of a processor (a hart), the RAM it reaches, and what one
 * instruction can come to.  Plain data: the machine keeps the real one of
 * these, the monitor a virtual one for each VM.
 */
#ifndef ISA_HART_H
#define ISA_HART_H

#include <stdbool.h>
#include <stdint.h>

enum { ISA_USER = 0, ISA_MACHINE = 3 }; /* privilege modes, as MPP encodes them */

#define ISA_RAM_START 0x80000000u

/* mstatus: the fields this machine has (Volume II, section 3.1.6). */
#define MSTATUS_MIE  (1u << 3)
#define MSTATUS_MPIE (1u << 7)
#define MSTATUS_MPP  (3u << 11)

/* mip and mie: software, timer, external interrupt (section 3.1.9). */
#define MIP_MSI (1u << 3)
#define MIP_MTI (1u << 7)
#define MIP_MEI (1u << 11)

/*
 * Causes of a trap (section 3.1.15): X(id, code, name).  One table for the
 * machine, the monitor, and the reports.
 */
#define ISA_EXCEPTIONS(X)                                                                          \
    X(fetch_misaligned, 0, "instruction address misaligned")                                       \
    X(fetch_access, 1, "instruction access fault")                                                 \
    X(illegal, 2, "illegal instruction")                                                           \
    X(breakpoint, 3, "breakpoint")                                                                 \
    X(load_misaligned, 4, "load address misaligned")                                               \
    X(load_access, 5, "load access fault")                                                         \
    X(store_misaligned, 6, "store/AMO address misaligned")                                         \
    X(store_access, 7, "store/AMO access fault")                                                   \
    X(ecall_user, 8, "environment call from U-mode")                                               \
    X(ecall_machine, 11, "environment call from M-mode")

#define ISA_INTERRUPTS(X)                                                                          \
    X(software, 3, "machine software interrupt")                                                   \
    X(timer, 7, "machine timer interrupt")                                                         \
    X(external, 11, "machine external interrupt")

#define MCAUSE_INTERRUPT 0x80000000u /* bit 31: the code is an interrupt's */

#define ISA_CAUSE_ENUM(id, code, name) CAUSE_##id = (code),
enum isa_cause { ISA_EXCEPTIONS(ISA_CAUSE_ENUM) };
#undef ISA_CAUSE_ENUM

#define ISA_IRQ_ENUM(id, code, name) IRQ_##id = (code),
enum isa_irq { ISA_INTERRUPTS(ISA_IRQ_ENUM) };
#undef ISA_IRQ_ENUM

/* The reservation register (this machine's own): bit 0 valid, bits 31:2 the offset in RAM. */
#define MRESV_VALID 1u

struct isa_hart {
    uint32_t x[32]; /* x[0] is 0 */
    uint32_t pc;    /* a multiple of 4 */
    uint32_t mode;  /* ISA_USER or ISA_MACHINE */
    uint32_t mstatus, mie, mtvec, mscratch, mepc, mcause, mtval;
    uint32_t mbase, mbound; /* R = (l, b) of the paper */
    uint32_t mresv;
    uint32_t mip;                     /* the interrupt lines, kept by who owns the devices */
    uint64_t mcycle, minstret, mtime; /* advance by one with each retired instruction */
};

/* Memory as the processor finds it: `size` bytes from ISA_RAM_START on. */
struct isa_ram {
    uint8_t *bytes;
    uint32_t size; /* a multiple of 4096, 1 MiB to 1 GiB */
};

/* What executing an instruction came to. */
enum isa_result {
    ISA_DONE,   /* it retired */
    ISA_TRAP,   /* it trapped: `cause` and `tval`; nothing else changed */
    ISA_ACCESS, /* in M-mode, a load or store outside RAM: `access`; nothing changed as yet */
    ISA_WAIT,   /* wfi with nothing pending; nothing changed as yet */
};

/* A load or store for the caller to serve, or to refuse. */
struct isa_access {
    uint32_t address, value; /* value: stored, or loaded by who serves it */
    uint32_t bytes;          /* 1, 2 or 4 */
    bool store;
};

struct isa_outcome {
    uint32_t cause, tval;
    struct isa_access access;
};

/* Reset and start: everything 0 but mode, pc, a1 and R, which comes out open and as identity. */
void isa_reset(struct isa_hart *h, uint32_t entry, uint32_t a1);

#endif
