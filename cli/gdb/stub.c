/* SPDX-License-Identifier: MIT */
#include "cli/gdb/stub.h"

#include <string.h>

#include "cli/gdb/registers.h"
#include "cli/repl/past.h"
#include "isa/ram.h"

/* ---- threads ---- */

bool
gdb_take_thread(const struct gdb_stub *s, struct gdb_input *in, int *row)
{
    uint32_t number;

    *row = -1;
    if (gdb_take(in, "-1"))
        return true;
    if (!gdb_take_number(in, &number))
        return false;
    if (number == 0)
        return true;
    if (number > s->r->levels.count || !repl_level_known(&s->r->levels, number - 1))
        return false;
    *row = (int)number - 1;
    return true;
}

static enum gdb_answer
serve_first_threads(struct gdb_stub *s, struct gdb_input *in)
{
    const char *mark = "m";

    (void)in;
    for (unsigned i = 0; i < s->r->levels.count; i++)
        if (repl_level_known(&s->r->levels, i)) {
            gdb_put(&s->reply, "%s%x", mark, i + 1);
            mark = ",";
        }
    return GDB_REPLY;
}

static enum gdb_answer
serve_more_threads(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    gdb_put(&s->reply, "l");
    return GDB_REPLY;
}

static enum gdb_answer
serve_thread_extra(struct gdb_stub *s, struct gdb_input *in)
{
    char name[GDB_NAME_MAX], state[REPL_SPACED_MAX], text[GDB_NAME_MAX + REPL_SPACED_MAX];
    int row;

    if (!gdb_take_thread(s, in, &row) || row < 0)
        return GDB_MALFORMED;
    (void)snprintf(text, sizeof text, "%s %s", gdb_thread_name(s->r, (unsigned)row, name),
                   gdb_thread_state(s->r, (unsigned)row, state, sizeof state));
    gdb_put_hex(&s->reply, text, strlen(text));
    return GDB_REPLY;
}

static enum gdb_answer
serve_current(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    gdb_put(&s->reply, "QC%x", s->general + 1);
    return GDB_REPLY;
}

/* "Hg2", "Hc-1" */
static enum gdb_answer
serve_select(struct gdb_stub *s, struct gdb_input *in)
{
    bool general = gdb_take(in, "g");
    int row;

    if ((!general && !gdb_take(in, "c")) || !gdb_take_thread(s, in, &row))
        return GDB_MALFORMED;
    if (row >= 0 && general)
        s->general = (unsigned)row;
    else if (row >= 0)
        s->resumed = (unsigned)row;
    return GDB_OK;
}

static enum gdb_answer
serve_alive(struct gdb_stub *s, struct gdb_input *in)
{
    int row;

    return gdb_take_thread(s, in, &row) && row >= 0 ? GDB_OK : GDB_MALFORMED;
}

/* ---- what either side can do ---- */

static enum gdb_answer
serve_supported(struct gdb_stub *s, struct gdb_input *in)
{
    static const char swbreak[] = "swbreak+";

    for (; (size_t)(in->end - in->at) >= sizeof swbreak - 1; in->at++)
        s->swbreak = s->swbreak || memcmp(in->at, swbreak, sizeof swbreak - 1) == 0;
    gdb_put(&s->reply,
            "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;"
            "vContSupported+;swbreak+;ReverseStep+;ReverseContinue+",
            GDB_PACKET_MAX);
    return GDB_REPLY;
}

static enum gdb_answer
serve_no_ack(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    s->no_ack = true;
    return GDB_OK;
}

static enum gdb_answer
serve_attached(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    gdb_put(&s->reply, "1");
    return GDB_REPLY;
}

static enum gdb_answer
serve_symbols(struct gdb_stub *s, struct gdb_input *in)
{
    (void)s;
    (void)in;
    return GDB_OK;
}

/* ---- documents ---- */

