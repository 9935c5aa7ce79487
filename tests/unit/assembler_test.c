/* SPDX-License-Identifier: MIT */
/*
 * The assembler, against what is computed otherwise: the disassembler (a round
 * trip), arithmetic, libelf.  tests/oracle/assembler.py has the bytes compared
 * with GNU as and LLVM.
 *
 * tests/corpus/assembler/ holds the broken sources, each NAME.s with the
 * diagnostics that it gives in NAME.expected.  What differs from the
 * expectation is left in build/corpus/assembler/ for a look, and to be copied
 * if it is better.
 */
#include <CUnit/CUnit.h>
#include <dirent.h>
#include <elf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "assembler/assembler.h"
#include "isa/disassemble.h"
#include "isa/instruction.h"
#include "tests/unit/suites.h"

#define CORPUS "tests/corpus/assembler"
#define LEFT   "build/corpus/assembler"
#define BASE   ASSEMBLER_BASE

/* ---- helpers ---- */

static uint32_t
random32(uint32_t *state)
{
    *state ^= *state << 13; /* xorshift, Marsaglia 2003 */
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static bool
assemble(const char *text, struct diagnostics *d, struct assembly *out)
{
    return assembler_assemble("test.s", text, strlen(text), NULL, d, out);
}

/* Assemble what must be right. */
static void
good(const char *text, struct assembly *out)
{
    struct diagnostics d = {0};
    bool right = assemble(text, &d, out);

    diagnostics_print(&d, stdout, false);
    CU_ASSERT_TRUE_FATAL(right);
    CU_ASSERT_EQUAL(d.count, 0);
    diagnostics_free(&d);
}

/* What is printed about a list of diagnostics, to be freed. */
static char *
said(const struct diagnostics *d, bool colour)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    diagnostics_print(d, file, colour);
    fclose(file);
    return text;
}

/* Assemble what must be wrong: the first thing said begins with `message`. */
static void
bad(const char *text, const char *message)
{
    struct diagnostics d = {0};
    struct assembly out;

    CU_ASSERT_FALSE(assemble(text, &d, &out));
    CU_ASSERT_TRUE_FATAL(d.count > 0);
    if (strncmp(d.list[0].message, message, strlen(message)) != 0) {
        printf("\n    expected %s\n    found    %s\n", message, d.list[0].message);
        CU_FAIL("another message");
    }
    CU_ASSERT_PTR_NULL(out.sections);
    diagnostics_free(&d);
}

static const struct assembly_section *
section(const struct assembly *out, const char *name)
{
    for (size_t i = 0; i < out->section_count; i++)
        if (strcmp(out->sections[i].name, name) == 0)
            return &out->sections[i];
    return NULL;
}

static uint32_t
word(const struct assembly_section *s, uint32_t offset)
{
    CU_ASSERT_TRUE_FATAL(offset + 4 <= s->size);
    return (uint32_t)s->bytes[offset] | (uint32_t)s->bytes[offset + 1] << 8 |
           (uint32_t)s->bytes[offset + 2] << 16 | (uint32_t)s->bytes[offset + 3] << 24;
}

/* ---- diagnostics ---- */

static void
test_printing(void)
{
    static const char text[] = "one\n\tadid a0,\ta1 # gr\xc3\xbcn\n\xc3\xbc\033 x";
    const struct source source = {"hello.s", text, sizeof text - 1, 12};
    struct diagnostic_place place = {&source, 13, 2, 4};
    struct diagnostics d = {0};

    diagnostic_hint(diagnostics_error(&d, &place, "unknown instruction `%s'", "adid"), "try %d", 1);
    place.column = 11;
    place.length = 2;
    diagnostics_warning(&d, &place, "odd");
    place = (struct diagnostic_place){&source, 14, 5, 0};
    diagnostics_note(&d, &place, "here \033");
    diagnostics_error(&d, NULL, "nowhere");
    place = (struct diagnostic_place){&source, 0, 0, 0};
    diagnostics_error(&d, &place, "file");
    place = (struct diagnostic_place){&source, 99, 3, 1};
    diagnostics_error(&d, &place, "behind the end");
    char *printed = said(&d, false);

    CU_ASSERT_STRING_EQUAL(printed, "hello.s:13:2: error: unknown instruction `adid'\n"
                                    "    13 |         adid a0,        a1 # gr\xc3\xbcn\n"
                                    "       |         ^~~~\n"
                                    "       = try 1\n"
                                    "hello.s:13:11: warning: odd\n"
                                    "    13 |         adid a0,        a1 # gr\xc3\xbcn\n"
                                    "       |                         ^~\n"
                                    "hello.s:14:5: note: here ?\n"
                                    "    14 | \xc3\xbc? x\n"
                                    "       |    ^\n"
                                    "error: nowhere\n"
                                    "hello.s: error: file\n"
                                    "hello.s:99:3: error: behind the end\n");
    CU_ASSERT_EQUAL(d.errors, 4);
    free(printed);
    printed = said(&d, true);
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, "\033[1;31merror:\033[0m"));
    free(printed);
    diagnostics_free(&d);
    CU_ASSERT_PTR_NULL(d.list);
}

