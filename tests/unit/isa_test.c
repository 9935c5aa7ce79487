/* SPDX-License-Identifier: MIT */
/*
 * isa/: the tables, fields and names; what each class of instructions does;
 * CSRs, traps, interrupts, R, variants.  Arithmetic is checked against the
 * same arithmetic done another way (in 64 bits, signed), rules against their
 * text in docs/machine.md.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "isa/csr.h"
#include "isa/disassemble.h"
#include "isa/encode.h"
#include "isa/execute.h"
#include "isa/privileged.h"
#include "tests/unit/suites.h"

enum { RAM_SIZE = 1 << 20 };

/* ---- a processor to try things on ---- */

static uint8_t memory[RAM_SIZE];
static const struct isa_ram ram = {memory, RAM_SIZE};
static struct isa_hart hart;
static struct isa_outcome outcome;

/* A fresh processor in `mode`, at the start of RAM, which is zeroed. */
static void
fresh(uint32_t mode)
{
    memset(memory, 0, sizeof memory);
    memset(&outcome, 0, sizeof outcome);
    isa_reset(&hart, ISA_RAM_START, 0);
    hart.mode = mode;
}

static enum isa_result
execute_in(const struct isa_variant *v, uint32_t word)
{
    memset(&outcome, 0, sizeof outcome);
    return isa_execute(&hart, &ram, v, word, &outcome);
}

static enum isa_result
execute(uint32_t word)
{
    return execute_in(&isa_virtualizable, word);
}

/* The instruction traps with this cause and mtval, and changes nothing. */
static bool
traps(uint32_t word, uint32_t cause, uint32_t tval)
{
    struct isa_hart before;

    memcpy(&before, &hart, sizeof before);
    return execute(word) == ISA_TRAP && outcome.cause == cause && outcome.tval == tval &&
           memcmp(&before, &hart, sizeof before) == 0;
}

/* It retires: pc moves on, the counters count. */
static bool
retires(uint32_t word)
{
    uint32_t pc = hart.pc;
    uint64_t instret = hart.minstret, cycle = hart.mcycle, time = hart.mtime;

    return execute(word) == ISA_DONE && hart.pc == pc + 4 && hart.minstret == instret + 1 &&
           hart.mcycle == cycle + 1 && hart.mtime == time + 1 && hart.x[0] == 0;
}

static uint32_t
word_at(uint32_t offset)
{
    return isa_ram_load(memory + offset, 4);
}

static void
set_word(uint32_t offset, uint32_t value)
{
    isa_ram_store(memory + offset, 4, value);
}

/* ---- encodings, put together from the table ---- */

static uint32_t
match(enum isa_insn insn)
{
    return isa_instruction(insn)->match;
}

static uint32_t
r_type(enum isa_insn insn, uint32_t rd, uint32_t rs1, uint32_t rs2)
{
    return match(insn) | rd << 7 | rs1 << 15 | rs2 << 20;
}

static uint32_t
i_type(enum isa_insn insn, uint32_t rd, uint32_t rs1, int32_t imm)
{
    return match(insn) | rd << 7 | rs1 << 15 | (uint32_t)imm << 20;
}

static uint32_t
s_type(enum isa_insn insn, uint32_t rs2, uint32_t rs1, int32_t imm)
{
    return match(insn) | rs2 << 20 | rs1 << 15 | isa_field_put('q', imm);
}

static uint32_t
b_type(enum isa_insn insn, uint32_t rs1, uint32_t rs2, int32_t distance)
{
    return match(insn) | rs1 << 15 | rs2 << 20 | isa_field_put('p', distance);
}

static uint32_t
csr_type(enum isa_insn insn, uint32_t rd, uint32_t csr, uint32_t rs1_or_imm)
{
    return match(insn) | rd << 7 | csr << 20 | rs1_or_imm << 15;
}

/* ---- values ---- */

static const uint32_t edges[] = {0,          1,          2,          3,          4,
                                 7,          0x1f,       0x20,       0x21,       0x7f,
                                 0x80,       0xff,       0x7fff,     0x8000,     0xffff,
                                 0x10000,    0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001,
                                 0xaaaaaaaa, 0xfffffffc, 0xfffffffd, 0xfffffffe, 0xffffffff};

enum { EDGES = sizeof edges / sizeof edges[0] };

/* xorshift32 (Marsaglia 2003); the state is never 0. */
static uint32_t
next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static int64_t
as_signed(uint32_t v)
{
    return v < 0x80000000u ? (int64_t)v : (int64_t)v - 0x100000000;
}

/* ---- the table ---- */

static void
every_row_decodes_to_itself(void)
{
    for (int i = 0; i < INSN_COUNT; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);

        CU_ASSERT_EQUAL(isa_decode(row->match), (enum isa_insn)i);
        CU_ASSERT_EQUAL(isa_decode(row->match | ~row->mask), (enum isa_insn)i);
        CU_ASSERT_EQUAL(row->match & ~row->mask, 0);
        CU_ASSERT_EQUAL(row->mask & 0x7f, 0x7f);
    }
}

/* How many rows the word fits; *insn is the last of them. */
static unsigned
rows_that_fit(uint32_t word, enum isa_insn *insn)
{
    unsigned count = 0;

    *insn = INSN_undefined;
    for (int i = 0; i < INSN_COUNT; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);

        if ((word & row->mask) == row->match) {
            *insn = (enum isa_insn)i;
            count++;
        }
    }
    return count;
}

static void
rows_are_disjoint(void)
{
    for (int i = 0; i < INSN_COUNT; i++)
        for (int j = 0; j < i; j++) {
            const struct isa_instruction *a = isa_instruction((enum isa_insn)i);
            const struct isa_instruction *b = isa_instruction((enum isa_insn)j);

            CU_ASSERT_NOT_EQUAL((a->match ^ b->match) & a->mask & b->mask, 0);
        }
}