/* "OFFSET,LENGTH" of `text`: `m' and a part, `l' and the last. */
static enum gdb_answer
put_part(struct gdb_stub *s, struct gdb_input *in, const struct gdb_text *text)
{
    uint32_t offset, length;

    if (!gdb_take_number(in, &offset) || !gdb_take(in, ",") || !gdb_take_number(in, &length) ||
        offset > text->length)
        return GDB_MALFORMED;
    if (length > GDB_PACKET_MAX / 2)
        length = GDB_PACKET_MAX / 2; /* each byte may have to be escaped */
    if (length >= text->length - offset) {
        length = (uint32_t)(text->length - offset);
        gdb_put(&s->reply, "l");
    } else {
        gdb_put(&s->reply, "m");
    }
    gdb_put_bytes(&s->reply, text->bytes + offset, length);
    return GDB_REPLY;
}

static enum gdb_answer
serve_features(struct gdb_stub *s, struct gdb_input *in)
{
    if (s->description.length == 0)
        gdb_describe_target(&s->description);
    return put_part(s, in, &s->description);
}

static enum gdb_answer
serve_threads(struct gdb_stub *s, struct gdb_input *in)
{
    struct gdb_text list = {0};
    enum gdb_answer answer;

    gdb_describe_threads(s->r, &list);
    answer = put_part(s, in, &list);
    gdb_text_free(&list);
    return answer;
}

/* ---- registers ---- */

static enum gdb_answer
serve_read_all(struct gdb_stub *s, struct gdb_input *in)
{
    uint32_t value = 0;

    (void)in;
    for (uint32_t i = 0; i < GDB_PLAIN; i++) {
        (void)gdb_register_read(s->r, s->general, i, &value);
        gdb_put_word(&s->reply, value);
    }
    return GDB_REPLY;
}

static bool
take_word(struct gdb_input *in, uint32_t *word)
{
    uint8_t b[4];

    if (gdb_take_hex(in, b, sizeof b) != sizeof b)
        return false;
    *word = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return true;
}

static enum gdb_answer
serve_write_all(struct gdb_stub *s, struct gdb_input *in)
{
    uint32_t value, old;

    for (uint32_t i = 0; i < GDB_PLAIN && !gdb_at_end(in); i++)
        if (!take_word(in, &value) || !gdb_register_read(s->r, s->general, i, &old) ||
            (value != old && !gdb_register_write(s->r, s->general, i, value)))
            return GDB_MALFORMED;
    return GDB_OK;
}

static enum gdb_answer
serve_read_one(struct gdb_stub *s, struct gdb_input *in)
{
    uint32_t number, value;

    if (!gdb_take_number(in, &number) || !gdb_at_end(in) ||
        !gdb_register_read(s->r, s->general, number, &value))
        return GDB_MALFORMED;
    gdb_put_word(&s->reply, value);
    return GDB_REPLY;
}

static enum gdb_answer
serve_write_one(struct gdb_stub *s, struct gdb_input *in)
{
    uint32_t number, value;

    if (!gdb_take_number(in, &number) || !gdb_take(in, "=") || !take_word(in, &value) ||
        !gdb_at_end(in) || !gdb_register_write(s->r, s->general, number, value))
        return GDB_MALFORMED;
    return GDB_OK;
}

/* ---- memory ---- */

/* Where `va` lies in the memory of the row that is meant; false: nowhere.  A device is no memory:
 * to look at one may change it. */
static bool
locate(const struct gdb_stub *s, const struct isa_hart *h, uint32_t va, uint32_t *pa)
{
    return repl_level_relocate(&s->r->levels, s->general, h, va, 1, pa);
}

/* "ADDRESS,LENGTH" */
static bool
take_range(struct gdb_input *in, uint32_t *address, uint32_t *length)
{
    return gdb_take_number(in, address) && gdb_take(in, ",") && gdb_take_number(in, length);
}

