/* SPDX-License-Identifier: MIT */
#include "cli/repl/names.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/stats.h"
#include "isa/csr.h"
#include "vmm/interpreters.h"

/* ---- the tables ---- */

struct csr_field {
    uint32_t csr;
    const char *name;
    uint32_t low, bits;
};

#define FIELD_ROW(csr, name, low, bits) {CSR_##csr, name, low, bits},
static const struct csr_field fields[] = {REPL_FIELDS(FIELD_ROW)};
#undef FIELD_ROW

struct special {
    const char *name;
    bool settable;
    const char *about;
};

#define SPECIAL_ENUM(id, settable, about) SPECIAL_##id,
enum special_id { REPL_SPECIALS(SPECIAL_ENUM) SPECIALS };
#undef SPECIAL_ENUM

#define SPECIAL_ROW(id, settable, about) {#id, settable, about},
static const struct special specials[] = {REPL_SPECIALS(SPECIAL_ROW)};
#undef SPECIAL_ROW

enum { FIELDS = sizeof fields / sizeof fields[0] };

/* References: x0 to x31, then specials, fields, CSRs. */
enum { REF_special = 0x100, REF_field = 0x200, REF_csr = 0x1000 };

static uint32_t
field_of(const struct csr_field *f, uint32_t value)
{
    return value >> f->low & (f->bits == 32 ? 0xffffffffu : (1u << f->bits) - 1);
}

const char *
repl_names_fields(uint32_t number, uint32_t value, char *text)
{
    size_t n = 0;

    text[0] = '\0';
    if (number == CSR_mcause) {
        (void)snprintf(text, REPL_SPACED_MAX, "%s", stats_cause(vmm_cause_index(value)));
        return text;
    }
    for (unsigned i = 0; i < FIELDS; i++) {
        uint32_t bits = field_of(&fields[i], value);

        if (fields[i].csr != number)
            continue;
        if (strcmp(fields[i].name, "MPP") == 0)
            n += (size_t)snprintf(text + n, REPL_SPACED_MAX - n, "%sMPP=%s", n > 0 ? " " : "",
                                  bits == ISA_MACHINE ? "M" : "U");
        else
            n += (size_t)snprintf(text + n, REPL_SPACED_MAX - n, "%s%s=%u", n > 0 ? " " : "",
                                  fields[i].name, bits);
    }
    return text;
}

/* ---- finding ---- */

static int
find_special(const char *name)
{
    for (unsigned i = 0; i < SPECIALS; i++)
        if (strcmp(specials[i].name, name) == 0)
            return (int)(REF_special + i);
    return -1;
}

/* A register, a special or a CSR. */
static int
find_processor(const char *name)
{
    unsigned n = (unsigned)strlen(name);
    int i = isa_register_number(name, n);

    if (i < 0)
        i = find_special(name);
    if (i < 0) {
        i = isa_csr_number(name, n);
        i = i < 0 ? i : i + REF_csr;
    }
    return i;
}

static int
find_field(int csr, const char *field)
{
    for (unsigned i = 0; i < FIELDS; i++)
        if ((uint32_t)csr == fields[i].csr && strcasecmp(field, fields[i].name) == 0)
            return (int)(REF_field + i);
    return -1;
}

/* Names of processors come before CSRs' where there is no `$': a program may call a label `time'.
 */
static bool
resolve(void *context, const char *name, const char *field, bool dollar, bool *constant,
        uint32_t *reference, struct repl_value *value, char *problem)
{
    const struct repl_place_context *c = context;
    int i = find_processor(name);
    uint32_t address;

    *constant = false;
    if (field != NULL) {
        unsigned csr = (unsigned)isa_csr_number(name, (unsigned)strlen(name));
        int f = find_field((int)csr, field);

        if (f < 0)
            (void)snprintf(problem, REPL_PROBLEM_MAX, "there is no `%.40s.%.40s'", name, field);
        *reference = (uint32_t)f;
        return f >= 0;
    }
    if (!dollar && (i < 0 || i >= REF_special) &&
        repl_level_symbol_value(c->levels, c->row, name, &address)) {
        *constant = true;
        *value = repl_value_word(address);
        value->space = (int)c->row;
        return true;
    }
    if (i < 0) {
        (void)snprintf(problem, REPL_PROBLEM_MAX,
                       "there is no register, CSR or symbol `%.60s' here", name);
        return false;
    }
    *reference = (uint32_t)i;
    return true;
}

