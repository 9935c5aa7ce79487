/* SPDX-License-Identifier: MIT */
/*
 * The properties that the theorem claims of the monitor, checked on random
 * cases: deterministic by seed, shrunk when they fail, replayable one by one.
 */
#ifndef PROPERTIES_H
#define PROPERTIES_H

#include "vmm/theorem/embedding.h"
#include "vmm/theorem/random.h"

/* X(id, number, name, about): the numbers are those of docs/testing.md. */
#define PROPERTIES(X)                                                                              \
    X(homomorphism, 1, "homomorphism", "one step of a random state, bare against embedded")        \
    X(programs, 2, "programs", "whole random programs, bare against embedded")                     \
    X(control, 3, "control", "two VMs side by side: neither can tell, nothing outside changes")    \
    X(efficiency, 4, "efficiency", "innocuous instructions never enter the monitor; exits add up") \
    X(engines, 5, "engines", "the threaded engine does what the reference does, wherever it stops")

#define PROPERTY_ENUM(id, number, name, about) PROPERTY_##id = (number),
enum property { PROPERTIES(PROPERTY_ENUM) PROPERTY_END };
#undef PROPERTY_ENUM

/* A campaign: cases first to first + count - 1 of `seed`. */
struct property_campaign {
    enum property property;
    enum embedding_way way;
    const struct isa_variant *variant;
    const struct pack *monitor; /* pack_flat of vmm.elf, where the way needs it */
    uint64_t seed, first, count;
    void (*progress)(void *context, uint64_t done); /* now and then; may be NULL */
    void *context;
    uint64_t *steps; /* the bare machine's in all stretches compared are added to it; may be NULL */
};

/* A failing case, shrunk. */
struct property_failure {
    uint64_t number;      /* the case's */
    char what[128];       /* what was violated, a phrase */
    struct isa_hart hart; /* the virtual state it starts from */
    struct devices devices;
    uint32_t start, size; /* the allotment */
    uint8_t *memory;      /* `size` bytes, before the first step; for the caller to free */
    uint8_t *other;       /* of property 3: its neighbour's; likewise */
    bool booted;          /* false: the monitors never came to their guest; all else is void */
    uint32_t kept;        /* words of memory that the shrinker could not clear */
    uint64_t steps;       /* how many it takes */
    struct observe_differences differences; /* bare, embedded */
};

enum property_result { PROPERTY_holds, PROPERTY_fails, PROPERTY_broken };

/*
 * Run a campaign up to its first failure; *done is the number of cases that
 * were run.  PROPERTY_broken: it could not be set up; `error` says why.
 */
enum property_result property_run(const struct property_campaign *c, uint64_t *done,
                                  struct property_failure *failure, char *error);

enum { PROPERTY_INPUT_MAX = 8 }; /* bytes of console input of a case */

/* A state that the caller makes, for property 1.  All of it is as embedding.h says. */
struct property_case {
    struct isa_hart hart;
    struct devices devices;
    uint32_t start, size; /* the allotment; bare-metal monitors have it where they put it */
    const uint8_t *memory;
    bool reservation_real;
    uint8_t input[PROPERTY_INPUT_MAX];
    size_t input_length;
    uint64_t steps;
};

/*
 * That case, step by step, as property_run runs its own; not shrunk.  Of `o`
 * the way, the variant and the monitor count.  *steps is how many were made:
 * fewer than asked for, where both came to an end.
 */
enum property_result property_run_case(const struct property_campaign *o,
                                       const struct property_case *given, uint64_t *steps,
                                       struct property_failure *failure, char *error);

#endif
