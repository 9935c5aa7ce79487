/* SPDX-License-Identifier: MIT */
/*
 * The classification: what is expected of each variant stands here, in a table
 * of its own, and nowhere in the classifier; machines broken on purpose show
 * that it looks at what instructions do.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/variants.h"
#include "cli/witness.h"
#include "tests/unit/suites.h"
#include "vmm/theorem/classify.h"
#include "vmm/theorem/sweep.h"

static struct classification *
classify_variant(const struct isa_variant *v)
{
    const struct state_machine machine = {devices_step, v};
    struct classify_options o;
    struct classification *c = calloc(1, sizeof *c);

    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    classify_usual(&o);
    CU_ASSERT_TRUE_FATAL(classify_all(&machine, &o, c));
    return c;
}

static void
done_with(struct classification *c)
{
    classify_free(c);
    free(c);
}

/* The rows for which `is` holds, separated by blanks. */
static void
list_rows(const struct classification *c, bool (*is)(const struct classify_row *), char *text,
          size_t size)
{
    text[0] = '\0';
    for (unsigned i = 0; i < SAMPLE_ROWS; i++)
        if (is(&c->rows[i]))
            (void)snprintf(text + strlen(text), size - strlen(text), "%s%s",
                           text[0] == '\0' ? "" : " ", sample_row_name(c->rows[i].row));
}

static bool
is_privileged(const struct classify_row *row)
{
    return row->privileged;
}

static bool
always_traps(const struct classify_row *row)
{
    return row->always_traps;
}

static void
expect_rows(const struct classification *c, bool (*is)(const struct classify_row *),
            const char *expected, const char *what)
{
    char rows[1024];

    list_rows(c, is, rows, sizeof rows);
    if (strcmp(rows, expected) != 0)
        (void)printf("\n%s: expected `%s', found `%s'\n", what, expected, rows);
    CU_ASSERT_STRING_EQUAL(rows, expected);
}

/* ---- the variants ---- */

#define CSR_WRITERS "csrrw csrrs csrrc csrrwi csrrsi csrrci"
#define CSR_READERS "csrrs csrrc csrrsi csrrci"
#define ALWAYS      "mret wfi " CSR_WRITERS
#define DEVICES     "load, device store, device"

/* What docs/machine.md, ‘Variants’, expects: the rows that are privileged, those sensitive in user
 * states, and on what these depend, in the order of the components. */
static const struct expectation {
    const char *variant;
    bool theorem1, theorem3;
    const char *privileged, *user_sensitive, *user_kinds;
} expectations[] = {
    {"virtualizable", true, true, ALWAYS " " DEVICES, "", ""},
    {"smsw", false, false, "mret wfi csrrw csrrwi " DEVICES, CSR_READERS, "user-mstatus"},
    {"sidt", false, false, "mret wfi csrrw csrrwi " DEVICES, CSR_READERS,
     "user-mtvec user-mscratch"},
    {"lra", false, false, "mret wfi csrrw csrrwi " DEVICES, CSR_READERS,
     "user-location user-mbound"},
    {"popf", false, true, "mret wfi " DEVICES, "", ""},
    {"jrst1", false, true, "wfi " CSR_WRITERS " " DEVICES, "", ""},
    {"jrst1-epc", false, false, "wfi " CSR_WRITERS " " DEVICES, "mret", "user-mepc"},
    {"rdtsc", false, false, "mret wfi csrrw csrrwi " DEVICES, CSR_READERS,
     "user-mcycle user-minstret user-time"},
    {"set-r", false, false, "mret wfi " DEVICES, CSR_WRITERS,
     "user-control user-location user-mbound user-mresv user-storage"},
};

/* The kinds of the witnesses in user states, over all rows. */
static void
list_user_kinds(const struct classification *c, char *text, size_t size)
{
    char name[WITNESS_KIND_NAME];

    text[0] = '\0';
    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
        for (unsigned i = 0; i < SAMPLE_ROWS; i++)
            if (witness_is_user(kind) && c->rows[i].witnesses[kind] != NULL) {
                (void)snprintf(text + strlen(text), size - strlen(text), "%s%s",
                               text[0] == '\0' ? "" : " ", witness_kind_name(kind, name));
                break;
            }
}

static void
expect(const struct expectation *e, const struct classification *c)
{
    char kinds[512];

    CU_ASSERT_EQUAL(c->theorem1, e->theorem1);
    CU_ASSERT_EQUAL(c->theorem2, e->theorem1);
    CU_ASSERT_EQUAL(c->theorem3, e->theorem3);
    CU_ASSERT_EQUAL(c->equal, e->theorem1);
    expect_rows(c, is_privileged, e->privileged, e->variant);
    expect_rows(c, classify_user_sensitive, e->user_sensitive, e->variant);
    expect_rows(c, classify_sensitive, ALWAYS " " DEVICES, e->variant);
    expect_rows(c, classify_control_sensitive, ALWAYS " " DEVICES, e->variant);
    expect_rows(c, always_traps, "ecall ebreak undefined", e->variant);
    list_user_kinds(c, kinds, sizeof kinds);
    if (strcmp(kinds, e->user_kinds) != 0)
        (void)printf("\n%s: expected `%s', found `%s'\n", e->variant, e->user_kinds, kinds);
    CU_ASSERT_STRING_EQUAL(kinds, e->user_kinds);
}

