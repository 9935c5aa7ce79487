/* SPDX-License-Identifier: MIT */
/* Inside the bare-metal port: its one state, CSRs, and what entry.S, port.c and boot.c call. */
#ifndef BARE_METAL_PORT_H
#define BARE_METAL_PORT_H

#include <stdint.h>

#include "vmm/bare-metal/image.h"

/* The CSRs that the port uses; mbase, mbound and mresv are this machine's own, unknown by name. */
#define BARE_CSRS(X)                                                                               \
    X(mstatus, "mstatus")                                                                          \
    X(mie, "mie")                                                                                  \
    X(mscratch, "mscratch")                                                                        \
    X(mepc, "mepc")                                                                                \
    X(mcause, "mcause")                                                                            \
    X(mtval, "mtval")                                                                              \
    X(mbase, "0x7c0")                                                                              \
    X(mbound, "0x7c1")                                                                             \
    X(mresv, "0x7c2")

#define BARE_CSR_ACCESS(id, csr)                                                                   \
    static inline uint32_t bare_read_##id(void)                                                    \
    {                                                                                              \
        uint32_t value;                                                                            \
        __asm__ volatile("csrr %0, " csr : "=r"(value));                                           \
        return value;                                                                              \
    }                                                                                              \
    static inline void bare_write_##id(uint32_t value)                                             \
    {                                                                                              \
        __asm__ volatile("csrw " csr ", %0" ::"r"(value) : "memory");                              \
    }
BARE_CSRS(BARE_CSR_ACCESS)
#undef BARE_CSR_ACCESS

/* A device's register. */
#define BARE_DEVICE32(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define BARE_DEVICE8(address)  (*(volatile uint8_t *)(uintptr_t)(address))

extern struct bare bare_state;
extern struct image_header bare_header;

/* ---- entry.S ---- */

/*
 * To the one whose registers are at bare_state.frame, in U-mode, at mepc.  A
 * deadline, bare_state.ahead instructions from the tail's reading of minstret,
 * goes to the address bare_state.where.
 */
_Noreturn void bare_enter(void);

/* The end of the machine, for a reason that has been told. */
_Noreturn void bare_stop(void);

void bare_entry(void);
void bare_start(void);
void bare_probe_trap(void);
void bare_probe_count(void);

/* ---- port.c ---- */

/*
 * The guest `vm` has trapped; `entered` is minstret as the entry read it.  It
 * comes back where that guest is to be entered again, with mepc set, and no new
 * deadline; else it ends in bare_enter.
 */
void bare_trapped(uint32_t entered, struct vm *vm, const struct bare *bare);

/* The guests are in place: to the first of them. */
_Noreturn void bare_begin(void);

/* mtime is set back to 0; real time goes on from where it was. */
void bare_restart_clock(void);

/* mtime - minstret, which only an idle wfi and bare_restart_clock change. */
void bare_measure_lag(void);

/* ---- boot.c ---- */

_Noreturn void bare_boot(void);

/* The monitor itself has trapped, in M-mode. */
_Noreturn void bare_fault(uint32_t cause, uint32_t pc, uint32_t tval);

/* The end: what is wrong is told, with a number. */
_Noreturn void bare_panic(const char *what, uint32_t number);

#endif
