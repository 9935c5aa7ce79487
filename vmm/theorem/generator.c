/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/generator.h"

#include <stddef.h>

#include "isa/csr.h"
#include "isa/encode.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Registers below this hold values of interest; those from SCRATCH on are the programs' own. */
enum { INTERESTING = 16, SCRATCH = 28 };

/* ---- instructions ---- */

static const enum isa_insn privileged_rows[] = {INSN_csrrw,  INSN_csrrs,  INSN_csrrc, INSN_csrrwi,
                                                INSN_csrrsi, INSN_csrrci, INSN_mret,  INSN_wfi};

static const enum isa_insn memory_rows[] = {
    INSN_lb, INSN_lh, INSN_lw, INSN_lbu,  INSN_lhu,  INSN_sb,       INSN_sh,
    INSN_sw, INSN_lw, INSN_sw, INSN_lr_w, INSN_sc_w, INSN_amoadd_w, INSN_amoswap_w};

static const uint16_t csrs[] = {CSR_mstatus, CSR_mie,    CSR_mtvec,    CSR_mscratch, CSR_mepc,
                                CSR_mcause,  CSR_mtval,  CSR_mip,      CSR_mbase,    CSR_mbound,
                                CSR_mresv,   CSR_mcycle, CSR_minstret, CSR_mcycleh,  CSR_time,
                                CSR_instret, CSR_timeh,  CSR_misa,     CSR_minstreth};

/* Mostly a CSR that matters, sometimes any that exists, sometimes any number. */
static uint32_t
csr_number(struct random *r)
{
    uint32_t kind = random_below(r, 10);

    if (kind < 7)
        return csrs[random_below(r, COUNT(csrs))];
    if (kind < 9)
        return (uint32_t)isa_csr_at(random_below(r, ISA_CSR_COUNT));
    return random_below(r, 0x1000);
}

/* The row's fixed bits, all else random. */
static uint32_t
instruction(struct random *r, enum isa_insn insn)
{
    const struct isa_instruction *row = isa_instruction(insn);
    uint32_t word = (random_32(r) & ~row->mask) | row->match;

    if (row->operands[0] == 'd' && row->operands[2] == 'E')
        word = (word & 0xfffff) | isa_field_put('E', csr_number(r));
    /* The registers that hold something of interest, and no offset, so that accesses hit. */
    if (random_chance(r, 80) && (row->mask & 0xf8000) == 0)
        word &= ~0x80000u;
    if (random_chance(r, 60) && (word & 0x7f) == OPCODE_LOAD)
        word &= 0x000fffff;
    if (random_chance(r, 60) && (word & 0x7f) == OPCODE_STORE)
        word &= 0x00fff07f;
    return word;
}

uint32_t
generate_word(struct random *r)
{
    uint32_t kind = random_below(r, 100);

    if (kind < 35)
        return instruction(r, privileged_rows[random_below(r, COUNT(privileged_rows))]);
    if (kind < 60)
        return instruction(r, memory_rows[random_below(r, COUNT(memory_rows))]);
    if (kind < 90)
        return instruction(r, (enum isa_insn)random_below(r, INSN_COUNT));
    if (kind < 95) /* a near miss */
        return instruction(r, (enum isa_insn)random_below(r, INSN_COUNT)) ^
               1u << random_below(r, 32);
    return random_32(r);
}

/* ---- values ---- */

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
        UART_START,
        UART_START + UART_IER,
        UART_START + UART_LCR,
        UART_START + UART_LSR,
        UART_START + UART_SIZE,
        CLINT_START + CLINT_SIZE,
    };

    return at[random_below(r, COUNT(at))] + (random_chance(r, 10) ? random_below(r, 8) : 0);
}

/* What ends a machine's run, or resets it, when stored to the finisher. */
static uint32_t
finishing_value(struct random *r)
{
    const uint32_t values[] = {FINISHER_PASS, FINISHER_FAIL | random_below(r, 200) << 16,
                               FINISHER_RESET, random_32(r)};

    return values[random_below(r, COUNT(values))];
}

