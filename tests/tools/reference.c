/* SPDX-License-Identifier: MIT */
/*
 * Prints docs/reference.md, the reference card, from the tables of isa/:
 *
 *   build/reference >docs/reference.md
 *
 * tests/oracle/reference.sh fails when the file is not what this prints.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/csr.h"
#include "isa/encode.h"
#include "isa/execute.h"

/* ---- tables in Markdown, their columns aligned ---- */

enum { COLUMNS = 5, ROWS = 100, CELL = 120 };

struct table {
    unsigned columns, count; /* cells in a row; cells there are */
    char cells[ROWS * COLUMNS][CELL];
};

static void
table_cell(struct table *t, const char *format, ...)
{
    char text[CELL], *to = t->cells[t->count++];
    va_list arguments;

    assert(t->count <= ROWS * COLUMNS);
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '|') /* a bar would end the cell */
            *to++ = '\\';
        *to++ = *c;
    }
    *to = '\0';
    assert(to < t->cells[t->count - 1] + CELL);
}

/* An empty table with these headings; the last is followed by NULL. */
static void
table_start(struct table *t, const char *heading, ...)
{
    va_list headings;

    memset(t, 0, sizeof *t);
    va_start(headings, heading);
    for (; heading != NULL; heading = va_arg(headings, const char *))
        table_cell(t, "%s", heading);
    va_end(headings);
    t->columns = t->count;
}

static void
table_print(const struct table *t)
{
    int width[COLUMNS] = {0};

    for (unsigned i = 0; i < t->count; i++)
        if ((int)strlen(t->cells[i]) > width[i % t->columns])
            width[i % t->columns] = (int)strlen(t->cells[i]);
    for (unsigned i = 0; i < t->count; i++) {
        printf("| %-*s %s", width[i % t->columns], t->cells[i],
               i % t->columns + 1 == t->columns ? "|\n" : "");
        if (i + 1 != t->columns)
            continue;
        for (unsigned c = 0; c < t->columns; c++) {
            putchar('|');
            for (int n = 0; n < width[c] + 2; n++)
                putchar('-');
        }
        puts("|");
    }
    puts("");
}

/* ---- operands ---- */

/* X(letter, name, layout): isa/table.h has the letters. */
#define OPERANDS(X)                                                                                \
    X('d', "rd", "destination register")                                                           \
    X('s', "rs1", "first source register")                                                         \
    X('t', "rs2", "second source register")                                                        \
    X('i', "imm", "imm[11:0]")                                                                     \
    X('o', "imm", "imm[11:0]")                                                                     \
    X('q', "imm", "imm[11:5], imm[4:0]")                                                           \
    X('p', "target", "target - pc: imm[12], imm[10:5], imm[4:1], imm[11]")                         \
    X('a', "target", "target - pc: imm[20], imm[10:1], imm[11], imm[19:12]")                       \
    X('u', "imm", "imm[31:12] of the value")                                                       \
    X('h', "shamt", "shift amount")                                                                \
    X('E', "csr", "a CSR's name or number")                                                        \
    X('Z', "imm", "unsigned")                                                                      \
    X('P', "pred", "what comes before the fence: some of i, o, r, w")                              \
    X('S', "succ", "what comes after it")

static const char *
operand_name(char letter)
{
    switch (letter) {
#define NAME(letter, name, layout)                                                                 \
    case letter: return name;
        OPERANDS(NAME)
#undef NAME
    default: return NULL;
    }
}

/* The bits of a word in `mask`, as the manual writes them: 31:25, 11:7. */
static void
bit_ranges(uint32_t mask, char *text)
{
    int bit = 31;

    *text = '\0';
    while (bit >= 0) {
        int high = bit;

        if ((mask >> bit & 1) == 0) {
            bit--;
            continue;
        }
        while (bit >= 0 && (mask >> bit & 1) != 0)
            bit--;
        text += sprintf(text, "%d:%d", high, bit + 1);
        if (bit > 0 && (mask & ((1u << bit) - 1)) != 0)
            text += sprintf(text, ", ");
    }
}

