/* SPDX-License-Identifier: MIT */
/* The REPL's command `gdb': serve gdb, until it leaves. */
#include <stdlib.h>

#include "cli/gdb/connection.h"
#include "cli/repl/command.h"
#include "cli/repl/output.h"

static void
announce_json(const struct repl *r, const struct gdb_listener *l)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    struct json j;

    if (memory == NULL)
        return;
    json_start(&j, memory);
    json_object(&j, NULL);
    json_string(&j, "command", "gdb");
    json_string(&j, "listening", l->address);
    json_close(&j);
    (void)json_end(&j);
    (void)fclose(memory);
    repl_print_json(r->out, text);
    free(text);
}

/* At once, so that whoever starts gdb knows where to. */
static void
announce(struct repl *r, const struct gdb_listener *l)
{
    if (r->json)
        announce_json(r, l);
    repl_say(r, "gdb: listening at %s", l->address);
    repl_say(r, "(in gdb: target remote %s)", l->address);
    (void)fflush(r->out);
}

static void
tell_end(struct repl *r, enum gdb_end end)
{
    static const char *const words[] = {"is gone", "has detached", "has ended the session"};

    if (r->json)
        json_string(&r->object, "gdb", words[end]);
    repl_say(r, "gdb %s", words[end]);
}

bool
repl_do_gdb(struct repl *r, const struct repl_arguments *a)
{
    struct gdb_listener l;
    enum gdb_end end;
    bool ok;

    if (!gdb_listen(r, a->text, &l))
        return false;
    announce(r, &l);
    ok = gdb_serve(r, &l, &end);
    gdb_unlisten(&l);
    if (ok)
        tell_end(r, end);
    r->quit = r->quit || end == GDB_KILLED;
    r->pane_due = ok && end != GDB_KILLED;
    return ok;
}
