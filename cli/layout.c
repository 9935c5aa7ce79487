/* SPDX-License-Identifier: MIT */
#include "cli/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/size.h"

static const char monitor_name[] = "builtin:vmm";

/* What is being laid out: a monitor, on a machine of its own. */
struct site {
    unsigned depth;            /* monitors around its guests, itself included */
    unsigned path[LEVELS_MAX]; /* to it */
    uint32_t offset;           /* of its machine's memory in the outermost's */
    const char *name;          /* whose machine it is; "" for the outermost */
};

static bool
out_of_memory(struct diagnostics *d)
{
    diagnostics_error(d, NULL, "out of memory");
    return false;
}

static bool
complain(struct diagnostics *d, const struct diagnostic_place *place, const char *error)
{
    diagnostics_error(d, place, "%s", error);
    return false;
}

/* ---- how much memory ---- */

static uint64_t needed(const struct layout *l, const struct description_run *run);

static uint64_t
guest_memory(const struct layout *l, const struct description_guest *guest)
{
    return guest->memory != 0 ? guest->memory : needed(l, &guest->run);
}

/* The bytes of a file; what cannot be read is told of elsewhere. */
static uint64_t
file_size(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

/* What the monitor takes for itself and what it keeps for its guests to read. */
static uint64_t
own_memory(const struct layout *l, const struct description_run *run)
{
    uint64_t inputs = 0;

    for (size_t i = 0; i < run->guest_count; i++)
        if (run->guests[i].input != NULL)
            inputs += file_size(run->guests[i].input);
    return l->monitor_size + pack_inputs_size(inputs);
}

/* What the monitor and its guests take. */
static uint64_t
needed(const struct layout *l, const struct description_run *run)
{
    uint64_t sum = own_memory(l, run);

    for (size_t i = 0; i < run->guest_count; i++)
        sum += guest_memory(l, &run->guests[i]);
    return sum;
}

static bool
check_memory(const struct layout *l, const struct description_run *run, uint64_t memory,
             const struct diagnostic_place *place, struct diagnostics *d)
{
    uint64_t sum = needed(l, run), mib = (sum + (1 << 20) - 1) >> 20;
    char takes[SIZE_TEXT], has[SIZE_TEXT], own[SIZE_TEXT], enough[SIZE_TEXT];
    struct diagnostic *error;

    if (sum <= memory && memory <= SIZE_MEMORY_MAX)
        return true;
    error = diagnostics_error(d, place, "the guests and their monitor's own %s take %s of %s",
                              size_write(own_memory(l, run), own), size_write(sum, takes),
                              size_write(sum <= memory ? SIZE_MEMORY_MAX : memory, has));
    if (mib << 20 <= SIZE_MEMORY_MAX)
        diagnostic_hint(error, "give it `memory: %s', or the guests less",
                        size_write(mib << 20, enough));
    else
        diagnostic_hint(error, "give the guests less: a machine has at most 1 GiB");
    return false;
}

/* ---- guests ---- */

static struct layout_node *
add_node(struct layout *l, const struct site *site, const struct description_guest *guest,
         unsigned index, uint32_t offset)
{
    struct layout_node **nodes = realloc(l->nodes, (l->count + 1) * sizeof *nodes);
    struct layout_node *n;

    if (nodes == NULL)
        return NULL;
    l->nodes = nodes;
    n = calloc(1, sizeof *n);
    if (n == NULL)
        return NULL;
    nodes[l->count++] = n;
    (void)snprintf(n->name, sizeof n->name, "%s%s%s", site->name, site->name[0] != '\0' ? "/" : "",
                   guest->name);
    n->own_name = n->name + strlen(n->name) - strlen(guest->name);
    n->depth = site->depth;
    memcpy(n->path, site->path, sizeof n->path);
    n->path[site->depth - 1] = index;
    n->offset = offset;
    n->monitor = guest->run.image == NULL;
    n->guest = (struct system_guest){.name = n->own_name,
                                     .image = n->monitor ? &n->flat : &n->program.image,
                                     .memory = (uint32_t)guest_memory(l, guest),
                                     .weight = guest->weight,
                                     .slice = guest->slice};
    return n;
}

static bool build_monitor(struct layout *l, const struct description_run *run,
                          const struct site *site, uint64_t memory,
                          const struct diagnostic_place *place, struct pack *out,
                          struct diagnostics *d);

/* What it starts with, into *out. */
static bool
build_image(struct layout *l, const struct site *site, const struct description_guest *guest,
            struct layout_node *n, struct pack *out, struct diagnostics *d)
{
    char error[IMAGE_ERROR_MAX];
    struct site inside = *site;

    if (!target_read_program(n->monitor ? monitor_name : guest->run.image, &n->program, d))
        return false;
    if (!n->monitor)
        return pack_flat(&n->program.image, n->guest.memory, out, error) ||
               complain(d, &guest->run.place, error);
    inside.depth++;
    inside.path[site->depth - 1] = n->path[site->depth - 1];
    inside.offset = n->offset;
    inside.name = n->name;
    if (!build_monitor(l, &guest->run, &inside, n->guest.memory, &guest->place, out, d))
        return false;
    if (image_flat(&n->flat, out->bytes, out->length, error))
        return true;
    pack_free(out);
    return complain(d, &guest->place, error);
}

static bool
take_input(struct layout_node *n, const char *path, const struct diagnostic_place *place,
           struct pack_guest *g, struct diagnostics *d)
{
    size_t length;

    n->input = target_read_input(path, &length, d);
    if (n->input == NULL)
        return false;
    if (length != file_size(path)) { /* by which the memory was laid out */
        diagnostic_hint(diagnostics_error(d, place, "the input `%s' has no size", path),
                        "copy it to a regular file");
        return false;
    }
    n->guest.has_input = g->has_input = true;
    n->guest.input = g->input = n->input;
    n->guest.input_length = g->input_length = (uint32_t)length;
    return true;
}

static bool
build_guest(struct layout *l, const struct site *site, const struct description_run *run,
            unsigned i, uint32_t offset, struct pack_guest *g, struct diagnostics *d)
{
    const struct description_guest *guest = &run->guests[i];
    struct layout_node *n;

    n = add_node(l, site, guest, i, offset);
    if (n == NULL)
        return out_of_memory(d);
    g->name = guest->name;
    g->memory = n->guest.memory;
    g->weight = guest->weight;
    g->slice = guest->slice;
    g->hybrid = run->hybrid;
    g->real_clock = guest->clock == CLOCK_real;
    if (guest->input != NULL && !take_input(n, guest->input, &guest->place, g, d))
        return false;
    return build_image(l, site, guest, n, &g->image, d);
}

/* ---- monitors ---- */

static bool
build_monitor(struct layout *l, const struct description_run *run, const struct site *site,
              uint64_t memory, const struct diagnostic_place *place, struct pack *out,
              struct diagnostics *d)
{
    struct pack_guest guests[VMM_GUESTS_MAX] = {0};
    char error[IMAGE_ERROR_MAX];
    uint32_t offset = site->offset + (uint32_t)own_memory(l, run);
    bool ok;

    if (site->depth >= LEVELS_MAX)
        return complain(d, place, "monitors within monitors, too deep");
    ok = check_memory(l, run, memory, place, d);
    for (unsigned i = 0; i < run->guest_count && ok; i++) {
        ok = build_guest(l, site, run, i, offset, &guests[i], d);
        offset += guests[i].memory;
    }
    if (ok)
        ok = pack_build(&l->flat, guests, (unsigned)run->guest_count, (uint32_t)memory, out,
                        error) ||
             complain(d, place, error);
    for (unsigned i = 0; i < run->guest_count; i++)
        pack_free(&guests[i].image);
    return ok;
}

static bool
read_monitor(struct layout *l, struct diagnostics *d)
{
    char error[IMAGE_ERROR_MAX];

    if (!target_read_program(monitor_name, &l->monitor, d))
        return false;
    if (pack_flat(&l->monitor.image, MACHINE_RAM_MIN, &l->flat, error)) {
        l->monitor_size = pack_monitor_size(&l->flat, error);
        if (l->monitor_size != 0)
            return true;
    }
    return complain(d, NULL, error);
}

bool
layout_build(struct layout *l, const struct description_run *run, uint32_t memory,
             const struct diagnostic_place *place, struct diagnostics *d)
{
    static const struct layout nothing;
    struct site site = {.depth = 1, .name = ""};
    char error[IMAGE_ERROR_MAX];
    uint64_t bytes;

    *l = nothing;
    if (read_monitor(l, d)) {
        bytes = memory != 0 ? memory : needed(l, run);
        if (bytes < SIZE_MEMORY_MIN)
            bytes = SIZE_MEMORY_MIN;
        l->memory = (uint32_t)bytes;
        if (build_monitor(l, run, &site, bytes, place, &l->pack, d)) {
            if (image_flat(&l->image, l->pack.bytes, l->pack.length, error))
                return true;
            complain(d, place, error);
        }
    }
    layout_free(l);
    return false;
}

void
layout_free(struct layout *l)
{
    for (unsigned i = 0; i < l->count; i++) {
        target_free_program(&l->nodes[i]->program);
        image_free(&l->nodes[i]->flat);
        free(l->nodes[i]->input);
        free(l->nodes[i]);
    }
    free(l->nodes);
    target_free_program(&l->monitor);
    pack_free(&l->flat);
    pack_free(&l->pack);
    image_free(&l->image);
    l->nodes = NULL;
    l->count = 0;
}

/* ---- who is in it ---- */

const struct layout_node *
layout_find(const struct layout *l, const char *name)
{
    const struct layout_node *found = NULL;

    for (unsigned i = 0; i < l->count; i++) {
        if (strcmp(l->nodes[i]->name, name) == 0)
            return l->nodes[i];
        if (strcmp(l->nodes[i]->own_name, name) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = l->nodes[i];
    }
    return found;
}

const struct layout_node *
layout_first(const struct layout *l)
{
    for (unsigned i = 0; i < l->count; i++)
        if (!l->nodes[i]->monitor)
            return l->nodes[i];
    return NULL;
}

/* ---- a chain ---- */

static char *
copy(const char *text)
{
    char *to = malloc(strlen(text) + 1);

    return to == NULL ? NULL : strcpy(to, text);
}

bool
layout_chain(struct description_run *run, unsigned depth, const char *image, uint32_t memory,
             bool hybrid)
{
    for (; depth > 0; depth--) {
        *run =
            (struct description_run){.monitor = MONITOR_bare_metal, .hybrid = hybrid && depth == 1};
        run->guests = calloc(1, sizeof *run->guests);
        if (run->guests == NULL)
            return false;
        run->guest_count = 1;
        run->guests[0].name = copy(depth == 1 ? "guest" : "monitor");
        if (run->guests[0].name == NULL)
            return false;
        run->guests[0].memory = depth == 1 ? memory : 0;
        run = &run->guests[0].run;
    }
    run->image = copy(image);
    return run->image != NULL;
}

void
layout_free_chain(struct description_run *run)
{
    if (run->guest_count > 0) {
        layout_free_chain(&run->guests[0].run);
        free(run->guests[0].name);
    }
    free(run->guests);
    free(run->image);
}
