/* SPDX-License-Identifier: MIT */
#include "cli/witness.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fields.h"
#include "cli/state_file.h"
#include "isa/disassemble.h"
#include "isa/encode.h"

/* ---- phrases ---- */

/* Text that grows in a buffer of a fixed size; what does not fit is left out. */
struct phrase {
    char *text;
    size_t size, used;
};

static void say(struct phrase *p, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

static void
say(struct phrase *p, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(p->text + p->used, p->size - p->used, format, args);
    va_end(args);
    p->used += (size_t)n < p->size - p->used ? (size_t)n : p->size - p->used - 1;
}

static void
say_listed(struct phrase *p, unsigned *count, const char *name)
{
    say(p, "%s%s", (*count)++ == 0 ? "" : ", ", name);
}

const char *
witness_instruction(const struct witness *w, char *text)
{
    char assembly[ISA_TEXT_MAX];
    uint32_t target;

    (void)isa_disassemble(w->word, w->state[0].hart.pc, assembly, &target);
    for (char *c = assembly; *c != '\0'; c++)
        if (*c == '\t')
            *c = ' ';
    (void)snprintf(text, WITNESS_TEXT, "%s", assembly);
    return text;
}

static void
say_changes(struct phrase *p, const struct witness *w, const struct state_run *run)
{
    state_set_of_components changed = state_changes(&w->state[0], &run->after);
    unsigned count = 0;

    say(p, "changes ");
    for (unsigned c = 0; c < STATE_COMPONENT_COUNT; c++)
        if ((changed >> c & 1) != 0)
            say_listed(p, &count, state_field_name((enum state_field)c));
}

/* What the program can see to differ: "a0, pc". */
static void
say_differences(struct phrase *p, const struct state_run runs[2])
{
    struct witness_difference d;
    unsigned count = 0;

    witness_differences(&runs[0].after, &runs[1].after, &d);
    for (unsigned r = 1; r < 32; r++)
        if ((d.registers >> r & 1) != 0)
            say_listed(p, &count, isa_register_name(r));
    if (d.pc)
        say_listed(p, &count, "pc");
    if (d.reservation)
        say_listed(p, &count, "the reservation");
    if (d.words)
        say_listed(p, &count, "the RAM shown");
    say(p, count == 1 ? " depends on " : " depend on ");
}

/* Why an instruction is not privileged. */
static const char *
unprivileged_phrase(const struct state_run runs[2])
{
    if (runs[0].result != STATE_trapped)
        return runs[1].result != STATE_trapped ? "executes in both modes" : "traps in M-mode alone";
    return "traps in both modes";
}

const char *
witness_phrase(const struct state_machine *machine, const struct witness *w, char *text)
{
    struct phrase p = {text, WITNESS_TEXT, 0};
    struct state_run *runs = calloc(2, sizeof *runs);
    unsigned component = witness_component(w->kind);

    text[0] = '\0';
    if (runs == NULL)
        return text;
    if (witness_check(machine, w, runs) != NULL) {
        say(&p, "does not hold");
    } else if (w->kind == WITNESS_unprivileged) {
        say(&p, "%s", unprivileged_phrase(runs));
    } else if (w->count == 1) {
        say_changes(&p, w, &runs[0]);
    } else {
        say_differences(&p, runs);
        say(&p, "%s",
            component == WITNESS_several ? "several at once"
                                         : state_field_name((enum state_field)component));
    }
    free(runs);
    return text;
}

/* ---- for people ---- */

/* A printed witness: a column for each state, another for what comes of it where there is one. */
struct sheet {
    FILE *to;
    const struct witness *w;
    struct state_run runs[2];
};

enum { NAME_WIDTH = 22, VALUE_WIDTH = 18 };

static void
print_line(const struct sheet *s, bool marked, const char *name, const char *first,
           const char *second)
{
    (void)fprintf(s->to, "%s %-*s  ", marked ? "*" : " ", NAME_WIDTH, name);
    if (s->w->count == 2)
        (void)fprintf(s->to, "%-*s  %s\n", VALUE_WIDTH, first, second);
    else
        (void)fprintf(s->to, "%s\n", first);
}

/* A value as wide as its field. */
static const char *
number(uint64_t value, unsigned bits, char text[24])
{
    (void)snprintf(text, 24, "0x%0*" PRIx64, (int)(bits + 3) / 4, value);
    return text;
}

static const char *
value_text(enum state_field field, uint64_t value, char text[24])
{
    if (field == STATE_mode)
        return value == ISA_USER ? "U" : "M";
    return number(value, field == STATE_COMPONENT_COUNT ? 32 : state_field_bits(field), text);
}

static const char *
field_text(const struct state *s, enum state_field field, char text[24])
{
    return value_text(field, state_get(s, field), text);
}

/* A line of two 32-bit values; left out where both are `rest`. */
static void
print_pair(const struct sheet *s, const char *name, uint32_t a, uint32_t b, uint32_t rest)
{
    char first[24], second[24];

    if (a != rest || b != rest)
        print_line(s, a != b, name, number(a, 32, first), number(b, 32, second));
}

static void
print_fields(const struct sheet *s)
{
    const struct state *a = &s->w->state[0], *b = &s->w->state[s->w->count - 1];

    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++) {
        enum state_field field = (enum state_field)f;
        uint64_t rest = state_field_rest(field);
        bool differs = state_get(a, field) != state_get(b, field);
        char first[24], second[24];

        if (field == STATE_mode || state_get(a, field) != rest || state_get(b, field) != rest)
            print_line(s, differs, state_field_name(field), field_text(a, field, first),
                       field_text(b, field, second));
    }
}

