/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/sample.h"

#include <string.h>

#include "isa/encode.h"
#include "vmm/theorem/generator.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const char *
sample_row_name(enum sample_row row)
{
    switch (row) {
    case SAMPLE_undefined: return "undefined";
    case SAMPLE_load_device: return "load, device";
    case SAMPLE_store_device: return "store, device";
    default: return isa_instruction((enum isa_insn)row)->mnemonic;
    }
}

int
sample_row_number(const char *name)
{
    for (int row = 0; row < SAMPLE_ROWS; row++)
        if (strcmp(name, sample_row_name((enum sample_row)row)) == 0)
            return row;
    return -1;
}

/* ---- instruction words ---- */

/* A register's number; a few of them more often, so that witnesses read alike. */
static uint32_t
some_register(struct random *r)
{
    static const uint8_t usual[] = {0, 10, 10, 11, 11, 12};

    return random_chance(r, 75) ? usual[random_below(r, COUNT(usual))] : random_below(r, 32);
}

/* A CSR of those with a row of their own in the table, mostly; else any number. */
static uint32_t
some_csr(struct random *r)
{
    return random_chance(r, 50) ? random_below(r, 0x1000)
                                : (uint32_t)isa_csr_at(random_below(r, ISA_CSR_COUNT));
}

/* An immediate: none, a few bytes, or any. */
static uint32_t
some_immediate(struct random *r)
{
    switch (random_below(r, 4)) {
    case 0:
    case 1: return 0;
    case 2: return 4 * random_below(r, 32) - 64;
    default: return random_32(r);
    }
}

static uint32_t
some_operand(struct random *r, char letter)
{
    switch (letter) {
    case 'd':
    case 's':
    case 't': return some_register(r);
    case 'E': return some_csr(r);
    case 'Z': return random_chance(r, 25) ? 0 : random_below(r, 32);
    case 'i':
    case 'o':
    case 'q':
    case 'p':
    case 'a': return some_immediate(r);
    default: return random_32(r);
    }
}

static uint32_t
instruction_word(struct random *r, enum isa_insn insn)
{
    const struct isa_instruction *row = isa_instruction(insn);
    uint32_t word = (random_chance(r, 50) ? random_32(r) & ~row->mask : 0) | row->match;
    struct isa_range range;

    for (const char *letter = row->operands; *letter != '\0'; letter++)
        if (isa_field_range(*letter, &range))
            word = (word & ~isa_field_put(*letter, -1)) |
                   isa_field_put(*letter, some_operand(r, *letter));
    return word;
}

/* A word near an instruction, or anywhere, that encodes none. */
static uint32_t
undefined_word(struct random *r)
{
    uint32_t word;

    do {
        word = random_32(r);
        if (random_chance(r, 50))
            word = instruction_word(r, (enum isa_insn)random_below(r, INSN_COUNT)) ^
                   1u << random_below(r, 32);
    } while (isa_decode(word) != INSN_undefined);
    return word;
}

bool
sample_names_csr(enum sample_row row)
{
    return row < SAMPLE_undefined && isa_is_csr((enum isa_insn)row);
}

bool
sample_can_only_read(enum sample_row row)
{
    return sample_names_csr(row) &&
           !isa_csr_writes((enum isa_insn)row, isa_instruction((enum isa_insn)row)->match);
}

/* A CSR instruction with that access: it only reads when rs1, or the immediate there, is 0. */
static uint32_t
access_word(struct random *r, enum isa_insn insn, const struct sample_access *access)
{
    uint32_t word = instruction_word(r, insn);

    word = (word & ~isa_field_put('E', -1)) | isa_field_put('E', access->csr);
    if (!access->writes)
        return word & ~isa_field_put('s', -1);
    return isa_csr_writes(insn, word) ? word : word | isa_field_put('s', 1 + random_below(r, 31));
}

