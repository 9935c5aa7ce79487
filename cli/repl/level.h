/* SPDX-License-Identifier: MIT */
/*
 * Levels: the machines of a run, one inside the other.  Row 0 is the real
 * machine, L0; a guest of its monitor is a machine at L1.  Every view speaks
 * from one row.  What is said of a row here holds however deep it lies: how to
 * read its processor, where its memory lies in its parent's, whose symbols.
 */
#ifndef REPL_LEVEL_H
#define REPL_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/target.h"
#include "vmm/hosted/system.h"

enum {
    REPL_LEVELS_MAX = 1 + VMM_GUESTS_MAX,
    REPL_TITLE_MAX = VMM_NAME_MAX + 8, /* bytes of "L1 guest" */
    REPL_SYMBOL_MAX = 48,              /* bytes of a symbol with its distance; cut where longer */
    REPL_SPACED_MAX = 96,              /* bytes of an address with its space and symbol */
};

struct repl_level {
    char name[VMM_NAME_MAX];              /* the guest's; "machine" in row 0 */
    unsigned depth;                       /* 0: the real machine */
    unsigned parent;                      /* the row of whose monitor it is a guest */
    unsigned vm;                          /* which of that monitor's */
    const struct target_program *program; /* whose symbols it has; NULL: nobody's */
    uint32_t users_start, users_size;     /* what each process has a copy of (repl_level_linked) */
};

struct repl_levels {
    struct system *system;
    unsigned count; /* rows */
    struct repl_level row[REPL_LEVELS_MAX];
};

/* The rows of `system`, an instance of `target`. */
void repl_levels_init(struct repl_levels *ls, const struct target *target, struct system *system);

/* Is there a monitor in row 0, with guests? */
bool repl_levels_monitored(const struct repl_levels *ls);

/* The row whose turn it is: the monitor's current guest; 0 where there is no monitor. */
unsigned repl_level_current(const struct repl_levels *ls);

/*
 * The row that `name` (`length` bytes) means: a guest's name, `machine`, L0, or
 * L1, which is the guest whose turn it is.  -1 where there is none.
 */
int repl_level_find(const struct repl_levels *ls, const char *name, size_t length);

/* "L0" where it runs a program itself or a monitor, "L1 NAME" a guest; into `text` (REPL_TITLE_MAX
 * bytes).  Returns `text`. */
const char *repl_level_title(const struct repl_levels *ls, unsigned i, char *text);

/* The VM in row i, NULL in row 0. */
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
