/* SPDX-License-Identifier: MIT */
#include "cli/state_file.h"

#include <string.h>

#include "isa/encode.h"
#include "isa/ram.h"

static void
take_mode_letter(struct fields_context *c, const struct tree_node *node, struct state *s)
{
    static const char *const modes[] = {"U", "M", NULL};
    int mode = fields_choice(c, node, "a mode", modes);

    s->hart.mode = mode == 0 ? ISA_USER : ISA_MACHINE;
}

static void
take_field(struct fields_context *c, const struct tree_node *node, const struct state_file *file,
           enum state_field field)
{
    uint64_t value;

    if (field == STATE_mode) {
        take_mode_letter(c, node, file->state);
        return;
    }
    if (!fields_number(c, node, state_field_bits(field), &value))
        return;
    if (state_field_legal(field, value, file->size))
        state_set(file->state, field, value);
    else
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "%s cannot hold this on a machine with %u bytes of RAM",
                                          state_field_name(field), (unsigned)file->size),
                        "which bits it has: docs/machine.md");
}

#define TAKE(id, member, type, bits, name, kind, rest)                                             \
    static void take_##id(struct fields_context *c, const struct tree_node *node, void *into)      \
    {                                                                                              \
        take_field(c, node, into, STATE_##id);                                                     \
    }
STATE_FIELDS(TAKE)
#undef TAKE

static void
take_pc(struct fields_context *c, const struct tree_node *node, void *into)
{
    const struct state_file *file = into;
    uint64_t value;

    if (!fields_number(c, node, 32, &value))
        return;
    file->state->hart.pc = (uint32_t)value;
    if ((value & 3) != 0)
        diagnostic_hint(diagnostics_error(c->d, &node->place, "pc is a multiple of 4"),
                        "write the address of an instruction");
}

/* The pairs of a mapping whose keys are not words of ours; duplicates are complained of. */
static bool
key_again(struct fields_context *c, const struct tree_node *mapping, size_t k)
{
    for (size_t i = 0; i < k; i += 2)
        if (mapping->items[i]->kind == TREE_scalar && mapping->items[k]->kind == TREE_scalar &&
            tree_is(mapping->items[i], mapping->items[k]->text)) {
            diagnostics_error(c->d, &mapping->items[k]->place, "`%.*s' is given twice",
                              tree_shown(mapping->items[k]), mapping->items[k]->text);
            diagnostics_note(c->d, &mapping->items[i]->place, "the first is here");
            return true;
        }
    return false;
}

static void
take_registers(struct fields_context *c, const struct tree_node *node, void *into)
{
    const struct state_file *file = into;

    for (size_t k = 0; k + 1 < node->count; k += 2) {
        const struct tree_node *key = node->items[k];
        int r =
            key->kind == TREE_scalar ? isa_register_number(key->text, (unsigned)key->length) : -1;
        uint64_t value;

        if (r <= 0)
            diagnostic_hint(diagnostics_error(c->d, &key->place, "no register with a value"),
                            "write ra, sp, ..., t6 or x1 to x31");
        else if (!key_again(c, node, k) && fields_number(c, node->items[k + 1], 32, &value))
            file->state->hart.x[r] = (uint32_t)value;
    }
}

static void
take_storage(struct fields_context *c, const struct tree_node *node, void *into)
{
    const struct state_file *file = into;

    for (size_t k = 0; k + 1 < node->count; k += 2) {
        uint64_t address, value;

        if (!fields_number(c, node->items[k], 32, &address))
            continue;
        if (address < ISA_RAM_START || address - ISA_RAM_START >= file->size || address % 4 != 0)
            diagnostic_hint(
                diagnostics_error(c->d, &node->items[k]->place, "no word of the state's RAM"),
                "its %u words are at 0x%08x, 0x%08x, ...", (unsigned)file->size / 4, ISA_RAM_START,
                ISA_RAM_START + 4);
        else if (!key_again(c, node, k) && fields_number(c, node->items[k + 1], 32, &value))
            isa_ram_store(file->ram + (address - ISA_RAM_START), 4, (uint32_t)value);
    }
}

static const struct field state_fields[] = {
#define FIELD(id, member, type, bits, name, kind, rest)                                            \
    {name, STATE_##id == STATE_mode ? "\"mode\": \"U\"" : "\"" name "\": \"0x0\"", TREE_scalar,    \
     STATE_##id == STATE_mode, take_##id},
    STATE_FIELDS(FIELD)
#undef FIELD
        {"pc", "\"pc\": \"0x80000000\"", TREE_scalar, true, take_pc},
    {"registers", "\"registers\": {\"a0\": \"0x0\"}", TREE_mapping, false, take_registers},
    {"ram", "\"ram\": {\"0x80000000\": \"0x0\"}", TREE_mapping, false, take_storage},
};

void
state_file_take(struct fields_context *c, const struct tree_node *node, struct state_file *file)
{
    state_reset(file->state);
    memset(file->ram, 0, file->size);
    if (node->kind == TREE_mapping)
        (void)fields_read(c, node, "a state", state_fields,
                          sizeof state_fields / sizeof state_fields[0], file);
    else
        fields_wrong_kind(c, node, TREE_mapping, "{\"mode\": \"U\", \"pc\": \"0x80000000\"}");
}

void
state_file_take_before(struct fields_context *c, const struct tree_node *node,
                       struct state_file *file)
{
    size_t errors = c->d->errors;

    state_file_take(c, node, file);
    if (c->d->errors == errors && !state_legal(file->state, file->size))
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "the machine cannot be in this state between two "
                                          "instructions"),
                        "uart.rx needs uart.rx_full; uart.tx, uart.tx_full and finisher are at "
                        "rest");
}