enum { WORDS_SHOWN = 12 };

static void
print_storage(const struct sheet *s)
{
    const struct state *a = &s->w->state[0], *b = &s->w->state[s->w->count - 1];
    unsigned shown = 0, left = 0;

    for (uint32_t offset = 0; offset < STATE_RAM; offset += 4) {
        uint32_t first = isa_ram_load(a->ram + offset, 4),
                 second = isa_ram_load(b->ram + offset, 4);
        char name[NAME_WIDTH + 1];

        if (first == 0 && second == 0)
            continue;
        if (shown == WORDS_SHOWN) {
            left++;
            continue;
        }
        shown++;
        (void)snprintf(name, sizeof name, "RAM 0x%08x", (unsigned)(ISA_RAM_START + offset));
        print_pair(s, name, first, second, 0);
    }
    if (left > 0)
        (void)fprintf(s->to, "  ... %u more words of RAM (all of them with --json)\n", left);
}

static void
print_before(const struct sheet *s)
{
    const struct state *a = &s->w->state[0], *b = &s->w->state[s->w->count - 1];

    print_pair(s, "pc", a->hart.pc, b->hart.pc, 0);
    for (unsigned r = 1; r < 32; r++)
        print_pair(s, isa_register_name(r), a->hart.x[r], b->hart.x[r], 0);
    print_fields(s);
    print_storage(s);
    (void)fprintf(s->to, "  %-*s  %s\n", NAME_WIDTH, "all else", "at rest: 0; R open; no deadline");
}

static const char *
result_text(const struct state_run *run, char text[24])
{
    if (run->result != STATE_trapped)
        return run->result == STATE_executed ? "executes" : "waits for ever";
    (void)snprintf(text, 24, "traps, cause %u", (unsigned)run->cause);
    return text;
}

/* A line of what stands after the instruction, if it changed in either state. */
struct change {
    const char *name;
    bool visible;           /* to the program */
    enum state_field field; /* whose notation the values have; STATE_COMPONENT_COUNT: a word's */
    uint64_t before[2], after[2];
};

