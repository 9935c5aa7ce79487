/* SPDX-License-Identifier: MIT */
#include "machine/threaded.h"

#include <stddef.h>

#include "isa/csr.h"
#include "isa/semantics.h"
#include "machine/machine.h"
#include "machine/pairs.h"

/* The forms of dispatch; THREADED_DISPATCH chooses one where the usual is not wanted. */
#define DISPATCH_TAIL   1 /* each operation a function, its last act a tail call */
#define DISPATCH_GOTO   2 /* each operation a label, its last act a computed goto */
#define DISPATCH_SWITCH 3

#ifndef THREADED_DISPATCH
#ifdef __has_attribute
#if __has_attribute(musttail)
#define THREADED_DISPATCH DISPATCH_TAIL
#endif
#endif
#endif
#ifndef THREADED_DISPATCH
#ifdef __GNUC__
#define THREADED_DISPATCH DISPATCH_GOTO
#else
#define THREADED_DISPATCH DISPATCH_SWITCH
#endif
#endif

#define unlikely(condition) __builtin_expect((condition), 0)

enum {
    SIZE = sizeof(struct operation),
    SPAN = DECODED_GROUP * SIZE,
    POLL = 1 << 16, /* steps between two looks at the console */
};

/* ---- the budget ---- */

/* The limit, for `steps` steps from the operation `ip` on. */
static uintptr_t
limit_for(const struct operation *ip, uint64_t steps)
{
    return (uintptr_t)ip + (uintptr_t)steps * SIZE - SPAN;
}

/* How far the run has come: to the operation at ip, which has not been executed as yet. */
static inline void
settle(struct machine *m)
{
    struct threaded *t = &m->threaded;
    uint64_t remaining = (t->limit + SPAN - (uintptr_t)t->ip) / SIZE;

    t->retired += t->granted - remaining;
    t->granted = remaining;
}

/* Bring counters and time up to there. */
static void
bring_up(struct machine *m)
{
    uint64_t retired = m->threaded.retired;

    m->hart.mcycle += retired;
    m->hart.minstret += retired;
    m->hart.mtime += retired;
    m->steps += retired;
    m->threaded.left -= retired;
    m->threaded.retired = 0;
}

/* A step was made, by isa/ or by a trap: what it counts is counted. */
static inline void
step_made(struct machine *m)
{
    m->steps++;
    m->threaded.left--;
    m->threaded.granted--;
}

static inline bool
leave_for_step(struct machine *m)
{
    m->threaded.reason = THREADED_step;
    return false;
}

/* ---- windows, and going on ---- */

static inline void
set_window(struct machine *m)
{
    struct isa_window w;

    isa_hart_window(&m->hart, m->ram.size, &w);
    decoded_set_window(&m->decoded, w.base, w.bound);
}

/* On at hart.pc, where that is in the window. */
static inline bool
proceed(struct machine *m)
{
    struct threaded *t = &m->threaded;

    t->ip = decoded_at(&m->decoded, m->hart.pc);
    if (t->ip == NULL)
        return leave_for_step(m);
    t->limit = limit_for(t->ip, t->granted);
    return true;
}

/* The same, after mode, R or the interrupts enabled may have changed. */
static inline bool
proceed_anew(struct machine *m)
{
    set_window(m);
    return isa_interrupt(&m->hart) != 0 ? leave_for_step(m) : proceed(m);
}

static bool
trap(struct machine *m, const struct isa_outcome *out)
{
    enum machine_stop stop = machine_trap(m, out->cause, out->tval);

    step_made(m);
    if (stop == MACHINE_running) {
        set_window(m); /* no interrupt can be next: they are off */
        return proceed(m);
    }
    m->threaded.reason = THREADED_stop;
    return false;
}

/* ---- what operations call ---- */

bool
threaded_stores(const struct machine *m, uint32_t word, uint32_t *offset)
{
    uint32_t va = m->hart.x[isa_rs1(word)];
    struct isa_window w;

    switch (word & 0x7f) {
    case OPCODE_STORE: va += isa_imm_s(word); break;
    case OPCODE_AMO: break;
    default: return false;
    }
    isa_hart_window(&m->hart, m->ram.size, &w);
    return isa_relocate(&w, va, 1, offset);
}

static bool
threaded_decode(struct machine *m)
{
    settle(m);
    if (decoded_fill(&m->decoded, &m->ram, m->threaded.ip))
        return true;
    m->hart.pc = decoded_pc(&m->decoded, m->threaded.ip);
    return leave_for_step(m);
}

