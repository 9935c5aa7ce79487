/* SPDX-License-Identifier: MIT */
/* Directives that emit, define or arrange. */
#include "assembler/internal.h"

#include <inttypes.h>
#include <string.h>

/* The place of a directive's operands so far. */
static struct as_place
operand_place(struct as_parser *p, const struct as_token *first)
{
    return as_span(p->a, first, p->at);
}

static struct as_place
name_place(struct as_parser *p, const struct as_token *name)
{
    return as_token_place(p->a, name);
}

/* ---- sections ---- */

static void
switch_to(struct as_state *a, struct as_section *section)
{
    a->previous = a->section;
    a->section = section;
}

/* The flags that a section's name implies where none are given. */
static uint32_t
usual_flags(const char *name, size_t length, bool *known)
{
    static const struct {
        const char *name;
        uint32_t flags;
    } usual[] = {
        {".text", ASSEMBLY_ALLOC | ASSEMBLY_EXEC},
        {".rodata", ASSEMBLY_ALLOC},
        {".srodata", ASSEMBLY_ALLOC},
        {".data", ASSEMBLY_ALLOC | ASSEMBLY_WRITE},
        {".sdata", ASSEMBLY_ALLOC | ASSEMBLY_WRITE},
        {".bss", ASSEMBLY_ALLOC | ASSEMBLY_WRITE | ASSEMBLY_NOBITS},
        {".sbss", ASSEMBLY_ALLOC | ASSEMBLY_WRITE | ASSEMBLY_NOBITS},
        {".note", 0},
        {".comment", 0},
        {".debug", 0},
    };

    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        size_t n = strlen(usual[i].name);

        if (length >= n && memcmp(name, usual[i].name, n) == 0 &&
            (length == n || name[n] == '.' || name[n] == '_' || name[n] == '-')) {
            *known = true;
            return usual[i].flags;
        }
    }
    *known = false;
    return 0;
}

/* .text, .data and so on */
static bool
run_text(struct as_parser *p, const struct as_token *name, int argument)
{
    bool known, made;

    (void)argument;
    if (!as_expect_end(p))
        return false;
    switch_to(p->a, as_section(p->a, name->text, name->length,
                               usual_flags(name->text, name->length, &known), &made));
    return true;
}

/* The letters of "awx"; others ask for what only a linker does. */
static bool
parse_flags(struct as_parser *p, uint32_t *flags)
{
    *flags = 0;
    for (uint32_t i = 1; i + 1 < p->at->length; i++)
        switch (p->at->text[i]) {
        case 'a': *flags |= ASSEMBLY_ALLOC; break;
        case 'w': *flags |= ASSEMBLY_WRITE; break;
        case 'x': *flags |= ASSEMBLY_EXEC; break;
        case 'M':
        case 'S':
        case 'G':
        case 'o':
        case 'R': break;
        default:
            return as_fail(p, p->at, "a is loaded, w is writable, x is code",
                           "unknown flag of a section: `%c'", p->at->text[i]);
        }
    p->at++;
    return true;
}

/* @progbits, @nobits, @note; %... and "..." too. */
static bool
parse_section_type(struct as_parser *p, uint32_t *flags)
{
    const struct as_token *t = p->at;
    const char *text = t->text;
    uint32_t length = t->length;

    if (as_accept(p, '@') || as_accept(p, '%')) {
        text = p->at->text;
        length = p->at->length;
    } else if (t->kind == AS_STRING) {
        text++;
        length -= 2;
    }
    if (p->at->kind != AS_NAME && p->at->kind != AS_STRING)
        return as_expected(p, "@progbits or @nobits");
    p->at++;
    if (length == 6 && memcmp(text, "nobits", 6) == 0)
        *flags |= ASSEMBLY_NOBITS;
    else if (!(length == 8 && memcmp(text, "progbits", 8) == 0) &&
             !(length == 4 && memcmp(text, "note", 4) == 0) && text[0] != '"')
        return as_fail(p, t, NULL, "unknown type of a section: there are @progbits and @nobits");
    while (p->at->kind != AS_END) /* entry size, group: a linker's */
        p->at++;
    return true;
}

