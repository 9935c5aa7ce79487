/* SPDX-License-Identifier: MIT */
/*
 * An ISA variant: the rules by which an instruction that is privileged on the
 * virtualizable machine does something else than trap in U-mode.
 */
#ifndef ISA_VARIANT_H
#define ISA_VARIANT_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/instruction.h"

/* What happens in U-mode instead of the trap: X(id, name, about). */
#define ISA_ACTIONS(X)                                                                             \
    X(trap, "trap", "trap, as without a rule")                                                     \
    X(execute, "execute", "full effect, as in M-mode")                                             \
    X(ignore, "ignore", "no effect, rd keeps its value")                                           \
    X(read_zero, "read-zero", "rd reads 0, nothing is written")                                    \
    X(jump, "jump", "mret alone: pc = mepc, mode and mstatus unchanged")

#define ISA_ACTION_ENUM(id, name, about) ACTION_##id,
enum isa_action { ISA_ACTIONS(ISA_ACTION_ENUM) };
#undef ISA_ACTION_ENUM

/* What a rule is about. */
enum isa_rule_kind {
    RULE_instruction, /* `subject` is an enum isa_insn: mret or wfi */
    RULE_csr_read,    /* `subject` is a CSR's number; an instruction that only reads it */
    RULE_csr_write,   /* ...; one that writes it, whether or not it reads it too */
};

struct isa_rule {
    enum isa_rule_kind kind;
    uint32_t subject;
    enum isa_action action;
};

enum { ISA_RULES_MAX = 64 };

struct isa_variant {
    uint32_t count;
    struct isa_rule rules[ISA_RULES_MAX];
};

/* The machine itself: no rules, every privileged instruction traps in U-mode. */
extern const struct isa_variant isa_virtualizable;

/* What the variant does in U-mode for (kind, subject): ACTION_trap without a rule. */
enum isa_action isa_variant_action(const struct isa_variant *v, enum isa_rule_kind kind,
                                   uint32_t subject);

#endif
