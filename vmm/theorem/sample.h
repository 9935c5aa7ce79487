/* SPDX-License-Identifier: MIT */
/*
 * The states on which instructions are classified: random ones, biased to what
 * is interesting, and pairs with the same program state that differ in one
 * component of the system state.
 */
#ifndef THEOREM_SAMPLE_H
#define THEOREM_SAMPLE_H

#include "vmm/theorem/random.h"
#include "vmm/theorem/state.h"

/*
 * What is classified: each instruction of the table, what encodes none, and,
 * as instructions of their own, loads and stores that a device takes.
 */
enum sample_row {
    SAMPLE_undefined = INSN_undefined,
    SAMPLE_load_device,
    SAMPLE_store_device,
    SAMPLE_ROWS
};

/* The row's name: "csrrw", ..., "undefined", "load, device", "store, device". */
const char *sample_row_name(enum sample_row row);

/* The row called `name`, or -1. */
int sample_row_number(const char *name);

/* Do the row's encodings name a CSR?  Are there any among them that only read it? */
bool sample_names_csr(enum sample_row row);
bool sample_can_only_read(enum sample_row row);

/* How an encoding accesses a CSR: it writes it (whether or not it reads it too), or only reads it.
 */
struct sample_access {
    uint32_t csr; /* its number */
    bool writes;
};

/*
 * An encoding that may be of `row`; of rows that name a CSR, with that access,
 * or with any access to any of the 4096 numbers, mostly to one that exists,
 * where `access` is NULL.
 */
uint32_t sample_word(struct random *r, enum sample_row row, const struct sample_access *access);

/* A state, in U-mode, with `word` at pc (and where pc would be in M-mode), such that it may be
 * one of `row`. */
void sample_state(struct random *r, enum sample_row row, uint32_t word, struct state *s);

/*
 * Vary `component`: *b becomes *a but for that component, with the same
 * program state.  Where needed *a is changed too: R opened, the window moved
 * to where there is room for two.  False where there is no such pair near *a.
 */
bool sample_vary(struct random *r, enum state_field component, struct state *a, struct state *b);

/* Vary every component of *a, but for its mode and what is shown, into *b. */
void sample_vary_all(struct random *r, const struct state *a, struct state *b);

#endif
