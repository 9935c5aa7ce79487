/* SPDX-License-Identifier: MIT */
/*
 * What is to be run: the command's IMAGE or MACHINE.yaml and its options, made
 * into a system_spec.  Everything is read once; the spec can then be
 * instantiated as often as one likes (system_init), always alike.
 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assembler/assembler.h"
#include "cli/options.h"
#include "cli/variants.h"
#include "vmm/hosted/system.h"

/* A guest's program, with what is known of its source. */
struct target_program {
    char *name; /* the image as the user called it */
    struct image image;
    bool assembled;           /* from a source, whose lines `assembly` knows */
    struct assembly assembly; /* where it was */
    uint32_t packed_for;      /* of a packed image: the bytes of memory that it is for */
};

struct layout;

struct target {
    char *name; /* IMAGE or MACHINE.yaml, as the user called it */
    struct variant_file variant;
    struct system_spec spec; /* points into this struct: it must not move */
    unsigned count;          /* of guests and programs; programs[i] is guests[i]'s */
    struct system_guest guests[VMM_GUESTS_MAX];
    struct target_program programs[VMM_GUESTS_MAX];
    char names[VMM_GUESTS_MAX][VMM_NAME_MAX];
    struct layout *layouts[VMM_GUESTS_MAX]; /* where it is a bare-metal monitor: what is in it */
    const struct target_program *inner;     /* the observed guest's, where spec.inner has it */

    uint8_t *own_inputs[VMM_GUESTS_MAX]; /* the guests' `input` */

    bool has_input; /* --input */
    uint8_t *input;
    size_t input_length;

    int status; /* where target_open fails: the exit status, STATUS_usage, _refused or _host */
};

enum { TARGET_INPUT_MAX = 64 << 20 }; /* bytes of console input */

/*
 * Open `argument`: an ELF, a source (`.s`, assembled), `builtin:guestos`, or a
 * description (`.yaml`, `.yml`).  What is wrong, and warnings, go to *d; false
 * where something is wrong, and *t then needs no target_close.
 *
 * An image runs bare, or, where options_depth(o) is not 0, as the one guest,
 * called `guest`, of that many monitors within each other: bare-metal ones, but
 * for the outermost, which is hosted unless the options say otherwise.
 */
bool target_open(struct target *t, const char *argument, const struct options *o,
                 struct diagnostics *d);
void target_close(struct target *t);

/*
 * Read one image, as IMAGE of the command line.  True, with *program to be
 * freed by target_free_program; else what is wrong is in *d.
 */
bool target_read_program(const char *argument, struct target_program *program,
                         struct diagnostics *d);
void target_free_program(struct target_program *program);

/* The file `path`, which some console is to read; NULL after complaining. */
uint8_t *target_read_input(const char *path, size_t *length, struct diagnostics *d);

/* What the observed guest's console reads: --input, or else the file of its own, or nothing. */
void target_observed_input(const struct target *t, const uint8_t **bytes, size_t *length);

/* The program of the observed guest. */
const struct target_program *target_observed(const struct target *t);

/* How many guests there are at all depths, monitors not counted. */
unsigned target_guest_count(const struct target *t);

/* The program of the guest called `name`, as --guest takes it; NULL where there is none. */
const struct target_program *target_program_of(const struct target *t, const char *name);

/*
 * A system of the target, its console given the bytes of --input (if there are any) and
 * nothing else; the console's input goes to the observed guest, or, if that has one of its own, to
 * the first that has none.  As system_init.
 */
bool target_start(const struct target *t, struct system *s, char *error);

/*
 * `address` by the symbols of `image`, as `loop+8`, into `text` (`size`
 * bytes); empty where there is none.  Returns `text`.
 */
const char *target_symbol(const struct image *image, uint32_t address, char *text, size_t size);

/*
 * The same for an address as the program on `h` sees it, with `ram_size` bytes
 * of memory: symbols are physical, and in U-mode it goes through R.
 */
const char *target_symbol_seen(const struct image *image, const struct isa_hart *h,
                               uint32_t ram_size, uint32_t address, char *text, size_t size);

#endif
