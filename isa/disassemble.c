/* SPDX-License-Identifier: MIT */
/*
 * From a word to its text, by the rows of table.h alone: a mnemonic, and what
 * each operand letter stands for in this word.
 */
#include "isa/disassemble.h"

#include <stddef.h>

#include "isa/csr.h"
#include "isa/encode.h"
#include "isa/instruction.h"

#define AMO_ORDER (3u << 25) /* aq 26, rl 25 of an atomic: part of the mnemonic, not an operand */

static char *
put_text(char *to, const char *text)
{
    while (*text != '\0')
        *to++ = *text++;
    return to;
}

/* At least `digits` hexadecimal digits. */
static char *
put_hex(char *to, uint32_t value, unsigned digits)
{
    for (unsigned n = 8; n > 0; n--)
        if (n <= digits || n == 1 || value >> 4 * (n - 1) != 0)
            *to++ = "0123456789abcdef"[value >> 4 * (n - 1) & 15];
    return to;
}

/* A number below 100,000 in magnitude, in decimal. */
static char *
put_decimal(char *to, int64_t value)
{
    uint32_t magnitude = (uint32_t)(value < 0 ? -value : value);
    bool begun = false;

    if (value < 0)
        *to++ = '-';
    for (uint32_t unit = 10000; unit > 0; unit /= 10) {
        uint32_t digit = magnitude / unit % 10;

        begun = begun || digit != 0 || unit == 1;
        if (begun)
            *to++ = (char)('0' + digit);
    }
    return to;
}

static char *
put_csr(char *to, uint32_t number)
{
    char name[ISA_CSR_NAME_MAX];

    if (isa_csr_name(number, name))
        return put_text(to, name);
    return put_hex(put_text(to, "0x"), number, 1);
}

/* What a fence orders: input, output, reads, writes. */
static char *
put_fence_set(char *to, uint32_t set)
{
    if (set == 0)
        return put_text(to, "unknown"); /* as GNU says */
    for (unsigned i = 0; i < 4; i++)
        if ((set >> (3 - i) & 1) != 0)
            *to++ = "iorw"[i];
    return to;
}

/* The letter of an operand, or a character that stands for itself. */
static char *
put_operand(char *to, char letter, uint32_t word, uint32_t pc)
{
    int64_t value = isa_field_get(letter, word);

    switch (letter) {
    case 'd':
    case 's':
    case 't': return put_text(to, isa_register_name((unsigned)value));
    case 'i':
    case 'o':
    case 'q':
    case 'Z': return put_decimal(to, value);
    case 'p':
    case 'a': return put_hex(to, pc + (uint32_t)value, 1);
    case 'u':
    case 'h': return put_hex(put_text(to, "0x"), (uint32_t)value, 1);
    case 'E': return put_csr(to, (uint32_t)value);
    case 'P':
    case 'S': return put_fence_set(to, (uint32_t)value);
    case '0': return to; /* the offset 0 of an atomic goes without saying */
    default: *to++ = letter; return to;
    }
}

static char *
put_amo_order(char *to, uint32_t word)
{
    static const char *const suffixes[4] = {"", ".rl", ".aq", ".aqrl"};

    return put_text(to, suffixes[word >> 25 & 3]);
}

/*
 * Does the row (operands, match, mask) say all of the word?  Bits that the
 * processor ignores, in a fence, have no place in the syntax; a text that left
 * them out would be another word's.
 */
static bool
says_all(const char *operands, uint32_t match, uint32_t mask, uint32_t word)
{
    uint32_t said = mask | ((match & 0x7f) == OPCODE_AMO ? AMO_ORDER : 0);

    for (; *operands != '\0'; operands++)
        said |= isa_field_put(*operands, -1);
    return mask != 0 && (word & mask) == match && (word & ~said) == 0;
}

static char *
put_row(char *to, const char *mnemonic, const char *operands, uint32_t word, uint32_t pc)
{
    to = put_text(to, mnemonic);
    if ((word & 0x7f) == OPCODE_AMO)
        to = put_amo_order(to, word);
    if (*operands != '\0')
        *to++ = '\t';
    for (; *operands != '\0'; operands++)
        to = put_operand(to, *operands, word, pc);
    return to;
}

/* The words to use for `word`: of the first pseudo-instruction that fits, of the instruction, or
 * none. */
static bool
choose(uint32_t word, const char **mnemonic, const char **operands)
{
    enum isa_insn insn = isa_decode(word);
    const struct isa_instruction *row;
    const struct isa_pseudo *pseudo;

    if (insn == INSN_undefined)
        return false;
    for (unsigned i = 0; (pseudo = isa_pseudo(i)) != NULL; i++)
        if (says_all(pseudo->operands, pseudo->match, pseudo->mask, word)) {
            *mnemonic = pseudo->mnemonic;
            *operands = pseudo->operands;
            return true;
        }
    row = isa_instruction(insn);
    *mnemonic = row->mnemonic;
    *operands = row->operands;
    return says_all(row->operands, row->match, row->mask, word);
}

bool
isa_disassemble(uint32_t word, uint32_t pc, char *text, uint32_t *target)
{
    const char *mnemonic, *operands;

    if (!choose(word, &mnemonic, &operands)) {
        *put_hex(put_text(text, ".word\t0x"), word, 8) = '\0';
        return false;
    }
    *put_row(text, mnemonic, operands, word, pc) = '\0';
    for (; *operands != '\0'; operands++)
        if (*operands == 'p' || *operands == 'a') {
            *target = pc + (uint32_t)isa_field_get(*operands, word);
            return true;
        }
    return false;
}
