/* SPDX-License-Identifier: MIT */
#include "vmm/console.h"

/* The input interrupt is on exactly while there is room for a byte. */
static void
listen(struct vmm *vmm, struct vmm_port *port, bool on)
{
    if ((vmm->listening != 0) == on)
        return;
    vmm_port_listen(port, on);
    vmm->listening = on;
}

void
vmm_console_receive(struct vmm *vmm, struct vmm_port *port)
{
    struct uart *u = &vmm->vm[vmm->focus].devices.uart;
    uint8_t byte;

    vmm->changed = VMM_CHANGED_all;
    if (!u->rx_full && vmm_port_get(port, &byte))
        uart_receive(u, byte);
    listen(vmm, port, !u->rx_full);
}

void
vmm_console_serve(struct vmm *vmm, struct vmm_port *port, struct vm *vm)
{
    struct uart *u = &vm->devices.uart;

    if (u->tx_full)
        vmm_port_put(port, (uint32_t)(vm - vmm->vm), u->tx);
    u->tx_full = false;
    if (vm == &vmm->vm[vmm->focus] && !u->rx_full && vmm->listening == 0)
        vmm_console_receive(vmm, port);
}
