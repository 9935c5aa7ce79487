/* SPDX-License-Identifier: MIT */
/*
 * The interpreters, {v_i} of the paper: what each privileged instruction does
 * to the virtual processor.  isa/ says what it does; here it is done to a
 * vcpu, with all that hangs on it.
 */
#ifndef VMM_INTERPRETERS_H
#define VMM_INTERPRETERS_H

#include "vmm/vmm.h"

/*
 * Interpret privileged instruction `word` in virtual M-mode.
 * ISA_DONE: it retired.  ISA_WAIT: the VM waits, or is halted.  ISA_TRAP: the
 * machine itself would trap, with *out; so does any word that is no privileged
 * instruction.
 */
enum isa_result vmm_interpret_privileged(struct vmm *vmm, struct vmm_port *port, struct vm *vm,
                                         uint32_t word, struct isa_outcome *out);

/*
 * The same for most CSR instructions, and shorter: where the CSR is nothing but
 * a word, so that time, interrupts, mode and R have no part in it.  Else false,
 * and nothing is done.
 */
bool vmm_interpret_csr_word(struct vm *vm, uint32_t word);

/*
 * Interpret the load or store at the virtual pc, whose `address` is a device's,
 * in virtual M-mode.  False, and nothing is done, where no device takes it.
 */
bool vmm_interpret_device(struct vmm *vmm, struct vmm_port *port, struct vm *vm, uint32_t address);

/*
 * Interpret the instruction at the virtual pc, whatever it is, in virtual
 * M-mode: the same, and the virtual devices do what it has them do.  Where it
 * may be an LR or SC, vmm_take_reservation comes first.
 */
enum isa_result vmm_interpret_any(struct vmm *vmm, struct vmm_port *port, struct vm *vm,
                                  struct isa_outcome *out);

/*
 * mresv is the real processor's while a guest runs directly, and is left there
 * as long as nobody asks: take it into the virtual one, and, before the guest
 * runs directly again, put it back.
 */
void vmm_take_reservation(struct vmm *vmm, struct vmm_port *port);
void vmm_install_reservation(struct vmm *vmm, struct vmm_port *port);

/* The VM's interrupt lines, into its virtual mip. */
void vmm_update_lines(struct vm *vm, struct vmm_port *port);

#endif