/* .section name[, "flags"[, @type]] */
static bool
run_section(struct as_parser *p, const struct as_token *directive, int argument)
{
    const struct as_token *name = p->at;
    const char *text = name->text;
    size_t length = name->length;
    bool given = false, typed = false, known, made;
    uint32_t flags = 0;

    (void)argument;
    if (name->kind == AS_STRING) {
        text++;
        length -= 2;
    } else if (name->kind != AS_NAME)
        return as_expected(p, "a section's name");
    p->at++;
    flags = usual_flags(text, length, &known);
    if (as_accept(p, ',')) {
        given = true;
        if (p->at->kind != AS_STRING)
            return as_expected(p, "the flags in quotes, such as \"aw\"");
        uint32_t nobits = flags & ASSEMBLY_NOBITS;

        if (!parse_flags(p, &flags))
            return false;
        typed = as_accept(p, ',');
        if (typed ? !parse_section_type(p, &flags) : !as_expect_end(p))
            return false;
        if (!typed)
            flags |= nobits;
    } else if (!as_expect_end(p))
        return false;
    struct as_section *section = as_section(p->a, text, length, flags, &made);
    struct as_place place = name_place(p, name);

    if (made && !given && !known)
        as_warn(p->a, &place,
                "give it flags: \"ax\" for code, \"aw\" for data, \"a\" for constants",
                "section `%s' has no flags, so it is not loaded", section->name);
    else if (!made && given && flags != section->flags)
        as_error(p->a, &place, NULL, "section `%s' had other flags before", section->name);
    (void)directive;
    switch_to(p->a, section);
    return true;
}

static bool
run_previous(struct as_parser *p, const struct as_token *name, int argument)
{
    (void)argument;
    if (p->a->previous == NULL)
        return as_fail(p, name, NULL, "`.previous' without a section before");
    switch_to(p->a, p->a->previous);
    return as_expect_end(p);
}

/* ---- symbols ---- */

/* name, name...: each gets a binding */
static bool
run_binding(struct as_parser *p, const struct as_token *name, int argument)
{
    (void)name;
    do {
        if (p->at->kind != AS_NAME)
            return as_expected(p, "a symbol");
        as_symbol(p->a, p->at)->binding = (enum assembly_binding)argument;
        p->at++;
    } while (as_accept(p, ','));
    return as_expect_end(p);
}

/* name, expression */
static bool
run_equ(struct as_parser *p, const struct as_token *name, int argument)
{
    const struct as_token *symbol = p->at;
    const struct as_expression *e;

    (void)name;
    if (symbol->kind != AS_NAME)
        return as_expected(p, "a symbol");
    p->at++;
    if (!as_expect(p, ','))
        return false;
    e = as_parse_expression(p);
    if (e == NULL || !as_expect_end(p))
        return false;
    as_define_equate(p->a, symbol, e, argument != 0);
    return true;
}

/* name, @function or @object */
static bool
run_type(struct as_parser *p, const struct as_token *name, int argument)
{
    const struct as_token *symbol = p->at;

    (void)name;
    (void)argument;
    if (symbol->kind != AS_NAME)
        return as_expected(p, "a symbol");
    p->at++;
    as_accept(p, ',');
    if (!as_accept(p, '@'))
        as_accept(p, '%');
    if (as_token_is(p->at, "function") || as_token_is(p->at, "STT_FUNC"))
        as_symbol(p->a, symbol)->type = ASSEMBLY_FUNC;
    else if (as_token_is(p->at, "object") || as_token_is(p->at, "STT_OBJECT"))
        as_symbol(p->a, symbol)->type = ASSEMBLY_OBJECT;
    else if (!as_token_is(p->at, "notype") && !as_token_is(p->at, "STT_NOTYPE"))
        return as_expected(p, "@function, @object or @notype");
    p->at++;
    return as_expect_end(p);
}

