/* SPDX-License-Identifier: MIT */
/* What entry.S has to know of image.h, as numbers; port.c checks them. */
#ifndef BARE_METAL_OFFSETS_H
#define BARE_METAL_OFFSETS_H

#define IMAGE_MAGIC   0x6d6d7674 /* "tvmm" in memory */
#define IMAGE_VERSION 2          /* of the layouts in image.h */

/* struct image_header: how much of it is the table, which who lays out an image fills in. */
#define IMAGE_TABLE_BYTES 916

/* struct bare */
#define BARE_HANDLER 0
#define BARE_NEXT    4
#define BARE_RESUMED 8
#define BARE_NOWHERE 12
#define BARE_FRAME   16
#define BARE_AHEAD   20
#define BARE_WHERE   24
#define BARE_PROBE   48

/* What the monitor's own fault ends the machine with. */
#define BARE_FAULT_CODE 98

#endif