static void
print_operands(void)
{
    static struct table t;
    struct isa_range range;
    char bits[40];

    table_start(&t, "letter", "operand", "bits", "values", "what", NULL);
#define OPERAND(letter, name, layout)                                                              \
    (void)isa_field_range(letter, &range);                                                         \
    bit_ranges(isa_field_put(letter, -1), bits);                                                   \
    table_cell(&t, "`%c`", letter);                                                                \
    table_cell(&t, "%s", name);                                                                    \
    table_cell(&t, "%s", bits);                                                                    \
    table_cell(&t, "%" PRId64 " to %" PRId64 "%s", range.low, range.high,                          \
               range.multiple == 2 ? ", even" : "");                                               \
    table_cell(&t, "%s", layout);
    OPERANDS(OPERAND)
#undef OPERAND
    table_print(&t);
}

/* A mnemonic and its operands by name, as the assembler takes them. */
static void
syntax(const char *mnemonic, const char *operands, char *text)
{
    text += sprintf(text, "%s%s", mnemonic, *operands == '\0' ? "" : " ");
    for (; *operands != '\0'; operands++)
        if (operand_name(*operands) != NULL)
            text += sprintf(text, "%s", operand_name(*operands));
        else if (*operands != '0')
            text += sprintf(text, "%c", *operands);
}

/* ---- instructions ---- */

/* Bit 31 to 0: fixed, of an operand by its letter, aq and rl `*`, ignored `-`. */
static char
pattern_bit(const struct isa_instruction *row, unsigned bit)
{
    if ((row->mask >> bit & 1) != 0)
        return (row->match >> bit & 1) != 0 ? '1' : '0';
    for (const char *o = row->operands; *o != '\0'; o++)
        if ((isa_field_put(*o, -1) >> bit & 1) != 0)
            return *o;
    return (row->match & 0x7f) == OPCODE_AMO ? '*' : '-';
}

/* The pattern, with a space between the fields of the R format. */
static void
pattern(const struct isa_instruction *row, char *text)
{
    for (unsigned bit = 32; bit-- > 0;) {
        *text++ = pattern_bit(row, bit);
        if (bit == 25 || bit == 20 || bit == 15 || bit == 12 || bit == 7)
            *text++ = ' ';
    }
    *text = '\0';
}

static void
print_group(const char *title, enum isa_insn first, enum isa_insn last)
{
    static struct table t;

    printf("### %s\n\n", title);
    table_start(&t, "instruction", "encoding", "what it does", NULL);
    for (unsigned i = first; i <= last; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);
        char text[CELL], bits[40];

        syntax(row->mnemonic, row->operands, text);
        pattern(row, bits);
        table_cell(&t, "`%s`", text);
        table_cell(&t, "`%s`", bits);
        table_cell(&t, "%s", row->about);
    }
    table_print(&t);
}

static void
print_instructions(void)
{
    static const struct {
        const char *title;
        enum isa_insn first, last;
    } groups[] = {{"Upper immediates and jumps", INSN_lui, INSN_jalr},
                  {"Branches", INSN_beq, INSN_bgeu},
                  {"Loads", INSN_lb, INSN_lhu},
                  {"Stores", INSN_sb, INSN_sw},
                  {"Register and immediate", INSN_addi, INSN_srai},
                  {"Register and register", INSN_add, INSN_and},
                  {"Multiply and divide (M)", INSN_mul, INSN_remu},
                  {"Fences", INSN_fence, INSN_fence_i},
                  {"Atomics (A)", INSN_lr_w, INSN_amomaxu_w},
                  {"System", INSN_ecall, INSN_wfi},
                  {"CSRs (Zicsr)", INSN_csrrw, INSN_csrrci}};
    unsigned next = 0;

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        assert((unsigned)groups[i].first == next); /* none left out */
        print_group(groups[i].title, groups[i].first, groups[i].last);
        next = groups[i].last + 1u;
    }
    assert(next == INSN_COUNT);
}

/* ---- pseudo-instructions ---- */

/* The value that `letter` has in `word`, as the assembler takes it. */
static char *
put_value(char *text, char letter, uint32_t word)
{
    int64_t value = isa_field_get(letter, word);
    char name[ISA_CSR_NAME_MAX];

    switch (letter) {
    case 'd':
    case 's':
    case 't': return text + sprintf(text, "%s", isa_register_name((unsigned)value));
    case 'E': (void)isa_csr_name((uint32_t)value, name); return text + sprintf(text, "%s", name);
    case 'P':
    case 'S':
        for (unsigned i = 0; i < 4; i++)
            if ((value << i & 8) != 0)
                *text++ = "iorw"[i];
        *text = '\0';
        return text;
    default: return text + sprintf(text, "%" PRId64, value);
    }
}

