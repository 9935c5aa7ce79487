/* SPDX-License-Identifier: MIT */
#include "cli/repl/level.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void
find_users(struct repl_levels *ls, unsigned i)
{
    uint32_t end;

    if (repl_level_symbol_value(ls, i, "users_start", &ls->row[i].users_start) &&
        repl_level_symbol_value(ls, i, "users_end", &end) && end > ls->row[i].users_start)
        ls->row[i].users_size = end - ls->row[i].users_start;
}

void
repl_levels_init(struct repl_levels *ls, const struct target *target, struct system *system)
{
    static const struct repl_levels none;

    *ls = none;
    ls->system = system;
    ls->count = 1;
    (void)snprintf(ls->row[0].name, sizeof ls->row[0].name, "machine");
    if (!system->is_hosted) {
        ls->row[0].program = target_observed(target);
        find_users(ls, 0);
        return;
    }
    for (unsigned i = 0; i < system->hosted.vmm.count; i++) {
        struct repl_level *row = &ls->row[ls->count++];

        memcpy(row->name, system->hosted.vmm.vm[i].name, sizeof row->name);
        row->depth = 1;
        row->vm = i;
        row->program = &target->programs[i];
        find_users(ls, ls->count - 1);
    }
}

bool
repl_levels_monitored(const struct repl_levels *ls)
{
    return ls->system->is_hosted;
}

unsigned
repl_level_current(const struct repl_levels *ls)
{
    return repl_levels_monitored(ls) ? 1 + ls->system->hosted.vmm.current : 0;
}

/* "L1": the level, where it is one. */
static int
find_depth(const struct repl_levels *ls, unsigned depth)
{
    unsigned current = repl_level_current(ls);

    if (ls->row[current].depth == depth)
        return (int)current;
    for (unsigned i = 0; i < ls->count; i++)
        if (ls->row[i].depth == depth)
            return (int)i;
    return -1;
}

int
repl_level_find(const struct repl_levels *ls, const char *name, size_t length)
{
    for (unsigned i = 0; i < ls->count; i++)
        if (strlen(ls->row[i].name) == length && memcmp(ls->row[i].name, name, length) == 0)
            return (int)i;
    if (length == 2 && (name[0] == 'L' || name[0] == 'l') && name[1] >= '0' && name[1] <= '9')
        return find_depth(ls, (unsigned)(name[1] - '0'));
    return -1;
}

const char *
repl_level_title(const struct repl_levels *ls, unsigned i, char *text)
{
    if (i == 0)
        (void)snprintf(text, REPL_TITLE_MAX, "L0");
    else
        (void)snprintf(text, REPL_TITLE_MAX, "L%u %s", ls->row[i].depth, ls->row[i].name);
    return text;
}

const struct vm *
repl_level_vm(const struct repl_levels *ls, unsigned i)
{
    return i == 0 ? NULL : &ls->system->hosted.vmm.vm[ls->row[i].vm];
}

void
repl_level_hart(const struct repl_levels *ls, unsigned i, struct isa_hart *h)
{
    struct machine *m = &ls->system->machine;
    struct vmm_port port = {.machine = m};

    if (i != 0) {
        vmm_view(&ls->system->hosted.vmm, &port, ls->row[i].vm, h);
        return;
    }
    *h = m->hart;
    h->mip = devices_lines(&m->devices, h->mtime);
}

void
repl_level_ram(const struct repl_levels *ls, unsigned i, struct isa_ram *ram)
{
    const struct vm *vm = repl_level_vm(ls, i);

    *ram = ls->system->machine.ram;
    if (vm != NULL) {
        ram->bytes += vm->start;
        ram->size = vm->size;
    }
}

const struct devices *
repl_level_devices(const struct repl_levels *ls, unsigned i)
{
    const struct vm *vm = repl_level_vm(ls, i);

    return vm != NULL ? &vm->devices : &ls->system->machine.devices;
}

uint64_t
repl_level_steps(const struct repl_levels *ls, unsigned i)
{
    const struct vm *vm = repl_level_vm(ls, i);

    return vm != NULL ? vcpu_steps(&vm->vcpu) : ls->system->machine.steps;
}

const char *
repl_level_mode(unsigned i, uint32_t mode)
{
    if (i == 0)
        return mode == ISA_MACHINE ? "M" : "U";
    return mode == ISA_MACHINE ? "vM" : "vU";
}

/* ---- addresses ---- */

bool
repl_level_relocate(const struct repl_levels *ls, unsigned i, const struct isa_hart *h, uint32_t va,
                    uint32_t bytes, uint32_t *pa)
{
    struct isa_window w;
    struct isa_ram ram;
    uint32_t offset;

    repl_level_ram(ls, i, &ram);
    isa_hart_window(h, ram.size, &w);
    if (!isa_relocate(&w, va, bytes, &offset))
        return false;
    *pa = ISA_RAM_START + offset;
    return true;
}

