/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/sweep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "isa/execute.h"

/* ---- the states ---- */

enum {
    RAM = 4 * 4096,
    BASE = RAM / 4,   /* R is (BASE, BOUND) */
    BOUND = RAM / 2,  /* what registers point to lies in the middle of it */
    MIDDLE = RAM / 4, /* offset in both modes */
    STATES = 6,
    BLOCK = 1 << 16, /* encodings that a thread takes at a time */
};

/*
 * What register r holds in state i: addresses near the middle of the window,
 * aligned in four ways, rising and falling with r; and, so that every branch is
 * seen taken and not taken, zeros, and small numbers.
 */
static uint32_t
register_value(unsigned state, unsigned r)
{
    uint32_t middle = ISA_RAM_START + MIDDLE;

    switch (state) {
    case 0: return middle + 4 * r;
    case 1: return middle - 4 * r + 2;
    case 2: return middle + 4 * r + 1;
    case 3: return middle - 4 * r + 3;
    case 4: return 0;
    default: return 4 * r;
    }
}

/* The workplace of one thread. */
struct bench {
    const struct isa_variant *variant;
    struct isa_hart harts[STATES][2]; /* of each state the user twin and the machine twin */
    struct isa_hart work[STATES][2];  /* ... to execute on */
    uint8_t bytes[RAM];
    struct isa_ram ram;
};

static void
bench_init(struct bench *b, const struct isa_variant *v)
{
    memset(b, 0, sizeof *b);
    b->variant = v;
    b->ram.bytes = b->bytes;
    b->ram.size = RAM;
    for (unsigned i = 0; i < STATES; i++)
        for (unsigned m = 0; m < 2; m++) {
            struct isa_hart *h = &b->harts[i][m];

            isa_reset(h, ISA_RAM_START + MIDDLE, 0);
            for (unsigned r = 1; r < 32; r++)
                h->x[r] = register_value(i, r);
            h->mode = m == 0 ? ISA_USER : ISA_MACHINE;
            h->mbase = BASE;
            h->mbound = BOUND;
        }
    memcpy(b->work, b->harts, sizeof b->work);
}

/* ---- one encoding ---- */

enum end { END_executed, END_trapped, END_memory };

/* Execute `word` in state i and mode m.  What traps has changed nothing (isa/hart.h), so that most
 * encodings cost no copying. */
static enum end
execute(struct bench *b, unsigned i, unsigned m, uint32_t word)
{
    struct isa_outcome out;

    switch (isa_execute(&b->work[i][m], &b->ram, b->variant, word, &out)) {
    case ISA_DONE:
    case ISA_WAIT: b->work[i][m] = b->harts[i][m]; return END_executed;
    case ISA_ACCESS: return END_memory; /* no device is within reach */
    case ISA_TRAP: break;
    }
    return out.cause == CAUSE_load_access || out.cause == CAUSE_store_access ? END_memory
                                                                             : END_trapped;
}

static enum sweep_class
classify(struct bench *b, uint32_t word)
{
    bool user = false, machine = false, seen = false;

    for (unsigned i = 0; i < STATES && !(user && machine); i++) {
        enum end u = execute(b, i, 0, word);
        enum end m = execute(b, i, 1, word);

        if (u == END_memory || m == END_memory)
            continue; /* no evidence, by the definition of privileged */
        seen = true;
        user = user || u == END_executed;
        machine = machine || m == END_executed;
    }
    if (!seen)
        return SWEEP_memory;
    if (user)
        return machine ? SWEEP_neither : SWEEP_machine;
    return machine ? SWEEP_user : SWEEP_both;
}

bool
sweep_one(const struct isa_variant *v, uint32_t word, enum sweep_class *class)
{
    struct bench *b = malloc(sizeof *b);

    if (b == NULL)
        return false;
    bench_init(b, v);
    *class = classify(b, word);
    free(b);
    return true;
}

/* ---- all of them ---- */

/* What the threads share. */
struct shared {
    const struct sweep *sweep;
    atomic_uint_fast64_t next; /* the first encoding that nobody has taken, as a number in order */
    uint64_t total;
};

struct worker {
    struct shared *shared;
    struct bench bench;
    struct sweep_counts counts;
    bool reports; /* the one that calls progress */
    pthread_t thread;
};

uint64_t
sweep_total(const struct sweep *s)
{
    return (((uint64_t)1 << 32) + s->every - 1) / s->every;
}

static void *
work(void *argument)
{
    struct worker *w = argument;
    struct shared *shared = w->shared;
    const struct sweep *s = shared->sweep;

    for (;;) {
        uint64_t first = atomic_fetch_add(&shared->next, BLOCK), end = first + BLOCK;

        if (first >= shared->total)
            return NULL;
        if (end > shared->total)
            end = shared->total;
        for (uint64_t i = first; i < end; i++) {
            uint32_t word = (uint32_t)(i * s->every);

            w->counts.count[isa_decode(word)][classify(&w->bench, word)]++;
        }
        if (w->reports && s->progress != NULL)
            s->progress(s->context, first);
    }
}

static void
add_counts(struct sweep_counts *to, const struct sweep_counts *from)
{
    for (unsigned i = 0; i <= INSN_COUNT; i++)
        for (unsigned c = 0; c < SWEEP_CLASS_COUNT; c++)
            to->count[i][c] += from->count[i][c];
}

bool
sweep_run(const struct sweep *s, struct sweep_counts *counts)
{
    struct worker *workers = calloc(s->jobs, sizeof *workers);
    struct shared shared = {.sweep = s, .total = sweep_total(s)};
    unsigned started = 1;
    bool ok = true;

    memset(counts, 0, sizeof *counts);
    if (workers == NULL)
        return false;
    atomic_init(&shared.next, 0);
    for (unsigned i = 0; i < s->jobs; i++) {
        workers[i].shared = &shared;
        workers[i].reports = i == 0;
        bench_init(&workers[i].bench, s->variant);
    }

    /* The first works in this thread, so that progress is told here. */
    while (started < s->jobs && ok) {
        ok = pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0;
        started += ok;
    }
    if (ok)
        (void)work(&workers[0]);
    else
        atomic_store(&shared.next, shared.total);
    for (unsigned i = 0; i < started; i++) {
        if (i > 0)
            (void)pthread_join(workers[i].thread, NULL);
        add_counts(counts, &workers[i].counts);
    }
    free(workers);
    return ok;
}
