/* SPDX-License-Identifier: MIT */
/*
 * What the classifier finds of the CSR instructions on variants of few rules,
 * for a test that works it out for itself (tests/rules.py):
 *
 *   classify_tool SEED STATES
 *
 * For each line of standard input, "[CSR] CSR:ACCESS:ACTION..." ("mip mip:read:execute"),
 * the rows of the six CSR instructions on the variant with those rules, as
 * JSON; where the line starts with a CSR alone, that CSR is walked alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/witness.h"
#include "isa/csr.h"
#include "vmm/theorem/classify.h"

static int
wrong(const char *what)
{
    fprintf(stderr, "classify_tool: what is `%s'?\n", what);
    exit(1);
}

static int
csr(const char *name, size_t length)
{
    int number = isa_csr_number(name, (unsigned)length);

    return number < 0 ? wrong(name) : number;
}

static enum isa_action
action(const char *name)
{
#define NAME(id, name, about) name,
    static const char *const names[] = {ISA_ACTIONS(NAME)};
#undef NAME

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum isa_action)i;
    return (enum isa_action)wrong(name);
}

/* "mip:read:execute" */
static void
add_rule(struct isa_variant *v, const char *text)
{
    const char *access = strchr(text, ':'), *last = strrchr(text, ':');

    if (v->count == ISA_RULES_MAX || access == last)
        (void)wrong(text);
    v->rules[v->count++] =
        (struct isa_rule){access[1] == 'r' ? RULE_csr_read : RULE_csr_write,
                          (uint32_t)csr(text, (size_t)(access - text)), action(last + 1)};
}

static void
print_row(struct json *j, const struct state_machine *machine, const struct classify_row *row)
{
    char name[WITNESS_KIND_NAME];

    json_object(j, NULL);
    json_string(j, "mnemonic", sample_row_name(row->row));
    json_bool(j, "privileged", row->privileged);
    json_bool(j, "control_sensitive", classify_control_sensitive(row));
    json_bool(j, "behaviour_sensitive", classify_behaviour_sensitive(row));
    json_bool(j, "user_sensitive", classify_user_sensitive(row));
    json_bool(j, "always_traps", row->always_traps);
    json_object(j, "witnesses");
    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++) {
        if (row->witnesses[kind] == NULL)
            continue;
        json_object(j, witness_kind_name(kind, name));
        if (kind == WITNESS_mode || witness_is_user(kind))
            witness_json(j, "", machine, row->witnesses[kind]);
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

/* One line's variant. */
static void
classify_line(struct json *j, char *line, struct classify_options *o)
{
    struct isa_variant v = {.count = 0};
    const struct state_machine machine = {devices_step, &v};
    struct classify_row row;

    o->csr = CLASSIFY_EVERY_CSR;
    for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n"))
        if (strchr(word, ':') == NULL)
            o->csr = csr(word, strlen(word));
        else
            add_rule(&v, word);
    json_array(j, NULL);
    for (int insn = 0; insn < INSN_COUNT; insn++) {
        if (!sample_names_csr((enum sample_row)insn))
            continue;
        if (!classify_one(&machine, o, (enum sample_row)insn, &row))
            (void)wrong("memory");
        print_row(j, &machine, &row);
        classify_free_row(&row);
    }
    json_close(j);
}

int
main(int argc, char **argv)
{
    struct classify_options o;
    struct json j;
    char line[4096];

    if (argc != 3)
        return wrong("classify_tool SEED STATES");
    classify_usual(&o);
    o.seed = strtoull(argv[1], NULL, 0);
    o.states = (uint32_t)strtoul(argv[2], NULL, 0);
    json_start(&j, stdout);
    json_array(&j, NULL);
    while (fgets(line, sizeof line, stdin) != NULL)
        classify_line(&j, line, &o);
    json_close(&j);
    return json_end(&j) ? 0 : 1;
}
