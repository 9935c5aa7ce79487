/* SPDX-License-Identifier: MIT */
#include "cli/trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cli/stats.h"
#include "cli/table.h"
#include "isa/csr.h"
#include "isa/disassemble.h"

enum { LINE_MAX_BYTES = 512, SYMBOL_MAX = 128 };

/* ---- classes ---- */

#define TRACE_NAME(id, about) #id,
const char *const trace_names[TRACE_COUNT + 1] = {TRACE_CLASSES(TRACE_NAME) NULL};
#undef TRACE_NAME

static unsigned
class_of(const char *word, size_t length)
{
    if (length == 3 && memcmp(word, "all", 3) == 0)
        return (1u << TRACE_COUNT) - 1;
    for (unsigned i = 0; i < TRACE_COUNT; i++)
        if (strlen(trace_names[i]) == length && memcmp(word, trace_names[i], length) == 0)
            return 1u << i;
    return 0;
}

bool
trace_read(const char *text, unsigned *classes, const char **wrong, size_t *length)
{
    *classes = 0;
    for (;;) {
        bool remove = *text == '-';
        unsigned set;

        text += *text == '-' || *text == '+' ? 1 : 0;
        *wrong = text;
        *length = strcspn(text, ",");
        set = class_of(text, *length);
        if (set == 0)
            return false;
        *classes = remove ? *classes & ~set : *classes | set;
        text += *length;
        if (*text == '\0')
            return true;
        text++;
    }
}

/* ---- one line ---- */

/* What a guest was before a step, and is after it. */
struct look {
    struct isa_hart hart;
    uint64_t retired, traps;
};

/* A step of a guest, to be told. */
struct told {
    unsigned guest;
    struct look before, after;
    uint32_t word; /* at the pc before; 0 where none could be fetched */
};

static bool
wanted(const struct trace *t, enum trace_class class)
{
    return (t->classes >> class & 1) != 0;
}

/* `address` as `guest` on `h` sees it, by symbols, into `text` (SYMBOL_MAX bytes). */
static const char *
symbol_of(const struct trace *t, unsigned guest, const struct isa_hart *h, uint32_t address,
          char *text)
{
    return target_symbol_seen(&t->target->programs[guest].image, h, t->target->guests[guest].memory,
                              address, text, SYMBOL_MAX);
}

/* The same as " <loop+8>" (SYMBOL_MAX + 4 bytes), or nothing. */
static const char *
with_symbol(const struct trace *t, unsigned guest, const struct isa_hart *h, uint32_t address,
            char *text)
{
    char name[SYMBOL_MAX];

    text[0] = '\0';
    if (symbol_of(t, guest, h, address, name)[0] != '\0')
        (void)snprintf(text, SYMBOL_MAX + 4, " <%s>", name);
    return text;
}

/* When, level, guest's name where there are several, mode, where; into `text`. */
static int
put_prefix(const struct trace *t, unsigned guest, const struct isa_hart *h, char *text)
{
    bool hosted = t->system->is_hosted;
    char count[TABLE_COUNT_MAX], symbol[SYMBOL_MAX];

    return snprintf(
        text, LINE_MAX_BYTES, "%10s %s%s%s %s%c %08" PRIx32 " %-14s ",
        table_count(h->minstret, count), hosted ? "L1" : "L0", t->target->count > 1 ? " " : "",
        t->target->count > 1 ? t->target->names[guest] : "", hosted ? "v" : "",
        h->mode == ISA_MACHINE ? 'M' : 'U', h->pc, symbol_of(t, guest, h, h->pc, symbol));
}

/* The line, and where it is too long the rest under it, from the first comma or space that fits. */
static void
put_line(FILE *to, const char *prefix, const char *what)
{
    enum { INDENT = 20 };
    size_t used = strlen(prefix), length = strlen(what);

    (void)fputs(prefix, to);
    while (used + length > TABLE_WIDTH) {
        size_t fits = used < TABLE_WIDTH ? TABLE_WIDTH - used : 0;

        while (fits > 0 && what[fits] != ' ')
            fits--;
        if (fits == 0 && used == INDENT)
            break;
        (void)fprintf(to, "%.*s\n%*s", (int)fits, what, INDENT, "");
        what += fits == 0 ? 0 : fits + 1;
        length = strlen(what);
        used = INDENT;
    }
    (void)fprintf(to, "%s\n", what);
}