/* The witness, written to JSON and read back. */
static struct witness_file *
through_json(const char *isa, const struct state_machine *machine, const struct witness *w)
{
    struct diagnostics d = {0};
    struct json j;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    json_start(&j, file);
    json_object(&j, NULL);
    witness_json(&j, isa, machine, w);
    json_close(&j);
    CU_ASSERT_TRUE(json_end(&j));
    (void)fclose(file);
    struct witness_file *back = witness_parse("witness.json", text, size, &d);
    if (back == NULL)
        diagnostics_print(&d, stdout, false);
    diagnostics_free(&d);
    free(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(back);
    return back;
}

/* Every witness holds here; in user states it owes that to the variant's rules. */
static void
expect_witnesses(const char *isa, const struct isa_variant *v, const struct classification *c)
{
    const struct state_machine machine = {devices_step, v};
    const struct state_machine plain = {devices_step, &isa_virtualizable};

    for (unsigned i = 0; i < SAMPLE_ROWS; i++)
        for (unsigned kind = 0; kind < WITNESS_KINDS; kind++) {
            const struct witness *w = c->rows[i].witnesses[kind];

            if (w == NULL)
                continue;
            struct witness_file *file = through_json(isa, &machine, w);
            CU_ASSERT_STRING_EQUAL(file->isa, isa);
            CU_ASSERT_EQUAL(file->witness.kind, kind);
            CU_ASSERT_EQUAL((unsigned)file->witness.row, i);
            CU_ASSERT_PTR_NULL(witness_replay(&machine, file));
            CU_ASSERT_EQUAL(witness_replay(&plain, file) == NULL,
                            !witness_is_user(kind) && kind != WITNESS_mode &&
                                (kind != WITNESS_unprivileged || !classify_sensitive(&c->rows[i])));
            witness_free(file);
        }
}

static void
test_variants(void)
{
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        struct diagnostics d = {0};
        struct variant_file variant;

        CU_ASSERT_TRUE_FATAL(variant_find(expectations[i].variant, &d, &variant));
        struct classification *c = classify_variant(&variant.isa);
        expect(&expectations[i], c);
        expect_witnesses(expectations[i].variant, &variant.isa, c);
        done_with(c);
        variant_free(&variant);
        diagnostics_free(&d);
    }
}

/* No variant is left without an expectation. */
static void
test_all_variants(void)
{
    char name[64];

    for (size_t i = 0; variant_name_at(i, name, sizeof name); i++) {
        bool known = false;

        for (size_t k = 0; k < sizeof expectations / sizeof expectations[0]; k++)
            known = known || strcmp(name, expectations[k].variant) == 0;
        CU_ASSERT_TRUE(known);
    }
}

/* The rows about which a variant may have rules; all others are left empty. */
static struct classification *
classify_privileged_rows(const struct isa_variant *v)
{
    const struct state_machine machine = {devices_step, v};
    struct classify_options o;
    struct classification *c = calloc(1, sizeof *c);

    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    classify_usual(&o);
    for (unsigned row = INSN_mret; row < INSN_COUNT; row++)
        CU_ASSERT_TRUE_FATAL(classify_one(&machine, &o, (enum sample_row)row, &c->rows[row]));
    return c;
}