static void
test_limit(void)
{
    struct diagnostics d = {.limit = 2};

    CU_ASSERT_PTR_NOT_NULL(diagnostics_error(&d, NULL, "1"));
    CU_ASSERT_FALSE(diagnostics_full(&d));
    CU_ASSERT_PTR_NOT_NULL(diagnostics_error(&d, NULL, "2"));
    CU_ASSERT_TRUE(diagnostics_full(&d));
    CU_ASSERT_PTR_NOT_NULL(diagnostics_note(&d, NULL, "on 2"));
    CU_ASSERT_PTR_NULL(diagnostics_error(&d, NULL, "3"));
    CU_ASSERT_PTR_NULL(diagnostics_note(&d, NULL, "on 3"));
    char *printed = said(&d, false);

    CU_ASSERT_STRING_EQUAL(printed, "error: 1\nerror: 2\nnote: on 2\n"
                                    "too many errors: the first 2 of 3 or more are shown\n");
    free(printed);
    diagnostics_free(&d);
}

static const char *
closest(const char *guess)
{
    static const char *const known[] = {"add", "addi", "and", "andi", "mstatus", "li", NULL};
    const char *found = diagnostic_closest(guess, strlen(guess), known);

    return found == NULL ? "" : found;
}

static void
test_guess(void)
{
    CU_ASSERT_STRING_EQUAL(closest("adid"), "addi"); /* a swap, and the same length */
    CU_ASSERT_STRING_EQUAL(closest("ad"), "add");
    CU_ASSERT_STRING_EQUAL(closest("adn"), "add");
    CU_ASSERT_STRING_EQUAL(closest("ADDI"), "addi");
    CU_ASSERT_STRING_EQUAL(closest("LI"), "li");
    CU_ASSERT_STRING_EQUAL(closest("mstats"), "mstatus");
    CU_ASSERT_STRING_EQUAL(closest("msatuts"), "mstatus");
    CU_ASSERT_STRING_EQUAL(closest("mxxxtus"), "mstatus");
    CU_ASSERT_STRING_EQUAL(closest("mxxxxus"), "");
    CU_ASSERT_STRING_EQUAL(closest("x"), "");
    CU_ASSERT_STRING_EQUAL(closest(""), "");
}

/* ---- instructions ---- */

/* The disassembly of a word, a target written so that the assembler reads it as an address. */
static void
text_of(uint32_t instruction, uint32_t pc, char text[ISA_TEXT_MAX + 16])
{
    uint32_t target;

    if (!isa_disassemble(instruction, pc, text, &target))
        return;
    char *end = strrchr(text, ',');

    if (end == NULL)
        end = strchr(text, '\t');
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    sprintf(end + 1, "0x%" PRIx32, target);
}

static void
check_round_trip(uint32_t instruction, uint32_t pc)
{
    char text[ISA_TEXT_MAX + 16];
    uint32_t words[ASSEMBLER_WORDS_MAX];
    struct diagnostics d = {0};

    text_of(instruction, pc, text);
    unsigned n = assembler_instruction(text, pc, NULL, NULL, words, &d);

    if (n != 1 || words[0] != instruction) {
        printf("\n    %08" PRIx32 " is `%s' is %08" PRIx32 "\n", instruction, text,
               n == 1 ? words[0] : 0);
        diagnostics_print(&d, stdout, false);
        CU_FAIL("the round trip ends elsewhere");
    }
    diagnostics_free(&d);
}

