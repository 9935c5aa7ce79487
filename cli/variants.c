/* SPDX-License-Identifier: MIT */
#include "cli/variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/embedded.h"
#include "cli/fields.h"
#include "isa/csr.h"

static const char suffix[] = ".yaml";

enum { SUFFIX = sizeof suffix - 1, NAME_MAX_BYTES = 31 };

/* ---- rules ---- */

enum { RULE_csr, RULE_insn, RULE_access, RULE_action };

enum access { ACCESS_read, ACCESS_write };

/* A rule as it stands in the file, before it is understood. */
struct raw_rule {
    const struct tree_node *csr, *instruction, *action_at;
    int access, action; /* -1: not given, or wrong */
};

static void
take_csr(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct raw_rule *raw = into;

    if (value->kind == TREE_mapping)
        fields_wrong_kind(c, value, TREE_sequence, "csr: [mcycle, minstret]");
    else
        raw->csr = value;
}

static void
take_instruction(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct raw_rule *raw = into;

    (void)c;
    raw->instruction = value;
}

static void
take_access(struct fields_context *c, const struct tree_node *value, void *into)
{
    static const char *const names[] = {"read", "write", NULL};
    struct raw_rule *raw = into;

    raw->access = fields_choice(c, value, "an access", names);
}

static void
take_action(struct fields_context *c, const struct tree_node *value, void *into)
{
#define ACTION_NAME(id, name, about) name,
    static const char *const names[] = {ISA_ACTIONS(ACTION_NAME) NULL};
#undef ACTION_NAME
    struct raw_rule *raw = into;

    raw->action = fields_choice(c, value, "an action", names);
    raw->action_at = value;
}

static const struct field rule_fields[] = {
    [RULE_csr] = {"csr", "csr: mstatus", TREE_refused, false, take_csr},
    [RULE_insn] = {"instruction", "instruction: mret", TREE_scalar, false, take_instruction},
    [RULE_access] = {"access", "access: read", TREE_scalar, false, take_access},
    [RULE_action] = {"in-user-mode", "in-user-mode: execute", TREE_scalar, true, take_action},
};

/* What the reader of a variant carries along. */
struct reading {
    struct variant_file *variant;
    bool full;                                     /* already complained of too many rules */
    struct diagnostic_place places[ISA_RULES_MAX]; /* of each rule's subject */
};

static const char *const rule_kind_names[] = {[RULE_instruction] = "for",
                                              [RULE_csr_read] = "for reads of",
                                              [RULE_csr_write] = "for writes of"};

/* Add the rule that the understood parts make, one a subject. */
static void
add_rule(struct fields_context *c, const struct tree_node *at, enum isa_rule_kind kind,
         uint32_t subject, enum isa_action action)
{
    struct reading *r = c->state;
    struct isa_variant *v = &r->variant->isa;

    for (uint32_t i = 0; i < v->count; i++)
        if (v->rules[i].kind == kind && v->rules[i].subject == subject) {
            diagnostic_hint(diagnostics_error(c->d, &at->place, "a second rule %s %.*s",
                                              rule_kind_names[kind], tree_shown(at), at->text),
                            v->rules[i].action == action
                                ? "they say the same: remove one"
                                : "they contradict each other: remove one");
            diagnostics_note(c->d, &r->places[i], "the first is here");
            return;
        }
    if (v->count == ISA_RULES_MAX) {
        if (r->full)
            return;
        r->full = true;
        diagnostic_hint(diagnostics_error(c->d, &at->place, "more than %d rules", ISA_RULES_MAX),
                        "each CSR of a list counts as one");
        return;
    }
    r->places[v->count] = at->place;
    v->rules[v->count++] = (struct isa_rule){kind, subject, action};
}

/* ---- rules about CSRs ---- */

static void
unknown_csr(struct fields_context *c, const struct tree_node *node)
{
    struct diagnostic_guess guess;
    char name[ISA_CSR_NAME_MAX], *end;
    struct diagnostic *error = diagnostics_error(
        c->d, &node->place, "the machine has no CSR `%.*s'", tree_shown(node), node->text);
    unsigned long number = strtoul(node->text, &end, 0);

    if (node->length > 0 && *end == '\0' && number < 4096 && isa_csr_name((uint32_t)number, name)) {
        diagnostic_hint(error, "CSRs go by name: write `%s'", name);
        return;
    }
    diagnostic_hint(error, "the CSRs are listed in docs/machine.md: mstatus, mtvec, mepc, ...");
    diagnostic_guess_start(&guess, node->text, node->length);
    for (unsigned i = 0; isa_csr_at(i) >= 0; i++)
        if (isa_csr_name((uint32_t)isa_csr_at(i), name))
            diagnostic_guess_offer(&guess, name, (size_t)strlen(name));
    diagnostic_did_you_mean(error, diagnostic_guess_answer(&guess));
}