uint32_t
sample_word(struct random *r, enum sample_row row, const struct sample_access *access)
{
#define INSN(id, mnemonic, operands, match, mask, meaning, about) INSN_##id,
    static const enum isa_insn loads[] = {ISA_LOAD(INSN)}, stores[] = {ISA_STORE(INSN)};
#undef INSN

    switch (row) {
    case SAMPLE_undefined: return undefined_word(r);
    case SAMPLE_load_device: return instruction_word(r, loads[random_below(r, COUNT(loads))]);
    case SAMPLE_store_device: return instruction_word(r, stores[random_below(r, COUNT(stores))]);
    default: break;
    }
    return access == NULL ? instruction_word(r, (enum isa_insn)row)
                          : access_word(r, (enum isa_insn)row, access);
}

/* ---- states ---- */

/* An address that a device takes. */
static uint32_t
device_address(struct random *r)
{
    static const uint32_t at[] = {
        FINISHER_START,
        CLINT_START + CLINT_MSIP,
        CLINT_START + CLINT_MTIMECMP,
        CLINT_START + CLINT_MTIMECMP + 4,
        CLINT_START + CLINT_MTIME,
        CLINT_START + CLINT_MTIME + 4,
    };

    return random_chance(r, 60) ? UART_START + random_below(r, UART_SIZE)
                                : at[random_below(r, COUNT(at))];
}

/* An address in the window, often at one of its ends, mostly aligned. */
static uint32_t
shown_address(struct random *r, uint32_t bound)
{
    uint32_t offset = bound == 0 ? 0 : random_below(r, bound);

    if (random_chance(r, 20))
        offset = random_chance(r, 50) ? 0 : bound - 4;
    return ISA_RAM_START + (random_chance(r, 85) ? offset & ~3u : offset);
}

/* A reservation of what lies at `address`, or elsewhere in the window, where the state has any. */
static void
reserve(struct random *r, uint32_t address, struct state *s)
{
    struct isa_window w;
    uint32_t offset;

    state_window(s, &w);
    if (random_chance(r, 50) && w.bound >= 4)
        address = ISA_RAM_START + random_below(r, w.bound);
    if (random_chance(r, 50) && isa_relocate(&w, address & ~3u, 4, &offset))
        s->hart.mresv = offset | MRESV_VALID;
}

/* Let the base register of a load, store or atomic point to something, the reservation perhaps to
 * the same. */
static void
aim(struct random *r, enum sample_row row, uint32_t word, struct state *s)
{
    enum isa_insn insn = isa_decode(word);
    const char *operands = insn == INSN_undefined ? "" : isa_instruction(insn)->operands;
    bool device = row == SAMPLE_load_device || row == SAMPLE_store_device;
    const char *base = strstr(operands, "(s)");
    struct isa_window w;

    if (base == NULL || isa_rs1(word) == 0 || (!device && random_chance(r, 20)))
        return;
    state_window(s, &w);
    uint32_t address = device ? device_address(r) : shown_address(r, w.bound);
    s->hart.x[isa_rs1(word)] = address - (uint32_t)isa_field_get(base[-1], word);
    reserve(r, address, s);
}

/* A value that does something to the finisher, now and then. */
static void
tempt_finisher(struct random *r, uint32_t word, struct state *s)
{
    static const uint32_t values[] = {FINISHER_PASS, FINISHER_FAIL, FINISHER_FAIL | 7u << 16,
                                      FINISHER_RESET};

    if (random_chance(r, 10) && isa_rs2(word) != 0)
        s->hart.x[isa_rs2(word)] = values[random_below(r, COUNT(values))];
}

/*
 * For a CSR instruction, now and then a window of a few words, and few bytes to
 * write: should it write R, what lies beside the window comes into sight.
 */
