/* SPDX-License-Identifier: MIT */
/* thirdgen variants: which ISA variants there are, or one in detail. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/variants.h"
#include "isa/csr.h"

struct variants {
    struct options o;
    const char *name;
};

/* ---- usage ---- */

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct variants *v = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &v->o, 1); return 0;
    case ARGP_KEY_ARG:
        if (v->name != NULL)
            return options_wrong(state, &v->o, "`%s' and `%s': one variant at a time", v->name,
                                 text);
        v->name = text;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    .parser = parse,
    .args_doc = "[NAME|FILE]",
    .doc = "List the ISA variants, or tell one in detail.\v"
           "A variant says what a privileged instruction does in user mode instead of trapping. "
           "--isa takes its name, or a YAML file of your own.\n"
           "\n"
           "Examples:\n"
           "  thirdgen variants\n"
           "  thirdgen variants popf\n"
           "  thirdgen variants my-variant.yaml",
    .children = children};

/* ---- rules ---- */

static const char *
rule_subject(const struct isa_rule *rule, char name[ISA_CSR_NAME_MAX])
{
    if (rule->kind == RULE_instruction)
        return isa_instruction((enum isa_insn)rule->subject)->mnemonic;
    if (!isa_csr_name(rule->subject, name))
        return "?";
    return name;
}

static const char *
rule_access(const struct isa_rule *rule)
{
    return rule->kind == RULE_csr_read ? "read" : rule->kind == RULE_csr_write ? "write" : NULL;
}

static const char *
action_name(enum isa_action action)
{
#define ACTION_NAME(id, name, about) name,
    static const char *const names[] = {ISA_ACTIONS(ACTION_NAME)};
#undef ACTION_NAME

    return names[action];
}

static const char *
action_about(enum isa_action action)
{
#define ACTION_ABOUT(id, name, about) about,
    static const char *const abouts[] = {ISA_ACTIONS(ACTION_ABOUT)};
#undef ACTION_ABOUT

    return abouts[action];
}

/* ---- the list ---- */

/* The rules in a line, such as "read mtvec, mscratch: execute", cut where it is too long. */
static void
summary(const struct isa_variant *isa, char *text, size_t size)
{
    size_t used = 0;

    (void)snprintf(text, size, "every privileged instruction traps");
    for (uint32_t i = 0; i < isa->count && used < size; i++) {
        const struct isa_rule *rule = &isa->rules[i];
        const struct isa_rule *before = i > 0 ? &isa->rules[i - 1] : NULL;
        bool same = before != NULL && before->kind == rule->kind && before->action == rule->action;
        bool last = i + 1 == isa->count || isa->rules[i + 1].kind != rule->kind ||
                    isa->rules[i + 1].action != rule->action;
        const char *access = rule_access(rule);
        char name[ISA_CSR_NAME_MAX];

        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s%s%s",
                                 i == 0 ? ""
                                 : same ? ", "
                                        : "; ",
                                 same || access == NULL ? "" : access,
                                 same || access == NULL ? "" : " ", rule_subject(rule, name),
                                 last ? ": " : "", last ? action_name(rule->action) : "");
    }
}

/* `text` in at most `width` columns, cut at a word. */
static void
print_cut(const char *text, size_t width)
{
    size_t length = strcspn(text, "\n"), fits = width - 4;

    if (strlen(text) <= width && text[length] == '\0') {
        (void)printf("%s\n", text);
        return;
    }
    if (length > fits) {
        length = fits;
        while (length > 0 && text[length] != ' ')
            length--;
    }
    (void)printf("%.*s ...\n", (int)length, text);
}

static void
print_row(const struct variant_file *v)
{
    enum { NAME = 16 };
    char rules[512];

    summary(&v->isa, rules, sizeof rules);
    (void)printf("%-*s", NAME, v->name);
    print_cut(rules, TABLE_WIDTH - NAME);
    (void)printf("%*s", NAME, "");
    print_cut(v->about, TABLE_WIDTH - NAME);
}

/* ---- one ---- */

static void
print_variant(const struct variant_file *v)
{
    struct table t;
    char name[ISA_CSR_NAME_MAX];

    (void)printf("%s%s%s%s\n\n", v->name, v->path != NULL ? " (" : "",
                 v->path != NULL ? v->path : "", v->path != NULL ? ")" : "");
    table_paragraph(v->about, stdout, "");
    if (v->isa.count == 0) {
        (void)printf("\nNo rules: every privileged instruction traps in user mode.\n");
        return;
    }
    (void)printf("\nIn user mode, instead of trapping:\n");
    table_init(&t, "llll");
    for (uint32_t i = 0; i < v->isa.count; i++) {
        const struct isa_rule *rule = &v->isa.rules[i];

        table_cell(&t, "%s", rule_subject(rule, name));
        table_cell(&t, "%s", rule_access(rule) != NULL ? rule_access(rule) : "");
        table_cell(&t, "%s", action_name(rule->action));
        table_cell(&t, "%s", action_about(rule->action));
    }
    table_print(&t, stdout, "  ");
}

static void
json_variant(const struct variant_file *v, struct json *j)
{
    char name[ISA_CSR_NAME_MAX];

    json_object(j, NULL);
    json_string(j, "name", v->name);
    json_string(j, "about", v->about);
    json_array(j, "rules");
    for (uint32_t i = 0; i < v->isa.count; i++) {
        const struct isa_rule *rule = &v->isa.rules[i];

        json_object(j, NULL);
        json_string(j, rule->kind == RULE_instruction ? "instruction" : "csr",
                    rule_subject(rule, name));
        if (rule_access(rule) != NULL)
            json_string(j, "access", rule_access(rule));
        json_string(j, "in-user-mode", action_name(rule->action));
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

/* ---- the whole ---- */

/* One variant, as text in a list, as text alone, or as JSON; an exit status. */
static int
show(const struct variants *v, const char *name, struct json *j)
{
    struct diagnostics d = {0};
    struct variant_file file;

    if (!variant_find(name, &d, &file))
        return command_diagnose(&d, options_coloured(&v->o, stderr), STATUS_refused);
    (void)command_diagnose(&d, options_coloured(&v->o, stderr), STATUS_ok); /* warnings */
    if (j != NULL)
        json_variant(&file, j);
    else if (v->name != NULL)
        print_variant(&file);
    else
        print_row(&file);
    variant_free(&file);
    return STATUS_ok;
}

static int
show_all(const struct variants *v, struct json *j)
{
    char name[64];
    int status = STATUS_ok;

    if (j != NULL)
        json_array(j, NULL);
    for (size_t i = 0; status == STATUS_ok && variant_name_at(i, name, sizeof name); i++)
        status = show(v, name, j);
    if (j != NULL)
        json_close(j);
    else if (status == STATUS_ok)
        (void)printf("\n`thirdgen variants NAME' tells more; --isa NAME chooses one.\n");
    return status;
}

int
command_variants(int argc, char **argv)
{
    struct variants v = {0};
    struct json j;
    int status;

    options_init(&v.o);
    if (!options_parse(&argp, argc, argv, &v, &v.o, &status))
        return status;
    json_start(&j, stdout);
    status = v.name != NULL ? show(&v, v.name, v.o.json ? &j : NULL)
                            : show_all(&v, v.o.json ? &j : NULL);
    if (v.o.json && status == STATUS_ok)
        (void)json_end(&j);
    return status;
}
