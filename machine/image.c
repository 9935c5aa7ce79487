/* SPDX-License-Identifier: MIT */
/* ELF32 through libelf: everything that a file says is checked before it is used. */
#include "machine/image.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isa/hart.h"

enum { FILE_MAX_MIB = 1024, PAGE_BYTES = 4096, NAME_BYTES_MAX = 255 };

__attribute__((format(printf, 2, 3))) static bool
refuse(char *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(error, IMAGE_ERROR_MAX, format, args);
    va_end(args);
    return false;
}

/* ---- what kind of file it is ---- */

static bool
check_header(const uint8_t *bytes, size_t length, char *error)
{
    if (length < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return refuse(error, "not an ELF file (the first bytes are not 7f 45 4c 46)");
    if (length < EI_NIDENT)
        return refuse(error, "truncated: %zu bytes are no whole ELF header", length);
    if (bytes[EI_CLASS] != ELFCLASS32)
        return refuse(error, "wrong class: a 32-bit ELF is wanted; compile with -march=rv32ima "
                             "-mabi=ilp32");
    if (bytes[EI_DATA] != ELFDATA2LSB)
        return refuse(error, "wrong endianness: little-endian is wanted");
    if (bytes[EI_VERSION] != EV_CURRENT)
        return refuse(error, "wrong ELF version: %d, where %d is wanted", bytes[EI_VERSION],
                      EV_CURRENT);
    if (length < sizeof(Elf32_Ehdr))
        return refuse(error, "truncated: %zu bytes, an ELF header has %zu", length,
                      sizeof(Elf32_Ehdr));
    return true;
}

static bool
check_machine(const GElf_Ehdr *header, char *error)
{
    enum { RVC = 1, FLOAT_ABI = 6 };

    if (header->e_machine != EM_RISCV)
        return refuse(error, "wrong machine: %u, where %u (RISC-V) is wanted",
                      (unsigned)header->e_machine, (unsigned)EM_RISCV);
    if (header->e_type != ET_EXEC)
        return refuse(error,
                      "not an executable (ELF type %u, where 2 is wanted): link it, "
                      "without -r, -shared or -pie",
                      (unsigned)header->e_type);
    if ((header->e_flags & RVC) != 0)
        return refuse(error, "compressed instructions: this machine has none; compile with "
                             "-march=rv32ima");
    if ((header->e_flags & FLOAT_ABI) != 0)
        return refuse(error, "a floating-point ABI: this machine has no F or D; compile with "
                             "-mabi=ilp32");
    return true;
}

/* A file cut behind its segments would run, but without its symbols, `tohost' among them. */
static bool
check_sections(const GElf_Ehdr *header, size_t length, char *error)
{
    uint64_t end = header->e_shoff + (uint64_t)header->e_shnum * sizeof(Elf32_Shdr);

    if (header->e_shoff != 0 && end > length)
        return refuse(error, "truncated: its section headers end at byte %llu of %zu",
                      (unsigned long long)end, length);
    return true;
}

/* ---- segments ---- */

static bool
overlap(const struct image_segment *a, const struct image_segment *b)
{
    return a->address < b->address ? b->address - a->address < a->size
                                   : a->address - b->address < b->size;
}

/*
 * Linkers like to have the file's own headers in the first segment, and put
 * it a page lower for them.  What so lies before RAM no program looks at.
 */
static void
skip_headers(GElf_Phdr *p)
{
    uint64_t before = ISA_RAM_START - p->p_paddr;

    if (p->p_offset != 0 || p->p_paddr >= ISA_RAM_START || before > PAGE_BYTES ||
        before >= p->p_filesz)
        return;
    p->p_offset += before;
    p->p_paddr += before;
    p->p_filesz -= before;
    p->p_memsz -= before;
}

static bool
add_segment(struct image *image, GElf_Phdr *p, const uint8_t *file, size_t length, unsigned index,
            char *error)
{
    struct image_segment *s = &image->segments[image->segments_count];

    if (p->p_filesz > p->p_memsz)
        return refuse(error, "segment %u: more bytes in the file than in memory", index);
    if (p->p_offset > length || p->p_filesz > length - p->p_offset)
        return refuse(error, "truncated: segment %u ends at byte %llu of %zu", index,
                      (unsigned long long)(p->p_offset + p->p_filesz), length);
    skip_headers(p);
    if (p->p_paddr + p->p_memsz > 0x100000000)
        return refuse(error, "segment %u wraps around the end of the address space", index);
    s->address = (uint32_t)p->p_paddr;
    s->size = (uint32_t)p->p_memsz;
    s->filled = (uint32_t)p->p_filesz;
    s->executable = (p->p_flags & PF_X) != 0;
    for (unsigned i = 0; i < image->segments_count; i++)
        if (overlap(&image->segments[i], s))
            return refuse(error, "overlapping segments: one at 0x%08x, one at 0x%08x",
                          (unsigned)image->segments[i].address, (unsigned)s->address);
    s->bytes = malloc(s->filled == 0 ? 1 : s->filled);
    if (s->bytes == NULL)
        return refuse(error, "out of memory");
    memcpy(s->bytes, file + p->p_offset, s->filled);
    image->segments_count++;
    return true;
}

static bool
read_segments(struct image *image, Elf *elf, const uint8_t *file, size_t length, char *error)
{
    size_t count;

    if (elf_getphdrnum(elf, &count) != 0 || count > 1024)
        return refuse(error, "unreadable program headers: %s", elf_errmsg(-1));
    if (count > 0 && elf32_getehdr(elf)->e_phentsize != sizeof(Elf32_Phdr))
        return refuse(error, "unreadable program headers: they are not %zu bytes each",
                      sizeof(Elf32_Phdr));
    image->segments = calloc(count + 1, sizeof image->segments[0]);
    if (image->segments == NULL)
        return refuse(error, "out of memory");
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr p;

        if (gelf_getphdr(elf, (int)i, &p) == NULL)
            return refuse(error, "truncated: program header %zu: %s", i, elf_errmsg(-1));
        if (p.p_type == PT_DYNAMIC || p.p_type == PT_INTERP)
            return refuse(error, "dynamically linked: link it with -static");
        if (p.p_type == PT_LOAD && p.p_memsz != 0 &&
            !add_segment(image, &p, file, length, (unsigned)i, error))
            return false;
    }
    if (image->segments_count == 0)
        return refuse(error, "no segment to load");
    return true;
}