static void
narrow(struct random *r, uint32_t word, struct state *s)
{
    if (!isa_is_csr(isa_decode(word)) || !random_chance(r, 40))
        return;
    s->hart.mbase = random_below(r, STATE_RAM) & ~3u;
    s->hart.mbound = 4 + 4 * random_below(r, 4);
    if (isa_rs1(word) != 0)
        s->hart.x[isa_rs1(word)] = random_below(r, random_chance(r, 50) ? 32 : STATE_RAM);
}

void
sample_state(struct random *r, enum sample_row row, uint32_t word, struct state *s)
{
    struct isa_window w;

    generate_hart(r, STATE_RAM, NULL, &s->hart);
    generate_devices(r, s->hart.mtime, &s->devices);
    for (uint32_t i = 0; i < STATE_RAM; i += 4)
        isa_ram_store(s->ram + i, 4, random_32(r));

    s->hart.mode = ISA_USER;
    narrow(r, word, s);
    state_window(s, &w);
    s->hart.pc = ISA_RAM_START + (random_below(r, w.bound >= 4 ? w.bound : STATE_RAM) & ~3u);
    reserve(r, s->hart.pc, s);
    if (row == SAMPLE_store_device)
        tempt_finisher(r, word, s);
    aim(r, row, word, s);
    state_plant(s, word);
}

/* ---- pairs ---- */

/* Another value that the field can hold. */
static uint64_t
other_value(struct random *r, const struct state *s, enum state_field field)
{
    uint64_t old = state_get(s, field), value;
    unsigned bits = state_field_bits(field);

    do {
        if (bits == 64)
            value = random_chance(r, 50) ? random_64(r) : old + random_below(r, 5) - 2;
        else
            value = generate_value(r, STATE_RAM);
        if (random_chance(r, 30))
            value = old ^ (uint64_t)1 << random_below(r, bits);
        if (bits < 64)
            value &= ((uint64_t)1 << bits) - 1;
    } while (value == old || !state_field_legal(field, value, STATE_RAM));
    return value;
}

/* *b in the other mode: both see all of RAM, which takes an open R. */
static bool
vary_mode(struct random *r, struct state *a, struct state *b)
{
    a->hart.mbase = 0;
    a->hart.mbound = random_chance(r, 50) ? STATE_RAM : 0xfffffffcu;
    *b = *a;
    b->hart.mode = a->hart.mode == ISA_MACHINE ? ISA_USER : ISA_MACHINE;
    return true;
}

/* *b in U-mode with its window elsewhere, clear of *a's; RAM is one and holds the same twice. */
static bool
move_window(struct random *r, struct state *a, struct state *b)
{
    uint32_t at = a->hart.pc - ISA_RAM_START, half = STATE_RAM / 2;
    uint32_t reservation = state_reservation(a);
    struct isa_window w;

    state_window(a, &w);
    if (w.bound > half)
        w.bound = half;
    if (w.bound < 4 || at > w.bound - 4)
        return false;
    if (reservation != STATE_NO_RESERVATION && reservation > w.bound - 4)
        return false;

    /* Whichever side of the window has the room. */
    if (w.base >= w.bound)
        b->hart.mbase = random_below(r, w.base - w.bound + 1) & ~3u;
    else if (STATE_RAM - w.base - w.bound >= w.bound)
        b->hart.mbase =
            STATE_RAM - w.bound - (random_below(r, STATE_RAM - w.base - 2 * w.bound + 1) & ~3u);
    else
        return false;

    uint32_t to = b->hart.mbase;
    a->hart.mbound = w.bound;
    if (reservation == STATE_NO_RESERVATION)
        a->hart.mresv = 0;
    memcpy(a->ram + to, a->ram + w.base, w.bound);
    *b = *a;
    b->hart.mbase = to;
    if (reservation != STATE_NO_RESERVATION)
        b->hart.mresv = (to + reservation) | MRESV_VALID;
    return true;
}

