/* SPDX-License-Identifier: MIT */
/*
 * Expressions: C's operators over registers, CSRs and their fields, symbols
 * and memory.  A text is parsed once and can be evaluated again and again, as
 * conditions and watchpoints are.  What names and memory mean is the scope's
 * business, so that all this needs no machine.
 *
 *   a0 + 4*(t0 - 1)     registers by both names, `$' before them or not
 *   mstatus.MPP == 3    CSRs, and fields of CSRs
 *   loop+8              symbols
 *   *sp  *(char *)a0    memory: a word; or char, short, int, with `unsigned'
 *   L1:0x80000124       a physical address of a level, `guest:...' likewise
 *
 * Values are C's: registers, words and addresses are unsigned and 32 bits
 * wide, time and counts 64; a number has the first type of C's that it fits.
 */
#ifndef REPL_EXPRESSION_H
#define REPL_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REPL_NODES_MAX = 64,    /* of one expression */
    REPL_PROBLEM_MAX = 160, /* bytes of a message */
    REPL_HERE = -1,         /* the space of an address in the current mode of the level viewed */
};

struct repl_value {
    uint64_t bits; /* of 32-bit values the upper half is 0 */
    bool wide;     /* 64 bits */
    bool is_signed;
    int space; /* of an address: REPL_HERE, or the row of whose physical addresses it is one */
    unsigned pointee; /* of a pointer: bytes it points to, 1, 2 or 4; 0: no pointer */
    bool pointee_signed;
};

/* A 32-bit unsigned value, in the space REPL_HERE. */
struct repl_value repl_value_word(uint32_t bits);

/* A 64-bit unsigned one. */
struct repl_value repl_value_wide(uint64_t bits);

/* The value as a number with its sign, if it has one. */
int64_t repl_value_number(const struct repl_value *v);

/* What names and memory mean. */
struct repl_scope {
    void *context;
    /* A name, and perhaps a field of it (NULL: none): *constant, or a reference to read again and
     * again.  False, with a problem (REPL_PROBLEM_MAX bytes), where there is none.  `dollar`: `$'
     * stood before it. */
    bool (*resolve)(void *context, const char *name, const char *field, bool dollar, bool *constant,
                    uint32_t *reference, struct repl_value *value, char *problem);
    bool (*read)(void *context, uint32_t reference, struct repl_value *value, char *problem);
    bool (*load)(void *context, const struct repl_value *address, uint32_t bytes, uint32_t *value,
                 char *problem);
    /* The row of the level called `name` (`length` bytes), or -1. */
    int (*level)(void *context, const char *name, size_t length);
};

struct repl_node {
    int op;      /* enum in expression.c */
    int a, b, c; /* operands: indices of nodes */
    uint32_t reference;
    struct repl_value value; /* of a constant; of a cast its type */
};

struct repl_expression {
    struct repl_node node[REPL_NODES_MAX];
    int count, root;
    char problem[REPL_PROBLEM_MAX]; /* why the last call failed */
    size_t at;                      /* where in the text, when parsing failed; where it ended, when
                                       it stopped */
};

/* Parse all of `text`.  False, with e->problem and e->at, where it is no expression. */
bool repl_parse(struct repl_expression *e, const char *text, const struct repl_scope *scope);

/* Parse as much as is an expression; e->at is where the rest begins. */
bool repl_parse_part(struct repl_expression *e, const char *text, const struct repl_scope *scope);

/* Its value now.  False, with e->problem: memory out of reach, division by 0. */
bool repl_evaluate(struct repl_expression *e, const struct repl_scope *scope,
                   struct repl_value *value);

/* Is it `*ADDRESS`: does it name a place in memory?  Then its address, and how many bytes. */
bool repl_place(struct repl_expression *e, const struct repl_scope *scope,
                struct repl_value *address, uint32_t *bytes);

#endif
