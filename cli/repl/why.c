/* SPDX-License-Identifier: MIT */
#include "cli/repl/why.h"

#include <stdarg.h>
#include <string.h>

#include "cli/repl/changes.h"
#include "cli/repl/micro.h"
#include "cli/repl/output.h"
#include "cli/stats.h"
#include "cli/table.h"
#include "isa/disassemble.h"

/* ---- the rules ---- */

#define SECTION_ENUM(id, file, section) SECTION_##id,
enum section { REPL_SECTIONS(SECTION_ENUM) };
#undef SECTION_ENUM

static const struct {
    const char *file, *section;
} sections[] = {
#define SECTION_ROW(id, file, section) {file, section},
    REPL_SECTIONS(SECTION_ROW)
#undef SECTION_ROW
};

/* Why a processor traps: X(cause, section, rule). */
#define EXCEPTION_RULES(X)                                                                         \
    X(fetch_misaligned, instructions,                                                              \
      "A jump or a taken branch to an address that is no multiple of 4 traps on the jump "         \
      "itself; mtval is the target.")                                                              \
    X(fetch_access, relocation,                                                                    \
      "An instruction is fetched from RAM alone: in user mode from the part that R shows, in "     \
      "machine mode from all of it. mtval is the address.")                                        \
    X(breakpoint, instructions,                                                                    \
      "ebreak traps in both modes, to whoever is in charge; mtval is pc.")                         \
    X(load_misaligned, instructions,                                                               \
      "A load's address is a multiple of its width; else it traps, before anything is looked up. " \
      "mtval is the address.")                                                                     \
    X(load_access, relocation,                                                                     \
      "A load in user mode reaches RAM through R alone: with off = address - 0x80000000, off + n " \
      "> mbound or beyond RAM is an access fault; in machine mode, an address where there is "     \
      "neither RAM nor a device's register. mtval is the address.")                                \
    X(store_misaligned, instructions,                                                              \
      "A store's or AMO's address is a multiple of its width; else it traps, before anything is "  \
      "looked up. mtval is the address.")                                                          \
    X(store_access, relocation,                                                                    \
      "A store in user mode reaches RAM through R alone: with off = address - 0x80000000, off + n" \
      " > mbound or beyond RAM is an access fault; in machine mode, an address where there is "    \
      "neither RAM nor a device's register. mtval is the address.")                                \
    X(ecall_user, instructions,                                                                    \
      "ecall traps in both modes: it is how a program asks whoever is below it. From user mode "   \
      "the cause is 8.")                                                                           \
    X(ecall_machine, instructions, "ecall traps in both modes; from machine mode the cause is 11.")

#define INTERRUPT_RULES(X)                                                                         \
    X(software, traps,                                                                             \
      "The CLINT's msip is set, and mie.MSIE; an interrupt is taken before an instruction, in "    \
      "user mode always, in machine mode while mstatus.MIE is set.")                               \
    X(timer, time,                                                                                 \
      "mtime, which counts retired instructions, has reached mtimecmp, and mie.MTIE is set; an "   \
      "interrupt is taken before an instruction, in user mode always, in machine mode while "      \
      "mstatus.MIE is set.")                                                                       \
    X(external, traps,                                                                             \
      "A byte waits in the UART, whose IER.0 is set, and mie.MEIE; an interrupt is taken before "  \
      "an instruction, in user mode always, in machine mode while mstatus.MIE is set.")

static void
cite(struct repl_explanation *x, enum section section, const char *rule)
{
    (void)snprintf(x->rule, sizeof x->rule, "%s", rule);
    x->file = sections[section].file;
    x->section = sections[section].section;
}