/* A number of bytes at an edge of a memory of `size`. */
static uint32_t
edge(struct random *r, uint32_t size)
{
    const uint32_t at[] = {0,          4,         size - 4, size, size + 4,   0xfffffffc,
                           0x80000000, 0u - size, size / 2, 4096, 0x7ffffffc, random_32(r)};

    return at[random_below(r, COUNT(at))];
}

static uint32_t
inside(struct random *r, uint32_t size)
{
    return random_below(r, size);
}

uint32_t
generate_value(struct random *r, uint32_t ram_size)
{
    switch (random_below(r, 13)) {
    case 0: return random_32(r);
    case 1: return random_below(r, 64);
    case 2: return 0u - random_below(r, 64);
    case 3: return 1u << random_below(r, 32);
    case 4: return device_address(r);
    case 5: return edge(r, ram_size);
    case 6: return ISA_RAM_START + edge(r, ram_size);
    case 7: return random_32(r) & (MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MIP_MTI | MIP_MEI);
    case 8: return finishing_value(r);
    default: return ISA_RAM_START + (inside(r, ram_size) & ~3u);
    }
}

/* ---- states ---- */

/* Where the next instruction is: in sight, more often than not; else at an edge, or anywhere. */
static uint32_t
program_counter(struct random *r, const struct isa_hart *h, uint32_t ram_size)
{
    struct isa_window w;

    isa_hart_window(h, ram_size, &w);
    if (w.bound >= 4 && random_chance(r, 92))
        return ISA_RAM_START + (random_below(r, w.bound) & ~3u);
    return generate_value(r, ram_size) & ~3u;
}

/* R: open, in the middle, or nasty. */
static void
relocation(struct random *r, struct isa_hart *h, uint32_t ram_size)
{
    switch (random_below(r, 4)) {
    case 0:
        h->mbase = 0;
        h->mbound = 0xfffffffc;
        break;
    case 1:
    case 2:
        h->mbase = inside(r, ram_size) & ~3u;
        h->mbound = inside(r, ram_size) & ~3u;
        break;
    default:
        h->mbase = edge(r, ram_size) & ~3u;
        h->mbound = edge(r, ram_size) & ~3u;
        break;
    }
}

/* A counter, sometimes about to carry. */
static uint64_t
counter(struct random *r)
{
    switch (random_below(r, 4)) {
    case 0: return 0xffffffffu - random_below(r, 2);
    case 1: return UINT64_MAX - random_below(r, 2);
    case 2: return random_below(r, 100000);
    default: return random_64(r);
    }
}

void
generate_values(struct random *r, uint32_t ram_size, uint32_t values[GENERATE_VALUES])
{
    for (unsigned i = 0; i < GENERATE_VALUES; i++)
        values[i] = generate_value(r, ram_size);
}

static uint32_t
draw(struct random *r, uint32_t ram_size, const uint32_t values[GENERATE_VALUES])
{
    return values == NULL ? generate_value(r, ram_size) : values[random_below(r, GENERATE_VALUES)];
}

/* Eight registers, each by a byte of one random number. */
static void
draw_registers(struct random *r, uint32_t ram_size, const uint32_t values[GENERATE_VALUES],
               uint32_t *x)
{
    uint64_t bytes = random_64(r);

    for (unsigned i = 0; i < 8; i++)
        x[i] = values == NULL ? generate_value(r, ram_size) : values[bytes >> 8 * i & 0xff];
}

