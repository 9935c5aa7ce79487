/* SPDX-License-Identifier: MIT */
/* The commands that show processors and levels: where, why, state, regs, relocate, as. */
#include <ctype.h>
#include <string.h>

#include "cli/repl/changes.h"
#include "cli/repl/command.h"
#include "cli/repl/output.h"
#include "cli/repl/pane.h"
#include "cli/repl/why.h"
#include "cli/size.h"
#include "cli/table.h"
#include "isa/csr.h"

bool
repl_do_where(struct repl *r, const struct repl_arguments *a)
{
    (void)a;
    if (r->json)
        repl_show_stop(r);
    else
        repl_show_where(r);
    return true;
}

/* ---- why ---- */

static void
append(char *to, size_t size, const char *sentence)
{
    size_t used = strlen(to);

    if (sentence[0] != '\0')
        (void)snprintf(to + used, size - used, "%s%s", used > 0 ? " " : "", sentence);
}

bool
repl_do_why(struct repl *r, const struct repl_arguments *a)
{
    struct repl_explanation x;
    char text[5 * REPL_WHY_MAX] = "", rule[2 * REPL_WHY_MAX];

    (void)a;
    repl_explain(r, &x);
    if (r->json) {
        json_string(&r->object, "what", x.what);
        json_string(&r->object, "rule", x.rule);
        json_string(&r->object, "file", x.file);
        json_string(&r->object, "section", x.section);
        json_string(&r->object, "handler", x.handler);
        json_string(&r->object, "next", x.next);
        return true;
    }
    (void)snprintf(rule, sizeof rule, "%s (%s, `%s'.)", x.rule, x.file, x.section);
    append(text, sizeof text, x.what);
    append(text, sizeof text, rule);
    append(text, sizeof text, x.handler);
    append(text, sizeof text, x.next);
    repl_paragraph(r, text);
    return true;
}

/* ---- state ---- */

/* <E, M, P, R> of one level. */
struct state_row {
    char title[REPL_TITLE_MAX];
    const char *mode;
    uint32_t pc, base, bound;
    uint32_t size, start; /* E: bytes of RAM, and where they begin in the parent's */
    bool bypassed;        /* R, since the mode is M */
    bool in_monitor;      /* the hosted monitor, which is no program in memory, has control */
    const struct vm *vm;
};

static void
fill_state(const struct repl *r, unsigned i, struct state_row *s)
{
    struct isa_hart h;
    struct isa_ram ram;

    repl_level_hart(&r->levels, i, &h);
    repl_level_ram(&r->levels, i, &ram);
    (void)repl_level_title(&r->levels, i, s->title);
    s->mode = repl_level_mode(i, h.mode);
    s->pc = h.pc;
    s->base = h.mbase;
    s->bound = h.mbound;
    s->size = ram.size;
    s->start = repl_level_outward(&r->levels, i, ISA_RAM_START);
    s->bypassed = h.mode == ISA_MACHINE;
    s->in_monitor = i == 0 && repl_levels_hosted(&r->levels) && s->bypassed;
    s->vm = repl_level_vm(&r->levels, i);
}

static const char *const vm_states[] = {"ready", "waiting in a wfi", "paused", "ended",
                                        "halted in a wfi"};

static void
state_json(struct repl *r)
{
    json_array(&r->object, "levels");
    for (unsigned i = 0; i < r->levels.count; i++) {
        struct state_row s;

        fill_state(r, i, &s);
        json_object(&r->object, NULL);
        json_unsigned(&r->object, "level", r->levels.row[i].depth);
        json_string(&r->object, "name", r->levels.row[i].name);
        json_bool(&r->object, "there", repl_level_known(&r->levels, i));
        json_object(&r->object, "E");
        json_unsigned(&r->object, "bytes", s.size);
        json_unsigned(&r->object, "at", s.start);
        json_close(&r->object);
        json_string(&r->object, "M", s.mode);
        json_unsigned(&r->object, "P", s.pc);
        json_array(&r->object, "R");
        json_unsigned(&r->object, NULL, s.base);
        json_unsigned(&r->object, NULL, s.bound);
        json_close(&r->object);
        json_bool(&r->object, "R_bypassed", s.bypassed);
        json_bool(&r->object, "in_monitor", s.in_monitor);
        if (s.vm != NULL)
            json_string(&r->object, "is", vm_states[s.vm->state]);
        json_close(&r->object);
    }
    json_close(&r->object);
}

