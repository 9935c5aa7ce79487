/* SPDX-License-Identifier: MIT */
/*
 * .macro, .rept, .irp.
 *
 * A macro's body is text; a call makes a new text of it, with the arguments in
 * place of \name, and reads that.  A repetition reads its body again and
 * again where it stands.
 */
#include "assembler/internal.h"

#include <string.h>

struct text {
    const char *at;
    size_t length;
};

struct parameter {
    struct text name, value; /* `value` where a call gives none */
    bool required, rest;     /* :req, :vararg */
};

enum { PARAMETERS_MAX = 32, REPEAT_MAX = 1000000 };

struct as_macro {
    const char *name;
    struct as_place place;
    struct text body;
    const char *path; /* of the file that the body stands in */
    uint32_t line;    /* of the body */
    unsigned count;
    struct parameter parameters[PARAMETERS_MAX];
};

struct as_irp {
    struct as_macro *macro; /* of one parameter */
    struct as_place place;
    struct text *values;
    size_t count, next;
};

/* ---- bodies ---- */

/* What a statement opens or closes: +1 for .macro, .rept, .irp, -1 for .endm, .endr. */
static int
nesting(const struct as_token *t)
{
    while ((t->kind == AS_NAME || t->kind == AS_NUMBER) && t[1].kind == AS_MARK &&
           t[1].value == ':')
        t += 2;
    if (as_token_is(t, ".macro") || as_token_is(t, ".rept") || as_token_is(t, ".irp"))
        return 1;
    return as_token_is(t, ".endm") || as_token_is(t, ".endr") ? -1 : 0;
}

static bool
closes(const struct as_token *t, const char *end)
{
    while ((t->kind == AS_NAME || t->kind == AS_NUMBER) && t[1].kind == AS_MARK &&
           t[1].value == ':')
        t += 2;
    return as_token_is(t, end);
}

/*
 * Take the statements up to the matching `end` as a body; the tokens of the
 * statement that opens it are lost.  False: reported at `place`.
 */
static bool
take_body(struct as_state *a, const struct as_place *place, const char *end, struct as_lexer *body)
{
    struct as_lexer *lexer = &a->frame->lexer;
    int depth = 1;

    *body = *lexer;
    body->end = lexer->at;
    while (as_lex(a, lexer)) {
        depth += nesting(a->tokens);
        if (depth == 0) {
            if (closes(a->tokens, end))
                return true;
            struct as_place wrong = as_token_place(a, a->tokens);

            as_error(a, &wrong, NULL, "`%s' is expected here", end);
            as_note(a, place, "to end what is opened here");
            return false;
        }
        body->end = lexer->at;
    }
    as_error(a, place, NULL, "this has no `%s'", end);
    return false;
}

static void
set_body(struct as_macro *macro, const struct as_state *a, const struct as_lexer *body)
{
    macro->body = (struct text){body->at, (size_t)(body->end - body->at)};
    macro->line = body->line;
    macro->path = a->frame->origin->source.path;
}

/* ---- expansion ---- */

/* Add to the text being made in a->scratch. */
static void
put(struct as_state *a, const char *text, size_t length)
{
    a->scratch = as_grow(a, a->scratch, &a->scratch_capacity, a->scratch_length + length, 1);
    if (length > 0)
        memcpy(a->scratch + a->scratch_length, text, length);
    a->scratch_length += length;
}

/* Take what was made. */
static struct text
take_scratch(struct as_state *a)
{
    struct text text = {as_copy(a, a->scratch, a->scratch_length), a->scratch_length};

    a->scratch_length = 0;
    return text;
}

static bool
in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

static bool
same(struct text one, struct text two)
{
    return one.length == two.length && memcmp(one.at, two.at, one.length) == 0;
}

/* The parameter whose name stands at `at`, or -1. */
static int
parameter_at(const struct as_macro *macro, const char *at, const char *end, size_t *length)
{
    *length = 0;
    while (at + *length < end && in_name(at[*length]))
        (*length)++;
    for (unsigned i = 0; i < macro->count; i++)
        if (same(macro->parameters[i].name, (struct text){at, *length}))
            return (int)i;
    return -1;
}

