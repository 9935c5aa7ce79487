/* SPDX-License-Identifier: MIT */
/*
 * What a bare-metal monitor and those who look at it from outside agree on:
 * the image that it boots from, and where its state lies in its memory.
 *
 * An image is flat: its first byte lies at ISA_RAM_START and is entered there,
 * in M-mode, with nothing else known.  It begins with struct image_header,
 * within the monitor; the guests' images follow the monitor, each at a
 * multiple of IMAGE_ALIGN from the first byte, the first one where the
 * monitor ends.  docs/nesting.md has it to the byte.
 *
 * Plain data without pointers, the same for the host and for RV32.
 */
#ifndef BARE_METAL_IMAGE_H
#define BARE_METAL_IMAGE_H

#include <stdint.h>

#include "vmm/bare-metal/offsets.h"
#include "vmm/vmm.h"

enum { IMAGE_ALIGN = 4096 };

/* A guest: what is put where, and how it is run.  A length of 0 ends nothing: `count` does. */
struct image_guest {
    char name[VMM_NAME_MAX]; /* ends with a 0 byte */
    uint32_t memory;         /* bytes of its allotment, a multiple of IMAGE_ALIGN */
    uint32_t offset, length; /* its own image in this one: from the first byte, bytes */
    uint32_t entry, a1;      /* pc and a1 when it starts */
    uint32_t weight, slice;  /* as in struct vm */
    uint32_t flags;          /* IMAGE_GUEST_... */
    uint32_t input;          /* its own input: offset in this image, below `end`... */
    uint32_t input_length;   /* ...and bytes */
};

#define IMAGE_GUEST_HYBRID 1u /* its virtual M-mode is interpreted */
#define IMAGE_GUEST_QUIET  2u /* what it sends to its console goes nowhere */
#define IMAGE_GUEST_INPUT  4u /* it has an input of its own, not the console's */
#define IMAGE_GUEST_REAL   8u /* its mtime follows real time */

struct image_header {
    uint32_t jump;  /* the first instruction: to the monitor's start */
    uint32_t magic; /* IMAGE_MAGIC */
    uint32_t version;
    uint32_t text, text_end; /* offsets: the monitor's code is [text, text_end) */
    uint32_t state;          /* offset of its struct bare */
    uint32_t state_size;     /* sizeof (struct bare) */
    uint32_t end; /* offset where the monitor ends, a multiple of IMAGE_ALIGN; in an image with
                     inputs, these included */

    /* The table: filled in by who lays out the image. */
    uint32_t memory; /* bytes of RAM of the machine it runs on */
    uint32_t length; /* of the whole image, bytes */
    uint32_t count;  /* guests */
    uint32_t focus;  /* index of the guest that the console's input goes to */
    uint32_t flags;  /* IMAGE_TAGGED, IMAGE_ATTENDED */
    struct image_guest guest[VMM_GUESTS_MAX];
};

/* For people only: what a guest reads and writes is no longer the same at every depth. */
#define IMAGE_TAGGED   1u /* lines of output begin with their guest's name */
#define IMAGE_ATTENDED 2u /* the monitor takes ^A from the console */

/*
 * The monitor's state at work.  The first fields are entry.S's, at the offsets
 * that it names; all else is port.c's and boot.c's.
 */
struct bare {
    uint32_t handler;   /* who takes the next trap; 0 while the monitor itself runs */
    uint32_t next;      /* what `handler` becomes when a guest is entered */
    uint32_t resumed;   /* minstret, low word, as the tail read it */
    uint32_t nowhere;   /* where a deadline goes that nobody wants */
    uint32_t frame;     /* what is in mscratch: the address of the x0 to x31 of who is entered */
    uint32_t ahead;     /* a new deadline: how far ahead of the tail's reading of minstret... */
    uint32_t where;     /* ...and the address it is stored to: mtimecmp, or that of `nowhere` */
    uint32_t tail;      /* instructions from that reading to the guest's first one, measured */
    uint32_t overhead;  /* the same, and from a trap to the entry's reading, measured */
    uint32_t lag;       /* mtime - minstret, low words */
    uint64_t base;      /* real time when mtime was last set back to 0 */
    uint32_t probe[32]; /* registers of the code that measures */
    struct vmm vmm;
};

#endif
