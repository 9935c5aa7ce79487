/* SPDX-License-Identifier: MIT */
/* Any state that the machine can be in, and the window lemma's summary. */
#ifndef PROOF_STATES_H
#define PROOF_STATES_H

#include "machine/devices/devices.h"
#include "tests/proof/prove.h"

#define RAM_MAX 0x40000000u /* 1 GiB, the largest RAM the machine has */

/* Any legal values of all CSRs, x, pc, in `mode`; mip is derived from `d`. */
static inline void
any_hart(struct isa_hart *h, uint32_t mode, uint32_t ram_size)
{
    sym_registers("x", h->x);
    assume(h->x[0] == 0);
    h->pc = sym("pc") & ~3u;
    h->mode = mode;
    h->mstatus = (sym("mstatus") & (MSTATUS_MIE | MSTATUS_MPIE)) | (sym("mpp") & 1) * MSTATUS_MPP;
    h->mie = sym("mie") & (MIP_MSI | MIP_MTI | MIP_MEI);
    h->mtvec = sym("mtvec") & ~2u;
    h->mscratch = sym("mscratch");
    h->mepc = sym("mepc") & ~3u;
    h->mcause = sym("mcause");
    h->mtval = sym("mtval");
    h->mbase = sym("mbase") & ~3u;
    h->mbound = sym("mbound") & ~3u;
    h->mresv = sym("mresv") & ~2u;
    assume((h->mresv == 0) | ((h->mresv & ~3u) < ram_size));
    h->mcycle = sym64("mcycle");
    h->minstret = sym64("minstret");
    h->mtime = sym64("mtime");
}

/* Any state of the devices between two instructions (theorem/state.h, state_legal). */
static inline void
any_devices(struct devices *d)
{
    d->clint.msip = sym("clint.msip") & 1;
    d->clint.mtimecmp = sym64("clint.mtimecmp");
    d->uart.ier = (uint8_t)(sym("uart.ier") & 0xf);
    d->uart.fcr = (uint8_t)(sym("uart.fcr") & 1);
    d->uart.lcr = (uint8_t)sym("uart.lcr");
    d->uart.mcr = (uint8_t)(sym("uart.mcr") & 0x1f);
    d->uart.scr = (uint8_t)sym("uart.scr");
    d->uart.dll = (uint8_t)sym("uart.dll");
    d->uart.dlm = (uint8_t)sym("uart.dlm");
    d->uart.rx_full = (sym("uart.rx_full") & 1) != 0;
    d->uart.rx = (uint8_t)sym("uart.rx");
    assume((d->uart.rx == 0) | d->uart.rx_full);
    d->uart.tx_full = false;
    d->uart.tx = 0;
    d->finisher.state = FINISHER_idle;
    d->finisher.code = 0;
}

/* All of a processor and its devices, by the names that the command reads (cli/state_file.h). */
static inline void
show_machine(const struct isa_hart *h, const struct devices *d)
{
    observe("mode", h->mode);
    observe("pc", h->pc);
    observe_registers("registers", h->x);
    observe("mbase", h->mbase);
    observe("mbound", h->mbound);
    observe("mstatus", h->mstatus);
    observe("mie", h->mie);
    observe("mtvec", h->mtvec);
    observe("mscratch", h->mscratch);
    observe("mepc", h->mepc);
    observe("mcause", h->mcause);
    observe("mtval", h->mtval);
    observe("mresv", h->mresv);
    observe("mcycle", h->mcycle);
    observe("minstret", h->minstret);
    observe("mtime", h->mtime);
    observe("clint.msip", d->clint.msip);
    observe("clint.mtimecmp", d->clint.mtimecmp);
    observe("uart.ier", d->uart.ier);
    observe("uart.fcr", d->uart.fcr);
    observe("uart.lcr", d->uart.lcr);
    observe("uart.mcr", d->uart.mcr);
    observe("uart.scr", d->uart.scr);
    observe("uart.dll", d->uart.dll);
    observe("uart.dlm", d->uart.dlm);
    observe("uart.rx_full", d->uart.rx_full);
    observe("uart.rx", d->uart.rx);
    observe("uart.tx_full", d->uart.tx_full);
    observe("uart.tx", d->uart.tx);
    observe("finisher.state", d->finisher.state);
    observe("finisher.code", d->finisher.code);
}

/* devices_lines without a branch; lemma_lines proves that it is the same. */
static inline uint32_t
lines_summary(const struct devices *d, uint64_t mtime)
{
    return (uint32_t)(d->clint.msip != 0) << 3 | (uint32_t)(mtime >= d->clint.mtimecmp) << 7 |
           (uint32_t)(d->uart.rx_full & ((d->uart.ier & UART_IER_RX) != 0)) << 11;
}

#endif
