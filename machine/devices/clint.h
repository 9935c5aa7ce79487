/* SPDX-License-Identifier: MIT */
/*
 * The core-local interruptor: software interrupt, timer compare, time.
 * Registers as in QEMU's `virt`, all 32 bits wide, two halves for the timer:
 *
 *   +0x0000 msip (bit 0)   +0x4000 mtimecmp, +0x4004 its high word
 *                          +0xbff8 mtime,    +0xbffc its high word
 *
 * mtime itself is the processor's, since it advances with each instruction.
 */
#ifndef CLINT_H
#define CLINT_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/hart.h"

#define CLINT_START    0x02000000u
#define CLINT_MSIP     0x0000u
#define CLINT_MTIMECMP 0x4000u
#define CLINT_MTIME    0xbff8u
#define CLINT_SIZE     0xc000u

#define CLINT_NEVER 0xffffffffffffffffu /* mtimecmp that never comes */

struct clint {
    uint32_t msip; /* 0 or 1 */
    uint64_t mtimecmp;
};

/* At rest: no software interrupt, no deadline. */
void clint_reset(struct clint *c);

/*
 * Serve a load or store at `offset` from CLINT_START; false (an access fault)
 * where there is no register or the access is not 32 bits wide.  A value
 * written to mtime is what the next instruction reads (isa_csr_write).
 */
bool clint_access(struct clint *c, struct isa_hart *h, uint32_t offset, struct isa_access *a);

/* The interrupt lines it drives at time `mtime`: MIP_MSI, MIP_MTI. */
uint32_t clint_lines(const struct clint *c, uint64_t mtime);

#endif
