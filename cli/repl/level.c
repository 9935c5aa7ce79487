/* SPDX-License-Identifier: MIT */
#include "cli/repl/level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/embedded.h"

static void
find_users(struct repl_levels *ls, unsigned i)
{
    uint32_t end;

    if (repl_level_symbol_value(ls, i, "users_start", &ls->row[i].users_start) &&
        repl_level_symbol_value(ls, i, "users_end", &end) && end > ls->row[i].users_start)
        ls->row[i].users_size = end - ls->row[i].users_start;
}

/* ---- the rows ---- */

/* One more row; NULL where there are too many. */
static struct repl_level *
add(struct repl_levels *ls, const char *name, unsigned parent, unsigned vm, bool inner)
{
    struct repl_level *row;

    if (ls->count == REPL_LEVELS_MAX)
        return NULL;
    row = &ls->row[ls->count++];
    (void)snprintf(row->name, sizeof row->name, "%.*s", (int)sizeof row->name - 1, name);
    row->depth = ls->count == 1 ? 0 : ls->row[parent].depth + 1;
    row->parent = parent;
    row->vm = vm;
    row->inner = inner;
    return row;
}

/* The header of a monitor's image that lies at `offset` in real RAM; NULL where there is none. */
static const struct image_header *
header_at(const struct repl_levels *ls, uint32_t offset)
{
    const struct isa_ram *ram = &ls->system->machine.ram;
    struct level at = {.offset = offset, .size = offset < ram->size ? ram->size - offset : 0};

    return levels_header(&ls->system->machine, &at);
}

/*
 * What is in an image that lies at `offset`: the rows of the monitor's guests,
 * before it has started them, and of theirs.  `on` leads to the observed one,
 * `depth` steps down its path.
 */
static void
add_inner(struct repl_levels *ls, const struct target *target, unsigned parent, uint32_t offset,
          bool on, unsigned depth)
{
    const struct image_header *h = header_at(ls, offset);
    const struct system_inner *path = &ls->system->inner;

    if (h == NULL || ls->row[parent].depth >= LEVELS_MAX)
        return;
    ls->row[parent].monitor = true;
    ls->row[parent].program = ls->monitor;
    for (unsigned i = 0; i < h->count && i < VMM_GUESTS_MAX; i++) {
        bool here = on && depth < path->depth && path->path[depth] == i;
        struct repl_level *row = add(ls, h->guest[i].name, parent, i, true);
        unsigned index = ls->count - 1;

        if (row == NULL)
            return;
        if (here && depth + 1 == path->depth) {
            row->program = target->inner;
            ls->first = index;
        }
        find_users(ls, index);
        add_inner(ls, target, index, offset + h->guest[i].offset, here, depth + 1);
    }
}

/* The symbols of the bare-metal monitor that is built in. */
static void
read_monitor(struct repl_levels *ls)
{
    const struct embedded_file *file = embedded_find("vmm.elf");
    char error[IMAGE_ERROR_MAX];

    if (file == NULL)
        return;
    ls->monitor = calloc(1, sizeof *ls->monitor);
    if (ls->monitor == NULL)
        return;
    ls->monitor->name = strdup("the bare-metal monitor");
    if (ls->monitor->name != NULL && image_read(&ls->monitor->image, file->data, file->size, error))
        return;
    free(ls->monitor->name);
    free(ls->monitor);
    ls->monitor = NULL;
}

bool
repl_levels_init(struct repl_levels *ls, const struct target *target, struct system *system)
{
    static const struct repl_levels none;
    const struct vmm *vmm = &system->hosted.vmm;

    *ls = none;
    ls->system = system;
    ls->until = UINT64_MAX;
    ls->seen = calloc(REPL_LEVELS_MAX, sizeof *ls->seen);
    ls->boundary = calloc(REPL_LEVELS_MAX, sizeof *ls->boundary);
    ls->left = calloc(REPL_LEVELS_MAX, sizeof *ls->left);
    if (ls->seen == NULL || ls->boundary == NULL || ls->left == NULL) {
        repl_levels_free(ls);
        return false;
    }
    if (system->inner.depth > 0)
        read_monitor(ls);
    (void)add(ls, "L0", 0, 0, false);
    if (!system->is_hosted) {
        ls->row[0].program = target_observed(target);
        add_inner(ls, target, 0, 0, true, 0);
        find_users(ls, 0);
        return true;
    }
    for (unsigned i = 0; i < vmm->count; i++) {
        struct repl_level *row = add(ls, vmm->vm[i].name, 0, i, false);
        unsigned index = ls->count - 1;

        if (row == NULL)
            break;
        row->program = &target->programs[i];
        if (i == system->observed)
            ls->first = index;
        add_inner(ls, target, index, vmm->vm[i].start, i == system->observed, 0);
        find_users(ls, index);
    }
    return true;
}