/* name, expression */
static bool
run_size(struct as_parser *p, const struct as_token *name, int argument)
{
    const struct as_token *symbol = p->at;
    const struct as_expression *e;

    (void)name;
    (void)argument;
    if (symbol->kind != AS_NAME)
        return as_expected(p, "a symbol");
    p->at++;
    if (!as_expect(p, ','))
        return false;
    e = as_parse_expression(p);
    if (e == NULL || !as_expect_end(p))
        return false;
    as_symbol(p->a, symbol)->size = e;
    return true;
}

/* name, size[, alignment in bytes]: room in .bss */
static bool
run_comm(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    const struct as_token *symbol = p->at;
    struct as_place place = name_place(p, name);
    int64_t size = 0, align = 1;
    unsigned power = 0;
    bool known, made;

    if (symbol->kind != AS_NAME)
        return as_expected(p, "a symbol");
    p->at++;
    if (!as_expect(p, ',') || !as_parse_constant(p, &size) ||
        (as_accept(p, ',') && !as_parse_constant(p, &align)) || !as_expect_end(p))
        return false;
    while (power < ASSEMBLER_ALIGN_MAX && (int64_t)1 << power < align)
        power++;
    if (size < 0 || (int64_t)1 << power != align)
        return as_fail(p, symbol, NULL, "the size is negative, or the alignment no power of two");
    struct as_section *here = a->section;

    a->section = as_section(a, ".bss", 4, usual_flags(".bss", 4, &known), &made);
    as_align(a, &place, power, 0, UINT64_MAX);
    as_define_label(a, symbol);
    as_emit_fill(a, &place, (uint64_t)size, 0);
    a->section = here;
    if (argument == 'g')
        as_symbol(a, symbol)->binding = ASSEMBLY_GLOBAL;
    return true;
}

/* ---- bytes ---- */

/* expression, expression...: `argument` bytes each */
static bool
run_data(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_place place = name_place(p, name);

    if (p->at->kind == AS_END)
        return true;
    do {
        const struct as_token *first = p->at;
        const struct as_expression *e = as_parse_expression(p);
        uint32_t offset = as_here(a);

        if (e == NULL)
            return false;
        as_emit_value(a, &place, 0, (unsigned)argument);
        as_fix(a, &(struct as_fixup){.section = a->section,
                                     .offset = offset,
                                     .size = (unsigned char)argument,
                                     .e = e,
                                     .place = operand_place(p, first)});
    } while (as_accept(p, ','));
    return as_expect_end(p);
}

/* What is in the quotes of a string. */
static bool
emit_string(struct as_parser *p, const struct as_place *place)
{
    const char *at = p->at->text + 1, *end = p->at->text + p->at->length - 1;
    unsigned char buffer[256];
    size_t n = 0;

    while (at < end) {
        const char *first = at, *problem = NULL;

        if (!as_lex_character(&at, end, &buffer[n++], &problem)) {
            struct as_place wrong = as_token_place(p->a, p->at);

            wrong.column += (uint32_t)(first - p->at->text);
            wrong.length = at < end ? 2 : 1;
            as_error(p->a, &wrong, NULL, "%s", problem);
            break;
        }
        if (n == sizeof buffer) {
            as_emit(p->a, place, buffer, n);
            n = 0;
        }
    }
    as_emit(p->a, place, buffer, n);
    p->at++;
    return true;
}

/* "text", "text"...: `argument` zeros after each; strings side by side are one */
static bool
run_string(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_place place = name_place(p, name);

    do {
        if (p->at->kind != AS_STRING)
            return as_expected(p, "a string in double quotes");
        while (p->at->kind == AS_STRING)
            emit_string(p, &place);
        as_emit_fill(p->a, &place, (uint64_t)argument, 0);
    } while (as_accept(p, ','));
    return as_expect_end(p);
}

