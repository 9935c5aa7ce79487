/* SPDX-License-Identifier: MIT */
/* The commands for scripts, and for leaving. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/repl/command.h"
#include "cli/repl/motion.h"
#include "cli/repl/output.h"
#include "cli/repl/script.h"
#include "cli/status.h"

enum {
    TEXT_MAX = 2048,
    EXPECT_STEPS = 100000000, /* where nobody says otherwise */
    SOURCES_MAX = 16,         /* within each other */
};

bool
repl_do_send(struct repl *r, const struct repl_arguments *a)
{
    const char *rest = a->text;
    char text[TEXT_MAX];
    size_t length;

    if (!repl_text(r, &rest, true, text, sizeof text, &length))
        return false;
    if (*rest != '\0')
        return repl_fail(r, "`%.40s' behind the text: put it all in quotes", rest);
    if (!repl_send(r, text, length))
        return false;
    if (r->json)
        json_unsigned(&r->object, "bytes", length);
    return true;
}

static bool
fail_assertion(struct repl *r)
{
    r->error_status = STATUS_different;
    return false;
}

/* What was printed behind the last `expect': the end of it, for the message. */
static const char *
last_printed(const struct repl *r, char *text, size_t size)
{
    const struct repl_log *log = &r->logs[repl_level_outer_of(&r->levels, r->view)];
    size_t n = log->length - log->expected, used = 0;

    if (n > size - 1)
        n = size - 1;
    for (size_t i = log->length - n; i < log->length; i++)
        text[used++] = (unsigned char)log->bytes[i] < ' ' ? ' ' : log->bytes[i];
    text[used] = '\0';
    return text;
}

/* Is it there?  Then the next `expect' looks behind it. */
static bool
was_printed(struct repl *r, const char *text, size_t length)
{
    struct repl_log *log = &r->logs[repl_level_outer_of(&r->levels, r->view)];
    size_t at = repl_log_find(log, log->expected, text, length);

    if (at == REPL_NOT_FOUND)
        return false;
    log->expected = at + length;
    return true;
}

bool
repl_do_expect(struct repl *r, const struct repl_arguments *a)
{
    struct repl_motion m = repl_motion(REPL_MOVE_expect, r->view);
    const char *rest = a->text;
    char text[TEXT_MAX], tail[96];
    size_t length;
    bool moved = true;

    if (*rest == '\0')
        return repl_fail(r, "expect what?  `expect \"TEXT\"'");
    if (!repl_text(r, &rest, false, text, sizeof text, &length))
        return false;
    m.limit = EXPECT_STEPS;
    if (*rest != '\0' && !repl_count(rest, &m.limit))
        return repl_fail(r, "`%.40s' is no count of steps", rest);
    m.text = text;
    m.length = length;
    if (was_printed(r, text, length))
        return true;
    if (!r->over)
        moved = repl_move(r, &m);
    if (moved && was_printed(r, text, length)) {
        r->pane_due = r->json && r->pane_due; /* the place where a text ends tells little */
        return true;
    }
    (void)repl_fail(r, "`%.60s' was not printed; the last was: %s", text,
                    last_printed(r, tail, sizeof tail));
    return fail_assertion(r);
}

bool
repl_do_assert(struct repl *r, const struct repl_arguments *a)
{
    struct repl_value v;

    if (!repl_value_of(r, a->text, &v))
        return false;
    if (r->json)
        json_unsigned(&r->object, "value", v.bits);
    if (v.bits != 0)
        return true;
    (void)repl_fail(r, "the assertion failed: %s", a->text);
    return fail_assertion(r);
}

bool
repl_do_echo(struct repl *r, const struct repl_arguments *a)
{
    if (r->json)
        json_string(&r->object, "text", a->text);
    else
        repl_say(r, "%s", a->text);
    return true;
}

bool
repl_do_source(struct repl *r, const struct repl_arguments *a)
{
    struct repl_source source = {.name = a->text};
    struct repl_source *s = r->source;
    unsigned depth = 0;
    bool ok;

    for (; s != NULL; s = s->outer)
        depth++;
    if (depth > SOURCES_MAX)
        return repl_fail(r, "scripts within scripts, %d deep", SOURCES_MAX);
    if (a->text[0] == '\0')
        return repl_fail(r, "which file?");
    errno = 0;
    source.file = fopen(a->text, "r");
    if (source.file == NULL)
        return repl_fail(r, "%s: %s", a->text, strerror(errno));
    if (r->json)
        json_string(&r->object, "file", a->text);
    ok = repl_run(r, &source);
    (void)fclose(source.file);
    r->pane_due = false;
    if (ok)
        return true;
    if (source.error != 0)
        return repl_fail(r, "%s: %s", a->text, strerror(source.error));
    (void)repl_fail(r, "%s ended at its line %u", a->text, source.line);
    r->error_status = r->status;
    if (r->interactive)
        r->asked_status = false;
    return false;
}

bool
repl_do_quit(struct repl *r, const struct repl_arguments *a)
{
    uint64_t status;

    if (a->text[0] != '\0') {
        if (!repl_count(a->text, &status) || status > 255)
            return repl_fail(r, "an exit status is 0 to 255");
        r->status = (int)status;
        r->asked_status = true;
    } else if (r->interactive) {
        r->status = STATUS_ok;
        r->asked_status = true;
    }
    r->quit = true;
    return true;
}
