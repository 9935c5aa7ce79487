/* SPDX-License-Identifier: MIT */
#include "machine/devices/uart.h"

/* DSR, CTS and DCD are up: somebody is at the other end, always. */
#define MSR_VALUE 0xb0u

#define IIR_NONE 0x01u
#define IIR_RX   0x04u
#define IIR_FIFO 0xc0u /* as long as FCR.0 enables the FIFOs */
#define FCR_FIFO 0x01u

void
uart_reset(struct uart *u)
{
    static const struct uart rest;
    uint8_t rx = u->rx;
    bool rx_full = u->rx_full;

    *u = rest;
    u->rx = rx;
    u->rx_full = rx_full;
}

void
uart_receive(struct uart *u, uint8_t byte)
{
    u->rx = byte;
    u->rx_full = true;
}

uint32_t
uart_lines(const struct uart *u)
{
    return u->rx_full && (u->ier & UART_IER_RX) != 0 ? MIP_MEI : 0;
}

/* RBR reads 0 when empty; reading it frees the latch. */
static uint8_t
take(struct uart *u)
{
    uint8_t byte = u->rx_full ? u->rx : 0;

    u->rx = 0;
    u->rx_full = false;
    return byte;
}

static uint8_t
load(struct uart *u, uint32_t reg)
{
    bool dlab = (u->lcr & UART_LCR_DLAB) != 0;

    switch (reg) {
    case UART_RBR: return dlab ? u->dll : take(u);
    case UART_IER: return dlab ? u->dlm : u->ier;
    case UART_IIR:
        return (uint8_t)((uart_lines(u) != 0 ? IIR_RX : IIR_NONE) |
                         ((u->fcr & FCR_FIFO) != 0 ? IIR_FIFO : 0));
    case UART_LCR: return u->lcr;
    case UART_MCR: return u->mcr;
    case UART_LSR: return (uint8_t)(UART_LSR_TX | (u->rx_full ? UART_LSR_RX : 0));
    case UART_MSR: return MSR_VALUE;
    default: return u->scr;
    }
}

static void
store(struct uart *u, uint32_t reg, uint8_t value)
{
    bool dlab = (u->lcr & UART_LCR_DLAB) != 0;

    switch (reg) {
    case UART_RBR:
        if (dlab) {
            u->dll = value;
        } else {
            u->tx = value;
            u->tx_full = true;
        }
        break;
    case UART_IER:
        if (dlab)
            u->dlm = value;
        else
            u->ier = value & 0x0f;
        break;
    case UART_IIR: u->fcr = value & FCR_FIFO; break; /* FCR; its FIFO resets lose nothing here */
    case UART_LCR: u->lcr = value; break;
    case UART_MCR: u->mcr = value & 0x1f; break;
    case UART_SCR: u->scr = value; break;
    default: break; /* LSR and MSR are read-only */
    }
}

bool
uart_access(struct uart *u, uint32_t offset, struct isa_access *a)
{
    if (a->bytes != 1 || offset >= UART_SIZE)
        return false;
    if (a->store)
        store(u, offset, (uint8_t)a->value);
    else
        a->value = load(u, offset);
    return true;
}