/* Variants of nobody's: one rule each. */
static void
test_own_rules(void)
{
    static const struct {
        struct isa_rule rule;
        bool theorem1, theorem3;
        const char *user_kinds;
    } cases[] = {
        {{RULE_csr_read, CSR_mresv, ACTION_execute}, false, false, "user-location user-mresv"},
        {{RULE_csr_write, CSR_mresv, ACTION_execute}, false, false, "user-location user-mresv"},
        {{RULE_csr_read, CSR_mip, ACTION_execute},
         false,
         false,
         "user-time user-msip user-mtimecmp user-uart-ier user-uart-rx-full"},
        {{RULE_csr_read, CSR_mstatus, ACTION_read_zero}, false, true, ""},
        {{RULE_csr_read, CSR_mhartid, ACTION_execute}, false, true, ""},
        {{RULE_csr_write, CSR_mscratch, ACTION_execute},
         false,
         false,
         "user-control user-mscratch"},
        {{RULE_instruction, INSN_wfi, ACTION_ignore}, false, true, ""},
        {{RULE_instruction, INSN_wfi, ACTION_execute}, false, false, "user-control"},
        {{RULE_instruction, INSN_mret, ACTION_execute},
         false,
         false,
         "user-control user-location user-mstatus user-mepc user-mresv user-storage"},
        {{RULE_csr_read, CSR_mstatus, ACTION_trap}, true, true, ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct isa_variant v = {1, {cases[i].rule}};
        bool theorem1 = true, theorem3 = true;
        struct classification *c = classify_privileged_rows(&v);
        char kinds[512];

        for (unsigned row = 0; row < SAMPLE_ROWS; row++) {
            theorem1 = theorem1 && (c->rows[row].privileged || !classify_sensitive(&c->rows[row]));
            theorem3 =
                theorem3 && (c->rows[row].privileged || !classify_user_sensitive(&c->rows[row]));
        }
        CU_ASSERT_EQUAL(theorem1, cases[i].theorem1);
        CU_ASSERT_EQUAL(theorem3, cases[i].theorem3);
        list_user_kinds(c, kinds, sizeof kinds);
        if (strcmp(kinds, cases[i].user_kinds) != 0)
            (void)printf("\nrule %zu: expected `%s', found `%s'\n", i, cases[i].user_kinds, kinds);
        CU_ASSERT_STRING_EQUAL(kinds, cases[i].user_kinds);
        done_with(c);
    }
}

/* ---- machines broken on purpose ---- */

/* A lw in U-mode reads where its address says, and not where R does. */
static enum isa_result
lw_without_relocation(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
                      const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    struct isa_hart before = *h;
    enum isa_result r = devices_step(d, h, ram, v, word, out);
    uint32_t offset = before.x[isa_rs1(*word)] + isa_imm_i(*word) - ISA_RAM_START;

    if (r == ISA_DONE && before.mode == ISA_USER && isa_decode(*word) == INSN_lw &&
        isa_rd(*word) != 0)
        h->x[isa_rd(*word)] = isa_ram_load(ram->bytes + offset, 4);
    return r;
}

/* A sw in U-mode leaves its mark in mscratch. */
static enum isa_result
sw_with_a_mark(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
               const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    bool user = h->mode == ISA_USER;
    enum isa_result r = devices_step(d, h, ram, v, word, out);

    if (r == ISA_DONE && user && isa_decode(*word) == INSN_sw)
        h->mscratch ^= 1;
    return r;
}

/* A sb in U-mode writes beside the window, too. */
static enum isa_result
sb_beside_the_window(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
                     const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    bool user = h->mode == ISA_USER && h->mbase > 0 && h->mbase < ram->size;
    enum isa_result r = devices_step(d, h, ram, v, word, out);

    if (r == ISA_DONE && user && isa_decode(*word) == INSN_sb)
        ram->bytes[h->mbase - 1] ^= 1;
    return r;
}

/* A mul takes one more tick. */
static enum isa_result
mul_takes_two(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
              const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    enum isa_result r = devices_step(d, h, ram, v, word, out);

    if (r == ISA_DONE && isa_decode(*word) == INSN_mul)
        h->mtime++;
    return r;
}

/* An ecall in U-mode does nothing. */
static enum isa_result
ecall_ignored(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
              const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    enum isa_result r = devices_step(d, h, ram, v, word, out);

    if (r == ISA_TRAP && h->mode == ISA_USER && isa_decode(*word) == INSN_ecall) {
        isa_retire(h);
        return ISA_DONE;
    }
    return r;
}

/* A wfi never waits. */
static enum isa_result
wfi_is_a_nop(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
             const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    enum isa_result r = devices_step(d, h, ram, v, word, out);

    if (r != ISA_WAIT)
        return r;
    isa_retire(h);
    return ISA_DONE;
}

/* An xor traps unless bit 0 of mscratch and of mtval agree, and then its result depends on them:
 * no pair that differs in one alone executes twice. */
static enum isa_result
xor_of_two(struct devices *d, struct isa_hart *h, const struct isa_ram *ram,
           const struct isa_variant *v, uint32_t *word, struct isa_outcome *out)
{
    enum isa_result r = devices_step(d, h, ram, v, word, out);

    if (r != ISA_DONE || isa_decode(*word) != INSN_xor || isa_rd(*word) == 0)
        return r;
    if (((h->mscratch ^ h->mtval) & 1) != 0) {
        h->pc -= 4;
        out->cause = CAUSE_illegal;
        out->tval = *word;
        return ISA_TRAP;
    }
    h->x[isa_rd(*word)] ^= h->mscratch & 1;
    return ISA_DONE;
}

static void
test_broken(void)
{
    static const struct {
        state_step *step;
        const char *row;
        bool user_sensitive, always_traps, privileged;
        const char *kind; /* of a witness that there must be; NULL: there is none at all */
    } cases[] = {
        {lw_without_relocation, "lw", true, false, false, "user-storage"},
        {sw_with_a_mark, "sw", true, false, false, "user-control"},
        {sb_beside_the_window, "sb", true, false, false, "user-control"},
        {mul_takes_two, "mul", true, false, false, "user-control"},
        {ecall_ignored, "ecall", false, false, false, "unprivileged"},
        {wfi_is_a_nop, "wfi", false, false, true, NULL},
        {xor_of_two, "xor", true, false, false, "user-several"},
        {xor_of_two, "xor", true, false, false, "supervisor-several"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct state_machine whole = {devices_step, &isa_virtualizable};
        const struct state_machine broken = {cases[i].step, &isa_virtualizable};
        enum sample_row number = (enum sample_row)sample_row_number(cases[i].row);
        static struct state_run runs[2];
        struct classify_options o;
        struct classify_row row;

        classify_usual(&o);
        CU_ASSERT_TRUE_FATAL(classify_one(&whole, &o, number, &row));
        CU_ASSERT_FALSE(classify_user_sensitive(&row));
        classify_free_row(&row);

        CU_ASSERT_TRUE_FATAL(classify_one(&broken, &o, number, &row));
        CU_ASSERT_EQUAL(classify_user_sensitive(&row), cases[i].user_sensitive);
        CU_ASSERT_EQUAL(row.always_traps, cases[i].always_traps);
        CU_ASSERT_EQUAL(row.privileged, cases[i].privileged);
        if (cases[i].kind == NULL) {
            CU_ASSERT_FALSE(classify_sensitive(&row));
        } else {
            const struct witness *w = row.witnesses[witness_kind_number(cases[i].kind)];

            if (w == NULL)
                (void)printf("\n%s: no witness %s\n", cases[i].row, cases[i].kind);
            CU_ASSERT_PTR_NOT_NULL_FATAL(w);
            CU_ASSERT_PTR_NULL(witness_check(&broken, w, runs));
            if (w->kind != WITNESS_unprivileged)
                CU_ASSERT_PTR_NOT_NULL(witness_check(&whole, w, runs));
        }
        classify_free_row(&row);
    }
}

/* ---- definitions ---- */

static void
test_program_state(void)
{
    static struct state a, b;

    state_reset(&a);
    a.hart.mode = ISA_USER;
    a.hart.mbase = 0x100;
    a.hart.mbound = 0x100;
    a.hart.mresv = 0x104 | MRESV_VALID;
    a.ram[0x110] = 7;
    b = a;
    CU_ASSERT_TRUE(state_same_program(&a, &b));

    /* The window may lie elsewhere, if what it shows is the same. */
    b.hart.mbase = 0x200;
    CU_ASSERT_FALSE(state_same_program(&a, &b));
    b.ram[0x210] = 7;
    CU_ASSERT_FALSE(state_same_program(&a, &b));
    b.hart.mresv = 0x204 | MRESV_VALID;
    CU_ASSERT_TRUE(state_same_program(&a, &b));

    /* Neither other RAM nor other CSRs are the program's. */
    b.ram[0x100] = 9;
    b.hart.mscratch = 1;
    CU_ASSERT_TRUE(state_same_program(&a, &b));

    /* But what it shows, and how much, is. */
    b.hart.mbound = 0x104;
    CU_ASSERT_FALSE(state_same_program(&a, &b));
    b.hart.mbound = 0x100;
    b.ram[0x2ff] = 1;
    CU_ASSERT_FALSE(state_same_program(&a, &b));
}

static void
test_reservation(void)
{
    static struct state s;

    state_reset(&s);
    s.hart.mresv = 0x200 | MRESV_VALID;
    CU_ASSERT_EQUAL(state_reservation(&s), 0x200);
    s.hart.mode = ISA_USER;
    s.hart.mbase = 0x100;
    s.hart.mbound = 0x104;
    CU_ASSERT_EQUAL(state_reservation(&s), 0x100);
    s.hart.mbound = 0x100;
    CU_ASSERT_EQUAL(state_reservation(&s), STATE_NO_RESERVATION);
    s.hart.mbase = 0x204;
    CU_ASSERT_EQUAL(state_reservation(&s), STATE_NO_RESERVATION);
    s.hart.mbase = 0x200;
    CU_ASSERT_EQUAL(state_reservation(&s), 0);
    s.hart.mresv = 0x200;
    CU_ASSERT_EQUAL(state_reservation(&s), STATE_NO_RESERVATION);
    s.hart.mresv = 0x200 | MRESV_VALID;
    s.hart.mbase = STATE_RAM;
    CU_ASSERT_EQUAL(state_reservation(&s), STATE_NO_RESERVATION);
}

static void
test_changes(void)
{
    static struct state a, b;

    state_reset(&a);
    a.hart.mode = ISA_USER;
    a.hart.mbase = 0x100;
    a.hart.mbound = 0x100;
    b = a;
    isa_retire(&b.hart);
    CU_ASSERT_EQUAL(state_changes(&a, &b), 0);
    b.hart.mresv = 5;
    b.hart.x[3] = 1;
    b.ram[0x100] = 1;
    CU_ASSERT_EQUAL(state_changes(&a, &b), 0);
    b.ram[0x200] = 1;
    CU_ASSERT_EQUAL(state_changes(&a, &b), 1u << STATE_storage);
    b.hart.mtime++;
    CU_ASSERT_EQUAL(state_changes(&a, &b), 1u << STATE_storage | 1u << STATE_mtime);
    b = a;
    CU_ASSERT_EQUAL(state_changes(&a, &b),
                    1u << STATE_mcycle | 1u << STATE_minstret | 1u << STATE_mtime);
}

static void
test_wait(void)
{
    const struct state_machine machine = {devices_step, &isa_virtualizable};
    static struct state s;
    static struct state_run run;

    state_reset(&s);
    state_plant(&s, 0x10500073); /* wfi */
    state_run(&machine, &s, &run);
    CU_ASSERT_EQUAL(run.result, STATE_waits);
    s.hart.mie = MIP_MTI;
    state_run(&machine, &s, &run);
    CU_ASSERT_EQUAL(run.result, STATE_waits);
    s.devices.clint.mtimecmp = 100;
    state_run(&machine, &s, &run);
    CU_ASSERT_EQUAL(run.result, STATE_executed);
    CU_ASSERT_EQUAL(state_changes(&s, &run.after), 1u << STATE_mtime);
    s.devices.clint.mtimecmp = 1;
    state_run(&machine, &s, &run);
    CU_ASSERT_EQUAL(state_changes(&s, &run.after), 0);
    s.hart.mie = MIP_MEI; /* a byte could come, but none is in the state */
    s.devices.uart.ier = UART_IER_RX;
    state_run(&machine, &s, &run);
    CU_ASSERT_EQUAL(run.result, STATE_waits);
}

/* What a pair of runs says of privilege. */
static void
test_pairs(void)
{
    static const struct {
        const char *row;
        uint32_t word;
        enum state_result user, machine;
        uint32_t user_cause, machine_cause;
        enum witness_pair pair;
    } cases[] = {
        {"csrrw", 0x30051573, STATE_trapped, STATE_executed, CAUSE_illegal, 0, PAIR_privileged},
        {"wfi", 0x10500073, STATE_trapped, STATE_waits, CAUSE_illegal, 0, PAIR_privileged},
        {"csrrw", 0x30051573, STATE_executed, STATE_executed, 0, 0, PAIR_counterexample},
        {"csrrw", 0x00051573, STATE_trapped, STATE_trapped, CAUSE_illegal, CAUSE_illegal,
         PAIR_excluded}, /* no such CSR */
        {"ecall", 0x00000073, STATE_trapped, STATE_trapped, CAUSE_ecall_user, CAUSE_ecall_machine,
         PAIR_counterexample},
        {"add", 0x00a50533, STATE_trapped, STATE_executed, CAUSE_fetch_access, 0, PAIR_excluded},
        {"lw", 0x00052503, STATE_trapped, STATE_executed, CAUSE_load_access, 0, PAIR_excluded},
        {"lw", 0x00052503, STATE_executed, STATE_trapped, 0, CAUSE_load_access, PAIR_excluded},
        {"sw", 0x00a52023, STATE_trapped, STATE_executed, CAUSE_store_access, 0, PAIR_excluded},
        {"load, device", 0x00052503, STATE_trapped, STATE_executed, CAUSE_load_access, 0,
         PAIR_privileged},
        {"load, device", 0x00052503, STATE_trapped, STATE_executed, CAUSE_fetch_access, 0,
         PAIR_excluded},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct state_run user, machine;

        user.result = cases[i].user;
        user.cause = cases[i].user_cause;
        machine.result = cases[i].machine;
        machine.cause = cases[i].machine_cause;
        CU_ASSERT_EQUAL(witness_pair((enum sample_row)sample_row_number(cases[i].row),
                                     cases[i].word, &user, &machine),
                        cases[i].pair);
    }
}

/* A pair differs in the component of its kind, and in it alone; but mresv moves with the window in
 * which its reservation is. */
static void
test_named_component(void)
{
    static const struct isa_variant v = {1, {{RULE_csr_read, CSR_mresv, ACTION_execute}}};
    static const struct state_machine machine = {devices_step, &v};
    static const struct {
        uint32_t mbase, mresv[2], mscratch;
        bool holds;
    } cases[] = {
        {0x200, {0x11, 0x211}, 0, true},  {0, {0x11, 0x211}, 0, false}, /* not in mbase */
        {0, {0x301, 0x305}, 0, false},    /* ... but in the name of none */
        {0x200, {0x10, 0x210}, 0, false}, /* in both */
        {0x200, {0x11, 0x211}, 8, false}, /* ... and in mscratch */
    };
    static struct witness w;
    static struct state_run runs[2];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        w.kind = (unsigned)witness_kind_number("user-location");
        w.row = (enum sample_row)INSN_csrrs;
        w.word = 0x7c202573; /* csrr a0,mresv */
        w.count = 2;
        for (unsigned k = 0; k < 2; k++) {
            state_reset(&w.state[k]);
            w.state[k].hart.mode = ISA_USER;
            w.state[k].hart.mbase = k * cases[i].mbase;
            w.state[k].hart.mbound = 0x100;
            w.state[k].hart.mresv = cases[i].mresv[k];
            w.state[k].hart.mscratch = k * cases[i].mscratch;
            isa_ram_store(w.state[k].ram, 4, w.word);
            isa_ram_store(w.state[k].ram + 0x200, 4, w.word);
        }
        CU_ASSERT_EQUAL(witness_check(&machine, &w, runs) == NULL, cases[i].holds);
    }
}

/* The same seed gives the same, another seed the same answers. */
static void
test_determinism(void)
{
    const struct state_machine machine = {devices_step, &isa_virtualizable};
    struct classify_options o;
    struct classify_row a, b;

    classify_usual(&o);
    o.states = 40;
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_TRUE_FATAL(classify_one(&machine, &o, (enum sample_row)INSN_csrrs, &a));
        CU_ASSERT_TRUE_FATAL(classify_one(&machine, &o, (enum sample_row)INSN_csrrs, &b));
        CU_ASSERT_EQUAL(a.tried, b.tried);
        CU_ASSERT_TRUE(a.privileged);
        for (unsigned kind = 0; kind < WITNESS_KINDS; kind++) {
            CU_ASSERT_EQUAL_FATAL(a.witnesses[kind] == NULL, b.witnesses[kind] == NULL);
            if (a.witnesses[kind] != NULL)
                CU_ASSERT_EQUAL(memcmp(&a.witnesses[kind]->state, &b.witnesses[kind]->state,
                                       sizeof a.witnesses[kind]->state),
                                0);
        }
        classify_free_row(&a);
        classify_free_row(&b);
        o.seed++;
    }
}

