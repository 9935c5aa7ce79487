/* SPDX-License-Identifier: MIT */
/*
 * How often each instruction of a program is executed, and how often the one
 * after it comes next: usage: profile IMAGE.elf
 *
 * A line for each word executed: its offset in RAM, the word, both counts.
 * tests/bench/pairs.py makes a table of pairs of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "machine/image.h"
#include "machine/machine.h"

enum { STEPS_MAX = 100000000 };

struct counts {
    uint64_t executed, went_on;
};

/* Runs the machine to its end, or STEPS_MAX steps; counts are by words of RAM. */
static void
profile(struct machine *m, struct counts *counts)
{
    struct counts *before = NULL;
    uint32_t next = 0;

    for (uint64_t steps = 0; steps < STEPS_MAX; steps++) {
        struct isa_window w;
        uint32_t offset = 0;
        bool here;

        isa_hart_window(&m->hart, m->ram.size, &w);
        here = isa_relocate(&w, m->hart.pc, 4, &offset);
        if (here && before != NULL && offset == next)
            before->went_on++;
        if (machine_step(m) != MACHINE_running)
            return;
        before = here && m->last.executed && !m->last.trapped ? &counts[offset / 4] : NULL;
        next = offset + 4;
        if (before != NULL)
            before->executed++;
    }
}

int
main(int argc, char **argv)
{
    static struct console console;
    static struct machine m;
    struct image image;
    struct counts *counts = calloc(MACHINE_RAM_DEFAULT / 4, sizeof *counts);
    char error[IMAGE_ERROR_MAX];

    console_init(&console);
    if (counts == NULL || !machine_init(&m, MACHINE_RAM_DEFAULT, &isa_virtualizable, &console))
        return 1;
    if (argc != 2 || !image_read_file(&image, argv[1], error) ||
        !image_load(&image, m.ram.bytes, m.ram.size, error)) {
        (void)fprintf(stderr, "usage: profile IMAGE.elf\n");
        return 2;
    }
    m.entry = image.entry;
    machine_reset(&m);
    profile(&m, counts);
    for (uint32_t i = 0; i < MACHINE_RAM_DEFAULT / 4; i++)
        if (counts[i].executed > 0)
            printf("%08x %08x %llu %llu\n", (unsigned)(4 * i),
                   (unsigned)isa_ram_load(m.ram.bytes + 4 * (size_t)i, 4),
                   (unsigned long long)counts[i].executed, (unsigned long long)counts[i].went_on);
    free(counts);
    image_free(&image);
    machine_free(&m);
    return 0;
}
