/* SPDX-License-Identifier: MIT */
/*
 * The virtual UARTs and the one real console behind them.
 *
 * Output goes to the console as it comes; or, where lines are tagged, line by
 * line, each with its VM's name before it.  Part of a line is shown when it is
 * too long to be kept, or nothing more comes for a while; and, where others
 * wrote meanwhile, it is shown again with what follows.
 *
 * Input goes to the VM in focus, if it has no file of its own.  Where the
 * monitor takes ^A (vmm/keys.h), what is typed waits here until its VM reads;
 * else it waits outside, so that nothing is taken that is not read.
 */
#ifndef VMM_CONSOLE_H
#define VMM_CONSOLE_H

#include "vmm/vmm.h"

/* Before the first turn: what waits for each VM comes in. */
void vmm_console_start(struct vmm *vmm, struct vmm_port *port);

/* After an access to a virtual device of `vm`: what it sent goes out, what waits comes in.  While
 * the input interrupt is on, nothing waits. */
void vmm_console_serve(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/*
 * The turn of `vm` is over.  Nothing of its line is kept back, a prompt perhaps, if it waits, is
 * over altogether, or has written nothing for a whole turn.
 */
void vmm_console_leave(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/* A byte may be there: into the latch of the VM in focus, if that is free; or to the monitor. */
void vmm_console_receive(struct vmm *vmm, struct vmm_port *port);

/* Is a byte of the console's wanted, while all VMs wait? */
bool vmm_console_wanted(const struct vmm *vmm);

/* Can a byte still come for `vm`, as far as is known here? */
bool vmm_console_open(const struct vm *vm);

/* Into the latch of `vm` with what waits for it here, if that is free. */
void vmm_console_fill(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/* Show what is kept back of the line that `vm` is at. */
void vmm_console_show(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

/* The console to the start of a line, for something that the monitor has to say itself. */
void vmm_console_new_line(struct vmm *vmm, struct vmm_port *port);

/* Text of the monitor's own; a number, in decimal or as 0x and 8 digits. */
void vmm_console_say(struct vmm_port *port, const char *text);
void vmm_console_say_count(struct vmm_port *port, uint64_t count);
void vmm_console_say_address(struct vmm_port *port, uint32_t address);

#endif