static void
cite_cause(struct repl_explanation *x, uint32_t cause)
{
#define EXCEPTION_CASE(id, section, rule)                                                          \
    case CAUSE_##id:                                                                               \
        cite(x, SECTION_##section, rule);                                                          \
        return;
#define INTERRUPT_CASE(id, section, rule)                                                          \
    case MCAUSE_INTERRUPT | IRQ_##id: cite(x, SECTION_##section, rule); return;
    switch (cause) {
        EXCEPTION_RULES(EXCEPTION_CASE)
        INTERRUPT_RULES(INTERRUPT_CASE)
    default: cite(x, SECTION_traps, "The trap's cause is in mcause."); return;
    }
#undef EXCEPTION_CASE
#undef INTERRUPT_CASE
}

/* A sentence, or more: it begins with a capital. */
static void say(char to[REPL_WHY_MAX], const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

static void
say(char to[REPL_WHY_MAX], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(to, REPL_WHY_MAX, format, args);
    va_end(args);
    if (strncmp(to, "the ", 4) == 0)
        to[0] = 'T';
}

/* ---- words ---- */

const char *
repl_device_name(uint32_t address)
{
    if (address - UART_START < UART_SIZE)
        return "UART";
    return address - CLINT_START < CLINT_SIZE ? "CLINT" : "finisher";
}

static const char *
cause_name(uint32_t cause)
{
    return stats_cause(vmm_cause_index(cause));
}

static const char *
mode_name(unsigned row, uint32_t mode)
{
    if (row == 0)
        return mode == ISA_MACHINE ? "machine mode" : "user mode";
    return mode == ISA_MACHINE ? "virtual machine mode" : "virtual user mode";
}

/* "0x80000124 <trap+4>", as the row's program calls what is at `va` of `h`. */
static const char *
spaced(const struct repl *r, unsigned row, const struct isa_hart *h, uint32_t va, char *text)
{
    char symbol[REPL_SYMBOL_MAX];

    (void)repl_level_symbol(&r->levels, row, repl_level_linked(&r->levels, row, h, va), symbol);
    (void)snprintf(text, REPL_SPACED_MAX, "0x%08x%s%s%s", va, symbol[0] != '\0' ? " <" : "", symbol,
                   symbol[0] != '\0' ? ">" : "");
    return text;
}

const char *
repl_who(const struct repl *r, unsigned row)
{
    if (row == 0)
        return "the program";
    return strcmp(r->levels.row[row].name, "guest") == 0 ? "the guest" : r->levels.row[row].name;
}

static const char *
who(const struct repl *r, unsigned row)
{
    return repl_who(r, row);
}

/* The level of its monitor. */
static unsigned
below_of(const struct repl *r, unsigned row)
{
    return row == 0 ? 0 : r->levels.row[row].depth - 1;
}

static bool
is_hybrid(const struct repl *r, unsigned row)
{
    const struct vm *vm = repl_level_vm(&r->levels, row);

    return vm != NULL && vm->hybrid != 0;
}

/* ---- lines for the pane ---- */

static const char *
headline_exit(const struct repl *r, const struct repl_event *e, const char *insn, char *text)
{
    const char *name = who(r, e->level);
    unsigned below = below_of(r, e->level);

    switch (e->exit.kind) {
    case VMM_EXIT_emulated:
        (void)snprintf(text, REPL_WHY_MAX, "exit to L%u: `%s' is privileged; emulated%s", below,
                       insn, e->waits ? ", and it waits" : "");
        break;
    case VMM_EXIT_reflected:
        (void)snprintf(text, REPL_WHY_MAX, "exit to L%u: %s; reflected into %s", below,
                       cause_name(e->cause), name);
        break;
    case VMM_EXIT_device:
        (void)snprintf(
            text, REPL_WHY_MAX, "exit to L%u: `%s' is for %s's %s; emulated", below, insn, name,
            e->device ? repl_device_name(e->access.address) : repl_device_name(e->exit.tval));
        break;
    default:
        (void)snprintf(text, REPL_WHY_MAX, "exit to L%u: %s; the monitor's own", below,
                       cause_name(e->exit.cause));
        break;
    }
    return text;
}

const char *
repl_headline(const struct repl *r, const struct repl_event *e, char *text)
{
    char insn[ISA_TEXT_MAX];

    (void)repl_instruction_inline(e->word, e->pc, insn);
    text[0] = '\0';
    if (e->exited && !e->interrupted)
        return headline_exit(r, e, insn, text);
    if (e->interrupted && e->level != 0)
        (void)snprintf(text, REPL_WHY_MAX, "L%u injects a %s into %s", below_of(r, e->level),
                       cause_name(e->cause), who(r, e->level));
    else if (e->trapped)
        (void)snprintf(text, REPL_WHY_MAX, "trap: %s", cause_name(e->cause));
    else if (e->woke)
        (void)snprintf(text, REPL_WHY_MAX, "its wfi is over");
    else if (e->switched)
        (void)snprintf(text, REPL_WHY_MAX, "L%u gives %s its turn", below_of(r, e->next),
                       who(r, e->next));
    else if (e->device && e->single)
        (void)snprintf(text, REPL_WHY_MAX, "`%s' went to the %s", insn,
                       repl_device_name(e->access.address));
    return text;
}

/* ---- what an instruction is going to do ---- */

/* Remarks, by the level of the monitor. */
struct exits {
    const char *device, *reflected, *interpreted, *emulated;
};

#define EXITS_ROW(to)                                                                              \
    {                                                                                              \
        "a device: exits to " to, "exits to " to ": reflected", "interpreted by " to,              \
            "privileged: exits to " to                                                             \
    }
static const struct exits exits[] = {EXITS_ROW("L0"), EXITS_ROW("L1"), EXITS_ROW("L2"),
                                     EXITS_ROW("L3"), EXITS_ROW("its monitor")};

enum { EXITS = sizeof exits / sizeof exits[0] };

static const char *
prospect_access(const struct repl *r, unsigned row, const struct isa_hart *h,
                const struct repl_access *a, const struct exits *to)
{
    uint32_t pa;
    bool machine = h->mode == ISA_MACHINE;

    if (a->address % a->bytes != 0)
        return "misaligned: will trap";
    if (repl_level_relocate(&r->levels, row, h, a->address, a->bytes, &pa))
        return NULL;
    if (machine && devices_at(a->address))
        return row == 0 ? "a device" : to->device;
    return machine ? "outside RAM: will trap" : "outside R: will trap";
}

/* Does the privileged instruction trap in user mode of the variant? */
static bool
traps_in_user_mode(const struct isa_variant *v, uint32_t word)
{
    uint32_t csr;
    bool reads, writes;

    if (!repl_csr_access_of(word, &csr, &reads, &writes))
        return isa_variant_action(v, RULE_instruction, isa_decode(word)) == ACTION_trap;
    return isa_variant_action(v, writes ? RULE_csr_write : RULE_csr_read, csr) == ACTION_trap;
}

const char *
repl_prospect(const struct repl *r, unsigned row, const struct isa_hart *h, uint32_t word)
{
    struct repl_access a;
    const struct exits *to = &exits[below_of(r, row) < EXITS ? below_of(r, row) : EXITS - 1];
    enum isa_insn insn = isa_decode(word);
    bool direct = row == 0 || (is_hybrid(r, row) && h->mode == ISA_MACHINE);

    if (insn == INSN_undefined)
        return "undefined: will trap";
    if (insn == INSN_ecall || insn == INSN_ebreak)
        return row == 0 ? "traps" : direct ? "interpreted: traps" : to->reflected;
    if (is_hybrid(r, row) && h->mode == ISA_MACHINE)
        return to->interpreted;
    if (repl_privileged(word) && (row != 0 || h->mode == ISA_USER)) {
        if (!traps_in_user_mode(r->system->machine.variant, word))
            return "on this variant it does not trap";
        if (row == 0)
            return "privileged: traps";
        return h->mode == ISA_MACHINE ? to->emulated : "privileged: exits, reflected";
    }
    return repl_access_of(word, h, &a) ? prospect_access(r, row, h, &a, to) : NULL;
}

/* ---- explanations, by what happened ---- */

/* Why R, or RAM, does not have the address: in numbers. */
static void
append_bounds(struct repl_explanation *x, const struct repl_event *e, uint32_t ram_size)
{
    const struct isa_hart *h = &e->before;
    size_t used = strlen(x->what);
    uint32_t off = e->tval - ISA_RAM_START;

    if (e->mode == ISA_USER)
        (void)snprintf(x->what + used, sizeof x->what - used,
                       " R was (l, b) = (0x%x, 0x%x): the offset 0x%x is outside.", h->mbase,
                       h->mbound, off);
    else
        (void)snprintf(x->what + used, sizeof x->what - used,
                       " RAM ends at 0x%08x, and no device's register takes such an access.",
                       ISA_RAM_START + ram_size);
}

/* There are three ways to be illegal. */
static void
cite_illegal(struct repl_explanation *x, const struct repl_event *e)
{
    if (!repl_privileged(e->word))
        cite(x, SECTION_instructions,
             "An encoding that is no instruction traps in both modes; mtval is the encoding.");
    else if (e->mode == ISA_USER)
        cite(x, SECTION_privileged,
             "A privileged instruction traps in user mode; mtval is its encoding.");
    else
        cite(x, SECTION_csrs,
             "Access to a CSR that does not exist, or a write to one that is "
             "read-only, is illegal in machine mode, too; mtval is the encoding.");
}

/* The exception, in the level's own terms. */
static void
tell_exception(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char insn[ISA_TEXT_MAX], place[REPL_SPACED_MAX];
    struct isa_ram ram;

    (void)spaced(r, e->level, &e->before, e->pc, place);
    repl_level_ram(&r->levels, e->level, &ram);
    if (e->cause == CAUSE_fetch_access)
        say(x->what, "No instruction can be fetched from %s in %s: %s.", place,
            mode_name(e->level, e->mode), cause_name(e->cause));
    else
        say(x->what, "`%s' at %s trapped in %s: %s (mcause %u, mtval 0x%x).",
            repl_instruction_inline(e->word, e->pc, insn), place, mode_name(e->level, e->mode),
            cause_name(e->cause), e->cause, e->tval);
    if (e->cause == CAUSE_fetch_access || e->cause == CAUSE_load_access ||
        e->cause == CAUSE_store_access)
        append_bounds(x, e, ram.size);
    if (e->cause == CAUSE_illegal)
        cite_illegal(x, e);
    else
        cite_cause(x, e->cause);
}

static void
tell_interrupt(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    const struct devices *d = repl_level_devices(&r->levels, e->level);
    char place[REPL_SPACED_MAX], mtime[TABLE_COUNT_MAX], deadline[TABLE_COUNT_MAX];

    say(x->what, "A %s was taken before the instruction at %s, in %s.", cause_name(e->cause),
        spaced(r, e->level, &e->before, e->pc, place), mode_name(e->level, e->mode));
    if (e->cause == (MCAUSE_INTERRUPT | IRQ_timer))
        say(x->what,
            "A %s was taken before the instruction at %s, in %s: mtime is %s, mtimecmp %s.",
            cause_name(e->cause), place, mode_name(e->level, e->mode),
            table_count(e->after.mtime, mtime), table_count(d->clint.mtimecmp, deadline));
    cite_cause(x, e->cause);
}

/* Where a trap has left the level's processor. */
static void
tell_handler(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char place[REPL_SPACED_MAX];

    say(x->next,
        "%s goes on in its handler at %s, in %s, with interrupts off; mepc (0x%x) and "
        "mstatus.MPP (%s) are where an mret will lead back to.",
        who(r, e->level), spaced(r, e->level, &e->after, e->after.pc, place),
        mode_name(e->level, e->after.mode), e->after.mepc,
        (e->after.mstatus & MSTATUS_MPP) != 0 ? "M" : "U");
}

static void
tell_reflected(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    const char *name = who(r, e->level);

    tell_exception(r, e, x);
    if (e->exit.cause == CAUSE_ecall_user && e->cause == CAUSE_ecall_machine)
        say(x->handler,
            "The real processor was in U-mode and said cause 8; the monitor at L0 knows "
            "that the mode was virtual M, and reflects the trap with cause 11: it does to "
            "%s's virtual processor what the hardware does on a trap.",
            name);
    else
        say(x->handler,
            "The real trap came to the monitor at L0. In %s that is %s's own business, so "
            "the monitor reflects it: it does to the virtual processor what the hardware "
            "does on a trap (mepc, mcause, mtval, mstatus, mode, pc).",
            mode_name(e->level, e->mode), name);
    tell_handler(r, e, x);
}

/* R as composed for the guest, before and after. */
static void
append_composition(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    const struct vm *vm = repl_level_vm(&r->levels, e->level);
    size_t used = strlen(x->next);
    uint32_t base, bound;

    if (r->levels.row[e->level].inner)
        return; /* its monitor's R is virtual itself */
    vmm_compose(vm, &base, &bound);
    if (base == e->base[0] && bound == e->bound[0])
        (void)snprintf(x->next + used, sizeof x->next - used, " The real R stays (0x%x, 0x%x).",
                       base, bound);
    else
        (void)snprintf(x->next + used, sizeof x->next - used,
                       " The real R is composed anew: (0x%x, 0x%x), before (0x%x, 0x%x).", base,
                       bound, e->base[0], e->bound[0]);
}

static void
tell_emulated(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char insn[ISA_TEXT_MAX], place[REPL_SPACED_MAX], to[REPL_SPACED_MAX], list[256];
    struct repl_changes c;

    say(x->what,
        "%s executed `%s' at %s in %s. Its real mode is user mode, and there the instruction "
        "is privileged: the real processor trapped (illegal instruction, mtval = 0x%08x, the "
        "encoding).",
        who(r, e->level), repl_instruction_inline(e->word, e->pc, insn),
        spaced(r, e->level, &e->before, e->pc, place), mode_name(e->level, e->mode), e->exit.tval);
    cite(x, SECTION_privileged,
         "csrrw and its kin, mret and wfi trap in user mode, and not in machine mode.");
    repl_changes(&e->before, &e->after, &c);
    if (e->waits)
        say(x->handler,
            "The monitor at L0 interprets it: nothing is pending, so the virtual processor "
            "waits, and the real one is free for others.");
    else
        say(x->handler,
            "The monitor at L0 finds the virtual mode to be M, so it interprets the "
            "instruction on the virtual processor%s%s.",
            c.count > 0 ? ": " : "; nothing changed there but pc",
            repl_changes_text(&c, list, sizeof list));
    if (e->waits)
        say(x->next, "%s goes on behind the wfi when its deadline comes, or a byte.",
            who(r, e->level));
    else
        say(x->next, "%s goes on at %s in %s.", who(r, e->level),
            spaced(r, e->level, &e->after, e->after.pc, to), mode_name(e->level, e->after.mode));
    if (!e->waits)
        append_composition(r, e, x);
}

static void
tell_device(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char insn[ISA_TEXT_MAX], place[REPL_SPACED_MAX];
    const char *device = repl_device_name(e->exit.tval);

    say(x->what,
        "%s executed `%s' at %s in %s: an access to 0x%08x, a register of its %s. Through the "
        "real R a guest reaches RAM alone, so the real processor trapped (%s).",
        who(r, e->level), repl_instruction_inline(e->word, e->pc, insn),
        spaced(r, e->level, &e->before, e->pc, place), mode_name(e->level, e->mode), e->exit.tval,
        device, cause_name(e->exit.cause));
    cite(x, SECTION_dispatch,
         "An access fault of virtual machine mode at an address where a device has registers goes "
         "to the virtual device.");
    if (e->access.writes)
        say(x->handler, "The monitor at L0 gives the store (0x%x) to %s's virtual %s.",
            e->access.value, who(r, e->level), device);
    else
        say(x->handler, "The monitor at L0 has %s's virtual %s answer: 0x%x.", who(r, e->level),
            device, e->access.value);
    say(x->next, "%s goes on at %s.", who(r, e->level),
        spaced(r, e->level, &e->after, e->after.pc, place));
}

static void
tell_monitor(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char place[REPL_SPACED_MAX];

    say(x->what, "A real %s came while %s was at %s.", cause_name(e->exit.cause), who(r, e->level),
        spaced(r, e->level, &e->before, e->exit.pc, place));
    cite(x, SECTION_exactness,
         "The real timer is armed for whatever comes first: the end of a time slice, or the "
         "guest's own deadline; the console's interrupt is for the guest in focus.");
    say(x->handler, "The interrupt is the monitor's own. The guest has not seen it.");
    say(x->next, "The monitor looks what is due: another guest's turn, or a virtual interrupt.");
}

static void
tell_injected(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    tell_interrupt(r, e, x);
    say(x->handler,
        "The monitor at L0 injects it: %s's own time, which counts its own instructions, has "
        "come to exactly this one, and what the hardware does on an interrupt is done to "
        "the virtual processor.",
        who(r, e->level));
    tell_handler(r, e, x);
}

static void
tell_trap(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    if (e->interrupted)
        tell_interrupt(r, e, x);
    else
        tell_exception(r, e, x);
    if (e->level == 0)
        say(x->handler,
            "The processor itself: mepc = pc, mcause, mtval, mstatus.MPP = the mode, MPIE = "
            "MIE, MIE = 0, machine mode, pc = mtvec. (On paper: the PSW swap.)");
    else
        say(x->handler,
            "The hybrid monitor at L0, which interprets virtual machine mode, found that "
            "the instruction traps, and did so to the virtual processor.");
    tell_handler(r, e, x);
}

static void
tell_switch(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    say(x->what, "%s had its turn; now it is %s's.", who(r, e->level), who(r, e->next));
    cite(x, SECTION_several,
         "Round robin with weights: each guest runs for a time slice, counted "
         "in its own steps; one that waits or has ended is passed over.");
    say(x->handler, "The monitor at L0 saves the one's registers and reservation, and loads the "
                    "other's.");
    say(x->next, "The real R becomes that of %s: from 0x%x on.", who(r, e->next),
        repl_level_vm(&r->levels, e->next)->start);
}

static void
tell_woken(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char mtime[TABLE_COUNT_MAX];

    say(x->what, "The wfi of %s at 0x%08x is over: its mtime is %s now.", who(r, e->level), e->pc,
        table_count(e->after.mtime, mtime));
    cite(x, SECTION_wfi,
         "wfi waits until an enabled interrupt is pending, whatever mstatus.MIE is. "
         "Time moves to the deadline, or to where a byte came.");
    say(x->handler, "%s",
        e->level == 0 ? "The processor; nothing is taken as yet."
                      : "The monitor at L0 lets its virtual time jump there.");
    say(x->next, "It goes on at 0x%08x, unless the interrupt is enabled and taken first.",
        e->after.pc);
}

static void
tell_instruction(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    char insn[ISA_TEXT_MAX], place[REPL_SPACED_MAX], list[256];
    struct repl_changes c;
    bool machine = e->mode == ISA_MACHINE;

    repl_changes(&e->before, &e->after, &c);
    say(x->what, "`%s' at %s executed in %s%s%s.", repl_instruction_inline(e->word, e->pc, insn),
        spaced(r, e->level, &e->before, e->pc, place), mode_name(e->level, e->mode),
        e->single && c.count > 0 ? ": " : "",
        e->single ? repl_changes_text(&c, list, sizeof list) : "");
    if (e->level != 0 && is_hybrid(r, e->level) && machine) {
        cite(x, SECTION_hybrid, "The hybrid monitor interprets all of virtual machine mode.");
        say(x->handler, "The monitor at L0 interpreted it; the real processor never saw it.");
    } else if (repl_privileged(e->word) && (e->level != 0 || !machine)) {
        cite(x, SECTION_variants,
             "On this ISA variant the instruction does not trap in user mode; "
             "on the plain machine it would.");
        say(x->handler, "The real processor executed it with the *real* state, and no monitor was "
                        "asked: this is what theorem 1 forbids.");
    } else {
        cite(x, SECTION_instructions,
             repl_privileged(e->word)
                 ? "In machine mode a privileged instruction has its full effect."
                 : "It is innocuous: it depends on nothing, and changes nothing, but registers, pc "
                   "and the memory that R shows.");
        say(x->handler, "%s",
            e->level != 0 ? "The real processor executed it directly, in user mode; "
                            "the monitor never saw it."
                          : "The processor executed it.");
    }
    say(x->next, "%s goes on at %s.", who(r, e->level),
        spaced(r, e->level, &e->after, e->after.pc, place));
}

static void
tell_event(const struct repl *r, const struct repl_event *e, struct repl_explanation *x)
{
    if (e->interrupted && e->level != 0)
        tell_injected(r, e, x);
    else if (e->exited && e->exit.kind == VMM_EXIT_emulated)
        tell_emulated(r, e, x);
    else if (e->exited && e->exit.kind == VMM_EXIT_reflected)
        tell_reflected(r, e, x);
    else if (e->exited && e->exit.kind == VMM_EXIT_device)
        tell_device(r, e, x);
    else if (e->exited)
        tell_monitor(r, e, x);
    else if (e->trapped)
        tell_trap(r, e, x);
    else if (e->woke)
        tell_woken(r, e, x);
    else if (e->switched)
        tell_switch(r, e, x);
    else
        tell_instruction(r, e, x);
}

/* ---- explanations, by the reason of the stop ---- */

static void
tell_start(const struct repl *r, struct repl_explanation *x)
{
    say(x->what, "Nothing has run as yet: the machine%s at reset, pc at the entry.",
        repl_levels_hosted(&r->levels) ? ", and every guest's virtual one, is" : " is");
    cite(x, SECTION_reset,
         "Registers, CSRs and time are 0, the mode is M, R is open and identity.");
    say(x->handler, "%s",
        repl_levels_hosted(&r->levels)
            ? "The monitor runs in this process, and has composed no R as yet."
        : repl_levels_monitored(&r->levels) ? "The program is a monitor, which is to boot first."
                                            : "The program has the machine to itself.");
    say(x->next, "The first instruction; try `step', `step exit' or `continue'.");
}

static void
tell_ended(const struct repl *r, struct repl_explanation *x)
{
    unsigned row = r->stop.level;
    const struct vm *vm = repl_level_vm(&r->levels, row);
    uint32_t code = vm != NULL && vm->state == VM_ended ? vm->code : r->system->machine.exit_code;

    say(x->what, "%s has ended with code %u: %s.", who(r, row), code,
        r->system->machine.tohost != MACHINE_NO_TOHOST
            ? "it stored to the finisher, or an odd value to `tohost'"
            : "it stored to the finisher, at 0x00100000");
    cite(x, SECTION_memory,
         "0x5555 stored to the finisher ends with code 0, 0x3333 | code << 16 "
         "with that code.");
    say(x->handler, "%s",
        vm != NULL ? "The finisher was its virtual one: the machine and its other "
                     "guests go on."
                   : "The machine stops.");
    say(x->next, "%s",
        r->over ? "Nothing more; everything can still be looked at. `restart' begins again."
                : "The others' turn: `continue'.");
}

static void
tell_stuck(const struct repl *r, struct repl_explanation *x)
{
    bool input = r->stop.reason == REPL_STOP_input;

    say(x->what, "%s is in a wfi, and %s.", who(r, r->stop.level),
        input ? "only a byte from the console can end it; none is left"
              : "nothing can ever wake it: no timer is set, and no input is awaited");
    cite(x, SECTION_wfi,
         "wfi waits until an enabled interrupt is pending: the timer, if MTIE is set "
         "and mtimecmp is not all ones; a byte, if MEIE and the UART's IER.0 are.");
    say(x->handler, "%s",
        r->stop.level == 0 ? "The machine stands still; the wfi has not retired."
                           : "The monitor at L0 has nothing to run; the wfi has not retired.");
    say(x->next, "%s",
        input ? "`send TEXT', then go on."
              : "Nothing. Set mtimecmp, or an interrupt, or `restart'.");
}

static void
tell_trap_loop(const struct repl *r, struct repl_explanation *x)
{
    char place[REPL_SPACED_MAX];
    struct isa_hart h;

    repl_level_hart(&r->levels, r->stop.level, &h);
    say(x->what,
        "The trap handler of %s, at %s, traps at its own first instruction, for ever: %s.%s",
        who(r, r->stop.level), spaced(r, r->stop.level, &h, h.pc, place),
        stats_cause(vmm_cause_index(h.mcause)), h.mtvec == 0 ? " Nobody has set mtvec." : "");
    cite(x, SECTION_traps,
         "A trap handler that traps at its own first instruction retires nothing for ever.");
    say(x->handler, "The handler itself, each time; interrupts are off in it, and no time passes.");
    say(x->next,
        "`restart', then `step trap' and `why' show how it came there; `step -1' goes back.");
}

static void
tell_lost(struct repl_explanation *x)
{
    say(x->what, "A guest got the real processor into machine mode: the monitor has lost control.");
    cite(x, SECTION_variants,
         "On the plain machine no instruction of user mode can do that; this "
         "variant has one that can.");
    say(x->handler, "Nobody: this is the escape that the resource control property excludes.");
    say(x->next, "The run is over: `restart' begins again, `step -1' goes back.");
}

static void
tell_stop_at(const struct repl *r, struct repl_explanation *x)
{
    const char *kind = r->stop.reason == REPL_STOP_breakpoint   ? "breakpoint"
                       : r->stop.reason == REPL_STOP_watchpoint ? "watchpoint"
                                                                : "catchpoint";
    char place[REPL_SPACED_MAX], name[32];
    struct isa_hart h;

    repl_level_hart(&r->levels, r->stop.level, &h);
    if (r->stop.reason == REPL_STOP_breakpoint) {
        (void)snprintf(name, sizeof name, "breakpoint %u", r->stop.number);
        say(x->what, "pc of %s has come to %s, at %s.", who(r, r->stop.level),
            r->stop.remote ? "a breakpoint of gdb's" : name,
            spaced(r, r->stop.level, &h, h.pc, place));
        cite(x, SECTION_stopping,
             "A breakpoint is kept beside the machine: nothing is written into "
             "guest memory, and no guest can tell.");
        say(x->handler, "The REPL alone; the instruction there has not been executed as yet.");
        say(x->next, "Next is that instruction.");
        return;
    }
    tell_event(r, &r->stop.event, x);
    if (r->stop.reason == REPL_STOP_watchpoint && r->stop.from.bits != r->stop.to.bits) {
        char old[REPL_WHY_MAX];

        (void)snprintf(old, sizeof old, "%s", x->what);
        say(x->what, "The value at %s %u went from 0x%llx to 0x%llx. %.400s", kind, r->stop.number,
            (unsigned long long)r->stop.from.bits, (unsigned long long)r->stop.to.bits, old);
    }
}

static void
tell_phase(const struct repl *r, struct repl_explanation *x)
{
    say(x->what, "In the middle of an instruction (`micro on'), behind its phase `%s': %s.",
        repl_phase_name(r->phase), r->phase_text);
    cite(x, SECTION_dispatch,
         "A privileged instruction is fetched and relocated like any other; it "
         "traps, is dispatched and interpreted; then R is composed for the "
         "mode that it left, and the guest resumed.");
    say(x->handler, "Between the trap and the resumption the real processor is the monitor's.");
    say(x->next, "`step' goes on to the next phase; any other motion completes the instruction.");
}

static void
tell_broken_off(const struct repl *r, struct repl_explanation *x)
{
    bool budget = r->stop.reason == REPL_STOP_budget;

    say(x->what, "%s", budget ? "The steps allowed are used up." : "You interrupted it.");
    cite(x, SECTION_scripts,
         "Budgets count steps, instructions retired and traps taken, never "
         "seconds.");
    say(x->handler, "The REPL stopped the machine between two instructions; no guest can tell.");
    say(x->next, "Every motion goes on from here.");
}

static void
explain(const struct repl *r, struct repl_explanation *x)
{
    static const struct repl_explanation empty;

    *x = empty;
    switch (r->stop.reason) {
    case REPL_STOP_start: tell_start(r, x); return;
    case REPL_STOP_ended: tell_ended(r, x); return;
    case REPL_STOP_halted:
    case REPL_STOP_input: tell_stuck(r, x); return;
    case REPL_STOP_trap_loop: tell_trap_loop(r, x); return;
    case REPL_STOP_lost: tell_lost(x); return;
    case REPL_STOP_breakpoint:
    case REPL_STOP_watchpoint:
    case REPL_STOP_catchpoint: tell_stop_at(r, x); return;
    case REPL_STOP_phase: tell_phase(r, x); return;
    case REPL_STOP_budget:
    case REPL_STOP_interrupted: tell_broken_off(r, x); return;
    default: tell_event(r, &r->stop.event, x); return;
    }
}

/* What is said above of the monitor at L0 holds of every monitor, at its own level. */
static void
put_level(char *text, unsigned level)
{
    static const char words[] = "onitor at L0";

    while (level < 10 && (text = strstr(text, words)) != NULL) {
        text += sizeof words - 2;
        *text = (char)('0' + level);
    }
}

void
repl_explain(const struct repl *r, struct repl_explanation *x)
{
    unsigned below = below_of(r, r->stop.any ? r->stop.event.level : r->stop.level);

    explain(r, x);
    put_level(x->what, below);
    put_level(x->handler, below);
    put_level(x->next, below);
}