/* The instruction it stands for: operands that it leaves open by name, the others by value. */
static void
stands_for(const struct isa_pseudo *p, char *text)
{
    const struct isa_instruction *row = isa_instruction(p->insn);
    uint32_t said = row->mask;

    text += sprintf(text, "`%s%s", row->mnemonic, *row->operands == '\0' ? "" : " ");
    for (const char *o = row->operands; *o != '\0'; o++) {
        said |= isa_field_put(*o, -1);
        if (operand_name(*o) == NULL)
            text += sprintf(text, "%c", *o);
        else if (strchr(p->operands, *o) != NULL)
            text += sprintf(text, "%s", operand_name(*o));
        else
            text = put_value(text, *o, p->match);
    }
    text += sprintf(text, "`");
    if ((p->match & ~said) != 0)
        (void)sprintf(text, ", fm = %" PRIu32, p->match >> 28);
}

static void
print_pseudo(void)
{
    static struct table t;
    const struct isa_pseudo *p;

    table_start(&t, "pseudo-instruction", "stands for", NULL);
    for (unsigned i = 0; (p = isa_pseudo(i)) != NULL; i++) {
        char text[CELL];

        syntax(p->mnemonic, p->operands, text);
        table_cell(&t, "`%s`%s", text, p->mask == 0 ? " (*)" : "");
        stands_for(p, text);
        table_cell(&t, "%s", text);
    }
    table_print(&t);
}

/* ---- CSRs ---- */

struct csr_entry {
    uint32_t first, last;
    char name[40];
    const char *about;
};