static void
decode_is_the_linear_search(void)
{
    uint32_t state = 1;
    unsigned wrong = 0;

    for (unsigned n = 0; n < 200000; n++) {
        uint32_t word = next_random(&state);
        enum isa_insn insn;

        if (n % 2 == 0) { /* a row, with a bit of its own flipped now and then */
            const struct isa_instruction *row = isa_instruction(word % INSN_COUNT);

            word = row->match | (next_random(&state) & ~row->mask);
            word ^= n % 4 == 0 ? 1u << (n / 4 & 31) : 0;
        }
        wrong += rows_that_fit(word, &insn) > 1 || isa_decode(word) != insn;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/*
 * Of the 2^32 words, how many are instructions: counted from the formats of the
 * manual, by the bits that each leaves to its operands.
 */
static void
as_many_encodings_as_the_manual_has(void)
{
    uint64_t count = 0, expected = 3ull << 25; /* lui, auipc, jal: rd and 20 bits */

    expected += (1 + 6 + 5 + 3 + 6 + 2 + 6ull) << 22; /* 22 bits beside opcode and funct3: jalr,
                                                         branches, loads, stores, six of OP-IMM,
                                                         fences, CSR instructions */
    expected += (3 + 18ull) << 15;                    /* shifts, OP: three times 5 bits */
    expected += 1ull << 12;                           /* lr.w: aq, rl, rd, rs1 */
    expected += 10ull << 17;                          /* sc.w, AMOs: aq, rl, three registers */
    expected += 4;                                    /* ecall, ebreak, mret, wfi */
    for (int i = 0; i < INSN_COUNT; i++) {
        uint64_t words = 1;

        for (unsigned bit = 0; bit < 32; bit++)
            words <<= ~isa_instruction((enum isa_insn)i)->mask >> bit & 1;
        count += words;
    }
    CU_ASSERT_EQUAL(count, expected);
}

/* Each pseudo-instruction is an instance of its instruction. */
static void
pseudo_instructions_fit(void)
{
    const struct isa_pseudo *p;

    for (unsigned i = 0; (p = isa_pseudo(i)) != NULL; i++) {
        const struct isa_instruction *row = isa_instruction(p->insn);

        CU_ASSERT_EQUAL(p->match & row->mask, row->match);
        CU_ASSERT_EQUAL(isa_decode(p->match), p->insn);
        CU_ASSERT(p->mask == 0 || (p->mask & row->mask) == row->mask);
        CU_ASSERT(p->mask == 0 || (p->match & ~p->mask) == 0);
    }
}

/* No form is there twice. */
static void
pseudo_instructions_differ(void)
{
    const struct isa_pseudo *p, *q;

    for (unsigned i = 0; (p = isa_pseudo(i)) != NULL; i++)
        for (unsigned j = 0; j < i; j++) {
            q = isa_pseudo(j);
            CU_ASSERT(strcmp(p->mnemonic, q->mnemonic) != 0 ||
                      strcmp(p->operands, q->operands) != 0);
        }
}

/* ---- fields ---- */

static const char letters[] = "dstiqopauhEZPS";

static void
fields_go_in_and_out(void)
{
    for (const char *c = letters; *c != '\0'; c++) {
        struct isa_range range;
        uint32_t used = 0;
        unsigned wrong = 0;

        CU_ASSERT_TRUE_FATAL(isa_field_range(*c, &range));
        for (int64_t v = range.low; v <= range.high; v += range.multiple)
            used |= isa_field_put(*c, v);
        for (int64_t v = range.low; v <= range.high; v += range.multiple) {
            uint32_t put = isa_field_put(*c, v);

            wrong += isa_field_get(*c, put) != v || isa_field_get(*c, put | ~used) != v;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(used, isa_field_put(*c, -1));
    }
}

static void
other_letters_are_no_fields(void)
{
    struct isa_range range;

    for (int c = 0; c < 128; c++)
        if (c == '\0' || strchr(letters, c) == NULL) {
            CU_ASSERT_FALSE(isa_field_range((char)c, &range));
            CU_ASSERT_EQUAL(isa_field_put((char)c, -1), 0);
        }
}

/* The operands of a row lie beside each other and beside what the row fixes. */
static void
fields_of_a_row_do_not_overlap(void)
{
    for (int i = 0; i < INSN_COUNT; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);
        uint32_t taken = row->mask;

        for (const char *c = row->operands; *c != '\0'; c++) {
            CU_ASSERT_EQUAL(taken & isa_field_put(*c, -1), 0);
            taken |= isa_field_put(*c, -1);
        }
    }
}

/* The layouts of section 2.3, by words assembled with GNU as. */
static void
immediates_as_the_manual_has_them(void)
{
    CU_ASSERT_EQUAL(isa_imm_i(0x80000013), 0xfffff800);
    CU_ASSERT_EQUAL(isa_imm_i(0x7ff00013), 0x7ff);
    CU_ASSERT_EQUAL(isa_imm_s(0xfe000fa3), 0xffffffff);
    CU_ASSERT_EQUAL(isa_imm_s(0x80000023), 0xfffff800);
    CU_ASSERT_EQUAL(isa_imm_b(0x80000063), 0xfffff000);
    CU_ASSERT_EQUAL(isa_imm_b(0x7e000fe3), 4094);
    CU_ASSERT_EQUAL(isa_imm_j(0x8000006f), 0xfff00000);
    CU_ASSERT_EQUAL(isa_imm_j(0x7ffff06f), 1048574);
    CU_ASSERT_EQUAL(isa_imm_u(0xfffff037), 0xfffff000);
}

/* ---- names ---- */

static void
registers_have_names(void)
{
    for (unsigned r = 0; r < 32; r++) {
        char x[4];
        const char *name = isa_register_name(r);

        (void)snprintf(x, sizeof x, "x%u", r);
        CU_ASSERT_EQUAL(isa_register_number(name, (unsigned)strlen(name)), (int)r);
        CU_ASSERT_EQUAL(isa_register_number(x, (unsigned)strlen(x)), (int)r);
    }
    CU_ASSERT_STRING_EQUAL(isa_register_name(8), "s0");
    CU_ASSERT_STRING_EQUAL(isa_register_name(17), "a7");
    CU_ASSERT_STRING_EQUAL(isa_register_name(31), "t6");
    CU_ASSERT_EQUAL(isa_register_number("fp", 2), 8);
    CU_ASSERT_EQUAL(isa_register_number("a0b", 2), 10);
    CU_ASSERT_EQUAL(isa_register_number("x32", 3), -1);
    CU_ASSERT_EQUAL(isa_register_number("x01", 3), -1);
    CU_ASSERT_EQUAL(isa_register_number("x", 1), -1);
    CU_ASSERT_EQUAL(isa_register_number("x1a", 3), -1);
    CU_ASSERT_EQUAL(isa_register_number("a", 1), -1);
    CU_ASSERT_EQUAL(isa_register_number("", 0), -1);
    CU_ASSERT_EQUAL(isa_register_number("zer", 3), -1);
}

/* The CSRs of docs/machine.md, first and last number of each run of them. */
static const struct {
    uint32_t first, last;
} csrs[] = {{0x300, 0x301}, {0x304, 0x306}, {0x30a, 0x30a}, {0x310, 0x310}, {0x31a, 0x31a},
            {0x320, 0x320}, {0x323, 0x33f}, {0x340, 0x344}, {0x3a0, 0x3a3}, {0x3b0, 0x3bf},
            {0x7c0, 0x7c2}, {0xb00, 0xb00}, {0xb02, 0xb1f}, {0xb80, 0xb80}, {0xb82, 0xb9f},
            {0xc00, 0xc02}, {0xc80, 0xc82}, {0xf11, 0xf15}};

static bool
listed(uint32_t number)
{
    for (size_t i = 0; i < sizeof csrs / sizeof csrs[0]; i++)
        if (number >= csrs[i].first && number <= csrs[i].last)
            return true;
    return false;
}

/* What a monitor asks of a word, shorter than by decoding it, the decoder would say, too: of every
 * opcode and funct3, all other bits 0 or 1. */
static void
words_are_told_apart_as_the_decoder_does(void)
{
    static const uint32_t others[] = {0, 0xffff8f80u};
    struct isa_hart h = {.mode = ISA_MACHINE};

    for (uint32_t i = 0; i < 2 * 0x400; i++) {
        uint32_t word = (i & 0x7f) | (i >> 7 & 7) << 12 | others[i >> 10];
        enum isa_insn insn = isa_decode(word);
        struct isa_access access;

        CU_ASSERT_EQUAL(isa_encodes_csr(word), isa_is_csr(insn));
        switch (insn) {
        case INSN_lb:
        case INSN_lh:
        case INSN_lw:
        case INSN_lbu:
        case INSN_lhu:
        case INSN_sb:
        case INSN_sh:
        case INSN_sw: CU_ASSERT(isa_access_of(&h, word, &access)); break;
        default: CU_ASSERT(!isa_access_of(&h, word, &access)); break;
        }
    }
}

static void
csrs_exist_and_have_names(void)
{
    unsigned count = 0, at = 0;

    for (uint32_t n = 0; n < 0x1000; n++) {
        char name[ISA_CSR_NAME_MAX];

        CU_ASSERT_EQUAL(isa_csr_exists(n), listed(n));
        CU_ASSERT_EQUAL(isa_csr_name(n, name), listed(n));
        CU_ASSERT_EQUAL(isa_csr_about(n) != NULL, listed(n));
        if (!listed(n))
            continue;
        count++;
        CU_ASSERT(strlen(name) < ISA_CSR_NAME_MAX);
        CU_ASSERT_EQUAL(isa_csr_number(name, (unsigned)strlen(name)), (int)n);
    }
    for (; isa_csr_at(at) >= 0; at++)
        CU_ASSERT(listed((uint32_t)isa_csr_at(at)));
    CU_ASSERT_EQUAL(at, count);
}

static bool
is_named(uint32_t number, const char *expected)
{
    char name[ISA_CSR_NAME_MAX];

    return isa_csr_name(number, name) && strcmp(name, expected) == 0;
}

static void
csr_names_are_the_manuals(void)
{
    CU_ASSERT(is_named(0x300, "mstatus"));
    CU_ASSERT(is_named(0x323, "mhpmevent3"));
    CU_ASSERT(is_named(0x33f, "mhpmevent31"));
    CU_ASSERT(is_named(0x3a3, "pmpcfg3"));
    CU_ASSERT(is_named(0x3bf, "pmpaddr15"));
    CU_ASSERT(is_named(0xb03, "mhpmcounter3"));
    CU_ASSERT(is_named(0xb9f, "mhpmcounter31h"));
    CU_ASSERT(is_named(0x7c2, "mresv"));
    CU_ASSERT_EQUAL(isa_csr_number("mstatu", 6), -1);
    CU_ASSERT_EQUAL(isa_csr_number("mstatusx", 8), -1);
    CU_ASSERT_EQUAL(isa_csr_number("mstatusx", 7), 0x300);
    CU_ASSERT_EQUAL(isa_csr_number("mhpmcounter2", 12), -1);
    CU_ASSERT_EQUAL(isa_csr_number("mhpmcounter32", 13), -1);
    CU_ASSERT_EQUAL(isa_csr_number("", 0), -1);
}

/* ---- the disassembler; tests/oracle/disassembler.py has it all ---- */

static bool
reads(uint32_t word, const char *expected)
{
    char text[ISA_TEXT_MAX];
    uint32_t target = 0;

    (void)isa_disassemble(word, ISA_RAM_START, text, &target);
    return strcmp(text, expected) == 0;
}

static void
words_read_as_gnu_has_them(void)
{
    CU_ASSERT(reads(0x00150513, "addi\ta0,a0,1"));
    CU_ASSERT(reads(0x12345537, "lui\ta0,0x12345"));
    CU_ASSERT(reads(0x00351513, "slli\ta0,a0,0x3"));
    CU_ASSERT(reads(0x80050513, "addi\ta0,a0,-2048"));
    CU_ASSERT(reads(0x00000013, "nop"));
    CU_ASSERT(reads(0x00500513, "li\ta0,5"));
    CU_ASSERT(reads(0x00008067, "ret"));
    CU_ASSERT(reads(0x00c58067, "jr\t12(a1)"));
    CU_ASSERT(reads(0x1005a52f, "lr.w\ta0,(a1)"));
    CU_ASSERT(reads(0x0ea5aaaf, ".word\t0x0ea5aaaf") == false);
    CU_ASSERT(reads(0x0ea5a6af, "amoswap.w.aqrl\ta3,a0,(a1)"));
    CU_ASSERT(reads(0x0cf5a6af, "amoswap.w.aq\ta3,a5,(a1)"));
    CU_ASSERT(reads(0x0af5a6af, "amoswap.w.rl\ta3,a5,(a1)"));
    CU_ASSERT(reads(0x30002573, "csrr\ta0,mstatus"));
    CU_ASSERT(reads(0x7c0027f3, "csrr\ta5,mbase"));
    CU_ASSERT(reads(0x7ff02573, "csrr\ta0,0x7ff"));
    CU_ASSERT(reads(0x0ff0000f, "fence"));
    CU_ASSERT(reads(0x0310000f, "fence\trw,w"));
    CU_ASSERT(reads(0x0ff0008f, ".word\t0x0ff0008f")); /* runs, but has no name */
    CU_ASSERT(reads(0x00000000, ".word\t0x00000000"));
}

static void
jumps_name_their_target(void)
{
    char text[ISA_TEXT_MAX];
    uint32_t target = 0;

    CU_ASSERT_TRUE(isa_disassemble(0xff5ff06f, 0x80000010, text, &target));
    CU_ASSERT_STRING_EQUAL(text, "j\t80000004");
    CU_ASSERT_EQUAL(target, 0x80000004);
    CU_ASSERT_TRUE(isa_disassemble(0x00b50863, 0x80000000, text, &target));
    CU_ASSERT_STRING_EQUAL(text, "beq\ta0,a1,80000010");
    CU_ASSERT_EQUAL(target, 0x80000010);
    CU_ASSERT_TRUE(isa_disassemble(0xff1ff06f, 8, text, &target)); /* around the end */
    CU_ASSERT_STRING_EQUAL(text, "j\tfffffff8");
    CU_ASSERT_FALSE(isa_disassemble(0x00008067, 0, text, &target));
    CU_ASSERT_FALSE(isa_disassemble(0xffffffff, 0, text, &target));
}

/* Nothing is longer than its buffer. */
static void
text_fits(void)
{
    uint32_t state = 7;

    for (unsigned n = 0; n < 50000; n++) {
        const struct isa_instruction *row = isa_instruction(n % INSN_COUNT);
        char text[2 * ISA_TEXT_MAX];
        uint32_t target;

        (void)isa_disassemble(row->match | (next_random(&state) & ~row->mask), 0x80000000, text,
                              &target);
        if (strlen(text) >= ISA_TEXT_MAX)
            CU_FAIL("text too long");
    }
}

/* ---- arithmetic ---- */

/* What an OP instruction computes, in 64-bit signed arithmetic; shifts as powers of two. */
static uint32_t
by_other_means(enum isa_insn insn, uint32_t a, uint32_t b)
{
    int64_t sa = as_signed(a), sb = as_signed(b), power = (int64_t)1 << b % 32;
    int64_t ua = a, ub = b;

    switch (insn) {
    case INSN_addi:
    case INSN_add: return (uint32_t)(sa + sb);
    case INSN_sub: return (uint32_t)(sa - sb);
    case INSN_slti:
    case INSN_slt: return sa - sb < 0;
    case INSN_sltiu:
    case INSN_sltu: return ua - ub < 0;
    case INSN_xori:
    case INSN_xor: return (a | b) - (a & b);
    case INSN_ori:
    case INSN_or: return ~(~a & ~b);
    case INSN_andi:
    case INSN_and: return ~(~a | ~b);
    case INSN_slli:
    case INSN_sll: return (uint32_t)((uint64_t)ua * (uint64_t)power);
    case INSN_srli:
    case INSN_srl: return (uint32_t)(ua / power);
    case INSN_srai:
    case INSN_sra: return (uint32_t)((sa - (((sa % power) + power) % power)) / power);
    case INSN_mul: return (uint32_t)(sa * sb);
    case INSN_mulh: return (uint32_t)((uint64_t)(sa * sb) >> 32);
    case INSN_mulhsu: return (uint32_t)((uint64_t)(sa * ub) >> 32);
    case INSN_mulhu: return (uint32_t)((uint64_t)ua * (uint64_t)ub >> 32);
    case INSN_div: return sb == 0 ? 0xffffffff : (uint32_t)(sa / sb);
    case INSN_divu: return ub == 0 ? 0xffffffff : (uint32_t)(ua / ub);
    case INSN_rem: return sb == 0 ? a : (uint32_t)(sa % sb);
    case INSN_remu: return ub == 0 ? a : (uint32_t)(ua % ub);
    default: CU_FAIL("no such arithmetic"); return 0;
    }
}

static unsigned
wrong_op(enum isa_insn insn, uint32_t a, uint32_t b)
{
    hart.pc = ISA_RAM_START;
    hart.x[5] = a;
    hart.x[6] = b;
    return !retires(r_type(insn, 7, 5, 6)) || hart.x[7] != by_other_means(insn, a, b);
}

static void
registers_compute(void)
{
    uint32_t state = 3;

    fresh(ISA_MACHINE);
    for (int i = INSN_add; i <= INSN_remu; i++) {
        unsigned wrong = 0;

        for (unsigned a = 0; a < EDGES; a++)
            for (unsigned b = 0; b < EDGES; b++)
                wrong += wrong_op((enum isa_insn)i, edges[a], edges[b]);
        for (unsigned n = 0; n < 5000; n++) {
            uint32_t a = next_random(&state);

            wrong += wrong_op((enum isa_insn)i, a, next_random(&state) >> (a & 31));
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

static void
immediates_compute(void)
{
    fresh(ISA_USER);
    for (int i = INSN_addi; i <= INSN_srai; i++) {
        bool shift = i >= INSN_slli;
        unsigned wrong = 0;

        for (unsigned a = 0; a < EDGES; a++)
            for (int32_t imm = shift ? 0 : -2048; imm < (shift ? 32 : 2048); imm++) {
                hart.pc = ISA_RAM_START;
                hart.x[5] = edges[a];
                wrong += !retires(i_type((enum isa_insn)i, 7, 5, imm)) ||
                         hart.x[7] != by_other_means((enum isa_insn)i, edges[a], (uint32_t)imm);
            }
        CU_ASSERT_EQUAL(wrong, 0);
    }
}

/* Volume I, table 7.1: division by zero, and overflow. */
static void
division_at_its_edges(void)
{
    static const struct {
        enum isa_insn insn;
        uint32_t dividend, divisor, result;
    } table[] = {{INSN_divu, 1234, 0, 0xffffffff},
                 {INSN_remu, 1234, 0, 1234},
                 {INSN_div, 1234, 0, 0xffffffff},
                 {INSN_rem, 1234, 0, 1234},
                 {INSN_div, 0x80000000, 0xffffffff, 0x80000000},
                 {INSN_rem, 0x80000000, 0xffffffff, 0},
                 {INSN_rem, 0x80000000, 0, 0x80000000},
                 {INSN_div, 0xfffffff9, 2, 0xfffffffd},  /* -7 / 2 = -3 */
                 {INSN_rem, 0xfffffff9, 2, 0xffffffff},  /* -7 % 2 = -1 */
                 {INSN_rem, 7, 0xfffffffe, 1},           /* 7 % -2 = 1 */
                 {INSN_div, 7, 0xfffffffe, 0xfffffffd}}; /* 7 / -2 = -3 */

    fresh(ISA_MACHINE);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        hart.x[5] = table[i].dividend;
        hart.x[6] = table[i].divisor;
        CU_ASSERT(retires(r_type(table[i].insn, 7, 5, 6)));
        CU_ASSERT_EQUAL(hart.x[7], table[i].result);
    }
}

static void
x0_stays_zero(void)
{
    fresh(ISA_MACHINE);
    hart.x[5] = 9;
    hart.x[6] = ISA_RAM_START + 64;
    set_word(64, 77);
    CU_ASSERT(retires(r_type(INSN_add, 0, 5, 5)));
    CU_ASSERT(retires(match(INSN_lui) | 0x12345000));
    CU_ASSERT(retires(i_type(INSN_lw, 0, 6, 0)));
    CU_ASSERT(retires(r_type(INSN_amoadd_w, 0, 6, 5)));
    CU_ASSERT_EQUAL(word_at(64), 86);
    CU_ASSERT(retires(csr_type(INSN_csrrw, 0, CSR_misa, 5)));
    CU_ASSERT_EQUAL(execute(match(INSN_jal) | isa_field_put('a', 8)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[0], 0);
}

/* ---- jumps and branches ---- */

static void
upper_immediates(void)
{
    fresh(ISA_USER);
    hart.pc = ISA_RAM_START + 0x100;
    CU_ASSERT(retires(match(INSN_lui) | 7 << 7 | 0xfffff000));
    CU_ASSERT_EQUAL(hart.x[7], 0xfffff000);
    CU_ASSERT(retires(match(INSN_auipc) | 7 << 7 | 0x80001000));
    CU_ASSERT_EQUAL(hart.x[7], 0x00001104);
}

static bool
takes(enum isa_insn insn, uint32_t a, uint32_t b)
{
    switch (insn) {
    case INSN_beq: return as_signed(a) - as_signed(b) == 0;
    case INSN_bne: return as_signed(a) - as_signed(b) != 0;
    case INSN_blt: return as_signed(a) - as_signed(b) < 0;
    case INSN_bge: return as_signed(a) - as_signed(b) >= 0;
    case INSN_bltu: return (int64_t)a - (int64_t)b < 0;
    default: return (int64_t)a - (int64_t)b >= 0;
    }
}

static void
branches_compare(void)
{
    unsigned wrong = 0;

    fresh(ISA_USER);
    for (int i = INSN_beq; i <= INSN_bgeu; i++)
        for (unsigned a = 0; a < EDGES; a++)
            for (unsigned b = 0; b < EDGES; b++) {
                uint64_t instret = hart.minstret;

                hart.pc = ISA_RAM_START + 0x1000;
                hart.x[5] = edges[a];
                hart.x[6] = edges[b];
                wrong += execute(b_type((enum isa_insn)i, 5, 6, -64)) != ISA_DONE;
                wrong += hart.minstret != instret + 1;
                wrong += hart.pc != ISA_RAM_START + 0x1000 +
                                        (takes((enum isa_insn)i, edges[a], edges[b]) ? -64u : 4);
            }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Cause 0 on the jump itself, mtval the target, rd unchanged; a branch not taken doesn't care. */
static void
misaligned_targets_trap(void)
{
    fresh(ISA_MACHINE);
    hart.x[5] = ISA_RAM_START + 2;
    CU_ASSERT(traps(match(INSN_jal) | 1 << 7 | isa_field_put('a', 6), 0, ISA_RAM_START + 6));
    CU_ASSERT(traps(i_type(INSN_jalr, 1, 5, 0), 0, ISA_RAM_START + 2));
    CU_ASSERT(traps(i_type(INSN_jalr, 1, 5, 1), 0, ISA_RAM_START + 2));
    CU_ASSERT(traps(b_type(INSN_beq, 0, 0, -2), 0, ISA_RAM_START - 2));
    CU_ASSERT(retires(b_type(INSN_bne, 0, 0, -2)));
}

static void
jumps_link(void)
{
    fresh(ISA_USER);
    CU_ASSERT_EQUAL(execute(match(INSN_jal) | 1 << 7 | isa_field_put('a', 1048572)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START + 1048572);
    CU_ASSERT_EQUAL(hart.x[1], ISA_RAM_START + 4);
    CU_ASSERT_EQUAL(hart.minstret, 1);

    /* jalr: bit 0 cleared; rd = rs1 jumps to the old value. */
    hart.pc = ISA_RAM_START;
    hart.x[5] = ISA_RAM_START + 0x101;
    CU_ASSERT_EQUAL(execute(i_type(INSN_jalr, 5, 5, -4)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START + 0xfc);
    CU_ASSERT_EQUAL(hart.x[5], ISA_RAM_START + 4);

    /* A jump out of RAM is fine; the fetch there is not. */
    hart.x[5] = 0x1000;
    CU_ASSERT_EQUAL(execute(i_type(INSN_jalr, 0, 5, 0)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.pc, 0x1000);
}

/* ---- loads and stores ---- */

static void
loads_extend(void)
{
    static const struct {
        enum isa_insn insn;
        int32_t imm;
        uint32_t value;
    } table[] = {{INSN_lb, 0, 0x01},        {INSN_lb, 3, 0xffffff84},  {INSN_lbu, 3, 0x84},
                 {INSN_lh, 0, 0xffff8201},  {INSN_lh, 2, 0xffff8403},  {INSN_lhu, 2, 0x8403},
                 {INSN_lw, 0, 0x84038201},  {INSN_lh, -2, 0x7fff},     {INSN_lb, -1, 0x7f},
                 {INSN_lw, -4, 0x7fff0000}, {INSN_lb, -2, 0xffffffff}, {INSN_lbu, -2, 0xff}};

    fresh(ISA_USER);
    set_word(60, 0x7fff0000);
    set_word(64, 0x84038201);
    hart.x[5] = ISA_RAM_START + 64;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CU_ASSERT(retires(i_type(table[i].insn, 7, 5, table[i].imm)));
        CU_ASSERT_EQUAL(hart.x[7], table[i].value);
    }
}

static void
stores_store_what_they_say(void)
{
    fresh(ISA_USER);
    hart.x[5] = ISA_RAM_START + 64;
    hart.x[6] = 0x12345678;
    CU_ASSERT(retires(s_type(INSN_sb, 6, 5, 1)));
    CU_ASSERT_EQUAL(word_at(64), 0x00007800);
    CU_ASSERT(retires(s_type(INSN_sh, 6, 5, 2)));
    CU_ASSERT_EQUAL(word_at(64), 0x56787800);
    CU_ASSERT(retires(s_type(INSN_sw, 6, 5, -4)));
    CU_ASSERT_EQUAL(word_at(60), 0x12345678);
    CU_ASSERT_EQUAL(word_at(64), 0x56787800);
    CU_ASSERT_EQUAL(memory[60], 0x78); /* little-endian */
}

/* Misaligned before access fault, in both modes, on devices as elsewhere. */
static void
misaligned_comes_first(void)
{
    static const uint32_t places[] = {ISA_RAM_START + 1, ISA_RAM_START + RAM_SIZE + 1, 0x10000001,
                                      0x3, 0xffffffff};

    for (uint32_t mode = ISA_USER; mode <= ISA_MACHINE; mode += 3)
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            fresh(mode);
            hart.x[5] = places[i];
            CU_ASSERT(traps(i_type(INSN_lw, 7, 5, 0), 4, places[i]));
            CU_ASSERT(traps(i_type(INSN_lh, 7, 5, 0), 4, places[i]));
            CU_ASSERT(traps(i_type(INSN_lhu, 7, 5, 0), 4, places[i]));
            CU_ASSERT(traps(s_type(INSN_sw, 6, 5, 0), 6, places[i]));
            CU_ASSERT(traps(s_type(INSN_sh, 6, 5, 0), 6, places[i]));
            CU_ASSERT(traps(r_type(INSN_lr_w, 7, 5, 0), 4, places[i]));
            CU_ASSERT(traps(r_type(INSN_sc_w, 7, 5, 6), 6, places[i]));
            CU_ASSERT(traps(r_type(INSN_amoadd_w, 7, 5, 6), 6, places[i]));
        }
}

/* In M-mode what is not RAM is handed out, and completed or refused by who knows the devices. */
static void
devices_are_handed_out(void)
{
    struct isa_hart before;

    fresh(ISA_MACHINE);
    hart.x[5] = 0x10000000;
    hart.x[6] = 0xabcdef01;
    memcpy(&before, &hart, sizeof before);
    CU_ASSERT_EQUAL(execute(i_type(INSN_lb, 7, 5, 5)), ISA_ACCESS);
    CU_ASSERT_EQUAL(outcome.access.address, 0x10000005);
    CU_ASSERT_EQUAL(outcome.access.bytes, 1);
    CU_ASSERT_FALSE(outcome.access.store);
    CU_ASSERT_EQUAL(memcmp(&before, &hart, sizeof before), 0);
    outcome.access.value = 0x80;
    isa_complete(&hart, i_type(INSN_lb, 7, 5, 5), &outcome.access);
    CU_ASSERT_EQUAL(hart.x[7], 0xffffff80);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START + 4);
    CU_ASSERT_EQUAL(hart.minstret, 1);

    CU_ASSERT_EQUAL(execute(s_type(INSN_sh, 6, 5, 2)), ISA_ACCESS);
    CU_ASSERT_EQUAL(outcome.access.bytes, 2);
    CU_ASSERT_TRUE(outcome.access.store);
    CU_ASSERT_EQUAL(outcome.access.value & 0xffff, 0xef01);
    CU_ASSERT_EQUAL(isa_refuse(&outcome), ISA_TRAP);
    CU_ASSERT_EQUAL(outcome.cause, 7);
    CU_ASSERT_EQUAL(outcome.tval, 0x10000002);
}

/* Fetch, LR, SC and AMO on a device, and everything of U-mode outside R, are access faults. */
static void
access_faults(void)
{
    uint32_t word;

    fresh(ISA_MACHINE);
    hart.x[5] = 0x10000000;
    hart.mresv = 64 | MRESV_VALID;
    CU_ASSERT(traps(r_type(INSN_lr_w, 7, 5, 0), 5, 0x10000000));
    CU_ASSERT(traps(r_type(INSN_sc_w, 7, 5, 6), 7, 0x10000000));
    CU_ASSERT(traps(r_type(INSN_amoswap_w, 7, 5, 6), 7, 0x10000000));
    hart.pc = 0x10000000;
    CU_ASSERT_EQUAL(isa_fetch(&hart, &ram, &word, &outcome), ISA_TRAP);
    CU_ASSERT_EQUAL(outcome.cause, 1);
    CU_ASSERT_EQUAL(outcome.tval, 0x10000000);
    hart.mode = ISA_USER;
    CU_ASSERT(traps(i_type(INSN_lw, 7, 5, 0), 5, 0x10000000));
    CU_ASSERT(traps(s_type(INSN_sb, 7, 5, 1), 7, 0x10000001));
}

/* ---- the relocation-bounds register ---- */

/* The rule of docs/machine.md, in 64 bits. */
static bool
lets_through(uint32_t mbase, uint32_t mbound, uint32_t size, uint32_t va, uint32_t n)
{
    uint64_t off = (uint32_t)(va - 0x80000000u);

    return !(off + n > mbound || (uint64_t)mbase + off + n > size);
}

/* Offsets where the rule might turn over. */
static unsigned
turning_points(uint32_t mbase, uint32_t mbound, uint32_t size, uint32_t *offsets)
{
    const uint32_t centres[] = {0,     mbound,        size,           size - mbase,
                                mbase, 0u - mbase,    mbound - mbase, mbase + mbound,
                                4096,  0u - 0x100000, 0x80000000u};
    unsigned count = 0;

    for (size_t i = 0; i < sizeof centres / sizeof centres[0]; i++)
        for (uint32_t k = 0; k <= 10; k++)
            offsets[count++] = centres[i] + k - 5;
    return count;
}

static unsigned
wrong_windows(uint32_t mbase, uint32_t mbound, uint32_t size)
{
    uint32_t offsets[200];
    unsigned count = turning_points(mbase, mbound, size, offsets), wrong = 0;
    struct isa_window user, machine;

    isa_window(ISA_USER, mbase, mbound, size, &user);
    isa_window(ISA_MACHINE, mbase, mbound, size, &machine);
    for (unsigned i = 0; i < count; i++)
        for (uint32_t n = 1; n <= 4; n *= 2) {
            uint32_t va = ISA_RAM_START + offsets[i], offset = 0;
            bool may = lets_through(mbase, mbound, size, va, n);

            wrong += isa_relocate(&user, va, n, &offset) != may;
            wrong += may && offset != mbase + offsets[i];
            may = lets_through(0, size, size, va, n);
            wrong += isa_relocate(&machine, va, n, &offset) != may;
            wrong += may && offset != offsets[i];
        }
    return wrong;
}

static void
windows_by_brute_force(void)
{
    static const uint32_t sizes[] = {1 << 20, 16 << 20, 1 << 30};
    unsigned wrong = 0;

    for (size_t s = 0; s < 3; s++) {
        const uint32_t size = sizes[s];
        const uint32_t values[] = {0,           4,           8,           4096,       size / 2,
                                   size - 4096, size - 4,    size,        size + 4,   size + 4096,
                                   0x7ffffffc,  0x80000000u, 0xfffff000u, 0xfffffffc, 12};
        const size_t count = sizeof values / sizeof values[0];

        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < count; j++)
                wrong += wrong_windows(values[i], values[j], size);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void
user_mode_goes_through_r(void)
{
    uint32_t word;

    fresh(ISA_USER);
    hart.mbase = 0x1000;
    hart.mbound = 0x100;
    hart.x[5] = ISA_RAM_START + 0xfc;
    hart.x[6] = 0xfeedface;
    set_word(0x1000, 0x00000013);
    CU_ASSERT_EQUAL(isa_fetch(&hart, &ram, &word, &outcome), ISA_DONE);
    CU_ASSERT_EQUAL(word, 0x00000013);
    CU_ASSERT(retires(s_type(INSN_sw, 6, 5, 0)));
    CU_ASSERT_EQUAL(word_at(0x10fc), 0xfeedface);
    CU_ASSERT(traps(s_type(INSN_sb, 6, 5, 4), 7, ISA_RAM_START + 0x100));
    CU_ASSERT(traps(i_type(INSN_lbu, 6, 5, 4), 5, ISA_RAM_START + 0x100));
    CU_ASSERT(traps(i_type(INSN_lw, 6, 5, -0x100), 5, ISA_RAM_START - 4));
    hart.pc = ISA_RAM_START + 0x100;
    CU_ASSERT_EQUAL(isa_fetch(&hart, &ram, &word, &outcome), ISA_TRAP);
    CU_ASSERT_EQUAL(outcome.cause, 1);
    CU_ASSERT_EQUAL(outcome.tval, ISA_RAM_START + 0x100);

    hart.mode = ISA_MACHINE; /* as if R were not there */
    CU_ASSERT_EQUAL(isa_fetch(&hart, &ram, &word, &outcome), ISA_DONE);
    CU_ASSERT(retires(s_type(INSN_sw, 6, 5, 4)));
    CU_ASSERT_EQUAL(word_at(0x100), 0xfeedface);
}

/* ---- atomics ---- */

static uint32_t
amo_by_other_means(enum isa_insn insn, uint32_t old, uint32_t b)
{
    switch (insn) {
    case INSN_amoswap_w: return b;
    case INSN_amoadd_w: return by_other_means(INSN_add, old, b);
    case INSN_amoxor_w: return by_other_means(INSN_xor, old, b);
    case INSN_amoand_w: return by_other_means(INSN_and, old, b);
    case INSN_amoor_w: return by_other_means(INSN_or, old, b);
    case INSN_amomin_w: return as_signed(old) <= as_signed(b) ? old : b;
    case INSN_amomax_w: return as_signed(old) >= as_signed(b) ? old : b;
    case INSN_amominu_w: return old <= b ? old : b;
    case INSN_amomaxu_w: return old >= b ? old : b;
    default: CU_FAIL("no such AMO"); return 0;
    }
}

static void
amos_modify(void)
{
    fresh(ISA_USER);
    hart.mbase = 0x2000;
    hart.x[5] = ISA_RAM_START + 64;
    for (int i = INSN_amoswap_w; i <= INSN_amomaxu_w; i++) {
        unsigned wrong = 0;

        for (unsigned a = 0; a < EDGES; a++)
            for (unsigned b = 0; b < EDGES; b++) {
                hart.pc = ISA_RAM_START;
                set_word(0x2040, edges[a]);
                hart.x[6] = edges[b];
                wrong += !retires(r_type((enum isa_insn)i, 6, 5, 6)) || hart.x[6] != edges[a];
                wrong +=
                    word_at(0x2040) != amo_by_other_means((enum isa_insn)i, edges[a], edges[b]);
            }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(word_at(0x203c) | word_at(0x2044), 0);
    }
}

/* rd may be the address register; aq and rl make no difference here. */
static void
amo_registers_may_coincide(void)
{
    fresh(ISA_USER);
    hart.x[5] = ISA_RAM_START + 64;
    set_word(64, 3);
    CU_ASSERT(retires(r_type(INSN_amoadd_w, 5, 5, 5) | 3u << 25));
    CU_ASSERT_EQUAL(hart.x[5], 3);
    CU_ASSERT_EQUAL(word_at(64), ISA_RAM_START + 67);
}

static void
reservation_is_taken_and_used_once(void)
{
    fresh(ISA_USER);
    hart.mbase = 0x3000;
    hart.x[5] = ISA_RAM_START + 64;
    hart.x[6] = 5;
    set_word(0x3040, 9);
    CU_ASSERT(retires(r_type(INSN_lr_w, 7, 5, 0)));
    CU_ASSERT_EQUAL(hart.x[7], 9);
    CU_ASSERT_EQUAL(hart.mresv, 0x3040 | MRESV_VALID); /* physical */
    CU_ASSERT(retires(r_type(INSN_sc_w, 7, 5, 6)));
    CU_ASSERT_EQUAL(hart.x[7], 0);
    CU_ASSERT_EQUAL(word_at(0x3040), 5);
    CU_ASSERT_EQUAL(hart.mresv, 0);

    hart.x[6] = 6;
    CU_ASSERT(retires(r_type(INSN_sc_w, 7, 5, 6)));
    CU_ASSERT_EQUAL(hart.x[7], 1);
    CU_ASSERT_EQUAL(word_at(0x3040), 5);
}

/* Only LR, SC and CSR writes change it: not a store to the word, a trap, or mret. */
static void
reservation_outlives_all_else(void)
{
    fresh(ISA_MACHINE);
    hart.x[5] = ISA_RAM_START + 64;
    hart.x[6] = 5;
    CU_ASSERT(retires(r_type(INSN_lr_w, 7, 5, 0)));
    CU_ASSERT(retires(s_type(INSN_sw, 6, 5, 0)));
    CU_ASSERT(retires(r_type(INSN_amoadd_w, 0, 5, 6)));
    isa_trap(&hart, CAUSE_ecall_machine, 0);
    isa_mret(&hart);
    CU_ASSERT_EQUAL(hart.mresv, 64 | MRESV_VALID);
    hart.mode = ISA_MACHINE;
    hart.x[6] = 123;
    CU_ASSERT(retires(r_type(INSN_sc_w, 6, 5, 6))); /* rd = rs2 stores the old value */
    CU_ASSERT_EQUAL(hart.x[6], 0);
    CU_ASSERT_EQUAL(word_at(64), 123);
}

/* SC elsewhere fails and clears; one that traps leaves the reservation. */
static void
reservation_is_for_one_word(void)
{
    fresh(ISA_MACHINE);
    hart.x[5] = ISA_RAM_START + 64;
    hart.x[6] = ISA_RAM_START + 68;
    CU_ASSERT(retires(r_type(INSN_lr_w, 7, 5, 0)));
    CU_ASSERT(retires(r_type(INSN_sc_w, 7, 6, 5)));
    CU_ASSERT_EQUAL(hart.x[7], 1);
    CU_ASSERT_EQUAL(word_at(68), 0);
    CU_ASSERT_EQUAL(hart.mresv, 0);

    CU_ASSERT(retires(r_type(INSN_lr_w, 7, 5, 0)));
    CU_ASSERT(retires(r_type(INSN_lr_w, 7, 6, 0))); /* the last one counts */
    CU_ASSERT_EQUAL(hart.mresv, 68 | MRESV_VALID);
    hart.x[5] = ISA_RAM_START + RAM_SIZE;
    CU_ASSERT(traps(r_type(INSN_sc_w, 7, 5, 6), 7, ISA_RAM_START + RAM_SIZE));
    CU_ASSERT(traps(r_type(INSN_lr_w, 7, 5, 0), 5, ISA_RAM_START + RAM_SIZE));

    hart.mresv = 64; /* an offset, but not valid */
    hart.x[5] = ISA_RAM_START + 64;
    CU_ASSERT(retires(r_type(INSN_sc_w, 7, 5, 6)));
    CU_ASSERT_EQUAL(hart.x[7], 1);
    CU_ASSERT_EQUAL(hart.mresv, 0);
}

/* ---- CSRs ---- */

/* csrrw: what is read before; *after is what it holds then. */
static uint32_t
write_csr(uint32_t csr, uint32_t value, uint32_t *after)
{
    hart.pc = ISA_RAM_START;
    hart.x[5] = value;
    CU_ASSERT(execute(csr_type(INSN_csrrw, 6, csr, 5)) == ISA_DONE);
    CU_ASSERT(execute(csr_type(INSN_csrrs, 7, csr, 0)) == ISA_DONE);
    *after = hart.x[7];
    return hart.x[6];
}

static void
csrs_keep_what_they_have(void)
{
    static const struct {
        uint32_t csr, bits;
    } table[] = {{0x304, 0x888},      {0x305, 0xfffffffd}, {0x340, 0xffffffff},
                 {0x341, 0xfffffffc}, {0x342, 0xffffffff}, {0x343, 0xffffffff},
                 {0x7c0, 0xfffffffc}, {0x7c1, 0xfffffffc}};
    uint32_t state = 5, after, before;

    fresh(ISA_MACHINE);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (unsigned n = 0; n < 50; n++) {
            uint32_t value = n < EDGES ? edges[n] : next_random(&state);

            before = isa_csr_read(&hart, table[i].csr);
            CU_ASSERT_EQUAL(write_csr(table[i].csr, value, &after), before);
            CU_ASSERT_EQUAL(after, value & table[i].bits);
        }
}

static void
mstatus_is_legal(void)
{
    uint32_t after;

    fresh(ISA_MACHINE);
    (void)write_csr(0x300, 0xffffffff, &after);
    CU_ASSERT_EQUAL(after, 0x1888);
    (void)write_csr(0x300, 0x0800, &after); /* S becomes U */
    CU_ASSERT_EQUAL(after, 0);
    (void)write_csr(0x300, 0x1008, &after); /* reserved becomes U */
    CU_ASSERT_EQUAL(after, 8);
}

static void
mresv_is_legal(void)
{
    static const struct {
        uint32_t value, kept;
    } table[] = {{0, 0},
                 {1, 1},
                 {0x1003, 0x1001},
                 {0x1002, 0x1000}, /* no reservation, but the offset stays */
                 {RAM_SIZE - 1, RAM_SIZE - 3},
                 {RAM_SIZE, 0},
                 {RAM_SIZE + 1, 0},
                 {0xffffffff, 0}};
    uint32_t after;

    fresh(ISA_MACHINE);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        (void)write_csr(0x7c2, table[i].value, &after);
        CU_ASSERT_EQUAL(after, table[i].kept);
    }
}

static bool
counts_or_holds(uint32_t csr)
{
    static const uint32_t live[] = {0x300, 0x304, 0x305, 0x340, 0x341, 0x342, 0x343,
                                    0x7c0, 0x7c1, 0x7c2, 0xb00, 0xb02, 0xb80, 0xb82,
                                    0xc00, 0xc01, 0xc02, 0xc80, 0xc81, 0xc82};

    for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
        if (live[i] == csr)
            return true;
    return false;
}

/* Writes to what is fixed are accepted and change nothing but rd and the counters. */
static void
fixed_csrs_stay(void)
{
    for (uint32_t csr = 0; csr < 0x1000; csr++) {
        uint32_t expected = csr == 0x301 ? 0x40101101 : csr == 0x344 ? 0x80 : 0;
        struct isa_hart before;

        if (!listed(csr) || counts_or_holds(csr))
            continue;
        fresh(ISA_MACHINE);
        hart.mip = 0x80;
        hart.x[5] = 0xffffffff;
        memcpy(&before, &hart, sizeof before);
        if (csr >> 10 == 3) {
            CU_ASSERT(retires(csr_type(INSN_csrrs, 6, csr, 0)));
        } else {
            CU_ASSERT(retires(csr_type(INSN_csrrw, 6, csr, 5)));
        }
        CU_ASSERT_EQUAL(hart.x[6], expected);
        CU_ASSERT_EQUAL(isa_csr_read(&hart, csr), expected);
        before.x[6] = expected;
        isa_retire(&before);
        CU_ASSERT_EQUAL(memcmp(&before, &hart, sizeof before), 0);
    }
}

/* Read, set, clear, in both forms. */
static void
csr_instructions_do_what_they_say(void)
{
    static const struct {
        enum isa_insn insn;
        uint32_t operand, after;
    } table[] = {{INSN_csrrw, 0x0f, 0x0f}, {INSN_csrrs, 0x0f, 0x3f}, {INSN_csrrc, 0x0f, 0x30},
                 {INSN_csrrw, 0x00, 0x00}, {INSN_csrrs, 0x00, 0x33}, {INSN_csrrc, 0x33, 0x00}};

    fresh(ISA_MACHINE);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        hart.mscratch = 0x33;
        hart.x[5] = table[i].operand;
        CU_ASSERT(retires(csr_type(table[i].insn, 5, CSR_mscratch, 5)));
        CU_ASSERT_EQUAL(hart.x[5], 0x33);
        CU_ASSERT_EQUAL(hart.mscratch, table[i].after);
        if (table[i].operand > 31)
            continue;
        hart.mscratch = 0x33;
        CU_ASSERT(retires(csr_type(table[i].insn + (INSN_csrrwi - INSN_csrrw), 5, CSR_mscratch,
                                   table[i].operand)));
        CU_ASSERT_EQUAL(hart.x[5], 0x33);
        CU_ASSERT_EQUAL(hart.mscratch, table[i].after);
    }
}

/* By the register's number, not its value: csrrs with x0 does not write, with a 0 in x5 it does. */
static void
who_writes_a_csr(void)
{
    uint32_t read_only[] = {0xc00, 0xc01, 0xc82, 0xf11, 0xf14, 0xf15};

    fresh(ISA_MACHINE);
    for (size_t i = 0; i < sizeof read_only / sizeof read_only[0]; i++) {
        uint32_t csr = read_only[i], word;

        CU_ASSERT(retires(csr_type(INSN_csrrs, 6, csr, 0)));
        CU_ASSERT(retires(csr_type(INSN_csrrc, 6, csr, 0)));
        CU_ASSERT(retires(csr_type(INSN_csrrsi, 6, csr, 0)));
        CU_ASSERT(retires(csr_type(INSN_csrrci, 6, csr, 0)));
        for (int insn = INSN_csrrw; insn <= INSN_csrrci; insn++) {
            word = csr_type((enum isa_insn)insn, 6, csr, 5);
            CU_ASSERT(traps(word, 2, word));
        }
        word = csr_type(INSN_csrrw, 0, csr, 0);
        CU_ASSERT(traps(word, 2, word));
        word = csr_type(INSN_csrrwi, 0, csr, 0);
        CU_ASSERT(traps(word, 2, word));
    }
    /* csrrs with x0 leaves a counter to count; with x5 = 0 it writes what it read. */
    hart.minstret = 100;
    CU_ASSERT(retires(csr_type(INSN_csrrs, 6, CSR_minstret, 0)));
    CU_ASSERT_EQUAL(hart.minstret, 101);
    CU_ASSERT_EQUAL(execute(csr_type(INSN_csrrs, 6, CSR_minstret, 5)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[6], 101);
    CU_ASSERT_EQUAL(hart.minstret, 101);
}

static void
other_csrs_are_illegal(void)
{
    unsigned wrong = 0;

    fresh(ISA_MACHINE);
    for (uint32_t csr = 0; csr < 0x1000; csr++) {
        uint32_t word = csr_type(INSN_csrrs, 6, csr, 0);

        hart.pc = ISA_RAM_START;
        wrong += listed(csr) ? execute(word) != ISA_DONE : !traps(word, 2, word);
    }
    hart.mode = ISA_USER; /* and all of them here */
    for (uint32_t csr = 0; csr < 0x1000; csr++)
        for (int insn = INSN_csrrw; insn <= INSN_csrrci; insn++) {
            uint32_t word = csr_type((enum isa_insn)insn, 6, csr, csr & 1);

            wrong += !traps(word, 2, word);
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* What is written to a half of a counter is what the next instruction reads; the other half stays.
 */
static void
counters_take_what_is_written(void)
{
    static const uint32_t low[] = {0xb00, 0xb02};

    for (unsigned i = 0; i < 2; i++)
        for (unsigned a = 0; a < EDGES; a++)
            for (unsigned b = 0; b < EDGES; b++) {
                uint64_t *counter, *other;

                fresh(ISA_MACHINE);
                counter = i == 0 ? &hart.mcycle : &hart.minstret;
                other = i == 0 ? &hart.minstret : &hart.mcycle;
                *counter = (uint64_t)edges[b] << 32 | edges[a];
                hart.x[5] = edges[b];
                CU_ASSERT_EQUAL(execute(csr_type(INSN_csrrw, 6, low[i], 5)), ISA_DONE);
                CU_ASSERT_EQUAL(hart.x[6], edges[a]);
                CU_ASSERT_EQUAL(*counter, (uint64_t)edges[b] << 32 | edges[b]);
                hart.x[5] = edges[a];
                CU_ASSERT_EQUAL(execute(csr_type(INSN_csrrw, 6, low[i] + 0x80, 5)), ISA_DONE);
                CU_ASSERT_EQUAL(hart.x[6], edges[b]);
                CU_ASSERT_EQUAL(*counter, (uint64_t)edges[a] << 32 | edges[b]);
                CU_ASSERT_EQUAL(*other, 2); /* the others count on */
                CU_ASSERT_EQUAL(hart.mtime, 2);
            }
}

static void
counters_carry_and_have_views(void)
{
    fresh(ISA_MACHINE);
    hart.mcycle = 0xffffffff;
    hart.minstret = 0xffffffffffffffff;
    hart.mtime = 0x1234567fffffffff;
    CU_ASSERT_EQUAL(execute(match(INSN_addi)), ISA_DONE);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_cycle), 0);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_cycleh), 1);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_mcycleh), 1);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_instret), 0);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_instreth), 0);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_minstreth), 0);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_time), 0);
    CU_ASSERT_EQUAL(isa_csr_read(&hart, CSR_timeh), 0x12345680);
}