static bool
check_entry(const struct image *image, char *error)
{
    if (image->entry % 4 != 0)
        return refuse(error, "entry point 0x%08x is no multiple of 4", (unsigned)image->entry);
    for (unsigned i = 0; i < image->segments_count; i++)
        if (image->entry - image->segments[i].address < image->segments[i].size)
            return true;
    return refuse(error, "entry point 0x%08x lies in no segment", (unsigned)image->entry);
}

/* ---- symbols ---- */

/*
 * Sections, files, and the assembler's own ($x, .L) name no place that a reader
 * knows.  Nor does a name without end: many symbols can share one, and copied
 * for each they would be larger than any memory.
 */
static bool
is_place(const GElf_Sym *s, const char *name)
{
    unsigned type = GELF_ST_TYPE(s->st_info);

    return name != NULL && name[0] != '\0' && name[0] != '$' && strncmp(name, ".L", 2) != 0 &&
           strnlen(name, NAME_BYTES_MAX + 1) <= NAME_BYTES_MAX && s->st_shndx != SHN_UNDEF &&
           s->st_shndx != SHN_ABS && (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC);
}

static int
by_address(const void *a, const void *b)
{
    const struct image_symbol *x = a, *y = b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool
read_symbols(struct image *image, Elf *elf, Elf_Scn *section, const GElf_Shdr *header, char *error)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count;

    if (data == NULL || header->sh_entsize == 0)
        return true; /* a symbol table that cannot be read is none */
    count = data->d_size / header->sh_entsize;
    image->symbols = calloc(count + 1, sizeof image->symbols[0]);
    if (image->symbols == NULL)
        return refuse(error, "out of memory");
    for (size_t i = 0; i < count; i++) {
        GElf_Sym s;
        const char *name;
        struct image_symbol *to = &image->symbols[image->symbols_count];

        if (gelf_getsym(data, (int)i, &s) == NULL)
            break;
        name = elf_strptr(elf, header->sh_link, s.st_name);
        if (!is_place(&s, name))
            continue;
        to->name = strdup(name);
        if (to->name == NULL)
            return refuse(error, "out of memory");
        to->address = (uint32_t)s.st_value;
        to->size = (uint32_t)s.st_size;
        image->symbols_count++;
    }
    qsort(image->symbols, image->symbols_count, sizeof image->symbols[0], by_address);
    return true;
}

static bool
find_symbols(struct image *image, Elf *elf, char *error)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB)
            return read_symbols(image, elf, section, &header, error);
    }
    return true;
}

/* ---- the whole ---- */

static bool
read_all(struct image *image, Elf *elf, const uint8_t *bytes, size_t length, char *error)
{
    GElf_Ehdr header;

    if (elf == NULL || gelf_getehdr(elf, &header) == NULL)
        return refuse(error, "unreadable ELF header: %s", elf_errmsg(-1));
    image->entry = (uint32_t)header.e_entry;
    return check_machine(&header, error) && read_segments(image, elf, bytes, length, error) &&
           check_entry(image, error) && check_sections(&header, length, error) &&
           find_symbols(image, elf, error);
}

