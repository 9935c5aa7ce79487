/* SPDX-License-Identifier: MIT */
/*
 * Machine descriptions (docs/descriptions.md): what machine, and what runs on
 * it.  That is an image, or a monitor with guests, each of which is again a
 * machine.  The structs mirror the YAML; all that is in them has been checked.
 */
#ifndef CLI_DESCRIPTION_H
#define CLI_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assembler/diagnostic.h"
#include "vmm/vmm.h"

enum {
    DESCRIPTION_GUESTS_MAX = VMM_GUESTS_MAX,   /* of one monitor */
    DESCRIPTION_DEPTH_MAX = 16,                /* monitors within each other */
    DESCRIPTION_NAME_MAX = VMM_NAME_MAX - 1,   /* bytes of a guest's name */
    DESCRIPTION_WEIGHT_DEFAULT = 1,            /* slices in a row */
    DESCRIPTION_WEIGHT_MAX = 1000,             /* slices in a row */
    DESCRIPTION_SLICE_DEFAULT = VMM_SLICE,     /* steps */
    DESCRIPTION_SLICE_MIN = 100,               /* steps */
    DESCRIPTION_SLICE_MAX = 1000 * 1000 * 1000 /* steps: a timer reaches less than 2^31 ahead */
};

enum description_monitor { MONITOR_hosted, MONITOR_bare_metal };
enum description_clock { CLOCK_virtual, CLOCK_real };

struct description_guest;

/* What runs on a machine.  Paths are relative to the current folder, not to the description's. */
struct description_run {
    char *image; /* an ELF, a .s, or `builtin:guestos'; NULL: a monitor with guests */
    enum description_monitor monitor;
    bool hybrid;
    struct description_guest *guests;
    size_t guest_count;            /* 1 to DESCRIPTION_GUESTS_MAX where there is no image */
    struct diagnostic_place place; /* of the image, or of the monitor */
};

struct description_guest {
    char *name;      /* unique among the monitor's guests */
    uint32_t memory; /* bytes */
    uint32_t weight; /* slices in a row */
    uint32_t slice;  /* steps: retired instructions and traps taken */
    enum description_clock clock;
    char *input;                   /* a file for its console, or NULL */
    struct diagnostic_place place; /* of its memory's size */
    struct description_run run;
};

struct description {
    char *isa;                     /* a variant's name or file, for variant_find */
    uint32_t memory;               /* bytes */
    char *dtb;                     /* a device tree's file, or NULL */
    struct diagnostic_place place; /* of its memory's size, or of the machine */
    struct description_run run;
    struct source source; /* the text that the places refer to */
};

/*
 * Read the file `path` into *out (description_free).  All mistakes go to *d;
 * false, and NULL, where there is one.  Warnings alone do no harm.  Checked
 * too is that each file it names can be read.
 */
bool description_read(const char *path, struct diagnostics *d, struct description **out);

/* The same from the text of a file that is called `path`, looking at no other file. */
bool description_parse(const char *path, const char *text, size_t length, struct diagnostics *d,
                       struct description **out);

/* Give back a description, which may be NULL. */
void description_free(struct description *description);

/* How many levels of virtual machines it has: 0 for an image, 1 for a monitor whose guests are
 * images, ... */
unsigned description_depth(const struct description_run *run);

#endif