/* A number that fills: a byte. */
static bool
parse_fill(struct as_parser *p, int64_t *fill)
{
    const struct as_token *first = p->at;

    if (!as_parse_constant(p, fill))
        return false;
    if (*fill >= -128 && *fill <= 255)
        return true;
    return as_fail(p, first, NULL, "the value %" PRId64 " does not fit: -128 to 255", *fill);
}

/* count[, byte] */
static bool
run_space(struct as_parser *p, const struct as_token *name, int argument)
{
    const struct as_token *first = p->at;
    int64_t n = 0, fill = 0;

    (void)name;
    (void)argument;
    if (!as_parse_constant(p, &n))
        return false;
    struct as_place place = operand_place(p, first);

    if ((as_accept(p, ',') && !parse_fill(p, &fill)) || !as_expect_end(p))
        return false;
    if (n < 0)
        as_error(p->a, &place, NULL, "the number of bytes is %" PRId64 ", less than 0", n);
    else
        as_emit_fill(p->a, &place, (uint64_t)n, (unsigned char)fill);
    return true;
}

/* repeat[, size[, value]]: as GNU, the value's lower four bytes, zeros above them */
static bool
run_fill(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_place place = name_place(p, name);
    const struct as_token *first = p->at;
    int64_t n = 0, size = 1, value = 0;

    (void)argument;
    if (!as_parse_constant(p, &n) || (as_accept(p, ',') && !as_parse_constant(p, &size)) ||
        (as_accept(p, ',') && !as_parse_constant(p, &value)) || !as_expect_end(p))
        return false;
    if (n < 0 || size < 0 || size > 8)
        return as_fail(p, first, NULL, "the count is negative, or the size not 0 to 8");
    if (size > 0 && n > ASSEMBLER_SIZE_MAX / size) {
        as_emit_fill(a, &place, (uint64_t)n, 0); /* which refuses it */
        return true;
    }
    if (value == 0 || size == 1)
        as_emit_fill(a, &place, (uint64_t)(n * size), (unsigned char)value);
    else
        for (; n > 0 && size > 0; n--)
            as_emit_value(a, &place, (uint64_t)value & 0xffffffff, (unsigned)size);
    return true;
}

/* alignment[, byte[, most]]: `argument` 'p' a power of two, 'b' bytes */
static bool
run_align(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    struct as_place place = name_place(p, name);
    const struct as_token *first = p->at;
    int64_t n = 0, fill = -1, most = INT64_MAX;
    unsigned power = 0;

    if (!as_parse_constant(p, &n))
        return false;
    struct as_place number = operand_place(p, first);

    if (as_accept(p, ',')) {
        if ((p->at->kind != AS_MARK || p->at->value != ',') && p->at->kind != AS_END) {
            if (!parse_fill(p, &fill))
                return false;
            fill &= 0xff;
        }
        if (as_accept(p, ',') && !as_parse_constant(p, &most))
            return false;
    }
    if (!as_expect_end(p))
        return false;
    if (argument == 'b') {
        while (power <= ASSEMBLER_ALIGN_MAX && (int64_t)1 << power < n)
            power++;
        if (n < 0 || (n > 0 && (int64_t)1 << power != n)) {
            as_error(a, &number, NULL, "the alignment is not a power of two up to %d",
                     1 << ASSEMBLER_ALIGN_MAX);
            return true;
        }
    } else
        power = n < 0 || n > ASSEMBLER_ALIGN_MAX ? ASSEMBLER_ALIGN_MAX + 1 : (unsigned)n;
    if (power > ASSEMBLER_ALIGN_MAX)
        as_error(a, &number, "`.balign' takes bytes", "the power of two is not 0 to %d",
                 ASSEMBLER_ALIGN_MAX);
    else
        as_align(a, &place, power, (int)fill, most < 0 ? 0 : (uint64_t)most);
    return true;
}

