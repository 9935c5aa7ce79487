/* SPDX-License-Identifier: MIT */
/* The finisher (sifive,test0): a store to it ends the run, or resets the machine. */
#ifndef FINISHER_H
#define FINISHER_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/hart.h"

#define FINISHER_START 0x00100000u
#define FINISHER_PASS  0x5555u
#define FINISHER_FAIL  0x3333u /* | code << 16 */
#define FINISHER_RESET 0x7777u

enum finisher_state { FINISHER_idle, FINISHER_exit, FINISHER_reset };

struct finisher {
    enum finisher_state state;
    uint32_t code; /* of the exit */
};

void finisher_reset(struct finisher *f);

/* Serve a 16 or 32-bit access at FINISHER_START itself; false otherwise.  Reads 0. */
bool finisher_access(struct finisher *f, uint32_t offset, struct isa_access *a);

#endif
