/* SPDX-License-Identifier: MIT */
/* What a compiler may call on its own account. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);

/* Words where both lie on words: the monitor's structures do. */
void *
memcpy(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0)
        for (; n >= 4; n -= 4, t += 4, f += 4)
            *(uint32_t *)(void *)t = *(const uint32_t *)(const void *)f;
    for (; n > 0; n--)
        *t++ = *f++;
    return to;
}

void *
memset(void *to, int value, size_t n)
{
    uint32_t word = (uint8_t)value * 0x01010101u;
    uint8_t *t = to;

    if (((uintptr_t)t & 3) == 0)
        for (; n >= 4; n -= 4, t += 4)
            *(uint32_t *)(void *)t = word;
    for (; n > 0; n--)
        *t++ = (uint8_t)value;
    return to;
}
