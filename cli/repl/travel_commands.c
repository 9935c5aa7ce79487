/* SPDX-License-Identifier: MIT */
/* The commands that go back, and anywhere in history. */
#include "cli/repl/travel.h"

#include <stdlib.h>
#include <string.h>

#include "cli/repl/command.h"
#include "cli/repl/files.h"
#include "cli/repl/output.h"
#include "cli/repl/pane.h"
#include "cli/repl/why.h"
#include "cli/size.h"
#include "cli/table.h"
#include "isa/disassemble.h"

/* ---- back ---- */

/* A count of 1 or more, 1 where none is given. */
static bool
count_of(struct repl *r, const char *text, uint64_t *count)
{
    *count = 1;
    if (text[0] == '\0' || (repl_count(text, count) && *count > 0))
        return true;
    return repl_fail(r, "`%.60s' is no count of steps", text);
}

bool
repl_do_reverse_step(struct repl *r, const struct repl_arguments *a)
{
    uint64_t count = 1;
    int found;

    if (a->text[0] == '\0' || repl_count(a->text, &count))
        return count == 0 ? repl_fail(r, "0 steps are none") : repl_back_steps(r, r->view, count);
    found = repl_level_find(&r->levels, a->text, strlen(a->text));
    if (found >= 0) {
        if (!repl_back_to_level(r, (unsigned)found))
            return false;
        r->view = r->stop.level;
        return true;
    }
    found = repl_find_event(a->text);
    if (found < 0)
        return repl_fail(r, "`%.60s' is no count, no event (`info events') and no level (`as')",
                         a->text);
    return repl_check_event(r, (enum repl_event_kind)found) &&
           repl_back_to_event(r, r->view, (enum repl_event_kind)found);
}

bool
repl_do_reverse_next(struct repl *r, const struct repl_arguments *a)
{
    uint64_t count;

    return count_of(r, a->text, &count) && repl_back_next(r, r->view, count);
}

bool
repl_do_reverse_finish(struct repl *r, const struct repl_arguments *a)
{
    (void)a;
    return repl_back_finish(r, r->view);
}

bool
repl_do_reverse_continue(struct repl *r, const struct repl_arguments *a)
{
    (void)a;
    return repl_back_to_stop(r);
}

/* ---- anywhere ---- */

static struct repl_bookmark *
find_bookmark(struct repl *r, const char *name)
{
    for (unsigned i = 0; i < r->bookmark_count; i++)
        if (strcmp(r->bookmarks[i].name, name) == 0)
            return &r->bookmarks[i];
    return NULL;
}

bool
repl_do_goto(struct repl *r, const struct repl_arguments *a)
{
    struct repl_bookmark *b = find_bookmark(r, a->text);
    uint64_t steps;

    if (a->text[0] == '\0')
        return repl_fail(r, "to where?  A time (`t=' in the prompt), or a bookmark");
    if (b != NULL) {
        if (b->gone)
            return repl_fail(r, "%s is no longer in history: something was changed before it",
                             b->name);
        if (!repl_go_to_point(r, b->point, &b->stop))
            return false;
        if (r->stop.reason != REPL_STOP_interrupted && repl_level_known(&r->levels, b->view))
            r->view = b->view;
        return true;
    }
    if (!repl_count(a->text, &steps))
        return repl_fail(r, "`%.60s' is no time and no bookmark (`bookmark' lists them)", a->text);
    return repl_go_to_steps(r, r->view, steps);
}

bool
repl_do_start(struct repl *r, const struct repl_arguments *a)
{
    (void)a;
    return repl_go_to_start(r);
}

bool
repl_do_end(struct repl *r, const struct repl_arguments *a)
{
    (void)a;
    return repl_go_to_end(r);
}

/* ---- bookmarks ---- */

static void
list_bookmarks(struct repl *r)
{
    if (r->json)
        json_array(&r->object, "bookmarks");
    else if (r->bookmark_count == 0)
        repl_say(r, "there are none; `bookmark NAME' sets one here");
    for (unsigned i = 0; i < r->bookmark_count; i++) {
        const struct repl_bookmark *b = &r->bookmarks[i];

        if (r->json) {
            json_object(&r->object, NULL);
            json_string(&r->object, "name", b->name);
            json_string(&r->object, "where", b->where);
            json_bool(&r->object, "gone", b->gone);
            json_close(&r->object);
        } else {
            repl_say(r, "%-16s %s%s", b->name, b->where, b->gone ? " (no longer in history)" : "");
        }
    }
    if (r->json)
        json_close(&r->object);
}

