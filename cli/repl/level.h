/* SPDX-License-Identifier: MIT */
/*
 * Levels: the machines of a run, one inside the other.  Row 0 is the real
 * machine, L0; the guests of its monitor are machines at L1; where one of them
 * runs a bare-metal monitor, that one's guests are at L2, and so on.  Every
 * view speaks from one row.  What is said of a row here holds however deep it
 * lies: how to read its processor, where its memory lies, whose symbols.
 *
 * An *outer* row is the machine, or a guest of a hosted monitor, which is a
 * part of this process.  The others are *inner*: their monitors run in
 * simulated memory, and are read out of it (vmm/hosted/levels.h).  An inner row
 * is not there before its monitor has started it, and is only looked at where
 * its own instruction is next: at its boundaries.
 */
#ifndef REPL_LEVEL_H
#define REPL_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/target.h"
#include "vmm/hosted/levels.h"
#include "vmm/hosted/system.h"

enum {
    REPL_LEVELS_MAX = 32, /* rows; a machine with more guests has the rest of them unseen */
    REPL_TITLE_MAX = VMM_NAME_MAX + 8, /* bytes of "L1 guest" */
    REPL_SYMBOL_MAX = 48,              /* bytes of a symbol with its distance; cut where longer */
    REPL_SPACED_MAX = 96,              /* bytes of an address with its space and symbol */
};

struct repl_level {
    char name[VMM_NAME_MAX];              /* the guest's; "L0" in row 0 */
    unsigned depth;                       /* 0: the real machine */
    unsigned parent;                      /* the row on which its monitor runs */
    unsigned vm;                          /* which of that monitor's */
    bool inner;                           /* that monitor is a bare-metal one */
    bool monitor;                         /* it runs a bare-metal monitor itself */
    const struct target_program *program; /* whose symbols it has; NULL: nobody's */
    uint32_t users_start, users_size;     /* what each process has a copy of (repl_level_linked) */
};

/* What was last seen of an inner row, at a boundary. */
struct repl_boundary {
    bool known;
    uint64_t steps, traps, exits;
    uint32_t state;
    struct isa_hart hart;
};

struct repl_levels {
    struct system *system;
    unsigned count; /* rows */
    unsigned first; /* the row of the observed guest */
    struct repl_level row[REPL_LEVELS_MAX];
    struct target_program *monitor; /* the bare-metal monitor's own symbols; NULL: unknown */
    struct vm *seen;                /* of each row: an inner one's VM, as it was last looked at */
    struct repl_boundary *boundary; /* of each row */
    struct repl_boundary *left; /* of each inner row: as it was when it was left for a monitor */
    uint64_t until;             /* ticks: no event goes beyond (moment_ticks) */
};

/* The rows of `system`, an instance of `target`, which is at its start; false: no memory.
 * repl_levels_free gives it back. */
bool repl_levels_init(struct repl_levels *ls, const struct target *target, struct system *system);
void repl_levels_free(struct repl_levels *ls);

/* Is the monitor on row 0 a part of this process? */
bool repl_levels_hosted(const struct repl_levels *ls);

/* Is there any monitor, hosted or bare-metal? */
bool repl_levels_monitored(const struct repl_levels *ls);

/* Is there any inner row? */
bool repl_levels_nested(const struct repl_levels *ls);

/* The outer row whose turn it is: the hosted monitor's current guest; else 0. */
unsigned repl_level_outer(const struct repl_levels *ls);

/* The row whose own instruction is next. */
unsigned repl_level_current(const struct repl_levels *ls);

/* The outer row that row i is inside of, or is. */
unsigned repl_level_outer_of(const struct repl_levels *ls, unsigned i);

/* Is the row there as yet?  Outer ones are. */
bool repl_level_known(const struct repl_levels *ls, unsigned i);

/* How row i stands, whoever holds what of it; false where it is not there as yet. */
bool repl_level_look(const struct repl_levels *ls, unsigned i, struct level *level);

/* Is a monitor at work that row i, an inner one, runs on?  No instruction of the row's is next. */
bool repl_level_is_attended(const struct repl_levels *ls, unsigned i);

