/* SPDX-License-Identifier: MIT */
/*
 * Mnemonics and operands.  The forms of an instruction come from the tables
 * (isa/table.h, and pseudo.c for what takes several instructions); they are
 * tried in order, and where none fits the one that got furthest is reported.
 *
 * Letters beside those of isa/table.h: A an address, I a 32-bit number.
 */
#include "assembler/internal.h"

#include <stdio.h>
#include <string.h>

#include "isa/csr.h"
#include "isa/encode.h"

/* ---- the forms ---- */

void
as_add_form(struct as_state *a, const char *mnemonic, const struct as_form *form)
{
    struct as_form *last = as_names_find(&a->mnemonics, mnemonic, strlen(mnemonic));
    struct as_form *new = as_allocate(a, sizeof *new);

    *new = *form;
    new->next = NULL;
    if (last == NULL) {
        as_names_put(a, &a->mnemonics, mnemonic, strlen(mnemonic), new);
        return;
    }
    while (last->next != NULL)
        last = last->next;
    last->next = new;
}

void
as_add_instructions(struct as_state *a)
{
    for (int i = 0; i < INSN_COUNT; i++) {
        const struct isa_instruction *row = isa_instruction((enum isa_insn)i);
        bool amo = (row->match & 0x7f) == OPCODE_AMO;

        as_add_form(a, row->mnemonic,
                    &(struct as_form){.operands = row->operands, .match = row->match, .amo = amo});
    }
    for (unsigned i = 0; isa_pseudo(i) != NULL; i++) {
        const struct isa_pseudo *row = isa_pseudo(i);
        const struct as_form *other =
            as_names_find(&a->mnemonics, row->mnemonic, strlen(row->mnemonic));

        if (other != NULL && other->expand != NULL)
            continue; /* li, which takes more here */
        as_add_form(a, row->mnemonic,
                    &(struct as_form){.operands = row->operands, .match = row->match});
    }
}

/* ---- operands ---- */

static bool
parse_register(struct as_parser *p, struct as_operand *operand)
{
    const struct as_token *token = p->at;
    struct diagnostic_guess guess;
    char hint[120];

    if (token->kind != AS_NAME)
        return as_expected(p, "a register");
    operand->number = isa_register_number(token->text, token->length);
    if (operand->number >= 0) {
        p->at++;
        return true;
    }
    diagnostic_guess_start(&guess, token->text, token->length);
    for (unsigned r = 0; r < 32; r++)
        diagnostic_guess_offer(&guess, isa_register_name(r), strlen(isa_register_name(r)));
    if (as_guess_hint(&guess, hint) == NULL)
        snprintf(hint, sizeof hint, "there are x0 to x31: zero ra sp gp tp fp t0-t6 s0-s11 a0-a7");
    return as_fail(p, token, hint, "unknown register `%.*s'", as_quoted(token->length),
                   token->text);
}

static bool
unknown_csr(struct as_parser *p)
{
    const struct as_token *token = p->at;
    struct diagnostic_guess guess;
    char name[ISA_CSR_NAME_MAX], hint[120];

    diagnostic_guess_start(&guess, token->text, token->length);
    for (unsigned i = 0; isa_csr_at(i) >= 0; i++) {
        (void)isa_csr_name((uint32_t)isa_csr_at(i), name);
        diagnostic_guess_offer(&guess, name, strlen(name));
    }
    return as_fail(p, token, as_guess_hint(&guess, hint), "unknown CSR `%.*s'",
                   as_quoted(token->length), token->text);
}

static bool
parse_expression(struct as_parser *p, struct as_operand *operand)
{
    operand->e = as_parse_expression(p);
    return operand->e != NULL;
}

/* A CSR's name, or an expression for its number. */
static bool
parse_csr(struct as_parser *p, struct as_operand *operand)
{
    if (p->at->kind == AS_NAME) {
        operand->number = isa_csr_number(p->at->text, p->at->length);
        if (operand->number >= 0) {
            p->at++;
            return true;
        }
        if (as_names_find(&p->a->symbols, p->at->text, p->at->length) == NULL)
            return unknown_csr(p);
    }
    return parse_expression(p, operand);
}

/* The sets of a fence: some of i, o, r, w in this order. */
static bool
parse_fence_set(struct as_parser *p, struct as_operand *operand)
{
    static const char order[] = "iorw";
    const struct as_token *token = p->at;
    unsigned next = 0;

    operand->number = 0;
    if (token->kind != AS_NAME)
        return as_expected(p, "some of the letters iorw");
    for (uint32_t i = 0; i < token->length; i++) {
        while (next < 4 && order[next] != token->text[i])
            next++;
        if (next == 4)
            return as_expected(p, "some of the letters iorw, in this order");
        operand->number |= 8 >> next++;
    }
    p->at++;
    return true;
}

