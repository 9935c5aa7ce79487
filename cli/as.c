/* SPDX-License-Identifier: MIT */
/* thirdgen as: a source to an ELF, and a listing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "assembler/assembler.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/status.h"

enum { INCLUDE_MAX = 32 };

struct as {
    struct options o;
    const char *source, *output, *listing;
    const char *include[INCLUDE_MAX + 1];
    unsigned includes;
};

/* ---- usage ---- */

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "The ELF (default: FILE.elf, in the current folder; -: stdout)", 1},
    {"listing", 'l', "FILE", 0, "A listing: addresses, words, source (-: stdout)", 1},
    {"include", 'I', "FOLDER", 0, "Where else .include looks", 1},
    {0}};

static error_t
take_include(struct argp_state *state, struct as *as, const char *folder)
{
    if (as->includes == INCLUDE_MAX)
        return options_wrong(state, &as->o, "more than %d folders to include from", INCLUDE_MAX);
    as->include[as->includes++] = folder;
    return 0;
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct as *as = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &as->o, 1); return 0;
    case 'o': as->output = text; return 0;
    case 'l': as->listing = text; return 0;
    case 'I': return take_include(state, as, text);
    case ARGP_KEY_ARG:
        if (as->source != NULL)
            return options_wrong(state, &as->o, "`%s' and `%s': one source at a time", as->source,
                                 text);
        as->source = text;
        return 0;
    case ARGP_KEY_NO_ARGS: return options_wrong(state, &as->o, "which source (.s)?");
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "FILE.s",
    .doc = "Assemble FILE.s (the GNU dialect for RISC-V) to an executable ELF32.\v"
           "Where there is an error, nothing is written.  With --json, a summary of the sections "
           "on stdout.\n"
           "\n"
           "Examples:\n"
           "  thirdgen as hello.s                makes hello.elf\n"
           "  thirdgen as hello.s -o build/hello.elf -l build/hello.lst\n"
           "  thirdgen as hello.s -o - >hello.elf",
    .children = children};

/* ---- files ---- */

static bool
is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Is it a plain file?  What could not be written whole is then better gone; a device is not. */
static bool
is_plain(FILE *file)
{
    struct stat status;

    return fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode);
}

/* Write all of it, or complain and leave no file. */
static bool
write_file(const char *path, const void *bytes, size_t length)
{
    FILE *to = is_stdout(path) ? stdout : fopen(path, "wb");
    bool ok, plain;

    if (to == stdout)
        return fwrite(bytes, 1, length, to) == length;
    plain = to != NULL && is_plain(to);
    ok = to != NULL && fwrite(bytes, 1, length, to) == length;
    if (to != NULL && fclose(to) != 0)
        ok = false;
    if (ok)
        return true;
    command_complain("cannot write `%s': %s", path, strerror(errno));
    if (plain)
        (void)remove(path);
    return false;
}

/* FILE.elf in the current folder, from .../FILE.s; to be freed. */
static char *
default_output(const char *source)
{
    static const char ending[] = ".elf";
    const char *slash = strrchr(source, '/'), *base = slash != NULL ? slash + 1 : source;
    const char *dot = strrchr(base, '.');
    size_t stem = dot != NULL && dot != base ? (size_t)(dot - base) : strlen(base);
    char *path = malloc(stem + sizeof ending);

    if (path == NULL)
        return NULL;
    memcpy(path, base, stem);
    memcpy(path + stem, ending, sizeof ending);
    return path;
}

/* ---- the whole ---- */

static void
print_json(const struct assembly *a, const char *output)
{
    struct json j;

    json_start(&j, stdout);
    json_object(&j, NULL);
    json_string(&j, "output", output);
    json_unsigned(&j, "entry", a->entry);
    json_unsigned(&j, "symbols", a->symbol_count);
    json_array(&j, "sections");
    for (size_t i = 0; i < a->section_count; i++) {
        json_object(&j, NULL);
        json_string(&j, "name", a->sections[i].name);
        json_unsigned(&j, "address", a->sections[i].address);
        json_unsigned(&j, "size", a->sections[i].size);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    (void)json_end(&j);
}

static int
write_all(const struct as *as, const struct assembly *a, const char *output)
{
    size_t length;
    unsigned char *elf = assembler_write_elf(a, &length);
    bool ok;

    if (elf == NULL) {
        command_complain("out of memory");
        return STATUS_host;
    }
    ok = as->listing == NULL || write_file(as->listing, a->listing, strlen(a->listing));
    ok = ok && write_file(output, elf, length);
    free(elf);
    if (ok && as->o.json)
        print_json(a, output);
    return ok ? STATUS_ok : STATUS_host;
}

static int
assemble(const struct as *as, const char *output)
{
    const struct assembler_options options_ = {.include_path = as->include,
                                               .listing = as->listing != NULL};
    bool colour = options_coloured(&as->o, stderr);
    struct diagnostics d = {0};
    struct assembly a;
    int status;

    if (!assembler_assemble(as->source, NULL, 0, &options_, &d, &a))
        return command_diagnose(&d, colour, STATUS_refused);
    (void)command_diagnose(&d, colour, STATUS_ok); /* warnings */
    status = write_all(as, &a, output);
    assembly_free(&a);
    return status;
}

/* Would the output take the place of what it is made from, or the ELF that of the listing? */
static bool
overwrites(const struct as *as, const char *output)
{
    const char *listing = as->listing != NULL ? as->listing : "";
    const char *path = strcmp(output, as->source) == 0 || strcmp(listing, as->source) == 0
                           ? as->source
                       : strcmp(output, listing) == 0 ? output
                                                      : NULL;

    if (path != NULL)
        command_complain("`%s' would be overwritten: give another name with -o or -l", path);
    return path != NULL;
}

int
command_as(int argc, char **argv)
{
    struct as as = {0};
    char *name = NULL;
    int status;

    options_init(&as.o);
    if (!options_parse(&argp, argc, argv, &as, &as.o, &status))
        return status;
    if (as.output == NULL)
        as.output = name = default_output(as.source);
    if (as.output == NULL) {
        command_complain("out of memory");
        return STATUS_host;
    }
    status = overwrites(&as, as.output) ? STATUS_usage : assemble(&as, as.output);
    free(name);
    return status;
}
