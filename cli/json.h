/* SPDX-License-Identifier: MIT */
/*
 * A streaming JSON writer (RFC 8259): what every --json output goes through.
 *
 * Objects and arrays are opened and closed; within an object each value has a
 * key, within an array and at the top the key is NULL.  One value a line,
 * indented by two spaces.  Numbers are integers, exact up to 64 bits.  A call
 * that would make the text ill-formed is a bug of the caller's: assert.
 *
 *     struct json j;
 *     json_start(&j, stdout);
 *     json_object(&j, NULL);
 *     json_string(&j, "isa", "smsw");
 *     json_array(&j, "exits");
 *     json_unsigned(&j, NULL, 17);
 *     json_close(&j);
 *     json_close(&j);
 *     if (!json_end(&j)) ...
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH_MAX = 64 }; /* objects and arrays open at once */

struct json {
    FILE *out;
    unsigned depth;
    bool done;                 /* the one value at the top is complete */
    char open[JSON_DEPTH_MAX]; /* '{' or '[' of each level */
    bool any[JSON_DEPTH_MAX];  /* has the level a value yet? */
};

/* Begin a text on `out`, which stays the caller's. */
void json_start(struct json *j, FILE *out);

/* End it with a newline.  Everything is closed.  False when writing has failed. */
bool json_end(struct json *j);

/* Open an object or an array; close the innermost open one. */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_close(struct json *j);

/*
 * A string.  Quotes, backslashes and what is not printable are escaped; a byte
 * that is not part of valid UTF-8 becomes U+FFFD, so that the text is valid
 * whatever a guest printed.
 */
void json_string(struct json *j, const char *key, const char *text);
void json_bytes(struct json *j, const char *key, const void *bytes, size_t length);

/* A text as a string in quotes, escaped likewise, for those who write JSON of another layout. */
void json_write(FILE *to, const char *text);

void json_unsigned(struct json *j, const char *key, uint64_t value);
void json_signed(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

#endif