__attribute__((format(printf, 4, 5))) static void
line(const struct trace *t, enum trace_class class, const struct told *told, const char *format,
     ...)
{
    char prefix[LINE_MAX_BYTES], what[LINE_MAX_BYTES];
    va_list args;
    int n;

    if (!wanted(t, class))
        return;
    (void)put_prefix(t, told->guest, &told->before.hart, prefix);
    n = snprintf(what, sizeof what, "%-4s ", trace_names[class]);
    va_start(args, format);
    (void)vsnprintf(what + n, sizeof what - (size_t)n, format, args);
    va_end(args);
    (void)fflush(stdout); /* on a terminal the two go together */
    put_line(t->out, prefix, what);
}

/* ---- what there is to tell of a step ---- */

/* The instruction, its tab a space, its target with symbol. */
static const char *
instruction_text(const struct trace *t, const struct told *told, char *text)
{
    char insn[ISA_TEXT_MAX], symbol[SYMBOL_MAX + 4] = "";
    uint32_t target;

    if (isa_disassemble(told->word, told->before.hart.pc, insn, &target))
        (void)with_symbol(t, told->guest, &told->before.hart, target, symbol);
    for (char *p = insn; *p != '\0'; p++)
        if (*p == '\t')
            *p = ' ';
    (void)snprintf(text, LINE_MAX_BYTES, "%s%s", insn, symbol);
    return text;
}

static const char *
cause_name(uint32_t mcause)
{
    return stats_cause(vmm_cause_index(mcause));
}

static void
tell_trap(const struct trace *t, const struct told *told)
{
    const struct isa_hart *h = &told->after.hart;

    if ((h->mcause & MCAUSE_INTERRUPT) != 0)
        line(t, TRACE_irq, told, "%s", cause_name(h->mcause));
    else if (h->mtval != 0)
        line(t, TRACE_trap, told, "%s, mtval %08" PRIx32, cause_name(h->mcause), h->mtval);
    else
        line(t, TRACE_trap, told, "%s", cause_name(h->mcause));
}

static void
tell_csr(const struct trace *t, const struct told *told, enum isa_insn insn)
{
    uint32_t number = isa_csr_field(told->word), rd = isa_rd(told->word), old;
    char name[ISA_CSR_NAME_MAX];

    if (!isa_csr_name(number, name))
        return;
    old = isa_csr_read(&told->before.hart, number);
    if (isa_csr_writes(insn, told->word))
        line(t, TRACE_csr, told, "%s %08" PRIx32 " -> %08" PRIx32, name, old,
             isa_csr_read(&told->after.hart, number));
    else
        line(t, TRACE_csr, told, "%s read: %s = %08" PRIx32, name, isa_register_name(rd),
             told->after.hart.x[rd]);
}

/* Is the instruction a plain load or store; where to, how much, in which register? */
static bool
access_of(const struct told *told, enum isa_insn insn, struct isa_access *a)
{
    const uint32_t *x = told->before.hart.x;
    uint32_t word = told->word, size = word >> 12 & 3;

    a->store = insn >= INSN_sb && insn <= INSN_sw;
    if (!a->store && !(insn >= INSN_lb && insn <= INSN_lhu))
        return false;
    a->bytes = 1u << size;
    a->address = x[isa_rs1(word)] + (a->store ? isa_imm_s(word) : isa_imm_i(word));
    a->value = a->store ? x[isa_rs2(word)] : told->after.hart.x[isa_rd(word)];
    return true;
}

static const char *
device_at(uint32_t address)
{
    if (address - UART_START < UART_SIZE)
        return "UART";
    if (address - CLINT_START < CLINT_SIZE)
        return "CLINT";
    return address == FINISHER_START ? "finisher" : NULL;
}

static void
tell_io(const struct trace *t, const struct told *told, enum isa_insn insn)
{
    struct isa_access a;
    const char *device;
    char glyph[8] = "";

    if (told->before.hart.mode != ISA_MACHINE || !access_of(told, insn, &a))
        return;
    device = device_at(a.address);
    if (device == NULL)
        return;
    if (a.address == UART_START && (a.value & 0xff) >= ' ' && (a.value & 0xff) < 0x7f)
        (void)snprintf(glyph, sizeof glyph, " '%c'", (char)(a.value & 0xff));
    line(t, TRACE_io, told, "%s %08" PRIx32 " %s %0*" PRIx32 "%s", device, a.address,
         a.store ? "<-" : "->", (int)(2 * a.bytes),
         a.bytes == 4 ? a.value : a.value & ((1u << 8 * a.bytes) - 1), glyph);
}

static void
tell_wfi(const struct trace *t, const struct told *told)
{
    char from[TABLE_COUNT_MAX], to[TABLE_COUNT_MAX];

    if (told->after.hart.mtime - told->before.hart.mtime > 1)
        line(t, TRACE_irq, told, "wfi: mtime %s -> %s", table_count(told->before.hart.mtime, from),
             table_count(told->after.hart.mtime, to));
}

