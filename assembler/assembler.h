/* SPDX-License-Identifier: MIT */
/*
 * The assembler: a text in the GNU dialect for RISC-V to an executable ELF32.
 *
 * It reads its source once.  What is known is emitted at once; what is not (a
 * label further down, an address before the sections have theirs) is noted and
 * filled in at the end.  The size of an instruction never depends on what
 * comes later, so there is nothing to relax and nothing to link.  The dialect
 * is described in docs/assembler.md.
 *
 * A mistake of the source's writer is a diagnostic.  The assembler reports all
 * it finds up to the limit of the list, and bounds its own work: no source
 * makes it hang or take more memory than ASSEMBLER_MEMORY.
 */
#ifndef ASSEMBLER_ASSEMBLER_H
#define ASSEMBLER_ASSEMBLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assembler/diagnostic.h"

enum {
    ASSEMBLER_FILE_MAX = 16 << 20,      /* bytes of one source file */
    ASSEMBLER_CONTENTS_MAX = 64 << 20,  /* bytes of all sections that hold any */
    ASSEMBLER_SIZE_MAX = 1 << 30,       /* bytes of all sections together: the largest RAM */
    ASSEMBLER_MEMORY = 384 << 20,       /* bytes of memory for one assembly */
    ASSEMBLER_STATEMENTS_MAX = 2000000, /* statements read, expansions included */
    ASSEMBLER_READ_MAX = 64 << 20,      /* bytes of source read, expansions included */
    ASSEMBLER_NESTING_MAX = 64,         /* files, macros and repetitions open at once */
    ASSEMBLER_ALIGN_MAX = 20,           /* largest power of two for .align */
};

#define ASSEMBLER_BASE 0x80000000u /* where .text starts where nobody says otherwise */

/* The address of a symbol that the source does not define; false: unknown. */
typedef bool assembler_lookup(void *context, const char *name, uint32_t *value);

/* All zero bytes is how it is where nobody says otherwise. */
struct assembler_options {
    uint32_t base;                   /* address of .text; 0 means ASSEMBLER_BASE */
    const char *const *include_path; /* where else .include and .incbin look; ends with NULL */
    bool sealed;                     /* refuse .include and .incbin */
    bool listing;                    /* make a listing */
    assembler_lookup *lookup;        /* NULL: every symbol must be defined */
    void *lookup_context;
};

enum assembly_section_flag {
    ASSEMBLY_WRITE = 1,  /* SHF_WRITE */
    ASSEMBLY_ALLOC = 2,  /* SHF_ALLOC: loaded */
    ASSEMBLY_EXEC = 4,   /* SHF_EXECINSTR */
    ASSEMBLY_NOBITS = 8, /* takes room but holds no bytes: .bss */
};

struct assembly_section {
    char *name;
    uint32_t flags;       /* of enum assembly_section_flag */
    uint32_t address;     /* 0 where not loaded */
    uint32_t size;        /* bytes */
    uint32_t align;       /* bytes, a power of two */
    unsigned char *bytes; /* `size` of them; NULL where ASSEMBLY_NOBITS or empty */
};

enum assembly_symbol_type { ASSEMBLY_NOTYPE, ASSEMBLY_OBJECT, ASSEMBLY_FUNC }; /* STT_* */
enum assembly_binding { ASSEMBLY_LOCAL, ASSEMBLY_GLOBAL, ASSEMBLY_WEAK };      /* STB_* */

enum { ASSEMBLY_ABSOLUTE = -1 }; /* the section of a number */

struct assembly_symbol {
    char *name;
    uint32_t value; /* address, or number */
    uint32_t size;  /* bytes, by .size; else 0 */
    int section;    /* index in `sections`, or ASSEMBLY_ABSOLUTE */
    enum assembly_symbol_type type;
    enum assembly_binding binding;
};

/* From this address on, up to the next entry: line `line` of file `file`. */
struct assembly_line {
    uint32_t address;
    uint32_t file; /* index in `files` */
    uint32_t line; /* of the file, from 1; inside a macro the line that calls it */
};

/* What was assembled.  It owns all it points to; assembly_free gives it back. */
struct assembly {
    struct assembly_section *sections; /* by address, those not loaded at the end */
    size_t section_count;
    struct assembly_symbol *symbols; /* in the order of the source; no numeric or .L labels */
    size_t symbol_count;
    struct assembly_line *lines; /* by address; of loaded sections */
    size_t line_count;
    char **files;
    size_t file_count;
    uint32_t entry; /* `_start`, else the start of .text */
    char *listing;  /* text, where it was asked for */
};

/*
 * Assemble `text` (`length` bytes; NULL: the file `path`) under the name
 * `path`.  `options` may be NULL.  True on success, with *out to be freed;
 * else what is wrong is in *d, and *out is empty.  There may be warnings in
 * *d either way.
 */
bool assembler_assemble(const char *path, const char *text, size_t length,
                        const struct assembler_options *options, struct diagnostics *d,
                        struct assembly *out);

/* Give back what *out holds. */
void assembly_free(struct assembly *out);

/* The address of symbol `name`; false where there is none. */
bool assembly_symbol_value(const struct assembly *assembly, const char *name, uint32_t *value);

/*
 * The bytes of an executable ELF32 (EM_RISCV, System V ABI, flags 0: soft
 * float, no compressed instructions): each section that is loaded and not
 * empty is a segment; section headers, symbols, and the lines of the source
 * for debuggers (assembler/dwarf.c).  NULL when memory is out; else *length
 * bytes, to be freed.
 */
unsigned char *assembler_write_elf(const struct assembly *assembly, size_t *length);

enum { ASSEMBLER_WORDS_MAX = 2 }; /* words of the longest pseudo-instruction */

/*
 * Assemble one instruction or pseudo-instruction as it stands at address `pc`
 * (a multiple of 4).  Symbols are looked up by `lookup` (NULL: there are
 * none).  Returns how many words it takes, or 0 with what is wrong in *d.
 */
unsigned assembler_instruction(const char *text, uint32_t pc, assembler_lookup *lookup,
                               void *context, uint32_t words[ASSEMBLER_WORDS_MAX],
                               struct diagnostics *d);

/* A directive, for those that list them. */
struct assembler_directive {
    const char *name, *operands, *about;
};

/* Directive i in the order of the table; NULL past the last. */
const struct assembler_directive *assembler_directive(unsigned i);

/* A pseudo-instruction of more than one instruction, as isa_pseudo() for those of one. */
struct assembler_pseudo {
    const char *mnemonic, *operands, *about;
};

/* Number i in the order of the table; NULL past the last. */
const struct assembler_pseudo *assembler_pseudo(unsigned i);

#endif