/* ---- traps, mret, interrupts ---- */

static void
calls_and_breakpoints_trap_in_both_modes(void)
{
    for (uint32_t mode = ISA_USER; mode <= ISA_MACHINE; mode += 3) {
        fresh(mode);
        hart.pc += 8;
        CU_ASSERT(traps(match(INSN_ecall), mode == ISA_USER ? 8 : 11, 0));
        CU_ASSERT(traps(match(INSN_ebreak), 3, ISA_RAM_START + 8));
        CU_ASSERT(traps(0, 2, 0));
        CU_ASSERT(traps(0xffffffff, 2, 0xffffffff));
        CU_ASSERT(traps(0x10200073, 2, 0x10200073)); /* sret */
        CU_ASSERT(traps(0x12000073, 2, 0x12000073)); /* sfence.vma */
        CU_ASSERT(traps(0x02051513, 2, 0x02051513)); /* slli by 32 */
        CU_ASSERT(traps(0x1015a52f, 2, 0x1015a52f)); /* lr.w with an rs2 */
        CU_ASSERT(traps(0x302000f3, 2, 0x302000f3)); /* mret with an rd */
        CU_ASSERT(traps(0x00059067, 2, 0x00059067)); /* jalr, funct3 = 1 */
        CU_ASSERT(traps(0x0085b52f, 2, 0x0085b52f)); /* amoswap.d */
        CU_ASSERT(traps(0x00000001, 2, 0x00000001)); /* c.nop */
        CU_ASSERT(retires(0x8330000f));              /* a fence whatever its other bits */
        CU_ASSERT(retires(match(INSN_fence) | 0xfff00000 | 0x000f8f80));
        CU_ASSERT(retires(match(INSN_fence_i) | 0xfff00000 | 0x000f8f80));
    }
    fresh(ISA_USER);
    CU_ASSERT(traps(match(INSN_mret), 2, 0x30200073));
    CU_ASSERT(traps(match(INSN_wfi), 2, 0x10500073));
}

