/* SPDX-License-Identifier: MIT */
#include "cli/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/description.h"
#include "cli/embedded.h"
#include "cli/layout.h"
#include "cli/size.h"
#include "cli/status.h"

enum { DTB_MAX = 1 << 20, DTB_ALIGN = 8, DTB_HEADER = 40 };

#define DTB_MAGIC 0xd00dfeedu /* Devicetree Specification 0.4, section 5.2 */

/* ---- complaints ---- */

/* Complain of the file called `name`, as a whole. */
static struct diagnostic *
complain_of(struct diagnostics *d, const char *name, const char *what, const char *why)
{
    const struct source file = {.path = name};
    const struct diagnostic_place whole = {.source = &file};

    return diagnostics_error(d, &whole, "%s: %s", what, why);
}

static bool
out_of_memory(struct diagnostics *d)
{
    diagnostics_error(d, NULL, "out of memory");
    return false;
}

/* ---- programs ---- */

static bool
ends_in(const char *name, const char *const *endings)
{
    size_t length = strlen(name);

    for (; *endings != NULL; endings++) {
        size_t n = strlen(*endings);

        if (length > n && strcmp(name + length - n, *endings) == 0)
            return true;
    }
    return false;
}

static bool
is_source(const char *name)
{
    static const char *const endings[] = {".s", ".S", NULL};

    return ends_in(name, endings);
}

static bool
is_description(const char *name)
{
    static const char *const endings[] = {".yaml", ".yml", NULL};

    return ends_in(name, endings);
}

static bool
read_source(const char *name, const char *text, size_t length, struct target_program *program,
            struct diagnostics *d)
{
    char error[IMAGE_ERROR_MAX];
    unsigned char *elf;
    size_t size;
    bool ok;

    if (!assembler_assemble(name, text, length, NULL, d, &program->assembly))
        return false;
    program->assembled = true;
    elf = assembler_write_elf(&program->assembly, &size);
    if (elf == NULL)
        return out_of_memory(d);
    ok = image_read(&program->image, elf, size, error);
    free(elf);
    if (!ok)
        complain_of(d, name, "cannot load what it assembles to", error);
    return ok;
}

/* ---- builtin:NAME, the embedded NAME.elf or NAME.s ---- */

static const char builtin_prefix[] = "builtin:";

enum { PREFIX = sizeof builtin_prefix - 1 };

/* The length of an embedded program's name without its ending; 0 for any other file. */
static size_t
builtin_length(const struct embedded_file *file)
{
    static const char *const endings[] = {".elf", ".s", NULL};

    return ends_in(file->name, endings) ? (size_t)(strrchr(file->name, '.') - file->name) : 0;
}

static const struct embedded_file *
find_builtin(const char *name, struct diagnostic_guess *guess)
{
    const struct embedded_file *file;
    size_t length = strlen(name);

    for (size_t i = 0; (file = embedded_at(i)) != NULL; i++) {
        size_t n = builtin_length(file);

        if (n > 0 && n == length && memcmp(file->name, name, n) == 0)
            return file;
        if (n > 0)
            diagnostic_guess_offer(guess, file->name, n);
    }
    return NULL;
}

static bool
read_builtin(const char *name, struct target_program *program, struct diagnostics *d)
{
    struct diagnostic_guess guess;
    const struct embedded_file *file;
    char error[IMAGE_ERROR_MAX];

    diagnostic_guess_start(&guess, name + PREFIX, strlen(name + PREFIX));
    file = find_builtin(name + PREFIX, &guess);
    if (file == NULL) {
        const char *near = diagnostic_guess_answer(&guess);
        struct diagnostic *no = diagnostics_error(d, NULL, "there is no `%s'", name);

        if (near != NULL)
            diagnostic_hint(no, "did you mean `%s%s'?", builtin_prefix, near);
        else
            diagnostic_hint(no, "built in is `%sguestos'", builtin_prefix);
        return false;
    }
    if (is_source(file->name))
        return read_source(name, file->data, file->size, program, d);
    if (image_read(&program->image, file->data, file->size, error))
        return true;
    complain_of(d, name, "cannot load it", error);
    return false;
}

