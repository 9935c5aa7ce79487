/* SPDX-License-Identifier: MIT */
#include "isa/variant.h"

const struct isa_variant isa_virtualizable = {0, {{RULE_instruction, 0, ACTION_trap}}};

enum isa_action
isa_variant_action(const struct isa_variant *v, enum isa_rule_kind kind, uint32_t subject)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (v->rules[i].kind == kind && v->rules[i].subject == subject)
            return v->rules[i].action;
    return ACTION_trap;
}