void
generate_hart(struct random *r, uint32_t ram_size, const uint32_t values[GENERATE_VALUES],
              struct isa_hart *h)
{
    for (unsigned i = 0; i < INTERESTING; i += 8)
        draw_registers(r, ram_size, values, &h->x[i]);
    for (unsigned i = INTERESTING; i < 32; i++)
        h->x[i] = (uint32_t)(i * 0x01010101);
    h->x[0] = 0;
    h->mode = random_chance(r, 60) ? ISA_MACHINE : ISA_USER;
    h->mstatus = random_32(r) & (MSTATUS_MIE | MSTATUS_MPIE);
    h->mstatus |= random_chance(r, 50) ? MSTATUS_MPP : 0;
    h->mie = random_32(r) & (MIP_MSI | MIP_MTI | MIP_MEI);
    h->mtvec = draw(r, ram_size, values) & ~2u;
    h->mscratch = draw(r, ram_size, values);
    h->mepc = draw(r, ram_size, values) & ~3u;
    h->mcause = draw(r, ram_size, values);
    h->mtval = draw(r, ram_size, values);
    relocation(r, h, ram_size);
    h->mresv = random_chance(r, 50) ? 0 : (inside(r, ram_size) & ~3u) | random_below(r, 2);
    h->mcycle = counter(r);
    h->minstret = counter(r);
    h->mtime = counter(r);
    h->mip = 0;
    h->pc = program_counter(r, h, ram_size);
}

uint32_t
generate_finish(struct random *r, struct isa_hart *h)
{
    uint32_t rs1 = 1 + random_below(r, 7), rs2 = 8 + random_below(r, 7);

    h->x[rs1] = FINISHER_START;
    h->x[rs2] = finishing_value(r);
    return isa_instruction(INSN_sw)->match | isa_field_put('s', rs1) | isa_field_put('t', rs2);
}

uint32_t
generate_edge(struct random *r, uint32_t ram_size, struct isa_hart *h)
{
    static const uint16_t written[] = {CSR_mbase, CSR_mbound, CSR_mresv};
    uint32_t rs1 = 1 + random_below(r, 7), csr = written[random_below(r, COUNT(written))];

    h->x[rs1] = edge(r, ram_size) | random_below(r, 2);
    return isa_instruction(INSN_csrrw)->match | isa_field_put('s', rs1) | isa_field_put('E', csr);
}

uint32_t
generate_talk(struct random *r, struct isa_hart *h)
{
    uint32_t rs1 = 1 + random_below(r, 7), other = 8 + random_below(r, 7);

    h->x[rs1] = UART_START + (random_chance(r, 75) ? UART_RBR : random_below(r, UART_SIZE));
    if (random_chance(r, 50))
        return isa_instruction(INSN_lbu)->match | isa_field_put('s', rs1) |
               isa_field_put('d', other);
    return isa_instruction(INSN_sb)->match | isa_field_put('s', rs1) | isa_field_put('t', other);
}

void
generate_devices(struct random *r, uint64_t mtime, struct devices *d)
{
    static const struct devices rest;

    *d = rest;
    d->clint.msip = random_chance(r, 10);
    switch (random_below(r, 4)) {
    case 0: d->clint.mtimecmp = CLINT_NEVER; break;
    case 1: d->clint.mtimecmp = random_64(r); break;
    default: d->clint.mtimecmp = mtime + random_below(r, 5) - 1; break;
    }
    d->uart.ier = (uint8_t)random_below(r, 4);
    d->uart.lcr = random_chance(r, 20) ? UART_LCR_DLAB : 3;
    d->uart.scr = (uint8_t)random_32(r);
    d->uart.rx_full = random_chance(r, 50);
    d->uart.rx = d->uart.rx_full ? (uint8_t)random_32(r) : 0;
}

void
generate_memory(struct random *r, uint8_t *bytes, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        isa_ram_store(bytes + 4 * i, 4, generate_word(r));
}

/* ---- programs ---- */

struct code {
    uint8_t *bytes;
    uint32_t at;    /* offset of the next word */
    uint32_t ticks; /* how far ahead a deadline is, at most; below 2048 */
    bool workload;  /* windows end within code and data, places are near to their starts */
};

enum { TICKS = 80, TICKS_WORKLOAD = 2047 };

static void
put(struct code *c, uint32_t word)
{
    isa_ram_store(c->bytes + c->at, 4, word);
    c->at += 4;
}