/* ---- witness files ---- */

static const char good[] =
    "{\n"
    "  \"witness\": \"user-mstatus\",\n"
    "  \"isa\": \"smsw\",\n"
    "  \"mnemonic\": \"csrrs\",\n"
    "  \"instruction\": {\"word\": \"0x30002573\"},\n"
    "  \"states\": [\n"
    "    {\"mode\": \"U\", \"pc\": \"0x80000000\", \"ram\": {\"0x80000000\": \"0x30002573\"}},\n"
    "    {\"mode\": \"U\", \"pc\": \"0x80000000\",\n"
    "     \"mstatus\": \"0x8\",\n"
    "     \"ram\": {\"0x80000000\": \"0x30002573\"}}],\n"
    "  \"outcomes\": [\n"
    "    {\"result\": \"executed\", \"state\": {\"mode\": \"U\", \"pc\": \"0x80000004\",\n"
    "     \"mcycle\": 1, \"minstret\": 1, \"mtime\": 1, \"ram\": {\"0x80000000\": 805315955}}},\n"
    "    {\"result\": \"executed\", \"state\": {\"mode\": \"U\", \"pc\": \"0x80000004\",\n"
    "     \"registers\": {\"a0\": 8}, \"mstatus\": \"0x8\", \"mcycle\": 1, \"minstret\": 1,\n"
    "     \"mtime\": 1, \"ram\": {\"0x80000000\": \"0x30002573\"}}}]\n"
    "}\n";

