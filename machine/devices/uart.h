/* SPDX-License-Identifier: MIT */
/*
 * The serial console: a subset of the ns16550a, 8 byte-wide registers.
 *
 *   +0 RBR / THR (DLAB: DLL)   +1 IER (DLAB: DLM)   +2 IIR / FCR   +3 LCR
 *   +4 MCR                     +5 LSR               +6 MSR         +7 SCR
 *
 * A state machine without a wire: who owns it takes the byte sent from `tx`
 * after each access, and puts the next byte received into `rx` whenever the
 * latch is free and a byte is there.
 */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/hart.h"

#define UART_START 0x10000000u
#define UART_SIZE  8u

enum uart_register {
    UART_RBR = 0,
    UART_IER,
    UART_IIR,
    UART_LCR,
    UART_MCR,
    UART_LSR,
    UART_MSR,
    UART_SCR
};

#define UART_IER_RX   0x01u /* interrupt when a byte waits */
#define UART_LSR_RX   0x01u /* a byte waits */
#define UART_LSR_TX   0x60u /* transmitter empty: always */
#define UART_LCR_DLAB 0x80u

struct uart {
    uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
    uint8_t rx, tx;
    bool rx_full; /* a received byte waits in rx */
    bool tx_full; /* a sent byte is to be taken from tx */
};

/* At rest: no interrupt enabled; a byte that waits goes on waiting. */
void uart_reset(struct uart *u);

/* Serve a load or store at `offset` from UART_START; false where it is not one byte wide. */
bool uart_access(struct uart *u, uint32_t offset, struct isa_access *a);

/* The interrupt line: MIP_MEI while IER.0 is set and a byte waits. */
uint32_t uart_lines(const struct uart *u);

/* Give it a received byte; only while rx_full is false. */
void uart_receive(struct uart *u, uint8_t byte);

#endif
