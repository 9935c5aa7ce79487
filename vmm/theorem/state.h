/* SPDX-License-Identifier: MIT */
/*
 * A state of the machine as the theorem speaks of it, split in two
 * (docs/theorem.md, ‘Definitions’):
 *
 *   program state  x1 to x31, pc, the reservation as the effective relocation
 *                  shows it, and the words of RAM that it shows;
 *   system state   mode, R, every other machine-level CSR but mip, time, the
 *                  devices, and the words of RAM that it does not show.
 *
 * The effective relocation is identity over RAM in M-mode and R in U-mode.
 *
 * The states have a small RAM: its size enters the machine's semantics in
 * comparisons alone (isa/relocate.h, mresv), and in a small one the edges are
 * near.
 */
#ifndef THEOREM_STATE_H
#define THEOREM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/csr.h"
#include "machine/devices/devices.h"

enum { STATE_RAM = 1024 }; /* bytes */

struct state {
    struct isa_hart hart; /* mip is derived whenever the state is run */
    struct devices devices;
    uint8_t ram[STATE_RAM];
};

/*
 * The fields of the system state, a row each:
 *
 *   X(id, member, type, bits, name, kind, at rest)
 *
 * `name` is the field's in witnesses; `kind` what an instruction is called that
 * depends on it.  `at rest` is its least remarkable value.
 */
#define STATE_FIELDS(X)                                                                            \
    X(mode, hart.mode, uint32_t, 2, "mode", "mode", ISA_MACHINE)                                   \
    X(mbase, hart.mbase, uint32_t, 32, "mbase", "location", 0)                                     \
    X(mbound, hart.mbound, uint32_t, 32, "mbound", "mbound", 0xfffffffcu)                          \
    X(mstatus, hart.mstatus, uint32_t, 32, "mstatus", "mstatus", 0)                                \
    X(mie, hart.mie, uint32_t, 32, "mie", "mie", 0)                                                \
    X(mtvec, hart.mtvec, uint32_t, 32, "mtvec", "mtvec", 0)                                        \
    X(mscratch, hart.mscratch, uint32_t, 32, "mscratch", "mscratch", 0)                            \
    X(mepc, hart.mepc, uint32_t, 32, "mepc", "mepc", 0)                                            \
    X(mcause, hart.mcause, uint32_t, 32, "mcause", "mcause", 0)                                    \
    X(mtval, hart.mtval, uint32_t, 32, "mtval", "mtval", 0)                                        \
    X(mresv, hart.mresv, uint32_t, 32, "mresv", "mresv", 0)                                        \
    X(mcycle, hart.mcycle, uint64_t, 64, "mcycle", "mcycle", 0)                                    \
    X(minstret, hart.minstret, uint64_t, 64, "minstret", "minstret", 0)                            \
    X(mtime, hart.mtime, uint64_t, 64, "mtime", "time", 0)                                         \
    X(msip, devices.clint.msip, uint32_t, 1, "clint.msip", "msip", 0)                              \
    X(mtimecmp, devices.clint.mtimecmp, uint64_t, 64, "clint.mtimecmp", "mtimecmp", CLINT_NEVER)   \
    X(ier, devices.uart.ier, uint8_t, 4, "uart.ier", "uart-ier", 0)                                \
    X(fcr, devices.uart.fcr, uint8_t, 1, "uart.fcr", "uart-fcr", 0)                                \
    X(lcr, devices.uart.lcr, uint8_t, 8, "uart.lcr", "uart-lcr", 0)                                \
    X(mcr, devices.uart.mcr, uint8_t, 5, "uart.mcr", "uart-mcr", 0)                                \
    X(scr, devices.uart.scr, uint8_t, 8, "uart.scr", "uart-scr", 0)                                \
    X(dll, devices.uart.dll, uint8_t, 8, "uart.dll", "uart-dll", 0)                                \
    X(dlm, devices.uart.dlm, uint8_t, 8, "uart.dlm", "uart-dlm", 0)                                \
    X(rx_full, devices.uart.rx_full, bool, 1, "uart.rx_full", "uart-rx-full", 0)                   \
    X(rx, devices.uart.rx, uint8_t, 8, "uart.rx", "uart-rx", 0)                                    \
    X(tx_full, devices.uart.tx_full, bool, 1, "uart.tx_full", "uart-tx-full", 0)                   \
    X(tx, devices.uart.tx, uint8_t, 8, "uart.tx", "uart-tx", 0)                                    \
    X(finisher, devices.finisher.state, enum finisher_state, 2, "finisher.state", "finisher", 0)   \
    X(code, devices.finisher.code, uint32_t, 16, "finisher.code", "finisher-code", 0)