/* The decimal digits of the number of calls, for \@. */
static void
put_number(struct as_state *a, uint64_t n)
{
    char digits[20];
    size_t i = sizeof digits;

    do
        digits[--i] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    put(a, digits + i, sizeof digits - i);
}

/* What stands for the backslash at `at` goes into the text; how much of the body it took is
 * returned. */
static size_t
put_escape(struct as_state *a, const struct as_macro *macro, const struct text *values,
           const char *at, const char *end)
{
    size_t length;

    if (end - at >= 2 && at[1] == '@') {
        put_number(a, a->calls);
        return 2;
    }
    if (end - at >= 3 && at[1] == '(' && at[2] == ')')
        return 3;
    int i = parameter_at(macro, at + 1, end, &length);

    if (i >= 0) {
        put(a, values[i].at, values[i].length);
        return length + 1;
    }
    length = end - at >= 2 && at[1] == '\\' ? 2 : 1;
    put(a, at, length);
    return length;
}

/* The body with values for the parameters. */
static struct text
expand(struct as_state *a, const struct as_macro *macro, const struct text *values)
{
    const char *at = macro->body.at, *end = at + macro->body.length;

    while (at < end) {
        const char *next = memchr(at, '\\', (size_t)(end - at));

        if (next == NULL)
            next = end;
        put(a, at, (size_t)(next - at));
        at = next;
        if (at < end)
            at += put_escape(a, macro, values, at, end);
    }
    return take_scratch(a);
}

/* `prefix`, the name and a quote, for the notes on errors inside. */
static const char *
describe(struct as_state *a, const char *prefix, struct text name)
{

    put(a, prefix, strlen(prefix));
    put(a, name.at, (size_t)as_quoted(name.length));
    put(a, "'", 1);
    return take_scratch(a).at;
}

static struct as_origin *
expansion_origin(struct as_state *a, const struct as_macro *macro, struct text text,
                 const struct as_place *from, const char *what)
{
    struct as_origin *origin = as_origin(a, macro->path, text.at, text.length, macro->line, from);

    origin->expansion = true;
    origin->what = what;
    return origin;
}

/* ---- arguments ---- */

/* Is the token one that an operand can end with, or begin with? */
static bool
ends_operand(const struct as_token *t)
{
    return t->kind == AS_NAME || t->kind == AS_NUMBER || t->kind == AS_LOCAL ||
           t->kind == AS_STRING || (t->kind == AS_MARK && t->value == ')');
}

static bool
begins_operand(const struct as_token *t)
{
    return t->kind == AS_NAME || t->kind == AS_NUMBER || t->kind == AS_LOCAL ||
           t->kind == AS_STRING;
}

/* The text of one argument: up to a comma, or to white space between two operands. */
static struct text
take_argument(struct as_parser *p)
{
    const struct as_token *first = p->at;
    unsigned open = 0;

    while (p->at->kind != AS_END && (open > 0 || p->at->kind != AS_MARK || p->at->value != ',')) {
        if (p->at > first && open == 0 && ends_operand(p->at - 1) && begins_operand(p->at) &&
            p->at[-1].text + p->at[-1].length != p->at->text)
            break;
        if (p->at->kind == AS_MARK && p->at->value == '(')
            open++;
        if (p->at->kind == AS_MARK && p->at->value == ')' && open > 0)
            open--;
        p->at++;
    }
    if (p->at == first)
        return (struct text){first->text, 0};
    if (p->at == first + 1 && first->kind == AS_STRING)
        return (struct text){first->text + 1, first->length - 2}; /* as GNU, without its quotes */
    return (struct text){first->text, (size_t)(p->at[-1].text + p->at[-1].length - first->text)};
}

/* All that is left of the statement. */
static struct text
take_rest(struct as_parser *p)
{
    const struct as_token *first = p->at;

    while (p->at->kind != AS_END)
        p->at++;
    return (struct text){
        first->text,
        p->at == first ? 0 : (size_t)(p->at[-1].text + p->at[-1].length - first->text)};
}

