/* SPDX-License-Identifier: MIT */
/*
 * Random instructions, states and programs, biased to what is interesting:
 * privileged instructions, the edges of R, devices, traps in handlers,
 * interrupts at every boundary.
 */
#ifndef GENERATOR_H
#define GENERATOR_H

#include "machine/devices/devices.h"
#include "vmm/theorem/random.h"

/* An instruction word: all encodings, biased to the interesting ones. */
uint32_t generate_word(struct random *r);

/* A value for a register or CSR of a machine with `ram_size` bytes: anything, or an edge. */
uint32_t generate_value(struct random *r, uint32_t ram_size);

/* Such values, made once for many states to draw from. */
enum { GENERATE_VALUES = 256 };
void generate_values(struct random *r, uint32_t ram_size, uint32_t values[GENERATE_VALUES]);

/* A state that a machine with `ram_size` bytes can be in: every field legal (WARL), registers and
 * CSRs drawn from `values`, or each made for itself where that is NULL. */
void generate_hart(struct random *r, uint32_t ram_size, const uint32_t values[GENERATE_VALUES],
                   struct isa_hart *h);

/* The store of something to the finisher, and the registers for it in *h. */
uint32_t generate_finish(struct random *r, struct isa_hart *h);

/* A write of a number of bytes to mbase, mbound or mresv of a machine with `ram_size` bytes: an
 * edge. */
uint32_t generate_edge(struct random *r, uint32_t ram_size, struct isa_hart *h);

/* A byte to or from a register of the UART, most often the one that sends and receives. */
uint32_t generate_talk(struct random *r, struct isa_hart *h);

/* Devices, with a deadline near `mtime` more often than not. */
void generate_devices(struct random *r, uint64_t mtime, struct devices *d);

/* `words` random instruction words to `bytes`. */
void generate_memory(struct random *r, uint8_t *bytes, uint32_t words);

/*
 * A program for a machine with `ram_size` bytes (64 KiB at least), to be
 * entered at its start: a prologue that sets traps and the timer up, random
 * code for M-mode and for U-mode, and handlers, most of which get on.
 */
void generate_program(struct random *r, uint8_t *bytes, uint32_t ram_size);

/*
 * The same, but code that stays with its work: loops of arithmetic, loads and
 * stores, calls, and stores to its own instructions, in both modes; traps and
 * interrupts only now and then.
 */
void generate_workload(struct random *r, uint8_t *bytes, uint32_t ram_size);

#endif