static void
test_round_trip(void)
{
    uint32_t state = 1;

    for (int i = 0; i < INSN_COUNT; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);

        for (int k = 0; k < 100; k++) {
            uint32_t made = row->match | (random32(&state) & ~row->mask);

            if (i == INSN_fence) /* fm, rd and rs1 are not written */
                made &= 0x0ff0707f;
            if (i == INSN_fence_i)
                made = row->match;
            if ((i == INSN_fence && (made >> 20 & 15) * (made >> 24 & 15) == 0))
                continue; /* an empty set is not written either */
            check_round_trip(made, BASE + (random32(&state) & 0xffffc));
        }
    }
}

/* li, as the two instructions compute it. */
static void
check_li(uint32_t value, const char *text)
{
    uint32_t words[ASSEMBLER_WORDS_MAX], result = 0;
    struct diagnostics d = {0};
    unsigned n = assembler_instruction(text, BASE, NULL, NULL, words, &d);

    CU_ASSERT_TRUE_FATAL(n == 1 || n == 2);
    for (unsigned i = 0; i < n; i++)
        if ((words[i] & 0x7f) == OPCODE_LUI)
            result = isa_imm_u(words[i]);
        else
            result = (isa_rs1(words[i]) == 0 ? 0 : result) + isa_imm_i(words[i]);
    CU_ASSERT_EQUAL(result, value);
    CU_ASSERT_EQUAL(n, (value + 0x800 < 0x1000 || (value & 0xfff) == 0) ? 1 : 2);
    diagnostics_free(&d);
}

static void
test_li(void)
{
    static const uint32_t edges[] = {0,          1,          2047,       2048,       4095,
                                     4096,       0x7ff0,     0x8000,     0x7ffff800, 0x7fffffff,
                                     0x80000000, 0xfffff800, 0xfffff7ff, 0xffffffff};
    uint32_t state = 2;
    char text[64];

    for (unsigned i = 0; i < 400; i++) {
        uint32_t value = random32(&state) >> (state & 31);

        if (i < sizeof edges / sizeof edges[0])
            value = edges[i];
        sprintf(text, "li a0, 0x%" PRIx32, value);
        check_li(value, text);
        sprintf(text, "li a0, -%" PRIu32, 0 - value);
        if (value >= 0x80000000)
            check_li(value, text);
    }
}

static bool
look_up(void *context, const char *name, uint32_t *value)
{
    *value = *(const uint32_t *)context;
    return strcmp(name, "there") == 0;
}

static void
test_instruction(void)
{
    uint32_t words[ASSEMBLER_WORDS_MAX], there = 0x80001234;
    struct diagnostics d = {0};

    CU_ASSERT_EQUAL(assembler_instruction("  addi a0, a0, 1 # one", 0, NULL, NULL, words, &d), 1);
    CU_ASSERT_EQUAL(words[0], 0x00150513);
    CU_ASSERT_EQUAL(assembler_instruction("j . + 8", 0x1000, NULL, NULL, words, &d), 1);
    CU_ASSERT_EQUAL(words[0], 0x0080006f);
    CU_ASSERT_EQUAL(assembler_instruction("j there", 0x80001230, look_up, &there, words, &d), 1);
    CU_ASSERT_EQUAL(words[0], 0x0040006f);
    CU_ASSERT_EQUAL(assembler_instruction("la t0, there", BASE, look_up, &there, words, &d), 2);
    CU_ASSERT_EQUAL(words[0], 0x00001297);
    CU_ASSERT_EQUAL(words[1], 0x23428293);
    CU_ASSERT_EQUAL(assembler_instruction("j 0xfffffffc", 0, NULL, NULL, words, &d), 0);
    CU_ASSERT_EQUAL(assembler_instruction("beqz a0, where", 0, look_up, &there, words, &d), 0);
    CU_ASSERT_EQUAL(assembler_instruction("", 0, NULL, NULL, words, &d), 0);
    CU_ASSERT_EQUAL(assembler_instruction("nop; nop", 0, NULL, NULL, words, &d), 0);
    CU_ASSERT_EQUAL(assembler_instruction(".word 1", 0, NULL, NULL, words, &d), 0);
    CU_ASSERT_EQUAL(assembler_instruction("a: nop", 0, NULL, NULL, words, &d), 0);
    CU_ASSERT_EQUAL(assembler_instruction("a = 5", 0, NULL, NULL, words, &d), 0);
    CU_ASSERT_EQUAL(d.errors, 7);
    diagnostics_free(&d);
}

/* ---- what is assembled ---- */