static void
trap_entry(void)
{
    static const uint32_t vectors[] = {0x80000100, 0x80000101};

    for (unsigned v = 0; v < 2; v++)
        for (uint32_t mode = ISA_USER; mode <= ISA_MACHINE; mode += 3)
            for (uint32_t mie = 0; mie <= MSTATUS_MIE; mie += MSTATUS_MIE)
                for (uint32_t old = 0; old <= MSTATUS_MPIE; old += MSTATUS_MPIE) {
                    fresh(mode);
                    hart.mtvec = vectors[v];
                    hart.mstatus = mie | old;
                    hart.pc = 0x80000040;
                    hart.minstret = 7;
                    isa_trap(&hart, 5, 0x1234);
                    CU_ASSERT_EQUAL(hart.pc, 0x80000100);
                    CU_ASSERT_EQUAL(hart.mode, ISA_MACHINE);
                    CU_ASSERT_EQUAL(hart.mepc, 0x80000040);
                    CU_ASSERT_EQUAL(hart.mcause, 5);
                    CU_ASSERT_EQUAL(hart.mtval, 0x1234);
                    CU_ASSERT_EQUAL(hart.mstatus, mode << 11 | (mie != 0 ? 0x80u : 0));
                    CU_ASSERT_EQUAL(hart.minstret, 7);
                    isa_trap(&hart, 0x8000000b, 0);
                    CU_ASSERT_EQUAL(hart.pc, v == 0 ? 0x80000100 : 0x8000012c);
                    CU_ASSERT_EQUAL(hart.mepc, 0x80000100);
                    CU_ASSERT_EQUAL(hart.mtval, 0);
                }
}

