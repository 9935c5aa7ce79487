/* SPDX-License-Identifier: MIT */
/*
 * The homomorphism f of the paper, executable: one virtual state, twice — on a
 * bare machine of its own, and mapped into a real machine under the monitor:
 * memory in the allotment, mode U, R composed, the virtual CSRs in the vcpu.
 */
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "vmm/hosted/system.h"
#include "vmm/theorem/observe.h"

/* How the virtual side is run: X(id, name, about). */
#define EMBEDDING_WAYS(X)                                                                          \
    X(hosted, "hosted", "under the hosted monitor, pure")                                          \
    X(hybrid, "hybrid", "under the hosted monitor, virtual M-mode interpreted")                    \
    X(bare, "bare", "on a bare machine of its own: to compare engines")

#define EMBEDDING_ENUM(id, name, about) EMBEDDING_##id,
enum embedding_way { EMBEDDING_WAYS(EMBEDDING_ENUM) EMBEDDING_WAY_COUNT };
#undef EMBEDDING_ENUM

enum {
    EMBEDDING_SIZE_MAX = 64 << 10, /* of the virtual machine's memory, bytes */
    EMBEDDING_REAL = 256 << 10,    /* of the real machine's */
};

struct embedding {
    struct system bare, real; /* the real one is hosted, with one VM or two (or bare, too) */
    uint32_t real_size;       /* bytes of RAM that the real machine was made with */
    uint32_t bare_size;
    uint32_t start, size; /* the allotment */
    uint8_t *outside;     /* what the real memory outside the allotment has to stay */
    const uint8_t *input;
    size_t input_length;
};

/*
 * Two machines of `variant`, the real one run by `engine`, the bare one by the
 * reference; false, with the reason, where there is no memory for them.
 */
bool embedding_init(struct embedding *e, const struct isa_variant *variant, enum embedding_way way,
                    enum machine_engine engine, char *error);
void embedding_free(struct embedding *e);

/*
 * Place the allotment: `size` bytes from `start` on (multiples of 4096, within
 * EMBEDDING_REAL; EMBEDDING_bare has it at the start of RAM, and nothing
 * beyond); its contents are `memory`, on both sides.
 */
void embedding_place(struct embedding *e, uint32_t start, uint32_t size, const uint8_t *memory);

/* A word into the memory of both sides, where the virtual address `va` leads from state `h`. */
void embedding_plant(struct embedding *e, const struct isa_hart *h, uint32_t va, uint32_t word);

/* Console input of both sides, from embedding_map on. */
void embedding_input(struct embedding *e, const uint8_t *input, size_t length);

/*
 * The state (h, d) on the bare machine, and f of it on the real one.
 * `reservation_real`: f leaves the reservation in the real processor, or in the
 * vcpu; both are states of a monitor at work.
 */
void embedding_map(struct embedding *e, const struct isa_hart *h, const struct devices *d,
                   bool reservation_real);

/* Both run `steps` steps.  Returns how the bare machine stopped; *virtual_stop, the VM. */
enum machine_stop embedding_run(struct embedding *e, uint64_t steps,
                                enum machine_stop *virtual_stop);

/* Are processors and devices the same, and the counts of bytes sent?  The quick test. */
bool embedding_same(const struct embedding *e);

/* All memory the same, the allotment on both sides and the real memory outside it as it was; and
 * all that was sent. */
bool embedding_same_memory(const struct embedding *e);

/* Every difference, memory included. */
void embedding_differences(const struct embedding *e, struct observe_differences *d);

/*
 * Does the real machine hold what only the monitor may have put there: mode U
 * between traps, R composed (once resumed), interrupt enables the monitor's?
 * False, with the reason in *what, where it does not.
 */
bool embedding_controlled(const struct embedding *e, const char **what);

#endif
