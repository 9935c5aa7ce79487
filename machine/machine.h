/* SPDX-License-Identifier: MIT */
/*
 * The real machine: one processor, RAM, devices, a console; a reference
 * engine, plain and readable, that runs it instruction by instruction.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/execute.h"
#include "machine/console.h"
#include "machine/devices/devices.h"
#include "machine/engine.h"
#include "machine/threaded.h"

enum {
    MACHINE_RAM_MIN = 1 << 20,
    MACHINE_RAM_MAX = 1 << 30,
    MACHINE_RAM_DEFAULT = 16 << 20,
    MACHINE_PAGE = 4096,            /* RAM is a multiple of it */
    MACHINE_TICK_NANOSECONDS = 100, /* nominal timebase 10 MHz, as QEMU's */
};

#define MACHINE_NO_TOHOST 0xffffffffu

/* Why a run stopped. */
enum machine_stop {
    MACHINE_running, /* it did not: the budget of steps is used up */
    MACHINE_exit,    /* the finisher, or tohost: exit_code */
    MACHINE_halted,  /* wfi, and nothing can ever wake it */
    MACHINE_trapped, /* a trap out of U-mode, taken, while `monitored` */
    MACHINE_quit,    /* from the console: ^A x, or a signal */
    MACHINE_lost,    /* a hosted monitor has lost control: its guest runs in real M-mode */
};

/* What the last step was. */
struct machine_event {
    uint32_t pc, mode; /* before it */
    uint32_t word;     /* the instruction; 0 where none was fetched */
    bool executed;     /* an instruction was (tried to be) executed; else an interrupt was taken */
    bool trapped;      /* a trap was taken: cause, tval */
    uint32_t cause, tval;
    bool device; /* a device served it: access */
    struct isa_access access;
};

enum { MACHINE_PLACES_MAX = 64, MACHINE_WORDS_MAX = 32 };

/*
 * What a run looks out for: it ends after the step that brought pc to one of
 * the places, or changed one of the words.  Nobody but who looks on knows of it.
 */
struct machine_lookout {
    unsigned places, words;
    struct {
        uint32_t address; /* an offset in RAM, or, if `as_seen`, what pc itself is */
        bool as_seen;
    } place[MACHINE_PLACES_MAX];
    uint64_t filter; /* a bit for each place (machine_look_at) */
    struct {
        const void *at; /* 4 bytes of the processor's state, or of RAM */
        uint32_t was;
    } word[MACHINE_WORDS_MAX];
    bool seen;              /* the last run ended for that, and not for its budget */
    struct isa_hart before; /* then: the processor before that step */
};

struct machine {
    struct isa_hart hart;
    struct isa_ram ram;
    struct devices devices;
    const struct isa_variant *variant;
    struct console *console;

    uint32_t entry, a1; /* of a reset */
    uint32_t tohost;    /* offset in RAM of the word watched, or MACHINE_NO_TOHOST */
    bool monitored;     /* traps out of U-mode stop the run: a hosted monitor takes them */

    uint64_t steps; /* retired instructions plus traps taken, since the start */
    uint64_t traps; /* of these, traps taken */
    uint32_t exit_code;
    struct machine_event last; /* of machine_step; a run of more steps than one need not set it */

    struct machine_lookout *lookout; /* of machine_run, by the reference engine then; NULL: none */
    enum machine_engine engine;      /* which one runs it; the reference, where nobody says */
    struct threaded threaded;
    struct decoded decoded;
};

/*
 * A machine with `ram_size` bytes of zeroed RAM (a multiple of 4 KiB, 1 MiB to
 * 1 GiB); false where there is no memory for it.  It is at reset, with entry
 * at the start of RAM.  machine_free gives the memory back.
 */
bool machine_init(struct machine *m, uint32_t ram_size, const struct isa_variant *variant,
                  struct console *console);
void machine_free(struct machine *m);

/* Reset and start (docs/machine.md): RAM is kept. */
void machine_reset(struct machine *m);

/* One step: an interrupt taken, or an instruction that retires or traps.  The reference engine. */
enum machine_stop machine_step(struct machine *m);

/* Run for at most `steps` steps, by the machine's engine. */
enum machine_stop machine_run(struct machine *m, uint64_t steps);

/* Nothing is looked out for as yet; one more place, or word: false where there are too many. */
void machine_look_for_nothing(struct machine_lookout *l);
bool machine_look_at(struct machine_lookout *l, uint32_t address, bool as_seen);
bool machine_look_for(struct machine_lookout *l, const void *word);

/*
 * `bytes` bytes of RAM from `offset` on have been changed by somebody else than
 * the processor: to be called before it runs again, lest an engine executes
 * what was there before.
 */
void machine_written(struct machine *m, uint32_t offset, uint32_t bytes);

/* For engines: take a trap, as machine_step does.  MACHINE_trapped: a monitor is to see it. */
enum machine_stop machine_trap(struct machine *m, uint32_t cause, uint32_t tval);

/* The threaded engine: machine_run for machines that have it. */
enum machine_stop threaded_run(struct machine *m, uint64_t steps);

/*
 * Idle, as a wfi with nothing pending does: until `ticks` have passed (if
 * `timer`) or a byte is there (if `input`); paced on a terminal.  Returns
 * MACHINE_running when woken: *elapsed is the ticks that passed, `ticks` where
 * the timer woke it, and *byte whether a byte did.
 */
enum machine_stop machine_idle(struct machine *m, bool timer, uint64_t ticks, bool input,
                               uint64_t *elapsed, bool *byte);

/*
 * The convention of Spike's host interface: an odd value in the word watched
 * ends the run, with the value >> 1 as exit_code.  The machine looks at it
 * after each instruction of its own.
 */
bool machine_told(struct machine *m);

/* Let the UART send what it has, and receive what the console has. */
void machine_serve_uart(struct machine *m);

#endif