static uint32_t
encode_i(enum isa_insn insn, uint32_t rd, uint32_t rs1, uint32_t imm)
{
    return isa_instruction(insn)->match | isa_field_put('d', rd) | isa_field_put('s', rs1) |
           isa_field_put('i', (int64_t)imm);
}

/* rd = value: lui, addi. */
static void
load_constant(struct code *c, uint32_t rd, uint32_t value)
{
    put(c,
        isa_instruction(INSN_lui)->match | isa_field_put('d', rd) | ((value + 0x800) & 0xfffff000));
    put(c, encode_i(INSN_addi, rd, rd, value & 0xfff));
}

static void
write_csr(struct code *c, uint32_t number, uint32_t value)
{
    load_constant(c, SCRATCH, value);
    put(c, isa_instruction(INSN_csrrw)->match | isa_field_put('E', number) |
               isa_field_put('s', SCRATCH));
}

static void
store_word(struct code *c, uint32_t address, uint32_t value)
{
    load_constant(c, SCRATCH, address);
    load_constant(c, SCRATCH + 1, value);
    put(c, isa_instruction(INSN_sw)->match | isa_field_put('s', SCRATCH) |
               isa_field_put('t', SCRATCH + 1));
}

/* On to a place: M-mode jumps, U-mode is entered by mret. */
static void
go(struct random *r, struct code *c, uint32_t place)
{
    write_csr(c, CSR_mepc, place);
    if (random_chance(r, 70)) {
        load_constant(c, SCRATCH, MSTATUS_MPP);
        put(c, isa_instruction(random_chance(r, 70) ? INSN_csrrc : INSN_csrrs)->match |
                   isa_field_put('E', CSR_mstatus) | isa_field_put('s', SCRATCH));
    }
    put(c, isa_instruction(INSN_mret)->match);
}

/* A new deadline, some instructions ahead. */
static void
set_timer(struct random *r, struct code *c)
{
    put(c, isa_instruction(INSN_csrrs)->match | isa_field_put('d', SCRATCH + 1) |
               isa_field_put('E', CSR_time));
    put(c, encode_i(INSN_addi, SCRATCH + 1, SCRATCH + 1, random_below(r, c->ticks)));
    load_constant(c, SCRATCH, CLINT_START + CLINT_MTIMECMP);
    put(c, isa_instruction(INSN_sw)->match | isa_field_put('s', SCRATCH) |
               isa_field_put('t', SCRATCH + 1));
    store_word(c, CLINT_START + CLINT_MTIMECMP + 4, 0);
}

enum { CODE_SPAN = 0x1000, CODE_WORDS = 48 };

/* Where a workload's data is, and how many words its code has, in each span. */
enum { DATA_START = 0x6000, DATA_WORDS = 256, WORKLOAD_WORDS = 250 };

static uint32_t
some_place(struct random *r, const struct code *c, uint32_t ram_size)
{
    if (random_chance(r, 5))
        return generate_value(r, ram_size) & ~3u;
    if (c->workload)
        return ISA_RAM_START + (random_chance(r, 80)
                                    ? CODE_SPAN + 4 * random_below(r, WORKLOAD_WORDS)
                                    : 4 * random_below(r, CODE_WORDS));
    return ISA_RAM_START + CODE_SPAN + 4 * random_below(r, CODE_WORDS);
}

/* R that starts in the middle of code, or ends in the middle of code or data. */
static void
set_close_relocation(struct random *r, struct code *c)
{
    uint32_t base = random_below(r, 4) * CODE_SPAN;

    if (random_chance(r, 50))
        base += 4 * random_below(r, WORKLOAD_WORDS);
    write_csr(c, CSR_mbase, base);
    write_csr(c, CSR_mbound,
              random_chance(r, 50) ? CODE_SPAN + 4 * random_below(r, WORKLOAD_WORDS)
                                   : DATA_START + 4 * random_below(r, DATA_WORDS));
}