static void
tell_mret(const struct trace *t, const struct told *told)
{
    const struct isa_hart *h = &told->after.hart;
    char symbol[SYMBOL_MAX + 4];

    line(t, TRACE_trap, told, "mret to %c, %08" PRIx32 "%s", h->mode == ISA_MACHINE ? 'M' : 'U',
         h->pc, with_symbol(t, told->guest, h, h->pc, symbol));
}

/* A guest's step: a trap taken, or an instruction retired. */
static void
tell(const struct trace *t, const struct told *told)
{
    enum isa_insn insn = isa_decode(told->word);
    char text[LINE_MAX_BYTES];

    if (told->after.traps != told->before.traps) {
        tell_trap(t, told);
        return;
    }
    if (wanted(t, TRACE_insn))
        line(t, TRACE_insn, told, "%s", instruction_text(t, told, text));
    if (isa_is_csr(insn))
        tell_csr(t, told, insn);
    else if (insn == INSN_mret)
        tell_mret(t, told);
    else if (insn == INSN_wfi)
        tell_wfi(t, told);
    else
        tell_io(t, told, insn);
}

static bool
stepped(const struct told *told)
{
    return told->after.traps != told->before.traps || told->after.retired != told->before.retired;
}

/* ---- looking ---- */

static uint32_t
fetch(const struct isa_hart *h, const struct isa_ram *ram)
{
    struct isa_outcome out;
    uint32_t word;

    return isa_fetch(h, ram, &word, &out) == ISA_DONE ? word : 0;
}

static void
look_at_machine(const struct system *s, struct look *look)
{
    system_hart(s, &look->hart);
    look->traps = s->machine.last.trapped;
    look->retired = s->machine.steps;
}

static enum machine_stop
advance_bare(struct trace *t)
{
    struct told told = {.guest = 0};
    struct isa_ram ram;
    enum machine_stop stop;

    system_ram(t->system, &ram);
    look_at_machine(t->system, &told.before);
    told.before.traps = 0;
    told.word = fetch(&told.before.hart, &ram);
    stop = system_run(t->system, 1);
    look_at_machine(t->system, &told.after);
    if (stepped(&told))
        tell(t, &told);
    return stop;
}

static void
look_at_vm(struct hosted *h, unsigned i, struct look *look)
{
    vmm_view(&h->vmm, &h->port, i, &look->hart);
    look->traps = h->vmm.vm[i].vcpu.traps;
    look->retired = h->vmm.vm[i].vcpu.retired;
}

static void
tell_exit(const struct trace *t, const struct told *told, const struct vm *vm)
{
#define EXIT_NAME(id, name, about) name,
    static const char *const kinds[] = {VMM_EXITS(EXIT_NAME)};
#undef EXIT_NAME
    char text[LINE_MAX_BYTES];

    if (vm->last_exit.kind == VMM_EXIT_monitor)
        line(t, TRACE_exit, told, "%s: %s", kinds[vm->last_exit.kind],
             cause_name(vm->last_exit.cause));
    else
        line(t, TRACE_exit, told, "%s: %s", kinds[vm->last_exit.kind],
             told->word != 0 ? instruction_text(t, told, text) : cause_name(vm->last_exit.cause));
}

static void
look_before(struct hosted *h, unsigned i, struct told *told)
{
    struct isa_ram ram;

    told->guest = i;
    look_at_vm(h, i, &told->before);
    vmm_memory(&h->vmm.vm[i], &h->port, &ram);
    told->word = fetch(&told->before.hart, &ram);
}

/* An exit is dispatched in a phase of its own, and is the current VM's. */
static enum machine_stop
advance_hosted(struct trace *t)
{
    struct hosted *h = &t->system->hosted;
    struct told told[VMM_GUESTS_MAX];
    bool dispatched = h->phase == HOSTED_dispatch;
    unsigned current = h->vmm.current;
    enum machine_stop stop;

    for (unsigned i = 0; i < h->vmm.count; i++)
        look_before(h, i, &told[i]);
    stop = hosted_advance(h, 1);
    for (unsigned i = 0; i < h->vmm.count; i++) {
        look_at_vm(h, i, &told[i].after);
        if (dispatched && i == current)
            tell_exit(t, &told[i], &h->vmm.vm[i]);
        if (stepped(&told[i]))
            tell(t, &told[i]);
    }
    return stop;
}

enum machine_stop
trace_advance(struct trace *t)
{
    return t->system->is_hosted ? advance_hosted(t) : advance_bare(t);
}
