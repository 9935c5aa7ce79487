/* SPDX-License-Identifier: MIT */
/*
 * The homomorphism f of the paper, executable: one virtual state, twice — on a
 * bare machine of its own, and mapped into a real machine under the monitor:
 * memory in the allotment, mode U, R composed, the virtual CSRs in the vcpu.
 */
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "vmm/hosted/system.h"
#include "vmm/theorem/nested.h"
#include "vmm/theorem/observe.h"

/*
 * How the virtual side is run: under which monitors.
 *
 *   X(id, name, hosted, metal, hybrid, cost, about)
 *
 * `hosted`: the outermost monitor is the hosted one; `metal`: how many
 * bare-metal ones there are within each other; `hybrid`: the innermost
 * monitor is; `cost`: about how many times longer a case takes than hosted.
 */
#define EMBEDDING_WAYS(X)                                                                          \
    X(hosted, "hosted", true, 0, false, 1, "the hosted monitor")                                   \
    X(hybrid, "hybrid", true, 0, true, 1, "the hosted monitor, hybrid")                            \
    X(bare, "bare", false, 0, false, 1, "none: engines are compared")                              \
    X(metal, "bare-metal", false, 1, false, 10, "the bare-metal monitor")                          \
    X(metal_hybrid, "bare-metal-hybrid", false, 1, true, 10, "the bare-metal monitor, hybrid")     \
    X(hosted_metal, "hosted-2", true, 1, false, 10, "the bare-metal monitor in the hosted one")    \
    X(metal2, "bare-metal-2", false, 2, false, 100, "the bare-metal monitor in itself")            \
    X(metal3, "bare-metal-3", false, 3, false, 1000, "the same, once more")

#define EMBEDDING_ENUM(id, name, hosted, metal, hybrid, cost, about) EMBEDDING_##id,
enum embedding_way { EMBEDDING_WAYS(EMBEDDING_ENUM) EMBEDDING_WAY_COUNT };
#undef EMBEDDING_ENUM

/* Does the way need vmm.elf?  Is there a monitor at all? */
bool embedding_is_nested(enum embedding_way way);
bool embedding_is_virtual(enum embedding_way way);

enum {
    EMBEDDING_SIZE_MAX = 64 << 10, /* of the virtual machine's memory, bytes */
    EMBEDDING_REAL = 256 << 10,    /* of the real machine's */
};

struct embedding_spec {
    const struct isa_variant *variant;
    enum embedding_way way;
    enum machine_engine engine; /* of the real machine; the bare one is run by the reference */
    const struct pack *monitor; /* pack_flat of vmm.elf, where the way needs it */
    unsigned guests;            /* VMs: 1, or 2 where there may be a neighbour */
};

struct embedding {
    struct system bare, real; /* the real one with monitors and one VM or two (or bare, too) */
    enum embedding_way way;
    struct nested nested; /* where the way is */
    bool ended;           /* ... and its machine has come to an end */
    uint32_t real_size;   /* bytes of RAM that the real machine was made with */
    uint32_t bare_size;
    uint32_t start, size; /* the allotment */
    uint8_t *outside;     /* what the real memory outside the allotment has to stay */
    const uint8_t *input;
    size_t input_length;
};

/* Two machines; false, with the reason, where there is no memory for them. */
bool embedding_init(struct embedding *e, const struct embedding_spec *spec, char *error);
void embedding_free(struct embedding *e);

/* Can states be mapped at all?  Not where bare-metal monitors do not come to their guest. */
bool embedding_works(const struct embedding *e);

/*
 * Place the allotment: `size` bytes from `start` on (multiples of 4096, within
 * EMBEDDING_REAL; EMBEDDING_bare has it at the start of RAM, and nothing
 * beyond; bare-metal monitors have it where they put it, and NESTED_GUEST
 * bytes); its contents are `memory`, on both sides.
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

/*
 * A second VM beside the first, from `start` on (where there is a choice), with
 * a state and memory of its own, of the same size; turns of so many steps each.
 */
struct embedding_neighbour {
    const struct isa_hart *hart;
    const struct devices *devices;
    const uint8_t *memory;
    uint32_t start;
    uint32_t slices[2];
    uint64_t limit; /* steps of the neighbour, after which the run may stop */
};

/* After embedding_map: it is there.  And it is gone again. */
void embedding_join(struct embedding *e, const struct embedding_neighbour *neighbour);
void embedding_part(struct embedding *e);

/* VM `index` whole, with its processor as it sees it, and its memory. */
void embedding_vm(const struct embedding *e, unsigned index, struct vm *vm, struct isa_ram *ram);

/*
 * Both run *steps steps.  In bare-metal monitors, where a boundary must be
 * waited for, it may become more; *steps is how many.  Returns how the bare
 * machine stopped; *virtual_stop, the VM.
 */
enum machine_stop embedding_run(struct embedding *e, uint64_t *steps,
                                enum machine_stop *virtual_stop);

/* The virtual side alone, about that far; and how many steps of a VM that can be at the very most.
 */
enum machine_stop embedding_run_virtual(struct embedding *e, uint64_t steps);
uint64_t embedding_most(const struct embedding *e, uint64_t steps);

/* Are processors and devices the same, and the counts of bytes sent?  The quick test. */
bool embedding_same(const struct embedding *e);

/* All memory the same: the allotment on both sides; the real memory outside it as it was, or of it
 * the monitors' code and what nobody was given; and all that was sent. */
bool embedding_same_memory(const struct embedding *e);

/*
 * After MACHINE_lost, of a guest interpreted for long.  Its monitor may be
 * anywhere in the guest's next instruction, which the bare machine has made:
 * the real one goes on until what it has stored and sent is there, too.  False:
 * that never comes.
 */
bool embedding_meet(struct embedding *e);

/* The real memory outside alone. */
bool embedding_same_outside(const struct embedding *e);

/* Every difference, memory included. */
void embedding_differences(const struct embedding *e, struct observe_differences *d);

/*
 * Does the real machine hold what only the monitor may have put there: mode U
 * between traps, R composed (once resumed), interrupt enables the monitor's?
 * False, with the reason in *what, where it does not.
 */
bool embedding_controlled(const struct embedding *e, const char **what);

#endif