static void
say_composition(const struct repl *r)
{
    unsigned current = repl_level_outer(&r->levels);
    const struct isa_hart *real = &r->system->machine.hart;
    const struct vm *vm = repl_level_vm(&r->levels, current);
    uint32_t base, bound;

    if (vm == NULL)
        return;
    vmm_compose(vm, &base, &bound);
    if (base != real->mbase || bound != real->mbound) {
        repl_say(r, "The real R is not yet %s's: L0 will compose (0x%x, 0x%x).",
                 repl_who(r, current), base, bound);
        return;
    }
    if (vm->vcpu.hart.mode == ISA_MACHINE)
        repl_say(r, "The real R is %s's, in virtual M: (a, s), all of its allotment.",
                 repl_who(r, current));
    else
        repl_say(r, "The real R is %s's, in virtual U: (a + vbase, min(vbound, s - vbase)).",
                 repl_who(r, current));
}

bool
repl_do_state(struct repl *r, const struct repl_arguments *a)
{
    struct table t;
    char size[SIZE_TEXT];

    (void)a;
    if (r->json) {
        state_json(r);
        return true;
    }
    table_init(&t, "lrlll");
    table_cell(&t, "level");
    table_cell(&t, "E");
    table_cell(&t, "M");
    table_cell(&t, "P");
    table_cell(&t, "R = (l, b)");
    for (unsigned i = 0; i < r->levels.count; i++) {
        struct state_row s;

        fill_state(r, i, &s);
        table_cell(&t, "%s", s.title);
        if (!repl_level_known(&r->levels, i)) {
            table_cell(&t, "not there as yet");
            for (unsigned column = 2; column < 5; column++)
                table_cell(&t, "-");
            continue;
        }
        if (i == 0)
            table_cell(&t, "%s", size_write(s.size, size));
        else
            table_cell(&t, "%s at L%u:0x%08x", size_write(s.size, size), r->levels.row[i].depth - 1,
                       s.start);
        table_cell(&t, "%s", s.mode);
        if (s.in_monitor)
            table_cell(&t, "(monitor)");
        else
            table_cell(&t, "0x%08x", s.pc);
        table_cell(&t, "(0x%x, 0x%x)%s", s.base, s.bound,
                   s.vm != NULL && s.vm->state != VM_ready ? ", waits"
                   : s.bypassed                            ? ", bypassed"
                                                           : "");
    }
    table_print(&t, r->out, "");
    say_composition(r);
    for (unsigned i = 1; i < r->levels.count; i++) {
        const struct vm *vm = repl_level_vm(&r->levels, i);

        if (vm->state == VM_ended)
            repl_say(r, "%s has ended with code %u.", vm->name, vm->code);
        else if (vm->state != VM_ready)
            repl_say(r, "%s is %s.", vm->name, vm_states[vm->state]);
    }
    return true;
}

/* ---- regs ---- */

/* The CSRs that `regs` shows, in its order. */
static const uint32_t shown_csrs[] = {CSR_mstatus, CSR_mie,    CSR_mip,   CSR_mtvec, CSR_mscratch,
                                      CSR_mepc,    CSR_mcause, CSR_mtval, CSR_mresv};

enum { SHOWN_CSRS = sizeof shown_csrs / sizeof shown_csrs[0] };

/* The processor of the level viewed, as it was at the stop before, and the real one. */
struct regs {
    struct isa_hart now, before, real;
    bool two; /* they are two */
};

static void
fill_regs(const struct repl *r, struct regs *g)
{
    repl_level_hart(&r->levels, r->view, &g->now);
    repl_level_hart(&r->levels, 0, &g->real);
    g->before = r->marks[r->view];
    g->two = r->view != 0;
}

