/* SPDX-License-Identifier: MIT */
/*
 * What a harness says to the prover.  Two things give it a meaning:
 * executor.py, for all values at once, and replay.c, for the values of one model.
 */
#ifndef PROVE_H
#define PROVE_H

#include <stdbool.h>
#include <stdint.h>

/* Any value; the second of a name is another. */
uint32_t sym(const char *name);
uint64_t sym64(const char *name);

/* Any 32 values into x; any `count` bytes. */
void sym_registers(const char *name, uint32_t *x);
uint8_t *sym_bytes(const char *name, uint64_t count);

/* The same bytes once more, apart.  `bytes` may point anywhere into them. */
uint8_t *copy_bytes(const uint8_t *bytes);

/* Are all 32, are all bytes of two copies equal? */
bool same_registers(const uint32_t *a, const uint32_t *b);
bool same_bytes(const uint8_t *a, const uint8_t *b);

/* The instruction word under proof: any that encodes the row. */
uint32_t instruction(void);

/* Some function of four values, the same wherever it is called with that name. */
uint32_t function_of(const char *name, uint32_t a, uint32_t b, uint32_t c, uint32_t d);

/* The same term: implies equal, and costs nothing to ask. */
bool identical(uint32_t a, uint32_t b);

/* Only values for which `condition` holds. */
void assume(bool condition);

/* `condition` holds, for all values that come here. */
void prove(bool condition, const char *what);

/* The end of the path: all is said. */
void stop(void);

/* A number that the prover chooses for the whole run. */
uint32_t parameter(const char *name);

/* For a counterexample, and for a replay: what to show, and to compare. */
void observe(const char *name, uint64_t value);
void observe_registers(const char *name, const uint32_t *x);
void observe_bytes(const char *name, const uint8_t *bytes, uint32_t count);

#endif
