/* SPDX-License-Identifier: MIT */
/*
 * What ‘the same’ means: the state of a guest, as it could itself find it out,
 * and the list of components in which two such states differ.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "vmm/hosted/system.h"

/* The processor's own components: X(field of isa_hart, name, bits). */
#define OBSERVE_HART(X)                                                                            \
    X(pc, "pc", 32)                                                                                \
    X(mode, "mode", 32)                                                                            \
    X(mstatus, "mstatus", 32)                                                                      \
    X(mie, "mie", 32)                                                                              \
    X(mip, "mip", 32)                                                                              \
    X(mtvec, "mtvec", 32)                                                                          \
    X(mscratch, "mscratch", 32)                                                                    \
    X(mepc, "mepc", 32)                                                                            \
    X(mcause, "mcause", 32)                                                                        \
    X(mtval, "mtval", 32)                                                                          \
    X(mbase, "mbase", 32)                                                                          \
    X(mbound, "mbound", 32)                                                                        \
    X(mresv, "mresv", 32)                                                                          \
    X(mcycle, "mcycle", 64)                                                                        \
    X(minstret, "minstret", 64)                                                                    \
    X(mtime, "mtime", 64)

/* The devices' components: X(field of devices, name). */
#define OBSERVE_DEVICES(X)                                                                         \
    X(clint.msip, "CLINT msip")                                                                    \
    X(clint.mtimecmp, "CLINT mtimecmp")                                                            \
    X(uart.ier, "UART IER")                                                                        \
    X(uart.fcr, "UART FCR")                                                                        \
    X(uart.lcr, "UART LCR")                                                                        \
    X(uart.mcr, "UART MCR")                                                                        \
    X(uart.scr, "UART SCR")                                                                        \
    X(uart.dll, "UART DLL")                                                                        \
    X(uart.dlm, "UART DLM")                                                                        \
    X(uart.rx_full, "UART byte waiting")                                                           \
    X(uart.rx, "UART RBR")                                                                         \
    X(finisher.state, "finisher")                                                                  \
    X(finisher.code, "finisher code")

struct observe_difference {
    char name[24];
    uint64_t left, right;
    int bits; /* how wide the values are: 32 or 64 */
};

enum { OBSERVE_MAX = 16 };

/* The first OBSERVE_MAX differences; `count` goes on counting. */
struct observe_differences {
    unsigned count;
    struct observe_difference list[OBSERVE_MAX];
};

void observe_add(struct observe_differences *d, const char *name, uint64_t left, uint64_t right,
                 int bits);

/* The two processors: x1 to x31 and every component of OBSERVE_HART. */
void observe_harts(const struct isa_hart *left, const struct isa_hart *right,
                   struct observe_differences *d);

/*
 * Does a processor that made steps from `before` to `after` trap for ever?  It
 * stands at its own trap handler, which traps at its first instruction: nothing
 * has changed, not even the time, and interrupts are off, so that nothing ever
 * will.
 */
bool observe_traps_for_ever(const struct isa_hart *before, const struct isa_hart *after);

void observe_devices(const struct devices *left, const struct devices *right,
                     struct observe_differences *d);

/* The two memories, word by word; they are named by their addresses. */
void observe_memory(const struct isa_ram *left, const struct isa_ram *right,
                    struct observe_differences *d);

/* The observed guests of two systems: processor, devices, console output so far; memory too if
 * asked. */
void observe_systems(const struct system *left, const struct system *right, bool memory,
                     struct observe_differences *d);

#endif