static const char program[] = "        .data\n"                       /* 1 */
                              "value:  .word end - _start, later\n"   /* 2 */
                              "        .bss\n"                        /* 3 */
                              "room:   .space 100\n"                  /* 4 */
                              "        .macro twice what\n"           /* 5 */
                              "        \\what\n"                      /* 6 */
                              "        \\what\n"                      /* 7 */
                              "        .endm\n"                       /* 8 */
                              "        .text\n"                       /* 9 */
                              "first:  nop\n"                         /* 10 */
                              "        .globl _start\n"               /* 11 */
                              "_start: la a0, value\n"                /* 12 */
                              "        twice nop\n"                   /* 13 */
                              "        .type first, @function\n"      /* 14 */
                              "        .size first, _start - first\n" /* 15 */
                              "end:\n"                                /* 16 */
                              "        .section .rodata\n"            /* 17 */
                              "        .balign 64\n"                  /* 18 */
                              "        .byte 7\n"                     /* 19 */
                              "        .section mine, \"ax\"\n"       /* 20 */
                              "later:  ret; ret\n"                    /* 21 */
                              "        .section .comment\n"           /* 22 */
                              "        .ascii \"x\"\n"                /* 23 */
                              "        .equ constant, 0xfffffff0\n"   /* 24 */
                              ".Lno: 1:\n";

static uint32_t
value_of(const struct assembly *out, const char *name)
{
    uint32_t value = 0;

    CU_ASSERT_TRUE(assembly_symbol_value(out, name, &value));
    return value;
}

static void
test_layout(void)
{
    static const struct {
        const char *name;
        uint32_t address, size;
    } expected[] = {{".text", BASE, 20},    {".rodata", BASE + 64, 1}, {".data", BASE + 68, 8},
                    {"mine", BASE + 76, 8}, {".bss", BASE + 84, 100},  {".comment", 0, 1}};
    struct assembly out;
    uint32_t value;

    good(program, &out);
    CU_ASSERT_EQUAL_FATAL(out.section_count, 6);
    for (size_t i = 0; i < 6; i++) {
        CU_ASSERT_STRING_EQUAL(out.sections[i].name, expected[i].name);
        CU_ASSERT_EQUAL(out.sections[i].address, expected[i].address);
        CU_ASSERT_EQUAL(out.sections[i].size, expected[i].size);
    }
    CU_ASSERT_EQUAL(out.entry, BASE + 4);
    CU_ASSERT_EQUAL(word(section(&out, ".data"), 0), 16);
    CU_ASSERT_EQUAL(word(section(&out, ".data"), 4), BASE + 76);
    CU_ASSERT_EQUAL(value_of(&out, "room"), BASE + 84);
    CU_ASSERT_EQUAL(value_of(&out, "constant"), 0xfffffff0);
    CU_ASSERT_FALSE(assembly_symbol_value(&out, ".Lno", &value));
    CU_ASSERT_PTR_NULL(section(&out, ".bss")->bytes);
    assembly_free(&out);
}

static void
test_lines(void)
{
    static const struct assembly_line expected[] = {
        {BASE, 0, 10},     {BASE + 4, 0, 12},  {BASE + 12, 0, 13}, {BASE + 64, 0, 19},
        {BASE + 68, 0, 2}, {BASE + 76, 0, 21}, {BASE + 84, 0, 4}};
    struct assembly out;

    good(program, &out);
    CU_ASSERT_EQUAL_FATAL(out.line_count, 7);
    for (size_t i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(out.lines[i].address, expected[i].address);
        CU_ASSERT_EQUAL(out.lines[i].line, expected[i].line);
        CU_ASSERT_STRING_EQUAL(out.files[out.lines[i].file], "test.s");
    }
    assembly_free(&out);
}

static void
test_base(void)
{
    const struct assembler_options options = {.base = 0x1000, .listing = true};
    static const char text[] = "x: nop\n.rept 2\n.byte 1\n.endr\n";
    struct diagnostics d = {0};
    struct assembly out;

    CU_ASSERT_TRUE_FATAL(assembler_assemble("b.s", text, strlen(text), &options, &d, &out));
    CU_ASSERT_EQUAL(out.entry, 0x1000);
    CU_ASSERT_STRING_EQUAL(out.listing, "  line  address   contents           source\n"
                                        "     1  00001000  00000013           x: nop\n"
                                        "     2                               .rept 2\n"
                                        "     3  00001004  01                 .byte 1\n"
                                        "     3  00001005  01\n"
                                        "     4                               .endr\n"
                                        "\n symbols\n"
                                        "         00001000  .text              x\n");
    assembly_free(&out);
}