void
repl_levels_free(struct repl_levels *ls)
{
    free(ls->seen);
    free(ls->boundary);
    free(ls->left);
    ls->seen = NULL;
    ls->boundary = NULL;
    ls->left = NULL;
    if (ls->monitor == NULL)
        return;
    image_free(&ls->monitor->image);
    free(ls->monitor->name);
    free(ls->monitor);
    ls->monitor = NULL;
}

/* ---- whose turn it is ---- */

bool
repl_levels_hosted(const struct repl_levels *ls)
{
    return ls->system->is_hosted;
}

bool
repl_levels_monitored(const struct repl_levels *ls)
{
    return ls->count > 1;
}

bool
repl_levels_nested(const struct repl_levels *ls)
{
    for (unsigned i = 1; i < ls->count; i++)
        if (ls->row[i].inner)
            return true;
    return false;
}

/* Row i as it stands; false where it is not there as yet. */
static bool
look(const struct repl_levels *ls, unsigned i, struct level *level)
{
    const struct system *s = ls->system;
    struct level below;

    if (i == 0) {
        levels_real(&s->machine, level);
        return true;
    }
    if (!ls->row[i].inner) {
        levels_hosted(&s->machine, &s->hosted.vmm, ls->row[i].vm, s->hosted.phase == HOSTED_direct,
                      level);
        return true;
    }
    return look(ls, ls->row[i].parent, &below) &&
           levels_inner(&s->machine, &below, ls->row[i].vm, level);
}

unsigned
repl_level_outer(const struct repl_levels *ls)
{
    /* Between two guests there may be rows of what is in the first. */
    for (unsigned i = 1; repl_levels_hosted(ls) && i < ls->count; i++)
        if (!ls->row[i].inner && ls->row[i].vm == ls->system->hosted.vmm.current)
            return i;
    return 0;
}

/* The guest that the bare-metal monitor on row i runs, 0 where there is none as yet. */
static unsigned
guest_of(const struct repl_levels *ls, unsigned i)
{
    for (unsigned k = i + 1; k < ls->count; k++) {
        struct level level;

        if (ls->row[k].inner && ls->row[k].parent == i && look(ls, k, &level) &&
            level.vmm->current == ls->row[k].vm)
            return k;
    }
    return 0;
}

unsigned
repl_level_current(const struct repl_levels *ls)
{
    unsigned row = repl_level_outer(ls);

    while (ls->row[row].monitor) {
        struct level level;
        unsigned guest;

        if (!look(ls, row, &level) || level.mode != ISA_USER)
            return row;
        guest = guest_of(ls, row);
        if (guest == 0)
            return row;
        row = guest;
    }
    return row;
}

unsigned
repl_level_outer_of(const struct repl_levels *ls, unsigned i)
{
    while (ls->row[i].inner)
        i = ls->row[i].parent;
    return i;
}

bool
repl_level_known(const struct repl_levels *ls, unsigned i)
{
    struct level level;

    return look(ls, i, &level);
}

bool
repl_level_look(const struct repl_levels *ls, unsigned i, struct level *level)
{
    return look(ls, i, level);
}

bool
repl_level_at_boundary(const struct repl_levels *ls, unsigned i)
{
    struct level level;

    return look(ls, i, &level) && (level.running || level.vm->state != VM_ready);
}

static void
leave(const struct repl_levels *ls, unsigned i)
{
    struct level level;
    const struct vm *vm;

    if (!look(ls, i, &level) || !level.running)
        return;
    vm = repl_level_vm(ls, i);
    ls->left[i] = (struct repl_boundary){
        .known = true, .steps = levels_steps(&level), .state = vm->state, .hart = vm->vcpu.hart};
}

