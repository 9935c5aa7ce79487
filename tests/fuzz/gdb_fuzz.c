/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's target for gdb's remote protocol: each line of the input is a
 * packet, framed here, or, behind a `!', bytes as they are.  Whatever comes,
 * what goes out is packets whose sums are right, and nothing breaks.  The runs
 * that packets ask for are short, since the session has a budget.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/gdb/stub.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 3000, PACKETS = 200 };

static struct target target;
static FILE *nowhere;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct diagnostics d = {0};
    struct options o;

    (void)argc;
    (void)argv;
    options_init(&o);
    o.usual_depth = 1;
    o.memory = 1 << 20;
    nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL || !target_open(&target, "builtin:demo-syscall", &o, &d))
        exit(1);
    return 0;
}

static void
must(bool right)
{
    if (!right)
        abort();
}

/* What is to be sent: acknowledgements, and whole packets. */
static void
check_output(struct gdb_stub *s)
{
    static struct gdb_reader reader;

    reader.state = GDB_BETWEEN;
    for (size_t i = 0; i < s->out.length; i++)
        must(gdb_read(&reader, (uint8_t)s->out.bytes[i]) != GDB_BROKEN);
    must(reader.state == GDB_BETWEEN);
    gdb_clear(&s->out);
}

static void
feed(struct gdb_stub *s, const uint8_t *line, size_t length)
{
    struct gdb_text packet = {0};

    if (length > 0 && line[0] == '!') {
        gdb_stub_feed(s, line + 1, length - 1);
    } else {
        gdb_frame(&packet, (const char *)line, length);
        gdb_stub_feed(s, (const uint8_t *)packet.bytes, packet.length);
        gdb_text_free(&packet);
    }
    check_output(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct repl session;
    static struct gdb_stub stub;

    if (!repl_begin(&session, &target, nowhere))
        return 0;
    session.limit = STEPS;
    gdb_stub_init(&stub, &session);
    for (unsigned n = 0; size > 0 && n < PACKETS && stub.end == GDB_GOING; n++) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end != NULL ? (size_t)(end - data) : size;

        feed(&stub, data, length);
        length += end != NULL;
        data += length;
        size -= length;
    }
    gdb_stub_free(&stub);
    must(session.breakpoints.count == 0 || !session.breakpoints.list[0]->remote);
    repl_end(&session);
    return 0;
}
