/* SPDX-License-Identifier: MIT */
/*
 * One program, bare and virtual, compared to the bit: registers, CSRs, all of
 * memory, devices, console output, minstret, mtime.  On a difference, the
 * first instruction after which the two states part.
 *
 * The equivalence property of Popek and Goldberg, section 3, without its
 * exception for timing (docs/monitor.md, ‘Exactness’).
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "vmm/hosted/system.h"
#include "vmm/theorem/observe.h"

struct compare_options {
    const uint8_t *input; /* console input of both; the next byte is always ready */
    size_t input_length;
    uint64_t limit;                                  /* steps at most */
    void (*progress)(void *context, uint64_t steps); /* now and then; may be NULL */
    void *context;
};

enum compare_verdict {
    COMPARE_identical, /* to the end of the run, or to where nothing changes any more */
    COMPARE_so_far,    /* to the limit of steps */
    COMPARE_different,
    COMPARE_broken, /* could not be set up: `error` says why */
};

/* One side of the first difference: before and after the step. */
struct compare_side {
    struct isa_hart before, after;
    enum machine_stop stop; /* of that step */
};

/* A privileged instruction that the hardware executed for the guest, with no trap to the monitor.
 */
struct compare_escape {
    uint64_t at; /* the step (from 1); 0: there was none */
    uint32_t pc, word;
    struct isa_hart before, after; /* the guest's processor, as the monitor has it */
};

struct compare_result {
    enum compare_verdict verdict;
    char error[IMAGE_ERROR_MAX];

    enum machine_stop
        stop;            /* how both ended, unless different; MACHINE_running: by the limit, or */
    bool traps_for_ever; /* in a trap handler that traps itself */
    uint32_t exit_code;
    uint64_t steps, instructions, traps, mtime; /* of the guest */
    size_t sent;                                /* bytes of console output */
    struct vm vm;                               /* the VM at the end: exits, direct share */

    /* Where different: the step (from 1) after which they part, and how. */
    uint64_t at;
    uint32_t word; /* the instruction at the bare machine's pc; 0 where none could be fetched */
    struct compare_side bare, virtual;
    struct compare_escape escape; /* the last one up to that step */
    struct observe_differences differences;
};

/*
 * Compare the observed guest of `spec` (hosted) with the same guest alone on
 * the bare machine.
 */
void compare_run(const struct system_spec *spec, const struct compare_options *options,
                 struct compare_result *result);

/* The spec of the observed guest alone on a bare machine; *guest is filled for it to point at. */
void compare_bare_spec(const struct system_spec *spec, struct system_spec *bare,
                       struct system_guest *guest);

#endif
