/* SPDX-License-Identifier: MIT */
#include "cli/difference.h"

#include <stdarg.h>
#include <string.h>

#include "cli/table.h"
#include "isa/csr.h"
#include "isa/disassemble.h"

/* Bytes of the observed guest's memory. */
static uint32_t
observed_memory(const struct target *t)
{
    return t->spec.guests[t->spec.observed].memory;
}

/* ---- the instruction ---- */

static void
instruction_text(uint32_t word, uint32_t pc, char *text)
{
    uint32_t target;
    char *tab;

    (void)isa_disassemble(word, pc, text, &target);
    tab = strchr(text, '\t');
    if (tab != NULL)
        *tab = ' ';
}

/* ---- why ---- */

/* What is told, in sentences one after the other, as far as there is room. */
struct story {
    char *text;
    size_t size, length;
};

static void tell(struct story *s, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

static void
tell(struct story *s, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(s->text + s->length, s->size - s->length, format, args);
    va_end(args);
    s->length += (size_t)n < s->size - s->length ? (size_t)n : s->size - s->length - 1;
}

/* A privileged instruction that the hardware executed for the guest. */
struct escape {
    const struct compare_escape *seen;
    const struct isa_hart *bare; /* the bare machine after the same step; NULL: not known */
    enum isa_insn insn;
    bool reads, writes; /* a CSR */
    uint32_t csr;
    char name[ISA_CSR_NAME_MAX]; /* the CSR's */
};

static void
examine(const struct compare_result *r, struct escape *e)
{
    uint32_t word = r->escape.word;

    *e = (struct escape){.seen = &r->escape,
                         .bare = r->escape.at == r->at ? &r->bare.after : NULL,
                         .insn = isa_decode(word)};
    if (!isa_is_csr(isa_decode(word)))
        return;
    e->csr = isa_csr_field(word);
    e->writes = isa_csr_writes(e->insn, word);
    e->reads = isa_rd(word) != 0;
    if (!isa_csr_name(e->csr, e->name))
        (void)snprintf(e->name, sizeof e->name, "0x%03x", (unsigned)e->csr);
}

static bool
is_counter(uint32_t csr)
{
    switch (csr) {
    case CSR_mcycle:
    case CSR_mcycleh:
    case CSR_minstret:
    case CSR_minstreth:
    case CSR_cycle:
    case CSR_cycleh:
    case CSR_time:
    case CSR_timeh:
    case CSR_instret:
    case CSR_instreth: return true;
    default: return false;
    }
}

/* The rule of the variant that let it go. */
static void
tell_rule(struct story *s, const struct escape *e, const struct target *t)
{
    enum isa_action action = isa_user_mode_action(&t->variant.isa, e->insn, e->seen->word);

    if (e->insn == INSN_mret || e->insn == INSN_wfi)
        tell(s, "By a rule of `%s', %s in user mode ", t->variant.name,
             isa_instruction(e->insn)->mnemonic);
    else
        tell(s, "By a rule of `%s', a %s of %s in user mode ", t->variant.name,
             e->writes ? "write" : "read", e->name);
    switch (action) {
    case ACTION_execute: tell(s, "has its full effect"); break;
    case ACTION_ignore: tell(s, "has no effect"); break;
    case ACTION_read_zero: tell(s, "reads 0"); break;
    case ACTION_jump: tell(s, "jumps to mepc"); break;
    case ACTION_trap: tell(s, "traps, and yet has not"); break;
    }
    tell(s,
         " and does not trap. The guest's %s-mode is real user mode: the processor executed it, "
         "and the monitor never heard of it. ",
         e->seen->before.mode == ISA_MACHINE ? "M" : "U");
}

/* It put the real CSR's value, or 0, into rd. */
static void
tell_read(struct story *s, const struct escape *e, enum isa_action action)
{
    uint32_t rd = isa_rd(e->seen->word);

    if (e->bare == NULL)
        return;
    tell(s, "What it read, 0x%08x, is not the guest's %s, which is 0x%08x",
         (unsigned)e->seen->after.x[rd], e->name, (unsigned)e->bare->x[rd]);
    if (action == ACTION_read_zero)
        tell(s, ". ");
    else if (is_counter(e->csr))
        tell(s, ": the real one counts what the processor executes, and for the guest not all of "
                "that, while others may have had it too. ");
    else if (e->csr == CSR_mbase || e->csr == CSR_mbound)
        tell(s, ": the real R is composed, of the guest's own and of where its memory lies. ");
    else
        tell(s, ": the real one is the monitor's. ");
}

/* What it wrote went to the real CSR, or nowhere. */
static void
tell_write(struct story *s, const struct escape *e, enum isa_action action)
{
    bool known = e->bare != NULL && isa_csr_exists(e->csr);
    uint32_t kept = isa_csr_exists(e->csr) ? isa_csr_read(&e->seen->after, e->csr) : 0;

    if (action == ACTION_execute)
        tell(s, "It has changed the real %s, ", e->name);
    else
        tell(s, "Nothing came of it, ");
    if (known)
        tell(s, "while the virtual one, which should now be 0x%08x, is 0x%08x. ",
             (unsigned)isa_csr_read(e->bare, e->csr), (unsigned)kept);
    else
        tell(s, "and the monitor's picture of the machine is wrong. ");
    if (action == ACTION_execute && (e->csr == CSR_mbase || e->csr == CSR_mbound))
        tell(s, "R is what keeps the guest in its memory, and the guest has set it. ");
}

static void
tell_mret(struct story *s, const struct compare_result *r, const struct escape *e,
          enum isa_action action)
{
    const struct isa_hart *after = &e->seen->after;

    if (r->virtual.stop == MACHINE_lost)
        tell(s, "The guest is in real M-mode now: the monitor has lost control of the machine. ");
    else if (action == ACTION_execute)
        tell(s,
             "It went to the real mepc, 0x%08x, and did to the real mstatus what the virtual one "
             "was meant to have; ",
             (unsigned)after->pc);
    else if (action == ACTION_jump)
        tell(s, "It went to the real mepc, 0x%08x, which is set by every trap to the monitor; ",
             (unsigned)after->pc);
    else
        tell(s, "It did nothing, and the guest goes on behind it at 0x%08x; ", (unsigned)after->pc);
    if (r->virtual.stop != MACHINE_lost && e->bare != NULL)
        tell(s, "the bare machine is at 0x%08x, in %s-mode. ", (unsigned)e->bare->pc,
             e->bare->mode == ISA_MACHINE ? "M" : "U");
}

static void
tell_effect(struct story *s, const struct compare_result *r, const struct escape *e,
            enum isa_action action)
{
    if (e->insn == INSN_mret)
        tell_mret(s, r, e, action);
    else if (e->insn == INSN_wfi)
        tell(s, "It is the real processor that waited, or did not, and not the virtual one. ");
    else if (e->writes)
        tell_write(s, e, action);
    else if (e->reads)
        tell_read(s, e, action);
}

/* What that says of the theorems. */
static void
tell_moral(struct story *s, const struct escape *e)
{
    if (e->seen->before.mode == ISA_MACHINE)
        tell(s, "The instruction is sensitive and not privileged, which theorem 1 excludes. A "
                "hybrid monitor (--monitor hosted,hybrid) interprets the guest's M-mode and gets "
                "this one right; whether it gets all of them right is what theorem 3 asks.");
    else
        tell(s, "The instruction is sensitive in user mode, and not privileged. Any monitor runs "
                "the guest's U-mode directly, the hybrid one too: theorem 3 excludes this as well "
                "as theorem 1.");
}

static void
tell_escape(struct story *s, const struct compare_result *r, const struct target *t)
{
    struct escape e;
    char insn[ISA_TEXT_MAX], symbol[64];

    examine(r, &e);
    if (r->escape.at < r->at) {
        instruction_text(r->escape.word, r->escape.pc, insn);
        (void)target_symbol_seen(&target_observed(t)->image, &r->escape.before, observed_memory(t),
                                 r->escape.pc, symbol, sizeof symbol);
        tell(s,
             "The last privileged instruction that did not trap came before, at step %llu: %s at "
             "0x%08x%s%s%s. ",
             (unsigned long long)r->escape.at, insn, (unsigned)r->escape.pc,
             symbol[0] != '\0' ? " <" : "", symbol, symbol[0] != '\0' ? ">" : "");
    }
    tell_rule(s, &e, t);
    tell_effect(s, r, &e, isa_user_mode_action(&t->variant.isa, e.insn, r->escape.word));
    tell_moral(s, &e);
}

/* Is real time given to the outermost guest, the observed one or what that one is in? */
static bool
has_real_clock(const struct target *t)
{
    return t->spec.guests[t->spec.observed].real_clock;
}

void
difference_why(const struct compare_result *r, const struct target *t, char *text, size_t size)
{
    struct story s = {text, size, 0};

    text[0] = '\0';
    if (r->escape.at != 0)
        tell_escape(&s, r, t);
    else if (has_real_clock(t))
        tell(&s, "With `clock: real' a guest's mtime also counts while others run, which it does "
                 "not on a machine of its own: mtime, and what comes of it, may part for that. "
                 "With `clock: virtual' there must be no difference.");
    else
        tell(&s, "Every privileged instruction has trapped so far, and the monitor has seen it: so "
                 "the monitor is wrong.");
}

/* ---- the report ---- */

/* What the guest of an image is called, where no description gives it a name. */
static const char unnamed[] = "guest";

bool
difference_hybrid(const struct target *t)
{
    return t->spec.inner.depth > 0 ? t->spec.inner.guest->hybrid
                                   : t->spec.guests[t->spec.observed].hybrid;
}

/* The monitors around the observed guest, a phrase into `text`. */
static void
monitors(const struct target *t, char *text, size_t size)
{
    unsigned depth = t->spec.inner.depth + (t->spec.hosted ? 1 : 0);
    const char *hybrid = difference_hybrid(t) ? " hybrid" : "";

    if (depth == 1)
        (void)snprintf(text, size, "the %s%s monitor", t->spec.hosted ? "hosted" : "bare-metal",
                       hybrid);
    else
        (void)snprintf(text, size, "%u monitors%s", depth,
                       hybrid[0] != '\0' ? ", the inmost one hybrid" : "");
}

void
difference_headline(const char *verdict, const struct target *t, FILE *to)
{
    const struct system_guest *guest =
        t->spec.inner.depth > 0 ? t->spec.inner.guest : &t->spec.guests[t->spec.observed];
    bool named = strcmp(guest->name, unnamed) != 0;
    char around[64], text[512];

    monitors(t, around, sizeof around);
    (void)snprintf(text, sizeof text, "%s%s%s%s, bare and under %s, ISA `%s'",
                   named ? "guest " : "", named ? guest->name : "", named ? " of " : "", t->name,
                   around, t->variant.name);
    (void)fprintf(to, "%s\n", verdict);
    table_paragraph(text, to, "");
    (void)fputc('\n', to);
}

static void
add_mode(struct table *table, uint64_t mode, bool virtual)
{
    table_cell(table, "%s%s-mode", virtual ? "virtual " : "", mode == ISA_MACHINE ? "M" : "U");
}

static void
add_value(struct table *table, const struct observe_difference *d, uint64_t value, bool virtual)
{
    if (strcmp(d->name, "mode") == 0)
        add_mode(table, value, virtual);
    else if (d->bits == 64)
        table_cell(table, "%llu", (unsigned long long)value);
    else
        table_cell(table, "0x%08llx", (unsigned long long)value);
}

static void
print_sides(const struct compare_result *r, FILE *to)
{
    const struct observe_differences *d = &r->differences;
    struct table table;

    table_init(&table, "lrr");
    table_cell(&table, "%s", "");
    table_cell(&table, "bare");
    table_cell(&table, "virtual");
    table_cell(&table, "executed in");
    add_mode(&table, r->bare.before.mode, false);
    add_mode(&table, r->virtual.before.mode, true);
    for (unsigned i = 0; i < d->count && i < OBSERVE_MAX; i++) {
        table_cell(&table, "%s after", d->list[i].name);
        add_value(&table, &d->list[i], d->list[i].left, false);
        add_value(&table, &d->list[i], d->list[i].right, true);
    }
    table_print(&table, to, "  ");
    if (d->count > OBSERVE_MAX)
        (void)fprintf(to, "  ... %u components differ in all\n", d->count);
}

void
difference_print(const struct compare_result *r, const struct target *t, FILE *to)
{
    char insn[ISA_TEXT_MAX], symbol[64], step[TABLE_COUNT_MAX], verdict[64], why[DIFFERENCE_WHY];
    uint32_t pc = r->bare.before.pc;

    (void)snprintf(verdict, sizeof verdict, "different from step %s on", table_count(r->at, step));
    difference_headline(verdict, t, to);
    instruction_text(r->word, pc, insn);
    (void)target_symbol_seen(&target_observed(t)->image, &r->bare.before, observed_memory(t), pc,
                             symbol, sizeof symbol);
    (void)fprintf(to, "  0x%08x %s%s%s   %s\n\n", (unsigned)pc, symbol[0] != '\0' ? "<" : "",
                  symbol, symbol[0] != '\0' ? ">" : "", insn);
    print_sides(r, to);
    (void)fputc('\n', to);
    difference_why(r, t, why, sizeof why);
    table_paragraph(why, to, "  ");
}

static void
json_side(struct json *j, const char *key, const struct compare_side *side)
{
    json_object(j, key);
    json_unsigned(j, "mode", side->before.mode);
    json_unsigned(j, "minstret", side->before.minstret);
    json_unsigned(j, "mtime", side->before.mtime);
    json_close(j);
}

void
difference_json(const struct compare_result *r, const struct target *t, struct json *j)
{
    char insn[ISA_TEXT_MAX], symbol[64], why[DIFFERENCE_WHY];

    instruction_text(r->word, r->bare.before.pc, insn);
    (void)target_symbol_seen(&target_observed(t)->image, &r->bare.before, observed_memory(t),
                             r->bare.before.pc, symbol, sizeof symbol);
    difference_why(r, t, why, sizeof why);
    json_object(j, "difference");
    json_unsigned(j, "step", r->at);
    json_unsigned(j, "pc", r->bare.before.pc);
    json_string(j, "symbol", symbol);
    json_unsigned(j, "word", r->word);
    json_string(j, "instruction", insn);
    json_side(j, "bare", &r->bare);
    json_side(j, "virtual", &r->virtual);
    json_unsigned(j, "count", r->differences.count);
    json_array(j, "components");
    for (unsigned i = 0; i < r->differences.count && i < OBSERVE_MAX; i++) {
        json_object(j, NULL);
        json_string(j, "name", r->differences.list[i].name);
        json_unsigned(j, "bare", r->differences.list[i].left);
        json_unsigned(j, "virtual", r->differences.list[i].right);
        json_close(j);
    }
    json_close(j);
    if (r->escape.at != 0) {
        json_object(j, "escape");
        json_unsigned(j, "step", r->escape.at);
        json_unsigned(j, "pc", r->escape.pc);
        json_unsigned(j, "word", r->escape.word);
        json_close(j);
    }
    json_string(j, "why", why);
    json_close(j);
}