static void
print_change(const struct sheet *s, const struct change *c)
{
    char first[24], second[24];
    bool control = s->w->kind == WITNESS_user_control || s->w->kind == WITNESS_supervisor_control;
    bool differs = c->visible && c->after[0] != c->after[1];
    bool marked = control ? !c->visible && c->before[0] != c->after[0]
                          : differs && s->w->kind != WITNESS_unprivileged;

    if (c->before[0] == c->after[0] && c->before[1] == c->after[1] && !differs)
        return;
    if (control)
        (void)fprintf(s->to, "%s %-*s  %s, was %s\n", marked ? "*" : " ", NAME_WIDTH, c->name,
                      value_text(c->field, c->after[0], first),
                      value_text(c->field, c->before[0], second));
    else
        print_line(s, marked, c->name, value_text(c->field, c->after[0], first),
                   value_text(c->field, c->after[1], second));
}

static void
print_window(const struct sheet *s)
{
    struct isa_window before, a, b;
    struct witness_difference d;
    char first[24], second[24];

    state_window(&s->w->state[0], &before);
    state_window(&s->runs[0].after, &a);
    state_window(&s->runs[s->w->count - 1].after, &b);
    witness_differences(&s->runs[0].after, &s->runs[s->w->count - 1].after, &d);
    if (!d.words || s->w->kind == WITNESS_unprivileged)
        return;
    (void)snprintf(first, sizeof first, "%u at +0x%x", (unsigned)a.bound, (unsigned)a.base);
    (void)snprintf(second, sizeof second, "%u at +0x%x", (unsigned)b.bound, (unsigned)b.base);
    print_line(s, true, "RAM shown, bytes", first, second);
}

static void
print_fields_after(const struct sheet *s)
{
    const struct witness *w = s->w;
    unsigned last = w->count - 1;
    state_set_of_components changed = state_changes(&w->state[0], &s->runs[0].after) |
                                      state_changes(&w->state[last], &s->runs[last].after);

    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++) {
        enum state_field field = (enum state_field)f;
        const struct change c = {
            state_field_name(field),
            false,
            field,
            {state_get(&w->state[0], field), state_get(&w->state[last], field)},
            {state_get(&s->runs[0].after, field), state_get(&s->runs[last].after, field)}};

        if ((changed >> f & 1) != 0)
            print_change(s, &c);
    }
}

static void
print_outcomes(const struct sheet *s)
{
    const struct witness *w = s->w;
    unsigned last = w->count - 1;
    char first[24], second[24];

    print_line(s, s->runs[0].result != s->runs[last].result, "it", result_text(&s->runs[0], first),
               result_text(&s->runs[last], second));
    if (w->kind == WITNESS_unprivileged && s->runs[0].result == STATE_trapped)
        return;
    for (unsigned r = 1; r < 32; r++) {
        const struct change c = {isa_register_name(r),
                                 true,
                                 STATE_COMPONENT_COUNT,
                                 {w->state[0].hart.x[r], w->state[last].hart.x[r]},
                                 {s->runs[0].after.hart.x[r], s->runs[last].after.hart.x[r]}};

        print_change(s, &c);
    }
    const struct change pc = {"pc",
                              true,
                              STATE_COMPONENT_COUNT,
                              {w->state[0].hart.pc, w->state[last].hart.pc},
                              {s->runs[0].after.hart.pc, s->runs[last].after.hart.pc}};
    print_change(s, &pc);
    print_window(s);
    print_fields_after(s);
}

static void
print_title(const struct sheet *s, const char *isa, const struct state_machine *machine)
{
    char kind[WITNESS_KIND_NAME], text[WITNESS_TEXT];

    (void)fprintf(s->to, "%s, %s, on the ISA `%s'\n", sample_row_name(s->w->row),
                  witness_kind_name(s->w->kind, kind), isa);
    (void)fprintf(s->to, "%s (0x%08x): ", witness_instruction(s->w, text), (unsigned)s->w->word);
    (void)fprintf(s->to, "%s\n\n", witness_phrase(machine, s->w, text));
}

