/* SPDX-License-Identifier: MIT */
/*
 * The effect of one instruction on a processor and its RAM, of a trap, and the
 * choice of an interrupt.  Nothing here calls out: what the processor cannot
 * do alone is handed back to the caller as an outcome.
 */
#ifndef ISA_EXECUTE_H
#define ISA_EXECUTE_H

#include "isa/hart.h"
#include "isa/instruction.h"
#include "isa/ram.h"
#include "isa/relocate.h"
#include "isa/variant.h"

/* The window that `h` sees of a RAM of ram_size bytes, in the mode it is in. */
static inline void
isa_hart_window(const struct isa_hart *h, uint32_t ram_size, struct isa_window *w)
{
    isa_window(h->mode, h->mbase, h->mbound, ram_size, w);
}

/*
 * Fetch the word at pc.  ISA_DONE: *word is it.  ISA_TRAP: out->cause is an
 * instruction access fault.
 */
enum isa_result isa_fetch(const struct isa_hart *h, const struct isa_ram *ram, uint32_t *word,
                          struct isa_outcome *out);

/*
 * Execute `word` at pc on `h` and `ram`, in the variant `v` (which speaks of
 * U-mode alone).  Takes no trap: on ISA_TRAP the caller does, with isa_trap.
 * On ISA_ACCESS the caller serves out->access and calls isa_complete, or takes
 * an access fault (isa_refuse).  On ISA_WAIT it moves time, or not, and calls
 * isa_retire.
 */
enum isa_result isa_execute(struct isa_hart *h, const struct isa_ram *ram,
                            const struct isa_variant *v, uint32_t word, struct isa_outcome *out);

/* The load or store `word` at pc has been served: a loaded value goes to rd; it retires. */
void isa_complete(struct isa_hart *h, uint32_t word, const struct isa_access *access);

/* No device takes out->access: the access fault that it comes to. */
enum isa_result isa_refuse(struct isa_outcome *out);

/* Does CSR instruction `insn`, encoded by `word`, write its CSR? */
bool isa_csr_writes(enum isa_insn insn, uint32_t word);

/* What the variant does in U-mode with the privileged instruction `insn`, encoded by `word`. */
enum isa_action isa_user_mode_action(const struct isa_variant *v, enum isa_insn insn,
                                     uint32_t word);

/* ecall (Volume I, section 2.8): traps, with the cause of the mode. */
enum isa_result isa_ecall(const struct isa_hart *h, struct isa_outcome *out);

/* mret (Volume II, section 3.3.2). */
void isa_mret(struct isa_hart *h);

/* The instruction at pc is done: on to the next, counters and time by one. */
void isa_retire(struct isa_hart *h);

/*
 * Trap entry (Volume II, sections 3.1.6 to 3.1.16): mepc, mcause, mtval,
 * mstatus, M-mode, pc from mtvec.  `cause` is the mcause, bit 31 included.
 */
void isa_trap(struct isa_hart *h, uint32_t cause, uint32_t tval);

/* Which interrupt is taken before the next instruction: its mcause, or 0 for none.
 * h->mip must be up to date.  MEI before MSI before MTI (section 3.1.9). */
uint32_t isa_interrupt(const struct isa_hart *h);

#endif