bool
repl_do_bookmark(struct repl *r, const struct repl_arguments *a)
{
    struct repl_bookmark *b = find_bookmark(r, a->text);
    uint64_t ignored;

    if (a->text[0] == '\0') {
        list_bookmarks(r);
        return true;
    }
    if (strlen(a->text) >= sizeof b->name || strpbrk(a->text, " \t") != NULL ||
        repl_count(a->text, &ignored))
        return repl_fail(r, "a bookmark's name is one word of at most %zu bytes, and no number",
                         sizeof b->name - 1);
    if (r->phase != REPL_PHASE_none)
        return repl_fail(r, "in the middle of an instruction: `step' on, or `micro off', first");
    if (b == NULL && r->bookmark_count == REPL_BOOKMARKS_MAX)
        return repl_fail(r, "there are %d bookmarks already", REPL_BOOKMARKS_MAX);
    if (b == NULL)
        b = &r->bookmarks[r->bookmark_count++];
    (void)snprintf(b->name, sizeof b->name, "%s", a->text);
    b->point = history_now(&r->history);
    b->gone = false;
    b->stop = r->stop;
    b->view = r->view;
    (void)repl_where(r, b->where);
    repl_mark_exits(r);
    if (r->json)
        json_string(&r->object, "where", b->where);
    else
        repl_say(r, "`goto %s' comes back here: %s", b->name, b->where);
    return true;
}

/* ---- undo ---- */

bool
repl_do_undo(struct repl *r, const struct repl_arguments *a)
{
    char text[REPL_ENTRY_MAX];

    (void)a;
    if (!repl_undo(r, text))
        return false;
    if (r->stop.reason == REPL_STOP_interrupted)
        return true;
    if (r->json)
        json_string(&r->object, "undone", text);
    else
        repl_say(r, "undone, with all that came after: %s", text);
    return true;
}

/* ---- who made a value ---- */

static void
tell_write(struct repl *r, const char *what, const struct repl_write *w)
{
    const struct repl_event *e = &w->event;
    char headline[REPL_WHY_MAX], line[2 * REPL_WHY_MAX], steps[TABLE_COUNT_MAX];
    char symbol[REPL_SYMBOL_MAX], insn[ISA_TEXT_MAX], title[REPL_TITLE_MAX];

    if (w->edited) {
        (void)snprintf(line, sizeof line, "%s: 0x%llx -> 0x%llx by hand: %s", what,
                       (unsigned long long)w->from.bits, (unsigned long long)w->to.bits, w->edit);
        repl_paragraph(r, line);
        return;
    }
    (void)repl_level_symbol(&r->levels, e->level,
                            repl_level_linked(&r->levels, e->level, &e->before, e->pc), symbol);
    (void)snprintf(line, sizeof line, "%s: 0x%llx -> 0x%llx by %s in %s, at 0x%08x%s%s%s: `%s'.",
                   what, (unsigned long long)w->from.bits, (unsigned long long)w->to.bits,
                   repl_level_title(&r->levels, e->level, title),
                   repl_level_mode(e->level, e->mode), e->pc, symbol[0] != '\0' ? " <" : "", symbol,
                   symbol[0] != '\0' ? ">" : "", repl_instruction_inline(e->word, e->pc, insn));
    repl_paragraph(r, line);
    (void)repl_headline(r, e, headline);
    (void)snprintf(line, sizeof line, "%s%s`goto %s' stands right after it%s.", headline,
                   headline[0] != '\0' ? "; " : "", table_count(w->steps, steps),
                   e->level != r->view ? " (with `as' at that level)" : "");
    repl_paragraph(r, line);
}

static void
write_json(struct repl *r, const struct repl_write *w)
{
    const struct repl_event *e = &w->event;
    char insn[ISA_TEXT_MAX];

    json_bool(&r->object, "found", w->found);
    if (!w->found)
        return;
    json_unsigned(&r->object, "from", w->from.bits);
    json_unsigned(&r->object, "to", w->to.bits);
    if (w->edited) {
        json_string(&r->object, "edit", w->edit);
        return;
    }
    json_string(&r->object, "level", r->levels.row[e->level].name);
    json_string(&r->object, "mode", repl_level_mode(e->level, e->mode));
    json_unsigned(&r->object, "t", w->steps);
    json_unsigned(&r->object, "pc", e->pc);
    json_string(&r->object, "instruction", repl_instruction_inline(e->word, e->pc, insn));
}

