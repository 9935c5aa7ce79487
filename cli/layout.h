/* SPDX-License-Identifier: MIT */
/*
 * From what a description says runs on a machine to the image that the machine
 * boots from, where that is a bare-metal monitor; and who is where in it.
 */
#ifndef CLI_LAYOUT_H
#define CLI_LAYOUT_H

#include "cli/description.h"
#include "cli/target.h"
#include "vmm/hosted/pack.h"

enum { LAYOUT_NAME_MAX = LEVELS_MAX * VMM_NAME_MAX };

/* One guest in it, at whatever depth. */
struct layout_node {
    char name[LAYOUT_NAME_MAX];    /* `inner', or `right/inner' */
    const char *own_name;          /* the last part of it */
    unsigned depth;                /* monitors around it */
    unsigned path[LEVELS_MAX];     /* which guest of each, from the outermost on */
    uint32_t offset;               /* of its memory within the outermost's machine */
    bool monitor;                  /* it is one itself */
    struct target_program program; /* its program: the guest's own, or the monitor */
    struct image flat;             /* of a monitor: what it boots from */
    struct system_guest guest;     /* as it would be alone */
    uint8_t *input;                /* its own, if it has one */
};

struct layout {
    struct target_program monitor; /* vmm.elf */
    struct pack flat;              /* the same as it lies in memory */
    uint32_t monitor_size;         /* bytes of memory that a monitor takes for itself */
    uint32_t memory;               /* of the machine, bytes */
    struct pack pack;              /* the image */
    struct image image;            /* the same */
    struct layout_node **nodes;    /* a monitor's guests come after it */
    unsigned count;
};

/*
 * Lay out `run`, a bare-metal monitor with its guests, for a machine of
 * `memory` bytes, which `place` speaks of.  A memory of 0, the machine's or a
 * guest's, is as much as is needed there.  False, with what is wrong in *d,
 * and nothing to free.
 */
bool layout_build(struct layout *l, const struct description_run *run, uint32_t memory,
                  const struct diagnostic_place *place, struct diagnostics *d);
void layout_free(struct layout *l);

/* The guest called `name`: its whole name, or the last part, if only one has that.  Or NULL. */
const struct layout_node *layout_find(const struct layout *l, const char *name);

/* The first guest that is no monitor. */
const struct layout_node *layout_first(const struct layout *l);

/*
 * `depth` bare-metal monitors within each other and, as the innermost's only
 * guest, `image` with `memory` bytes.  `hybrid`: the innermost monitor is.
 * False where there is no memory; layout_free_chain takes either.
 */
bool layout_chain(struct description_run *run, unsigned depth, const char *image, uint32_t memory,
                  bool hybrid);
void layout_free_chain(struct description_run *run);

#endif
