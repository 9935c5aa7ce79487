/* SPDX-License-Identifier: MIT */
#include "cli/difference.h"

#include <string.h>

#include "cli/table.h"
#include "isa/csr.h"
#include "isa/disassemble.h"

/* ---- the instruction ---- */

static bool
is_csr_instruction(uint32_t word)
{
    enum isa_insn insn = isa_decode(word);

    return insn >= INSN_csrrw && insn <= INSN_csrrci;
}

static bool
is_privileged(uint32_t word)
{
    enum isa_insn insn = isa_decode(word);

    return insn == INSN_mret || insn == INSN_wfi || is_csr_instruction(word);
}

static void
instruction_text(uint32_t word, uint32_t pc, char *text)
{
    uint32_t target;
    char *tab;

    (void)isa_disassemble(word, pc, text, &target);
    tab = strchr(text, '\t');
    if (tab != NULL)
        *tab = ' ';
}

/* ---- why ---- */

/* What a CSR instruction that did not trap worked on. */
static void
resource(uint32_t word, char *text, size_t size)
{
    char name[ISA_CSR_NAME_MAX];

    if (is_csr_instruction(word) && isa_csr_name(isa_csr_field(word), name))
        (void)snprintf(text, size, "%s", name);
    else
        (void)snprintf(text, size, "state");
}

static bool
executed_by_hardware(const struct compare_result *r)
{
    const struct machine_event *last = &r->virtual.last;

    return last->executed && !last->trapped && last->mode == ISA_USER && last->word == r->word;
}

void
difference_why(const struct compare_result *r, const struct target *t, char *text, size_t size)
{
    char what[32];

    resource(r->word, what, sizeof what);
    if (is_privileged(r->word) && executed_by_hardware(r))
        (void)snprintf(text, size,
                       "On the bare machine this instruction was executed in %s-mode. The guest's "
                       "%s-mode is the real U-mode, where `%s' does not trap on it: the monitor "
                       "never saw it, and it worked on the real %s instead of the virtual one. The "
                       "instruction is sensitive and not privileged; no trap-and-emulate monitor "
                       "can get it right (theorem 1).",
                       r->bare.before.mode == ISA_MACHINE ? "M" : "U",
                       r->bare.before.mode == ISA_MACHINE ? "M" : "U", t->variant.name, what);
    else if (r->virtual.stop == MACHINE_lost)
        (void)snprintf(text, size,
                       "The guest got into real M-mode: the monitor has lost control of the "
                       "machine.");
    else
        (void)snprintf(text, size,
                       "No privileged instruction escaped the monitor here: either something "
                       "earlier left the real machine in another state than the monitor thinks, or "
                       "the monitor is wrong.");
}

/* ---- the report ---- */

void
difference_subject(const struct target *t, char *text, size_t size)
{
    bool hybrid = t->spec.guests[t->spec.observed].hybrid;

    if (t->spec.count > 1)
        (void)snprintf(text, size, "guest %s of %s under the hosted%s monitor",
                       t->spec.guests[t->spec.observed].name, t->name, hybrid ? " hybrid" : "");
    else
        (void)snprintf(text, size, "%s under the hosted%s monitor", t->name,
                       hybrid ? " hybrid" : "");
}

static void
add_value(struct table *table, const struct observe_difference *d, uint64_t value)
{
    if (d->bits == 64)
        table_cell(table, "%llu", (unsigned long long)value);
    else
        table_cell(table, "0x%08llx", (unsigned long long)value);
}

static void
print_sides(const struct compare_result *r, FILE *to)
{
    const struct observe_differences *d = &r->differences;
    struct table table;
    bool bare_m = r->bare.before.mode == ISA_MACHINE;

    table_init(&table, "lrr");
    table_cell(&table, "%s", "");
    table_cell(&table, "bare");
    table_cell(&table, "virtual");
    table_cell(&table, "executed in");
    table_cell(&table, "%s-mode", bare_m ? "M" : "U");
    table_cell(&table, "virtual %s-mode", r->virtual.before.mode == ISA_MACHINE ? "M" : "U");
    for (unsigned i = 0; i < d->count && i < OBSERVE_MAX; i++) {
        table_cell(&table, "%s after", d->list[i].name);
        add_value(&table, &d->list[i], d->list[i].left);
        add_value(&table, &d->list[i], d->list[i].right);
    }
    table_print(&table, to, "  ");
    if (d->count > OBSERVE_MAX)
        (void)fprintf(to, "  ... %u components differ in all\n", d->count);
}

void
difference_print(const struct compare_result *r, const struct target *t, FILE *to)
{
    char subject[256], insn[ISA_TEXT_MAX], symbol[64], step[TABLE_COUNT_MAX], why[768];
    uint32_t pc = r->bare.before.pc;

    difference_subject(t, subject, sizeof subject);
    instruction_text(r->word, pc, insn);
    (void)target_symbol(&target_observed(t)->image, pc, symbol, sizeof symbol);
    (void)fprintf(to, "different from step %s on: %s, ISA `%s'\n\n", table_count(r->at, step), subject,
                  t->variant.name);
    (void)fprintf(to, "  0x%08x %s%s%s   %s\n\n", (unsigned)pc, symbol[0] != '\0' ? "<" : "", symbol,
                  symbol[0] != '\0' ? ">" : "", insn);
    print_sides(r, to);
    (void)fputc('\n', to);
    difference_why(r, t, why, sizeof why);
    table_paragraph(why, to, "  ");
}

static void
json_side(struct json *j, const char *key, const struct compare_side *side)
{
    json_object(j, key);
    json_unsigned(j, "mode", side->before.mode);
    json_unsigned(j, "minstret", side->before.minstret);
    json_unsigned(j, "mtime", side->before.mtime);
    json_close(j);
}

void
difference_json(const struct compare_result *r, const struct target *t, struct json *j)
{
    char insn[ISA_TEXT_MAX], symbol[64], why[768];

    instruction_text(r->word, r->bare.before.pc, insn);
    (void)target_symbol(&target_observed(t)->image, r->bare.before.pc, symbol, sizeof symbol);
    difference_why(r, t, why, sizeof why);
    json_object(j, "difference");
    json_unsigned(j, "step", r->at);
    json_unsigned(j, "pc", r->bare.before.pc);
    json_string(j, "symbol", symbol);
    json_unsigned(j, "word", r->word);
    json_string(j, "instruction", insn);
    json_side(j, "bare", &r->bare);
    json_side(j, "virtual", &r->virtual);
    json_unsigned(j, "count", r->differences.count);
    json_array(j, "components");
    for (unsigned i = 0; i < r->differences.count && i < OBSERVE_MAX; i++) {
        json_object(j, NULL);
        json_string(j, "name", r->differences.list[i].name);
        json_unsigned(j, "bare", r->differences.list[i].left);
        json_unsigned(j, "virtual", r->differences.list[i].right);
        json_close(j);
    }
    json_close(j);
    json_string(j, "why", why);
    json_close(j);
}