/* Is it name=value, with a parameter's name?  Take it up to the `='. */
static int
take_keyword(struct as_parser *p, const struct as_macro *macro)
{
    size_t length;

    if (p->at->kind != AS_NAME || p->at[1].kind != AS_MARK || p->at[1].value != '=')
        return -1;
    int i = parameter_at(macro, p->at->text, p->at->text + p->at->length, &length);

    if (i >= 0)
        p->at += 2;
    return i;
}

/* The arguments of a call into `values`, defaults first. */
static bool
take_arguments(struct as_parser *p, const struct as_macro *macro, struct text *values)
{
    bool given[PARAMETERS_MAX] = {false};
    unsigned next = 0;

    for (unsigned i = 0; i < macro->count; i++)
        values[i] = macro->parameters[i].value;
    while (p->at->kind != AS_END) {
        const struct as_token *first = p->at;
        int keyword = take_keyword(p, macro);
        unsigned i = keyword >= 0 ? (unsigned)keyword : next++;

        if (i >= macro->count)
            return as_fail(p, first, NULL, "macro `%s' takes %u argument%s, and this is one more",
                           macro->name, macro->count, macro->count == 1 ? "" : "s");
        struct text value = macro->parameters[i].rest ? take_rest(p) : take_argument(p);

        if (value.length > 0) {
            values[i] = value;
            given[i] = true;
        }
        as_accept(p, ',');
    }
    for (unsigned i = 0; i < macro->count; i++)
        if (macro->parameters[i].required && !given[i])
            return as_fail(p, p->at, NULL, "macro `%s' needs its argument `%.*s'", macro->name,
                           as_quoted(macro->parameters[i].name.length),
                           macro->parameters[i].name.at);
    return true;
}

bool
as_call(struct as_parser *p, const struct as_macro *macro, const struct as_token *name)
{
    struct as_state *a = p->a;
    struct text values[PARAMETERS_MAX];
    struct as_place place = as_token_place(a, name);

    if (!take_arguments(p, macro, values))
        return false;
    struct text text = expand(a, macro, values);
    const char *what =
        describe(a, "in the expansion of macro `", (struct text){macro->name, strlen(macro->name)});
    struct as_frame *frame = as_open(a, expansion_origin(a, macro, text, &place, what), &place);

    frame->macro = true;
    a->calls++;
    return true;
}

/* ---- .macro ---- */

/* name, name=default, name:req, name:vararg */
static bool
parse_parameter(struct as_parser *p, struct as_macro *macro)
{
    struct parameter *parameter = &macro->parameters[macro->count];
    size_t length;

    if (p->at->kind != AS_NAME)
        return as_expected(p, "a parameter's name");
    if (macro->count == PARAMETERS_MAX)
        return as_fail(p, p->at, NULL, "a macro has at most %d parameters", PARAMETERS_MAX);
    if (parameter_at(macro, p->at->text, p->at->text + p->at->length, &length) >= 0)
        return as_fail(p, p->at, NULL, "two parameters have this name");
    *parameter = (struct parameter){.name = {p->at->text, p->at->length}, .value = {"", 0}};
    p->at++;
    if (as_accept(p, ':')) {
        parameter->required = as_token_is(p->at, "req");
        parameter->rest = as_token_is(p->at, "vararg");
        if (!parameter->required && !parameter->rest)
            return as_expected(p, "`req' or `vararg'");
        p->at++;
    }
    if (as_accept(p, '='))
        parameter->value = take_argument(p);
    macro->count++;
    return true;
}

/* Parameters, with commas or white space between them. */
static bool
parse_parameters(struct as_parser *p, struct as_macro *macro)
{
    as_accept(p, ',');
    while (p->at->kind != AS_END) {
        if (!parse_parameter(p, macro))
            return false;
        if (as_accept(p, ',') && p->at->kind == AS_END)
            return as_expected(p, "a parameter's name");
    }
    return true;
}