/* ---- ELF, as libelf sees it ---- */

static void
check_segments(Elf *elf, const struct assembly *out)
{
    const Elf32_Phdr *segments = elf32_getphdr(elf);
    size_t count, size;
    const char *image = elf_rawfile(elf, &size);

    CU_ASSERT_EQUAL_FATAL(elf_getphdrnum(elf, &count), 0);
    CU_ASSERT_EQUAL_FATAL(count, 5);
    for (size_t i = 0; i < count; i++) {
        const struct assembly_section *s = &out->sections[i];
        uint32_t held = s->bytes == NULL ? 0 : s->size;

        CU_ASSERT_EQUAL(segments[i].p_type, PT_LOAD);
        CU_ASSERT_EQUAL(segments[i].p_vaddr, s->address);
        CU_ASSERT_EQUAL(segments[i].p_paddr, s->address);
        CU_ASSERT_EQUAL(segments[i].p_memsz, s->size);
        CU_ASSERT_EQUAL_FATAL(segments[i].p_filesz, held);
        CU_ASSERT_EQUAL(segments[i].p_offset % segments[i].p_align,
                        segments[i].p_vaddr % segments[i].p_align);
        CU_ASSERT_TRUE_FATAL(segments[i].p_offset + held <= size);
        if (held > 0)
            CU_ASSERT_EQUAL(memcmp(image + segments[i].p_offset, s->bytes, held), 0);
        CU_ASSERT_EQUAL((segments[i].p_flags & PF_X) != 0, (s->flags & ASSEMBLY_EXEC) != 0);
    }
}

static void
check_symbols(Elf *elf, const struct assembly *out)
{
    Elf_Scn *scn = NULL;

    while ((scn = elf_nextscn(elf, scn)) != NULL)
        if (elf32_getshdr(scn)->sh_type == SHT_SYMTAB)
            break;
    CU_ASSERT_PTR_NOT_NULL_FATAL(scn);
    const Elf32_Shdr *header = elf32_getshdr(scn);
    const Elf_Data *data = elf_getdata(scn, NULL);
    const Elf32_Sym *symbols = data->d_buf;
    size_t count = data->d_size / sizeof *symbols;

    CU_ASSERT_EQUAL(count, out->symbol_count + 1);
    for (size_t i = 1; i < count; i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbols[i].st_name);

        CU_ASSERT_EQUAL(symbols[i].st_value, value_of(out, name));
        CU_ASSERT_EQUAL(ELF32_ST_BIND(symbols[i].st_info) == STB_LOCAL, i < header->sh_info);
        if (strcmp(name, "_start") == 0)
            CU_ASSERT_EQUAL(ELF32_ST_BIND(symbols[i].st_info), STB_GLOBAL);
        if (strcmp(name, "constant") == 0)
            CU_ASSERT_EQUAL(symbols[i].st_shndx, SHN_ABS);
        if (strcmp(name, "first") == 0) {
            CU_ASSERT_EQUAL(ELF32_ST_TYPE(symbols[i].st_info), STT_FUNC);
            CU_ASSERT_EQUAL(symbols[i].st_size, 4);
        }
    }
}

static void
test_elf(void)
{
    struct assembly out;
    size_t length, names;

    good(program, &out);
    unsigned char *bytes = assembler_write_elf(&out, &length);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, length);

    CU_ASSERT_PTR_NOT_NULL_FATAL(elf);
    const Elf32_Ehdr *header = elf32_getehdr(elf);

    CU_ASSERT_EQUAL(header->e_machine, EM_RISCV);
    CU_ASSERT_EQUAL(header->e_type, ET_EXEC);
    CU_ASSERT_EQUAL(header->e_flags, 0);
    CU_ASSERT_EQUAL(header->e_ident[EI_OSABI], ELFOSABI_SYSV);
    CU_ASSERT_EQUAL(header->e_entry, BASE + 4);
    CU_ASSERT_EQUAL(elf_getshdrstrndx(elf, &names), 0);
    CU_ASSERT_STRING_EQUAL(elf_strptr(elf, names, elf32_getshdr(elf_getscn(elf, 1))->sh_name),
                           ".text");
    check_segments(elf, &out);
    check_symbols(elf, &out);
    elf_end(elf);
    free(bytes);
    assembly_free(&out);
}

