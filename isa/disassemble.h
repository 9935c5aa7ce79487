/* SPDX-License-Identifier: MIT */
/* Words back into GNU syntax. */
#ifndef ISA_DISASSEMBLE_H
#define ISA_DISASSEMBLE_H

#include <stdbool.h>
#include <stdint.h>

enum { ISA_TEXT_MAX = 64 }; /* bytes that hold any disassembled instruction */

/*
 * The instruction `word` at address `pc`, as GNU objdump prints it: mnemonic, a
 * tab, operands; pseudo-instructions where they fit.  An undefined word gives
 * ".word\t0x...".  `text` has ISA_TEXT_MAX bytes.  Returns true, and the
 * address in *target, where the instruction names one (branches and jumps), so
 * that the caller can add a symbol.
 */
bool isa_disassemble(uint32_t word, uint32_t pc, char *text, uint32_t *target);

#endif
