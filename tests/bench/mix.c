/* SPDX-License-Identifier: MIT */
/* A linked list sorted and searched, a CRC bit by bit, and a state machine that reads numbers. */
#define ROUNDS_USUAL 4000
#include "bench.h"

enum { ITEMS = 400 };

struct item {
    struct item *next;
    int32_t key;
    uint32_t index;
};

static struct item items[ITEMS];

/* ---- the list ---- */

static struct item *
merge(struct item *a, struct item *b)
{
    struct item *head = NULL, **tail = &head;

    while (a != NULL && b != NULL) {
        struct item **from = b->key < a->key ? &b : &a;

        *tail = *from;
        tail = &(*from)->next;
        *from = (*from)->next;
    }
    *tail = a != NULL ? a : b;
    return head;
}

static noinline struct item *
sort(struct item *list, uint32_t length)
{
    struct item *second = list, *rest;

    if (length <= 1)
        return list;
    for (uint32_t i = 1; i < length / 2; i++)
        second = second->next;
    rest = second->next;
    second->next = NULL;
    return merge(sort(list, length / 2), sort(rest, length - length / 2));
}

static noinline uint32_t
place_of(const struct item *list, int32_t key)
{
    uint32_t place = 0;

    for (; list != NULL && list->key != key; list = list->next)
        place++;
    return place;
}

/* Keys are a permutation of 0 ... ITEMS - 1: sorted, key k is in place k. */
static noinline bool
work_list(uint32_t round)
{
    struct item *list;

    for (uint32_t i = 0; i < ITEMS; i++) {
        items[i].key = (int32_t)((i * 7 + round) % ITEMS);
        items[i].index = i;
        items[i].next = i + 1 < ITEMS ? &items[i + 1] : NULL;
    }
    list = sort(&items[0], ITEMS);
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t key = (i * 37 + round) % ITEMS;

        if (place_of(list, (int32_t)key) != key)
            return false;
    }
    return true;
}

/* ---- the CRC ---- */

static noinline uint32_t
crc32(const uint8_t *bytes, uint32_t length, uint32_t crc)
{
    for (uint32_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return crc;
}

/* The check value of the catalogue; and bytes followed by their own CRC leave the residue. */
static noinline bool
work_crc(uint32_t round)
{
    static uint8_t text[512 + 4];
    uint32_t crc;

    for (uint32_t i = 0; i < 512; i++)
        text[i] = (uint8_t)(i * round);
    crc = ~crc32(text, 512, 0xffffffffu);
    for (uint32_t i = 0; i < 4; i++)
        text[512 + i] = (uint8_t)(crc >> 8 * i);
    return ~crc32((const uint8_t *)"123456789", 9, 0xffffffffu) == 0xcbf43926u &&
           crc32(text, sizeof text, 0xffffffffu) == 0xdebb20e3u;
}

/* ---- the state machine ---- */

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, POWER, INVALID };

static enum state
step(enum state state, char c)
{
    bool digit = c >= '0' && c <= '9', sign = c == '+' || c == '-';

    switch (state) {
    case START:
        if (sign)
            return SIGN; /* fallthrough */
    case SIGN: return digit ? INTEGER : c == '.' ? POINT : INVALID;
    case INTEGER: return digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case POINT: return digit ? FRACTION : INVALID;
    case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT: return sign ? EXPONENT_SIGN : digit ? POWER : INVALID;
    case EXPONENT_SIGN:
    case POWER: return digit ? POWER : INVALID;
    default: return INVALID;
    }
}

/* In which state each word ends. */
static noinline bool
work_states(void)
{
    static const char text[] = "5012 -74 +.5 87.3e-12 1e 12.e+5 -110. x12 4.4.4 .e1 33 -0.7e";
    static const char ends[] = "224757488825";
    const char *end = ends;
    enum state state = START;

    for (const char *p = text;; p++) {
        if (*p != ' ' && *p != '\0') {
            state = step(state, *p);
            continue;
        }
        if (*end++ != '0' + (int)state)
            return false;
        state = START;
        if (*p == '\0')
            return *end == '\0';
    }
}

int
main(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        bool right = work_list(round) && work_crc(round);

        for (int i = 0; i < 20; i++)
            right = work_states() && right;
        if (!right)
            return 1;
    }
    return 0;
}
