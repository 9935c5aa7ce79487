/* SPDX-License-Identifier: MIT */
#include "cli/repl/keys.h"

#include <unistd.h>

void
repl_keys_begin(struct repl *r, struct repl_keys *k)
{
    console_init(&k->console);
    k->console.out = r->out;
    (void)fflush(r->out);
    r->system->console.out = r->out; /* byte by byte, as it comes */
    r->system->console.hold = true;
    console_from_fd(&k->console, STDIN_FILENO);
}

void
repl_keys_end(struct repl *r)
{
    console_restore();
    r->system->console.out = NULL;
    r->system->console.hold = r->system->console.held = false;
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

bool
repl_keys_serve(struct repl *r, struct repl_keys *k)
{
    (void)fflush(r->out);
    r->system->console.hold = true;
    return send_typed(r, k) && !console_quit(&k->console);
}

bool
repl_keys_held(const struct repl *r)
{
    return r->system->console.held;
}

bool
repl_keys_sleep(struct repl *r, struct repl_keys *k)
{
    struct console *c = &r->system->console;
    int64_t ignored;

    (void)fflush(r->out);
    c->held = false;
    switch (console_wait(&k->console, c->asked, true, &ignored)) {
    case CONSOLE_byte: return send_typed(r, k);
    case CONSOLE_timeout: c->hold = false; return true;
    default: return false;
    }
}

bool
repl_keys_wait(struct repl *r, struct repl_keys *k)
{
    int64_t ignored;

    (void)fflush(r->out);
    return console_wait(&k->console, -1, true, &ignored) == CONSOLE_byte && send_typed(r, k);
}