static void
mret_returns(void)
{
    for (uint32_t mpp = 0; mpp <= 3; mpp += 3)
        for (uint32_t mpie = 0; mpie <= 1; mpie++) {
            fresh(ISA_MACHINE);
            hart.mepc = 0x80000040;
            hart.mstatus = mpp << 11 | mpie << 7 | (1 - mpie) << 3;
            CU_ASSERT_EQUAL(execute(match(INSN_mret)), ISA_DONE);
            CU_ASSERT_EQUAL(hart.pc, 0x80000040);
            CU_ASSERT_EQUAL(hart.mode, mpp);
            CU_ASSERT_EQUAL(hart.mstatus, 0x80 | mpie << 3); /* MPP = U, MPIE = 1 */
            CU_ASSERT_EQUAL(hart.minstret, 1);
            CU_ASSERT_EQUAL(hart.mtime, 1);
        }
}

/* MEI before MSI before MTI, of those pending and enabled, in U-mode whatever MIE is. */
static void
interrupts_by_priority(void)
{
    static const uint32_t order[] = {11, 3, 7};

    for (unsigned set = 0; set < 64; set++)
        for (unsigned how = 0; how < 4; how++) {
            uint32_t expected = 0;

            fresh((how & 1) != 0 ? ISA_MACHINE : ISA_USER);
            hart.mstatus = (how & 2) != 0 ? MSTATUS_MIE : MSTATUS_MPIE;
            for (unsigned i = 3; i-- > 0;) {
                hart.mip |= (set >> i & 1) << order[i];
                hart.mie |= (set >> (3 + i) & 1) << order[i];
                if ((set >> i & set >> (3 + i) & 1) != 0)
                    expected = 0x80000000u | order[i];
            }
            if (how == 1)
                expected = 0;
            CU_ASSERT_EQUAL(isa_interrupt(&hart), expected);
        }
}