static void
add_csr(struct fields_context *c, const struct tree_node *node, const struct raw_rule *raw)
{
    if (node->kind == TREE_refused)
        return;
    if (node->kind != TREE_scalar) {
        fields_wrong_kind(c, node, TREE_scalar, "csr: [mcycle, minstret]");
        return;
    }
    int number =
        node->length > ISA_CSR_NAME_MAX ? -1 : isa_csr_number(node->text, (unsigned)node->length);
    if (number < 0)
        unknown_csr(c, node);
    else if (raw->access == ACCESS_write && isa_csr_read_only((uint32_t)number))
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "%s is read-only: writing it is illegal in every mode",
                                          node->text),
                        "write `access: read', or name another CSR");
    else if (raw->access >= 0 && raw->action >= 0)
        add_rule(c, node, raw->access == ACCESS_read ? RULE_csr_read : RULE_csr_write,
                 (uint32_t)number, (enum isa_action)raw->action);
}

static void
finish_csr_rule(struct fields_context *c, struct raw_rule *raw)
{
    if (raw->action == ACTION_jump) {
        diagnostic_hint(diagnostics_error(c->d, &raw->action_at->place,
                                          "`jump' is for mret alone: no CSR access jumps"),
                        "one of: trap, execute, ignore, read-zero");
        raw->action = -1;
    }
    if (raw->csr->kind == TREE_scalar) {
        add_csr(c, raw->csr, raw);
        return;
    }
    if (raw->csr->count == 0 && !raw->csr->incomplete)
        diagnostic_hint(diagnostics_error(c->d, &raw->csr->place, "a list without a CSR"),
                        "write `csr: [mcycle, minstret]'");
    for (size_t i = 0; i < raw->csr->count; i++)
        add_csr(c, raw->csr->items[i], raw);
}

/* ---- rules about instructions ---- */

static enum isa_insn
find_instruction(const struct tree_node *node)
{
    int i = 0;

    while (i < INSN_COUNT && !tree_is(node, isa_instruction((enum isa_insn)i)->mnemonic))
        i++;
    return (enum isa_insn)i;
}

static void
unknown_instruction(struct fields_context *c, const struct tree_node *node)
{
    struct diagnostic_guess guess;
    struct diagnostic *error = diagnostics_error(
        c->d, &node->place, "the machine has no instruction `%.*s'", tree_shown(node), node->text);

    diagnostic_hint(error, "rules are for mret, for wfi, and for accesses to CSRs");
    diagnostic_guess_start(&guess, node->text, node->length);
    for (int i = 0; i < INSN_COUNT; i++) {
        const char *mnemonic = isa_instruction((enum isa_insn)i)->mnemonic;
        diagnostic_guess_offer(&guess, mnemonic, strlen(mnemonic));
    }
    diagnostic_did_you_mean(error, diagnostic_guess_answer(&guess));
}

/* Why there can be no rule for an instruction, which is neither mret nor wfi. */
static void
refuse_instruction(struct fields_context *c, const struct tree_node *node, enum isa_insn insn)
{
    const char *name = isa_instruction(insn)->mnemonic;

    if (insn == INSN_ecall || insn == INSN_ebreak)
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "%s traps in both modes: it is not privileged", name),
                        "rules are for what traps in user mode alone: mret, wfi, CSR accesses");
    else if (strncmp(name, "csrr", 4) == 0)
        diagnostic_hint(
            diagnostics_error(c->d, &node->place, "%s goes by the CSR it accesses", name),
            "write `csr: mstatus, access: read' (or write), for all six instructions");
    else
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "%s is not privileged: it executes in user mode", name),
                        "rules are for what traps in user mode alone: mret, wfi, CSR accesses");
}

