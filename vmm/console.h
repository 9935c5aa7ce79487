/* SPDX-License-Identifier: MIT */
/* The virtual UARTs and the one real console behind them. */
#ifndef VMM_CONSOLE_H
#define VMM_CONSOLE_H

#include "vmm/vmm.h"

/* After an access to a virtual device of `vm`: what it sent goes out, what waits comes in.  While
 * the input interrupt is on, nothing waits. */
void vmm_console_serve(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/* A byte may be there: into the latch of the VM in focus, if that is free. */
void vmm_console_receive(struct vmm *vmm, struct vmm_port *port);

#endif