/* *b with another bound that shows as much: where it is clipped by the end of RAM. */
static bool
vary_clipped_bound(struct random *r, struct state *a, struct state *b)
{
    uint32_t rest;

    if (a->hart.mbase >= STATE_RAM)
        return false;
    rest = STATE_RAM - a->hart.mbase;
    a->hart.mbound = rest + 4 * random_below(r, random_chance(r, 50) ? 4 : 64);
    *b = *a;
    b->hart.mbound =
        random_chance(r, 50) ? 0xfffffffcu : a->hart.mbound + 4 + 4 * random_below(r, 64);
    return true;
}

/* A word's offset in RAM: any, or one close to an end of the window, on either side. */
static uint32_t
some_offset(struct random *r, const struct state *s)
{
    struct isa_window w;

    state_window(s, &w);
    switch (random_below(r, 4)) {
    case 0: return random_below(r, STATE_RAM) & ~3u;
    case 1: return (w.base - 4 - random_below(r, 16)) % STATE_RAM & ~3u;
    default: return (w.base + w.bound + random_below(r, 16)) % STATE_RAM & ~3u;
    }
}

/* A name of no reservation: not valid, or outside the window. */
static bool
name_none(struct random *r, struct state *s)
{
    for (unsigned i = 0; i < 8; i++) {
        s->hart.mresv = some_offset(r, s) | (random_chance(r, 75) ? MRESV_VALID : 0);
        if (state_reservation(s) == STATE_NO_RESERVATION)
            return true;
    }
    s->hart.mresv = 0;
    return false;
}

static bool
vary_reservation_name(struct random *r, struct state *a, struct state *b)
{
    bool named = name_none(r, a);

    *b = *a;
    return named && name_none(r, b) && a->hart.mresv != b->hart.mresv;
}

/* Other words where nothing is shown. */
static void
scramble_storage(struct random *r, struct state *s)
{
    struct isa_window w;

    state_window(s, &w);
    for (uint32_t i = 0; i < STATE_RAM; i += 4)
        if (i < w.base || i >= w.base + w.bound)
            isa_ram_store(s->ram + i, 4, random_32(r));
}

/* What the processor and its owner put there only in passing: at rest between instructions. */
static bool
in_passing(enum state_field field)
{
    return field == STATE_tx_full || field == STATE_tx || field == STATE_finisher ||
           field == STATE_code;
}

/* Vary one field that the program state knows nothing of. */
static bool
vary_field(struct random *r, enum state_field field, struct state *s)
{
    if (in_passing(field) || (field == STATE_rx && !s->devices.uart.rx_full))
        return false;
    state_set(s, field, other_value(r, s, field));
    return true;
}

bool
sample_vary(struct random *r, enum state_field component, struct state *a, struct state *b)
{
    bool user = a->hart.mode == ISA_USER, varied;

    *b = *a;
    switch (component) {
    case STATE_mode: varied = vary_mode(r, a, b); break;
    case STATE_mbase: varied = user ? move_window(r, a, b) : vary_field(r, component, b); break;
    case STATE_mbound:
        varied = user ? vary_clipped_bound(r, a, b) : vary_field(r, component, b);
        break;
    case STATE_mresv: varied = vary_reservation_name(r, a, b); break;
    case STATE_rx_full:
        a->devices.uart.rx = b->devices.uart.rx = 0; /* a NUL byte waits, or none */
        varied = vary_field(r, component, b);
        break;
    case STATE_storage:
        scramble_storage(r, b);
        varied = user;
        break;
    default: varied = vary_field(r, component, b); break;
    }
    return varied && state_same_program(a, b);
}

void
sample_vary_all(struct random *r, const struct state *a, struct state *b)
{
    bool user = a->hart.mode == ISA_USER;

    *b = *a;
    scramble_storage(r, b);
    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++) {
        enum state_field field = (enum state_field)f;

        if (field == STATE_mode || field == STATE_mresv || field == STATE_rx_full ||
            (user && (field == STATE_mbase || field == STATE_mbound)))
            continue;
        (void)vary_field(r, field, b);
    }
}