static int
level(void *context, const char *name, size_t length)
{
    const struct repl_place_context *c = context;

    return repl_level_find(c->levels, name, length);
}

/* ---- reading ---- */

static struct repl_value
read_special(const struct repl_place_context *c, const struct isa_hart *h, uint32_t id)
{
    const struct vm *vm = repl_level_vm(c->levels, c->row);
    const struct devices *d = repl_level_devices(c->levels, c->row);

    switch (id) {
    case SPECIAL_pc: return repl_value_word(h->pc);
    case SPECIAL_mode: return repl_value_word(h->mode);
    case SPECIAL_t: return repl_value_wide(repl_level_steps(c->levels, c->row));
    case SPECIAL_mtime: return repl_value_wide(h->mtime);
    case SPECIAL_mtimecmp: return repl_value_wide(d->clint.mtimecmp);
    case SPECIAL_msip: return repl_value_word(d->clint.msip);
    case SPECIAL_mcycle: return repl_value_wide(h->mcycle);
    case SPECIAL_minstret: return repl_value_wide(h->minstret);
    case SPECIAL_exits: return repl_value_wide(vm != NULL ? vmm_exits(vm) : 0);
    default: return repl_value_word(vm != NULL ? vm->code : c->levels->system->machine.exit_code);
    }
}

static bool
read_name(void *context, uint32_t reference, struct repl_value *value, char *problem)
{
    const struct repl_place_context *c = context;
    struct isa_hart h;

    (void)problem;
    repl_level_hart(c->levels, c->row, &h);
    if (reference < 32)
        *value = repl_value_word(h.x[reference]);
    else if (reference >= REF_csr)
        *value = repl_value_word(isa_csr_read(&h, reference - REF_csr));
    else if (reference >= REF_field)
        *value = repl_value_word(field_of(&fields[reference - REF_field],
                                          isa_csr_read(&h, fields[reference - REF_field].csr)));
    else
        *value = read_special(c, &h, reference - REF_special);
    return true;
}

bool
repl_names_locate(const struct repl_levels *ls, unsigned row, const struct repl_value *address,
                  uint32_t bytes, unsigned *of, uint32_t *pa, char *problem)
{
    uint32_t va = (uint32_t)address->bits, ignored;
    struct isa_hart h;
    char title[REPL_TITLE_MAX];

    *of = address->space == REPL_HERE ? row : (unsigned)address->space;
    *pa = va;
    repl_level_title(ls, *of, title);
    if (address->space == REPL_HERE) {
        repl_level_hart(ls, row, &h);
        if (!repl_level_relocate(ls, row, &h, va, bytes, pa)) {
            (void)snprintf(problem, REPL_PROBLEM_MAX,
                           h.mode == ISA_USER ? "0x%08x is outside the R of %s in mode %s"
                                              : "0x%08x is outside the memory of %s (mode %s)",
                           va, title, repl_level_mode(row, h.mode));
            return false;
        }
    }
    if (repl_level_load(ls, *of, *pa, bytes, &ignored))
        return true;
    (void)snprintf(problem, REPL_PROBLEM_MAX, "0x%08x is outside the memory of %s", va, title);
    return false;
}

static bool
load(void *context, const struct repl_value *address, uint32_t bytes, uint32_t *value,
     char *problem)
{
    const struct repl_place_context *c = context;
    unsigned of;
    uint32_t pa;

    return repl_names_locate(c->levels, c->row, address, bytes, &of, &pa, problem) &&
           repl_level_load(c->levels, of, pa, bytes, value);
}

struct repl_scope
repl_names_scope(struct repl_place_context *context)
{
    return (struct repl_scope){context, resolve, read_name, load, level};
}

/* ---- what a value depends on ---- */

/* A scope that notes what is read. */
struct noting {
    struct repl_place_context place;
    struct machine_lookout *lookout;
    bool ok;
};

static void
note(struct noting *n, const void *word)
{
    n->ok = n->ok && machine_look_for(n->lookout, word);
}

/* A CSR of the real processor, bare; NULL: it changes all the time, or is no such word. */
static const void *
csr_word(const struct isa_hart *h, uint32_t number)
{
    switch (number) {
    case CSR_mstatus: return &h->mstatus;
    case CSR_mie: return &h->mie;
    case CSR_mtvec: return &h->mtvec;
    case CSR_mscratch: return &h->mscratch;
    case CSR_mepc: return &h->mepc;
    case CSR_mcause: return &h->mcause;
    case CSR_mtval: return &h->mtval;
    case CSR_mbase: return &h->mbase;
    case CSR_mbound: return &h->mbound;
    case CSR_mresv: return &h->mresv;
    default: return NULL;
    }
}

