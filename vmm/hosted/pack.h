/* SPDX-License-Identifier: MIT */
/*
 * Laying out the image that a bare-metal monitor boots from: the monitor, its
 * table, its guests' images (vmm/bare-metal/image.h).
 */
#ifndef PACK_H
#define PACK_H

#include "machine/image.h"
#include "vmm/bare-metal/image.h"

/* A flat image: bytes from ISA_RAM_START on. */
struct pack {
    uint8_t *bytes;
    uint32_t length;
    uint32_t entry;
};

struct pack_guest {
    const char *name;
    uint32_t memory;        /* bytes, a multiple of IMAGE_ALIGN */
    struct pack image;      /* what it starts with; may be another monitor's image */
    uint32_t a1;            /* what it finds in a1 */
    uint32_t weight, slice; /* 0: as vmm_add sets them */
    bool hybrid;
    bool has_input; /* one of its own */
    const uint8_t *input;
    uint32_t input_length; /* bytes */
    bool real_clock;
};

/* The segments of `image` as they lie in RAM; false, with the reason, where there is no memory, or
 * they don't fit in `memory` bytes from ISA_RAM_START on. */
bool pack_flat(const struct image *image, uint32_t memory, struct pack *out, char *error);

/* The bytes of memory that the monitor takes for itself, but for its guests' inputs
 * (pack_inputs_size); 0, with the reason, where it is none. */
uint32_t pack_monitor_size(const struct pack *monitor, char *error);

/* The bytes of memory that inputs of `length` bytes in all take beside the monitor. */
uint64_t pack_inputs_size(uint64_t length);

/*
 * The image of `monitor` (pack_flat of vmm.elf) with `count` guests, for a
 * machine with `memory` bytes, which must do: the monitor's own and the
 * guests'.  False, with the reason.
 */
bool pack_build(const struct pack *monitor, const struct pack_guest *guests, unsigned count,
                uint32_t memory, struct pack *out, char *error);

/*
 * An image as it lies in `size` bytes of RAM before it has booted: the guest at
 * the end of `path` (which guest of each of `depth` monitors within each other)
 * has the console's input, and none of its own; if `alone`, the other guests on
 * the way are quiet.  False where the path leads nowhere.
 */
bool pack_focus(uint8_t *ram, uint32_t size, const unsigned *path, unsigned depth, bool alone);

/*
 * The same for a person at a console: every monitor in it has `flags`
 * (IMAGE_...), but that one which does not read from the console, nor those in
 * it, take no ^A.  False where there is no monitor.
 */
bool pack_attend(uint8_t *ram, uint32_t size, uint32_t flags);

void pack_free(struct pack *p);

#endif