/* R for the next stretch of U-mode: wide, shifted, or nasty. */
static void
set_relocation(struct random *r, struct code *c, uint32_t ram_size)
{
    bool nasty = random_chance(r, 20);

    if (c->workload && random_chance(r, 50)) {
        set_close_relocation(r, c);
        return;
    }
    write_csr(c, CSR_mbase, nasty ? edge(r, ram_size) : random_below(r, 4) * CODE_SPAN);
    write_csr(c, CSR_mbound, nasty ? edge(r, ram_size) : ram_size / 2);
}

/* A look at mip: has the deadline come, while its interrupt is masked? */
static uint32_t
read_lines(struct random *r)
{
    return isa_instruction(INSN_csrrs)->match | isa_field_put('d', 1 + random_below(r, 15)) |
           isa_field_put('E', CSR_mip);
}

static void
prologue(struct random *r, struct code *c, uint32_t ram_size)
{
    write_csr(c, CSR_mtvec, ISA_RAM_START + 0x400 + (random_chance(r, 20) ? 1 : 0));
    set_relocation(r, c, ram_size);
    set_timer(r, c);
    write_csr(c, CSR_mie, random_32(r) & (MIP_MSI | MIP_MTI | MIP_MEI));
    if (random_chance(r, 30))
        store_word(c, UART_START, 'a' + random_below(r, 26));
    for (uint32_t i = 1; i < INTERESTING; i++)
        load_constant(c, i, generate_value(r, ram_size));
    go(r, c, some_place(r, c, ram_size));
}

/* The handler: new deadline, new R perhaps, then on: past the trap, or elsewhere. */
static void
handler(struct random *r, struct code *c, uint32_t ram_size)
{
    set_timer(r, c);
    if (random_chance(r, c->workload ? 1 : 3))
        store_word(c, FINISHER_START, finishing_value(r));
    if (random_chance(r, c->workload ? 10 : 50))
        put(c, generate_word(r)); /* may trap in the handler */
    if (random_chance(r, 40))
        set_relocation(r, c, ram_size);
    if (random_chance(r, 50)) {
        put(c, isa_instruction(INSN_csrrs)->match | isa_field_put('d', SCRATCH) |
                   isa_field_put('E', CSR_mepc));
        put(c, encode_i(INSN_addi, SCRATCH, SCRATCH, 4));
        put(c, isa_instruction(INSN_csrrw)->match | isa_field_put('E', CSR_mepc) |
                   isa_field_put('s', SCRATCH));
        put(c, isa_instruction(INSN_mret)->match);
    } else {
        go(r, c, some_place(r, c, ram_size));
    }
}

void
generate_program(struct random *r, uint8_t *bytes, uint32_t ram_size)
{
    struct code c = {bytes, 0, TICKS, false};

    prologue(r, &c, ram_size);
    c.at = 0x400;
    handler(r, &c, ram_size);
    /* U-mode code for the bases that set_relocation chooses, and M-mode code, at the same places.
     */
    for (uint32_t span = 1; span <= 5; span++) {
        c.at = span * CODE_SPAN;
        for (uint32_t i = 0; i < CODE_WORDS; i++)
            put(&c, random_chance(r, 5) ? read_lines(r) : generate_word(r));
        put(&c, isa_instruction(INSN_ecall)->match);
    }
}

/* ---- programs that stay with their work ---- */

/* Registers of a loop: where its data is, where code is, an instruction to store there, a count. */
enum { DATA = 16, CODE, WORD, ROUNDS, LOOP_WORDS = 30 };

static const enum isa_insn computing_rows[] = {
    INSN_lui,  INSN_auipc, INSN_addi,   INSN_slti,  INSN_sltiu, INSN_xori, INSN_ori,
    INSN_andi, INSN_slli,  INSN_srli,   INSN_srai,  INSN_add,   INSN_sub,  INSN_sll,
    INSN_slt,  INSN_sltu,  INSN_xor,    INSN_srl,   INSN_sra,   INSN_or,   INSN_and,
    INSN_mul,  INSN_mulh,  INSN_mulhsu, INSN_mulhu, INSN_div,   INSN_divu, INSN_rem,
    INSN_remu, INSN_fence, INSN_addi,   INSN_addi,  INSN_add};
