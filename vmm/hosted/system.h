/* SPDX-License-Identifier: MIT */
/*
 * A whole: the outermost machine with its console, and on it either one
 * program, bare, or a hosted monitor with guests.  What `run` runs, the REPL
 * steps and `compare` compares; one *observed* guest is what they speak of.
 * The program, or a guest, may be a bare-metal monitor with guests of its own;
 * then one of these may be the observed one.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "machine/image.h"
#include "machine/machine.h"
#include "vmm/hosted/hosted.h"
#include "vmm/hosted/levels.h"

enum {
    SYSTEM_RESERVED = 1 << 20, /* bytes at the bottom of RAM that a hosted monitor leaves alone */
};

struct system_guest {
    const char *name;
    const struct image *image;
    uint32_t memory;        /* bytes, a multiple of 4 KiB; at least 1 MiB */
    uint32_t weight, slice; /* 0: as vmm_add sets them */
    bool hybrid;
    bool has_input; /* one of its own, not the console's; the bytes must outlive the system */
    const uint8_t *input;
    uint32_t input_length; /* bytes */
    bool real_clock;
};

/*
 * Where the guests[observed] of a system_spec is a bare-metal monitor's image
 * (pack.h), and what is observed is inside it.
 */
struct system_inner {
    unsigned depth;                   /* monitors around it within that guest; 0: there is none */
    unsigned path[LEVELS_MAX];        /* which guest of each, from the outermost on */
    uint32_t offset;                  /* of its memory within the guest's */
    const struct system_guest *guest; /* what is observed, as it would be alone */
};

struct system_spec {
    const struct isa_variant *variant;
    bool hosted;       /* guests under a monitor; else guests[0] alone, bare */
    uint32_t memory;   /* of the outermost machine, hosted; 0: as much as the guests need */
    unsigned count;    /* guests; 1 if bare */
    unsigned observed; /* index of a guest */
    const struct system_guest *guests;
    uint32_t a1;                /* what the guests find in a1 */
    enum machine_engine engine; /* of the outermost machine */
    struct system_inner inner;
};

struct system {
    struct machine machine;
    struct console console;
    struct console_text output; /* what was sent, where it is collected (console.collect) */
    bool is_hosted;
    struct hosted hosted;
    unsigned observed;
    struct system_inner inner;
    uint64_t patience; /* real steps without one of the observed guest's, where that alone matters,
                          after which it is lost */
    struct vm *seen;   /* the observed guest, where it is an inner one, as it was last looked at */
};

/*
 * Build it: memory, images loaded, everything at reset.  The console is
 * attached to nothing (console_init): the caller gives it input and output.
 * On failure `error` (IMAGE_ERROR_MAX bytes) says why, and nothing is kept.
 * The structure must not move afterwards.
 */
bool system_init(struct system *s, const struct system_spec *spec, char *error);
void system_free(struct system *s);

/*
 * Run until the observed guest has made `steps` more steps, or the run ends.
 * An inner guest is seen at its boundaries alone, where its own instruction is
 * next, so it may have made some more: an interrupt taken right after an
 * instruction that its monitor interpreted.  With 0 steps it is brought to
 * its first boundary.
 */
enum machine_stop system_run(struct system *s, uint64_t steps);

/* The same, but where the observed guest is an inner one, for at most about `real` steps of the
 * outermost machine: it may not go on at all while others do. */
enum machine_stop system_run_for(struct system *s, uint64_t steps, uint64_t real);

/* The same as system_run, but the run ends with the observed guest, too, whatever others do
 * (hosted_run_one). */
enum machine_stop system_run_one(struct system *s, uint64_t steps);

/*
 * Before the first step: the console's input goes to the observed guest, which
 * has none of its own then; if `alone`, the other guests' output goes nowhere.
 */
void system_focus(struct system *s, bool alone);

/*
 * Before the first step: a person looks on.  The monitors tag their guests'
 * lines, if `tagged`, and take ^A, if `attended`.  False where there is no monitor.
 */
bool system_attend(struct system *s, bool tagged, bool attended);

/*
 * Level `i` of the chain of processors that leads to the observed guest, the
 * real one being 0; false beyond the last, or where the monitor below has not
 * started it yet.
 */
bool system_level(const struct system *s, unsigned i, struct level *level);

/* The observed guest's processor as it sees it, mip and mresv included. */
void system_hart(const struct system *s, struct isa_hart *h);

/* Its memory, its devices, the steps it made, and the VM it is (NULL if bare). */
void system_ram(const struct system *s, struct isa_ram *ram);
const struct devices *system_devices(const struct system *s);
uint64_t system_steps(const struct system *s);
const struct vm *system_vm(const struct system *s);

#endif
