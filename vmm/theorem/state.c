/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/state.h"

#include <string.h>

/* ---- fields by number ---- */

struct row {
    const char *name, *kind;
    unsigned bits;
    uint64_t rest;
};

#define ROW(id, member, type, bits, name, kind, rest) {name, kind, bits, rest},
static const struct row rows[STATE_COMPONENT_COUNT] = {
    STATE_FIELDS(ROW){"storage", "storage", 0, 0}};
#undef ROW

const char *
state_field_name(enum state_field field)
{
    return rows[field].name;
}

const char *
state_field_kind(enum state_field field)
{
    return rows[field].kind;
}

unsigned
state_field_bits(enum state_field field)
{
    return rows[field].bits;
}

uint64_t
state_field_rest(enum state_field field)
{
    return rows[field].rest;
}

uint64_t
state_get(const struct state *s, enum state_field field)
{
    switch (field) {
#define GET(id, member, type, bits, name, kind, rest)                                              \
    case STATE_##id: return (uint64_t)s->member;
        STATE_FIELDS(GET)
#undef GET
    case STATE_storage:
    case STATE_COMPONENT_COUNT: break;
    }
    return 0;
}

void
state_set(struct state *s, enum state_field field, uint64_t value)
{
    switch (field) {
#define SET(id, member, type, bits, name, kind, rest)                                              \
    case STATE_##id: s->member = (type)value; break;
        STATE_FIELDS(SET)
#undef SET
    case STATE_storage:
    case STATE_COMPONENT_COUNT: break;
    }
}

/* Does the CSR, once written, read `value`? */
static bool
csr_holds(uint32_t number, uint64_t value, uint32_t ram_size)
{
    struct isa_hart h = {.mode = ISA_MACHINE};

    isa_csr_write(&h, number, (uint32_t)value, ram_size);
    return isa_csr_read(&h, number) == value;
}

bool
state_field_legal(enum state_field field, uint64_t value, uint32_t ram_size)
{
    if (rows[field].bits < 64 && value >> rows[field].bits != 0)
        return false;
    switch (field) {
    case STATE_mode: return value == ISA_USER || value == ISA_MACHINE;
    case STATE_mbase: return csr_holds(CSR_mbase, value, ram_size);
    case STATE_mbound: return csr_holds(CSR_mbound, value, ram_size);
    case STATE_mstatus: return csr_holds(CSR_mstatus, value, ram_size);
    case STATE_mie: return csr_holds(CSR_mie, value, ram_size);
    case STATE_mtvec: return csr_holds(CSR_mtvec, value, ram_size);
    case STATE_mepc: return csr_holds(CSR_mepc, value, ram_size);
    case STATE_mresv: return csr_holds(CSR_mresv, value, ram_size);
    case STATE_finisher: return value <= FINISHER_reset;
    default: return true;
    }
}

bool
state_legal(const struct state *s, uint32_t ram_size)
{
    const struct uart *u = &s->devices.uart;

    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++)
        if (!state_field_legal((enum state_field)f, state_get(s, (enum state_field)f), ram_size))
            return false;
    return s->hart.x[0] == 0 && s->hart.pc % 4 == 0 && (u->rx_full || u->rx == 0) && !u->tx_full &&
           u->tx == 0 && s->devices.finisher.state == FINISHER_idle &&
           s->devices.finisher.code == 0;
}

void
state_reset(struct state *s)
{
    memset(s, 0, sizeof *s);
    isa_reset(&s->hart, ISA_RAM_START, 0);
    devices_reset(&s->devices);
}

/* ---- storage ---- */

void
state_plant(struct state *s, uint32_t word)
{
    for (unsigned m = 0; m < 2; m++) {
        struct isa_window w;
        uint32_t offset;

        isa_window(m == 0 ? ISA_USER : ISA_MACHINE, s->hart.mbase, s->hart.mbound, STATE_RAM, &w);
        if (isa_relocate(&w, s->hart.pc, 4, &offset))
            isa_ram_store(s->ram + offset, 4, word);
    }
}