bool
as_macro(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_macro *macro = as_allocate(a, sizeof *macro);
    struct as_place place = as_token_place(a, name);
    struct as_lexer body;
    bool right = p->at->kind == AS_NAME || as_expected(p, "the macro's name");

    (void)argument;
    if (right) {
        macro->name = as_copy(a, p->at->text, p->at->length);
        macro->place = as_token_place(a, p->at);
        p->at++;
        right = parse_parameters(p, macro);
    }
    if (!right)
        as_report(a); /* before its tokens are lost */
    if (!take_body(a, &place, ".endm", &body) || !right)
        return true;
    set_body(macro, a, &body);
    const struct as_macro *other = as_names_find(&a->macros, macro->name, strlen(macro->name));

    if (other != NULL) {
        as_error(a, &macro->place, NULL, "macro `%.60s' is defined already", macro->name);
        as_note(a, &other->place, "the first definition is here");
        return true;
    }
    as_names_put(a, &a->macros, macro->name, strlen(macro->name), macro);
    return true;
}

bool
as_exitm(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    const struct as_frame *frame = a->frame;

    (void)argument;
    while (frame != NULL && !frame->macro)
        frame = frame->outer;
    if (frame == NULL)
        return as_fail(p, name, NULL, "`.exitm' outside a macro");
    while (a->frame != frame) {
        a->condition = a->frame->conditions;
        as_close(a);
    }
    a->condition = a->frame->conditions;
    a->frame->lexer.at = a->frame->lexer.end;
    return true;
}

bool
as_stray(struct as_parser *p, const struct as_token *name, int argument)
{
    return as_fail(p, name, NULL, "`%.*s' without `%s'", as_quoted(name->length), name->text,
                   argument == 'm' ? ".macro" : ".rept");
}

/* ---- .rept, .irp ---- */

bool
as_rept(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    const struct as_token *first = p->at;
    struct as_place place = as_token_place(a, name);
    struct as_lexer body;
    int64_t n = 0;
    bool right = as_parse_constant(p, &n) && as_expect_end(p);

    (void)argument;
    if (right && (n < 0 || n > REPEAT_MAX)) {
        struct as_place count = as_span(a, first, p->at);

        as_error(a, &count, NULL, "the number of repetitions is not 0 to %d", REPEAT_MAX);
        n = 0;
    }
    if (!right)
        as_report(a);
    if (!take_body(a, &place, ".endr", &body) || !right || n <= 0)
        return true;
    struct as_frame *frame = as_open(a, a->frame->origin, &place);

    frame->lexer = frame->again = body;
    frame->repeat = (uint64_t)n - 1;
    return true;
}

bool
as_irp_next(struct as_state *a, struct as_frame *frame)
{
    struct as_irp *irp = frame->irp;

    if (irp == NULL || irp->next == irp->count)
        return false;
    struct text *value = &irp->values[irp->next++];
    struct text text = expand(a, irp->macro, value);

    frame->origin = expansion_origin(a, irp->macro, text, &irp->place,
                                     describe(a, "in the repetition of .irp for `", *value));
    frame->lexer = (struct as_lexer){text.at, text.at + text.length, text.at, irp->macro->line};
    return true;
}

/* .irp name, value, value... */
static bool
parse_irp(struct as_parser *p, struct as_irp *irp)
{
    size_t capacity = 0;

    if (p->at->kind != AS_NAME)
        return as_expected(p, "a parameter's name");
    irp->macro->parameters[irp->macro->count++].name = (struct text){p->at->text, p->at->length};
    p->at++;
    as_accept(p, ',');
    while (p->at->kind != AS_END) {
        if (irp->count == capacity) {
            struct text *larger = as_allocate(p->a, (2 * capacity + 8) * sizeof *larger);

            if (capacity > 0)
                memcpy(larger, irp->values, capacity * sizeof *larger);
            irp->values = larger;
            capacity = 2 * capacity + 8;
        }
        irp->values[irp->count++] = take_argument(p);
        as_accept(p, ',');
    }
    return true;
}

bool
as_irp(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_irp *irp = as_allocate(a, sizeof *irp);
    struct as_lexer body;

    (void)argument;
    irp->macro = as_allocate(a, sizeof *irp->macro);
    irp->place = as_token_place(a, name);
    bool right = parse_irp(p, irp);

    if (!right)
        as_report(a);
    if (!take_body(a, &irp->place, ".endr", &body) || !right || irp->count == 0)
        return true;
    set_body(irp->macro, a, &body);
    struct as_frame *frame = as_open(a, a->frame->origin, &irp->place);

    frame->irp = irp;
    frame->lexer.at = frame->lexer.end = body.end;
    return true;
}
