/* SPDX-License-Identifier: MIT */
/*
 * The devices around one processor, and the bus that finds them by address:
 * the machine's real ones, and one set for each virtual machine.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/execute.h"
#include "machine/devices/clint.h"
#include "machine/devices/finisher.h"
#include "machine/devices/uart.h"

struct devices {
    struct clint clint;
    struct uart uart;
    struct finisher finisher;
};

void devices_reset(struct devices *d);

/*
 * Serve `a` for the processor `h`: false where no device takes it (address,
 * width), which is an access fault.  Afterwards the owner looks at uart.tx_full,
 * uart.rx_full and finisher.state.
 */
bool devices_access(struct devices *d, struct isa_hart *h, struct isa_access *a);

/* Is there a device register at `address`, for any width?  Changes nothing. */
bool devices_at(uint32_t address);

/* The interrupt lines, as mip has them, at time `mtime`. */
uint32_t devices_lines(const struct devices *d, uint64_t mtime);

/*
 * What ends a wfi with nothing pending (docs/machine.md, ‘Time’): ways that can be waited for,
 * any of them, or none, and then nothing can ever wake it.
 */
struct devices_wait {
    bool timer; /* MTIE is set, and there is a deadline */
    bool input; /* MEIE and IER.0 are set: a byte */
};

void devices_wait(const struct devices *d, const struct isa_hart *h, struct devices_wait *w);

/*
 * The wfi at pc ends at its deadline: it retires, and mtime is
 * max(mtime + 1, mtimecmp) afterwards.
 */
void devices_sleep(const struct devices *d, struct isa_hart *h);

/*
 * Fetch the instruction at pc and execute it, devices included: ISA_DONE,
 * ISA_TRAP (not taken as yet: `out`) or ISA_WAIT.  *word is the instruction,
 * where it could be fetched (0 otherwise).
 */
enum isa_result devices_step(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
                             const struct isa_variant *v, uint32_t *word, struct isa_outcome *out);

#endif
