/* SPDX-License-Identifier: MIT */
#include "cli/repl/keys.h"

#include <unistd.h>

static uint64_t
idle_ticks(const struct repl *r)
{
    const struct isa_hart *h = &r->system->machine.hart;

    return h->mtime - h->minstret;
}

void
repl_keys_begin(struct repl *r, struct repl_keys *k)
{
    console_init(&k->console);
    k->console.out = r->out;
    k->idle = idle_ticks(r);
    (void)fflush(r->out);
    r->system->console.out = r->out; /* byte by byte, as it comes */
    console_from_fd(&k->console, STDIN_FILENO);
}

void
repl_keys_end(struct repl *r)
{
    console_restore();
    r->system->console.out = NULL;
}

static bool
send_typed(struct repl *r, struct repl_keys *k)
{
    char bytes[64];
    size_t n = 0;
    uint8_t byte;

    k->console.patience = 0; /* look now */
    while (n < sizeof bytes && console_get(&k->console, &byte)) {
        bytes[n++] = (char)byte;
        k->console.patience = 0;
    }
    return n == 0 || repl_send(r, bytes, n);
}

/* A guest may set the clock: then no time has passed. */
static int64_t
slept(struct repl *r, struct repl_keys *k)
{
    uint64_t now = idle_ticks(r), ticks = now - k->idle;

    k->idle = now;
    return ticks < INT64_MAX / MACHINE_TICK_NANOSECONDS ? (int64_t)ticks * MACHINE_TICK_NANOSECONDS
                                                        : 0;
}

bool
repl_keys_serve(struct repl *r, struct repl_keys *k)
{
    int64_t nanoseconds = slept(r, k), ignored;

    (void)fflush(r->out);
    if (nanoseconds > 0)
        (void)console_wait(&k->console, nanoseconds, true, &ignored);
    return send_typed(r, k) && !console_quit(&k->console);
}

bool
repl_keys_wait(struct repl *r, struct repl_keys *k)
{
    int64_t ignored;

    (void)fflush(r->out);
    return console_wait(&k->console, -1, true, &ignored) == CONSOLE_byte && send_typed(r, k);
}
