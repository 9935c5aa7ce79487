/* SPDX-License-Identifier: MIT */
/*
 * The options that many commands share, in groups.  A command's own argp has
 * the groups it takes as children:
 *
 *     static const struct argp_child children[] = {
 *         OPTIONS_CHILD(machine), OPTIONS_CHILD(output), {0}};
 *
 * hands the struct options to each at ARGP_KEY_INIT (options_give), and is
 * parsed by options_parse, which never exits.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "machine/engine.h"

/* The groups: X(id, what it holds).  Every command takes `output`. */
#define OPTIONS_GROUPS(X)                                                                          \
    X(isa, "--isa")                                                                                \
    X(machine, "--memory --monitor --depth --engine --guest --dtb")                                \
    X(run, "--input --max-instructions")                                                           \
    X(output, "--json --color --help")

#define OPTIONS_ARGP(id, about) extern const struct argp options_##id;
OPTIONS_GROUPS(OPTIONS_ARGP)
#undef OPTIONS_ARGP

#define OPTIONS_CHILD(id)                                                                          \
    {                                                                                              \
        &options_##id, 0, NULL, 0                                                                  \
    }

enum options_colour { COLOUR_auto, COLOUR_always, COLOUR_never };

enum { OPTIONS_DEPTH_MAX = 16 };

#define OPTIONS_NO_LIMIT UINT64_MAX

struct options {
    const char *isa;      /* a variant's name or file; NULL: not given */
    uint32_t memory;      /* bytes; 0: not given */
    bool monitored;       /* --monitor was given */
    bool bare_metal;      /* ... and it was `bare-metal`, not `hosted` */
    bool hybrid;          /* ... with `hybrid` */
    int depth;            /* levels of virtual machines; -1: not given */
    unsigned usual_depth; /* where neither --depth nor --monitor is given: 0, or the command's */
    enum machine_engine engine;
    const char *guest; /* the observed guest of a description; NULL: not given */
    const char *dtb;   /* a device tree's file; NULL: none */
    const char *input; /* a file for the console; NULL: not given */
    uint64_t limit;    /* steps: instructions retired and traps taken; or OPTIONS_NO_LIMIT */
    bool json;
    enum options_colour colour;

    bool helped; /* --help was given, and answered */
    bool wrong;  /* something was wrong, and has been said */
};

/* As it is where nothing is given. */
void options_init(struct options *o);

/* At ARGP_KEY_INIT of a command's own parser: `o` is the input of its first `children` children. */
void options_give(struct argp_state *state, struct options *o, unsigned children);

/*
 * Parse.  True: go on.  False: the command is to return *status at once; help
 * was printed, or an error said.
 */
bool options_parse(const struct argp *argp, int argc, char **argv, void *input, struct options *o,
                   int *status);

/* In a parser: say what is wrong with the usage.  To be returned from the parser. */
error_t options_wrong(struct argp_state *state, struct options *o, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How many levels of virtual machines: what --depth says; else 1 where --monitor is given, else
 * usual_depth. */
unsigned options_depth(const struct options *o);

/* Is output to `to` coloured?  --color, NO_COLOR, TERM=dumb, and whether it is a terminal. */
bool options_coloured(const struct options *o, FILE *to);

/* A count such as `1204113`, `500k`, `20M`, `2G` (thousands, millions, ...); false: it is none. */
bool options_count(const char *text, uint64_t *count);

#endif