/* As many bytes as there are; at least one. */
static enum gdb_answer
serve_read_memory(struct gdb_stub *s, struct gdb_input *in)
{
    uint32_t address, length, pa, value;
    struct isa_hart h;

    if (!take_range(in, &address, &length) || !gdb_at_end(in))
        return GDB_MALFORMED;
    if (length > GDB_PACKET_MAX / 2)
        length = GDB_PACKET_MAX / 2;
    repl_level_hart(&s->r->levels, s->general, &h);
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte;

        if (!locate(s, &h, address + i, &pa) ||
            !repl_level_load(&s->r->levels, s->general, pa, 1, &value))
            return i > 0 ? GDB_REPLY : GDB_FAULT;
        byte = (uint8_t)value;
        gdb_put_hex(&s->reply, &byte, 1);
    }
    return GDB_REPLY;
}

/* Can all of it be written? */
static bool
is_memory(const struct gdb_stub *s, const struct isa_hart *h, uint32_t address, uint32_t length)
{
    uint32_t pa, value;

    for (uint32_t i = 0; i < length; i++)
        if (!locate(s, h, address + i, &pa) ||
            !repl_level_load(&s->r->levels, s->general, pa, 1, &value))
            return false;
    return true;
}

/* All of it, or none; by words where they fit. */
static enum gdb_answer
write_memory(struct gdb_stub *s, uint32_t address, const uint8_t *bytes, uint32_t length)
{
    struct isa_hart h;

    repl_level_hart(&s->r->levels, s->general, &h);
    if (!is_memory(s, &h, address, length))
        return GDB_FAULT;
    for (uint32_t i = 0, n; i < length; i += n) {
        uint32_t pa = 0;

        (void)locate(s, &h, address + i, &pa);
        n = pa % 4 == 0 && length - i >= 4 ? 4 : 1;
        if (!repl_edit_memory(s->r, REPL_ENTRY_edit, s->general, pa, n, isa_ram_load(bytes + i, n)))
            return GDB_MALFORMED;
    }
    return GDB_OK;
}

static enum gdb_answer
serve_write_memory(struct gdb_stub *s, struct gdb_input *in)
{
    uint8_t bytes[GDB_PACKET_MAX / 2];
    uint32_t address, length;

    if (!take_range(in, &address, &length) || !gdb_take(in, ":") || length > sizeof bytes ||
        gdb_take_hex(in, bytes, length) != (int)length || !gdb_at_end(in))
        return GDB_MALFORMED;
    return write_memory(s, address, bytes, length);
}

static enum gdb_answer
serve_write_binary(struct gdb_stub *s, struct gdb_input *in)
{
    uint32_t address, length;

    if (!take_range(in, &address, &length) || !gdb_take(in, ":") ||
        (size_t)(in->end - in->at) != length)
        return GDB_MALFORMED;
    return write_memory(s, address, (const uint8_t *)in->at, length);
}

/* ---- moving, stopping ---- */

static enum gdb_answer
serve_status(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    gdb_put_stop(s);
    return GDB_REPLY;
}

static enum gdb_answer
serve_vcont_ask(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    gdb_put(&s->reply, "vCont;c;C;s;S;r");
    return GDB_REPLY;
}

static enum gdb_answer
serve_vcont(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_resume(s, in);
}

/* "c", "s"; an address to go on at is refused: gdb sets pc. */
static enum gdb_answer
serve_go_on(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_at_end(in) ? gdb_continue(s) : GDB_MALFORMED;
}

static enum gdb_answer
serve_step(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_at_end(in) ? gdb_step(s) : GDB_MALFORMED;
}

static enum gdb_answer
serve_back_step(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_at_end(in) ? gdb_step_back(s) : GDB_MALFORMED;
}

static enum gdb_answer
serve_back(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_at_end(in) ? gdb_continue_back(s) : GDB_MALFORMED;
}

static enum gdb_answer
serve_insert(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_point(s, in, true);
}

static enum gdb_answer
serve_remove(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_point(s, in, false);
}

static enum gdb_answer
serve_monitor(struct gdb_stub *s, struct gdb_input *in)
{
    return gdb_monitor(s, in);
}

static enum gdb_answer
serve_detach(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    s->end = GDB_DETACHED;
    return GDB_OK;
}