uint32_t
repl_level_outward(const struct repl_levels *ls, unsigned i, uint32_t pa)
{
    const struct vm *vm = repl_level_vm(ls, i);

    return vm != NULL ? pa + vm->start : pa;
}

/* The bytes at `pa`, NULL where they are not all in the RAM of row i. */
static uint8_t *
at(const struct repl_levels *ls, unsigned i, uint32_t pa, uint32_t bytes)
{
    struct isa_ram ram;
    uint32_t offset = pa - ISA_RAM_START;

    repl_level_ram(ls, i, &ram);
    return offset < ram.size && bytes <= ram.size - offset ? ram.bytes + offset : NULL;
}

bool
repl_level_load(const struct repl_levels *ls, unsigned i, uint32_t pa, uint32_t bytes,
                uint32_t *value)
{
    const uint8_t *p = at(ls, i, pa, bytes);

    if (p == NULL)
        return false;
    *value = isa_ram_load(p, bytes);
    return true;
}

bool
repl_level_store(const struct repl_levels *ls, unsigned i, uint32_t pa, uint32_t bytes,
                 uint32_t value)
{
    uint8_t *p = at(ls, i, pa, bytes);

    if (p == NULL)
        return false;
    isa_ram_store(p, bytes, value);
    return true;
}

/* ---- symbols ---- */

uint32_t
repl_level_linked(const struct repl_levels *ls, unsigned i, const struct isa_hart *h, uint32_t va)
{
    const struct repl_level *row = &ls->row[i];
    uint32_t pa;

    if (h->mode == ISA_USER && h->mbase != 0 && va - ISA_RAM_START < row->users_size)
        return row->users_start + (va - ISA_RAM_START);
    return repl_level_relocate(ls, i, h, va, 1, &pa) ? pa : va;
}

const char *
repl_level_symbol(const struct repl_levels *ls, unsigned i, uint32_t linked, char *text)
{
    text[0] = '\0';
    if (ls->row[i].program != NULL)
        (void)target_symbol(&ls->row[i].program->image, linked, text, REPL_SYMBOL_MAX);
    return text;
}

bool
repl_level_symbol_value(const struct repl_levels *ls, unsigned i, const char *name, uint32_t *value)
{
    const struct target_program *p = ls->row[i].program;
    const struct image_symbol *symbol;

    if (p == NULL)
        return false;
    symbol = image_symbol(&p->image, name);
    if (symbol != NULL)
        *value = symbol->address;
    return symbol != NULL || (p->assembled && assembly_symbol_value(&p->assembly, name, value));
}

/* ---- source lines ---- */

/* The section of `a` that `address` is in, or NULL. */
static const struct assembly_section *
section_at(const struct assembly *a, uint32_t address)
{
    for (size_t s = 0; s < a->section_count; s++)
        if ((a->sections[s].flags & ASSEMBLY_ALLOC) != 0 &&
            address - a->sections[s].address < a->sections[s].size)
            return &a->sections[s];
    return NULL;
}

bool
repl_level_line(const struct repl_levels *ls, unsigned i, uint32_t linked, const char **file,
                unsigned *line)
{
    const struct target_program *p = ls->row[i].program;
    const struct assembly_section *section;
    const struct assembly_line *found = NULL;

    if (p == NULL || !p->assembled)
        return false;
    section = section_at(&p->assembly, linked);
    for (size_t n = 0; n < p->assembly.line_count && p->assembly.lines[n].address <= linked; n++)
        found = &p->assembly.lines[n];
    if (section == NULL || found == NULL || found->address < section->address)
        return false;
    *file = p->assembly.files[found->file];
    *line = found->line;
    return true;
}

/* Does the user's `file` mean `path`: the same, or its last part? */
static bool
names_file(const char *file, const char *path)
{
    size_t n = strlen(file), length = strlen(path);

    return n <= length && strcmp(path + length - n, file) == 0 &&
           (n == length || path[length - n - 1] == '/');
}

bool
repl_level_line_address(const struct repl_levels *ls, unsigned i, const char *file, unsigned line,
                        uint32_t *linked)
{
    const struct target_program *p = ls->row[i].program;
    const struct assembly_line *best = NULL;
    unsigned ignored;

    if (p == NULL || !p->assembled ||
        (file == NULL && !repl_level_line(ls, i, p->assembly.entry, &file, &ignored)))
        return false;
    for (size_t n = 0; n < p->assembly.line_count; n++) {
        const struct assembly_line *l = &p->assembly.lines[n];

        if (l->line >= line && names_file(file, p->assembly.files[l->file]) &&
            (best == NULL || l->line < best->line))
            best = l;
    }
    if (best != NULL)
        *linked = best->address;
    return best != NULL;
}