/* %hi( and its kin: which part is it, or AS_WHOLE and a failure. */
static enum as_part
modifier(struct as_parser *p, char letter)
{
    static const struct {
        const char *name;
        enum as_part part;
        bool upper;
    } parts[] = {{"hi", AS_HI, true},
                 {"lo", AS_LO, false},
                 {"pcrel_hi", AS_PCREL_HI, true},
                 {"pcrel_lo", AS_PCREL_LO_OF, false}};
    const struct as_token *name = p->at + 1;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!as_token_is(name, parts[i].name))
            continue;
        if (parts[i].upper == (letter == 'u'))
            return parts[i].part;
        as_fail(p, p->at, NULL,
                parts[i].upper
                    ? "%%%s is the upper 20 bits, for `lui' or `auipc'"
                    : "%%%s is the lower 12 bits, which this instruction has no field for",
                parts[i].name);
        return AS_WHOLE;
    }
    as_fail(p, p->at, "there are %hi %lo %pcrel_hi %pcrel_lo", "unknown operator `%%%.*s'",
            as_quoted(name->length), name->text);
    return AS_WHOLE;
}

/* An immediate: an expression, or a part of an address. */
static bool
parse_immediate(struct as_parser *p, struct as_operand *operand, char letter)
{
    if (p->at->kind != AS_MARK || p->at->value != '%' || p->at[1].kind != AS_NAME)
        return parse_expression(p, operand);
    operand->part = modifier(p, letter);
    if (operand->part == AS_WHOLE)
        return false;
    p->at += 2;
    return as_expect(p, '(') && parse_expression(p, operand) && as_expect(p, ')');
}

/* Is an offset left out here, and its register next: (a0)? */
static bool
offset_left_out(const struct as_parser *p)
{
    const struct as_token *t = p->at;

    return t[0].kind == AS_MARK && t[0].value == '(' && t[1].kind == AS_NAME &&
           isa_register_number(t[1].text, t[1].length) >= 0;
}

static bool
parse_operand(struct as_parser *p, char letter, bool parenthesis, struct as_operands *operands)
{
    struct as_operand *operand = &operands->list[operands->count++];
    bool right;

    *operand = (struct as_operand){.letter = letter, .first = p->at};
    switch (letter) {
    case 'd':
    case 's':
    case 't': right = parse_register(p, operand); break;
    case 'E': right = parse_csr(p, operand); break;
    case 'P':
    case 'S': right = parse_fence_set(p, operand); break;
    case 'i':
    case 'o':
    case 'q':
        right = (parenthesis && offset_left_out(p)) || parse_immediate(p, operand, letter);
        break;
    case 'u': right = parse_immediate(p, operand, letter); break;
    default: right = parse_expression(p, operand); break;
    }
    operand->end = p->at;
    return right;
}

/* The 0 of an atomic access's address, which may be left out. */
static bool
parse_zero(struct as_parser *p)
{
    if (p->at->kind == AS_MARK && p->at->value == '(')
        return true;
    if (p->at->kind != AS_NUMBER || p->at->value != 0)
        return as_fail(p, p->at, "add the offset to the register first",
                       "an atomic access has no offset: 0 or nothing stands before `('");
    p->at++;
    return true;
}

/* Do the tokens fit a form? */
static bool
fits(struct as_parser *p, const struct as_form *form, struct as_operands *operands)
{
    operands->count = 0;
    for (const char *c = form->operands; *c != '\0'; c++) {
        bool right = *c == ',' || *c == '(' || *c == ')' ? as_expect(p, *c)
                     : *c == '0'                         ? parse_zero(p)
                                 : parse_operand(p, *c, c[1] == '(', operands);

        if (!right)
            return false;
    }
    return as_expect_end(p);
}

const struct as_operand *
as_operand(const struct as_operands *operands, char letter)
{
    for (unsigned i = 0; i < operands->count; i++)
        if (operands->list[i].letter == letter)
            return &operands->list[i];
    return NULL;
}

/* ---- emitting ---- */

void
as_emit_instruction(struct as_state *a, const struct as_place *place, uint32_t match,
                    const struct as_operands *operands)
{
    uint32_t word = match, offset = as_here(a);

    if (offset % 4 != 0)
        as_error(a, place, "put `.balign 4' before it",
                 "this instruction is not at a multiple of 4");
    for (unsigned i = 0; i < operands->count; i++)
        if (operands->list[i].e == NULL)
            word |= isa_field_put(operands->list[i].letter, operands->list[i].number);
    as_emit_value(a, place, word, 4);
    for (unsigned i = 0; i < operands->count; i++) {
        const struct as_operand *operand = &operands->list[i];

        if (operand->e != NULL)
            as_fix(a, &(struct as_fixup){.section = a->section,
                                         .offset = offset,
                                         .anchor = offset,
                                         .field = operand->letter,
                                         .part = (unsigned char)operand->part,
                                         .e = operand->e,
                                         .place = as_span(a, operand->first, operand->end)});
    }
}

