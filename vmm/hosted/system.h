/* SPDX-License-Identifier: MIT */
/*
 * A whole: the outermost machine with its console, and on it either one
 * program, bare, or a hosted monitor with guests.  What `run` runs, the REPL
 * steps and `compare` compares; one *observed* guest is what they speak of.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "machine/image.h"
#include "machine/machine.h"
#include "vmm/hosted/hosted.h"

enum {
    SYSTEM_RESERVED = 1 << 20, /* bytes at the bottom of RAM that a hosted monitor leaves alone */
};

struct system_guest {
    const char *name;
    const struct image *image;
    uint32_t memory;        /* bytes, a multiple of 4 KiB; at least 1 MiB */
    uint32_t weight, slice; /* 0: as vmm_add sets them */
    bool hybrid;
};

struct system_spec {
    const struct isa_variant *variant;
    bool hosted;       /* guests under a monitor; else guests[0] alone, bare */
    uint32_t memory;   /* of the outermost machine, hosted; 0: as much as the guests need */
    unsigned count;    /* guests; 1 if bare */
    unsigned observed; /* index of a guest */
    const struct system_guest *guests;
    uint32_t a1; /* what the guests find in a1 */
};

struct system {
    struct machine machine;
    struct console console;
    struct console_text output; /* what was sent, where it is collected (console.collect) */
    bool is_hosted;
    struct hosted hosted;
    unsigned observed;
};

/*
 * Build it: memory, images loaded, everything at reset.  The console is
 * attached to nothing (console_init): the caller gives it input and output.
 * On failure `error` (IMAGE_ERROR_MAX bytes) says why, and nothing is kept.
 * The structure must not move afterwards.
 */
bool system_init(struct system *s, const struct system_spec *spec, char *error);
void system_free(struct system *s);

/* Run until the observed guest has made `steps` more steps, or the run ends. */
enum machine_stop system_run(struct system *s, uint64_t steps);

/* The observed guest's processor as it sees it, mip and mresv included. */
void system_hart(const struct system *s, struct isa_hart *h);

/* Its memory, its devices, the steps it made, and the VM it is (NULL if bare). */
void system_ram(const struct system *s, struct isa_ram *ram);
const struct devices *system_devices(const struct system *s);
uint64_t system_steps(const struct system *s);
const struct vm *system_vm(const struct system *s);

#endif
