/* SPDX-License-Identifier: MIT */
#include "cli/utf8.h"

/* How many bytes the sequence takes that begins with `byte`; 0: none begins so. */
static size_t
sequence_length(unsigned char byte)
{
    if (byte < 0x80)
        return 1;
    if (byte < 0xc0)
        return 0;
    if (byte < 0xe0)
        return 2;
    if (byte < 0xf0)
        return 3;
    return byte < 0xf8 ? 4 : 0;
}

size_t
utf8_decode(const unsigned char *text, size_t length, uint32_t *point)
{
    /* the smallest code point that needs so many bytes: below it, the form is overlong */
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

    *point = text[0];
    size_t n = sequence_length(text[0]);
    if (n <= 1)
        return n;
    if (n > length)
        return 0;

    uint32_t value = text[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3fu);
    }
    if (value < smallest[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *point = value;
    return n;
}
