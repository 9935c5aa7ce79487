/* SPDX-License-Identifier: MIT */
/*
 * What a person at the console tells the monitor: ^A and a key.  One table has
 * all of them, from which ^A ? and the docs come.
 *
 * A monitor takes ^A where it is `attended`.  Every level between the terminal
 * and a guest takes one ^A and passes ^A ^A on as one, so that each of them can
 * be reached.  ^A x never comes here: the console itself takes it.
 */
#ifndef VMM_KEYS_H
#define VMM_KEYS_H

#include "vmm/vmm.h"

#define VMM_CONTROL_A 1

/* X(id, first, last, shown, about): the keys from `first` to `last`. */
#define VMM_KEYS(X)                                                                                \
    X(quit, 'x', 'x', "x", "end the run, whatever level it is at")                                 \
    X(next, 'n', 'n', "n", "input to the next VM")                                                 \
    X(number, '1', '9', "1-9", "input to the VM with that number")                                 \
    X(list, 'l', 'l', "l", "list the VMs: number, name, what it does, where, exits")               \
    X(pause, 'p', 'p', "p", "pause the VM that has the input")                                     \
    X(resume, 'r', 'r', "r", "resume it")                                                          \
    X(stop, 's', 's', "s", "stop it, for good")                                                    \
    X(pass, VMM_CONTROL_A, VMM_CONTROL_A, "^A", "send ^A to the guest")                            \
    X(help, '?', '?', "?", "this help")

/* Is there room for another byte that is typed? */
bool vmm_keys_room(const struct vmm *vmm);

/* A byte that was typed: for the VM in focus, or for the monitor. */
void vmm_keys_take(struct vmm *vmm, struct vmm_port *port, uint8_t byte);

/* The turn of `vm` is over: if it has ended, or can't go on, that is told, once. */
void vmm_keys_leave(struct vmm *vmm, struct vmm_port *port, struct vm *vm);

#endif
