/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's target for the reader of ELF files: no bytes may crash it, and
 * what it accepts keeps its promises.  Seeds: tests/corpus/elf.py --generate.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "isa/hart.h"
#include "machine/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAM_SIZE = 1 << 20 };

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static bool
within(const struct image_segment *s, uint32_t address)
{
    return address >= s->address && address - s->address < s->size;
}

/* Segments: none empty, none overlapping, none beyond 2^32; the entry in one of them. */
static void
check_segments(const struct image *image)
{
    bool entered = false;

    must(image->segments_count > 0 && image->entry % 4 == 0);
    for (unsigned i = 0; i < image->segments_count; i++) {
        const struct image_segment *s = &image->segments[i];

        must(s->size > 0 && s->filled <= s->size && s->size - 1 <= UINT32_MAX - s->address);
        entered = entered || within(s, image->entry);
        for (unsigned k = 0; k < i; k++)
            must(!within(s, image->segments[k].address) &&
                 !within(&image->segments[k], s->address));
    }
    must(entered);
}

/* Symbols: in order, each to be found again by its name and by its address. */
static void
check_symbols(const struct image *image)
{
    for (unsigned i = 0; i < image->symbols_count; i++) {
        const struct image_symbol *s = &image->symbols[i], *found = image_symbol(image, s->name);

        must(i == 0 || image->symbols[i - 1].address <= s->address);
        must(found != NULL && strcmp(found->name, s->name) == 0);
        found = image_symbol_at(image, s->address);
        must(found == NULL || found->address == s->address);
    }
}

/* What is loaded is what the file holds, and 0 behind it; nothing is where no segment lies. */
static void
check_loaded(const struct image *image, const uint8_t *ram)
{
    for (unsigned i = 0; i < image->segments_count; i++) {
        const struct image_segment *s = &image->segments[i];
        const uint8_t *at = ram + (s->address - ISA_RAM_START);

        must(s->address >= ISA_RAM_START && s->size <= RAM_SIZE);
        must(memcmp(at, s->bytes, s->filled) == 0);
        for (uint32_t k = s->filled; k < s->size; k++)
            must(at[k] == 0);
    }
    for (uint32_t k = 0; k < RAM_SIZE; k += 1021) {
        bool covered = false;

        for (unsigned i = 0; i < image->segments_count && !covered; i++)
            covered = within(&image->segments[i], ISA_RAM_START + k);
        must(covered || ram[k] == 0xa5);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t ram[RAM_SIZE];
    char error[IMAGE_ERROR_MAX] = "";
    struct image image;

    if (!image_read(&image, data, size, error)) {
        must(error[0] != '\0' && image.segments == NULL && image.symbols == NULL);
        return 0;
    }
    check_segments(&image);
    check_symbols(&image);
    memset(ram, 0xa5, sizeof ram);
    if (image_load(&image, ram, sizeof ram, error))
        check_loaded(&image, ram);
    else
        must(error[0] != '\0');
    image_free(&image);
    return 0;
}