/* The field of a packed image's header that can't be what it is; NULL: none. */
static const char *
damaged_field(const struct image_header *h)
{
    if (h->memory < MACHINE_RAM_MIN || h->memory > MACHINE_RAM_MAX ||
        h->memory % MACHINE_PAGE != 0 || h->memory < h->length)
        return "memory";
    return h->count >= 1 && h->count <= VMM_GUESTS_MAX ? NULL : "count";
}

/* Is it what `thirdgen pack` writes?  Then it is a program, entered at its first byte.  `error`
 * becomes another only where it is one, and can't be taken. */
static bool
read_packed(const char *name, struct target_program *program, char *error)
{
    const char *field;
    struct image_header h;
    struct source source;
    const char *why;
    bool ok = false;

    if (!source_read(name, MACHINE_RAM_MAX, &source, &why))
        return false;
    if (source.length >= sizeof h) {
        memcpy(&h, source.text, sizeof h);
        ok = h.magic == IMAGE_MAGIC && h.version == IMAGE_VERSION && h.length == source.length;
        field = ok ? damaged_field(&h) : NULL;
        if (field != NULL)
            (void)snprintf(error, IMAGE_ERROR_MAX,
                           "a damaged packed image: its header's `%s' can't be so: pack it again",
                           field);
        ok = ok && field == NULL &&
             image_flat(&program->image, (const uint8_t *)source.text, source.length, error);
        program->packed_for = ok ? h.memory : 0;
    }
    source_free(&source);
    return ok;
}

static bool
read_elf(const char *name, struct target_program *program, struct diagnostics *d)
{
    char error[IMAGE_ERROR_MAX];
    struct diagnostic *no;

    if (image_read_file(&program->image, name, error) || read_packed(name, program, error))
        return true;
    no = complain_of(d, name, "cannot load it", error);
    if (strncmp(error, "not an ELF", 10) == 0)
        diagnostic_hint(no, "an assembly source ends in `.s', a machine's description in `.yaml'");
    return false;
}

static bool
read_program(const char *name, struct target_program *program, struct diagnostics *d)
{
    if (strncmp(name, builtin_prefix, PREFIX) == 0)
        return read_builtin(name, program, d);
    if (is_source(name))
        return read_source(name, NULL, 0, program, d);
    return read_elf(name, program, d);
}

bool
target_read_program(const char *argument, struct target_program *program, struct diagnostics *d)
{
    static const struct target_program nothing;

    *program = nothing;
    program->name = strdup(argument);
    if (program->name == NULL)
        return out_of_memory(d);
    if (read_program(argument, program, d))
        return true;
    target_free_program(program);
    return false;
}

void
target_free_program(struct target_program *program)
{
    free(program->name);
    image_free(&program->image);
    if (program->assembled)
        assembly_free(&program->assembly);
    program->name = NULL;
    program->assembled = false;
}

/* ---- the device tree ---- */

