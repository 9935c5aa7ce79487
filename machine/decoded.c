/* SPDX-License-Identifier: MIT */
#include "machine/decoded.h"

#include <assert.h>
#include <stddef.h>
#include <sys/mman.h>

#include "isa/csr.h"
#include "isa/execute.h"
#include "isa/semantics.h"
#include "machine/pairs.h"

_Static_assert(sizeof(struct operation) == 16, "an operation is found at four times its offset");
_Static_assert((DECODED_GROUP & (DECODED_GROUP - 1)) == 0 && DECODED_GROUP >= 4, "a power of two");

enum {
    WORDS_A_PAGE = 4096 / 16,
    BYTES_A_PAGE = 4 * WORDS_A_PAGE, /* of RAM, for a page of operations */
    SLACK_PAGES = 8,                 /* that decoding one operation may take into use */
};

/* ---- room ---- */

static void *
reserve(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

/* One operation more than there are words: what lies beyond RAM. */
static size_t
operations_bytes(const struct decoded *d)
{
    return ((size_t)d->ram_size / 4 + 1) * sizeof(struct operation);
}

static size_t
marks_bytes(const struct decoded *d)
{
    return d->ram_size / DECODED_GRANULE + 1;
}

static size_t
pages_bytes(const struct decoded *d)
{
    return d->ram_size / BYTES_A_PAGE + 1;
}

static void
nothing_marked(struct decoded *d)
{
    d->marked_low = UINT32_MAX;
    d->marked_high = 0;
}

bool
decoded_init(struct decoded *d, uint32_t ram_size, const struct operation_entries *entries)
{
    static const struct decoded none;

    *d = none;
    d->ram_size = ram_size;
    d->entries = *entries;
    d->operations = reserve(operations_bytes(d));
    d->marks = reserve(marks_bytes(d));
    d->pages = reserve(pages_bytes(d));
    d->watched = DECODED_NOTHING_WATCHED;
    nothing_marked(d);
    if (d->operations != NULL && d->marks != NULL && d->pages != NULL)
        return true;
    decoded_free(d);
    return false;
}

static void
give_back(void *p, size_t bytes)
{
    if (p != NULL)
        (void)munmap(p, bytes);
}

void
decoded_free(struct decoded *d)
{
    give_back(d->operations, operations_bytes(d));
    give_back(d->marks, marks_bytes(d));
    give_back(d->pages, pages_bytes(d));
    d->operations = NULL;
    d->marks = NULL;
    d->pages = NULL;
}

void
decoded_drop(struct decoded *d)
{
    (void)madvise(d->operations, operations_bytes(d), MADV_DONTNEED);
    (void)madvise(d->marks, marks_bytes(d), MADV_DONTNEED);
    (void)madvise(d->pages, pages_bytes(d), MADV_DONTNEED);
    d->pages_used = 0;
    d->drops++;
    nothing_marked(d);
    decoded_watch(d, d->watched);
}

static uint32_t
index_of(const struct decoded *d, const struct operation *o)
{
    return (uint32_t)(o - d->operations);
}

/* The operation is to be written: its page is in use. */
static struct operation *
use(struct decoded *d, uint32_t index)
{
    uint8_t *page = &d->pages[index / WORDS_A_PAGE];

    d->pages_used += *page == 0;
    *page = 1;
    return &d->operations[index];
}

/* ---- the window ---- */

/* The larger part of the window that has no mark: above all marks, or below. */
static void
find_clean(struct decoded *d)
{
    uint32_t start = d->base, end = d->base + d->bound;
    uint32_t above = d->marked_high > start ? d->marked_high : start;
    uint32_t below = d->marked_low < end ? d->marked_low : end;

    above = above < end ? above : end;
    below = below > start ? below : start;
    if (end - above >= below - start) {
        d->clean_low = above - start;
        d->clean_bound = end - above;
    } else {
        d->clean_low = 0;
        d->clean_bound = below - start;
    }
    d->clean_words = d->clean_bound / 4;
}

/* The operation is to be decoded anew, should it ever be executed again. */
static void
forget(struct decoded *d, uint32_t index)
{
    struct operation *o = &d->operations[index];

    if (o->entry.label == NULL)
        return;
    o->entry = d->entries.within[KIND_undecoded];
    o->kind = KIND_undecoded;
}

/* The operation, and the one before, which may be one with it. */
static void
forget_here(struct decoded *d, uint32_t index)
{
    forget(d, index);
    if (index > 0)
        forget(d, index - 1);
}

/* What shares a group with the window's ends, but lies outside. */
static void
forget_outside(struct decoded *d)
{
    uint32_t start = index_of(d, d->first), end = index_of(d, d->end);

    for (uint32_t i = start / DECODED_GROUP * DECODED_GROUP; i < start; i++)
        forget(d, i);
    for (uint32_t i = end; i % DECODED_GROUP != 0; i++)
        forget(d, i);
}

void
decoded_change_window(struct decoded *d, uint32_t base, uint32_t bound)
{
    d->base = base;
    d->bound = bound;
    d->first = d->operations + base / 4;
    d->end = d->first + bound / 4;
    forget_here(d, index_of(d, d->end));
    forget_outside(d);
    find_clean(d);
}

void
decoded_admit(struct decoded *d, uint32_t index)
{
    if (d->operations[index].entry.label == NULL)
        use(d, index)->entry = d->entries.within[KIND_undecoded];
}

/* ---- marks ---- */

static void
mark(struct decoded *d, uint32_t offset)
{
    uint32_t granule = offset / DECODED_GRANULE;

    if (d->marks[granule] != 0)
        return;
    d->marks[granule] = 1;
    granule *= DECODED_GRANULE;
    if (granule < d->marked_low)
        d->marked_low = granule;
    if (granule + DECODED_GRANULE > d->marked_high)
        d->marked_high = granule + DECODED_GRANULE;
    find_clean(d);
}

void
decoded_watch(struct decoded *d, uint32_t offset)
{
    d->watched = offset;
    if (offset != DECODED_NOTHING_WATCHED)
        mark(d, offset);
}

static void
written_in_granule(struct decoded *d, uint32_t granule, uint32_t offset, uint32_t end)
{
    uint32_t from = granule * DECODED_GRANULE, to = from + DECODED_GRANULE;

    if (from < offset)
        from = offset & ~3u;
    if (to > end)
        to = end;
    for (uint32_t i = from / 4; 4 * i < to; i++)
        forget_here(d, i);
}

void
decoded_written(struct decoded *d, uint32_t offset, uint32_t bytes)
{
    uint32_t end = offset + bytes;

    if (d->operations == NULL || bytes == 0 || offset >= d->marked_high || end <= d->marked_low)
        return;
    if (offset < d->marked_low)
        offset = d->marked_low;
    if (end > d->marked_high)
        end = d->marked_high;
    for (uint32_t g = offset / DECODED_GRANULE; g * DECODED_GRANULE < end; g++)
        if (d->marks[g] != 0)
            written_in_granule(d, g, offset, end);
}

/* ---- decoding ---- */

/*
 * The target of a branch or jump by `distance` bytes, made enterable.  False
 * where there is no operation for it: outside RAM, or between two words.
 */
static bool
link_target(struct decoded *d, uint32_t index, uint32_t distance)
{
    uint32_t words = d->ram_size / 4;
    uint32_t to = index + isa_sign_shift(distance, 2);

    if ((distance & 3) != 0 || to >= words)
        return false;
    decoded_admit(d, to);
    return true;
}

/* imm of branches and jumps: the distance in bytes of operations. */
static enum operation_kind
jump(struct decoded *d, struct operation *o, uint32_t distance, enum operation_kind kind)
{
    if (!link_target(d, index_of(d, o), distance))
        return KIND_execute;
    o->imm = distance * 4;
    return kind;
}

/* Of the three kinds of a branch or jump, by where it goes to. */
static enum operation_kind
branch(struct decoded *d, struct operation *o, uint32_t distance, enum operation_kind back)
{
    uint32_t index = index_of(d, o), to = index + isa_sign_shift(distance, 2);
    enum { BACK, FORWARD, FAR } which;

    if (to / DECODED_GROUP != index / DECODED_GROUP)
        which = FAR;
    else
        which = to > index ? FORWARD : BACK;
    return jump(d, o, distance, (enum operation_kind)(back + which));
}

/* imm of loads, stores and jalr: what added to rs1 gives the offset in the window. */
static uint32_t
to_offset(uint32_t imm)
{
    return imm - ISA_RAM_START;
}

/*
 * CSR instructions that need nothing but the CSR: neither the counters brought
 * up to date, nor an exception.  imm: the CSR's number; rs1: register or
 * immediate.
 */
static enum operation_kind
csr(struct operation *o, enum isa_insn insn, uint32_t word, enum operation_kind kind)
{
    uint32_t number = isa_csr_field(word);
    bool writes = isa_csr_writes(insn, word);

    switch (number) {
    case CSR_mcycle:
    case CSR_mcycleh:
    case CSR_cycle:
    case CSR_cycleh:
    case CSR_minstret:
    case CSR_minstreth:
    case CSR_instret:
    case CSR_instreth:
    case CSR_time:
    case CSR_timeh: return KIND_system;
    default: break;
    }
    if (!isa_csr_exists(number) || (writes && isa_csr_read_only(number)))
        return KIND_system;
    o->imm = number;
    return writes ? kind : KIND_csr_read;
}

/* Without a register to write to there is nothing to do. */
static enum operation_kind
computing(struct operation *o, uint32_t imm, enum operation_kind kind)
{
    o->imm = imm;
    return o->rd != 0 ? kind : KIND_nop;
}

static enum operation_kind
loading(struct operation *o, uint32_t word, enum operation_kind kind)
{
    o->imm = to_offset(isa_imm_i(word));
    return o->rd != 0 ? kind : KIND_execute;
}

static enum operation_kind
storing(struct operation *o, uint32_t word, enum operation_kind kind)
{
    o->imm = to_offset(isa_imm_s(word));
    return kind;
}

/* What `word` comes to at `o`, whose registers are set: its kind, and its imm. */
static enum operation_kind
decode(struct decoded *d, struct operation *o, uint32_t word)
{
    enum isa_insn insn = isa_decode(word);

    switch (insn) {
    case INSN_lui: return computing(o, isa_imm_u(word), KIND_lui);
    case INSN_auipc: return computing(o, isa_imm_u(word), KIND_auipc);
    case INSN_jal:
        return o->rd != 0 ? jump(d, o, isa_imm_j(word), KIND_jal)
                          : branch(d, o, isa_imm_j(word), KIND_j_back);
    case INSN_jalr: o->imm = to_offset(isa_imm_i(word)); return o->rd != 0 ? KIND_jalr : KIND_jr;
    case INSN_fence:
    case INSN_fence_i: return KIND_nop;
    case INSN_ecall: return KIND_ecall;
    case INSN_mret: return KIND_mret;
#define BRANCH(id, ...)                                                                            \
    case INSN_##id: return branch(d, o, isa_imm_b(word), KIND_##id##_back);
        ISA_BRANCH(BRANCH)
#undef BRANCH
#define LOAD(id, ...)                                                                              \
    case INSN_##id: return loading(o, word, KIND_##id);
        ISA_LOAD(LOAD)
#undef LOAD
#define STORE(id, ...)                                                                             \
    case INSN_##id: return storing(o, word, KIND_##id);
        ISA_STORE(STORE)
#undef STORE
#define IMMEDIATE(id, mnemonic, operands, match, mask, meaning, about)                             \
    case INSN_##id:                                                                                \
        if (o->rs1 == 0)                                                                           \
            return computing(o, isa_op_##meaning(0, isa_imm_i(word)), KIND_lui);                   \
        return computing(o, isa_imm_i(word), KIND_##id);
        ISA_OP_IMM(IMMEDIATE)
#undef IMMEDIATE
#define COMPUTE(id, ...)                                                                           \
    case INSN_##id: return computing(o, 0, KIND_##id);
        ISA_OP(COMPUTE)
#undef COMPUTE
#define CSR(id, ...)                                                                               \
    case INSN_##id: return csr(o, insn, word, KIND_##id);
        ISA_CSR_REGISTER(CSR)
        ISA_CSR_IMMEDIATE(CSR)
#undef CSR
#define ATOMIC(id, ...) case INSN_##id:
        ISA_AMO(ATOMIC)
#undef ATOMIC
        return KIND_execute;
    default: return KIND_system;
    }
}

/* ---- pairs ---- */

enum { HOW_n, HOW_a, HOW_b, HOWS };

/* The kinds of the instructions of a pair, by their classes. */
#define KIND_OF_compute(id)     KIND_##id
#define KIND_OF_place(id)       KIND_##id
#define KIND_OF_jump(id)        KIND_##id
#define KIND_OF_load(id)        KIND_##id
#define KIND_OF_store(id)       KIND_##id
#define KIND_OF_back(id)        KIND_##id##_back
#define KIND_OF_forward(id)     KIND_##id##_forward
#define KIND_OF_far(id)         KIND_##id##_far
#define KIND_OF_untaken(id)     KIND_##id##_forward
#define KIND_OF_untaken_far(id) KIND_##id##_far

static enum operation_pair
pair_of_kinds(uint8_t first, uint8_t second, unsigned how)
{
#define PAIR_ROW(class_1, first, class_2, second, how)                                             \
    [KIND_OF_##class_1(first)][KIND_OF_##class_2(second)][HOW_##how] =                             \
        PAIR_##class_1##_##first##_##class_2##_##second##_##how,
    static const uint16_t pairs[KIND_COUNT][KIND_COUNT][HOWS] = {PAIRS(PAIR_ROW)};
#undef PAIR_ROW

    return (enum operation_pair)pairs[first][second][how];
}

/* Does an operation of this kind leave something in rd?  Does it take something from rs2? */
static void
registers_of(uint8_t kind, bool *writes_rd, bool *reads_rs2)
{
    *writes_rd = *reads_rs2 = false;
    switch (kind) {
#define WRITES(id, ...) case KIND_##id:
#define READS(id, ...)  case KIND_##id:
#define READS_BRANCH(id, ...)                                                                      \
    case KIND_##id##_back:                                                                         \
    case KIND_##id##_forward:                                                                      \
    case KIND_##id##_far:
        ISA_OP(READS)
        *reads_rs2 = true; /* fall through */
    case KIND_lui:
    case KIND_auipc:
        ISA_OP_IMM(WRITES)
        ISA_LOAD(WRITES)
        *writes_rd = true;
        break;
        ISA_STORE(READS)
        ISA_BRANCH(READS_BRANCH)
        *reads_rs2 = true;
        break;
#undef WRITES
#undef READS
#undef READS_BRANCH
    default: break;
    }
}

/* The pair that two decoded operations make, or PAIR_none. */
static enum operation_pair
pair_of(const struct operation *first, const struct operation *second)
{
    bool writes_rd, reads_rs2, ignored, to_rs1, to_rs2;
    enum operation_pair pair = PAIR_none;

    registers_of(first->kind, &writes_rd, &ignored);
    registers_of(second->kind, &ignored, &reads_rs2);
    to_rs1 = writes_rd && second->rs1 == first->rd;
    to_rs2 = writes_rd && reads_rs2 && second->rs2 == first->rd;
    if (to_rs1 != to_rs2)
        pair = pair_of_kinds(first->kind, second->kind, to_rs1 ? HOW_a : HOW_b);
    return pair != PAIR_none ? pair : pair_of_kinds(first->kind, second->kind, HOW_n);
}

/* Decode the word `index` of RAM, as far as that has not been done; it is not made enterable. */
static struct operation *
decode_word(struct decoded *d, const struct isa_ram *ram, uint32_t index)
{
    struct operation *o = use(d, index);
    uint32_t word = isa_ram_load(ram->bytes + (size_t)index * 4, 4);

    if (o->kind != KIND_undecoded)
        return o;
    o->rd = (uint8_t)isa_rd(word);
    o->rs1 = (uint8_t)isa_rs1(word);
    o->rs2 = (uint8_t)isa_rs2(word);
    o->imm = 0;
    o->kind = (uint8_t)decode(d, o, word);
    decoded_admit(d, index);
    mark(d, index * 4);
    return o;
}

/* The entry for operation `index`, which is not the last of its group: of a pair, if it can be. */
static union operation_entry
entry_within(struct decoded *d, const struct isa_ram *ram, uint32_t index)
{
    const struct operation *o = &d->operations[index];
    enum operation_pair pair;

    if (d->entries.pairs == NULL || (index + 2) % DECODED_GROUP == 0 || o + 1 >= d->end)
        return d->entries.within[o->kind];
    pair = pair_of(o, decode_word(d, ram, index + 1));
    if (pair == PAIR_none)
        return d->entries.within[o->kind];
    decoded_admit(d, index + 2);
    return d->entries.pairs[pair];
}

bool
decoded_fill(struct decoded *d, const struct isa_ram *ram, const struct operation *at)
{
    uint32_t index = index_of(d, at);
    struct operation *o;

    if (at < d->first || at >= d->end)
        return false;
    if (d->pages_used > DECODED_PAGES_MAX - SLACK_PAGES)
        decoded_drop(d);
    o = decode_word(d, ram, index);
    decoded_admit(d, index + 1);
    o->entry =
        (index + 1) % DECODED_GROUP == 0 ? d->entries.last[o->kind] : entry_within(d, ram, index);
    return true;
}
