/* SPDX-License-Identifier: MIT */
#include "machine/devices/devices.h"

void
devices_reset(struct devices *d)
{
    clint_reset(&d->clint);
    uart_reset(&d->uart);
    finisher_reset(&d->finisher);
}

bool
devices_access(struct devices *d, struct isa_hart *h, struct isa_access *a)
{
    uint32_t at = a->address;

    if (at - UART_START < UART_SIZE)
        return uart_access(&d->uart, at - UART_START, a);
    if (at - CLINT_START < CLINT_SIZE)
        return clint_access(&d->clint, h, at - CLINT_START, a);
    if (at == FINISHER_START)
        return finisher_access(&d->finisher, 0, a);
    return false;
}

bool
devices_at(uint32_t address)
{
    return address - UART_START < UART_SIZE || address - CLINT_START < CLINT_SIZE ||
           address == FINISHER_START;
}

uint32_t
devices_lines(const struct devices *d, uint64_t mtime)
{
    return clint_lines(&d->clint, mtime) | uart_lines(&d->uart);
}

void
devices_wait(const struct devices *d, const struct isa_hart *h, struct devices_wait *w)
{
    w->timer = (h->mie & MIP_MTI) != 0 && d->clint.mtimecmp != CLINT_NEVER;
    w->input = (h->mie & MIP_MEI) != 0 && (d->uart.ier & UART_IER_RX) != 0;
}

void
devices_sleep(const struct devices *d, struct isa_hart *h)
{
    isa_retire(h);
    if (h->mtime < d->clint.mtimecmp)
        h->mtime = d->clint.mtimecmp;
}

enum isa_result
devices_step(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
             const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    enum isa_result r;

    *word = 0;
    r = isa_fetch(h, ram, word, out);
    if (r == ISA_DONE)
        r = isa_execute(h, ram, v, *word, out);
    if (r != ISA_ACCESS)
        return r;
    if (!devices_access(d, h, &out->access))
        return isa_refuse(out);
    isa_complete(h, *word, &out->access);
    return ISA_DONE;
}
