/* SPDX-License-Identifier: MIT */
/*
 * The packets of gdb's remote serial protocol: $text#sum, bytes that stand for
 * themselves (+, -, and 0x03 for ^C), and how texts and bytes are written in
 * them.  Nothing here knows of sockets or machines.
 *
 * Source: Debugging with GDB, appendix E, Remote Serial Protocol, Overview.
 */
#ifndef GDB_PACKET_H
#define GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assembler/diagnostic.h"

enum { GDB_PACKET_MAX = 0x4000 }; /* bytes of the longest packet that is read */

/* ---- texts ---- */

/* A text that grows.  Where memory is out it stays as it is, and says so. */
struct gdb_text {
    char *bytes;
    size_t length, capacity;
    bool failed;
};

void gdb_text_free(struct gdb_text *t);
void gdb_clear(struct gdb_text *t);
void gdb_put_bytes(struct gdb_text *t, const void *bytes, size_t length);
void gdb_put(struct gdb_text *t, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

/* Bytes as two digits each; a word likewise, its lowest byte first, as registers are sent. */
void gdb_put_hex(struct gdb_text *t, const void *bytes, size_t length);
void gdb_put_word(struct gdb_text *t, uint32_t word);

/* ---- reading what is in a packet ---- */

/* What is left of a packet's text. */
struct gdb_input {
    const char *at, *end;
};

/* Is `word` next?  Take it, if so. */
bool gdb_take(struct gdb_input *in, const char *word);

/* A number of 1 to 8 hexadecimal digits; false where there is none, or it is longer. */
bool gdb_take_number(struct gdb_input *in, uint32_t *number);

/* `length` bytes of two digits each, or of as many as there are; how many is returned, -1 where a
 * digit is none. */
int gdb_take_hex(struct gdb_input *in, void *bytes, size_t length);

/* Is nothing left? */
bool gdb_at_end(const struct gdb_input *in);

/* ---- framing ---- */

enum gdb_arrival {
    GDB_NOTHING, /* more is to come */
    GDB_PACKET,  /* one is whole: reader.packet, reader.length */
    GDB_BREAK,   /* 0x03: stop */
    GDB_NAK,     /* the last packet that was sent is to be sent again */
    GDB_BROKEN,  /* a packet whose sum is wrong, or that is too long: to be sent again */
};

struct gdb_reader {
    enum { GDB_BETWEEN, GDB_WITHIN, GDB_ESCAPED, GDB_SUM, GDB_SUM_LOW } state;
    uint8_t sum;      /* of the bytes as they came */
    uint8_t expected; /* as it was said */
    bool broken;
    size_t length;
    char packet[GDB_PACKET_MAX + 1]; /* without escapes; ends with a 0 */
};

/* Take the next byte that has come. */
enum gdb_arrival gdb_read(struct gdb_reader *r, uint8_t byte);

/* A packet of `length` bytes, its sum and escapes, onto `out`. */
void gdb_frame(struct gdb_text *out, const char *bytes, size_t length);

#endif