static void
wfi_waits(void)
{
    fresh(ISA_MACHINE);
    CU_ASSERT_EQUAL(execute(match(INSN_wfi)), ISA_WAIT);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START);
    CU_ASSERT_EQUAL(hart.minstret, 0);
    hart.mip = MIP_MTI;
    hart.mie = MIP_MSI | MIP_MEI;
    CU_ASSERT_EQUAL(execute(match(INSN_wfi)), ISA_WAIT);
    hart.mie |= MIP_MTI; /* MIE is clear, and that does not matter */
    CU_ASSERT(retires(match(INSN_wfi)));
}

static void
reset_state(void)
{
    struct isa_hart expected;

    memset(&expected, 0, sizeof expected);
    memset(&hart, 0xa5, sizeof hart);
    isa_reset(&hart, 0x80000124, 0x80f00000);
    CU_ASSERT_EQUAL(hart.pc, 0x80000124);
    CU_ASSERT_EQUAL(hart.mode, ISA_MACHINE);
    CU_ASSERT_EQUAL(hart.x[11], 0x80f00000);
    CU_ASSERT_EQUAL(hart.mbase, 0);
    CU_ASSERT_EQUAL(hart.mbound, 0xfffffffc); /* open: more than any RAM has */
    hart.x[11] = 0;
    CU_ASSERT_EQUAL(memcmp(hart.x, expected.x, sizeof hart.x), 0);
    for (unsigned i = 0; isa_csr_at(i) >= 0; i++) {
        uint32_t csr = (uint32_t)isa_csr_at(i);

        CU_ASSERT(csr == CSR_misa || csr == CSR_mbound || isa_csr_read(&hart, csr) == 0);
    }
}

