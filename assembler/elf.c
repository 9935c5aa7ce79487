/* SPDX-License-Identifier: MIT */
/*
 * The ELF file: header, program headers, the sections' contents, the symbol
 * and string tables, section headers, in this order.
 *
 * Source: System V ABI, chapters 4 and 5; RISC-V ELF psABI specification.
 */
#include "assembler/assembler.h"

#include <assert.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "assembler/dwarf.h"

enum { PAGE = 4096 }; /* the machine; a bound for alignment in the file */

/* The file as it is laid out. */
struct plan {
    const struct assembly *assembly;
    struct assembly_section *section; /* the assembly's, and debugging information */
    size_t section_count;
    uint32_t segments, sections;       /* program headers; section headers */
    uint32_t symbols, locals;          /* of the symbol table, its first entry included */
    uint32_t symtab, strtab, shstrtab; /* offsets of tables */
    uint32_t strtab_size, shstrtab_size, headers, size;
    unsigned char *to;
};

static const char table_names[] = "\0.symtab\0.strtab\0.shstrtab";

enum { NAME_SYMTAB = 1, NAME_STRTAB = 9, NAME_SHSTRTAB = 17, NAMES_END = 27 };

static void
put16(unsigned char **at, uint32_t value)
{
    *(*at)++ = (unsigned char)value;
    *(*at)++ = (unsigned char)(value >> 8);
}

static void
put32(unsigned char **at, uint32_t value)
{
    put16(at, value);
    put16(at, value >> 16);
}

static bool
loaded(const struct assembly_section *s)
{
    return (s->flags & ASSEMBLY_ALLOC) != 0;
}

static uint32_t
held(const struct assembly_section *s)
{
    return (s->flags & ASSEMBLY_NOBITS) != 0 ? 0 : s->size;
}

/* Where a section's contents go, the last ending at `end`: congruent to its address. */
static uint32_t
content_offset(const struct assembly_section *s, uint32_t end)
{
    uint32_t align = s->align < PAGE ? s->align : PAGE;

    return end + ((s->address - end) & (align - 1));
}

/* Sizes and offsets of everything. */
static void
lay_out(struct plan *p)
{
    const struct assembly *a = p->assembly;
    uint32_t end;

    for (size_t i = 0; i < p->section_count; i++)
        p->segments += loaded(&p->section[i]);
    p->sections = (uint32_t)p->section_count + 4; /* null, .symtab, .strtab, .shstrtab */
    end = (uint32_t)(sizeof(Elf32_Ehdr) + p->segments * sizeof(Elf32_Phdr));
    p->shstrtab_size = NAMES_END;
    for (size_t i = 0; i < p->section_count; i++) {
        end = content_offset(&p->section[i], end) + held(&p->section[i]);
        p->shstrtab_size += (uint32_t)strlen(p->section[i].name) + 1;
    }
    p->symbols = (uint32_t)a->symbol_count + 1;
    p->locals = p->strtab_size = 1;
    for (size_t i = 0; i < a->symbol_count; i++) {
        p->strtab_size += (uint32_t)strlen(a->symbols[i].name) + 1;
        p->locals += a->symbols[i].binding == ASSEMBLY_LOCAL;
    }
    p->symtab = (end + 3) & ~3u;
    p->strtab = p->symtab + p->symbols * (uint32_t)sizeof(Elf32_Sym);
    p->shstrtab = p->strtab + p->strtab_size;
    p->headers = (p->shstrtab + p->shstrtab_size + 3) & ~3u;
    p->size = p->headers + p->sections * (uint32_t)sizeof(Elf32_Shdr);
}

static void
put_header(const struct plan *p)
{
    static const unsigned char ident[EI_NIDENT] = {
        ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT, ELFOSABI_SYSV};
    unsigned char *at = p->to + sizeof ident;

    memcpy(p->to, ident, sizeof ident);
    put16(&at, ET_EXEC);
    put16(&at, EM_RISCV);
    put32(&at, EV_CURRENT);
    put32(&at, p->assembly->entry);
    put32(&at, p->segments == 0 ? 0 : sizeof(Elf32_Ehdr)); /* e_phoff */
    put32(&at, p->headers);                                /* e_shoff */
    put32(&at, 0);                                         /* e_flags: soft float, no RVC */
    put16(&at, sizeof(Elf32_Ehdr));
    put16(&at, sizeof(Elf32_Phdr));
    put16(&at, p->segments);
    put16(&at, sizeof(Elf32_Shdr));
    put16(&at, p->sections);
    put16(&at, p->sections - 1); /* e_shstrndx */
}

static void
put_segment(unsigned char **at, const struct assembly_section *s, uint32_t offset)
{
    put32(at, PT_LOAD);
    put32(at, offset);
    put32(at, s->address); /* p_vaddr */
    put32(at, s->address); /* p_paddr */
    put32(at, held(s));
    put32(at, s->size);
    put32(at, PF_R | ((s->flags & ASSEMBLY_WRITE) != 0 ? (uint32_t)PF_W : 0) |
                  ((s->flags & ASSEMBLY_EXEC) != 0 ? (uint32_t)PF_X : 0));
    put32(at, s->align < PAGE ? s->align : PAGE);
}

