/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer's target for guests: a header that says from which state, then the
 * program itself.  Whatever it does, it does the same bare and under the
 * monitor, and the monitor stays in control; the two properties of a monitor
 * that must hold of every program there is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/theorem/embedding.h"
#include "vmm/theorem/generator.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum {
    SIZE = 16 << 10,      /* of the guest's memory */
    HANDLER = SIZE - 256, /* where there is a trap handler, unless the program is that long */
    STEPS = 500,
    STRIDE = 25,
    HEADER = 16, /* bytes */
    INPUT_MAX = 15,
};

static struct embedding embeddings[EMBEDDING_hybrid + 1];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char error[IMAGE_ERROR_MAX];

    (void)argc;
    (void)argv;
    for (unsigned way = EMBEDDING_hosted; way <= EMBEDDING_hybrid; way++) {
        const struct embedding_spec spec = {
            .variant = &isa_virtualizable, .way = (enum embedding_way)way, .guests = 1};

        if (!embedding_init(&embeddings[way], &spec, error)) {
            (void)fprintf(stderr, "%s\n", error);
            exit(1);
        }
    }
    return 0;
}

/* ---- from bytes to a state ---- */

/* byte 0: 0 hybrid, 1 reservation in the real processor, 2 user mode */
enum { FLAG_hybrid = 1, FLAG_reservation = 2, FLAG_user = 4 };

static uint32_t
half(const uint8_t *data, unsigned at)
{
    return data[at] | (uint32_t)data[at + 1] << 8;
}

/* The state that the header describes; every field legal (docs/machine.md). */
static void
state_of(const uint8_t *data, struct isa_hart *h, struct devices *d)
{
    static const uint32_t addresses[] = {ISA_RAM_START, 0x10000000, 0x02000000, 0x02004000,
                                         0x0200bff8,    0x00100000, 0x5555,     0xffffffff};

    isa_reset(h, ISA_RAM_START, 0);
    devices_reset(d);
    for (unsigned i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        h->x[10 + i] = addresses[i];
    h->mode = (data[0] & FLAG_user) != 0 ? ISA_USER : ISA_MACHINE;
    h->mstatus = (data[2] & 1 ? MSTATUS_MIE : 0) | (data[2] & 2 ? MSTATUS_MPIE : 0) |
                 (data[2] & 4 ? MSTATUS_MPP : 0);
    h->mie =
        (data[3] & 1 ? MIP_MSI : 0) | (data[3] & 2 ? MIP_MTI : 0) | (data[3] & 4 ? MIP_MEI : 0);
    h->mtvec = ISA_RAM_START + HANDLER;
    h->mepc = ISA_RAM_START + 4 * half(data, 10);
    h->mbase = 4 * half(data, 6);
    h->mbound = half(data, 8) == 0xffff ? 0xfffffffc : 4 * half(data, 8);
    if (half(data, 4) != 0xffff)
        d->clint.mtimecmp = half(data, 4);
}

/* A handler that goes on behind the instruction that trapped. */
static void
put_handler(uint8_t *memory)
{
    static const uint32_t words[] = {
        0x34029073, /* csrw mscratch, t0 */
        0x341022f3, /* csrr t0, mepc */
        0x00428293, /* addi t0, t0, 4 */
        0x34129073, /* csrw mepc, t0 */
        0x340022f3, /* csrr t0, mscratch */
        0x30200073, /* mret */
    };

    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        isa_ram_store(memory + HANDLER + 4 * i, 4, words[i]);
}

/* ---- the check ---- */

static void
fail(struct embedding *e, const char *what, uint64_t at)
{
    struct observe_differences d = {0};

    embedding_differences(e, &d);
    (void)fprintf(stderr, "within %u steps from step %llu on: %s\n", (unsigned)STRIDE,
                  (unsigned long long)at, what);
    for (unsigned i = 0; i < d.count && i < OBSERVE_MAX; i++)
        (void)fprintf(stderr, "  %-24s bare 0x%llx, virtual 0x%llx\n", d.list[i].name,
                      (unsigned long long)d.list[i].left, (unsigned long long)d.list[i].right);
    abort();
}

static void
run(struct embedding *e)
{
    enum machine_stop bare = MACHINE_running, virtual;
    const char *what;

    for (uint64_t at = 0; at < STEPS && bare == MACHINE_running; at += STRIDE) {
        uint64_t steps = STRIDE;

        bare = embedding_run(e, &steps, &virtual);
        if (bare != virtual)
            fail(e, "one run ended, the other did not, or not so", at);
        if (bare == MACHINE_exit && e->bare.machine.exit_code != e->real.machine.exit_code)
            fail(e, "the exit codes differ", at);
        if (!embedding_same(e))
            fail(e, "the two states differ", at);
        if (!embedding_controlled(e, &what))
            fail(e, what, at);
    }
    if (!embedding_same_memory(e))
        fail(e, "the two memories differ", 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[SIZE];
    struct embedding *e;
    struct isa_hart h;
    struct devices d = {0};
    size_t input, code;

    if (size < HEADER)
        return 0;
    input = data[12] % (INPUT_MAX + 1);
    if (input > size - HEADER)
        input = size - HEADER;
    code = size - HEADER - input;
    e = &embeddings[(data[0] & FLAG_hybrid) != 0 ? EMBEDDING_hybrid : EMBEDDING_hosted];
    state_of(data, &h, &d);
    memset(memory, 0, SIZE);
    put_handler(memory);
    memcpy(memory, data + HEADER, code < SIZE ? code : SIZE);
    embedding_place(e, MACHINE_PAGE * (data[1] % ((EMBEDDING_REAL - SIZE) / MACHINE_PAGE + 1)),
                    SIZE, memory);
    embedding_input(e, data + size - input, input);
    embedding_map(e, &h, &d, (data[0] & FLAG_reservation) != 0);
    run(e);
    return 0;
}

/* ---- mutations: of bytes, and of instructions ---- */

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct random r = {seed};
    uint32_t words, at;

    if (size < HEADER + 4 || random_chance(&r, 40))
        return LLVMFuzzerMutate(data, size, max_size);
    words = (uint32_t)(size - HEADER) / 4;
    if (random_chance(&r, 30) && size + 4 <= max_size) { /* at the end */
        isa_ram_store(data + size, 4, generate_word(&r));
        return size + 4;
    }
    for (uint32_t n = 1 + random_below(&r, 3); n > 0; n--) {
        at = HEADER + 4 * random_below(&r, words);
        isa_ram_store(data + at, 4, generate_word(&r));
    }
    return size;
}
