/* SPDX-License-Identifier: MIT */
/*
 * Files that are part of the binary, so that it runs installed, anywhere: the
 * ISA variants, the guest OS, the bare-metal monitor.  cli/embed.sh writes the
 * table and the contents as an assembler file, and the link decides which
 * table it is: one without guestos.elf assembles guestos.elf.
 */
#ifndef CLI_EMBEDDED_H
#define CLI_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* the file's own, without folder: smsw.yaml, guestos.elf */
    const void *data; /* 16-byte aligned; a 0 byte follows the last */
    size_t size;      /* bytes */
};

/* The file called `name`; NULL where this binary has none of that name. */
const struct embedded_file *embedded_find(const char *name);

/* File i, in the order in which they were embedded; NULL past the last. */
const struct embedded_file *embedded_at(size_t i);

#endif