static void
hart_json(struct repl *r, const struct isa_hart *h, unsigned row)
{
    char name[ISA_CSR_NAME_MAX];

    json_string(&r->object, "mode", repl_level_mode(row, h->mode));
    json_unsigned(&r->object, "pc", h->pc);
    for (unsigned i = 1; i < 32; i++)
        json_unsigned(&r->object, isa_register_name(i), h->x[i]);
    json_unsigned(&r->object, "mbase", h->mbase);
    json_unsigned(&r->object, "mbound", h->mbound);
    for (unsigned i = 0; i < SHOWN_CSRS; i++) {
        (void)isa_csr_name(shown_csrs[i], name);
        json_unsigned(&r->object, name, isa_csr_read(h, shown_csrs[i]));
    }
    json_unsigned(&r->object, "minstret", h->minstret);
    json_unsigned(&r->object, "mtime", h->mtime);
}

static void
regs_json(struct repl *r, const struct regs *g)
{
    struct repl_changes c;

    json_string(&r->object, "level", r->levels.row[r->view].name);
    json_object(&r->object, "registers");
    hart_json(r, &g->now, r->view);
    json_close(&r->object);
    if (g->two) {
        json_object(&r->object, "hardware");
        hart_json(r, &g->real, 0);
        json_close(&r->object);
    }
    repl_changes(&g->before, &g->now, &c);
    json_array(&r->object, "changed");
    if (g->before.pc != g->now.pc)
        json_string(&r->object, NULL, "pc");
    for (unsigned i = 0; i < c.count; i++)
        json_string(&r->object, NULL, c.list[i].name);
    json_close(&r->object);
}

/* Four to a line: "ra  *80000010". */
static void
print_x(const struct repl *r, const struct regs *g)
{
    unsigned different = 0;

    for (unsigned row = 0; row < 8; row++) {
        for (unsigned column = 0; column < 4; column++) {
            unsigned i = row + column * 8;
            bool changed = g->now.x[i] != g->before.x[i];

            different += g->two && g->now.x[i] != g->real.x[i];
            (void)fprintf(r->out, "%s%4s %c%s%08x%s", column > 0 ? "    " : "  ",
                          isa_register_name(i), changed ? '*' : ' ',
                          changed ? repl_colour(r, REPL_COLOUR_changed) : "", g->now.x[i],
                          changed ? repl_colour(r, REPL_COLOUR_plain) : "");
        }
        (void)fputc('\n', r->out);
    }
    if (different == 0)
        return;
    (void)fprintf(r->out, "  the hardware still holds:");
    for (unsigned i = 1; i < 32 && different > 6; i++)
        if (g->now.x[i] != g->real.x[i]) {
            repl_say(r, " %u other values", different);
            return;
        }
    for (unsigned i = 1; i < 32; i++)
        if (g->now.x[i] != g->real.x[i])
            (void)fprintf(r->out, " %s %x", isa_register_name(i), g->real.x[i]);
    (void)fputc('\n', r->out);
}