/* A bare address means the word there. */
static const char *
place_text(const char *text, char *place, size_t size)
{
    bool number = text[0] >= '0' && text[0] <= '9';

    (void)snprintf(place, size, "%s%s", number ? "*" : "", text);
    return place;
}

bool
repl_do_last_write(struct repl *r, const struct repl_arguments *a)
{
    char place[REPL_LINE_MAX + 1];
    struct repl_expression *watched;
    struct repl_write w;
    bool ok;

    if (a->text[0] == '\0')
        return repl_fail(r, "of what?  A register, a CSR, an address, an expression");
    watched = repl_compile(r, r->view, place_text(a->text, place, sizeof place));
    if (watched == NULL)
        return false;
    ok = repl_last_write(r, r->view, watched, &w);
    free(watched);
    if (!ok)
        return false;
    if (r->json)
        write_json(r, &w);
    else if (!w.found)
        repl_say(r, "%s has not changed since history began", a->text);
    else
        tell_write(r, a->text, &w);
    return true;
}

/* ---- what is kept ---- */

/* That are taken, rounded up: what one snapshot takes to the byte depends on the host. */
static uint64_t
mebibytes(const struct history *h)
{
    return (h->bytes + (1 << 20) - 1) >> 20;
}

bool
repl_do_history(struct repl *r, const struct repl_arguments *a)
{
    const struct history *h = &r->history;
    char ticks[TABLE_COUNT_MAX], bound[SIZE_TEXT];
    struct size_problem problem;
    uint64_t size;

    if (a->text[0] != '\0') {
        if (!size_read(a->text, strlen(a->text), &size, &problem) || size < HISTORY_BOUND_MIN)
            return repl_fail(r, "`%.40s' is no size from 1 MiB on, such as `64 MiB'", a->text);
        history_limit(&r->history, size);
    }
    if (r->json) {
        json_unsigned(&r->object, "snapshots", h->count);
        json_unsigned(&r->object, "bytes", mebibytes(h) << 20);
        json_unsigned(&r->object, "bound", h->bound);
        json_unsigned(&r->object, "now", history_now(h).tick);
        json_unsigned(&r->object, "end", h->end.tick);
        json_unsigned(&r->object, "log", h->logged);
        return true;
    }
    repl_say(r, "%s ticks are known; now is %s, %zu of %zu edits and inputs have happened.",
             table_count(h->end.tick, ticks),
             history_earlier(history_now(h), h->end) ? "before their end" : "their end", h->done,
             h->logged);
    repl_say(r, "%u snapshot%s take%s %llu MiB of at most %s (`history SIZE' sets that).", h->count,
             h->count == 1 ? "" : "s", h->count == 1 ? "s" : "", (unsigned long long)mebibytes(h),
             size_write(h->bound, bound));
    return true;
}

/* ---- in files ---- */

static bool
in_passing(struct repl *r)
{
    return r->phase != REPL_PHASE_none &&
           !repl_fail(r, "in the middle of an instruction: `step' on, or `micro off', first");
}

static void
tell_file(struct repl *r, const char *path, const char *what, size_t entries)
{
    if (r->json) {
        json_string(&r->object, "file", path);
        json_unsigned(&r->object, "entries", entries);
    } else {
        repl_say(r, "%s: %zu %s; %s", path, entries, entries == 1 ? "entry" : "entries", what);
    }
}

bool
repl_do_save(struct repl *r, const struct repl_arguments *a)
{
    if (in_passing(r) || !repl_save(r, a->text))
        return false;
    if (r->json)
        json_string(&r->object, "file", a->text);
    return true;
}

bool
repl_do_load(struct repl *r, const struct repl_arguments *a)
{
    if (!repl_load(r, a->text))
        return false;
    r->pane_due = true;
    return true;
}

bool
repl_do_record(struct repl *r, const struct repl_arguments *a)
{
    size_t entries;

    if (!repl_record(r, a->text, &entries))
        return false;
    tell_file(r, a->text, "`replay' runs it again", entries);
    return true;
}

bool
repl_do_replay(struct repl *r, const struct repl_arguments *a)
{
    size_t entries;

    if (!repl_replay(r, a->text, &entries))
        return false;
    tell_file(r, a->text, "`continue' runs it again, `end' goes where it ended", entries);
    r->pane_due = true;
    return true;
}
