/* SPDX-License-Identifier: MIT */
/* classify: what one instruction is, computed on the variant that runs. */
#include <string.h>

#include "assembler/assembler.h"
#include "cli/repl/command.h"
#include "cli/repl/output.h"
#include "cli/table.h"
#include "cli/witness.h"
#include "isa/disassemble.h"
#include "vmm/theorem/classify.h"

static bool
look_up(void *context, const char *name, uint32_t *value)
{
    const struct repl *r = context;

    return repl_level_symbol_value(&r->levels, r->view, name, value);
}

static bool
assemble(struct repl *r, const char *text, uint32_t *word)
{
    struct diagnostics d = {0};
    uint32_t words[ASSEMBLER_WORDS_MAX];
    struct isa_hart h;
    unsigned n;

    repl_level_hart(&r->levels, r->view, &h);
    n = assembler_instruction(text, h.pc, look_up, r, words, &d);
    if (n == 0)
        (void)repl_fail(r, "%s%s%s", d.count > 0 ? d.list[0].message : "this is no instruction",
                        d.count > 0 && d.list[0].hint != NULL ? "; " : "",
                        d.count > 0 && d.list[0].hint != NULL ? d.list[0].hint : "");
    else if (n > 1)
        (void)repl_fail(r, "`%.60s' is %u instructions; name one", text, n);
    diagnostics_free(&d);
    *word = words[0];
    return n == 1;
}

/* The witnesses that tell most: against privilege, control, and of user states. */
static bool
is_told(unsigned kind)
{
    return kind == WITNESS_unprivileged || kind == WITNESS_user_control ||
           kind == WITNESS_supervisor_control || kind == WITNESS_mode || witness_is_user(kind);
}

static void
print_row(const struct repl *r, const struct state_machine *machine, const struct classify_row *row,
          const char *insn)
{
    char tried[TABLE_COUNT_MAX];
    struct table t;

    repl_say(r, "`%s' is encoded as %s. On the ISA variant %s, %s is:", insn,
             sample_row_name(row->row), r->target->variant.name, sample_row_name(row->row));
    repl_say(r, "  privileged           %s", row->privileged ? "yes" : "no");
    repl_say(r, "  control-sensitive    %s", classify_control_sensitive(row) ? "yes" : "no");
    repl_say(r, "  behaviour-sensitive  %s", classify_behaviour_sensitive(row) ? "yes" : "no");
    repl_say(r, "  user-sensitive       %s", classify_user_sensitive(row) ? "yes" : "no");
    repl_say(r, "  in all               %s",
             row->always_traps              ? "an unconditional trap"
             : !classify_sensitive(row)     ? "innocuous"
             : row->privileged              ? "sensitive and privileged: a monitor sees it"
             : classify_user_sensitive(row) ? "sensitive and not privileged: theorems 1, 3 fail"
                                            : "sensitive and not privileged: theorem 1 fails");
    table_init(&t, "lll");
    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++) {
        char name[WITNESS_KIND_NAME], text[WITNESS_TEXT];

        if (row->witnesses[kind] == NULL || !is_told(kind))
            continue;
        table_cell(&t, "%s", witness_kind_name(kind, name));
        table_cell(&t, "%s", witness_instruction(row->witnesses[kind], text));
        table_cell(&t, "%s", witness_phrase(machine, row->witnesses[kind], text));
    }
    table_print(&t, r->out, "  ");
    repl_say(r, "  tried in %s states; `no' is a search, `yes' to a sensitivity a proof",
             table_count(row->tried, tried));
}

static void
row_json(struct repl *r, const struct classify_row *row, const char *insn)
{
    json_string(&r->object, "instruction", insn);
    json_string(&r->object, "mnemonic", sample_row_name(row->row));
    json_string(&r->object, "isa", r->target->variant.name);
    json_bool(&r->object, "privileged", row->privileged);
    json_bool(&r->object, "control_sensitive", classify_control_sensitive(row));
    json_bool(&r->object, "behaviour_sensitive", classify_behaviour_sensitive(row));
    json_bool(&r->object, "user_sensitive", classify_user_sensitive(row));
    json_bool(&r->object, "always_traps", row->always_traps);
    json_unsigned(&r->object, "states_tried", row->tried);
}

bool
repl_do_classify(struct repl *r, const struct repl_arguments *a)
{
    const struct state_machine machine = {devices_step, r->system->machine.variant};
    struct classify_options options;
    struct classify_row row;
    char insn[ISA_TEXT_MAX];
    uint32_t word;

    if (!assemble(r, a->text, &word))
        return false;
    classify_usual(&options);
    if (!classify_one(&machine, &options, (enum sample_row)isa_decode(word), &row))
        return repl_fail(r, "out of memory");
    (void)repl_instruction_inline(word, 0, insn);
    if (r->json)
        row_json(r, &row, insn);
    else
        print_row(r, &machine, &row, insn);
    classify_free_row(&row);
    return true;
}