static bool
is_counter(uint32_t csr)
{
    return csr_word(&(struct isa_hart){0}, csr) == NULL;
}

/* mode and R, where they are the real processor's; a guest's change in its monitor alone, an inner
 * one's with a change of the real mode. */
static void
note_mode(struct noting *n)
{
    const struct isa_hart *h = &n->place.levels->system->machine.hart;

    note(n, &h->mode);
    note(n, &h->mbase);
    note(n, &h->mbound);
}

static void
note_csr(struct noting *n, uint32_t csr)
{
    const struct isa_hart *h = &n->place.levels->system->machine.hart;
    bool real = n->place.row == 0 && !repl_levels_hosted(n->place.levels);

    if (is_counter(csr))
        n->ok = false;
    else if (real)
        note(n, csr_word(h, csr));
    else if (csr == CSR_mresv) /* the real one stands for it */
        note(n, &h->mresv);
    else
        note_mode(n);
}

static void
note_reference(struct noting *n, uint32_t reference)
{
    const struct machine *m = &n->place.levels->system->machine;

    if (reference < 32) {
        note(n, &m->hart.x[reference]);
        note_mode(n);
    } else if (reference >= REF_csr) {
        note_csr(n, reference - REF_csr);
    } else if (reference >= REF_field) {
        note_csr(n, fields[reference - REF_field].csr);
    } else if (reference == REF_special + SPECIAL_mode) {
        note_mode(n);
    } else {
        n->ok = false;
    }
}

static bool
read_noting(void *context, uint32_t reference, struct repl_value *value, char *problem)
{
    struct noting *n = context;

    note_reference(n, reference);
    return read_name(&n->place, reference, value, problem);
}

static bool
load_noting(void *context, const struct repl_value *address, uint32_t bytes, uint32_t *value,
            char *problem)
{
    struct noting *n = context;
    struct isa_ram ram;
    unsigned of;
    uint32_t pa;

    if (address->space == REPL_HERE)
        note_mode(n);
    if (!repl_names_locate(n->place.levels, n->place.row, address, bytes, &of, &pa, problem))
        return false;
    repl_level_ram(n->place.levels, of, &ram);
    if (((pa - ISA_RAM_START) & ~3u) + 4 > ram.size || (pa & ~3u) != ((pa + bytes - 1) & ~3u))
        n->ok = false;
    else
        note(n, ram.bytes + ((pa - ISA_RAM_START) & ~3u));
    return repl_level_load(n->place.levels, of, pa, bytes, value);
}

bool
repl_names_look_for(const struct repl_levels *ls, unsigned row, struct repl_expression *e,
                    struct machine_lookout *l)
{
    struct noting n = {{ls, row}, l, true};
    struct repl_scope scope = {&n, resolve, read_noting, load_noting, level};
    struct repl_value ignored;

    (void)repl_evaluate(e, &scope, &ignored);
    return n.ok;
}

/* ---- writing ---- */

static bool
refuse(char *problem, const char *why)
{
    (void)snprintf(problem, REPL_PROBLEM_MAX, "%s", why);
    return false;
}

static bool
set_special(struct isa_hart *h, struct devices *d, uint32_t id, uint64_t value, char *problem)
{
    switch (id) {
    case SPECIAL_pc:
        if (value % 4 != 0)
            return refuse(problem, "pc is a multiple of 4");
        h->pc = (uint32_t)value;
        return true;
    case SPECIAL_mode:
        if (value != ISA_USER && value != ISA_MACHINE)
            return refuse(problem, "mode is 3 (machine) or 0 (user)");
        h->mode = (uint32_t)value;
        return true;
    case SPECIAL_mtime: h->mtime = value; return true;
    case SPECIAL_mtimecmp: d->clint.mtimecmp = value; return true;
    case SPECIAL_msip: d->clint.msip = value & 1; return true;
    case SPECIAL_mcycle: h->mcycle = value; return true;
    case SPECIAL_minstret: h->minstret = value; return true;
    default: return refuse(problem, "that is a count of what happened; it can't be set");
    }
}

