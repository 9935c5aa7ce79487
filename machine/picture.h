/* SPDX-License-Identifier: MIT */
/*
 * Pictures of a RAM, taken at different times: pages that are alike in two
 * pictures are kept once, and pages of zeros not at all.  So a picture costs
 * what has changed since the one before, and a gigabyte that nobody has touched
 * costs nothing.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/hart.h"

enum { PICTURE_PAGE = 4096 };

struct picture;

/*
 * Which pages of a RAM the host has memory for; the others are zero.  Reading
 * those would make it give them some.
 */
struct picture_presence {
    int fd; /* of the host's own account; -1: there is none, and all count as present */
    uint64_t entries[512];
    uint32_t first, count; /* the pages that `entries` tell of */
};

/*
 * A picture of `ram` as it is; `before`, one of the same RAM or NULL, has its
 * pages shared.  NULL where there is no memory for it.  *bytes, the sum of what
 * all pictures take, is kept up to date, and NULL, too, where it would become
 * more than `most`; *present is how many pages were looked at.
 */
struct picture *picture_take(const struct isa_ram *ram, const struct picture *before,
                             uint64_t *bytes, uint64_t most, uint32_t *present);
void picture_free(struct picture *p, uint64_t *bytes);

/*
 * Make `ram` what it was.  `written` is called for each page that had to be
 * changed, with its offset.
 */
void picture_restore(const struct picture *p, const struct isa_ram *ram,
                     void (*written)(void *context, uint32_t offset), void *context);

/* The page at index i as it was; NULL: zeros. */
const uint8_t *picture_page(const struct picture *p, uint32_t i);

/* How many pages it is of. */
uint32_t picture_pages(const struct picture *p);

#endif