/* ---- rules that no oracle shares ---- */

static void
check_word(const char *expression, uint32_t value)
{
    char text[256];
    struct assembly out;

    snprintf(text, sizeof text, ".data\nd: .word %s\nlate = 7\nend:\n", expression);
    good(text, &out);
    CU_ASSERT_EQUAL(word(section(&out, ".data"), 0), value);
    assembly_free(&out);
}

/* C's precedence and truth, forwards too; where GNU as differs. */
static void
test_expressions(void)
{
    check_word("1 + 2 << 3", 24);
    check_word("1 | 2 + 4", 7);
    check_word("6 & 2 == 2", 0);
    check_word("(6 & 3) == 2", 1);
    check_word("3 < 5", 1);
    check_word("1 || 0 && 0", 1);
    check_word("2 ^ 3 | 4", 5);
    check_word("-1 >> 60 == -1", 1);
    check_word("-7 / 2 * 2 + -7 % 2", (uint32_t)-7);
    check_word("late * 3 - late", 14);
    check_word("(end - d) * late", 28);
    check_word("end >> 12", 0x80000);
    check_word("d & 0xfff", 0);
    check_word("!late", 0);
    check_word("~late & 0xff", 0xf8);
    check_word("-0x8000000000000000 < 0", 1);
}

/* Nothing that a few bytes ask for may take long, or much memory. */
static void
test_bounds(void)
{
    bad(".space 0xffffffff", "the sections take more than");
    bad(".space 0x7fffffffffffffff", "the sections take more than");
    bad(".data\n.space 100000000\n", "the sections hold more than");
    bad(".fill 0x7fffffff, 8, 1", "the sections take more than");
    bad(".rept 1000000000\nnop\n.endr", "the number of repetitions");
    bad(".rept 100000\n.rept 100000\nnop\n.endr\n.endr", "the source comes to more than");
    bad(".macro m\nm\nm\n.endm\nm\n", "files, macros and repetitions are nested");
    bad(".macro m a\n.if \\a\nm (\\a-1)\nm (\\a-1)\n.endif\n.endm\nm 40\n",
        "the program is too large");
    bad(".macro m a\n.if \\a\nm (\\a-1)\nm (\\a-1)\n.endif\n.endm\nm 40\n",
        "the program is too large");
    bad(".org 0x40000001", "the offset is more than");
    bad(".balign 0x80000000", "the alignment is not");
    bad(".equ a, b+b\n.equ b, c+c\n.equ c, a\n.word a\n", "`a' is defined by itself");
}

/* A tower of symbols, each twice the next, of which the last comes at the end. */
static void
test_tower(void)
{
    enum { FLOORS = 60 };
    char text[FLOORS * 40 + 100], *at = text;
    struct assembly out;

    for (int i = 0; i < FLOORS; i++)
        at += sprintf(at, ".equ n%d, (n%d + n%d) / 2\n", i, i + 1, i + 1);
    sprintf(at, ".word n0\n.equ n%d, 5\n", FLOORS);
    good(text, &out);
    CU_ASSERT_EQUAL(word(section(&out, ".text"), 0), 5);
    assembly_free(&out);
}

/* A chain of symbols or an expression as deep as the stack must refuse. */
static void
test_depth(void)
{
    enum { MANY = 100000, WORDS = 30000 };
    char *text = malloc(MANY * 32), *at = text;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (int i = 0; i < MANY; i++)
        at += sprintf(at, ".equ n%d, n%d\n", i, i + 1);
    sprintf(at, ".word n0\n");
    bad(text, "`n500' stands for a symbol");
    at = text + sprintf(text, ".word ");
    memset(at, '(', WORDS);
    at[WORDS] = '\0';
    bad(text, "the expression is nested too deeply");
    memset(at, '-', WORDS);
    bad(text, "the expression is nested too deeply");
    for (int i = 0; i < WORDS; i++)
        memcpy(at + 2 * i, "x+", 2);
    strcpy(at + 2 * WORDS, "x");
    bad(text, "the expression is nested too deeply");
    memset(at, '5', 2 * MANY);
    for (int i = 0; i < MANY; i++)
        at[2 * i] = ',';
    at[2 * MANY] = '\0';
    bad(text, "this statement has more than");
    free(text);
}

