/* SPDX-License-Identifier: MIT */
/*
 * One operand field of an instruction, by its letter (table.h): into a word,
 * out of a word.  The assembler, the disassembler and the generators of random
 * programs share this.
 */
#ifndef ISA_ENCODE_H
#define ISA_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

/* What values a field takes: lowest, highest, and a power of two they are multiples of. */
struct isa_range {
    int64_t low, high;
    uint32_t multiple;
};

/* The range of field `letter`; false where the letter is no operand field. */
bool isa_field_range(char letter, struct isa_range *range);

/* `value` in the bits of field `letter`, the others 0.  The value is in range; `a` and `p` are
 * byte distances from the instruction; `u` is the 20-bit number. */
uint32_t isa_field_put(char letter, int64_t value);

/* The value of field `letter` in a word, signed where the field is. */
int64_t isa_field_get(char letter, uint32_t word);

#endif
