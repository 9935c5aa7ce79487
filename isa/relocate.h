/* SPDX-License-Identifier: MIT */
/*
 * All arithmetic on the relocation-bounds register R, written once.
 *
 * The paper: "a >= b or a + l >= q: memory trap".  Here the two conditions are
 * folded into a window when mode or R changes, and an access is checked
 * against the window: one subtraction, one comparison, one addition.
 */
#ifndef ISA_RELOCATE_H
#define ISA_RELOCATE_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/hart.h"

/* The part of RAM that a program sees, at ISA_RAM_START: `bound` bytes from offset `base` on. */
struct isa_window {
    uint32_t base, bound;
};

/*
 * The effective relocation: in M-mode all of a RAM of `ram_size` bytes, as
 * identity; in U-mode what R = (mbase, mbound) lets through of it.
 *
 * An address va lies in the window iff, with off = va - ISA_RAM_START,
 * off + n <= mbound and mbase + off + n <= ram_size without wrap-around.
 */
static inline void
isa_window(uint32_t mode, uint32_t mbase, uint32_t mbound, uint32_t ram_size, struct isa_window *w)
{
    if (mode == ISA_MACHINE) {
        w->base = 0;
        w->bound = ram_size;
    } else if (mbase >= ram_size) {
        w->base = 0;
        w->bound = 0;
    } else {
        w->base = mbase;
        w->bound = mbound < ram_size - mbase ? mbound : ram_size - mbase;
    }
}

/* Do the `bytes` (1, 2 or 4) at `va` lie in the window?  Then *offset is where in RAM. */
static inline bool
isa_relocate(const struct isa_window *w, uint32_t va, uint32_t bytes, uint32_t *offset)
{
    uint32_t off = va - ISA_RAM_START;

    if (w->bound < bytes || off > w->bound - bytes)
        return false;
    *offset = w->base + off;
    return true;
}

#endif
