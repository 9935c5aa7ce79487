/* SPDX-License-Identifier: MIT */
/* An arena with a budget, and tables of names. */
#include "assembler/internal.h"

#include <stdlib.h>
#include <string.h>

struct as_chunk {
    struct as_chunk *older;
    size_t used, size;
    max_align_t bytes[];
};

enum { CHUNK = 64 << 10 };

/* Count `size` bytes against the budget. */
static void
charge(struct as_state *a, size_t size)
{
    if (size > ASSEMBLER_MEMORY - a->memory)
        as_abandon(a, NULL, NULL, "the program is too large: it takes more than %d MiB to assemble",
                   ASSEMBLER_MEMORY >> 20);
    a->memory += size;
}

static struct as_chunk *
new_chunk(struct as_state *a, size_t size)
{
    charge(a, sizeof(struct as_chunk) + size);
    struct as_chunk *chunk = malloc(sizeof *chunk + size);

    if (chunk == NULL)
        as_abandon(a, NULL, NULL, "out of memory");
    *chunk = (struct as_chunk){.size = size};
    return chunk;
}

void *
as_allocate(struct as_state *a, size_t size)
{
    size_t unit = sizeof(max_align_t);
    struct as_chunk *chunk = a->chunks;

    if (size > ASSEMBLER_MEMORY)
        charge(a, size);
    size = (size + unit - 1) / unit * unit;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        struct as_chunk *fresh = new_chunk(a, size > CHUNK ? size : CHUNK);

        fresh->older = chunk;
        a->chunks = chunk = fresh;
    }
    void *at = (char *)chunk->bytes + chunk->used;

    chunk->used += size;
    return memset(at, 0, size);
}

char *
as_copy(struct as_state *a, const char *text, size_t length)
{
    char *to = as_allocate(a, length + 1);

    if (length > 0)
        memcpy(to, text, length);
    return to;
}

void *
as_grow(struct as_state *a, void *old, size_t *capacity, size_t need, size_t size)
{
    size_t larger = *capacity * 2 > need ? *capacity * 2 : need + 16;

    if (need <= *capacity)
        return old;
    if (larger > ASSEMBLER_MEMORY / size)
        charge(a, ASSEMBLER_MEMORY);
    charge(a, (larger - *capacity) * size);
    void *new = realloc(old, larger * size);

    if (new == NULL)
        as_abandon(a, NULL, NULL, "out of memory");
    *capacity = larger;
    return new;
}

void
as_arena_free(struct as_state *a)
{
    while (a->chunks != NULL) {
        struct as_chunk *chunk = a->chunks;

        a->chunks = chunk->older;
        free(chunk);
    }
}

/* ---- names ---- */

/* FNV-1a, 32 bits. */
static uint32_t
hash(const char *text, size_t length)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

static struct as_name *
find(const struct as_names *names, const char *text, size_t length, uint32_t h)
{
    struct as_name *name = names->size == 0 ? NULL : names->buckets[h % names->size];

    while (name != NULL &&
           (name->hash != h || name->length != length || memcmp(name->text, text, length) != 0))
        name = name->next;
    return name;
}

void *
as_names_find(const struct as_names *names, const char *text, size_t length)
{
    struct as_name *name = find(names, text, length, hash(text, length));

    return name == NULL ? NULL : name->thing;
}

static void
rehash(struct as_state *a, struct as_names *names)
{
    size_t size = names->size * 2 + 64;
    struct as_name **buckets = as_allocate(a, size * sizeof(struct as_name *));

    for (size_t i = 0; i < names->size; i++) {
        struct as_name *next;

        for (struct as_name *name = names->buckets[i]; name != NULL; name = next) {
            next = name->next;
            name->next = buckets[name->hash % size];
            buckets[name->hash % size] = name;
        }
    }
    names->buckets = buckets;
    names->size = size;
}

void
as_names_put(struct as_state *a, struct as_names *names, const char *text, size_t length,
             void *thing)
{
    uint32_t h = hash(text, length);
    struct as_name *name = find(names, text, length, h);

    if (name != NULL) {
        name->thing = thing;
        return;
    }
    if (names->count >= names->size)
        rehash(a, names);
    name = as_allocate(a, sizeof *name);
    *name = (struct as_name){names->buckets[h % names->size], text, length, h, thing};
    names->buckets[h % names->size] = name;
    names->count++;
}

void
as_names_offer(const struct as_names *names, struct diagnostic_guess *guess)
{
    for (size_t i = 0; i < names->size; i++)
        for (const struct as_name *name = names->buckets[i]; name != NULL; name = name->next)
            if (name->thing != NULL)
                diagnostic_guess_offer(guess, name->text, name->length);
}