static enum gdb_answer
serve_vkill(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    s->end = GDB_KILLED;
    return GDB_OK;
}

static enum gdb_answer
serve_kill(struct gdb_stub *s, struct gdb_input *in)
{
    (void)in;
    s->end = GDB_KILLED;
    return GDB_SILENCE;
}

/* ---- packets ---- */

static const struct {
    const char *word;
    enum gdb_answer (*serve)(struct gdb_stub *s, struct gdb_input *in);
} packets[] = {
#define PACKET_ROW(id, word, about) {word, serve_##id},
    GDB_PACKETS(PACKET_ROW)
#undef PACKET_ROW
};

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* `qC' is not the beginning of `qCRC': a name that ends in a letter ends there. */
static bool
take_name(struct gdb_input *in, const char *word)
{
    const char *start = in->at;
    size_t n = strlen(word);

    if (!gdb_take(in, word))
        return false;
    if (n == 1 || !is_letter(word[n - 1]) || gdb_at_end(in) || !is_letter(*in->at))
        return true;
    in->at = start;
    return false;
}

static enum gdb_answer
serve(struct gdb_stub *s, struct gdb_input *in)
{
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++)
        if (take_name(in, packets[i].word))
            return packets[i].serve(s, in);
    return GDB_REPLY; /* nothing: not known */
}

static void
send(struct gdb_stub *s, const struct gdb_text *text)
{
    gdb_clear(&s->last);
    gdb_frame(&s->last, text->bytes != NULL ? text->bytes : "", text->length);
    gdb_put_bytes(&s->out, s->last.bytes, s->last.length);
}

static void
answer_packet(struct gdb_stub *s)
{
    struct gdb_input in = {s->reader.packet, s->reader.packet + s->reader.length};

    gdb_clear(&s->reply);
    switch (serve(s, &in)) {
    case GDB_REPLY: break;
    case GDB_OK:
        gdb_clear(&s->reply);
        gdb_put(&s->reply, "OK");
        break;
    case GDB_MALFORMED:
        gdb_clear(&s->reply);
        gdb_put(&s->reply, "E01");
        break;
    case GDB_FAULT:
        gdb_clear(&s->reply);
        gdb_put(&s->reply, "E0e");
        break;
    case GDB_SILENCE: return;
    }
    send(s, &s->reply);
}

void
gdb_stub_say(struct gdb_stub *s, const char *text, size_t length)
{
    enum { PART = GDB_PACKET_MAX / 4 };
    struct gdb_text part = {0};

    for (size_t at = 0; at < length; at += PART) {
        gdb_clear(&part);
        gdb_put(&part, "O");
        gdb_put_hex(&part, text + at, length - at < PART ? length - at : PART);
        send(s, &part);
    }
    gdb_text_free(&part);
}

static void
acknowledge(struct gdb_stub *s, const char *mark)
{
    if (!s->no_ack)
        gdb_put(&s->out, "%s", mark);
}

void
gdb_stub_feed(struct gdb_stub *s, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && s->end == GDB_GOING; i++)
        switch (gdb_read(&s->reader, bytes[i])) {
        case GDB_PACKET:
            acknowledge(s, "+");
            answer_packet(s);
            break;
        case GDB_BROKEN: acknowledge(s, "-"); break;
        case GDB_NAK: gdb_put_bytes(&s->out, s->last.bytes, s->last.length); break;
        case GDB_BREAK: /* it stands still already */
        case GDB_NOTHING: break;
        }
}

/* ---- the whole ---- */

void
gdb_stub_init(struct gdb_stub *s, struct repl *r)
{
    static const struct gdb_stub nothing;

    *s = nothing;
    s->r = r;
    s->general = s->resumed = r->view;
    s->program = repl_level_known(&r->levels, r->levels.first) ? r->view : r->levels.first;
}

void
gdb_stub_free(struct gdb_stub *s)
{
    gdb_remove_points(s);
    gdb_text_free(&s->reply);
    gdb_text_free(&s->last);
    gdb_text_free(&s->out);
    gdb_text_free(&s->description);
}