/* ---- variants ---- */

static void
rules_are_found(void)
{
    static const struct isa_variant v = {3,
                                         {{RULE_csr_read, CSR_mstatus, ACTION_execute},
                                          {RULE_csr_write, CSR_mstatus, ACTION_ignore},
                                          {RULE_instruction, INSN_mret, ACTION_jump}}};

    CU_ASSERT_EQUAL(isa_variant_action(&v, RULE_csr_read, CSR_mstatus), ACTION_execute);
    CU_ASSERT_EQUAL(isa_variant_action(&v, RULE_csr_write, CSR_mstatus), ACTION_ignore);
    CU_ASSERT_EQUAL(isa_variant_action(&v, RULE_csr_read, CSR_mie), ACTION_trap);
    CU_ASSERT_EQUAL(isa_variant_action(&v, RULE_instruction, INSN_mret), ACTION_jump);
    CU_ASSERT_EQUAL(isa_variant_action(&v, RULE_instruction, INSN_wfi), ACTION_trap);
    CU_ASSERT_EQUAL(isa_variant_action(&isa_virtualizable, RULE_instruction, 0), ACTION_trap);
}

/* A variant of one rule. */
static const struct isa_variant *
one_rule(enum isa_rule_kind kind, uint32_t subject, enum isa_action action)
{
    static struct isa_variant v;

    v.count = 1;
    v.rules[0].kind = kind;
    v.rules[0].subject = subject;
    v.rules[0].action = action;
    return &v;
}