/* ---- statements ---- */

/* What the letters of a form are called, for a hint. */
static const char *
letter_name(char letter)
{
    switch (letter) {
    case 'd': return "rd";
    case 's': return "rs1";
    case 't': return "rs2";
    case 'i':
    case 'u':
    case 'Z':
    case 'I': return "imm";
    case 'o':
    case 'q': return "offset";
    case 'p':
    case 'a': return "target";
    case 'A': return "symbol";
    case 'h': return "shamt";
    case 'E': return "csr";
    case 'P': return "pred";
    case 'S': return "succ";
    case ',': return ", ";
    case '(': return "(";
    case ')': return ")";
    default: return "";
    }
}

/* "it is written: jr rs1; jr offset(rs1)" */
static void
hint_forms(struct as_state *a, const struct as_token *name, const struct as_form *forms)
{
    char *hint = a->failure.hint;
    size_t size = sizeof a->failure.hint, n = (size_t)snprintf(hint, size, "it is written:");

    for (const struct as_form *form = forms; form != NULL && n < size; form = form->next) {
        n += (size_t)snprintf(hint + n, size - n, "%s %.*s%s", form == forms ? "" : ";",
                              as_quoted(name->length), name->text,
                              form->operands[0] == '\0' ? "" : " ");
        for (const char *c = form->operands; *c != '\0' && n < size; c++)
            n += (size_t)snprintf(hint + n, size - n, "%s", letter_name(*c));
    }
}

/* The forms of the mnemonic, and the .aq and .rl bits it carries. */
static const struct as_form *
forms_of(struct as_state *a, const struct as_token *name, uint32_t *bits)
{
    static const struct {
        const char *suffix;
        uint32_t bits;
    } orders[] = {{".aqrl", 3u << 25}, {".aq", 2u << 25}, {".rl", 1u << 25}};
    const struct as_form *forms = as_names_find(&a->mnemonics, name->text, name->length);

    *bits = 0;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0] && forms == NULL; i++) {
        size_t n = strlen(orders[i].suffix);

        if (name->length <= n || memcmp(name->text + name->length - n, orders[i].suffix, n) != 0)
            continue;
        forms = as_names_find(&a->mnemonics, name->text, name->length - n);
        *bits = orders[i].bits;
        if (forms != NULL && !forms->amo)
            return NULL;
    }
    return forms;
}

static void
unknown_instruction(struct as_parser *p, const struct as_token *name)
{
    struct as_state *a = p->a;
    struct diagnostic_guess guess;
    struct as_place place = as_token_place(a, name);
    char buffer[120];
    const char *hint;

    diagnostic_guess_start(&guess, name->text, name->length);
    as_names_offer(&a->mnemonics, &guess);
    as_names_offer(&a->macros, &guess);
    as_names_offer(&a->directives, &guess);
    hint = as_guess_hint(&guess, buffer);
    if (name->length > 2 && memcmp(name->text, "c.", 2) == 0)
        hint = "the machine has no compressed instructions";
    else if (name->length > 3 && (memcmp(name->text + name->length - 3, ".aq", 3) == 0 ||
                                  memcmp(name->text + name->length - 3, ".rl", 3) == 0))
        hint = "only atomic instructions take .aq and .rl";
    else if (hint == NULL && name[1].kind == AS_END)
        hint = "a label ends with `:'";
    as_error(a, &place, hint, "unknown instruction `%.*s'", as_quoted(name->length), name->text);
}

void
as_instruction(struct as_parser *p)
{
    struct as_state *a = p->a;
    const struct as_token *name = p->at;
    struct as_place place = as_token_place(a, name);
    struct as_operands operands;
    uint32_t bits;
    const struct as_form *forms = forms_of(a, name, &bits);

    if (forms == NULL)
        unknown_instruction(p, name);
    for (const struct as_form *form = forms; form != NULL && !a->failure.reported;
         form = form->next) {
        p->at = name + 1;
        if (!fits(p, form, &operands))
            continue;
        a->failure.at = NULL;
        if (form->expand != NULL)
            as_expand_pseudo(a, &place, form->expand, &operands);
        else
            as_emit_instruction(a, &place, form->match | bits, &operands);
        return;
    }
    if (a->failure.at != NULL && a->failure.forms)
        hint_forms(a, name, forms);
    as_report(a);
    as_emit_value(a, &place, 0, 4); /* so that what follows stands where it would */
}