/* A counter's half: isa_csr_write would leave it one short, for the instruction that writes. */
static bool
set_counter(struct isa_hart *h, uint32_t number, uint32_t value)
{
    uint64_t high = (uint64_t)value << 32;

    switch (number) {
    case CSR_mcycleh: h->mcycle = high | (uint32_t)h->mcycle; return true;
    case CSR_minstreth: h->minstret = high | (uint32_t)h->minstret; return true;
    default: return false;
    }
}

static bool
set_csr(struct isa_hart *h, uint32_t number, uint32_t value, uint32_t ram_size, char *problem)
{
    if (isa_csr_read_only(number))
        return refuse(problem, "the CSR is read-only by its number (docs/machine.md, `CSRs')");
    if (number == CSR_mip)
        return refuse(problem, "mip is the interrupt lines themselves: set mtimecmp or msip");
    if (!set_counter(h, number, value))
        isa_csr_write(h, number, value, ram_size);
    return true;
}

static bool
set_reference(struct isa_hart *h, struct devices *d, uint32_t ram_size, uint32_t reference,
              uint64_t value, char *problem)
{
    const struct csr_field *f;
    uint32_t mask, old;

    if (reference == 0)
        return refuse(problem, "zero is always 0");
    if (reference < 32) {
        h->x[reference] = (uint32_t)value;
        return true;
    }
    if (reference >= REF_csr)
        return set_csr(h, reference - REF_csr, (uint32_t)value, ram_size, problem);
    if (reference < REF_field)
        return set_special(h, d, reference - REF_special, value, problem);
    f = &fields[reference - REF_field];
    mask = ((1u << f->bits) - 1) << f->low;
    old = isa_csr_read(h, f->csr);
    if ((uint32_t)value != ((uint32_t)value << f->low & mask) >> f->low)
        return refuse(problem, "the value does not fit the field");
    return set_csr(h, f->csr, (old & ~mask) | ((uint32_t)value << f->low & mask), ram_size,
                   problem);
}

static bool
set_virtual(struct system *system, unsigned index, uint32_t reference, uint64_t value,
            char *problem)
{
    struct hosted *hosted = &system->hosted;
    struct vm *vm = &hosted->vmm.vm[index];

    if (index == hosted->vmm.current)
        vmm_take_reservation(&hosted->vmm, &hosted->port);
    if (!set_reference(&vm->vcpu.hart, &vm->devices, vm->size, reference, value, problem))
        return false;
    hosted_changed(hosted);
    return true;
}

/* The level's own while it executes: then who executes it has them. */
static bool
is_register(uint32_t reference)
{
    return reference < 32 || reference == REF_special + SPECIAL_pc;
}

/* What an inner level's monitor only hands on, and need not learn of. */
static bool
is_plain(uint32_t reference)
{
    static const uint32_t csrs[] = {CSR_mscratch, CSR_mepc, CSR_mcause, CSR_mtval, CSR_mtvec};

    for (unsigned i = 0; i < sizeof csrs / sizeof csrs[0]; i++)
        if (reference == REF_csr + csrs[i])
            return true;
    return is_register(reference);
}

/* `bytes` that the monitor of `row` has at `place`, in its memory. */
static void
store(const struct repl_levels *ls, unsigned row, const void *place, const void *bytes, size_t size)
{
    const uint8_t *ram = ls->system->machine.ram.bytes, *from = bytes;
    unsigned parent = ls->row[row].parent;
    struct level monitor;
    uint32_t at;

    (void)repl_level_look(ls, parent, &monitor);
    at = ISA_RAM_START + (uint32_t)((const uint8_t *)place - ram) - monitor.offset;
    for (size_t i = 0; i < size; i++)
        (void)repl_level_store(ls, parent, at + (uint32_t)i, 1, from[i]);
}

/*
 * What the monitor of `row` has of it has changed, and it has to act by that:
 * its own timer is due at once, which is an exit that the guest does not see, and
 * it finds that all is to be looked at.  So is the monitor of the level that it runs on.
 */
static void
attend(const struct repl_levels *ls, unsigned row)
{
    static const uint32_t changed = VMM_CHANGED_all;
    static const uint64_t due;
    unsigned parent = ls->row[row].parent;
    struct repl_value now = repl_value_wide(due);
    char problem[REPL_PROBLEM_MAX];
    struct level level;

    (void)repl_level_look(ls, row, &level);
    store(ls, row, &level.vmm->changed, &changed, sizeof changed);
    /* it is not what the guest does next that exits */
    ls->boundary[row].exits = vmm_exits(repl_level_vm(ls, row)) + 1;
    if (!ls->row[parent].inner) {
        (void)repl_names_set(ls, parent, "mtimecmp", &now, problem);
        return;
    }
    (void)repl_level_look(ls, parent, &level);
    store(ls, parent, &level.vm->devices.clint.mtimecmp, &due, sizeof due);
    attend(ls, parent);
}