static int
by_number(const void *a, const void *b)
{
    const struct csr_entry *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* What CSR `number` reads after `value` was written to it, at reset. */
static uint32_t
read_back(uint32_t number, uint32_t value)
{
    struct isa_hart h;

    isa_reset(&h, ISA_RAM_START, 0);
    isa_csr_write(&h, number, value, 1u << 30);
    isa_retire(&h);
    return isa_csr_read(&h, number);
}

/* The bits that can be set and cleared, found out by trying. */
static uint32_t
writable_bits(uint32_t number)
{
    uint32_t cleared = read_back(number, 0), bits = read_back(number, 0xffffffff) ^ cleared;

    if (isa_csr_read_only(number))
        return 0;
    for (unsigned i = 0; i < 32; i++)
        bits |= read_back(number, 1u << i) ^ cleared;
    return bits;
}

static void
print_csr(struct table *t, const struct csr_entry *e)
{
    uint32_t bits = writable_bits(e->first);

    table_cell(t, e->first == e->last ? "0x%03" PRIx32 : "0x%03" PRIx32 " to 0x%03" PRIx32,
               e->first, e->last);
    table_cell(t, "`%s`", e->name);
    if (isa_csr_read_only(e->first))
        table_cell(t, "read-only");
    else if (bits == 0)
        table_cell(t, "fixed");
    else
        table_cell(t, "0x%08" PRIx32, bits);
    table_cell(t, "%s", e->about);
}

static void
print_csrs(void)
{
    static struct table t;
    struct csr_entry entries[] = {
#define ONE(id, name, number, value, about) {number, number, name, about},
#define FAMILY(name, suffix, number, first, last, about)                                           \
    {number, (number) + (last) - (first), name #first suffix " to " name #last suffix, about},
        ISA_CSRS(ONE) ISA_CSR_FAMILIES(FAMILY)
#undef ONE
#undef FAMILY
    };
    const size_t count = sizeof entries / sizeof entries[0];

    qsort(entries, count, sizeof entries[0], by_number);
    table_start(&t, "number", "name", "writes", "what", NULL);
    for (size_t i = 0; i < count; i++)
        print_csr(&t, &entries[i]);
    table_print(&t);
}

/* ---- causes, actions ---- */

static void
print_causes(void)
{
    static struct table t;

    table_start(&t, "mcause", "trap", NULL);
#define EXCEPTION(id, code, name)                                                                  \
    table_cell(&t, "%d", code);                                                                    \
    table_cell(&t, "%s", name);
    ISA_EXCEPTIONS(EXCEPTION)
#undef EXCEPTION
#define INTERRUPT(id, code, name)                                                                  \
    table_cell(&t, "0x%08" PRIx32, MCAUSE_INTERRUPT | (code));                                     \
    table_cell(&t, "%s", name);
    ISA_INTERRUPTS(INTERRUPT)
#undef INTERRUPT
    table_print(&t);
}

static void
print_actions(void)
{
    static struct table t;

    table_start(&t, "action", "in user mode, instead of the trap", NULL);
#define ACTION(id, name, about)                                                                    \
    table_cell(&t, "`%s`", name);                                                                  \
    table_cell(&t, "%s", about);
    ISA_ACTIONS(ACTION)
#undef ACTION
    table_print(&t);
}

/* ---- the card ---- */

static const char head[] =
    "<!-- Printed by build/reference from the tables in isa/; do not edit. -->\n"
    "\n"
    "# Reference card\n"
    "\n"
    "All that the tables in `isa/` say: instructions, pseudo-instructions, CSRs,\n"
    "causes of traps, actions of variants.  [machine.md](machine.md) explains them.\n"
    "\n"
    "## Instructions\n"
    "\n"
    "An encoding is written from bit 31 to bit 0, with spaces between the fields of\n"
    "the R format.  `0` and `1` are fixed; a letter is a bit of an operand; `*` are\n"
    "`aq` and `rl` of an atomic (suffixes `.aq`, `.rl`, `.aqrl`), without effect on\n"
    "one hart that executes in order; `-` is ignored.\n"
    "\n";

static const char pseudo[] =
    "## Pseudo-instructions\n"
    "\n"
    "Each stands for one instruction with some operands fixed.  The disassembler\n"
    "prints the first that fits; those marked (*) are for the assembler alone.\n"
    "Those of more than one instruction (`la`, `call`, `li` with a large number, ...)\n"
    "are the assembler's own.\n"
    "\n";

static const char csrs[] =
    "## CSRs\n"
    "\n"
    "*writes*: the bits that can be set and cleared; *fixed*: a write is accepted and\n"
    "has no effect; *read-only*: a write is an illegal instruction.  (`mresv`, with 1\n"
    "GiB of RAM; an offset outside RAM stores 0.)  An access to any other number is an\n"
    "illegal instruction, and so is any access from U-mode.\n"
    "\n";

static const char causes[] = "## Causes of traps\n"
                             "\n"
                             "Of several interrupts the external one is taken first, then the\n"
                             "software interrupt, then the timer's.\n"
                             "\n";

static const char actions[] = "## Actions of variants\n"
                              "\n"
                              "What a variant's rule can say of a privileged instruction, or of\n"
                              "reading or writing a CSR.\n"
                              "\n";

static const char tail[] =
    "## Where the disassembler differs from GNU objdump\n"
    "\n"
    "Text is what `objdump -d` of binutils 2.40 prints, but for this:\n"
    "\n"
    "- A word that is no instruction is `.word 0x%08x` (there `.4byte`, without leading\n"
    "  zeros).  So is a fence with reserved bits set, which runs as a fence but has\n"
    "  no name of its own; only `fence.tso` has.\n"
    "- An instruction with an immediate keeps its `i`, as in the manual: `addi`,\n"
    "  `csrwi`, ... (there `add a0,a0,1`, `csrw mie,5`).\n"
    "- `mbase`, `mbound` and `mresv` have names; CSRs that this machine does not have\n"
    "  are printed by number.\n"
    "- What GNU knows beyond this machine (`sret`, `sfence.vma`, shifts by 32 and more,\n"
    "  ...) is undefined here.\n";

int
main(void)
{
    fputs(head, stdout);
    print_operands();
    print_instructions();
    fputs(pseudo, stdout);
    print_pseudo();
    fputs(csrs, stdout);
    print_csrs();
    fputs(causes, stdout);
    print_causes();
    fputs(actions, stdout);
    print_actions();
    fputs(tail, stdout);
    return fflush(stdout) != 0 || ferror(stdout) != 0;
}