static const enum isa_insn loading_rows[] = {INSN_lb, INSN_lh, INSN_lw, INSN_lbu, INSN_lhu};
static const enum isa_insn storing_rows[] = {INSN_sb, INSN_sh, INSN_sw};
static const enum isa_insn branching_rows[] = {INSN_beq, INSN_bne,  INSN_blt,
                                               INSN_bge, INSN_bltu, INSN_bgeu};
static const enum isa_insn atomic_rows[] = {INSN_lr_w, INSN_sc_w, INSN_amoadd_w, INSN_amoswap_w,
                                            INSN_amomax_w};

static uint32_t
row_of(struct random *r, const enum isa_insn *rows, size_t count)
{
    return isa_instruction(rows[random_below(r, (uint32_t)count)])->match;
}

static uint32_t
low_register(struct random *r, char field)
{
    return isa_field_put(field, random_below(r, INTERESTING));
}

static uint32_t
computing(struct random *r)
{
    enum isa_insn insn = computing_rows[random_below(r, COUNT(computing_rows))];
    const struct isa_instruction *row = isa_instruction(insn);

    return (((random_32(r) & ~row->mask) | row->match) & ~0xf80u) | low_register(r, 'd');
}

/* An offset to DATA: of a word, but sometimes of anything. */
static int64_t
data_offset(struct random *r)
{
    return random_chance(r, 97) ? 4 * random_below(r, 64) : random_below(r, 2000);
}

/* auipc, and a jump by what it gives: over one word. */
static void
put_call(struct random *r, struct code *c)
{
    put(c, isa_instruction(INSN_auipc)->match | isa_field_put('d', 5));
    put(c, isa_instruction(INSN_jalr)->match | low_register(r, 'd') | isa_field_put('s', 5) |
               isa_field_put('o', 12));
    put(c, computing(r));
}

static const uint16_t counters[] = {CSR_mcycle, CSR_minstret, CSR_mcycleh, CSR_cycle,
                                    CSR_time,   CSR_instret,  CSR_mip,     CSR_mscratch};

/* A look at a counter, a write of one, or interrupts on and off; in U-mode they trap. */
static uint32_t
privileged_work(struct random *r)
{
    static const enum isa_insn rows[] = {INSN_csrrs, INSN_csrrw, INSN_csrrsi, INSN_csrrci};
    uint32_t which = random_below(r, COUNT(rows));
    uint32_t word = isa_instruction(rows[which])->match | low_register(r, 'd');

    if (which < 2)
        return word | isa_field_put('E', counters[random_below(r, COUNT(counters))]) |
               (which == 0 ? 0 : low_register(r, 's'));
    return word | isa_field_put('E', random_chance(r, 70) ? CSR_mstatus : CSR_mie) |
           isa_field_put('Z', MSTATUS_MIE);
}

static uint32_t
memory_work(struct random *r)
{
    uint32_t data = isa_field_put('s', DATA);

    switch (random_below(r, 8)) {
    case 0:
        return row_of(r, atomic_rows, COUNT(atomic_rows)) | low_register(r, 'd') | data |
               low_register(r, 't');
    case 1: /* to code */
        return isa_instruction(INSN_sw)->match | isa_field_put('s', CODE) |
               isa_field_put('t', WORD) | isa_field_put('q', 4 * random_below(r, LOOP_WORDS));
    case 2:
    case 3:
    case 4:
        return row_of(r, storing_rows, COUNT(storing_rows)) | low_register(r, 't') | data |
               isa_field_put('q', data_offset(r));
    default:
        return row_of(r, loading_rows, COUNT(loading_rows)) | low_register(r, 'd') | data |
               isa_field_put('o', data_offset(r));
    }
}

/* The distance to a target that many words ahead; sometimes, to one that lies between two words. */
static int64_t
hop(struct random *r, uint32_t words)
{
    return 4 * (int64_t)words - (random_chance(r, 3) ? 2 : 0);
}

