/* SPDX-License-Identifier: MIT */
#include "cli/gdb/packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESCAPE = '}', ESCAPED_BY = 0x20, INTERRUPT = 0x03 };

/* ---- texts ---- */

void
gdb_text_free(struct gdb_text *t)
{
    free(t->bytes);
    *t = (struct gdb_text){0};
}

void
gdb_clear(struct gdb_text *t)
{
    t->length = 0;
}

static bool
make_room(struct gdb_text *t, size_t length)
{
    size_t capacity = (t->length + length) * 2 + 64;
    char *grown;

    if (t->length + length <= t->capacity)
        return true;
    grown = realloc(t->bytes, capacity);
    t->failed = grown == NULL;
    if (t->failed)
        return false;
    t->bytes = grown;
    t->capacity = capacity;
    return true;
}

void
gdb_put_bytes(struct gdb_text *t, const void *bytes, size_t length)
{
    if (length == 0 || !make_room(t, length))
        return;
    memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
}

void
gdb_put(struct gdb_text *t, const char *format, ...)
{
    char text[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n > 0)
        gdb_put_bytes(t, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void
gdb_put_hex(struct gdb_text *t, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;

    if (!make_room(t, 2 * length))
        return;
    for (size_t i = 0; i < length; i++) {
        t->bytes[t->length++] = digits[from[i] >> 4];
        t->bytes[t->length++] = digits[from[i] & 15];
    }
}

void
gdb_put_word(struct gdb_text *t, uint32_t word)
{
    const uint8_t bytes[] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                             (uint8_t)(word >> 24)};

    gdb_put_hex(t, bytes, sizeof bytes);
}

/* ---- reading what is in a packet ---- */

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
gdb_take(struct gdb_input *in, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(in->end - in->at) < n || memcmp(in->at, word, n) != 0)
        return false;
    in->at += n;
    return true;
}

bool
gdb_take_number(struct gdb_input *in, uint32_t *number)
{
    const char *start = in->at;

    *number = 0;
    for (; in->at < in->end && digit(*in->at) >= 0; in->at++)
        *number = *number << 4 | (uint32_t)digit(*in->at);
    return in->at > start && in->at - start <= 8;
}

int
gdb_take_hex(struct gdb_input *in, void *bytes, size_t length)
{
    uint8_t *to = bytes;
    size_t n = 0;

    for (; n < length && in->end - in->at >= 2; n++, in->at += 2) {
        int high = digit(in->at[0]), low = digit(in->at[1]);

        if (high < 0 || low < 0)
            return -1;
        to[n] = (uint8_t)(high << 4 | low);
    }
    return (int)n;
}

bool
gdb_at_end(const struct gdb_input *in)
{
    return in->at == in->end;
}

/* ---- framing ---- */

static void
begin(struct gdb_reader *r)
{
    r->state = GDB_WITHIN;
    r->sum = 0;
    r->length = 0;
    r->broken = false;
}

static enum gdb_arrival
between(struct gdb_reader *r, uint8_t byte)
{
    switch (byte) {
    case '$': begin(r); return GDB_NOTHING;
    case '-': return GDB_NAK;
    case INTERRUPT: return GDB_BREAK;
    default: return GDB_NOTHING; /* `+', and what belongs to nothing */
    }
}

static void
add(struct gdb_reader *r, uint8_t byte)
{
    if (r->length == GDB_PACKET_MAX)
        r->broken = true;
    else
        r->packet[r->length++] = (char)byte;
}

static enum gdb_arrival
within(struct gdb_reader *r, uint8_t byte)
{
    if (byte == '$') { /* the end of the one before was lost */
        begin(r);
        return GDB_NOTHING;
    }
    if (byte == '#') {
        r->state = GDB_SUM;
        return GDB_NOTHING;
    }
    r->sum = (uint8_t)(r->sum + byte);
    if (byte == ESCAPE)
        r->state = GDB_ESCAPED;
    else
        add(r, byte);
    return GDB_NOTHING;
}

static enum gdb_arrival
sum_digit(struct gdb_reader *r, uint8_t byte)
{
    int value = digit((char)byte);

    r->broken = r->broken || value < 0;
    r->expected = (uint8_t)(r->expected << 4 | (value & 15));
    if (r->state == GDB_SUM) {
        r->state = GDB_SUM_LOW;
        return GDB_NOTHING;
    }
    r->state = GDB_BETWEEN;
    r->packet[r->length] = '\0';
    return r->broken || r->expected != r->sum ? GDB_BROKEN : GDB_PACKET;
}

enum gdb_arrival
gdb_read(struct gdb_reader *r, uint8_t byte)
{
    switch (r->state) {
    case GDB_BETWEEN: return between(r, byte);
    case GDB_WITHIN: return within(r, byte);
    case GDB_ESCAPED:
        r->sum = (uint8_t)(r->sum + byte);
        r->state = GDB_WITHIN;
        add(r, byte ^ ESCAPED_BY);
        return GDB_NOTHING;
    default: return sum_digit(r, byte);
    }
}

void
gdb_frame(struct gdb_text *out, const char *bytes, size_t length)
{
    size_t start;
    uint8_t sum = 0;

    gdb_put_bytes(out, "$", 1);
    start = out->length;
    for (size_t i = 0; i < length; i++) {
        const char escaped[] = {ESCAPE, bytes[i] ^ ESCAPED_BY};
        bool special = bytes[i] == '#' || bytes[i] == '$' || bytes[i] == ESCAPE || bytes[i] == '*';

        gdb_put_bytes(out, special ? escaped : &bytes[i], special ? 2 : 1);
    }
    for (size_t i = start; i < out->length; i++)
        sum = (uint8_t)(sum + (uint8_t)out->bytes[i]);
    gdb_put(out, "#%02x", sum);
}
