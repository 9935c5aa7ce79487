/* SPDX-License-Identifier: MIT */
/* Debugging information: the lines of the source, for gdb and objdump. */
#ifndef ASSEMBLER_DWARF_H
#define ASSEMBLER_DWARF_H

#include <stdbool.h>
#include <stddef.h>

#include "assembler/assembler.h"

enum { DWARF_SECTIONS = 4 };

struct dwarf_section {
    const char *name;
    unsigned char *bytes;
    size_t size, capacity;
    bool failed; /* memory is out */
};

struct dwarf {
    struct dwarf_section section[DWARF_SECTIONS];
    unsigned count; /* of sections there are */
};

/*
 * The sections that tell the lines of `a`; none where it has no code, or brings
 * such sections itself.  False when memory is out; else *out is to be freed.
 */
bool dwarf_make(const struct assembly *a, struct dwarf *out);
void dwarf_free(struct dwarf *d);

#endif