static void
put_work(struct random *r, struct code *c)
{
    uint32_t kind = random_below(r, 100);

    if (kind < 45)
        put(c, computing(r));
    else if (kind < 76)
        put(c, memory_work(r));
    else if (kind < 90)
        put(c, row_of(r, branching_rows, COUNT(branching_rows)) | low_register(r, 's') |
                   low_register(r, 't') | isa_field_put('p', hop(r, 1 + random_below(r, 4))));
    else if (kind < 93)
        put(c, isa_instruction(INSN_jal)->match | low_register(r, 'd') |
                   isa_field_put('a', hop(r, 2)));
    else if (kind < 95)
        put_call(r, c);
    else if (kind < 98)
        put(c, privileged_work(r));
    else if (kind < 99)
        put(c, generate_word(r));
}

/* A loop; what it stores to code hits itself, or what lies at the same place for another R. */
static void
put_loop(struct random *r, struct code *c)
{
    static const uint32_t rounds[] = {3, 3, 30, 600};
    uint32_t there = c->at % CODE_SPAN + CODE_SPAN * (1 + random_below(r, 5)), start;

    load_constant(c, DATA, ISA_RAM_START + DATA_START + 4 * random_below(r, DATA_WORDS));
    load_constant(c, CODE, ISA_RAM_START + (random_chance(r, 50) ? c->at : there));
    load_constant(c, WORD, random_chance(r, 95) ? computing(r) : generate_word(r));
    put(c, encode_i(INSN_addi, ROUNDS, 0, 1 + random_below(r, rounds[random_below(r, 4)])));
    start = c->at;
    for (uint32_t n = 2 + random_below(r, LOOP_WORDS); n > 0; n--)
        put_work(r, c);
    put(c, encode_i(INSN_addi, ROUNDS, ROUNDS, 0xfff));
    put(c, isa_instruction(INSN_bne)->match | isa_field_put('s', ROUNDS) |
               isa_field_put('p', (int64_t)start - (int64_t)c->at));
}

/* Many handlers, and a register that counts the traps and so chooses the next. */
enum { TURN = 27, HANDLERS = 8, HANDLERS_START = 0x500, HANDLER_BYTES = 0x100 };

static void
put_handlers(struct random *r, struct code *c, uint32_t ram_size)
{
    for (c->at = 0x400; c->at < 0x440;) /* for vectored interrupts, too */
        put(c, isa_instruction(INSN_jal)->match | isa_field_put('a', 0x440 - (int64_t)c->at));
    put(c, encode_i(INSN_addi, TURN, TURN, 1));
    put(c, encode_i(INSN_andi, SCRATCH, TURN, HANDLERS - 1));
    put(c, encode_i(INSN_slli, SCRATCH, SCRATCH, 8)); /* times HANDLER_BYTES */
    load_constant(c, SCRATCH + 1, ISA_RAM_START + HANDLERS_START);
    put(c, isa_instruction(INSN_add)->match | isa_field_put('d', SCRATCH) |
               isa_field_put('s', SCRATCH) | isa_field_put('t', SCRATCH + 1));
    put(c, isa_instruction(INSN_jalr)->match | isa_field_put('s', SCRATCH));
    for (uint32_t i = 0; i < HANDLERS; i++) {
        c->at = HANDLERS_START + i * HANDLER_BYTES;
        handler(r, c, ram_size);
    }
}

void
generate_workload(struct random *r, uint8_t *bytes, uint32_t ram_size)
{
    struct code c = {bytes, 0, random_chance(r, 30) ? TICKS : TICKS_WORKLOAD, true};

    prologue(r, &c, ram_size);
    put_handlers(r, &c, ram_size);
    for (uint32_t span = 1; span <= 5; span++) {
        c.at = span * CODE_SPAN;
        while (c.at < span * CODE_SPAN + 4 * WORKLOAD_WORDS)
            put_loop(r, &c);
        put(&c, isa_instruction(INSN_ecall)->match);
    }
}
