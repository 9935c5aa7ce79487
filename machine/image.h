/* SPDX-License-Identifier: MIT */
/* A program to be loaded: segments, entry, symbols, read from an ELF32 file. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_segment {
    uint32_t address,
        size; /* physical address and bytes in memory; the tail beyond `filled` is 0 */
    uint32_t filled;
    bool executable; /* instructions, by its flags; data too, perhaps */
    uint8_t *bytes;
};

struct image_symbol {
    uint32_t address, size;
    char *name;
};

struct image {
    uint32_t entry;
    unsigned segments_count, symbols_count;
    struct image_segment *segments; /* none empty, none overlapping */
    struct image_symbol *symbols;   /* by address, then name */
};

enum { IMAGE_ERROR_MAX = 256 };

/*
 * Read an ELF32 executable from memory, or from the file `path`.  On failure
 * `error` (IMAGE_ERROR_MAX bytes) says what was expected and what was found,
 * and *image is empty.  image_free takes either.
 */
bool image_read(struct image *image, const uint8_t *bytes, size_t length, char *error);
bool image_read_file(struct image *image, const char *path, char *error);

void image_free(struct image *image);

/* A flat image: `length` bytes at ISA_RAM_START, entered at the first. */
bool image_flat(struct image *image, const uint8_t *bytes, size_t length, char *error);

/* Copy the segments into a RAM of `ram_size` bytes; false, with the reason, where one lies outside.
 */
bool image_load(const struct image *image, uint8_t *ram, uint32_t ram_size, char *error);

/* The symbol called `name`, or NULL. */
const struct image_symbol *image_symbol(const struct image *image, const char *name);

/* The nearest symbol at or before `address`, within its segment; NULL where there is none. */
const struct image_symbol *image_symbol_at(const struct image *image, uint32_t address);

#endif
