/* SPDX-License-Identifier: MIT */
#include "cli/repl/pane.h"

#include <stdlib.h>
#include <string.h>

#include "cli/repl/changes.h"
#include "cli/repl/motion.h"
#include "cli/repl/output.h"
#include "cli/repl/why.h"
#include "cli/table.h"

enum { BEFORE = 2, AFTER = 2 }; /* instructions around the current one */

const char *
repl_where(const struct repl *r, char *text)
{
    char title[REPL_TITLE_MAX], symbol[REPL_SYMBOL_MAX], steps[TABLE_COUNT_MAX], pc[16];
    struct isa_hart h;

    repl_level_hart(&r->levels, r->view, &h);
    (void)repl_level_symbol(&r->levels, r->view, repl_level_linked(&r->levels, r->view, &h, h.pc),
                            symbol);
    (void)snprintf(pc, sizeof pc, "0x%08x", h.pc);
    (void)snprintf(text, REPL_WHERE_MAX, "%s %s t=%s %s",
                   repl_level_title(&r->levels, r->view, title), repl_level_mode(r->view, h.mode),
                   table_count(repl_level_steps(&r->levels, r->view), steps),
                   symbol[0] != '\0' ? symbol : pc);
    return text;
}

/* ---- the reason ---- */

/* In words; empty for a plain step.  `text` has REPL_WHY_MAX bytes. */
static const char *
reason(const struct repl *r, char *text)
{
    const struct vm *vm = repl_level_vm(&r->levels, r->stop.level);
    const struct repl_stop *s = &r->stop;
    const char *name = repl_who(r, s->level);
    struct isa_hart h;

    text[0] = '\0';
    repl_level_hart(&r->levels, s->level, &h);
    switch (s->reason) {
    case REPL_STOP_start:
        (void)snprintf(text, REPL_WHY_MAX, r->loaded ? "as it was loaded" : "at reset");
        break;
    case REPL_STOP_breakpoint:
    case REPL_STOP_catchpoint:
        if (s->number == 0)
            break; /* gdb's: it has said so */
        (void)snprintf(text, REPL_WHY_MAX, "%s %u", repl_reason_name(s->reason), s->number);
        break;
    case REPL_STOP_watchpoint:
        if (s->number == 0)
            break;
        if (s->from.bits != s->to.bits)
            (void)snprintf(text, REPL_WHY_MAX, "watchpoint %u: 0x%llx -> 0x%llx", s->number,
                           (unsigned long long)s->from.bits, (unsigned long long)s->to.bits);
        else
            (void)snprintf(text, REPL_WHY_MAX, "watchpoint %u", s->number);
        break;
    case REPL_STOP_returned:
        (void)snprintf(text, REPL_WHY_MAX, "returned, a0 = 0x%x", h.x[10]);
        break;
    case REPL_STOP_ended:
        (void)snprintf(text, REPL_WHY_MAX, "%s has ended with code %u", name,
                       vm != NULL && vm->state == VM_ended ? vm->code
                                                           : r->system->machine.exit_code);
        break;
    case REPL_STOP_halted:
        (void)snprintf(text, REPL_WHY_MAX, "%s is in a wfi that nothing can ever end", name);
        break;
    case REPL_STOP_trap_loop:
        (void)snprintf(text, REPL_WHY_MAX, "%s traps for ever, in its own trap handler%s", name,
                       h.mtvec == 0 ? " (mtvec was never set)" : "");
        break;
    case REPL_STOP_input:
        (void)snprintf(text, REPL_WHY_MAX, "%s waits for console input (`send')", name);
        break;
    case REPL_STOP_interrupted: (void)snprintf(text, REPL_WHY_MAX, "interrupted"); break;
    case REPL_STOP_lost:
        (void)snprintf(text, REPL_WHY_MAX, "a guest runs in real M-mode: control is lost");
        break;
    case REPL_STOP_budget:
        (void)snprintf(text, REPL_WHY_MAX, "the steps allowed are used up");
        break;
    default: break;
    }
    return text;
}

/* Is the last event part of the story, or has it nothing to do with the stop? */
static bool
event_matters(const struct repl *r)
{
    return r->stop.any && r->stop.reason != REPL_STOP_interrupted &&
           r->stop.reason != REPL_STOP_budget && r->stop.reason != REPL_STOP_expected &&
           r->stop.reason != REPL_STOP_input && r->stop.reason != REPL_STOP_halted;
}