/* `good` with the n-th occurrence of `from` replaced by `to`; freed by the caller. */
static char *
edited(const char *from, const char *to, unsigned n)
{
    const char *at = strstr(good, from);
    char *text = malloc(sizeof good + strlen(to));

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    for (; n > 0; n--) {
        at = strstr(at + 1, from);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    }
    (void)sprintf(text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return text;
}

/* A witness that somebody has changed no longer holds. */
static void
test_replay(void)
{
    static const struct {
        const char *from, *to;
        unsigned n;
        bool holds;
    } cases[] = {
        {"user-mstatus", "user-mstatus", 0, true},
        {"0x30002573", "0x30002573", 0, true},
        {"user-mstatus", "user-mie", 0, false},             /* another component */
        {"user-mstatus", "supervisor-mstatus", 0, false},   /* another mode */
        {"csrrs", "csrrc", 0, false},                       /* another row */
        {"0x30002573", "0x300025f3", 0, false},             /* not what stands at pc */
        {"0x30002573", "0x30002513", 1, false},             /* the two programs differ */
        {"\"0x8\"", "\"0x80\"", 0, false},                  /* another outcome */
        {"\"mstatus\": \"0x8\"", "\"mtval\": 8", 0, false}, /* it doesn't depend on that */
        {"\"a0\": 8", "\"a0\": 9", 0, false},
        {"0x80000004", "0x80000008", 1, false},
        {"\"executed\"", "\"waits\"", 1, false},
        {"\"mtime\": 1", "\"mtime\": 2", 0, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostics d = {0};
        struct variant_file variant;
        char *text = edited(cases[i].from, cases[i].to, cases[i].n);
        struct witness_file *file = witness_parse("w.json", text, strlen(text), &d);

        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT_TRUE_FATAL(variant_find(file->isa, &d, &variant));
        const struct state_machine machine = {devices_step, &variant.isa};
        const char *why = witness_replay(&machine, file);
        if ((why == NULL) != cases[i].holds)
            (void)printf("\n%s -> %s: %s\n", cases[i].from, cases[i].to, why ? why : "holds");
        CU_ASSERT_EQUAL(why == NULL, cases[i].holds);
        variant_free(&variant);
        witness_free(file);
        diagnostics_free(&d);
        free(text);
    }
}

/* What a trap was is part of the outcome. */
static void
test_replay_trap(void)
{
    const struct state_machine machine = {devices_step, &isa_virtualizable};
    struct classify_options o;
    struct classify_row row;

    classify_usual(&o);
    CU_ASSERT_TRUE_FATAL(classify_one(&machine, &o, (enum sample_row)INSN_ebreak, &row));
    CU_ASSERT_PTR_NOT_NULL_FATAL(row.witnesses[WITNESS_unprivileged]);
    struct witness_file *file =
        through_json("virtualizable", &machine, row.witnesses[WITNESS_unprivileged]);
    CU_ASSERT_PTR_NULL(witness_replay(&machine, file));
    file->outcomes[1].cause++;
    CU_ASSERT_PTR_NOT_NULL(witness_replay(&machine, file));
    file->outcomes[1].cause--;
    file->outcomes[0].tval++;
    CU_ASSERT_PTR_NOT_NULL(witness_replay(&machine, file));
    witness_free(file);
    classify_free_row(&row);
}

/* A malformed file is refused, each mistake in its place, with a remedy. */
static void
test_malformed(void)
{
    static const struct {
        const char *from, *to;
        unsigned n, line;
    } cases[] = {
        {"user-mstatus", "user-nothing", 0, 2},
        {"\"witness\"", "\"whitness\"", 0, 2},
        {"csrrs", "csrrz", 0, 4},
        {"0x30002573", "0x130002573", 0, 5},
        {"0x30002573", "3x", 0, 5},
        {"\"U\"", "\"S\"", 0, 7},
        {"0x80000000", "0x80000002", 0, 7}, /* pc */
        {"0x80000000", "0x80000002", 1, 7}, /* a word of RAM */
        {"0x80000000", "0x80001000", 1, 7}, /* ... outside */
        {"\"mstatus\": \"0x8\"", "\"mstatus\": \"0x1\"", 0, 9},
        {"\"mstatus\": \"0x8\"", "\"mresv\": \"0x1001\"", 0, 9},
        {"\"mstatus\": \"0x8\"", "\"uart.rx\": 1", 0, 8},
        {"\"mstatus\": \"0x8\"", "\"uart.tx_full\": 1", 0, 8},
        {"\"mstatus\": \"0x8\"", "\"mstatus\": 8, \"mstatus\": 8", 0, 9},
        {"\"mstatus\": \"0x8\"", "\"mstatus\": [8]", 0, 9},
        {"\"mstatus\": \"0x8\"", "\"mstatus\": -8", 0, 9},
        {"\"mstatus\": \"0x8\"", "\"registers\": {\"x0\": 8}", 0, 9},
        {"\"mstatus\": \"0x8\"", "\"registers\": {\"a0\": 1, \"a0\": 2}", 0, 9},
        {"\"executed\"", "\"done\"", 0, 12},
        {"user-mstatus", "user-control", 0, 6}, /* which takes one state */
        {"\"outcomes\": [", "\"outcomes\": [{\"result\": \"waits\"},", 0, 11},
        {"]\n}", "]\n", 0, 16},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostics d = {0};
        char *text = edited(cases[i].from, cases[i].to, cases[i].n);

        CU_ASSERT_PTR_NULL(witness_parse("w.json", text, strlen(text), &d));
        CU_ASSERT_TRUE_FATAL(d.errors > 0);
        if (d.list[0].line != cases[i].line)
            (void)printf("\n%s -> %s: line %u, %s\n", cases[i].from, cases[i].to, d.list[0].line,
                         d.list[0].message);
        CU_ASSERT_EQUAL(d.list[0].line, cases[i].line);
        diagnostics_free(&d);
        free(text);
    }
    struct diagnostics d = {0};
    CU_ASSERT_PTR_NULL(witness_parse("w.json", "", 0, &d));
    CU_ASSERT_PTR_NULL(witness_parse("w.json", "[]\n", 3, &d));
    CU_ASSERT_PTR_NULL(witness_read("build/no-such-file.json", &d));
    CU_ASSERT_EQUAL(d.errors, 3);
    diagnostics_free(&d);
}

/* ---- the sweep ---- */

/* Is there CSR `n`?  From docs/machine.md, by number, apart from the table in isa/csr.h. */
static bool
csr_there(uint32_t n)
{
    static const uint16_t single[] = {0x300, 0x301, 0x304, 0x305, 0x306, 0x30a, 0x310, 0x31a,
                                      0x320, 0x340, 0x341, 0x342, 0x343, 0x344, 0x7c0, 0x7c1,
                                      0x7c2, 0xb00, 0xb02, 0xb80, 0xb82, 0xc00, 0xc01, 0xc02,
                                      0xc80, 0xc81, 0xc82, 0xf11, 0xf12, 0xf13, 0xf14, 0xf15};

    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        if (n == single[i])
            return true;
    return (n >= 0x323 && n <= 0x33f) || (n >= 0x3a0 && n <= 0x3a3) || (n >= 0x3b0 && n <= 0x3bf) ||
           (n >= 0xb03 && n <= 0xb1f) || (n >= 0xb83 && n <= 0xb9f);
}

/* The class of an encoding of major opcode SYSTEM, by the manual. */
static enum sweep_class
system_class(uint32_t word)
{
    uint32_t funct3 = word >> 12 & 7, csr = word >> 20, rs1 = word >> 15 & 31;
    bool writes = (funct3 & 3) == 1 || rs1 != 0;

    if (word == 0x30200073 || word == 0x10500073)
        return SWEEP_user;
    if (funct3 == 0 || funct3 == 4 || !csr_there(csr) || (writes && csr >= 0xc00))
        return SWEEP_both;
    return SWEEP_user;
}

static void
expect_class(uint32_t word, const struct isa_variant *v, enum sweep_class expected)
{
    enum sweep_class class;

    CU_ASSERT_TRUE_FATAL(sweep_one(v, word, &class));
    if (class != expected)
        (void)printf("\n0x%08x: %d, expected %d\n", (unsigned)word, (int)class, (int)expected);
    CU_ASSERT_EQUAL(class, expected);
}

static void
test_system_encodings(void)
{
    for (uint32_t csr = 0; csr < 0x1000; csr++)
        for (uint32_t funct3 = 0; funct3 < 8; funct3++)
            for (uint32_t rs1 = 0; rs1 < 2; rs1++) {
                uint32_t word = csr << 20 | rs1 << 15 | funct3 << 12 | 10 << 7 | 0x73;

                expect_class(word, &isa_virtualizable, system_class(word));
                expect_class(word & ~0xf80u, &isa_virtualizable, system_class(word & ~0xf80u));
            }
}

static void
test_encodings(void)
{
    static const struct isa_variant smsw = {1, {{RULE_csr_read, CSR_mstatus, ACTION_execute}}};
    static const struct {
        uint32_t word;
        enum sweep_class class;
    } cases[] = {
        {0x00000000, SWEEP_both},    {0xffffffff, SWEEP_both},
        {0x00000013, SWEEP_neither}, {0x00000073, SWEEP_both},    /* nop, ecall */
        {0x0000006f, SWEEP_neither}, {0x0020006f, SWEEP_both},    /* j ., j .+2 */
        {0x00000163, SWEEP_both},    {0x00b51163, SWEEP_neither}, /* beq x0,x0; bne a0,a1: .+2 */
        {0x00052503, SWEEP_neither}, {0x00152503, SWEEP_neither}, /* lw a0,0(a0), 1(a0) */
        {0x00002503, SWEEP_memory},  {0x7ff02503, SWEEP_both},    /* lw a0,0(x0), 2047(x0) */
        {0x00050067, SWEEP_neither}, {0x00250067, SWEEP_neither}, /* jr a0, jr 2(a0) */
        {0x00a05163, SWEEP_neither}, {0x00352503, SWEEP_neither}, /* blez a0,.+2; lw a0,3(a0) */
        {0x00200067, SWEEP_both},    {0x1005252f, SWEEP_neither}, /* jr 2(x0), lr.w */
        {0x18b5262f, SWEEP_neither}, {0x0ff0000f, SWEEP_neither}, /* sc.w, fence */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_class(cases[i].word, &isa_virtualizable, cases[i].class);
    expect_class(0x30002573, &isa_virtualizable, SWEEP_user); /* csrr a0,mstatus */
    expect_class(0x30002573, &smsw, SWEEP_neither);
    expect_class(0x30051573, &smsw, SWEEP_user);
}

/* Nothing but SYSTEM traps in U-mode alone, nothing at all in M-mode alone; whoever counts. */
static void
test_sweep(void)
{
    struct sweep s = {.variant = &isa_virtualizable, .every = 65537, .jobs = 1};
    static struct sweep_counts one, three;
    uint64_t total = 0;

    CU_ASSERT_TRUE_FATAL(sweep_run(&s, &one));
    s.jobs = 3;
    CU_ASSERT_TRUE_FATAL(sweep_run(&s, &three));
    CU_ASSERT_EQUAL(memcmp(&one, &three, sizeof one), 0);
    for (unsigned i = 0; i <= INSN_COUNT; i++) {
        for (unsigned class = 0; class < SWEEP_CLASS_COUNT; class ++)
            total += one.count[i][class];
        CU_ASSERT_EQUAL(one.count[i][SWEEP_machine], 0);
        if (i < INSN_ecall || i == INSN_undefined)
            CU_ASSERT_EQUAL(one.count[i][SWEEP_user], 0);
    }
    CU_ASSERT_EQUAL(total, 65536);
    CU_ASSERT_EQUAL(sweep_total(&s), 65536);
    s.every = 1;
    CU_ASSERT_EQUAL(sweep_total(&s), (uint64_t)1 << 32);
}

void
classify_suite(void)
{
    CU_pSuite suite = CU_add_suite("classification", NULL, NULL);

    CU_add_test(suite, "the program state", test_program_state);
    CU_add_test(suite, "the reservation as it is shown", test_reservation);
    CU_add_test(suite, "changes of system state", test_changes);
    CU_add_test(suite, "a wait", test_wait);
    CU_add_test(suite, "each variant, as docs/machine.md expects", test_variants);
    CU_add_test(suite, "no variant is forgotten", test_all_variants);
    CU_add_test(suite, "rules of one's own", test_own_rules);
    CU_add_test(suite, "machines broken on purpose", test_broken);
    CU_add_test(suite, "what a pair says of privilege", test_pairs);
    CU_add_test(suite, "the component that a pair names", test_named_component);
    CU_add_test(suite, "determinism", test_determinism);
    CU_add_test(suite, "witness files", test_replay);
    CU_add_test(suite, "witness files, of a trap", test_replay_trap);
    CU_add_test(suite, "witness files, malformed", test_malformed);
    CU_add_test(suite, "CSR encodings", test_system_encodings);
    CU_add_test(suite, "other encodings", test_encodings);
    CU_add_test(suite, "the sweep, a sample", test_sweep);
}