/* Its VM as the monitor is to have it: `is`, but for what it has still to add to its account. */
static void
store_vm(const struct repl_levels *ls, unsigned row, const struct level *level,
         const struct vm *was, const struct vm *is)
{
    const struct isa_hart *had = &level->vm->vcpu.hart;
    struct isa_hart h = is->vcpu.hart;

    h.mcycle = had->mcycle + (is->vcpu.hart.mcycle - was->vcpu.hart.mcycle);
    h.minstret = had->minstret + (is->vcpu.hart.minstret - was->vcpu.hart.minstret);
    h.mtime = had->mtime + (is->vcpu.hart.mtime - was->vcpu.hart.mtime);
    h.mip = had->mip;
    h.mresv = had->mresv;
    store(ls, row, had, &h, sizeof h);
    store(ls, row, &level->vm->devices, &is->devices, sizeof is->devices);
}

/*
 * A level inside a monitor that runs in memory.  While it executes, its x and pc
 * are those of the outer level that it is inside of.
 */
static bool
set_inner(const struct repl_levels *ls, unsigned row, const char *name, uint32_t reference,
          const struct repl_value *value, char *problem)
{
    struct level level;
    struct vm was, is;
    bool executes;

    if (!repl_level_look(ls, row, &level))
        return refuse(problem, "it is not there as yet: its monitor has not started it");
    executes = level.x != &level.vm->vcpu.hart;
    if (!executes && level.vm->state == VM_ready)
        return refuse(problem, "its monitor is at work, or another's turn it is: it can be set "
                               "where its own instruction is next");
    if (!executes && !is_plain(reference))
        return refuse(problem, "its monitor has put it aside, and acts by that: it can be set "
                               "where its own instruction is next");
    if (executes && is_register(reference))
        return repl_names_set(ls, repl_level_outer_of(ls, row), name, value, problem);
    levels_vm(&level, &was);
    is = was;
    if (!set_reference(&is.vcpu.hart, &is.devices, level.size, reference,
                       (uint64_t)repl_value_number(value), problem))
        return false;
    store_vm(ls, row, &level, &was, &is);
    if (!is_plain(reference))
        attend(ls, row);
    return true;
}

bool
repl_names_set(const struct repl_levels *ls, unsigned row, const char *name,
               const struct repl_value *value, char *problem)
{
    struct repl_place_context context = {ls, row};
    struct machine *m = &ls->system->machine;
    struct repl_value ignored;
    uint32_t reference;
    bool constant;
    const char *bare = name[0] == '$' ? name + 1 : name, *dot = strchr(bare, '.');
    char csr[REPL_SYMBOL_MAX];

    (void)snprintf(csr, sizeof csr, "%.*s",
                   (int)(dot != NULL ? (size_t)(dot - bare) : strlen(bare)), bare);
    if (!resolve(&context, csr, dot != NULL ? dot + 1 : NULL, true, &constant, &reference, &ignored,
                 problem))
        return false;
    if (ls->row[row].inner)
        return set_inner(ls, row, name, reference, value, problem);
    if (row != 0)
        return set_virtual(ls->system, ls->row[row].vm, reference,
                           (uint64_t)repl_value_number(value), problem);
    if (repl_levels_hosted(ls))
        return refuse(problem, "the real processor is the monitor's: set what the guest sees of it "
                               "(`as L1' first)");
    return set_reference(&m->hart, &m->devices, m->ram.size, reference,
                         (uint64_t)repl_value_number(value), problem);
}

const char *
repl_names_at(unsigned i, char *text)
{
    int csr;

    if (i < 32)
        return isa_register_name(i);
    i -= 32;
    if (i < SPECIALS)
        return specials[i].name;
    i -= SPECIALS;
    if (i < FIELDS) {
        char name[ISA_CSR_NAME_MAX];

        (void)isa_csr_name(fields[i].csr, name);
        (void)snprintf(text, REPL_SYMBOL_MAX, "%s.%s", name, fields[i].name);
        return text;
    }
    csr = isa_csr_at(i - FIELDS);
    if (csr < 0 || !isa_csr_name((uint32_t)csr, text))
        return NULL;
    return text;
}
