/* SPDX-License-Identifier: MIT */
/* Reading and writing CSRs, and their names. */
#include "isa/csr.h"

/* One register or family, as the lookups by name and number see it. */
struct row {
    const char *name, *suffix, *about;
    uint32_t number;
    uint32_t first, count; /* of the index in the name; a single register has none */
    bool family;
};

#define ONE(id, name, number, value, about) {name, "", about, number, 0, 1, false},
#define FAMILY(name, suffix, number, first, last, about)                                           \
    {name, suffix, about, number, first, (last) - (first) + 1, true},
static const struct row rows[] = {ISA_CSRS(ONE) ISA_CSR_FAMILIES(FAMILY)};
#undef ONE
#undef FAMILY

enum { ROWS = sizeof rows / sizeof rows[0] };

bool
isa_csr_exists(uint32_t number)
{
    switch (number) {
#define EXISTS(id, name, number, value, about) case CSR_##id:
        ISA_CSRS(EXISTS)
#undef EXISTS
        return true;
    default: break;
    }
#define WITHIN(name, suffix, start, first, last, about)                                            \
    if (number >= (start) && number - (start) <= (last) - (first))                                 \
        return true;
    ISA_CSR_FAMILIES(WITHIN)
#undef WITHIN
    return false;
}

static uint32_t
low(uint64_t counter)
{
    return (uint32_t)counter;
}

static uint32_t
high(uint64_t counter)
{
    return (uint32_t)(counter >> 32);
}

/* What CSR `number` reads that holds nothing of its own. */
static uint32_t
fixed(uint32_t number)
{
    switch (number) {
#define FIXED(id, name, number, value, about)                                                      \
    case CSR_##id: return (value);
        ISA_CSRS(FIXED)
#undef FIXED
    default: return 0;
    }
}

uint32_t
isa_csr_read(const struct isa_hart *h, uint32_t number)
{
    const uint32_t *own = isa_csr_word_read(h, number);

    if (own != NULL)
        return *own;
    switch (number) {
    case CSR_mip: return h->mip;
    case CSR_mresv: return h->mresv;
    case CSR_mcycle:
    case CSR_cycle: return low(h->mcycle);
    case CSR_mcycleh:
    case CSR_cycleh: return high(h->mcycle);
    case CSR_minstret:
    case CSR_instret: return low(h->minstret);
    case CSR_minstreth:
    case CSR_instreth: return high(h->minstret);
    case CSR_time: return low(h->mtime);
    case CSR_timeh: return high(h->mtime);
    default: return fixed(number);
    }
}

/* mstatus: MPP other than M becomes U. */
static uint32_t
legal_mstatus(uint32_t value)
{
    uint32_t mpp = (value & MSTATUS_MPP) == MSTATUS_MPP ? MSTATUS_MPP : 0;

    return (value & (MSTATUS_MIE | MSTATUS_MPIE)) | mpp;
}

/* mresv: bit 0 and a word's offset in RAM; 0 where that is outside. */
static uint32_t
legal_mresv(uint32_t value, uint32_t ram_size)
{
    return (value & ~3u) < ram_size ? value & ~2u : 0;
}

/* A counter one short of what a write to one of its halves makes of it. */
static uint64_t
with_low(uint64_t counter, uint32_t value)
{
    return ((counter & 0xffffffff00000000u) | value) - 1;
}

static uint64_t
with_high(uint64_t counter, uint32_t value)
{
    return ((uint64_t)value << 32 | (counter & 0xffffffffu)) - 1;
}

void
isa_csr_write(struct isa_hart *h, uint32_t number, uint32_t value, uint32_t ram_size)
{
    uint32_t bits, *own = isa_csr_word(h, number, &bits);

    if (own != NULL) {
        *own = value & bits;
        return;
    }
    switch (number) {
    case CSR_mstatus: h->mstatus = legal_mstatus(value); break;
    case CSR_mie: h->mie = value & (MIP_MSI | MIP_MTI | MIP_MEI); break;
    case CSR_mresv: h->mresv = legal_mresv(value, ram_size); break;
    case CSR_mcycle: h->mcycle = with_low(h->mcycle, value); break;
    case CSR_mcycleh: h->mcycle = with_high(h->mcycle, value); break;
    case CSR_minstret: h->minstret = with_low(h->minstret, value); break;
    case CSR_minstreth: h->minstret = with_high(h->minstret, value); break;
    default: break; /* fixed: accepted, without effect */
    }
}

static const struct row *
row_of(uint32_t number)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (number >= rows[i].number && number - rows[i].number < rows[i].count)
            return &rows[i];
    return NULL;
}

static char *
append(char *to, const char *text)
{
    while (*text != '\0')
        *to++ = *text++;
    return to;
}

bool
isa_csr_name(uint32_t number, char *name)
{
    const struct row *row = row_of(number);

    if (row == NULL)
        return false;
    name = append(name, row->name);
    if (row->family) {
        uint32_t index = row->first + number - row->number;

        if (index >= 10)
            *name++ = (char)('0' + index / 10);
        *name++ = (char)('0' + index % 10);
    }
    *append(name, row->suffix) = '\0';
    return true;
}

int
isa_csr_number(const char *name, unsigned length)
{
    for (unsigned i = 0; isa_csr_at(i) >= 0; i++) {
        char full[ISA_CSR_NAME_MAX];
        unsigned n = 0;

        (void)isa_csr_name((uint32_t)isa_csr_at(i), full);
        while (n < length && full[n] != '\0' && full[n] == name[n])
            n++;
        if (n == length && full[n] == '\0')
            return isa_csr_at(i);
    }
    return -1;
}

int
isa_csr_at(unsigned i)
{
    for (unsigned r = 0; r < ROWS; r++) {
        if (i < rows[r].count)
            return (int)(rows[r].number + i);
        i -= rows[r].count;
    }
    return -1;
}

const char *
isa_csr_about(uint32_t number)
{
    const struct row *row = row_of(number);

    return row == NULL ? NULL : row->about;
}