void
witness_print(const char *isa, const struct state_machine *machine, const struct witness *w,
              FILE *to)
{
    struct sheet *s = calloc(1, sizeof *s);

    if (s == NULL) {
        (void)fputs("(out of memory)\n", to);
        return;
    }
    s->to = to;
    s->w = w;
    (void)witness_check(machine, w, s->runs);
    print_title(s, isa, machine);
    print_line(s, false, "before", w->count == 2 ? "state 1" : "the state", "state 2");
    print_before(s);
    (void)fputc('\n', to);
    print_line(s, false, "after", w->count == 2 ? "state 1" : "the state", "state 2");
    print_outcomes(s);
    free(s);
}

/* ---- to JSON ---- */

static void
json_number(struct json *j, const char *key, uint64_t value, unsigned bits)
{
    char text[24];

    json_string(j, key, number(value, bits, text));
}

static void
json_storage(struct json *j, const struct state *s)
{
    json_object(j, "ram");
    for (uint32_t offset = 0; offset < STATE_RAM; offset += 4) {
        char address[24];
        uint32_t word = isa_ram_load(s->ram + offset, 4);

        if (word != 0)
            json_number(j, number(ISA_RAM_START + offset, 32, address), word, 32);
    }
    json_close(j);
}

static void
json_state(struct json *j, const char *key, const struct state *s)
{
    char text[24];

    json_object(j, key);
    json_string(j, "mode", field_text(s, STATE_mode, text));
    json_number(j, "pc", s->hart.pc, 32);
    json_object(j, "registers");
    for (unsigned r = 1; r < 32; r++)
        if (s->hart.x[r] != 0)
            json_number(j, isa_register_name(r), s->hart.x[r], 32);
    json_close(j);
    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++) {
        enum state_field field = (enum state_field)f;

        if (field != STATE_mode && state_get(s, field) != state_field_rest(field))
            json_number(j, state_field_name(field), state_get(s, field), state_field_bits(field));
    }
    json_storage(j, s);
    json_close(j);
}

static const char *const result_names[] = {
    [STATE_executed] = "executed", [STATE_trapped] = "trapped", [STATE_waits] = "waits", NULL};

static void
json_outcome(struct json *j, const struct state_run *run)
{
    json_object(j, NULL);
    json_string(j, "result", result_names[run->result]);
    if (run->result == STATE_trapped) {
        json_unsigned(j, "cause", run->cause);
        json_number(j, "tval", run->tval, 32);
    } else {
        json_state(j, "state", &run->after);
    }
    json_close(j);
}

static void
json_instruction(struct json *j, const struct witness *w)
{
    enum isa_insn insn = isa_decode(w->word);
    char text[WITNESS_TEXT];

    json_object(j, "instruction");
    json_number(j, "word", w->word, 32);
    json_string(j, "text", witness_instruction(w, text));
    if (insn != INSN_undefined && strchr(isa_instruction(insn)->operands, 'E') != NULL) {
        char name[ISA_CSR_NAME_MAX];

        if (isa_csr_name(isa_csr_field(w->word), name))
            json_string(j, "csr", name);
        json_string(j, "access", isa_csr_writes(insn, w->word) ? "write" : "read");
    }
    json_close(j);
}

void
witness_json(struct json *j, const char *isa, const struct state_machine *machine,
             const struct witness *w)
{
    struct state_run *runs = calloc(2, sizeof *runs);
    char text[WITNESS_TEXT];

    json_string(j, "witness", witness_kind_name(w->kind, text));
    json_string(j, "isa", isa);
    json_string(j, "mnemonic", sample_row_name(w->row));
    json_string(j, "shows", witness_phrase(machine, w, text));
    json_instruction(j, w);
    json_array(j, "states");
    for (unsigned i = 0; i < w->count; i++)
        json_state(j, NULL, &w->state[i]);
    json_close(j);
    json_array(j, "outcomes");
    if (runs != NULL && witness_check(machine, w, runs) == NULL)
        for (unsigned i = 0; i < w->count; i++)
            json_outcome(j, &runs[i]);
    json_close(j);
    free(runs);
}

/* ---- from JSON: an outcome ---- */

static void
take_result(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct witness_outcome *o = into;
    int result = fields_choice(c, node, "a result", result_names);

    o->result = result < 0 ? STATE_executed : (enum state_result)result;
}