bool
image_read(struct image *image, const uint8_t *bytes, size_t length, char *error)
{
    char *copy;
    Elf *elf;
    bool ok;

    *image = (struct image){0};
    if (!check_header(bytes, length, error))
        return false;
    (void)elf_version(EV_CURRENT);
    copy = malloc(length); /* libelf may write to what it reads */
    if (copy == NULL)
        return refuse(error, "out of memory");
    memcpy(copy, bytes, length);
    elf = elf_memory(copy, length);
    ok = read_all(image, elf, bytes, length, error);
    (void)elf_end(elf);
    free(copy);
    if (!ok)
        image_free(image);
    return ok;
}

static bool
read_whole(int fd, uint8_t **bytes, size_t *length, char *error)
{
    size_t capacity = 65536;

    *length = 0;
    *bytes = malloc(capacity);
    while (*bytes != NULL) {
        ssize_t n = read(fd, *bytes + *length, capacity - *length);
        uint8_t *more;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return refuse(error, "%s", strerror(errno));
        if (n == 0)
            return true;
        *length += (size_t)n;
        if (*length < capacity)
            continue;
        if (capacity >= (size_t)FILE_MAX_MIB << 20)
            return refuse(error, "larger than %d MiB", FILE_MAX_MIB);
        capacity *= 2;
        more = realloc(*bytes, capacity);
        if (more == NULL)
            break;
        *bytes = more;
    }
    return refuse(error, "out of memory");
}

bool
image_read_file(struct image *image, const char *path, char *error)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    int fd = open(path, O_RDONLY);
    bool ok;

    *image = (struct image){0};
    if (fd < 0)
        return refuse(error, "%s", strerror(errno));
    ok = read_whole(fd, &bytes, &length, error) && image_read(image, bytes, length, error);
    (void)close(fd);
    free(bytes);
    return ok;
}

bool
image_flat(struct image *image, const uint8_t *bytes, size_t length, char *error)
{
    *image = (struct image){.entry = ISA_RAM_START};
    if (length == 0 || length > (size_t)FILE_MAX_MIB << 20)
        return refuse(error, "a flat image has 1 byte to %d MiB", FILE_MAX_MIB);
    image->segments = calloc(1, sizeof image->segments[0]);
    if (image->segments != NULL)
        image->segments[0].bytes = malloc(length);
    if (image->segments == NULL || image->segments[0].bytes == NULL) {
        image_free(image);
        return refuse(error, "out of memory");
    }
    memcpy(image->segments[0].bytes, bytes, length);
    image->segments[0].address = ISA_RAM_START;
    image->segments[0].size = image->segments[0].filled = (uint32_t)length;
    image->segments[0].executable = true;
    image->segments_count = 1;
    return true;
}

void
image_free(struct image *image)
{
    for (unsigned i = 0; i < image->segments_count; i++)
        free(image->segments[i].bytes);
    for (unsigned i = 0; i < image->symbols_count; i++)
        free(image->symbols[i].name);
    free(image->segments);
    free(image->symbols);
    *image = (struct image){0};
}

bool
image_load(const struct image *image, uint8_t *ram, uint32_t ram_size, char *error)
{
    for (unsigned i = 0; i < image->segments_count; i++) {
        const struct image_segment *s = &image->segments[i];
        uint32_t offset = s->address - ISA_RAM_START;

        if (s->address < ISA_RAM_START || offset > ram_size || s->size > ram_size - offset)
            return refuse(error,
                          "segment 0x%08x-0x%08x outside RAM (0x%08x-0x%08x): link it there, or "
                          "give more --memory",
                          (unsigned)s->address, (unsigned)(s->address + s->size - 1), ISA_RAM_START,
                          (unsigned)(ISA_RAM_START + (ram_size - 1)));
    }
    for (unsigned i = 0; i < image->segments_count; i++) {
        const struct image_segment *s = &image->segments[i];
        uint8_t *to = ram + (s->address - ISA_RAM_START);

        memcpy(to, s->bytes, s->filled);
        memset(to + s->filled, 0, s->size - s->filled);
    }
    return true;
}

const struct image_symbol *
image_symbol(const struct image *image, const char *name)
{
    for (unsigned i = 0; i < image->symbols_count; i++)
        if (strcmp(image->symbols[i].name, name) == 0)
            return &image->symbols[i];
    return NULL;
}

static bool
same_segment(const struct image *image, uint32_t a, uint32_t b)
{
    for (unsigned i = 0; i < image->segments_count; i++) {
        const struct image_segment *s = &image->segments[i];

        if (a - s->address < s->size)
            return b - s->address < s->size;
    }
    return false;
}

const struct image_symbol *
image_symbol_at(const struct image *image, uint32_t address)
{
    unsigned low = 0, high = image->symbols_count;

    while (low < high) { /* the first symbol beyond `address` */
        unsigned middle = low + (high - low) / 2;

        if (image->symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || !same_segment(image, image->symbols[low - 1].address, address))
        return NULL;
    while (low >= 2 && image->symbols[low - 2].address == image->symbols[low - 1].address)
        low--;
    return &image->symbols[low - 1];
}
