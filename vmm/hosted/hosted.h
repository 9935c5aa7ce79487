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
    const struct vmm *vmm;
    uint64_t slept;     /* ticks of real time in which all VMs waited */
    uint32_t collected; /* whose output the console collects: a VM's index, or HOSTED_ALL */
    const uint8_t *input[VMM_GUESTS_MAX]; /* of a VM with its own (vm.own_input): the bytes */
};

#define HOSTED_ALL 0xffffffffu

/* What comes next, where a run is followed phase by phase (hosted_advance). */
enum hosted_phase {
    HOSTED_resume,   /* the monitor: choose a VM, deliver its interrupts, compose R */
    HOSTED_direct,   /* the current VM executes directly */
    HOSTED_dispatch, /* the monitor: the trap that has just been taken, in `trap` */
};

struct hosted {
    struct machine *machine;
    struct vmm vmm;
    struct vmm_port port;
    bool started;
    enum hosted_phase phase;
    uint64_t phases; /* of the monitor, made by hosted_advance */
    struct vmm_trap trap;
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

/*
 * The same, for those to whom only VM `vm` matters: the run ends with that VM
 * (MACHINE_exit, machine->exit_code is its own; MACHINE_halted), whatever the
 * others do.  How far they come by then is not defined.
 */
enum machine_stop hosted_run_one(struct hosted *h, uint32_t vm, uint64_t steps);

/*
 * For those who look on at every VM: one phase, the one that h->phase says
 * comes next.  A resume ends as soon as a VM has made a step (an interrupt
 * taken, a wfi over, an instruction interpreted) or it is another one's turn,
 * and may have to be repeated; the current VM executes directly for at most
 * `steps` steps.  The monitor does exactly what it does in hosted_run, so exits
 * and all else are the same however a run is cut into phases.
 */
enum machine_stop hosted_advance(struct hosted *h, uint64_t steps);

/* In phase HOSTED_direct: load the current VM into the real processor now, which otherwise happens
 * when it goes on.  Changes nothing else. */
void hosted_enter(struct hosted *h);

/*
 * The virtual processor or devices of a VM were changed from outside: what the
 * real machine holds on its behalf is worked out anew.  Not between a trap and
 * its dispatch.
 */
void hosted_changed(struct hosted *h);

#endif