static void
take_cause(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct witness_outcome *o = into;
    uint64_t value;

    if (fields_number(c, node, 32, &value))
        o->cause = (uint32_t)value;
}

static void
take_tval(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct witness_outcome *o = into;
    uint64_t value;

    if (fields_number(c, node, 32, &value))
        o->tval = (uint32_t)value;
}

static void
take_after(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct witness_outcome *o = into;
    struct state_file whole = {&o->after, o->after.ram, STATE_RAM};

    state_file_take(c, node, &whole);
}

static const struct field outcome_fields[] = {
    {"result", "\"result\": \"executed\"", TREE_scalar, true, take_result},
    {"cause", "\"cause\": 2", TREE_scalar, false, take_cause},
    {"tval", "\"tval\": \"0x0\"", TREE_scalar, false, take_tval},
    {"state", "\"state\": {\"mode\": \"U\", ...}", TREE_mapping, false, take_after},
};

static void
take_outcome(struct fields_context *c, const struct tree_node *node, struct witness_outcome *o)
{
    if (node->kind == TREE_mapping)
        (void)fields_read(c, node, "an outcome", outcome_fields,
                          sizeof outcome_fields / sizeof outcome_fields[0], o);
    else
        fields_wrong_kind(c, node, TREE_mapping, "{\"result\": \"executed\", ...}");
}

/* ---- from JSON: the witness ---- */

struct reading {
    struct witness_file *file;
    const struct tree_node *states, *outcomes;
};

static void
take_kind(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;
    int kind = witness_kind_number(node->text);

    if (kind < 0)
        diagnostic_hint(diagnostics_error(c->d, &node->place, "no kind of witness: `%.*s'",
                                          tree_shown(node), node->text),
                        "such as unprivileged, user-control, mode, supervisor-location, "
                        "user-mstatus");
    else
        r->file->witness.kind = (unsigned)kind;
}

static void
take_isa(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    r->file->isa = fields_text(c, node);
}

static void
take_mnemonic(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;
    int row = sample_row_number(node->text);

    if (row < 0)
        diagnostic_hint(diagnostics_error(c->d, &node->place,
                                          "no row of the classification: `%.*s'", tree_shown(node),
                                          node->text),
                        "write a mnemonic, `undefined', `load, device' or `store, device'");
    else
        r->file->witness.row = (enum sample_row)row;
}

static void
take_word(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;
    uint64_t value;

    if (fields_number(c, node, 32, &value))
        r->file->witness.word = (uint32_t)value;
}

/* What is written for people, and not read. */
static void
take_nothing(struct fields_context *c, const struct tree_node *node, void *into)
{
    (void)c;
    (void)node;
    (void)into;
}

static const struct field instruction_fields[] = {
    {"word", "\"word\": \"0x30002573\"", TREE_scalar, true, take_word},
    {"text", "\"text\": \"csrr a0,mstatus\"", TREE_scalar, false, take_nothing},
    {"csr", "\"csr\": \"mstatus\"", TREE_scalar, false, take_nothing},
    {"access", "\"access\": \"read\"", TREE_scalar, false, take_nothing},
};

static void
take_instruction(struct fields_context *c, const struct tree_node *node, void *into)
{
    (void)fields_read(c, node, "an instruction", instruction_fields,
                      sizeof instruction_fields / sizeof instruction_fields[0], into);
}

static void
take_states(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    (void)c;
    r->states = node;
}

static void
take_outcomes(struct fields_context *c, const struct tree_node *node, void *into)
{
    struct reading *r = into;

    (void)c;
    r->outcomes = node;
}