/* An inner row at a boundary, its own instruction next; where it has ended or waits, too. */
bool repl_level_at_boundary(const struct repl_levels *ls, unsigned i);

/*
 * The real processor has just trapped out of user mode: what the inner rows
 * that executed were then is kept.  Until they are at a boundary again that is
 * what one sees of them, since in the meantime their monitors are half-way.
 */
void repl_levels_leave(const struct repl_levels *ls);

/* Is what one sees of row i such a state? */
bool repl_level_is_left(const struct repl_levels *ls, unsigned i);

/*
 * The row that `name` (`length` bytes) means: a guest's name, L0, or L1, L2,
 * ..., which is the one at that level whose turn it is.  -1 where there is none.
 */
int repl_level_find(const struct repl_levels *ls, const char *name, size_t length);

/* "L0" where it runs a program itself or a monitor, "L1 NAME" a guest; into `text` (REPL_TITLE_MAX
 * bytes).  Returns `text`. */
const char *repl_level_title(const struct repl_levels *ls, unsigned i, char *text);

/* The VM in row i, NULL in row 0; all 0 where it is not there as yet.  An inner one is a copy. */
const struct vm *repl_level_vm(const struct repl_levels *ls, unsigned i);

/* Its processor as it sees it, mip and mresv included; its memory; its devices; the steps it made.
 */
void repl_level_hart(const struct repl_levels *ls, unsigned i, struct isa_hart *h);
void repl_level_ram(const struct repl_levels *ls, unsigned i, struct isa_ram *ram);
const struct devices *repl_level_devices(const struct repl_levels *ls, unsigned i);
uint64_t repl_level_steps(const struct repl_levels *ls, unsigned i);

/* "M" and "U" in row 0, "vM" and "vU" in the others. */
const char *repl_level_mode(unsigned i, uint32_t mode);

/* The physical address of the `bytes` at `va` for the processor `h` of row i; false: outside its R,
 * or its RAM. */
bool repl_level_relocate(const struct repl_levels *ls, unsigned i, const struct isa_hart *h,
                         uint32_t va, uint32_t bytes, uint32_t *pa);

/* Where physical address `pa` of row i, within its RAM, lies in its parent's RAM. */
uint32_t repl_level_outward(const struct repl_levels *ls, unsigned i, uint32_t pa);

/* The `bytes` (1, 2, 4) at physical address `pa` of row i; false: outside its RAM. */
bool repl_level_load(const struct repl_levels *ls, unsigned i, uint32_t pa, uint32_t bytes,
                     uint32_t *value);
bool repl_level_store(const struct repl_levels *ls, unsigned i, uint32_t pa, uint32_t bytes,
                      uint32_t value);

/*
 * By which address the program names what is at `va`: the physical one; but in
 * user mode, where the image has the symbols `users_start` and `users_end`, as
 * guestos has, and `va` lies in the copy of that range which each process has
 * at the start of its memory, the address that was copied from.
 */
uint32_t repl_level_linked(const struct repl_levels *ls, unsigned i, const struct isa_hart *h,
                           uint32_t va);

/* "loop+8" for a linked address, into `text` (REPL_SYMBOL_MAX bytes); empty where there is no
 * symbol.  Returns `text`. */
const char *repl_level_symbol(const struct repl_levels *ls, unsigned i, uint32_t linked,
                              char *text);

/* The value of symbol `name` in row i. */
bool repl_level_symbol_value(const struct repl_levels *ls, unsigned i, const char *name,
                             uint32_t *value);

/* The file and the line that `linked` was assembled from; false where that isn't known. */
bool repl_level_line(const struct repl_levels *ls, unsigned i, uint32_t linked, const char **file,
                     unsigned *line);

/* The lowest address assembled from line `line`, or the next that has any; `file` may be NULL: the
 * one of the entry. */
bool repl_level_line_address(const struct repl_levels *ls, unsigned i, const char *file,
                             unsigned line, uint32_t *linked);

#endif
