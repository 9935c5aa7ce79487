/* SPDX-License-Identifier: MIT */
/*
 * What stands between the monitor and its hardware: one header, two
 * implementations, vmm/hosted/ and vmm/bare-metal/.  The core passes the port
 * on unseen.
 */
#ifndef VMM_PORT_H
#define VMM_PORT_H

#include <stdbool.h>
#include <stdint.h>

struct vmm_port;

/*
 * What is seldom done, on the way of an exit, is kept out of what is always
 * done, so that the bare-metal monitor has no registers to save for it.
 */
#define VMM_SELDOM __attribute__((noinline, cold))

/* Real memory at `offset` from the start of RAM. */
uint8_t *vmm_port_memory(struct vmm_port *port, uint32_t offset);

/* Write the real R. */
void vmm_port_set_relocation(struct vmm_port *port, uint32_t base, uint32_t bound);

/* The real mresv. */
uint32_t vmm_port_reservation(struct vmm_port *port);
void vmm_port_set_reservation(struct vmm_port *port, uint32_t mresv);

/* A real timer interrupt before the guest's instruction after `instructions` more have retired. */
void vmm_port_arm(struct vmm_port *port, uint32_t instructions);

/* A byte out, from VM `vm`. */
void vmm_port_put(struct vmm_port *port, uint32_t vm, uint8_t byte);

/* A byte out, of the monitor's own, for who sits at the console. */
void vmm_port_say(struct vmm_port *port, uint8_t byte);

/* Byte `at` of the file that VM `vm` has for its input. */
uint8_t vmm_port_input(struct vmm_port *port, uint32_t vm, uint32_t at);

/* A byte in, if one is there. */
bool vmm_port_get(struct vmm_port *port, uint8_t *byte);

/* A real interrupt when a byte comes, or not. */
void vmm_port_listen(struct vmm_port *port, bool on);

/* Real time, in ticks; it may wrap. */
uint64_t vmm_port_now(struct vmm_port *port);

/*
 * Now and then while a guest is interpreted, and nobody entered: `instructions`
 * of it since the last time.  What the port has to do as time goes by.
 */
void vmm_port_attend(struct vmm_port *port, uint32_t instructions);

enum vmm_woken {
    VMM_woken, /* by the timer or by a byte */
    VMM_never, /* nothing can ever wake it */
    VMM_break, /* from the console: the run is to end */
};

/* A real wfi: until `ticks`, at most 2^63, have passed (if `timer`), or a byte comes (if `input`).
 */
enum vmm_woken vmm_port_idle(struct vmm_port *port, bool timer, uint64_t ticks, bool input);

#endif
