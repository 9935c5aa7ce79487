/* SPDX-License-Identifier: MIT */
/* thirdgen disas: a program, or words, back into assembly. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/status.h"
#include "cli/target.h"
#include "isa/disassemble.h"

struct disas {
    struct options o;
    bool words; /* the arguments are words, not an image */
    uint32_t base;
    int count;
    char **arguments;
};

/* ---- usage ---- */

enum { KEY_base = 0x200 };

static const struct argp_option options[] = {
    {"words", 'x', NULL, 0, "The arguments are words, in hexadecimal", 1},
    {"base", KEY_base, "ADDRESS", 0, "The address of the first word (default: 80000000)", 1},
    {0}};

/* A number of up to 8 hexadecimal digits, perhaps after 0x. */
static bool
read_hex(const char *text, uint32_t *value)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    size_t length;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        text += 2;
    length = strlen(text);
    if (length == 0 || length > 8 || strspn(text, digits) != length)
        return false;
    *value = (uint32_t)strtoul(text, NULL, 16);
    return true;
}

static error_t
take_arguments(struct argp_state *state, struct disas *dis)
{
    uint32_t word;

    dis->arguments = state->argv + state->next;
    dis->count = state->argc - state->next;
    state->next = state->argc;
    if (!dis->words && dis->count > 1)
        return options_wrong(state, &dis->o, "`%s' and `%s': one image at a time; words go with -x",
                             dis->arguments[0], dis->arguments[1]);
    for (int i = 0; dis->words && i < dis->count; i++)
        if (!read_hex(dis->arguments[i], &word))
            return options_wrong(state, &dis->o, "`%s' is no word: up to 8 hexadecimal digits",
                                 dis->arguments[i]);
    return 0;
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct disas *dis = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &dis->o, 1); return 0;
    case 'x': dis->words = true; return 0;
    case KEY_base:
        if (!read_hex(text, &dis->base) || dis->base % 4 != 0)
            return options_wrong(state, &dis->o,
                                 "--base `%s': a hexadecimal address, a multiple of 4", text);
        return 0;
    case ARGP_KEY_ARGS: return take_arguments(state, dis);
    case ARGP_KEY_NO_ARGS: return options_wrong(state, &dis->o, "which image, or -x WORD...?");
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "IMAGE\n-x WORD...",
    .doc = "Disassemble the executable segments of a program, or words.\v"
           "IMAGE is an ELF, an assembly source (.s) or `builtin:guestos'.\n"
           "\n"
           "Examples:\n"
           "  thirdgen disas hello.s\n"
           "  thirdgen disas -x 30200073 00c58533\n"
           "  thirdgen disas --json prog.elf",
    .children = children};

/* ---- one instruction ---- */

/* Where instructions go: as text, or into JSON. */
struct output {
    const struct image *image; /* for symbols; NULL: none */
    struct json *j;            /* NULL: text */
};

enum { NAME_MAX_BYTES = 256 };

/* "loop", "loop+0x8" as GNU writes it; empty where there is none. */
static const char *
symbol_text(const struct output *out, uint32_t address, char *text)
{
    const struct image_symbol *symbol =
        out->image != NULL ? image_symbol_at(out->image, address) : NULL;

    text[0] = '\0';
    if (symbol != NULL && symbol->address == address)
        (void)snprintf(text, NAME_MAX_BYTES, "%s", symbol->name);
    else if (symbol != NULL)
        (void)snprintf(text, NAME_MAX_BYTES, "%s+0x%" PRIx32, symbol->name,
                       address - symbol->address);
    return text;
}

static void
put_text(const struct output *out, uint32_t address, uint32_t word)
{
    char text[ISA_TEXT_MAX], symbol[NAME_MAX_BYTES];
    uint32_t target;
    bool jumps = isa_disassemble(word, address, text, &target);

    (void)printf("%08" PRIx32 ":\t%08" PRIx32 "          \t%s", address, word, text);
    if (jumps && symbol_text(out, target, symbol)[0] != '\0')
        (void)printf(" <%s>", symbol);
    (void)putchar('\n');
}