static void
test_sealed(void)
{
    const struct assembler_options options = {.sealed = true};
    static const char text[] = ".include \"examples/hello.s\"\n";
    struct diagnostics d = {0};
    struct assembly out;

    CU_ASSERT_FALSE(assembler_assemble("s.s", text, strlen(text), &options, &d, &out));
    CU_ASSERT_EQUAL(d.errors, 1);
    diagnostics_free(&d);
}

/* ---- the manual ---- */

/* Is `name` in the text, and no longer name there? */
static bool
mentioned(const struct source *manual, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strstr(manual->text, name); at != NULL; at = strstr(at + 1, name))
        if (strchr("` |,", at[-1]) != NULL && strchr("` |,(", at[length]) != NULL)
            return true;
    printf("\n    docs/assembler.md does not mention %s\n", name);
    return false;
}

static void
test_manual(void)
{
    struct source manual;
    const char *problem;

    CU_ASSERT_TRUE_FATAL(source_read("docs/assembler.md", 1 << 20, &manual, &problem));
    for (unsigned i = 0; assembler_directive(i) != NULL; i++)
        CU_ASSERT_TRUE(mentioned(&manual, assembler_directive(i)->name));
    for (unsigned i = 0; assembler_pseudo(i) != NULL; i++)
        CU_ASSERT_TRUE(mentioned(&manual, assembler_pseudo(i)->mnemonic));
    for (unsigned i = 0; isa_pseudo(i) != NULL; i++)
        CU_ASSERT_TRUE(mentioned(&manual, isa_pseudo(i)->mnemonic));
    source_free(&manual);
}

/* ---- the corpus of broken files ---- */

/* Leave what was said where the expectation can be compared and replaced. */
static void
leave(const char *path, const char *text)
{
    mkdir("build", 0777);
    mkdir("build/corpus", 0777);
    mkdir(LEFT, 0777);
    FILE *file = fopen(path, "w");

    if (file != NULL) {
        fputs(text, file);
        fclose(file);
    }
    printf("\n    see %s\n", path);
}

static void
test_broken(const char *name)
{
    char path[512], expected_path[512], left_path[512];
    int stem = (int)(strlen(name) - strlen(".s"));
    struct source expected = {0};
    struct diagnostics d = {0};
    struct assembly out;
    const char *problem;

    snprintf(path, sizeof path, CORPUS "/%s", name);
    snprintf(expected_path, sizeof expected_path, CORPUS "/%.*s.expected", stem, name);
    snprintf(left_path, sizeof left_path, LEFT "/%.*s.expected", stem, name);
    CU_ASSERT_FALSE(assembler_assemble(path, NULL, 0, NULL, &d, &out));
    char *text = said(&d, false);
    bool read = source_read(expected_path, 1 << 20, &expected, &problem);
    bool same = read && strcmp(text, expected.text) == 0;

    if (!same)
        leave(left_path, text);
    CU_ASSERT_TRUE(same);
    source_free(&expected);
    diagnostics_free(&d);
    free(text);
}

static int
is_source(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 2 && strcmp(entry->d_name + length - 2, ".s") == 0;
}

static void
test_corpus(void)
{
    struct dirent **entries;
    int count = scandir(CORPUS, &entries, is_source, alphasort);

    CU_ASSERT_TRUE_FATAL(count > 50);
    for (int i = 0; i < count; i++) {
        test_broken(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

void
assembler_suite(void)
{
    CU_pSuite suite = CU_add_suite("assembler", NULL, NULL);

    CU_add_test(suite, "diagnostics in print", test_printing);
    CU_add_test(suite, "diagnostics up to a limit", test_limit);
    CU_add_test(suite, "did you mean", test_guess);
    CU_add_test(suite, "round trip through the disassembler", test_round_trip);
    CU_add_test(suite, "li", test_li);
    CU_add_test(suite, "one instruction", test_instruction);
    CU_add_test(suite, "layout", test_layout);
    CU_add_test(suite, "line table", test_lines);
    CU_add_test(suite, "base address and listing", test_base);
    CU_add_test(suite, "ELF through libelf", test_elf);
    CU_add_test(suite, "expressions as in C", test_expressions);
    CU_add_test(suite, "bounds", test_bounds);
    CU_add_test(suite, "a tower of symbols", test_tower);
    CU_add_test(suite, "depth", test_depth);
    CU_add_test(suite, "no other files", test_sealed);
    CU_add_test(suite, "everything is in the manual", test_manual);
    CU_add_test(suite, "corpus of broken files", test_corpus);
}
