/* SPDX-License-Identifier: MIT */
#include "cli/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "cli/utf8.h"

void
json_start(struct json *j, FILE *out)
{
    memset(j, 0, sizeof *j);
    j->out = out;
}

bool
json_end(struct json *j)
{
    assert(j->depth == 0 && j->done);
    fputc('\n', j->out);
    return ferror(j->out) == 0;
}

static void
new_line(const struct json *j)
{
    fprintf(j->out, "\n%*s", (int)j->depth * 2, "");
}

/* Must this code point be escaped?  By RFC 8259 quotes, backslashes and C0;
 * by us also what terminals act upon and what other readers trip over. */
static bool
must_escape(uint32_t point)
{
    return point < 0x20 || point == '"' || point == '\\' || (point >= 0x7f && point < 0xa0) ||
           point == 0x2028 || point == 0x2029 || point == 0xfeff || point == 0xfffe ||
           point == 0xffff;
}

static void
put_escaped(FILE *out, uint32_t point)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = point != 0 && point < 0x80 ? strchr(plain, (int)point) : NULL;

    if (found != NULL)
        fprintf(out, "\\%c", letters[found - plain]);
    else
        fprintf(out, "\\u%04" PRIx32, point);
}

static void
put_string(FILE *out, const unsigned char *text, size_t length)
{
    fputc('"', out);
    while (length > 0) {
        uint32_t point;
        size_t n = utf8_decode(text, length, &point);
        if (n == 0)
            fputs("\\ufffd", out);
        else if (must_escape(point))
            put_escaped(out, point);
        else
            fwrite(text, 1, n, out);
        n += n == 0;
        text += n;
        length -= n;
    }
    fputc('"', out);
}

void
json_write(FILE *to, const char *text)
{
    put_string(to, (const unsigned char *)text, strlen(text));
}

/* What stands before every value: the comma, the line, the key. */
static void
begin_value(struct json *j, const char *key)
{
    if (j->depth == 0) {
        assert(key == NULL && !j->done);
        return;
    }
    bool in_object = j->open[j->depth - 1] == '{';
    assert(in_object == (key != NULL));

    if (j->any[j->depth - 1])
        fputc(',', j->out);
    j->any[j->depth - 1] = true;
    new_line(j);
    if (in_object) {
        put_string(j->out, (const unsigned char *)key, strlen(key));
        fputs(": ", j->out);
    }
}

static void
end_value(struct json *j)
{
    j->done = j->depth == 0;
}

static void
open_level(struct json *j, const char *key, char bracket)
{
    begin_value(j, key);
    assert(j->depth < JSON_DEPTH_MAX);
    fputc(bracket, j->out);
    j->open[j->depth] = bracket;
    j->any[j->depth] = false;
    j->depth++;
}

void
json_object(struct json *j, const char *key)
{
    open_level(j, key, '{');
}

void
json_array(struct json *j, const char *key)
{
    open_level(j, key, '[');
}

void
json_close(struct json *j)
{
    assert(j->depth > 0);
    j->depth--;
    if (j->any[j->depth])
        new_line(j);
    fputc(j->open[j->depth] == '{' ? '}' : ']', j->out);
    end_value(j);
}

void
json_bytes(struct json *j, const char *key, const void *bytes, size_t length)
{
    begin_value(j, key);
    put_string(j->out, bytes, length);
    end_value(j);
}

void
json_string(struct json *j, const char *key, const char *text)
{
    json_bytes(j, key, text, strlen(text));
}

void
json_unsigned(struct json *j, const char *key, uint64_t value)
{
    begin_value(j, key);
    fprintf(j->out, "%" PRIu64, value);
    end_value(j);
}

void
json_signed(struct json *j, const char *key, int64_t value)
{
    begin_value(j, key);
    fprintf(j->out, "%" PRId64, value);
    end_value(j);
}

/* A word of the language itself: true, false, null. */
static void
put_word(struct json *j, const char *key, const char *word)
{
    begin_value(j, key);
    fputs(word, j->out);
    end_value(j);
}

void
json_bool(struct json *j, const char *key, bool value)
{
    put_word(j, key, value ? "true" : "false");
}

void
json_null(struct json *j, const char *key)
{
    put_word(j, key, "null");
}