static void
finish_instruction_rule(struct fields_context *c, const struct raw_rule *raw)
{
    const struct tree_node *at = raw->instruction;
    enum isa_insn insn = find_instruction(at);

    if (insn == INSN_undefined) {
        unknown_instruction(c, at);
        return;
    }
    if (insn != INSN_mret && insn != INSN_wfi) {
        refuse_instruction(c, at, insn);
        return;
    }
    if (raw->action == ACTION_read_zero)
        diagnostic_hint(diagnostics_error(c->d, &raw->action_at->place,
                                          "`read-zero' is for CSRs: %s reads nothing", at->text),
                        "write `ignore', where nothing shall happen");
    else if (raw->action == ACTION_jump && insn != INSN_mret)
        diagnostic_hint(diagnostics_error(c->d, &raw->action_at->place,
                                          "`jump' is for mret alone: %s does not jump", at->text),
                        "one of: trap, execute, ignore");
    else if (raw->action >= 0)
        add_rule(c, at, RULE_instruction, insn, (enum isa_action)raw->action);
}

static void
read_rule(struct fields_context *c, const struct tree_node *node)
{
    struct raw_rule raw = {.access = -1, .action = -1};
    enum { FIELDS = sizeof rule_fields / sizeof rule_fields[0] };

    if (node->kind != TREE_mapping) {
        fields_wrong_kind(c, node, TREE_mapping,
                          "- { csr: mstatus, access: read, in-user-mode: execute }");
        return;
    }
    uint32_t given = fields_read(c, node, "a rule", rule_fields, FIELDS, &raw);
    uint32_t perhaps = given | (node->incomplete ? ~0u : c->excused);
    bool csr = (given >> RULE_csr & 1) != 0, insn = (given >> RULE_insn & 1) != 0;
    bool access = (given >> RULE_access & 1) != 0;

    if (csr && insn)
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "a rule is for a CSR or for an instruction, not both"),
                        "make two rules of it");
    else if (insn && access)
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "`access' goes with `csr', not with `instruction'"),
                        "leave `access' out");
    else if (csr && (perhaps >> RULE_access & 1) == 0)
        diagnostic_hint(diagnostics_error(c->d, &node->place, "a rule for a CSR needs `access'"),
                        "write `access: read' or `access: write'");
    else if ((perhaps & (1u << RULE_csr | 1u << RULE_insn)) == 0)
        diagnostic_hint(
            diagnostics_error(c->d, &node->place, "a rule needs `csr' or `instruction'"),
            "write `csr: mstatus' or `instruction: mret'");
    else if (raw.csr != NULL)
        finish_csr_rule(c, &raw);
    else if (raw.instruction != NULL)
        finish_instruction_rule(c, &raw);
}

/* ---- the variant ---- */

static void
take_name(struct fields_context *c, const struct tree_node *value, void *into)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    struct variant_file *variant = into;

    variant->name = fields_text(c, value);
    if (variant->name != NULL && (value->length > NAME_MAX_BYTES || variant->name[0] == '-' ||
                                  strspn(variant->name, allowed) != value->length))
        diagnostic_hint(
            diagnostics_error(c->d, &value->place, "`%.*s' is not the name of a variant",
                              tree_shown(value), value->text),
            "up to %d small letters, digits and hyphens, such as `jrst1-epc'", NAME_MAX_BYTES);
}

/* Folded text ends with a newline, which is no part of the paragraph. */
static void
take_about(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct variant_file *variant = into;

    variant->about = fields_text(c, value);
    if (variant->about == NULL)
        return;
    size_t length = strlen(variant->about);
    while (length > 0 && strchr(" \n", variant->about[length - 1]) != NULL)
        variant->about[--length] = '\0';
}

static void
take_rules(struct fields_context *c, const struct tree_node *value, void *into)
{
    (void)into;
    for (size_t i = 0; i < value->count; i++)
        read_rule(c, value->items[i]);
}

static const struct field variant_fields[] = {
    {"name", "name: smsw", TREE_scalar, true, take_name},
    {"about", "about: which real machine this stands for", TREE_scalar, true, take_about},
    {"rules", "rules: [{ csr: mstatus, access: read, in-user-mode: execute }]", TREE_sequence, true,
     take_rules},
    {"machine", "this is a machine description, not a variant: thirdgen run FILE", TREE_refused,
     false, NULL},
};