void
state_window(const struct state *s, struct isa_window *w)
{
    isa_hart_window(&s->hart, STATE_RAM, w);
}

uint32_t
state_reservation(const struct state *s)
{
    uint32_t offset = s->hart.mresv & ~3u;
    struct isa_window w;

    state_window(s, &w);
    if ((s->hart.mresv & MRESV_VALID) == 0 || offset < w.base || w.bound < 4 ||
        offset - w.base > w.bound - 4)
        return STATE_NO_RESERVATION;
    return offset - w.base;
}

bool
state_same_program(const struct state *a, const struct state *b)
{
    struct isa_window wa, wb;

    state_window(a, &wa);
    state_window(b, &wb);
    return a->hart.pc == b->hart.pc && memcmp(a->hart.x, b->hart.x, sizeof a->hart.x) == 0 &&
           state_reservation(a) == state_reservation(b) && wa.bound == wb.bound &&
           memcmp(a->ram + wa.base, b->ram + wb.base, wa.bound) == 0;
}

/* Is RAM outside the window the same? */
static bool
same_outside(const struct isa_window *w, const uint8_t *a, const uint8_t *b)
{
    uint32_t end = w->base + w->bound;

    return memcmp(a, b, w->base) == 0 && memcmp(a + end, b + end, STATE_RAM - end) == 0;
}

/* ---- changes and differences ---- */

static bool
counts_instructions(enum state_field field)
{
    return field == STATE_mcycle || field == STATE_minstret || field == STATE_mtime;
}

state_set_of_components
state_changes(const struct state *before, const struct state *after)
{
    state_set_of_components changed = 0;
    struct isa_window w;

    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++) {
        enum state_field field = (enum state_field)f;
        uint64_t expected = state_get(before, field) + (counts_instructions(field) ? 1 : 0);

        if (field != STATE_mresv && state_get(after, field) != expected)
            changed |= 1u << f;
    }
    state_window(before, &w);
    if (!same_outside(&w, before->ram, after->ram))
        changed |= 1u << STATE_storage;
    return changed;
}

state_set_of_components
state_differences(const struct state *a, const struct state *b)
{
    state_set_of_components different = 0;
    struct isa_window wa, wb;

    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++)
        if (state_get(a, (enum state_field)f) != state_get(b, (enum state_field)f))
            different |= 1u << f;
    state_window(a, &wa);
    state_window(b, &wb);
    if (!same_outside(&wa, a->ram, b->ram) || !same_outside(&wb, a->ram, b->ram))
        different |= 1u << STATE_storage;
    return different;
}

/* ---- one instruction ---- */

/* Sleep until the deadline; false where there is none. */
static bool
sleep_until_deadline(struct state *s)
{
    struct devices_wait wait;

    devices_wait(&s->devices, &s->hart, &wait);
    if (wait.timer)
        devices_sleep(&s->devices, &s->hart);
    return wait.timer;
}

void
state_run(const struct state_machine *machine, const struct state *before, struct state_run *run)
{
    struct state *s = &run->after;
    struct isa_ram ram = {s->ram, STATE_RAM};
    struct isa_outcome out = {0};

    *s = *before;
    s->hart.mip = devices_lines(&s->devices, s->hart.mtime);
    run->cause = run->tval = 0;
    switch (machine->step(&s->devices, &s->hart, &ram, machine->variant, &run->word, &out)) {
    case ISA_DONE: run->result = STATE_executed; break;
    case ISA_WAIT: run->result = sleep_until_deadline(s) ? STATE_executed : STATE_waits; break;
    case ISA_TRAP:
    case ISA_ACCESS:
        run->result = STATE_trapped;
        run->cause = out.cause;
        run->tval = out.tval;
        break;
    }
    s->hart.mip = devices_lines(&s->devices, s->hart.mtime);
    run->device = run->result == STATE_executed && out.access.bytes != 0;
    run->store = out.access.store;
}

bool
state_memory_trapped(const struct state_run *run)
{
    return run->result == STATE_trapped &&
           (run->cause == CAUSE_fetch_access || run->cause == CAUSE_load_access ||
            run->cause == CAUSE_store_access);
}