static void
put_json(const struct output *out, uint32_t address, uint32_t word)
{
    char text[ISA_TEXT_MAX], symbol[NAME_MAX_BYTES];
    uint32_t target;
    bool jumps = isa_disassemble(word, address, text, &target);

    for (char *p = text; *p != '\0'; p++)
        if (*p == '\t')
            *p = ' ';
    json_object(out->j, NULL);
    json_unsigned(out->j, "address", address);
    json_unsigned(out->j, "word", word);
    json_string(out->j, "text", text);
    if (symbol_text(out, address, symbol)[0] != '\0')
        json_string(out->j, "symbol", symbol);
    if (jumps) {
        json_unsigned(out->j, "target", target);
        if (symbol_text(out, target, symbol)[0] != '\0')
            json_string(out->j, "target_symbol", symbol);
    }
    json_close(out->j);
}

static void
put(const struct output *out, uint32_t address, uint32_t word)
{
    if (out->j != NULL)
        put_json(out, address, word);
    else
        put_text(out, address, word);
}

/* ---- words ---- */

static void
disassemble_words(const struct disas *dis, const struct output *out)
{
    uint32_t word;

    for (int i = 0; i < dis->count; i++)
        if (read_hex(dis->arguments[i], &word))
            put(out, dis->base + 4 * (uint32_t)i, word);
}

/* ---- an image ---- */

static void
put_label(const struct output *out, uint32_t address, bool first)
{
    const struct image_symbol *symbol = image_symbol_at(out->image, address);

    if (out->j != NULL || (!first && (symbol == NULL || symbol->address != address)))
        return;
    if (!first)
        (void)putchar('\n');
    if (symbol != NULL && symbol->address == address)
        (void)printf("%08" PRIx32 " <%s>:\n", address, symbol->name);
}

static void
disassemble_segment(const struct output *out, const struct image_segment *s)
{
    if (out->j == NULL)
        (void)printf("\nDisassembly of segment %08" PRIx32 "-%08" PRIx32 ":\n\n", s->address,
                     s->address + s->size - 1);
    for (uint32_t at = 0; at + 4 <= s->filled; at += 4) {
        put_label(out, s->address + at, at == 0);
        put(out, s->address + at, isa_ram_load(s->bytes + at, 4));
    }
}

static void
disassemble_image(const struct target_program *program, const struct output *out)
{
    if (out->j == NULL)
        (void)printf("\n%s:     entry %08" PRIx32 "\n", program->name, program->image.entry);
    for (unsigned i = 0; i < program->image.segments_count; i++)
        if (program->image.segments[i].executable)
            disassemble_segment(out, &program->image.segments[i]);
}

/* ---- the whole ---- */

static void
disassemble(const struct disas *dis, const struct target_program *program)
{
    struct json j;
    const struct output out = {program != NULL ? &program->image : NULL, dis->o.json ? &j : NULL};

    if (dis->o.json) {
        json_start(&j, stdout);
        json_array(&j, NULL);
    }
    if (program != NULL)
        disassemble_image(program, &out);
    else
        disassemble_words(dis, &out);
    if (dis->o.json) {
        json_close(&j);
        (void)json_end(&j);
    }
}

int
command_disas(int argc, char **argv)
{
    struct disas dis = {.base = ISA_RAM_START};
    struct diagnostics d = {0};
    struct target_program program;
    int status;

    options_init(&dis.o);
    if (!options_parse(&argp, argc, argv, &dis, &dis.o, &status))
        return status;
    if (dis.words) {
        disassemble(&dis, NULL);
        return STATUS_ok;
    }
    if (!target_read_program(dis.arguments[0], &program, &d))
        return command_diagnose(&d, options_coloured(&dis.o, stderr), STATUS_refused);
    (void)command_diagnose(&d, options_coloured(&dis.o, stderr), STATUS_ok); /* warnings */
    disassemble(&dis, &program);
    target_free_program(&program);
    return STATUS_ok;
}