/* One line of the lower half: the level's value, changed or not, the hardware's, what it means. */
static void
print_pair(const struct repl *r, const struct regs *g, const char *name, const char *now,
           bool changed, const char *real, const char *meaning)
{
    char line[160];

    (void)snprintf(line, sizeof line, "  %-9s%c%s%-18s%s  %-18s  %s", name, changed ? '*' : ' ',
                   changed ? repl_colour(r, REPL_COLOUR_changed) : "", now,
                   changed ? repl_colour(r, REPL_COLOUR_plain) : "", g->two ? real : "", meaning);
    for (size_t n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
        line[n - 1] = '\0';
    repl_say(r, "%s", line);
}

static void
print_csr(const struct repl *r, const struct regs *g, uint32_t csr)
{
    char name[ISA_CSR_NAME_MAX], now[16], real[16], fields[REPL_SPACED_MAX];
    uint32_t value = isa_csr_read(&g->now, csr);

    (void)isa_csr_name(csr, name);
    (void)snprintf(now, sizeof now, "%08x", value);
    (void)snprintf(real, sizeof real, "%08x", isa_csr_read(&g->real, csr));
    (void)repl_names_fields(csr, value, fields);
    if (csr == CSR_mcause && value == 0)
        fields[0] = '\0'; /* as likely no trap at all */
    print_pair(r, g, name, now, value != isa_csr_read(&g->before, csr), real, fields);
}

static void
print_csrs(const struct repl *r, const struct regs *g)
{
    char now[40], real[40], count[TABLE_COUNT_MAX];

    (void)snprintf(now, sizeof now, "%08x", g->now.pc);
    (void)snprintf(real, sizeof real, "%08x", g->real.pc);
    print_pair(r, g, "pc", now, g->now.pc != g->before.pc, real, "");
    print_pair(r, g, "mode", repl_level_mode(r->view, g->now.mode), g->now.mode != g->before.mode,
               repl_level_mode(0, g->real.mode), "");
    (void)snprintf(now, sizeof now, "(%x, %x)", g->now.mbase, g->now.mbound);
    (void)snprintf(real, sizeof real, "(%x, %x)", g->real.mbase, g->real.mbound);
    print_pair(r, g, "R", now, g->now.mbase != g->before.mbase || g->now.mbound != g->before.mbound,
               real, g->now.mode == ISA_MACHINE ? "bypassed in M" : "");
    for (unsigned i = 0; i < SHOWN_CSRS; i++)
        print_csr(r, g, shown_csrs[i]);
    (void)snprintf(now, sizeof now, "%s", table_count(g->now.mtime, count));
    (void)snprintf(real, sizeof real, "%s", table_count(g->real.mtime, count));
    print_pair(r, g, "mtime", now, false, real, "");
}

static void
print_heading(const struct repl *r, const struct regs *g)
{
    char title[REPL_TITLE_MAX];

    (void)repl_level_title(&r->levels, r->view, title);
    if (g->two)
        repl_say(r, "            %-18s  %s", title, "hardware");
}

/* `regs NAME...`: any expressions that are one word. */
static bool
regs_named(struct repl *r, const char *text)
{
    const char *word;
    size_t n;

    if (r->json)
        json_object(&r->object, "values");
    while ((n = repl_word(&text, &word)) > 0) {
        char name[REPL_SYMBOL_MAX];
        struct repl_value v;
        bool ok;

        (void)snprintf(name, sizeof name, "%.*s", (int)n, word);
        ok = repl_value_of(r, name, &v);
        if (ok && r->json)
            json_unsigned(&r->object, name, v.bits);
        else if (ok)
            repl_say(r, "%-12s 0x%08llx  %lld", name, (unsigned long long)v.bits,
                     (long long)repl_value_number(&v));
        if (!ok) {
            if (r->json)
                json_close(&r->object);
            return false;
        }
    }
    if (r->json)
        json_close(&r->object);
    return true;
}

bool
repl_do_regs(struct repl *r, const struct repl_arguments *a)
{
    bool x = strcmp(a->text, "x") == 0, csr = strcmp(a->text, "csr") == 0;
    struct regs g;

    if (a->text[0] != '\0' && !x && !csr)
        return regs_named(r, a->text);
    fill_regs(r, &g);
    if (r->json) {
        regs_json(r, &g);
        return true;
    }
    if (!csr)
        print_x(r, &g);
    if (!x) {
        print_heading(r, &g);
        print_csrs(r, &g);
    }
    return true;
}

/* ---- relocate ---- */

struct hop {
    unsigned row;
    bool virtual; /* an address of the mode, not yet through R */
    uint32_t address;
};

/* The chain of an address, from the level viewed or from a level's physical address, down to L0. */
static bool
fill_chain(struct repl *r, const struct repl_value *v, struct hop *hops, unsigned *count)
{
    unsigned row;
    uint32_t pa;

    *count = 0;
    if (v->space == REPL_HERE)
        hops[(*count)++] = (struct hop){r->view, true, (uint32_t)v->bits};
    if (!repl_names_locate(&r->levels, r->view, v, 1, &row, &pa, r->error)) {
        r->error_status = 101;
        return false;
    }
    for (;; row = r->levels.row[row].parent) {
        hops[(*count)++] = (struct hop){row, false, pa};
        if (row == 0)
            return true;
        pa = repl_level_outward(&r->levels, row, pa);
    }
}

static void
hop_rule(const struct repl *r, const struct hop *from, const struct hop *to, char *text,
         size_t size)
{
    const struct vm *vm = repl_level_vm(&r->levels, from->row);
    struct isa_hart h;

    repl_level_hart(&r->levels, from->row, &h);
    (void)to;
    if (!from->virtual)
        (void)snprintf(text, size, "its allotment begins at 0x%x", vm->start);
    else if (h.mode == ISA_MACHINE)
        (void)snprintf(text, size, "R is bypassed in %s", repl_level_mode(from->row, h.mode));
    else
        (void)snprintf(text, size, "R = (0x%x, 0x%x)", h.mbase, h.mbound);
}

bool
repl_do_relocate(struct repl *r, const struct repl_arguments *a)
{
    struct hop hops[REPL_LEVELS_MAX + 1];
    struct repl_value v;
    unsigned count;
    char symbol[REPL_SYMBOL_MAX], rule[64];
    struct isa_hart h;

    if (!repl_value_of(r, a->text, &v) || !fill_chain(r, &v, hops, &count))
        return false;
    if (r->json)
        json_array(&r->object, "chain");
    for (unsigned i = 0; i < count; i++) {
        const struct hop *hop = &hops[i];
        const char *kind;

        repl_level_hart(&r->levels, hop->row, &h);
        kind = hop->virtual ? repl_level_mode(hop->row, h.mode) : "physical";
        (void)repl_level_symbol(
            &r->levels, hop->row,
            hop->virtual ? repl_level_linked(&r->levels, hop->row, &h, hop->address) : hop->address,
            symbol);
        rule[0] = '\0';
        if (i + 1 < count)
            hop_rule(r, hop, &hops[i + 1], rule, sizeof rule);
        if (r->json) {
            json_object(&r->object, NULL);
            json_string(&r->object, "level", r->levels.row[hop->row].name);
            json_string(&r->object, "space", kind);
            json_unsigned(&r->object, "address", hop->address);
            json_close(&r->object);
            continue;
        }
        repl_say(r, "%c L%u:0x%08x %s%s%s%s%s", i == 0 ? ' ' : '=', r->levels.row[hop->row].depth,
                 hop->address, kind, symbol[0] != '\0' ? ", " : "", symbol,
                 rule[0] != '\0' ? "; " : "", rule);
    }
    if (r->json)
        json_close(&r->object);
    return true;
}

/* ---- levels ---- */

bool
repl_do_as(struct repl *r, const struct repl_arguments *a)
{
    struct repl_arguments levels = {.text = "levels", .format = ""};
    char title[REPL_TITLE_MAX];
    int row;

    if (a->text[0] == '\0')
        return repl_do_info(r, &levels);
    row = repl_level_find(&r->levels, a->text, strlen(a->text));
    if (row < 0)
        return repl_fail(r, "there is no level `%.60s'; `info levels' lists them", a->text);
    if (!repl_level_known(&r->levels, (unsigned)row))
        return repl_fail(r, "%s is not there as yet: its monitor has not started it (`step L%u')",
                         a->text, r->levels.row[row].depth);
    r->view = (unsigned)row;
    r->examined = r->listed = r->disassembled = false;
    if (r->json)
        json_string(&r->object, "level", r->levels.row[row].name);
    else
        repl_say(r, "every view speaks from %s%s", repl_level_title(&r->levels, r->view, title),
                 row == 0 && repl_levels_hosted(&r->levels) ? ", the real machine" : "");
    return true;
}
