/* SPDX-License-Identifier: MIT */
/*
 * A state of the machine in a file of JSON: mode, pc, registers, the fields of
 * STATE_FIELDS, RAM by physical address.  What is left out is at rest
 * (docs/theorem.md, ‘Witnesses’).
 */
#ifndef CLI_STATE_FILE_H
#define CLI_STATE_FILE_H

#include "cli/fields.h"
#include "vmm/theorem/state.h"

/* Where one is read to.  Its RAM, of any size, stands apart from the state; it may be the state's
 * own. */
struct state_file {
    struct state *state;
    uint8_t *ram;
    uint32_t size; /* of `ram`, bytes */
};

/* Read the state at `node`; what is wrong with it is added to the context's diagnostics. */
void state_file_take(struct fields_context *c, const struct tree_node *node,
                     struct state_file *file);

/* The same for a state before an instruction: one in which the machine can be (state_legal). */
void state_file_take_before(struct fields_context *c, const struct tree_node *node,
                            struct state_file *file);

#endif