/* As if the trap had not been taken: x1 to x31 are as they were, the rest is known. */
void
repl_levels_leave(const struct repl_levels *ls)
{
    struct hosted *h = &ls->system->hosted;
    struct machine *m = &ls->system->machine;
    struct isa_hart real = m->hart;
    struct vcpu *v = &h->vmm.vm[h->vmm.current].vcpu, before = *v;
    enum hosted_phase phase = h->phase;

    m->hart.mode = ISA_USER;
    m->hart.pc = m->hart.mepc;
    if (ls->system->is_hosted) {
        v->hart.pc = h->trap.pc;
        vcpu_advance(v, h->trap.retired);
        h->phase = HOSTED_direct;
    }
    for (unsigned i = 1; i < ls->count; i++)
        if (ls->row[i].inner)
            leave(ls, i);
    m->hart = real;
    *v = before;
    h->phase = phase;
}

/* Is row i, an inner one, the one that its monitor, and that one's, and so on, has to do with now?
 */
static bool
has_turn(const struct repl_levels *ls, unsigned i)
{
    struct level level;

    for (; ls->row[i].inner; i = ls->row[i].parent)
        if (!look(ls, i, &level) || level.vmm->current != ls->row[i].vm)
            return false;
    return i == repl_level_outer(ls);
}

bool
repl_level_is_attended(const struct repl_levels *ls, unsigned i)
{
    struct level level;

    if (repl_levels_hosted(ls) && ls->system->hosted.phase == HOSTED_dispatch)
        return true;
    do {
        i = ls->row[i].parent;
        if (!(i == 0 && repl_levels_hosted(ls)) && look(ls, i, &level) && level.mode == ISA_MACHINE)
            return true;
    } while (i != 0);
    return false;
}

bool
repl_level_is_left(const struct repl_levels *ls, unsigned i)
{
    return ls->row[i].inner && ls->left[i].known && !repl_level_at_boundary(ls, i) &&
           has_turn(ls, i) && repl_level_is_attended(ls, i);
}

/* "L1": the one whose turn it is, or the observed one's, or the first at that level. */
static int
find_depth(const struct repl_levels *ls, unsigned depth)
{
    const unsigned preferred[] = {repl_level_current(ls), ls->first};

    for (unsigned k = 0; k < 2; k++)
        for (unsigned i = preferred[k];; i = ls->row[i].parent) {
            if (ls->row[i].depth == depth)
                return (int)i;
            if (i == 0)
                break;
        }
    for (unsigned i = 0; i < ls->count; i++)
        if (ls->row[i].depth == depth)
            return (int)i;
    return -1;
}

int
repl_level_find(const struct repl_levels *ls, const char *name, size_t length)
{
    if (length == 2 && (name[0] == 'L' || name[0] == 'l') && name[1] >= '0' && name[1] <= '9')
        return find_depth(ls, (unsigned)(name[1] - '0'));
    for (unsigned i = 0; i < ls->count; i++)
        if (strlen(ls->row[i].name) == length && memcmp(ls->row[i].name, name, length) == 0)
            return (int)i;
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
    struct level level;

    if (i == 0)
        return NULL;
    if (!ls->row[i].inner)
        return &ls->system->hosted.vmm.vm[ls->row[i].vm];
    if (look(ls, i, &level))
        levels_vm(&level, &ls->seen[i]);
    return &ls->seen[i];
}

void
repl_level_hart(const struct repl_levels *ls, unsigned i, struct isa_hart *h)
{
    const struct machine *m = &ls->system->machine;
    struct vmm_port port = ls->system->hosted.port; /* which is only read */

    if (i == 0) {
        *h = m->hart;
        h->mip = devices_lines(&m->devices, h->mtime);
    } else if (repl_level_is_left(ls, i)) {
        *h = ls->left[i].hart;
    } else if (ls->row[i].inner) {
        *h = repl_level_vm(ls, i)->vcpu.hart;
    } else {
        vmm_view(&ls->system->hosted.vmm, &port, ls->row[i].vm, h);
    }
}

void
repl_level_ram(const struct repl_levels *ls, unsigned i, struct isa_ram *ram)
{
    struct level level;

    *ram = ls->system->machine.ram;
    if (i == 0)
        return;
    if (look(ls, i, &level)) {
        ram->bytes += level.offset;
        ram->size = level.size;
    } else {
        ram->size = 0;
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
    struct level level;

    if (i == 0)
        return ls->system->machine.steps;
    if (repl_level_is_left(ls, i))
        return ls->left[i].steps;
    return look(ls, i, &level) ? levels_steps(&level) : 0;
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
    machine_written(&ls->system->machine, (uint32_t)(p - ls->system->machine.ram.bytes), bytes);
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