/* offset[, byte]: on to that offset of the section */
static bool
run_org(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_state *a = p->a;
    const struct as_token *first = p->at;
    const struct as_expression *e = as_parse_expression(p);
    struct as_place place = operand_place(p, first);
    struct as_value value;
    struct as_symbol *why;
    int64_t fill = 0, here = as_here(a);

    (void)name;
    (void)argument;
    if (e == NULL || (as_accept(p, ',') && !parse_fill(p, &fill)) || !as_expect_end(p))
        return false;
    enum as_known known = as_evaluate(a, e, &value, &why);

    if (known == AS_WRONG)
        return true;
    if (known == AS_UNKNOWN || (value.section != NULL && value.section != a->section))
        as_error(a, &place, NULL,
                 "the offset must be known here, or be an address in this section");
    else if (value.n < here)
        as_error(a, &place, NULL, ".org cannot go back: from offset %" PRId64 " to %" PRId64, here,
                 value.n);
    else if (value.n > ASSEMBLER_SIZE_MAX)
        as_error(a, &place, "it is an offset in the section, not an address",
                 "the offset is more than %d", ASSEMBLER_SIZE_MAX);
    else
        as_emit_fill(a, &place, (uint64_t)(value.n - here), (unsigned char)fill);
    return true;
}

/* ---- others ---- */

/* What changes nothing here, and what cannot be had. */
static bool
run_option(struct as_parser *p, const struct as_token *name, int argument)
{
    static const char *const taken[] = {"norvc", "norelax", "relax", "nopic", "pic", NULL};
    struct as_state *a = p->a;
    struct as_place place = as_token_place(a, p->at);
    const struct as_token *option = p->at;

    (void)name;
    (void)argument;
    if (option->kind != AS_NAME)
        return as_expected(p, "an option");
    p->at++;
    if (as_token_is(option, "push"))
        a->options_pushed++;
    else if (as_token_is(option, "pop")) {
        if (a->options_pushed == 0)
            as_error(a, &place, NULL, "`.option pop' without `.option push'");
        else
            a->options_pushed--;
    } else if (as_token_is(option, "rvc"))
        as_error(a, &place, NULL, "the machine has no compressed instructions");
    else if (as_token_is(option, "arch"))
        as_error(a, &place, NULL, "the machine is RV32IMA with Zicsr and Zifencei, always");
    else {
        size_t i = 0;

        while (taken[i] != NULL && !as_token_is(option, taken[i]))
            i++;
        if (taken[i] == NULL)
            as_error(a, &place, NULL, "unknown option `%.*s'", as_quoted(option->length),
                     option->text);
    }
    while (p->at->kind != AS_END && as_token_is(option, "arch"))
        p->at++;
    return as_expect_end(p);
}

/* .error "text", .warning "text" */
static bool
run_message(struct as_parser *p, const struct as_token *name, int argument)
{
    struct as_place place = name_place(p, name);
    const struct as_token *text = p->at;
    const char *message = text->text + 1;
    int length;

    if (text->kind != AS_STRING)
        return as_expected(p, "a string in double quotes");
    p->at++;
    length = text->length > 202 ? 200 : (int)text->length - 2;
    if (length == 0 || *message == '\0') { /* there is always a message */
        message = argument == 'e' ? "an error, says the source" : "a warning, says the source";
        length = (int)strlen(message);
    }
    if (argument == 'e')
        as_error(p->a, &place, NULL, "%.*s", length, message);
    else
        as_warn(p->a, &place, NULL, "%.*s", length, message);
    return as_expect_end(p);
}

static bool
run_end(struct as_parser *p, const struct as_token *name, int argument)
{
    (void)p;
    (void)name;
    (void)argument;
    p->a->ended = true;
    return true;
}

/* What tells a linker or debugger something: nothing here. */
static bool
run_ignored(struct as_parser *p, const struct as_token *name, int argument)
{
    (void)p;
    (void)name;
    (void)argument;
    return true;
}

/*
 * X(name, operands, run, argument, conditional, about)
 */
