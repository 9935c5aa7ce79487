/* SPDX-License-Identifier: MIT */
/*
 * What isa/ knows, as lines of text, for oracle tests in other languages:
 *
 *   isa_tool table          id mnemonic operands match mask   (a tab between)
 *   isa_tool pseudo         mnemonic operands instruction match mask
 *   isa_tool csrs           number name
 *   isa_tool disas PC       for each word on standard input, from address PC
 *                           on: its disassembly
 *   isa_tool fields         for each word: id, then letter=value for each
 *                           operand; "undefined" where it is none
 *
 * Numbers in and out are hexadecimal, but for the values of fields.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/csr.h"
#include "isa/disassemble.h"
#include "isa/encode.h"
#include "isa/instruction.h"

static const char *const ids[] = {
#define ID(id, mnemonic, operands, match, mask, meaning, about) #id,
    ISA_INSTRUCTIONS(ID)
#undef ID
};

static void
print_table(void)
{
    for (unsigned i = 0; i < INSN_COUNT; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);

        printf("%s\t%s\t%s\t%08" PRIx32 "\t%08" PRIx32 "\n", ids[i], row->mnemonic, row->operands,
               row->match, row->mask);
    }
}

static void
print_pseudo(void)
{
    const struct isa_pseudo *row;

    for (unsigned i = 0; (row = isa_pseudo(i)) != NULL; i++)
        printf("%s\t%s\t%s\t%08" PRIx32 "\t%08" PRIx32 "\n", row->mnemonic, row->operands,
               ids[row->insn], row->match, row->mask);
}

static void
print_csrs(void)
{
    for (unsigned i = 0; isa_csr_at(i) >= 0; i++) {
        char name[ISA_CSR_NAME_MAX] = "";

        (void)isa_csr_name((uint32_t)isa_csr_at(i), name);
        printf("%03x\t%s\n", (unsigned)isa_csr_at(i), name);
    }
}

static void
disassemble(uint32_t pc)
{
    char text[ISA_TEXT_MAX];
    uint32_t word, target;

    for (; scanf("%" SCNx32, &word) == 1; pc += 4) {
        (void)isa_disassemble(word, pc, text, &target);
        puts(text);
    }
}

static void
fields(void)
{
    struct isa_range range;
    uint32_t word;

    while (scanf("%" SCNx32, &word) == 1) {
        enum isa_insn insn = isa_decode(word);

        if (insn == INSN_undefined) {
            puts("undefined");
            continue;
        }
        fputs(ids[insn], stdout);
        for (const char *o = isa_instruction(insn)->operands; *o != '\0'; o++)
            if (isa_field_range(*o, &range))
                printf("\t%c=%" PRId64, *o, isa_field_get(*o, word));
        puts("");
    }
}

int
main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";

    if (strcmp(command, "table") == 0)
        print_table();
    else if (strcmp(command, "pseudo") == 0)
        print_pseudo();
    else if (strcmp(command, "csrs") == 0)
        print_csrs();
    else if (strcmp(command, "disas") == 0)
        disassemble(argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 16) : 0);
    else if (strcmp(command, "fields") == 0)
        fields();
    else
        return fputs("usage: isa_tool table | pseudo | csrs | disas PC | fields\n", stderr), 2;
    return ferror(stdout) != 0;
}