static void
put_section_header(unsigned char **at, uint32_t name, uint32_t type, uint32_t flags,
                   uint32_t address, uint32_t offset, uint32_t size, uint32_t link, uint32_t info,
                   uint32_t align, uint32_t entry)
{
    const uint32_t fields[] = {name, type, flags, address, offset, size, link, info, align, entry};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        put32(at, fields[i]);
}

/* Contents, segments and section headers of the sections; returns the next header's place. */
static unsigned char *
put_sections(const struct plan *p)
{
    unsigned char *segment = p->to + sizeof(Elf32_Ehdr), *header = p->to + p->headers;
    uint32_t end = (uint32_t)(sizeof(Elf32_Ehdr) + p->segments * sizeof(Elf32_Phdr));
    uint32_t name = NAMES_END;

    put_section_header(&header, 0, SHT_NULL, 0, 0, 0, 0, 0, 0, 0, 0);
    for (size_t i = 0; i < p->section_count; i++) {
        const struct assembly_section *s = &p->section[i];
        uint32_t offset = content_offset(s, end), length = (uint32_t)strlen(s->name) + 1;

        if (held(s) > 0)
            memcpy(p->to + offset, s->bytes, s->size);
        if (loaded(s))
            put_segment(&segment, s, offset);
        put_section_header(&header, name,
                           (s->flags & ASSEMBLY_NOBITS) != 0 ? SHT_NOBITS : SHT_PROGBITS,
                           s->flags & (SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR), s->address, offset,
                           s->size, 0, 0, s->align, 0);
        memcpy(p->to + p->shstrtab + name, s->name, length);
        name += length;
        end = offset + held(s);
    }
    return header;
}

/* The symbols of one kind, local or not, from symbol-table place *at on. */
static void
put_symbols(const struct plan *p, bool local, unsigned char **at, uint32_t *name)
{
    for (size_t i = 0; i < p->assembly->symbol_count; i++) {
        const struct assembly_symbol *s = &p->assembly->symbols[i];
        uint32_t length = (uint32_t)strlen(s->name) + 1;

        if ((s->binding == ASSEMBLY_LOCAL) != local)
            continue;
        memcpy(p->to + p->strtab + *name, s->name, length);
        put32(at, *name);
        put32(at, s->value);
        put32(at, s->size);
        *(*at)++ = (unsigned char)ELF32_ST_INFO(s->binding, s->type);
        *(*at)++ = STV_DEFAULT;
        put16(at, s->section == ASSEMBLY_ABSOLUTE ? SHN_ABS : (uint32_t)s->section + 1);
        *name += length;
    }
}

static void
put_tables(const struct plan *p, unsigned char *header)
{
    unsigned char *at = p->to + p->symtab + sizeof(Elf32_Sym);
    uint32_t name = 1;

    put_symbols(p, true, &at, &name);
    put_symbols(p, false, &at, &name);
    memcpy(p->to + p->shstrtab, table_names, NAMES_END);
    put_section_header(&header, NAME_SYMTAB, SHT_SYMTAB, 0, 0, p->symtab,
                       p->symbols * (uint32_t)sizeof(Elf32_Sym), p->sections - 2, p->locals, 4,
                       sizeof(Elf32_Sym));
    put_section_header(&header, NAME_STRTAB, SHT_STRTAB, 0, 0, p->strtab, p->strtab_size, 0, 0, 1,
                       0);
    put_section_header(&header, NAME_SHSTRTAB, SHT_STRTAB, 0, 0, p->shstrtab, p->shstrtab_size, 0,
                       0, 1, 0);
}

/* All sections: the assembly's, whose places symbols go by, and then debugging information. */
static bool
list_sections(struct plan *p, const struct dwarf *dwarf)
{
    const struct assembly *a = p->assembly;

    p->section = calloc(a->section_count + dwarf->count + 1, sizeof *p->section);
    if (p->section == NULL)
        return false;
    for (size_t i = 0; i < a->section_count; i++)
        p->section[p->section_count++] = a->sections[i];
    for (unsigned i = 0; i < dwarf->count; i++) {
        const struct dwarf_section *d = &dwarf->section[i];

        p->section[p->section_count++] = (struct assembly_section){
            (char *)(uintptr_t)d->name, 0, 0, (uint32_t)d->size, 1, d->bytes};
    }
    return true;
}

unsigned char *
assembler_write_elf(const struct assembly *assembly, size_t *length)
{
    struct plan p = {.assembly = assembly};
    struct dwarf dwarf;

    assert(sizeof table_names == NAMES_END);
    if (!dwarf_make(assembly, &dwarf))
        return NULL;
    if (list_sections(&p, &dwarf)) {
        lay_out(&p);
        p.to = calloc(1, p.size);
    }
    if (p.to != NULL) {
        put_header(&p);
        put_tables(&p, put_sections(&p));
        *length = p.size;
    }
    free(p.section);
    dwarf_free(&dwarf);
    return p.to;
}