/* What has been executed so far is accounted for, and pc is at ip. */
static inline void
catch_up(struct machine *m)
{
    settle(m);
    m->hart.pc = decoded_pc(&m->decoded, m->threaded.ip);
}

/* The instruction there. */
static inline uint32_t
word_at(const struct machine *m)
{
    return isa_ram_load(m->ram.bytes + (m->threaded.ip - m->decoded.operations) * 4, 4);
}

/* What comes of executing an instruction that is no store: on, or out. */
static inline bool
go_on(struct machine *m, enum isa_result result, const struct isa_outcome *out)
{
    switch (result) {
    case ISA_DONE: step_made(m); return proceed_anew(m);
    case ISA_TRAP: return trap(m, out);
    default: return leave_for_step(m);
    }
}

/* ecall, which knows of no counter. */
static bool
threaded_ecall(struct machine *m)
{
    struct isa_outcome out;

    catch_up(m);
    (void)isa_ecall(&m->hart, &out);
    return trap(m, &out);
}

/* mret in M-mode, likewise. */
static bool
threaded_mret(struct machine *m)
{
    settle(m);
    isa_mret(&m->hart);
    step_made(m);
    return proceed_anew(m);
}

/* Whatever does not touch memory: privileged instructions, ebreak, undefined ones. */
static bool
threaded_system(struct machine *m)
{
    struct isa_outcome out;

    catch_up(m);
    bring_up(m);
    return go_on(m, isa_execute(&m->hart, &m->ram, m->variant, word_at(m), &out), &out);
}

/* Whatever may, where the short way did not do: also devices' accesses, which are not made here. */
static bool
threaded_execute(struct machine *m)
{
    struct isa_outcome out;
    uint32_t word = word_at(m), stored = 0;
    bool stores = threaded_stores(m, word, &stored);
    enum isa_result result;

    catch_up(m);
    stored &= ~3u;
    if (stores && stored == m->decoded.watched)
        return leave_for_step(m);
    result = isa_execute(&m->hart, &m->ram, m->variant, word, &out);
    if (stores && result == ISA_DONE)
        decoded_written(&m->decoded, stored, 4);
    return go_on(m, result, &out);
}

static void
threaded_csr_read(struct machine *m, const struct operation *o)
{
    if (o->rd != 0)
        m->hart.x[o->rd] = isa_csr_read(&m->hart, o->imm);
}

/* False, and nothing is done, where an interrupt could come of it, or a trap. */
static bool
threaded_csr_write(struct machine *m, const struct operation *o)
{
    struct isa_hart *h = &m->hart;
    uint32_t old, value;

    if (h->mode != ISA_MACHINE || (h->mip != 0 && (o->imm == CSR_mstatus || o->imm == CSR_mie)))
        return false;
    old = value = isa_csr_read(h, o->imm);
    switch (o->kind) {
#define REGISTER(id, mnemonic, operands, match, mask, meaning, about)                              \
    case KIND_##id: value = isa_op_##meaning(old, h->x[o->rs1]); break;
        ISA_CSR_REGISTER(REGISTER)
#undef REGISTER
#define IMMEDIATE(id, mnemonic, operands, match, mask, meaning, about)                             \
    case KIND_##id: value = isa_op_##meaning(old, o->rs1); break;
        ISA_CSR_IMMEDIATE(IMMEDIATE)
#undef IMMEDIATE
    }
    isa_csr_write(h, o->imm, value, m->ram.size);
    if (o->rd != 0)
        h->x[o->rd] = old;
    return true;
}

/* ---- what operations compute with ---- */

/* How far the target of a branch or jump is, in bytes of operations. */
static inline intptr_t
distance(const struct operation *o)
{
    return (intptr_t)isa_extend(o->imm);
}

/* `bytes` of operations from o. */
static inline const struct operation *
ahead(const struct operation *o, intptr_t bytes)
{
    return (const struct operation *)(const void *)((const char *)o + bytes);
}

/* The operation at offset `off` in the window, a multiple of 4. */
static inline const struct operation *
at_offset(const struct decoded *d, uint32_t off)
{
    return (const struct operation *)(const void *)((const char *)d->first + (size_t)off * 4);
}

static inline bool
in_window(const struct decoded *d, const struct operation *o)
{
    return o >= d->first && o < d->end;
}

