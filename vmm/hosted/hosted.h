/* SPDX-License-Identifier: MIT */
/*
 * The hosted monitor (type 2): linked into this process, with the simulated
 * machine as its hardware.  Every trap out of U-mode comes here instead of
 * going to mtvec; it costs no machine time.
 */
#ifndef HOSTED_H
#define HOSTED_H

#include "machine/machine.h"
#include "vmm/vmm.h"

/* The hosted implementation of vmm/port.h works on this. */
struct vmm_port {
    struct machine *machine;
};

struct hosted {
    struct machine *machine;
    struct vmm vmm;
    struct vmm_port port;
    bool started;
};

/*
 * A monitor on `machine`, which is at reset and from now on its hardware; the
 * first `reserved` bytes of RAM are allotted to nobody.  Guests are added with
 * vmm_add, and their memory filled by the caller.
 */
void hosted_init(struct hosted *h, struct machine *machine, uint32_t reserved);

/*
 * Run until VM `vm` has made `steps` more steps, or something ends the run:
 * MACHINE_running (the steps are made), MACHINE_exit (all VMs have ended;
 * machine->exit_code is the first VM's), MACHINE_halted, MACHINE_quit, or MACHINE_lost, on a
 * machine that lets a guest into real M-mode.
 * Afterwards the whole virtual state is in the vcpu (vmm_view).
 */
enum machine_stop hosted_run(struct hosted *h, uint32_t vm, uint64_t steps);

#endif
