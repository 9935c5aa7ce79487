/* SPDX-License-Identifier: MIT */
/*
 * Registers as gdb numbers them: x0 to x31, pc, the CSRs, the mode; and the
 * description that tells it so.
 */
#ifndef GDB_REGISTERS_H
#define GDB_REGISTERS_H

#include "cli/gdb/packet.h"
#include "cli/repl/session.h"

enum {
    GDB_PC = 32,
    GDB_PLAIN = 33,              /* those that `g' sends: x0 to x31, pc */
    GDB_CSR = 65,                /* CSR n is register 65 + n, as gdb itself has it */
    GDB_PRIV = GDB_CSR + 0x1000, /* the mode */
};

/* The value of register `number` of row `row`; false where there is none of that number. */
bool gdb_register_read(const struct repl *r, unsigned row, uint32_t number, uint32_t *value);

/* Set it; false where it can't be. */
bool gdb_register_write(struct repl *r, unsigned row, uint32_t number, uint32_t value);

/* The target description (appendix G), as XML. */
void gdb_describe_target(struct gdb_text *t);

/* The list of threads, one a level that is there, as XML; their numbers are the rows' plus one. */
void gdb_describe_threads(const struct repl *r, struct gdb_text *t);

enum { GDB_NAME_MAX = REPL_TITLE_MAX + 8 };

/* "L2 left vM", into `name` (GDB_NAME_MAX bytes); and what else there is to say of row i. */
const char *gdb_thread_name(const struct repl *r, unsigned row, char *name);
const char *gdb_thread_state(const struct repl *r, unsigned row, char *text, size_t size);

#endif
