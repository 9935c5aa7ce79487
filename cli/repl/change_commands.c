/* SPDX-License-Identifier: MIT */
/* The commands that change a machine: set, and `.' an instruction. */
#include <string.h>

#include "assembler/assembler.h"
#include "cli/repl/changes.h"
#include "cli/repl/command.h"
#include "cli/repl/motion.h"
#include "cli/repl/output.h"
#include "cli/repl/past.h"
#include "cli/repl/why.h"
#include "isa/disassemble.h"

/* Between a trap and its dispatch the guest's state is on its way. */
static bool
is_between(struct repl *r)
{
    if (repl_levels_hosted(&r->levels) && r->system->hosted.phase == HOSTED_dispatch) {
        (void)repl_fail(r, "in the middle of an instruction: `step' on, or `micro off', first");
        return true;
    }
    if (r->over) {
        (void)repl_fail(r, "the run is over: `restart' begins again, `step -1' goes back");
        return true;
    }
    return false;
}

/* ---- set ---- */

/* The `=' that is no part of another operator, or NULL. */
static char *
find_assignment(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        if (*p != '=')
            continue;
        if (p[1] == '=')
            p++;
        else if (p == text || strchr("=<>!", p[-1]) == NULL)
            return p;
    }
    return NULL;
}

static void
trim_end(char *text)
{
    size_t n = strlen(text);

    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        text[--n] = '\0';
}

static void
tell_set(struct repl *r, const char *what, uint64_t from, uint64_t to)
{
    if (r->json) {
        json_string(&r->object, "set", what);
        json_unsigned(&r->object, "from", from);
        json_unsigned(&r->object, "to", to);
    } else {
        repl_say(r, "%s 0x%llx -> 0x%llx", what, (unsigned long long)from, (unsigned long long)to);
    }
}

static bool
set_memory(struct repl *r, const char *left, const struct repl_value *value)
{
    struct repl_place_context context;
    struct repl_scope scope = repl_scope_here(r, &context);
    struct repl_expression e;
    struct repl_value address;
    uint32_t bytes, pa, old;
    unsigned row;
    char problem[REPL_PROBLEM_MAX];

    if (!repl_parse(&e, left, &scope))
        return repl_fail(r, "%s", e.problem);
    if (!repl_place(&e, &scope, &address, &bytes))
        return repl_fail(r, "`%.60s' is no place in memory: `*ADDRESS' is", left);
    if (!repl_names_locate(&r->levels, r->view, &address, bytes, &row, &pa, problem))
        return repl_fail(r, "%s", problem);
    (void)repl_level_load(&r->levels, row, pa, bytes, &old);
    if (!repl_edit_memory(r, REPL_ENTRY_edit, row, pa, bytes, (uint32_t)value->bits))
        return false;
    (void)repl_level_load(&r->levels, row, pa, bytes, &pa);
    tell_set(r, left, old, pa);
    return true;
}

static bool
set_name(struct repl *r, const char *left, const struct repl_value *value)
{
    struct repl_value before, after;

    if (!repl_value_of(r, left, &before))
        return false;
    if (!repl_edit_name(r, REPL_ENTRY_edit, r->view, left, (uint64_t)repl_value_number(value)))
        return false;
    if (!repl_value_of(r, left, &after))
        return false;
    tell_set(r, left, before.bits, after.bits);
    return true;
}

bool
repl_do_set(struct repl *r, const struct repl_arguments *a)
{
    char text[REPL_LINE_MAX], *right;
    struct repl_value value;

    (void)snprintf(text, sizeof text, "%s", a->text);
    right = find_assignment(text);
    if (right == NULL || right == text)
        return repl_fail(r, "`set NAME = EXPR' or `set *ADDRESS = EXPR'");
    *right++ = '\0';
    trim_end(text);
    if (is_between(r) || !repl_value_of(r, right + strspn(right, " \t"), &value))
        return false;
    r->examined = false;
    return text[0] == '*' ? set_memory(r, text, &value) : set_name(r, text, &value);
}

/* ---- `.' ---- */

/* Symbols, for the assembler. */
static bool
look_up(void *context, const char *name, uint32_t *value)
{
    const struct repl *r = context;

    return repl_level_symbol_value(&r->levels, r->view, name, value);
}

static unsigned
assemble(struct repl *r, const char *text, uint32_t pc, uint32_t words[ASSEMBLER_WORDS_MAX])
{
    struct diagnostics d = {0};
    unsigned n = assembler_instruction(text, pc, look_up, r, words, &d);

    if (n == 0 && d.count > 0)
        (void)repl_fail(r, "%s%s%s", d.list[0].message, d.list[0].hint != NULL ? "; " : "",
                        d.list[0].hint != NULL ? d.list[0].hint : "");
    else if (n == 0)
        (void)repl_fail(r, "`%.60s' is no instruction", text);
    diagnostics_free(&d);
    return n;
}

/* What stands at pc while the instruction is executed there, and what did. */
struct poked {
    unsigned count;
    uint32_t pa, words[ASSEMBLER_WORDS_MAX], old[ASSEMBLER_WORDS_MAX];
};

