/* SPDX-License-Identifier: MIT */
/*
 * UTF-8, one code point at a time (RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF).
 */
#ifndef CLI_UTF8_H
#define CLI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The code point at `text`, of which `length` > 0 bytes are left, into
 * `point`.  Returns how many bytes it takes, or 0 where the bytes are not
 * valid UTF-8; `point` is then the first byte.
 */
size_t utf8_decode(const unsigned char *text, size_t length, uint32_t *point);

#endif
