/* SPDX-License-Identifier: MIT */
#include "cli/repl/trace_lines.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cli/repl/output.h"
#include "cli/repl/why.h"
#include "cli/stats.h"
#include "cli/table.h"
#include "cli/trace.h"
#include "isa/csr.h"
#include "isa/disassemble.h"

enum { WHAT_MAX = 256, PREFIX_MAX = REPL_WHERE_MAX + 16 };

bool
repl_trace_needs_steps(const struct repl *r)
{
    return (r->traced & ~(1u << TRACE_exit)) != 0 ||
           (r->traced != 0 && repl_events_need_steps(&r->levels));
}

/* When, level, mode, where: of before the event. */
static void
put_prefix(const struct repl *r, const struct repl_event *e, char *text)
{
    char t[TABLE_COUNT_MAX], title[REPL_TITLE_MAX], symbol[REPL_SYMBOL_MAX];
    uint64_t steps = repl_level_steps(&r->levels, e->level);

    (void)repl_level_symbol(&r->levels, e->level,
                            repl_level_linked(&r->levels, e->level, &e->before, e->pc), symbol);
    (void)snprintf(text, PREFIX_MAX, "%10s %s %s %08" PRIx32 " %-14s",
                   table_count(steps - (e->steps > 0), t),
                   repl_level_title(&r->levels, e->level, title),
                   repl_level_mode(e->level, e->mode), e->pc, symbol);
}

__attribute__((format(printf, 4, 5))) static void
line(struct repl *r, enum trace_class class, const struct repl_event *e, const char *format, ...)
{
    char prefix[PREFIX_MAX], what[WHAT_MAX];
    FILE *to = r->trace != NULL ? r->trace : r->out;
    va_list args;

    if ((r->traced >> class & 1) == 0 || (r->json && r->trace == NULL))
        return;
    put_prefix(r, e, prefix);
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (strlen(prefix) + strlen(what) + 6 <= REPL_WIDTH || r->trace != NULL)
        (void)fprintf(to, "%s %-4s %s\n", prefix, trace_names[class], what);
    else
        (void)fprintf(to, "%s %-4s\n%20s%s\n", prefix, trace_names[class], "", what);
}

static const char *
cause_name(uint32_t cause)
{
    return stats_cause(vmm_cause_index(cause));
}

static void
tell_exit(struct repl *r, const struct repl_event *e)
{
    static const char *const kinds[] = {
#define KIND_NAME(id, name, about) name,
        VMM_EXITS(KIND_NAME)
#undef KIND_NAME
    };
    char insn[ISA_TEXT_MAX];

    if (e->exit.kind == VMM_EXIT_monitor || e->word == 0 || e->interrupted)
        line(r, TRACE_exit, e, "%s: %s", kinds[e->exit.kind], cause_name(e->exit.cause));
    else
        line(r, TRACE_exit, e, "%s: %s", kinds[e->exit.kind],
             repl_instruction_inline(e->word, e->pc, insn));
}

static void
tell_trap(struct repl *r, const struct repl_event *e)
{
    if (e->interrupted)
        line(r, TRACE_irq, e, "%s", cause_name(e->cause));
    else if (e->tval != 0)
        line(r, TRACE_trap, e, "%s, mtval %08" PRIx32, cause_name(e->cause), e->tval);
    else
        line(r, TRACE_trap, e, "%s", cause_name(e->cause));
}

static void
tell_csr(struct repl *r, const struct repl_event *e)
{
    char name[ISA_CSR_NAME_MAX];
    uint32_t csr, rd = isa_rd(e->word);
    bool reads, writes;

    if (!repl_csr_access_of(e->word, &csr, &reads, &writes) || !isa_csr_name(csr, name))
        return;
    if (writes)
        line(r, TRACE_csr, e, "%s %08" PRIx32 " -> %08" PRIx32, name, isa_csr_read(&e->before, csr),
             isa_csr_read(&e->after, csr));
    else
        line(r, TRACE_csr, e, "%s read: %s = %08" PRIx32, name, isa_register_name(rd),
             e->after.x[rd]);
}

static void
tell_io(struct repl *r, const struct repl_event *e)
{
    const struct repl_access *a = &e->access;
    uint32_t value = a->writes ? a->value : e->after.x[isa_rd(e->word)];
    char glyph[8] = "";

    value = a->bytes == 4 ? value : value & ((1u << 8 * a->bytes) - 1);
    if (a->address == UART_START && value >= ' ' && value < 0x7f)
        (void)snprintf(glyph, sizeof glyph, " '%c'", (char)value);
    line(r, TRACE_io, e, "%s %08" PRIx32 " %s %0*" PRIx32 "%s", repl_device_name(a->address),
         a->address, a->writes ? "<-" : "->", (int)(2 * a->bytes), value, glyph);
}

void
repl_trace_event(struct repl *r, const struct repl_event *e)
{
    char insn[ISA_TEXT_MAX];

    if (e->exited)
        tell_exit(r, e);
    if (e->trapped)
        tell_trap(r, e);
    if (e->woke)
        line(r, TRACE_irq, e, "its wfi is over");
    if (!e->executed || e->trapped || e->steps > 1)
        return;
    line(r, TRACE_insn, e, "%s", repl_instruction_inline(e->word, e->pc, insn));
    tell_csr(r, e);
    if (e->device)
        tell_io(r, e);
}
