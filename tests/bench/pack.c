/* SPDX-License-Identifier: MIT */
/* Text packed as LZ77 does, by chains of hashes, unpacked again and compared. */
#define ROUNDS_USUAL 60
#include "bench.h"

enum { LENGTH = 65536, HASHES = 4096, MATCH_MIN = 3, MATCH_MAX = 63, TRIES = 16, NOWHERE = 0xffff };

static uint8_t text[LENGTH], packed[2 * LENGTH], again[LENGTH];
static uint16_t newest[HASHES], before[LENGTH]; /* places with the same hash */

/* Words of a small language, drawn at random. */
static void
write(uint32_t seed)
{
    static const char words[8][8] = {"monitor", "trap", "guest", "the", "a", "machine", "state", "of"};

    for (uint32_t i = 0; i < LENGTH;) {
        const char *word;

        seed = seed * 1664525 + 1013904223;
        for (word = words[seed >> 29]; *word != '\0' && i < LENGTH; word++)
            text[i++] = (uint8_t)*word;
        if (i < LENGTH)
            text[i++] = (seed >> 20 & 7) == 0 ? '\n' : ' ';
    }
}

static uint32_t
hash(const uint8_t *p)
{
    return (p[0] << 8 ^ p[1] << 4 ^ p[2]) % HASHES;
}

static uint32_t
common(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t n = 0;

    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* The longest of some earlier occurrences of what is at `at`; its length, or 0. */
static noinline uint32_t
find(uint32_t at, uint32_t *where)
{
    uint32_t best = 0, most = LENGTH - at < MATCH_MAX ? LENGTH - at : MATCH_MAX;
    uint16_t from = newest[hash(text + at)];

    for (int tries = 0; tries < TRIES && from != NOWHERE; tries++, from = before[from]) {
        uint32_t n = common(text + from, text + at, most);

        if (n > best) {
            best = n;
            *where = from;
        }
    }
    return best;
}

static void
remember(uint32_t at)
{
    uint32_t h = hash(text + at);

    before[at] = newest[h];
    newest[h] = (uint16_t)at;
}

/* A byte below 0x80 stands for itself; 0x80 + n, and a place, for n bytes from there. */
static noinline uint32_t
pack(void)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < HASHES; i++)
        newest[i] = NOWHERE;
    for (uint32_t at = 0; at < LENGTH;) {
        uint32_t where = 0, n = at + MATCH_MIN <= LENGTH ? find(at, &where) : 0;

        if (n < MATCH_MIN) {
            n = 1;
            packed[used++] = text[at];
        } else {
            packed[used++] = (uint8_t)(0x80 + n);
            packed[used++] = (uint8_t)where;
            packed[used++] = (uint8_t)(where >> 8);
        }
        for (; n > 0; n--, at++)
            if (at + MATCH_MIN <= LENGTH)
                remember(at);
    }
    return used;
}

static noinline uint32_t
unpack(const uint8_t *p, uint32_t used)
{
    const uint8_t *end = p + used;
    uint32_t at = 0;

    while (p < end) {
        uint32_t n = *p++, from;

        if (n < 0x80) {
            again[at++] = (uint8_t)n;
            continue;
        }
        from = p[0] | (uint32_t)p[1] << 8;
        p += 2;
        for (n -= 0x80; n > 0; n--)
            again[at++] = again[from++];
    }
    return at;
}

int
main(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t used;

        write(round);
        used = pack();
        if (used > LENGTH / 2 || unpack(packed, used) != LENGTH)
            return 1;
        for (uint32_t i = 0; i < LENGTH; i++)
            if (again[i] != text[i])
                return 2;
    }
    return 0;
}
