/* SPDX-License-Identifier: MIT */
/*
 * Bare-metal monitors within each other, as a place to try guests in: booted
 * once, kept as a snapshot, set back to it for each case; and the map f of the
 * paper into them.
 *
 * f is not worked out here: the virtual state is put where the innermost
 * monitor keeps it, and a timer interrupt given to every level.  That is one
 * too many, and harmless (vmm/scheduler.c: a timer left armed fires early at
 * worst); each monitor looks at its guest anew, and goes on with what it finds.
 */
#ifndef THEOREM_NESTED_H
#define THEOREM_NESTED_H

#include "vmm/hosted/pack.h"
#include "vmm/hosted/system.h"

enum {
    NESTED_DEPTH_MAX = 4,
    NESTED_GUEST = 64 << 10, /* bytes of a guest's memory */
    NESTED_GUESTS_MAX = 2,
};

/* What is booted. */
struct nested_spec {
    const struct isa_variant *variant;
    const struct pack *monitor; /* pack_flat of vmm.elf */
    bool hosted;                /* all of it in a VM of the hosted monitor */
    bool hybrid;                /* the innermost monitor interprets virtual M-mode */
    unsigned depth;             /* bare-metal monitors, 1 to NESTED_DEPTH_MAX */
    unsigned guests;            /* of the innermost one, 1 or 2; the first is the observed one */
    enum machine_engine engine;
};

/* The machine as it is when the first guest's first instruction is next. */
struct nested {
    unsigned depth;
    bool booted; /* false: the monitors never come that far */
    uint8_t *ram;
    struct isa_hart hart;
    struct devices devices;
    struct hosted hosted;
};

/*
 * Build the system and boot it.  False, with the reason, where that is not
 * possible for lack of memory; else nested_free, and system_free, give it back.
 */
bool nested_init(struct nested *n, struct system *s, const struct nested_spec *spec, char *error);
void nested_free(struct nested *n);

/* The whole machine as it was after boot, console excepted. */
void nested_restore(const struct nested *n, struct system *s);

/* The allotment of guest `index` of the innermost monitor becomes `memory` (NESTED_GUEST bytes);
 * returns where in real RAM it is. */
uint32_t nested_fill(struct system *s, unsigned index, const uint8_t *memory);

/* Its state becomes (h, d), all its counts 0. */
void nested_put(struct system *s, unsigned index, const struct isa_hart *h,
                const struct devices *d);

/* Bytes of console input that some level has taken in and its guest has not are forgotten. */
void nested_forget_input(struct system *s);

/* Its turns are `slice` steps from now on. */
void nested_slice(struct system *s, unsigned index, uint32_t slice);

/* After nested_put or nested_slice: all monitors are to look at their guests anew.  Of the
 * console's input, each level is given a byte. */
void nested_enter(struct system *s);

/*
 * Run for about `steps` real steps, then until some guest of the innermost
 * monitor executes directly, so that the states of all of them can be seen, or
 * to an end.  MACHINE_lost: that never came; under a hybrid monitor, whose
 * guests need not execute directly for long, that tells nothing.
 */
enum machine_stop nested_run(struct system *s, uint64_t steps);

/* Run `steps` real steps, whatever level is at work then. */
enum machine_stop nested_go_on(struct system *s, uint64_t steps);

/* Guest `index` as its monitor has it, mip, mresv and all counts as they are now; its memory. */
void nested_guest(const struct system *s, unsigned index, struct vm *vm, struct isa_ram *ram);

/* Is the code of every monitor what it was, and the memory that nobody was given? */
bool nested_unharmed(const struct nested *n, const struct system *s);

/*
 * After nested_run: does the real machine hold what only the monitors may have
 * put there?  False, with the reason in *what, where it does not.
 */
bool nested_controlled(const struct system *s, const char **what);

#endif
