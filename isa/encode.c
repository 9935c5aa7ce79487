/* SPDX-License-Identifier: MIT */
#include "isa/encode.h"

#include "isa/instruction.h"

bool
isa_field_range(char letter, struct isa_range *range)
{
    switch (letter) {
    case 'd':
    case 's':
    case 't':
    case 'h':
    case 'Z': *range = (struct isa_range){0, 31, 1}; return true;
    case 'i':
    case 'o':
    case 'q': *range = (struct isa_range){-2048, 2047, 1}; return true;
    case 'p': *range = (struct isa_range){-4096, 4094, 2}; return true;
    case 'a': *range = (struct isa_range){-1048576, 1048574, 2}; return true;
    case 'u': *range = (struct isa_range){0, 0xfffff, 1}; return true;
    case 'E': *range = (struct isa_range){0, 0xfff, 1}; return true;
    case 'P':
    case 'S': *range = (struct isa_range){0, 15, 1}; return true;
    default: return false;
    }
}

uint32_t
isa_field_put(char letter, int64_t value)
{
    uint32_t v = (uint32_t)value;

    switch (letter) {
    case 'd': return (v & 31) << 7;
    case 's':
    case 'Z': return (v & 31) << 15;
    case 't':
    case 'h': return (v & 31) << 20;
    case 'i':
    case 'o':
    case 'E': return v << 20;
    case 'q': return (v >> 5 & 0x7f) << 25 | (v & 0x1f) << 7;
    case 'p': /* imm[12|10:5] and imm[4:1|11] */
        return (v >> 12 & 1) << 31 | (v >> 5 & 0x3f) << 25 | (v >> 1 & 0xf) << 8 |
               (v >> 11 & 1) << 7;
    case 'a': /* imm[20|10:1|11|19:12] */
        return (v >> 20 & 1) << 31 | (v >> 1 & 0x3ff) << 21 | (v >> 11 & 1) << 20 |
               (v >> 12 & 0xff) << 12;
    case 'u': return v << 12;
    case 'P': return (v & 15) << 24;
    case 'S': return (v & 15) << 20;
    default: return 0;
    }
}

static int64_t
as_signed(uint32_t v)
{
    return v >> 31 != 0 ? (int64_t)v - 0x100000000 : (int64_t)v;
}

int64_t
isa_field_get(char letter, uint32_t word)
{
    switch (letter) {
    case 'd': return isa_rd(word);
    case 's':
    case 'Z': return isa_rs1(word);
    case 't':
    case 'h': return isa_rs2(word);
    case 'i':
    case 'o': return as_signed(isa_imm_i(word));
    case 'E': return isa_csr_field(word);
    case 'q': return as_signed(isa_imm_s(word));
    case 'p': return as_signed(isa_imm_b(word));
    case 'a': return as_signed(isa_imm_j(word));
    case 'u': return word >> 12;
    case 'P': return word >> 24 & 15;
    case 'S': return word >> 20 & 15;
    default: return 0;
    }
}
