/* SPDX-License-Identifier: MIT */
/*
 * The classification of instructions, computed: which are privileged, which
 * sensitive and how, by running each on many states.  Nothing is known of an
 * instruction but its encoding.
 *
 * Source: Popek and Goldberg, CACM 17(7), 1974, section 4; the definitions as
 * they are used here are those of docs/theorem.md.
 */
#ifndef THEOREM_CLASSIFY_H
#define THEOREM_CLASSIFY_H

#include "vmm/theorem/witness.h"

struct classify_row {
    enum sample_row row;
    bool privileged;   /* for all pairs tried */
    bool always_traps; /* in all states tried but those in which it memory-traps */
    uint64_t tried;    /* states in which it was run */
    struct witness *witnesses[WITNESS_KINDS]; /* NULL: none was found */
};

bool classify_control_sensitive(const struct classify_row *row);
bool classify_behaviour_sensitive(const struct classify_row *row);
bool classify_user_sensitive(const struct classify_row *row);
bool classify_sensitive(const struct classify_row *row);

struct classification {
    struct classify_row rows[SAMPLE_ROWS];
    bool theorem1, theorem2, theorem3; /* their conditions hold */
    bool equal;                        /* sensitive = privileged */
};

struct classify_options {
    uint64_t seed;
    uint32_t states; /* pairs of states a row, from CLASSIFY_CSR_SHARE on; a row that names a CSR
                        gets a CLASSIFY_CSR_SHARE-th more for each CSR, read, and written */
    int csr;         /* walk this CSR alone, and try no other; CLASSIFY_EVERY_CSR */
    void (*progress)(void *context, uint64_t rows); /* may be NULL */
    void *context;
};

enum {
    CLASSIFY_SEED = 1974,
    CLASSIFY_STATES = 400,
    CLASSIFY_CSR_SHARE = 10,
    CLASSIFY_EVERY_CSR = -1
};

/* The usual options. */
void classify_usual(struct classify_options *o);

/*
 * Classify every row on `machine`, deterministically by the options.  What a
 * CSR's turn finds does not depend on the turns of others.  False where memory
 * is out; *c then holds nothing.  Else classify_free gives it back.
 */
bool classify_all(const struct state_machine *machine, const struct classify_options *o,
                  struct classification *c);

/* One row alone, with the same result; false where memory is out. */
bool classify_one(const struct state_machine *machine, const struct classify_options *o,
                  enum sample_row row, struct classify_row *result);

void classify_free(struct classification *c);
void classify_free_row(struct classify_row *row);

#endif