static void
reads_in_user_mode(void)
{
    const struct isa_variant *v = one_rule(RULE_csr_read, CSR_mscratch, ACTION_execute);
    uint32_t read = csr_type(INSN_csrrs, 6, CSR_mscratch, 0);

    fresh(ISA_USER);
    hart.mscratch = 0x77;
    CU_ASSERT_EQUAL(execute_in(v, read), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[6], 0x77);
    CU_ASSERT_EQUAL(execute_in(v, csr_type(INSN_csrrci, 7, CSR_mscratch, 0)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[7], 0x77);
    /* One that writes falls under the rule for writes, whether or not it reads too. */
    CU_ASSERT_EQUAL(execute_in(v, csr_type(INSN_csrrs, 6, CSR_mscratch, 5)), ISA_TRAP);
    CU_ASSERT_EQUAL(execute_in(v, csr_type(INSN_csrrw, 6, CSR_mscratch, 0)), ISA_TRAP);
    CU_ASSERT_EQUAL(outcome.cause, 2);
    CU_ASSERT_EQUAL(outcome.tval, csr_type(INSN_csrrw, 6, CSR_mscratch, 0));
    CU_ASSERT_EQUAL(execute_in(v, csr_type(INSN_csrrs, 6, CSR_mepc, 0)), ISA_TRAP);

    v = one_rule(RULE_csr_read, CSR_mscratch, ACTION_read_zero);
    CU_ASSERT_EQUAL(execute_in(v, read), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[6], 0);

    v = one_rule(RULE_csr_read, CSR_mscratch, ACTION_ignore);
    hart.x[6] = 0x55;
    CU_ASSERT_EQUAL(execute_in(v, read), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[6], 0x55);
    CU_ASSERT_EQUAL(hart.minstret, 4);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START + 16);
}

static void
writes_in_user_mode(void)
{
    const struct isa_variant *v = one_rule(RULE_csr_write, CSR_mstatus, ACTION_ignore);
    uint32_t write = csr_type(INSN_csrrw, 6, CSR_mstatus, 5);

    fresh(ISA_USER);
    hart.x[5] = MSTATUS_MIE;
    hart.x[6] = 0x66;
    CU_ASSERT_EQUAL(execute_in(v, write), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[6], 0x66);
    CU_ASSERT_EQUAL(hart.mstatus, 0);
    CU_ASSERT_EQUAL(execute_in(v, csr_type(INSN_csrrs, 6, CSR_mstatus, 0)), ISA_TRAP);

    v = one_rule(RULE_csr_write, CSR_mstatus, ACTION_execute);
    CU_ASSERT_EQUAL(execute_in(v, write), ISA_DONE);
    CU_ASSERT_EQUAL(hart.x[6], 0);
    CU_ASSERT_EQUAL(hart.mstatus, MSTATUS_MIE);

    /* With full effect means as in M-mode: a read-only CSR is no more writable. */
    v = one_rule(RULE_csr_write, CSR_cycle, ACTION_execute);
    CU_ASSERT_EQUAL(execute_in(v, csr_type(INSN_csrrw, 6, CSR_cycle, 5)), ISA_TRAP);
}

static void
mret_in_user_mode(void)
{
    fresh(ISA_USER);
    hart.mepc = ISA_RAM_START + 0x40;
    hart.mstatus = MSTATUS_MPP | MSTATUS_MPIE;
    CU_ASSERT_EQUAL(
        execute_in(one_rule(RULE_instruction, INSN_mret, ACTION_ignore), match(INSN_mret)),
        ISA_DONE);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START + 4);
    CU_ASSERT_EQUAL(hart.mode, ISA_USER);
    CU_ASSERT_EQUAL(hart.mstatus, MSTATUS_MPP | MSTATUS_MPIE);

    CU_ASSERT_EQUAL(
        execute_in(one_rule(RULE_instruction, INSN_mret, ACTION_jump), match(INSN_mret)), ISA_DONE);
    CU_ASSERT_EQUAL(hart.pc, ISA_RAM_START + 0x40);
    CU_ASSERT_EQUAL(hart.mode, ISA_USER);
    CU_ASSERT_EQUAL(hart.mstatus, MSTATUS_MPP | MSTATUS_MPIE);

    CU_ASSERT_EQUAL(
        execute_in(one_rule(RULE_instruction, INSN_mret, ACTION_execute), match(INSN_mret)),
        ISA_DONE);
    CU_ASSERT_EQUAL(hart.mode, ISA_MACHINE);
}

/* A variant speaks of U-mode alone. */
static void
machine_mode_has_no_variants(void)
{
    fresh(ISA_MACHINE);
    hart.x[5] = MSTATUS_MIE;
    CU_ASSERT_EQUAL(execute_in(one_rule(RULE_csr_write, CSR_mstatus, ACTION_ignore),
                               csr_type(INSN_csrrw, 6, CSR_mstatus, 5)),
                    ISA_DONE);
    CU_ASSERT_EQUAL(hart.mstatus, MSTATUS_MIE);
    CU_ASSERT_EQUAL(
        execute_in(one_rule(RULE_instruction, INSN_wfi, ACTION_ignore), match(INSN_wfi)), ISA_WAIT);
}

/* ---- the suite ---- */

#define TESTS(X)                                                                                   \
    X(every_row_decodes_to_itself)                                                                 \
    X(rows_are_disjoint)                                                                           \
    X(decode_is_the_linear_search)                                                                 \
    X(as_many_encodings_as_the_manual_has)                                                         \
    X(pseudo_instructions_fit)                                                                     \
    X(pseudo_instructions_differ)                                                                  \
    X(fields_go_in_and_out)                                                                        \
    X(other_letters_are_no_fields)                                                                 \
    X(fields_of_a_row_do_not_overlap)                                                              \
    X(immediates_as_the_manual_has_them)                                                           \
    X(registers_have_names)                                                                        \
    X(words_are_told_apart_as_the_decoder_does)                                                    \
    X(csrs_exist_and_have_names)                                                                   \
    X(csr_names_are_the_manuals)                                                                   \
    X(words_read_as_gnu_has_them)                                                                  \
    X(jumps_name_their_target)                                                                     \
    X(text_fits)                                                                                   \
    X(registers_compute)                                                                           \
    X(immediates_compute)                                                                          \
    X(division_at_its_edges)                                                                       \
    X(x0_stays_zero)                                                                               \
    X(upper_immediates)                                                                            \
    X(branches_compare)                                                                            \
    X(misaligned_targets_trap)                                                                     \
    X(jumps_link)                                                                                  \
    X(loads_extend)                                                                                \
    X(stores_store_what_they_say)                                                                  \
    X(misaligned_comes_first)                                                                      \
    X(devices_are_handed_out)                                                                      \
    X(access_faults)                                                                               \
    X(windows_by_brute_force)                                                                      \
    X(user_mode_goes_through_r)                                                                    \
    X(amos_modify)                                                                                 \
    X(amo_registers_may_coincide)                                                                  \
    X(reservation_is_taken_and_used_once)                                                          \
    X(reservation_outlives_all_else)                                                               \
    X(reservation_is_for_one_word)                                                                 \
    X(csrs_keep_what_they_have)                                                                    \
    X(mstatus_is_legal)                                                                            \
    X(mresv_is_legal)                                                                              \
    X(fixed_csrs_stay)                                                                             \
    X(csr_instructions_do_what_they_say)                                                           \
    X(who_writes_a_csr)                                                                            \
    X(other_csrs_are_illegal)                                                                      \
    X(counters_take_what_is_written)                                                               \
    X(counters_carry_and_have_views)                                                               \
    X(calls_and_breakpoints_trap_in_both_modes)                                                    \
    X(trap_entry)                                                                                  \
    X(mret_returns)                                                                                \
    X(interrupts_by_priority)                                                                      \
    X(wfi_waits)                                                                                   \
    X(reset_state)                                                                                 \
    X(rules_are_found)                                                                             \
    X(reads_in_user_mode)                                                                          \
    X(writes_in_user_mode)                                                                         \
    X(mret_in_user_mode)                                                                           \
    X(machine_mode_has_no_variants)

void
isa_suite(void)
{
    CU_pSuite suite = CU_add_suite("isa", NULL, NULL);

#define ADD(test) CU_add_test(suite, #test, test);
    TESTS(ADD)
#undef ADD
}