/*
 * Which of the units of `bytes` bytes (1, 2 or 4) is at `off`: that many units
 * from the start, if it is aligned; if it is not, more than any window has.
 */
static inline uint32_t
unit_at(uint32_t off, uint32_t bytes)
{
    switch (bytes) {
    case 1: return off;
    case 2: return off >> 1 | off << 31;
    default: return off >> 2 | off << 30;
    }
}

/* How many units of `bytes` bytes there are in that many words. */
static inline uint32_t
units(uint32_t words, uint32_t bytes)
{
    return words * (4 / bytes);
}

/* Not in the part of the window without marks: may it be stored there at all, and is there none? */
static inline bool
can_store(const struct decoded *d, uint32_t off, uint32_t bytes)
{
    return unit_at(off, bytes) < units(d->bound / 4, bytes) &&
           d->marks[(d->base + off) / DECODED_GRANULE] == 0;
}

/* The rows of isa/table.h, each as a function of the operands in an operation. */
#define IMMEDIATE(id, mnemonic, operands, match, mask, meaning, about)                             \
    static inline uint32_t compute_##id(const struct operation *o, uint32_t a, uint32_t b)         \
    {                                                                                              \
        (void)b;                                                                                   \
        return isa_op_##meaning(a, o->imm);                                                        \
    }
ISA_OP_IMM(IMMEDIATE)
#undef IMMEDIATE
#define REGISTER(id, mnemonic, operands, match, mask, meaning, about)                              \
    static inline uint32_t compute_##id(const struct operation *o, uint32_t a, uint32_t b)         \
    {                                                                                              \
        (void)o;                                                                                   \
        return isa_op_##meaning(a, b);                                                             \
    }
