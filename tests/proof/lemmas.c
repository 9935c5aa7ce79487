/* SPDX-License-Identifier: MIT */
/* What is proved of the functions that the harnesses put something simpler in place of. */
#include "tests/proof/states.h"

/* Of isa_window: what both window_summary say of it. */
void
lemma_window(void)
{
    struct isa_window w;
    uint32_t size = sym("ram"), mbase = sym("mbase"), mbound = sym("mbound");
    uint32_t mode = (sym("mode") & 1) * ISA_MACHINE;

    assume(size <= RAM_MAX);
    isa_window(mode, mbase, mbound, size, &w);
    prove(w.base <= size, "the window begins in RAM");
    prove(w.bound <= size - w.base, "the window ends in RAM");
    prove((((mbase | mbound | size) & 3) != 0) | (((w.base | w.bound) & 3) == 0),
          "a window of whole words is whole words");
    if (mode == ISA_MACHINE)
        prove((w.base == 0) & (w.bound == size), "in M-mode it is all of RAM");
}

/* Of devices_lines. */
void
lemma_lines(void)
{
    struct devices d;
    uint64_t mtime = sym64("mtime");

    any_devices(&d);
    prove(devices_lines(&d, mtime) == lines_summary(&d, mtime), "the lines without a branch");
}