const char *
repl_stop_line(const struct repl *r, char *line)
{
    char why[REPL_WHY_MAX], event[REPL_WHY_MAX] = "";

    (void)reason(r, why);
    if (event_matters(r))
        (void)repl_headline(r, &r->stop.event, event);
    (void)snprintf(line, REPL_STOP_LINE_MAX, "%s%s%s", why,
                   why[0] != '\0' && event[0] != '\0' ? "; " : "", event);
    return line;
}

static void
print_reason(const struct repl *r)
{
    char line[REPL_STOP_LINE_MAX];

    if (repl_stop_line(r, line)[0] != '\0')
        repl_paragraph(r, line);
}

/* ---- where it is ---- */

/* "-- L1 guest vM t=12 loop+8 -- trap.s:43 ------", REPL_WIDTH columns. */
static void
print_rule(const struct repl *r, const struct isa_hart *h)
{
    char where[REPL_WHERE_MAX], line[2 * REPL_WHERE_MAX];
    const char *file;
    unsigned number;
    size_t n;

    n = (size_t)snprintf(line, sizeof line, "-- %.70s ", repl_where(r, where));
    if (repl_level_line(&r->levels, r->view, repl_level_linked(&r->levels, r->view, h, h->pc),
                        &file, &number) &&
        n + strlen(file) + 12 < REPL_WIDTH)
        n += (size_t)snprintf(line + n, sizeof line - n, "-- %s:%u ", file, number);
    for (; n < REPL_WIDTH; n++)
        line[n] = '-';
    line[REPL_WIDTH] = '\0';
    repl_say(r, "%s%s%s", repl_colour(r, REPL_COLOUR_rule), line,
             repl_colour(r, REPL_COLOUR_plain));
}

enum { SYMBOL_COLUMNS = 16 };

/* A long name loses its end, not the distance: "vmm_interpr+3084". */
static void
shorten(char *symbol)
{
    char *plus = strrchr(symbol, '+');
    size_t length = strlen(symbol), tail = plus != NULL ? strlen(plus) : 0;

    if (length > SYMBOL_COLUMNS && tail < SYMBOL_COLUMNS)
        memmove(symbol + SYMBOL_COLUMNS - tail, symbol + length - tail, tail + 1);
}

/* One instruction: "=> 80000020 <_start+32>   csrw    mtvec,t0    # privileged: exits to L0". */
static void
print_instruction(const struct repl *r, const struct isa_hart *h, uint32_t va)
{
    char symbol[REPL_SYMBOL_MAX], insn[REPL_INSTRUCTION_MAX], line[320];
    uint32_t pa, word, linked = repl_level_linked(&r->levels, r->view, h, va);
    bool here = va == h->pc;
    const char *note, *late = NULL;
    size_t n;

    if (!repl_level_relocate(&r->levels, r->view, h, va, 4, &pa) ||
        !repl_level_load(&r->levels, r->view, pa, 4, &word)) {
        if (here)
            repl_say(r, "%s=> %08x  can't be fetched: will trap%s",
                     repl_colour(r, REPL_COLOUR_here), va, repl_colour(r, REPL_COLOUR_plain));
        return;
    }
    (void)repl_level_symbol(&r->levels, r->view, linked, symbol);
    (void)repl_instruction(r, r->view, word, va, linked, insn);
    note = here && !r->over ? repl_prospect(r, r->view, h, word) : NULL;
    shorten(symbol);
    n = (size_t)snprintf(line, sizeof line, "%s %08x %-16.16s %s", here ? "=>" : "  ", va, symbol,
                         insn);
    if (note != NULL && n + strlen(note) + 4 <= REPL_WIDTH)
        (void)snprintf(line + n, sizeof line - n, "  # %s", note);
    else if (note != NULL)
        late = note;
    line[REPL_WIDTH] = '\0';
    repl_say(r, "%s%s%s", here ? repl_colour(r, REPL_COLOUR_here) : "", line,
             here ? repl_colour(r, REPL_COLOUR_plain) : "");
    if (late != NULL)
        repl_say(r, "%28s %s# %s%s", "", repl_colour(r, REPL_COLOUR_here), late,
                 repl_colour(r, REPL_COLOUR_plain));
}

static void
print_instructions(const struct repl *r, const struct isa_hart *h)
{
    for (uint32_t va = h->pc - 4 * BEFORE; va != h->pc + 4 * (AFTER + 1); va += 4)
        print_instruction(r, h, va);
}