static uint32_t
big_endian(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/* Is it a flattened device tree?  *length becomes what its header says. */
static bool
check_dtb(const char *text, size_t *length, const char **why)
{
    uint32_t size;

    *why = "not a flattened device tree (its first bytes are not d0 0d fe ed)";
    if (*length < 4 || big_endian(text) != DTB_MAGIC)
        return false;
    *why = "truncated: shorter than its header says";
    if (*length < DTB_HEADER)
        return false;
    size = big_endian(text + 4);
    if (size > *length)
        return false;
    *why = "its header gives it a size shorter than a header's";
    *length = size;
    return size >= DTB_HEADER;
}

/* Does the segment reach beyond `address`? */
static bool
reaches(const struct image_segment *s, uint32_t address)
{
    return (uint64_t)s->address + s->size > address;
}

/* The blob becomes one more segment of the image, at the top of `memory` bytes of RAM. */
static bool
add_dtb(struct image *image, const char *text, size_t length, uint32_t memory, uint32_t *address,
        const char **why)
{
    struct image_segment *segments;
    uint8_t *bytes;

    *why = "it does not fit above the program: give more --memory";
    if (length > memory)
        return false;
    *address = (ISA_RAM_START + memory - (uint32_t)length) & ~(uint32_t)(DTB_ALIGN - 1);
    for (unsigned i = 0; i < image->segments_count; i++)
        if (reaches(&image->segments[i], *address))
            return false;
    *why = "out of memory";
    segments = realloc(image->segments, (image->segments_count + 1) * sizeof *segments);
    if (segments == NULL)
        return false;
    image->segments = segments;
    bytes = malloc(length);
    if (bytes == NULL)
        return false;
    memcpy(bytes, text, length);
    segments[image->segments_count++] = (struct image_segment){
        .address = *address, .size = (uint32_t)length, .filled = (uint32_t)length, .bytes = bytes};
    return true;
}

/* The device tree `path` into guest 0's memory. */
static bool
load_dtb(struct target *t, const char *path, struct diagnostics *d)
{
    struct source source;
    const char *why;
    bool ok;

    if (t->count > 1 || t->layouts[0] != NULL) {
        complain_of(d, path, "which guest is it for",
                    "a device tree goes with an image, or a hosted monitor's only guest");
        return false;
    }
    if (!source_read(path, DTB_MAX, &source, &why)) {
        complain_of(d, path, "cannot read the device tree", why);
        return false;
    }
    ok = check_dtb(source.text, &source.length, &why) &&
         add_dtb(&t->programs[0].image, source.text, source.length, t->guests[0].memory,
                 &t->spec.a1, &why);
    if (!ok)
        complain_of(d, path, "cannot load the device tree", why);
    source_free(&source);
    return ok;
}

/* ---- guests ---- */

/* Guest number t->count, from the image called `image`; a memory of 0 is the usual one. */
static bool
add_guest(struct target *t, const char *name, const char *image, uint32_t memory,
          struct diagnostics *d)
{
    struct system_guest *g = &t->guests[t->count];
    uint32_t needed;

    if (!target_read_program(image, &t->programs[t->count], d))
        return false;
    (void)snprintf(t->names[t->count], VMM_NAME_MAX, "%s", name);
    needed = t->programs[t->count].packed_for;
    if (memory == 0)
        memory = needed > MACHINE_RAM_DEFAULT ? needed : MACHINE_RAM_DEFAULT;
    if (memory < needed) {
        char text[SIZE_TEXT];

        diagnostic_hint(
            complain_of(d, image, "too little memory", "it was packed for a machine with more"),
            "give it %s", size_write(needed, text));
        target_free_program(&t->programs[t->count]);
        return false;
    }
    g->name = t->names[t->count];
    g->image = &t->programs[t->count].image;
    g->memory = memory;
    t->count++;
    return true;
}

/* Guest number t->count, which is a bare-metal monitor with guests: `run` on a machine of `memory`
 * bytes, or, if 0, as many as it takes. */
static bool
add_monitor(struct target *t, const char *name, const struct description_run *run, uint32_t memory,
            const struct diagnostic_place *place, struct diagnostics *d)
{
    struct layout *l = malloc(sizeof *l);

    if (l == NULL)
        return out_of_memory(d);
    if (!layout_build(l, run, memory, place, d)) {
        free(l);
        return false;
    }
    t->layouts[t->count] = l;
    if (!add_guest(t, name, "builtin:vmm", l->memory, d)) {
        layout_free(l);
        free(l);
        t->layouts[t->count] = NULL;
        return false;
    }
    t->guests[t->count - 1].image = &l->image;
    return true;
}

/* `node` is observed, within guest `i`. */
static void
observe_inner(struct target *t, unsigned i, const struct layout_node *node)
{
    struct system_inner *inner = &t->spec.inner;

    t->spec.observed = i;
    inner->depth = node->depth;
    memcpy(inner->path, node->path, sizeof inner->path);
    inner->offset = node->offset;
    inner->guest = &node->guest;
    t->inner = &node->program;
}

/* Guest `i` is observed, or, where that is a monitor, the first guest in it. */
static void
observe_first(struct target *t, unsigned i)
{
    if (t->layouts[i] != NULL)
        observe_inner(t, i, layout_first(t->layouts[i]));
    else
        t->spec.observed = i;
}

/* `depth` bare-metal monitors around the image. */
static bool
add_chain(struct target *t, const char *argument, uint32_t memory, unsigned depth, bool hybrid,
          struct diagnostics *d)
{
    struct description_run run = {0};
    bool ok = layout_chain(&run, depth, argument, memory, hybrid) || out_of_memory(d);

    ok = ok && add_monitor(t, "machine", &run, 0, NULL, d);
    layout_free_chain(&run);
    return ok;
}

static bool
open_image(struct target *t, const char *argument, const struct options *o, struct diagnostics *d)
{
    unsigned depth = options_depth(o), inside;

    if (o->guest != NULL) {
        t->status = STATUS_usage;
        diagnostic_hint(diagnostics_error(d, NULL, "--guest %s: an image has no guests", o->guest),
                        "it chooses among those of a description (MACHINE.yaml)");
        return false;
    }
    t->spec.hosted = depth > 0 && !o->bare_metal;
    inside = t->spec.hosted ? depth - 1 : depth;
    if (inside == 0 ? !add_guest(t, "guest", argument, o->memory, d)
                    : !add_chain(t, argument, o->memory != 0 ? o->memory : MACHINE_RAM_DEFAULT,
                                 inside, o->hybrid && o->bare_metal, d))
        return false;
    t->guests[0].hybrid = t->spec.hosted && o->hybrid;
    observe_first(t, 0);
    return true;
}

/* ---- descriptions ---- */

uint8_t *
target_read_input(const char *path, size_t *length, struct diagnostics *d)
{
    struct source source;
    const char *why;
    uint8_t *bytes;

    if (!source_read(path, TARGET_INPUT_MAX, &source, &why)) {
        complain_of(d, path, "cannot read the input", why);
        return NULL;
    }
    bytes = malloc(source.length == 0 ? 1 : source.length);
    if (bytes == NULL)
        (void)out_of_memory(d);
    else
        memcpy(bytes, source.text, source.length);
    *length = source.length;
    source_free(&source);
    return bytes;
}

/* --input */
static bool
take_input(struct target *t, const char *path, struct diagnostics *d)
{
    t->input = target_read_input(path, &t->input_length, d);
    t->has_input = t->input != NULL;
    return t->has_input;
}

/* What the description has for the console of guest `i`. */
static bool
take_own_input(struct target *t, unsigned i, const char *path, struct diagnostics *d)
{
    struct system_guest *g = &t->guests[i];
    size_t length;

    t->own_inputs[i] = target_read_input(path, &length, d);
    if (t->own_inputs[i] == NULL)
        return false;
    g->has_input = true;
    g->input = t->own_inputs[i];
    g->input_length = (uint32_t)length;
    return true;
}

static bool
take_guest(struct target *t, const struct description_run *run,
           const struct description_guest *guest, struct diagnostics *d)
{
    struct system_guest *g = &t->guests[t->count];

    bool ok;

    ok = guest->run.image != NULL
             ? add_guest(t, guest->name, guest->run.image, guest->memory, d)
             : add_monitor(t, guest->name, &guest->run, guest->memory, &guest->place, d);
    if (!ok)
        return false;
    g->weight = guest->weight;
    g->slice = guest->slice;
    g->hybrid = run->hybrid;
    g->real_clock = guest->clock == CLOCK_real;
    return guest->input == NULL || take_own_input(t, t->count - 1, guest->input, d);
}

static bool
take_run(struct target *t, const struct description *description, struct diagnostics *d)
{
    const struct description_run *run = &description->run;
    uint64_t needed = SYSTEM_RESERVED;

    if (run->image != NULL)
        return add_guest(t, "guest", run->image, description->memory, d);
    if (run->monitor == MONITOR_bare_metal)
        return add_monitor(t, "machine", run, description->memory, &description->place, d);
    t->spec.hosted = true;
    for (size_t i = 0; i < run->guest_count; i++) {
        if (!take_guest(t, run, &run->guests[i], d))
            return false;
        needed += run->guests[i].memory;
    }
    /* A hosted monitor is not in the machine's memory, but leaves some of it alone. */
    t->spec.memory = description->memory < needed ? 0 : description->memory;
    return true;
}

/* The guest `name` within guest `i`, which is a monitor; NULL where there is none. */
static const struct layout_node *
find_inner(const struct target *t, unsigned i, const char *name)
{
    const struct layout_node *node;
    size_t length = strlen(t->names[i]);

    if (t->layouts[i] == NULL)
        return NULL;
    node = layout_find(t->layouts[i], name);
    if (node == NULL && t->spec.hosted && strncmp(name, t->names[i], length) == 0 &&
        name[length] == '/')
        node = layout_find(t->layouts[i], name + length + 1);
    return node;
}

/* Is `name` guest `i`, or one in it?  Then it is observed. */
static bool
observe_named(struct target *t, unsigned i, const char *name)
{
    const struct layout_node *node = find_inner(t, i, name);

    if (t->spec.hosted && strcmp(name, t->names[i]) == 0) {
        t->spec.observed = i;
        t->spec.inner.depth = 0;
        return true;
    }
    if (node == NULL)
        return false;
    observe_inner(t, i, node);
    return true;
}

unsigned
target_guest_count(const struct target *t)
{
    unsigned count = 0;

    for (unsigned i = 0; i < t->count; i++) {
        const struct layout *l = t->layouts[i];

        count += l == NULL;
        for (unsigned k = 0; l != NULL && k < l->count; k++)
            count += !l->nodes[k]->monitor;
    }
    return count;
}

const struct target_program *
target_program_of(const struct target *t, const char *name)
{
    for (unsigned i = 0; i < t->count; i++) {
        const struct layout_node *node = find_inner(t, i, name);

        if (t->layouts[i] == NULL && strcmp(name, t->names[i]) == 0)
            return &t->programs[i];
        if (node != NULL)
            return &node->program;
    }
    return NULL;
}

/* --guest, among the guests of a description. */
static bool
choose_guest(struct target *t, const char *name, struct diagnostics *d)
{
    const char *names[VMM_GUESTS_MAX + 1] = {NULL};
    struct diagnostic *no;

    for (unsigned i = 0; i < t->count; i++) {
        names[i] = t->names[i];
        if (observe_named(t, i, name))
            return true;
    }
    t->status = STATUS_usage;
    no = diagnostics_error(d, NULL, "--guest %s: %s has no such guest", name, t->name);
    diagnostic_hint(no, "its first is `%s'",
                    t->inner != NULL ? t->spec.inner.guest->name : names[0]);
    diagnostic_did_you_mean(no, diagnostic_closest(name, strlen(name), names));
    return false;
}

/* What the description says, no option says too. */
static bool
check_options(struct target *t, const struct options *o, struct diagnostics *d)
{
    const char *said = o->memory != 0                  ? "--memory"
                       : o->monitored || o->depth >= 0 ? "--monitor and --depth"
                       : o->dtb != NULL                ? "--dtb"
                                                       : NULL;

    if (said == NULL)
        return true;
    t->status = STATUS_usage;
    diagnostic_hint(diagnostics_error(d, NULL, "%s: the description says that", said),
                    "change %s, or leave the option out", t->name);
    return false;
}

static bool
take_description(struct target *t, const struct description *description, const struct options *o,
                 struct diagnostics *d)
{
    if (!variant_find(o->isa != NULL ? o->isa : description->isa, d, &t->variant) ||
        !take_run(t, description, d))
        return false;
    if (description->dtb != NULL && !load_dtb(t, description->dtb, d))
        return false;
    observe_first(t, 0);
    return o->guest == NULL || choose_guest(t, o->guest, d);
}

static bool
open_description(struct target *t, const char *path, const struct options *o, struct diagnostics *d)
{
    struct description *description;
    bool ok;

    if (!check_options(t, o, d) || !description_read(path, d, &description))
        return false;
    ok = take_description(t, description, o, d);
    description_free(description);
    return ok;
}

/* ---- the whole ---- */

static bool
open_any(struct target *t, const char *argument, const struct options *o, struct diagnostics *d)
{
    if (is_description(argument))
        return open_description(t, argument, o, d);
    return variant_find(o->isa != NULL ? o->isa : "virtualizable", d, &t->variant) &&
           open_image(t, argument, o, d) && (o->dtb == NULL || load_dtb(t, o->dtb, d));
}

/* Can it be instantiated?  What the parts are too large for each other by is found here. */
static bool
try_once(const struct target *t, struct diagnostics *d)
{
    char error[IMAGE_ERROR_MAX];
    struct system *s = malloc(sizeof *s);
    bool ok;

    if (s == NULL)
        return out_of_memory(d);
    ok = target_start(t, s, error);
    if (ok)
        system_free(s);
    else
        complain_of(d, t->name, "cannot load it", error);
    free(s);
    return ok;
}

bool
target_open(struct target *t, const char *argument, const struct options *o, struct diagnostics *d)
{
    static const struct target nothing;

    *t = nothing;
    t->status = STATUS_refused;
    t->name = strdup(argument);
    if (t->name == NULL) {
        t->status = STATUS_host;
        return out_of_memory(d);
    }
    if (open_any(t, argument, o, d) && (o->input == NULL || take_input(t, o->input, d))) {
        t->spec.variant = &t->variant.isa;
        t->spec.engine = o->engine;
        t->spec.count = t->count;
        t->spec.guests = t->guests;
        if (try_once(t, d))
            return true;
    }
    target_close(t);
    return false;
}

void
target_close(struct target *t)
{
    for (unsigned i = 0; i < t->count; i++) {
        target_free_program(&t->programs[i]);
        if (t->layouts[i] != NULL)
            layout_free(t->layouts[i]);
        free(t->layouts[i]);
        t->layouts[i] = NULL;
    }
    t->count = 0;
    variant_free(&t->variant);
    for (unsigned i = 0; i < VMM_GUESTS_MAX; i++) {
        free(t->own_inputs[i]);
        t->own_inputs[i] = NULL;
    }
    free(t->input);
    free(t->name);
    t->input = NULL;
    t->name = NULL;
}

const struct target_program *
target_observed(const struct target *t)
{
    return t->spec.inner.depth > 0 ? t->inner : &t->programs[t->spec.observed];
}

/* Is guest `n` the observed one, or a monitor around it? */
static bool
is_on_path(const struct layout_node *n, const struct system_inner *inner)
{
    return n->depth <= inner->depth &&
           memcmp(n->path, inner->path, n->depth * sizeof *n->path) == 0;
}

/* Does the description have an input for the observed guest, or for a monitor around it? */
static bool
has_own_input(const struct target *t)
{
    const struct layout *l = t->layouts[t->spec.observed];
    bool found = t->guests[t->spec.observed].has_input;

    for (unsigned i = 0; l != NULL && i < l->count; i++)
        found = found || (l->nodes[i]->guest.has_input && is_on_path(l->nodes[i], &t->spec.inner));
    return found;
}

void
target_observed_input(const struct target *t, const uint8_t **bytes, size_t *length)
{
    const struct system_guest *g =
        t->spec.inner.depth > 0 ? t->spec.inner.guest : &t->guests[t->spec.observed];

    *bytes = t->has_input ? t->input : g->input;
    *length = t->has_input ? t->input_length : g->input_length;
}

bool
target_start(const struct target *t, struct system *s, char *error)
{
    if (!system_init(s, &t->spec, error))
        return false;
    if (t->has_input)
        console_from_bytes(&s->console, t->input, t->input_length);
    if (t->has_input || !has_own_input(t))
        system_focus(s, false);
    return true;
}

const char *
target_symbol(const struct image *image, uint32_t address, char *text, size_t size)
{
    const struct image_symbol *symbol = image_symbol_at(image, address);

    text[0] = '\0';
    if (symbol != NULL && symbol->address == address)
        (void)snprintf(text, size, "%s", symbol->name);
    else if (symbol != NULL)
        (void)snprintf(text, size, "%s+%u", symbol->name, (unsigned)(address - symbol->address));
    return text;
}

const char *
target_symbol_seen(const struct image *image, const struct isa_hart *h, uint32_t ram_size,
                   uint32_t address, char *text, size_t size)
{
    struct isa_window window;
    uint32_t offset;

    isa_hart_window(h, ram_size, &window);
    text[0] = '\0';
    if (isa_relocate(&window, address, 1, &offset))
        (void)target_symbol(image, ISA_RAM_START + offset, text, size);
    return text;
}