ISA_OP(REGISTER)
#undef REGISTER
#define LOAD(id, mnemonic, operands, match, mask, meaning, about)                                  \
    enum { bytes_##id = ISA_BYTES_##meaning };                                                     \
    static inline uint32_t load_##id(const uint8_t *p)                                             \
    {                                                                                              \
        return isa_widen_##meaning(isa_ram_load(p, bytes_##id));                                   \
    }
ISA_LOAD(LOAD)
#undef LOAD
#define STORE(id, mnemonic, operands, match, mask, meaning, about)                                 \
    enum { bytes_##id = ISA_BYTES_##meaning };
ISA_STORE(STORE)
#undef STORE
#define BRANCH(id, mnemonic, operands, match, mask, meaning, about)                                \
    static inline bool taken_##id(uint32_t a, uint32_t b)                                          \
    {                                                                                              \
        return isa_taken_##meaning(a, b);                                                          \
    }
ISA_BRANCH(BRANCH)
#undef BRANCH

/* A jump is a branch that is always taken. */
static inline bool __attribute__((unused)) taken_j(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return true;
}

static inline uint32_t
compute_lui(const struct operation *o, uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return o->imm;
}

/* ---- the loop, operation by operation ---- */

#define SAVE                                                                                       \
    do {                                                                                           \
        m->threaded.ip = ip;                                                                       \
        m->threaded.limit = limit;                                                                 \
    } while (0)

#define RESTORE                                                                                    \
    do {                                                                                           \
        ip = m->threaded.ip;                                                                       \
        limit = m->threaded.limit;                                                                 \
        words = m->decoded.bound / 4;                                                              \
        mem = m->ram.bytes + m->decoded.base;                                                      \
    } while (0)

#define CALL(function)                                                                             \
    do {                                                                                           \
        SAVE;                                                                                      \
        if (!function(m))                                                                          \
            OUT;                                                                                   \
        RESTORE;                                                                                   \
        LOOK;                                                                                      \
        GO;                                                                                        \
    } while (0)

#define LEAVE                                                                                      \
    do {                                                                                           \
        SAVE;                                                                                      \
        m->threaded.reason = THREADED_budget;                                                      \
        OUT;                                                                                       \
    } while (0)

/* To another operation, one step after ip: what is left of the budget keeps its distance. */
#define MOVE(bytes)                                                                                \
    do {                                                                                           \
        limit += (uintptr_t)(bytes)-SIZE;                                                          \
        ip = ahead(ip, bytes);                                                                     \
    } while (0)

#define JUMP(bytes)                                                                                \
    do {                                                                                           \
        MOVE(bytes);                                                                               \
        LOOK;                                                                                      \
        GO;                                                                                        \
    } while (0)

#define JUMP_COMPUTED(to)                                                                          \
    do {                                                                                           \
        const struct operation *next_ip = (to);                                                    \
                                                                                                   \
        limit += (uintptr_t)next_ip - (uintptr_t)ip - SIZE;                                        \
        ip = next_ip;                                                                              \
        LOOK;                                                                                      \
        if (unlikely(ip->entry.label == NULL))                                                     \
            DEFER(leave);                                                                          \
        GO;                                                                                        \
    } while (0)

/* One by one, until exactly what was granted is used up. */
static void
run_carefully(struct machine *m)
{
    const struct operation *ip;
    uint8_t *mem;
    uint32_t words;
    uintptr_t limit;

#define OPERATION(kind)                                                                            \
    case KIND_##kind:                                                                              \
        op_##kind : __attribute__((unused));
#define GO          goto next
#define DEFER(kind) goto op_##kind
#define LOOK                                                                                       \
    do {                                                                                           \
    } while (0)
#define OUT return
    RESTORE;
next:
    if ((uintptr_t)ip == limit + SPAN)
        LEAVE;
    switch (ip->kind) {
#include "machine/operations.h"
    }
#undef OPERATION
#undef GO
#undef DEFER
#undef LOOK
#undef OUT
}

#if THREADED_DISPATCH == DISPATCH_SWITCH

static const char an_entry; /* what is decoded has one */
#define ENTRY(id, ...)             {.label = &an_entry},
#define ENTRIES_OF_BRANCH(id, ...) ENTRY(id, ) ENTRY(id, ) ENTRY(id, )
static const union operation_entry entries[KIND_COUNT] = {
    OPERATIONS(ENTRY, ENTRY, ENTRIES_OF_BRANCH)};
static const struct operation_entries all_entries = {entries, entries, NULL};

static const struct operation_entries *
run_or_tell(struct machine *m)
{
    if (m != NULL)
        run_carefully(m);
    return &all_entries;
}

#else

#define LOOK                                                                                       \
    do {                                                                                           \
        if (unlikely((uintptr_t)ip > limit))                                                       \
            DEFER(leave);                                                                          \
    } while (0)

/* An operation as the last of a group: it looks first. */
#define LAST(id, ...)                                                                              \
    LAST_OPERATION(id)                                                                             \
    {                                                                                              \
        LOOK;                                                                                      \
        DEFER(id);                                                                                 \
    }
#define LAST_OF_BRANCH(id, ...) LAST(id##_back, ) LAST(id##_forward, ) LAST(id##_far, )

#define WITHIN_ENTRY(id, ...) {ENTRY_OF(op_##id)},
#define WITHIN_ENTRIES(id, ...)                                                                    \
    WITHIN_ENTRY(id##_back, ) WITHIN_ENTRY(id##_forward, ) WITHIN_ENTRY(id##_far, )
#define LAST_ENTRY(id, ...) {ENTRY_OF(last_##id)},
#define LAST_ENTRIES(id, ...)                                                                      \
    LAST_ENTRY(id##_back, ) LAST_ENTRY(id##_forward, ) LAST_ENTRY(id##_far, )
#define PAIR_ENTRY(class_1, first, class_2, second, how)                                           \
    {ENTRY_OF(op_##class_1##_##first##_##class_2##_##second##_##how)},
#define DEFINE_ENTRIES                                                                             \
    static const union operation_entry within[KIND_COUNT] = {                                      \
        OPERATIONS(WITHIN_ENTRY, WITHIN_ENTRY, WITHIN_ENTRIES)};                                   \
    static const union operation_entry last[KIND_COUNT] = {                                        \
        OPERATIONS(LAST_ENTRY, LAST_ENTRY, LAST_ENTRIES)};                                         \
    static const union operation_entry pairs[PAIR_COUNT] = {{.label = NULL}, PAIRS(PAIR_ENTRY)};   \
    static const struct operation_entries all_entries = {within, last, pairs}

#if THREADED_DISPATCH == DISPATCH_TAIL

#define PARAMETERS                                                                                 \
    const struct operation *ip, struct machine *m, uint8_t *mem __attribute__((unused)),           \
        uint32_t words __attribute__((unused)), uintptr_t limit
#define GO                   __attribute__((musttail)) return ip->entry.function(ip, m, mem, words, limit)
#define DEFER(kind)          __attribute__((musttail)) return op_##kind(ip, m, mem, words, limit)
#define OUT                  return
#define OPERATION(kind)      static void op_##kind(PARAMETERS)
#define LAST_OPERATION(kind) static void last_##kind(PARAMETERS)
#define PAIR_OPERATION(kind) static void op_##kind(PARAMETERS)
#define ENTRY_OF(name)       .function = (name)

#define DECLARE(id, ...)        OPERATION(id);
#define DECLARE_BRANCH(id, ...) DECLARE(id##_back, ) DECLARE(id##_forward, ) DECLARE(id##_far, )
OPERATIONS(DECLARE, DECLARE, DECLARE_BRANCH)

#include "machine/operations.h"
OPERATIONS(LAST, LAST, LAST_OF_BRANCH)

static const struct operation_entries *
run_or_tell(struct machine *m)
{
    DEFINE_ENTRIES;
    const struct operation *ip;
    uint8_t *mem;
    uint32_t words;
    uintptr_t limit;

    if (m != NULL) {
        RESTORE;
        ip->entry.function(ip, m, mem, words, limit);
    }
    return &all_entries;
}

#else

#define GO                   goto * ip->entry.label
#define DEFER(kind)          goto op_##kind
#define OUT                  return &all_entries
#define OPERATION(kind)      op_##kind : __attribute__((unused));
#define LAST_OPERATION(kind) last_##kind : __attribute__((unused));
#define PAIR_OPERATION(kind) op_##kind : __attribute__((unused));
#define ENTRY_OF(name)       .label = &&name

/* Labels are known in their function alone: without a machine it tells them. */
static const struct operation_entries *
run_or_tell(struct machine *m)
{
    DEFINE_ENTRIES;
    const struct operation *ip;
    uint8_t *mem;
    uint32_t words;
    uintptr_t limit;

    if (m == NULL)
        return &all_entries;
    RESTORE;
    GO;
#include "machine/operations.h"
    OPERATIONS(LAST, LAST, LAST_OF_BRANCH)
}

#endif
#endif

/* ---- a run ---- */

static bool
prepare(struct machine *m)
{
    struct decoded *d = &m->decoded;

    if (d->operations == NULL && !decoded_init(d, m->ram.size, run_or_tell(NULL)))
        return false;
    if (d->watched != m->tohost)
        decoded_watch(d, m->tohost);
    return true;
}

/*
 * How many steps can be made without any interrupt line changing, or the
 * console being looked at: to the deadline, or to where mtime wraps around.
 */
static uint64_t
grant(const struct machine *m)
{
    uint64_t n = m->threaded.left < POLL ? m->threaded.left : POLL;
    uint64_t mtime = m->hart.mtime, deadline = m->devices.clint.mtimecmp;
    uint64_t input = console_patience(m->console);

    if (deadline > mtime && n > deadline - mtime)
        n = deadline - mtime;
    if (mtime != 0 && n > 0 - mtime)
        n = 0 - mtime;
    return n < input ? n : input;
}

/* Some steps, at least one of them; what is left over is for machine_step. */
static enum machine_stop
advance(struct machine *m)
{
    struct threaded *t = &m->threaded;
    uint64_t before = m->hart.minstret;

    m->hart.mip = devices_lines(&m->devices, m->hart.mtime);
    t->granted = grant(m);
    t->reason = THREADED_budget;
    if (proceed_anew(m)) {
        if (t->granted < DECODED_GROUP)
            run_carefully(m);
        else
            (void)run_or_tell(m);
        if (t->reason == THREADED_budget) {
            settle(m);
            m->hart.pc = decoded_pc(&m->decoded, t->ip);
        }
    }
    bring_up(m);
    if (m->hart.minstret != before) {
        console_passed(m->console, m->hart.minstret - before - 1);
        machine_serve_uart(m);
    }
    if (t->reason == THREADED_stop)
        return MACHINE_trapped;
    if (t->reason == THREADED_budget || t->left == 0)
        return MACHINE_running;
    t->left--;
    return machine_step(m);
}

enum machine_stop
threaded_run(struct machine *m, uint64_t steps)
{
    enum machine_stop stop = MACHINE_running;
    bool ready = prepare(m);

    m->threaded.left = steps;
    while (m->threaded.left > 0 && stop == MACHINE_running) {
        if (ready && !machine_told(m)) {
            stop = advance(m);
        } else {
            stop = machine_step(m);
            m->threaded.left--;
        }
        if (stop == MACHINE_running && console_quit(m->console))
            return MACHINE_quit;
    }
    return stop;
}