#define STATE_FIELD_ENUM(id, member, type, bits, name, kind, rest) STATE_##id,
enum state_field {
    STATE_FIELDS(STATE_FIELD_ENUM) STATE_FIELD_COUNT,
    STATE_storage = STATE_FIELD_COUNT, /* the words of RAM that are not shown */
    STATE_COMPONENT_COUNT
};
#undef STATE_FIELD_ENUM

/* A set of components, bit i for component i. */
typedef uint32_t state_set_of_components;

/* "mstatus", "uart.ier", ...; of STATE_storage "storage". */
const char *state_field_name(enum state_field field);

/* The kind of an instruction that depends on it: "location", "time", "mstatus", ... */
const char *state_field_kind(enum state_field field);

/* How many bits wide the field is, and its value at rest (not of STATE_storage). */
unsigned state_field_bits(enum state_field field);
uint64_t state_field_rest(enum state_field field);

uint64_t state_get(const struct state *s, enum state_field field);
void state_set(struct state *s, enum state_field field, uint64_t value);

/* Can a machine with so many bytes of RAM hold `value` in the field? */
bool state_field_legal(enum state_field field, uint64_t value, uint32_t ram_size);

/*
 * Can a machine with so many bytes of RAM be in it, between two instructions?  Each field legal, x0
 * zero, pc aligned; nothing in an empty receive latch, nothing sent and not taken, no exit asked
 * for.
 */
bool state_legal(const struct state *s, uint32_t ram_size);

/* Everything at rest: M-mode at the start of a RAM of zeros, R open and as identity. */
void state_reset(struct state *s);

/* Put `word` where pc points to, in M-mode and in U-mode, as far as that is in RAM. */
void state_plant(struct state *s, uint32_t word);

/* The window that the effective relocation shows. */
void state_window(const struct state *s, struct isa_window *w);

#define STATE_NO_RESERVATION 0xffffffffu

/* The reservation as it is shown: an offset in the window, or STATE_NO_RESERVATION. */
uint32_t state_reservation(const struct state *s);

/* Is the program state the same, the words shown alike wherever they lie? */
bool state_same_program(const struct state *a, const struct state *b);

/*
 * Which components of the system state one executed instruction has changed.
 * Counters and time advancing by one is no change; neither is a change of
 * mresv, which only gives the reservation a name.  ‘Shown’ is meant as before
 * the instruction.
 */
state_set_of_components state_changes(const struct state *before, const struct state *after);

/* In which components two states differ (STATE_storage: any word of RAM that neither or only one
 * shows). */
state_set_of_components state_differences(const struct state *a, const struct state *b);

/* A machine: what one step of it does.  devices_step, but for the tests of the classifier. */
typedef enum isa_result state_step(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
                                   const struct isa_variant *v, uint32_t *word,
                                   struct isa_outcome *out);

struct state_machine {
    state_step *step;
    const struct isa_variant *variant;
};

/* What the instruction at pc comes to, alone: no interrupt is taken. */
enum state_result {
    STATE_executed,
    STATE_trapped, /* `cause`, `tval`; the trap itself is not taken */
    STATE_waits,   /* wfi, and nothing in the state can wake it; it does not complete */
};

struct state_run {
    enum state_result result;
    uint32_t word; /* the instruction; 0 where it could not be fetched */
    uint32_t cause, tval;
    bool device; /* a device took the load or store */
    bool store;  /* ... and it was a store */
    struct state after;
};

/*
 * Run the instruction at pc.  A wfi with nothing pending sleeps until its
 * deadline, if it has one; no byte arrives meanwhile: the console is not part
 * of the state.
 */
void state_run(const struct state_machine *machine, const struct state *before,
               struct state_run *run);

/* Did it memory-trap: an access fault, of the fetch, of a load or of a store? */
bool state_memory_trapped(const struct state_run *run);

#endif