static const struct field witness_fields[] = {
    {"witness", "\"witness\": \"user-mstatus\"", TREE_scalar, true, take_kind},
    {"isa", "\"isa\": \"smsw\"", TREE_scalar, true, take_isa},
    {"mnemonic", "\"mnemonic\": \"csrrs\"", TREE_scalar, true, take_mnemonic},
    {"shows", "\"shows\": \"a0 depends on mstatus\"", TREE_scalar, false, take_nothing},
    {"instruction", "\"instruction\": {\"word\": \"0x30002573\"}", TREE_mapping, true,
     take_instruction},
    {"states", "\"states\": [{...}, {...}]", TREE_sequence, true, take_states},
    {"outcomes", "\"outcomes\": [{...}, {...}]", TREE_sequence, true, take_outcomes},
};

/* One state for control, else two, and an outcome for each. */
static void
take_list(struct fields_context *c, struct reading *r, const struct tree_node *list, bool outcomes)
{
    struct witness *w = &r->file->witness;

    if (list == NULL || list->incomplete)
        return;
    if (list->count != w->count) {
        diagnostic_hint(diagnostics_error(c->d, &list->place, "a witness of this kind has %u %s%s",
                                          w->count, outcomes ? "outcome" : "state",
                                          w->count == 1 ? "" : "s"),
                        "control takes one state, all else takes two, with an outcome each");
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct state_file before = {&w->state[i], w->state[i].ram, STATE_RAM};

        if (outcomes)
            take_outcome(c, list->items[i], &r->file->outcomes[i]);
        else
            state_file_take_before(c, list->items[i], &before);
    }
}

static void
take_witness(struct fields_context *c, const struct tree_node *root, void *into)
{
    struct reading *r = into;
    struct witness *w = &r->file->witness;

    if (root->kind != TREE_mapping) {
        fields_wrong_kind(c, root, TREE_mapping, "{\"witness\": \"user-mstatus\", ...}");
        return;
    }
    (void)fields_read(c, root, "a witness", witness_fields,
                      sizeof witness_fields / sizeof witness_fields[0], r);
    w->count = w->kind == WITNESS_user_control || w->kind == WITNESS_supervisor_control ? 1 : 2;
    take_list(c, r, r->states, false);
    take_list(c, r, r->outcomes, true);
}

struct witness_file *
witness_parse(const char *path, const char *text, size_t length, struct diagnostics *d)
{
    struct source source = {path, text, length, 1};
    struct reading r = {.file = calloc(1, sizeof *r.file)};
    struct fields_context c = {.d = d, .state = &r};

    if (r.file == NULL) {
        diagnostics_error(d, NULL, "out of memory");
        return NULL;
    }
    if (fields_read_source(&c, &source, take_witness, &r))
        return r.file;
    witness_free(r.file);
    return NULL;
}

struct witness_file *
witness_read(const char *path, struct diagnostics *d)
{
    struct source source;
    struct witness_file *file;

    if (!fields_read_file(path, "`thirdgen classify --witness csrrs --json' writes such a file",
                          &source, d))
        return NULL;
    file = witness_parse(path, source.text, source.length, d);
    source_free(&source);
    return file;
}

void
witness_free(struct witness_file *file)
{
    if (file == NULL)
        return;
    free(file->isa);
    free(file);
}

/* ---- replaying ---- */

static bool
same_state(const struct state *a, const struct state *b)
{
    return memcmp(a->hart.x, b->hart.x, sizeof a->hart.x) == 0 && a->hart.pc == b->hart.pc &&
           memcmp(a->ram, b->ram, STATE_RAM) == 0 && state_differences(a, b) == 0;
}

static bool
as_written(const struct state_run *run, const struct witness_outcome *o)
{
    if (run->result != o->result)
        return false;
    if (run->result == STATE_trapped)
        return run->cause == o->cause && run->tval == o->tval;
    return same_state(&run->after, &o->after);
}

const char *
witness_replay(const struct state_machine *machine, const struct witness_file *file)
{
    struct state_run *runs = calloc(2, sizeof *runs);
    const char *why = "memory is out";

    if (runs != NULL)
        why = witness_check(machine, &file->witness, runs);
    for (unsigned i = 0; i < file->witness.count && why == NULL; i++)
        if (!as_written(&runs[i], &file->outcomes[i]))
            why = "the outcome is another than the file says";
    free(runs);
    return why;
}
