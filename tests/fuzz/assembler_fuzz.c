/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's target for the assembler: no text may crash it, leak, hang, or
 * be refused without a reason that can be printed.  What is assembled can be
 * listed and written, and a line of it, alone, is one instruction or a reason.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assembler/assembler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static void
check(struct diagnostics *d, bool good, FILE *sink)
{
    must(good == (d->errors == 0));
    for (size_t i = 0; i < d->count; i++)
        must(d->list[i].message[0] != '\0');
    diagnostics_print(d, sink, true);
    diagnostics_free(d);
}

/* The line table goes up, and stays within the sections and files. */
static void
check_lines(const struct assembly *out)
{
    for (size_t i = 0; i < out->line_count; i++) {
        must(out->lines[i].file < out->file_count && out->lines[i].line > 0);
        must(i == 0 || out->lines[i - 1].address <= out->lines[i].address);
    }
}

static void
check_sections(const struct assembly *out)
{
    for (size_t i = 0; i < out->section_count; i++) {
        const struct assembly_section *s = &out->sections[i], *next = s + 1;

        must(s->size > 0 && (s->flags & ASSEMBLY_ALLOC ? s->address % s->align : s->address) == 0);
        if (i + 1 < out->section_count && (next->flags & ASSEMBLY_ALLOC) != 0)
            must((uint64_t)s->address + s->size <= next->address);
    }
}

static bool
look_up(void *context, const char *name, uint32_t *value)
{
    *value = (uint32_t)strlen(name) << 12;
    return context == NULL && name[0] == 'k';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *sink;
    struct assembler_options options = {.sealed = true, .listing = true, .lookup = look_up};
    struct diagnostics d = {0};
    struct assembly out;
    uint32_t words[ASSEMBLER_WORDS_MAX];
    size_t length = 0;
    char *line;

    if (sink == NULL)
        sink = fopen("/dev/null", "w");
    must(sink != NULL);
    bool good = assembler_assemble("fuzz.s", (const char *)data, size, &options, &d, &out);

    check(&d, good, sink);
    if (good) {
        unsigned char *elf = assembler_write_elf(&out, &length);

        must(elf != NULL && length > 52 && out.listing != NULL);
        check_lines(&out);
        check_sections(&out);
        free(elf);
        assembly_free(&out);
    }
    line = malloc(size + 1);
    must(line != NULL);
    memcpy(line, data, size);
    line[size] = '\0';
    d = (struct diagnostics){0};
    unsigned count = assembler_instruction(line, 0x80000100, look_up, NULL, words, &d);

    must(count <= ASSEMBLER_WORDS_MAX);
    check(&d, count > 0, sink);
    free(line);
    return 0;
}