static bool
poke(struct repl *r, const struct isa_hart *h, struct poked *p)
{
    if (!repl_level_relocate(&r->levels, r->view, h, h->pc, 4, &p->pa) ||
        !repl_level_load(&r->levels, r->view, p->pa + 4 * (p->count - 1), 4, &p->old[0]))
        return repl_fail(r, "nothing can be executed here: 0x%08x can't be fetched", h->pc);
    for (unsigned i = 0; i < p->count; i++) {
        (void)repl_level_load(&r->levels, r->view, p->pa + 4 * i, 4, &p->old[i]);
        (void)repl_edit_memory(r, REPL_ENTRY_open, r->view, p->pa + 4 * i, 4, p->words[i]);
    }
    return true;
}

/* What was there comes back, but where the instruction itself has stored something. */
static void
unpoke(struct repl *r, const struct poked *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        uint32_t now;

        if (repl_level_load(&r->levels, r->view, p->pa + 4 * i, 4, &now) && now == p->words[i])
            (void)repl_edit_memory(r, REPL_ENTRY_close, r->view, p->pa + 4 * i, 4, p->old[i]);
    }
}

/* One step of the level viewed, whoever else has a turn before.  False: the run has ended, or it
 * was interrupted. */
static bool
step_once(struct repl *r)
{
    struct repl_event *e = &r->stop.event;

    do {
        repl_advance(r, 1, e);
        r->used += e->real > e->steps ? e->real : e->steps;
        if (repl_has_ended(r, e))
            return false;
        if (console_quit(&r->system->console)) {
            console_forget_interrupt();
            return false;
        }
    } while ((e->stepped & 1u << r->view) == 0);
    r->stop.reason = REPL_STOP_step;
    r->stop.level = r->view;
    return true;
}

/* Has it gone straight on, and nothing else happened? */
static bool
went_on(const struct repl *r, uint32_t from)
{
    struct isa_hart h;

    repl_level_hart(&r->levels, r->view, &h);
    return !r->stop.event.trapped && h.pc == from + 4;
}

/* Where the instruction stores, and what was there. */
struct stored {
    bool any;
    uint32_t address, bytes, pa, old;
};

static void
note_store(const struct repl *r, const struct isa_hart *h, uint32_t word, struct stored *s)
{
    struct repl_access a;

    s->any = repl_access_of(word, h, &a) && a.writes &&
             repl_level_relocate(&r->levels, r->view, h, a.address, a.bytes, &s->pa) &&
             repl_level_load(&r->levels, r->view, s->pa, a.bytes, &s->old);
    s->address = a.address;
    s->bytes = a.bytes;
}

static void
tell_effect(struct repl *r, const struct isa_hart *before, const struct stored *s)
{
    char headline[REPL_WHY_MAX], list[512], insn[ISA_TEXT_MAX], title[REPL_TITLE_MAX];
    const struct repl_event *e = &r->stop.event;
    struct repl_changes c;
    struct isa_hart h;
    uint32_t now;

    repl_level_hart(&r->levels, r->view, &h);
    repl_changes(before, &h, &c);
    (void)repl_headline(r, e, headline);
    if (headline[0] == '\0')
        (void)snprintf(headline, sizeof headline, "`%s' executed directly at %s, in %s",
                       repl_instruction_inline(e->word, e->pc, insn),
                       repl_level_title(&r->levels, r->view, title),
                       repl_level_mode(r->view, e->mode));
    (void)repl_changes_text(&c, list, sizeof list);
    if (s->any && repl_level_load(&r->levels, r->view, s->pa, s->bytes, &now) && now != s->old) {
        size_t n = strlen(list);

        (void)snprintf(list + n, sizeof list - n, "%s*0x%x 0x%x -> 0x%x", n > 0 ? ", " : "",
                       s->address, s->old, now);
    }
    if (r->json) {
        json_string(&r->object, "about", headline);
        json_string(&r->object, "changed", list);
        json_unsigned(&r->object, "pc", h.pc);
        return;
    }
    repl_paragraph(r, headline);
    (void)snprintf(headline, sizeof headline, "%s%s", list[0] != '\0' ? "changed: " : "",
                   list[0] != '\0' ? list : "nothing but time has changed");
    repl_paragraph(r, headline);
}

bool
repl_do_dot(struct repl *r, const struct repl_arguments *a)
{
    struct isa_hart before;
    struct poked p = {0};
    struct stored s = {0};
    bool straight = true;

    if (is_between(r))
        return false;
    if (r->view == 0 && repl_levels_hosted(&r->levels))
        return repl_fail(r, "the real processor is the monitor's; `as L1' executes as the guest");
    if (r->levels.row[r->view].inner && repl_level_is_attended(&r->levels, r->view))
        return repl_fail(r,
                         "a monitor is at work: an instruction of %s is not next until `step %s'",
                         r->levels.row[r->view].name, r->levels.row[r->view].name);
    repl_level_hart(&r->levels, r->view, &before);
    p.count = assemble(r, a->text, before.pc, p.words);
    if (p.count == 0 || !poke(r, &before, &p))
        return false;
    repl_mark(r);
    note_store(r, &before, p.words[p.count - 1], &s);
    for (unsigned i = 0; i < p.count && straight; i++)
        straight = step_once(r) && went_on(r, before.pc + 4 * i);
    repl_flush_console(r);
    if (straight || r->json || r->stop.event.interrupted)
        tell_effect(r, &before, &s);
    unpoke(r, &p);
    if (straight) {
        (void)repl_edit_name(r, REPL_ENTRY_close, r->view, "pc", before.pc);
    } else if (r->stop.event.interrupted) {
        repl_say(r, "an interrupt came first, and the instruction was not executed");
    } else {
        r->pane_due = true;
    }
    return true;
}