static void
read_variant(struct fields_context *c, const struct tree_node *root, void *variant)
{
    enum { FIELDS = sizeof variant_fields / sizeof variant_fields[0] };
    struct reading reading = {.variant = variant};

    c->state = &reading;
    if (root->kind != TREE_mapping)
        fields_wrong_kind(c, root, TREE_mapping, "name: ..., about: ..., rules: [...]");
    else
        fields_read(c, root, "a variant", variant_fields, FIELDS, variant);
}

bool
variant_parse(const char *path, const char *text, size_t length, struct diagnostics *d,
              struct variant_file *variant)
{
    struct source source = {.path = path, .text = text, .length = length};
    struct fields_context c = {.d = d};

    *variant = (struct variant_file){.name = NULL};
    if (fields_read_source(&c, &source, read_variant, variant))
        return true;
    variant_free(variant);
    return false;
}

void
variant_free(struct variant_file *variant)
{
    free(variant->name);
    free(variant->about);
    free(variant->path);
    *variant = (struct variant_file){.name = NULL};
}

/* ---- finding one ---- */

bool
variant_is_file(const char *name)
{
    size_t length = strlen(name);

    return strchr(name, '/') != NULL ||
           (length > SUFFIX && strcmp(name + length - SUFFIX, suffix) == 0);
}

/* Is the embedded file a variant?  Its name's length without the suffix, or 0. */
static size_t
stem(const struct embedded_file *file)
{
    size_t length = strlen(file->name);

    return length > SUFFIX && strcmp(file->name + length - SUFFIX, suffix) == 0 ? length - SUFFIX
                                                                                : 0;
}

static const struct embedded_file *
embedded_variant(const char *name)
{
    const struct embedded_file *file;

    for (size_t i = 0; (file = embedded_at(i)) != NULL; i++)
        if (stem(file) != 0 && strlen(name) == stem(file) &&
            memcmp(name, file->name, stem(file)) == 0)
            return file;
    return NULL;
}

bool
variant_exists(const char *name)
{
    return embedded_variant(name) != NULL;
}

bool
variant_name_at(size_t i, char *name, size_t size)
{
    const struct embedded_file *file;

    for (size_t k = 0; (file = embedded_at(k)) != NULL; k++) {
        if (stem(file) == 0)
            continue;
        if (i-- == 0) {
            snprintf(name, size, "%.*s", (int)stem(file), file->name);
            return true;
        }
    }
    return false;
}

void
variant_unknown(struct diagnostics *d, const struct diagnostic_place *place, const char *name)
{
    struct diagnostic_guess guess;
    char one[NAME_MAX_BYTES + 1], list[512] = "";
    struct diagnostic *error = diagnostics_error(d, place, "there is no ISA variant `%.60s'", name);

    diagnostic_guess_start(&guess, name, strlen(name));
    for (size_t i = 0; variant_name_at(i, one, sizeof one); i++) {
        size_t length = strlen(list);

        snprintf(list + length, sizeof list - length, "%s%s", i == 0 ? "" : ", ", one);
        diagnostic_guess_offer(&guess, one, strlen(one));
    }
    if (diagnostic_guess_answer(&guess) != NULL)
        diagnostic_did_you_mean(error, diagnostic_guess_answer(&guess));
    else
        diagnostic_hint(error, "one of: %s; or a FILE.yaml of your own", list);
}

static bool
read_file(const char *path, struct diagnostics *d, struct variant_file *variant)
{
    struct source source;
    const char *problem;

    if (!source_read(path, TREE_FILE_MAX, &source, &problem)) {
        struct source nothing = {.path = path};
        struct diagnostic_place whole = {.source = &nothing};
        diagnostics_error(d, &whole, "cannot read the variant: %s", problem);
        return false;
    }
    bool good = variant_parse(path, source.text, source.length, d, variant);
    source_free(&source);
    if (good && (variant->path = strdup(path)) == NULL) {
        diagnostics_error(d, NULL, "out of memory");
        variant_free(variant);
        return false;
    }
    return good;
}

bool
variant_find(const char *name, struct diagnostics *d, struct variant_file *variant)
{
    *variant = (struct variant_file){.name = NULL};
    if (variant_is_file(name))
        return read_file(name, d, variant);

    const struct embedded_file *file = embedded_variant(name);
    if (file == NULL) {
        variant_unknown(d, NULL, name);
        return false;
    }
    return variant_parse(file->name, file->data, file->size, d, variant);
}