#define DIRECTIVES(X)                                                                              \
    X(".text", "", run_text, 0, false, "to the section of code")                                   \
    X(".rodata", "", run_text, 0, false, "to the section of constants")                            \
    X(".data", "", run_text, 0, false, "to the section of variables")                              \
    X(".bss", "", run_text, 0, false, "to the section of variables that start as 0")               \
    X(".section", "NAME[, \"awx\"[, @nobits]]", run_section, 0, false,                             \
      "to a section of this name; a loaded, w writable, x code")                                   \
    X(".previous", "", run_previous, 0, false, "back to the section before")                       \
    X(".globl", "SYMBOL, ...", run_binding, ASSEMBLY_GLOBAL, false, "make global")                 \
    X(".global", "SYMBOL, ...", run_binding, ASSEMBLY_GLOBAL, false, "the same")                   \
    X(".local", "SYMBOL, ...", run_binding, ASSEMBLY_LOCAL, false, "make local, as without")       \
    X(".weak", "SYMBOL, ...", run_binding, ASSEMBLY_WEAK, false, "make weak")                      \
    X(".extern", "SYMBOL, ...", run_ignored, 0, false, "nothing: there is no other source")        \
    X(".type", "SYMBOL, @function", run_type, 0, false,                                            \
      "or @object, @notype: for the symbol table")                                                 \
    X(".size", "SYMBOL, EXPR", run_size, 0, false, "bytes: for the symbol table")                  \
    X(".equ", "SYMBOL, EXPR", run_equ, 0, false, "give a value; may be given anew")                \
    X(".set", "SYMBOL, EXPR", run_equ, 0, false, "the same; so is SYMBOL = EXPR")                  \
    X(".equiv", "SYMBOL, EXPR", run_equ, 1, false, "give a value once")                            \
    X(".comm", "SYMBOL, N[, ALIGN]", run_comm, 'g', false, "N bytes of .bss, global")              \
    X(".lcomm", "SYMBOL, N[, ALIGN]", run_comm, 'l', false, "N bytes of .bss, local")              \
    X(".org", "OFFSET[, BYTE]", run_org, 0, false, "on to this offset of the section")             \
    X(".align", "P[, BYTE[, MOST]]", run_align, 'p', false, "to a multiple of 2^P bytes")          \
    X(".p2align", "P[, BYTE[, MOST]]", run_align, 'p', false, "the same")                          \
    X(".balign", "N[, BYTE[, MOST]]", run_align, 'b', false, "to a multiple of N bytes")           \
    X(".byte", "EXPR, ...", run_data, 1, false, "bytes")                                           \
    X(".half", "EXPR, ...", run_data, 2, false, "halfwords; at any address")                       \
    X(".short", "EXPR, ...", run_data, 2, false, "the same")                                       \
    X(".2byte", "EXPR, ...", run_data, 2, false, "the same")                                       \
    X(".word", "EXPR, ...", run_data, 4, false, "words; at any address")                           \
    X(".long", "EXPR, ...", run_data, 4, false, "the same")                                        \
    X(".4byte", "EXPR, ...", run_data, 4, false, "the same")                                       \
    X(".dword", "EXPR, ...", run_data, 8, false, "doublewords; at any address")                    \
    X(".quad", "EXPR, ...", run_data, 8, false, "the same")                                        \
    X(".8byte", "EXPR, ...", run_data, 8, false, "the same")                                       \
    X(".ascii", "\"TEXT\", ...", run_string, 0, false, "the bytes of the text")                    \
    X(".asciz", "\"TEXT\", ...", run_string, 1, false, "the same, and a zero")                     \
    X(".string", "\"TEXT\", ...", run_string, 1, false, "the same as .asciz")                      \
    X(".zero", "N[, BYTE]", run_space, 0, false, "N bytes, 0")                                     \
    X(".space", "N[, BYTE]", run_space, 0, false, "the same")                                      \
    X(".skip", "N[, BYTE]", run_space, 0, false, "the same")                                       \
    X(".fill", "N[, SIZE[, VALUE]]", run_fill, 0, false, "N times the value in SIZE bytes")        \
    X(".include", "\"FILE\"", as_include, 0, false, "the statements of a file")                    \
    X(".incbin", "\"FILE\"[, SKIP[, N]]", as_incbin, 0, false, "the bytes of a file")              \
    X(".macro", "NAME [PARAMETER[=DEFAULT], ...]", as_macro, 0, false,                             \
      "define a macro; also PARAMETER:req, PARAMETER:vararg")                                      \
    X(".endm", "", as_stray, 'm', false, "its end")                                                \
    X(".exitm", "", as_exitm, 0, false, "leave the macro here")                                    \
    X(".rept", "N", as_rept, 0, false, "repeat N times")                                           \
    X(".irp", "NAME, VALUE, ...", as_irp, 0, false, "repeat with each value as \\NAME")            \
    X(".endr", "", as_stray, 'r', false, "the end of .rept and .irp")                              \
    X(".if", "EXPR", as_if, AS_IF, true, "assemble what follows if it is not 0")                   \
    X(".ifeq", "EXPR", as_if, AS_IF_EQ, true, "if it is 0")                                        \
    X(".ifne", "EXPR", as_if, AS_IF, true, "if it is not 0")                                       \
    X(".iflt", "EXPR", as_if, AS_IF_LT, true, "if it is less than 0")                              \
    X(".ifle", "EXPR", as_if, AS_IF_LE, true, "if it is 0 or less")                                \
    X(".ifge", "EXPR", as_if, AS_IF_GE, true, "if it is 0 or more")                                \
    X(".ifgt", "EXPR", as_if, AS_IF_GT, true, "if it is more than 0")                              \
    X(".ifdef", "SYMBOL", as_if, AS_IF_DEFINED, true, "if it is defined before this")              \
    X(".ifndef", "SYMBOL", as_if, AS_IF_NOT_DEFINED, true, "if it is not")                         \
    X(".ifb", "TEXT", as_if, AS_IF_BLANK, true, "if there is no text")                             \
    X(".ifnb", "TEXT", as_if, AS_IF_NOT_BLANK, true, "if there is")                                \
    X(".ifc", "TEXT, TEXT", as_if, AS_IF_SAME, true, "if the texts are the same")                  \
    X(".ifnc", "TEXT, TEXT", as_if, AS_IF_NOT_SAME, true, "if they are not")                       \
    X(".elseif", "EXPR", as_elseif, AS_IF, true, "else if")                                        \
    X(".else", "", as_else, 0, true, "else")                                                       \
    X(".endif", "", as_endif, 0, true, "the end of .if")                                           \
    X(".option", "NAME", run_option, 0, false,                                                     \
      "norvc, norelax, relax, pic, nopic, push, pop: nothing; rvc is refused")                     \
    X(".error", "\"TEXT\"", run_message, 'e', false, "an error")                                   \
    X(".warning", "\"TEXT\"", run_message, 'w', false, "a warning")                                \
    X(".end", "", run_end, 0, false, "the end of the source")                                      \
    X(".file", "...", run_ignored, 0, false, "nothing: for compilers' output")                     \
    X(".ident", "...", run_ignored, 0, false, "nothing")                                           \
    X(".attribute", "...", run_ignored, 0, false, "nothing")                                       \
    X(".loc", "...", run_ignored, 0, false, "nothing")                                             \
    X(".addrsig", "...", run_ignored, 0, false, "nothing")                                         \
    X(".addrsig_sym", "...", run_ignored, 0, false, "nothing")

#define ROW(name, operands, run, argument, conditional, about)                                     \
    {{name, operands, about}, run, argument, conditional},

static const struct as_directive directives[] = {DIRECTIVES(ROW)};

enum { DIRECTIVE_COUNT = sizeof directives / sizeof directives[0] };

const struct assembler_directive *
assembler_directive(unsigned i)
{
    return i < DIRECTIVE_COUNT ? &directives[i].shown : NULL;
}

void
as_add_directives(struct as_state *a)
{
    for (size_t i = 0; i < DIRECTIVE_COUNT; i++)
        as_names_put(a, &a->directives, directives[i].shown.name, strlen(directives[i].shown.name),
                     (void *)(uintptr_t)&directives[i]);
}