static void
print_changes(const struct repl *r, const struct isa_hart *h)
{
    struct repl_changes c;
    char list[3 * REPL_WIDTH], line[4 * REPL_WIDTH];

    repl_changes(&r->marks[r->view], h, &c);
    if (c.count == 0 || !r->marked[r->view])
        return;
    (void)snprintf(line, sizeof line, "changed: %s",
                   repl_changes_text(&c, list, 2 * REPL_WIDTH - 16));
    (void)fputs(repl_colour(r, REPL_COLOUR_changed), r->out);
    repl_paragraph(r, line);
    (void)fputs(repl_colour(r, REPL_COLOUR_plain), r->out);
}

void
repl_show_where(struct repl *r)
{
    struct isa_hart h;

    repl_level_hart(&r->levels, r->view, &h);
    print_rule(r, &h);
    if (r->view == 0 && repl_levels_hosted(&r->levels) && h.mode == ISA_MACHINE)
        repl_say(r, "=> in the hosted monitor, which is a part of this process");
    else
        print_instructions(r, &h);
    if (repl_level_is_left(&r->levels, r->view))
        repl_say(r, "(its monitor is at work: this is how it was when it executed last)");
    print_changes(r, &h);
}

/* ---- JSON ---- */

static void
event_json(struct repl *r)
{
    static const char *const kinds[] = {
#define KIND_NAME(id, name, about) name,
        VMM_EXITS(KIND_NAME)
#undef KIND_NAME
    };
    const struct repl_event *e = &r->stop.event;
    char text[REPL_WHY_MAX];

    json_object(&r->object, "event");
    json_string(&r->object, "level", r->levels.row[e->level].name);
    json_string(&r->object, "about", repl_headline(r, e, text));
    json_bool(&r->object, "executed", e->executed);
    json_unsigned(&r->object, "pc", e->pc);
    if (e->executed)
        json_string(&r->object, "instruction", repl_instruction_inline(e->word, e->pc, text));
    if (e->trapped) {
        json_unsigned(&r->object, "mcause", e->cause);
        json_unsigned(&r->object, "mtval", e->tval);
    }
    if (e->exited) {
        json_string(&r->object, "exit", kinds[e->exit.kind]);
        json_unsigned(&r->object, "real_mcause", e->exit.cause);
    }
    if (e->switched)
        json_string(&r->object, "next", r->levels.row[e->next].name);
    json_close(&r->object);
}

static void
changes_json(struct repl *r, const struct isa_hart *h)
{
    struct repl_changes c;

    repl_changes(&r->marks[r->view], h, &c);
    json_object(&r->object, "changed");
    for (unsigned i = 0; i < c.count; i++) {
        json_array(&r->object, c.list[i].name);
        json_unsigned(&r->object, NULL, c.list[i].from);
        json_unsigned(&r->object, NULL, c.list[i].to);
        json_close(&r->object);
    }
    json_close(&r->object);
}

static void
stop_json(struct repl *r)
{
    char text[REPL_WHY_MAX], symbol[REPL_SYMBOL_MAX];
    struct isa_hart h;

    repl_level_hart(&r->levels, r->view, &h);
    json_object(&r->object, "stop");
    json_string(&r->object, "reason", repl_reason_name(r->stop.reason));
    json_string(&r->object, "about", reason(r, text));
    if (r->stop.number != 0 &&
        (r->stop.reason == REPL_STOP_breakpoint || r->stop.reason == REPL_STOP_watchpoint ||
         r->stop.reason == REPL_STOP_catchpoint))
        json_unsigned(&r->object, "number", r->stop.number);
    json_string(&r->object, "level", r->levels.row[r->view].name);
    json_string(&r->object, "mode", repl_level_mode(r->view, h.mode));
    json_unsigned(&r->object, "t", repl_level_steps(&r->levels, r->view));
    json_unsigned(&r->object, "pc", h.pc);
    if (repl_level_is_left(&r->levels, r->view))
        json_bool(&r->object, "left", true);
    json_string(&r->object, "symbol",
                repl_level_symbol(&r->levels, r->view,
                                  repl_level_linked(&r->levels, r->view, &h, h.pc), symbol));
    if (r->stop.any)
        event_json(r);
    changes_json(r, &h);
    json_close(&r->object);
}

void
repl_show_stop(struct repl *r)
{
    if (r->json) {
        stop_json(r);
        return;
    }
    if (r->phase != REPL_PHASE_none)
        return;
    print_reason(r);
    repl_show_where(r);
}

void
repl_json_error(const struct repl *r)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    struct json j;

    if (memory == NULL)
        return;
    json_start(&j, memory);
    json_object(&j, NULL);
    json_bool(&j, "ok", false);
    json_string(&j, "error", r->error);
    json_close(&j);
    (void)json_end(&j);
    (void)fclose(memory);
    repl_print_json(r->out, text);
    free(text);
}
