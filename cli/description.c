/* SPDX-License-Identifier: MIT */
#include "cli/description.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fields.h"
#include "cli/size.h"
#include "cli/variants.h"

/* What the reader of a description carries along. */
struct reading {
    const char *path;  /* of the description */
    bool look;         /* at the files it names? */
    unsigned monitors; /* around what is being read */
};

static struct reading *
reading(struct fields_context *c)
{
    return c->state;
}

/* Memory of zeros for n objects, or NULL after complaining. */
static void *
allocate(struct fields_context *c, size_t n, size_t size)
{
    void *memory = calloc(n, size);

    if (memory == NULL)
        diagnostics_error(c->d, NULL, "out of memory");
    return memory;
}

/* ---- values ---- */

static void
take_memory(struct fields_context *c, const struct tree_node *value, uint32_t *bytes)
{
    struct size_problem p;

    if (!size_read_memory(value->text, value->length, bytes, &p))
        diagnostic_hint(diagnostics_error(c->d, &value->place, "%s", p.problem), "%s", p.remedy);
}

/* The description's folder, with its `/`: how many bytes of its path. */
static size_t
folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Complain where the file cannot be read. */
static void
look_at_file(struct fields_context *c, const struct tree_node *value, const char *path)
{
    struct stat status;
    int error = stat(path, &status) != 0  ? errno
                : S_ISDIR(status.st_mode) ? EISDIR
                : access(path, R_OK) != 0 ? errno
                                          : 0;

    if (error != 0)
        diagnostic_hint(
            diagnostics_error(c->d, &value->place, "cannot read `%s': %s", path, strerror(error)),
            "paths are relative to the description's own folder");
}

/* The path of a file that the description names, from the current folder; NULL after complaining.
 */
static char *
take_path(struct fields_context *c, const struct tree_node *value)
{
    const struct reading *r = reading(c);
    char *name = fields_text(c, value);

    if (name == NULL)
        return NULL;
    size_t folder = name[0] == '/' ? 0 : folder_length(r->path), length = strlen(name);
    char *path = allocate(c, folder + length + 1, 1);
    if (path != NULL) {
        memcpy(path, r->path, folder);
        memcpy(path + folder, name, length);
        if (r->look)
            look_at_file(c, value, path);
    }
    free(name);
    return path;
}

/*
 * A whole number from `low` to `high`, perhaps with k or M (thousands and
 * millions, as it counts) after it.
 */
static bool
read_count(const struct tree_node *value, uint32_t low, uint32_t high, uint32_t *count)
{
    uint64_t n = 0, scale = 1;
    size_t digits = 0;

    for (; digits < value->length && value->text[digits] >= '0' && value->text[digits] <= '9';
         digits++)
        if (n <= high)
            n = n * 10 + (uint64_t)(value->text[digits] - '0');
    if (digits + 1 == value->length)
        scale = value->text[digits] == 'k' ? 1000 : value->text[digits] == 'M' ? 1000000 : 0;
    if (digits == 0 || digits + 1 < value->length || n * scale < low || n * scale > high)
        return false;
    *count = (uint32_t)(n * scale);
    return true;
}

/* ---- guests ---- */

static void read_run(struct fields_context *c, const struct tree_node *node,
                     struct description_run *run);

static void
guest_name(struct fields_context *c, const struct tree_node *value, void *into)
{
    static const char digits[] = "0123456789",
                      letters[] =
                          "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    struct description_guest *guest = into;
    char *name = fields_text(c, value);

    if (name == NULL)
        return;
    if (strchr("-0123456789", name[0]) != NULL || strspn(name, letters) != value->length ||
        value->length > DESCRIPTION_NAME_MAX)
        diagnostic_hint(diagnostics_error(c->d, &value->place, "`%.*s' is not a guest's name",
                                          tree_shown(value), value->text),
                        "a letter, then letters, digits, `-' and `_', at most %d in all",
                        DESCRIPTION_NAME_MAX);
    else if (name[0] == 'L' && name[1] != '\0' && strspn(name + 1, digits) == value->length - 1)
        diagnostic_hint(diagnostics_error(c->d, &value->place,
                                          "`%s' is what a level is called, not a guest", name),
                        "choose a name that is not L and a number");
    guest->name = name;
}

static void
guest_memory(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_guest *guest = into;

    guest->place = value->place;
    take_memory(c, value, &guest->memory);
}

static void
guest_weight(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_guest *guest = into;

    if (!read_count(value, 1, DESCRIPTION_WEIGHT_MAX, &guest->weight))
        diagnostic_hint(diagnostics_error(c->d, &value->place, "`%.*s' is not a weight",
                                          tree_shown(value), value->text),
                        "a whole number from 1 to %d; 2 gets twice the time of 1",
                        DESCRIPTION_WEIGHT_MAX);
}

static void
guest_slice(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_guest *guest = into;

    if (!read_count(value, DESCRIPTION_SLICE_MIN, DESCRIPTION_SLICE_MAX, &guest->slice))
        diagnostic_hint(diagnostics_error(c->d, &value->place, "`%.*s' is not a time slice",
                                          tree_shown(value), value->text),
                        "a number of steps from %d to 1000M, such as `10000', `10k' or `1M'",
                        DESCRIPTION_SLICE_MIN);
}

static void
guest_clock(struct fields_context *c, const struct tree_node *value, void *into)
{
    static const char *const names[] = {[CLOCK_virtual] = "virtual", [CLOCK_real] = "real", NULL};
    struct description_guest *guest = into;
    int i = fields_choice(c, value, "a clock", names);

    if (i >= 0)
        guest->clock = (enum description_clock)i;
}

static void
guest_input(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_guest *guest = into;

    guest->input = take_path(c, value);
}

static void
guest_run(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_guest *guest = into;

    read_run(c, value, &guest->run);
}

static const struct field guest_fields[] = {
    {"name", "name: left", TREE_scalar, true, guest_name},
    {"memory", "memory: 1 MiB", TREE_scalar, true, guest_memory},
    {"run", "run: { image: FILE }", TREE_mapping, true, guest_run},
    {"weight", "weight: 1", TREE_scalar, false, guest_weight},
    {"slice", "slice: 10k", TREE_scalar, false, guest_slice},
    {"clock", "clock: virtual", TREE_scalar, false, guest_clock},
    {"input", "input: FILE", TREE_scalar, false, guest_input},
    {"isa", "it belongs to the machine: its virtual machines have the same", TREE_refused, false,
     NULL},
    {"dtb", "it belongs to the machine: a guest gets no device tree", TREE_refused, false, NULL},
    {"image", "write `run: { image: FILE }'", TREE_refused, false, NULL},
    {"monitor", "write `run: { monitor: bare-metal, guests: [...] }'", TREE_refused, false, NULL},
    {"guests", "write `run: { monitor: bare-metal, guests: [...] }'", TREE_refused, false, NULL},
};

static void
read_guest(struct fields_context *c, const struct tree_node *node, struct description_guest *guest)
{
    enum { FIELDS = sizeof guest_fields / sizeof guest_fields[0] };

    guest->weight = DESCRIPTION_WEIGHT_DEFAULT;
    guest->slice = DESCRIPTION_SLICE_DEFAULT;
    if (node->kind != TREE_mapping) {
        fields_wrong_kind(c, node, TREE_mapping,
                          "- { name: left, memory: 1 MiB, run: { image: FILE } }");
        return;
    }
    fields_read(c, node, "a guest", guest_fields, FIELDS, guest);
    if (guest->clock == CLOCK_real && guest->run.guest_count > 0)
        diagnostic_hint(diagnostics_warning(c->d, &guest->run.place,
                                            "with `clock: real' the guests of this monitor are no "
                                            "longer the same to the bit as on the bare machine"),
                        "`clock: virtual' for a guest that is a monitor, `real' for its guests");
}

/* The name's node within a guest's mapping. */
static const struct tree_node *
name_node(const struct tree_node *guest)
{
    for (size_t i = 0; i + 1 < guest->count; i += 2)
        if (guest->kind == TREE_mapping && tree_is(guest->items[i], "name"))
            return guest->items[i + 1];
    return guest;
}

/* Guests are told apart by name, on the command line and in every report. */
static void
check_names(struct fields_context *c, const struct tree_node *list,
            const struct description_run *run)
{
    for (size_t i = 0; i < run->guest_count; i++)
        for (size_t k = 0; k < i; k++) {
            const char *name = run->guests[i].name, *other = run->guests[k].name;

            if (name == NULL || other == NULL || strcmp(name, other) != 0)
                continue;
            diagnostic_hint(diagnostics_error(c->d, &name_node(list->items[i])->place,
                                              "a second guest of this monitor is called `%s'",
                                              name),
                            "the guests of one monitor have different names");
            diagnostics_note(c->d, &name_node(list->items[k])->place, "the first is here");
            break;
        }
}

static void
run_guests(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_run *run = into;
    struct reading *r = reading(c);
    size_t count = value->count;

    if (count == 0 && !value->incomplete)
        diagnostic_hint(diagnostics_error(c->d, &value->place, "a monitor without guests"),
                        "write `guests: [{ name: left, memory: 1 MiB, run: { image: FILE } }]'");
    if (count > DESCRIPTION_GUESTS_MAX) {
        diagnostic_hint(diagnostics_error(c->d, &value->items[DESCRIPTION_GUESTS_MAX]->place,
                                          "%zu guests, where a monitor takes at most %d", count,
                                          DESCRIPTION_GUESTS_MAX),
                        "let one of the guests be a monitor with some of them");
        count = DESCRIPTION_GUESTS_MAX;
    }
    if (r->monitors == DESCRIPTION_DEPTH_MAX) {
        diagnostics_error(c->d, &value->place, "monitors within monitors more than %d deep",
                          DESCRIPTION_DEPTH_MAX);
        return;
    }
    if (count == 0 || (run->guests = allocate(c, count, sizeof *run->guests)) == NULL)
        return;
    run->guest_count = count;
    r->monitors++;
    for (size_t i = 0; i < count; i++)
        read_guest(c, value->items[i], &run->guests[i]);
    r->monitors--;
    check_names(c, value, run);
}

/* ---- what runs ---- */

enum { RUN_image, RUN_monitor, RUN_hybrid, RUN_guests };

static void
run_image(struct fields_context *c, const struct tree_node *value, void *into)
{
    static const char prefix[] = "builtin:";
    static const char *const builtin[] = {"builtin:guestos", NULL};
    struct description_run *run = into;

    run->place = value->place;
    if (strncmp(value->text, prefix, sizeof prefix - 1) != 0)
        run->image = take_path(c, value);
    else if (fields_choice(c, value, "an image that is built in", builtin) >= 0)
        run->image = fields_text(c, value);
}

static void
run_monitor(struct fields_context *c, const struct tree_node *value, void *into)
{
    static const char *const names[] = {
        [MONITOR_hosted] = "hosted", [MONITOR_bare_metal] = "bare-metal", NULL};
    struct description_run *run = into;
    int i = fields_choice(c, value, "a monitor", names);

    run->place = value->place;
    if (i < 0)
        return;
    run->monitor = (enum description_monitor)i;
    if (run->monitor == MONITOR_hosted && reading(c)->monitors > 0)
        diagnostic_hint(
            diagnostics_error(c->d, &value->place,
                              "`hosted' is possible at the outermost level only"),
            "write `monitor: bare-metal': a hosted monitor runs in this process, not on "
            "a machine");
}

static void
run_hybrid(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description_run *run = into;

    fields_bool(c, value, &run->hybrid);
}

static const struct field run_fields[] = {
    [RUN_image] = {"image", "image: FILE", TREE_scalar, false, run_image},
    [RUN_monitor] = {"monitor", "monitor: bare-metal", TREE_scalar, false, run_monitor},
    [RUN_hybrid] = {"hybrid", "hybrid: true", TREE_scalar, false, run_hybrid},
    [RUN_guests] = {"guests", "guests: [{ name: left, memory: 1 MiB, run: { image: FILE } }]",
                    TREE_sequence, false, run_guests},
    {"memory", "it stands beside `run', not in it", TREE_refused, false, NULL},
    {"input", "it stands beside a guest's `run', not in it", TREE_refused, false, NULL},
    {"isa", "it stands beside the machine's `run', not in it", TREE_refused, false, NULL},
};

static bool
given_in(uint32_t given, unsigned field)
{
    return (given >> field & 1) != 0;
}

static void
read_run(struct fields_context *c, const struct tree_node *node, struct description_run *run)
{
    enum { FIELDS = sizeof run_fields / sizeof run_fields[0] };

    run->place = node->place;
    uint32_t given = fields_read(c, node, "`run'", run_fields, FIELDS, run);
    uint32_t perhaps = given | (node->incomplete ? ~0u : c->excused);
    bool image = given_in(given, RUN_image), monitor = given_in(given, RUN_monitor);
    bool guests = given_in(given, RUN_guests), hybrid = given_in(given, RUN_hybrid);

    if (image && (monitor || guests || hybrid))
        diagnostic_hint(
            diagnostics_error(c->d, &node->place,
                              "an image and a monitor: a machine runs one or the other"),
            "either `image: FILE', or `monitor: bare-metal' with `guests'");
    else if (guests && !given_in(perhaps, RUN_monitor))
        diagnostic_hint(diagnostics_error(c->d, &node->place, "guests without a monitor"),
                        "write `monitor: bare-metal' or `monitor: hosted' above them");
    else if ((monitor || hybrid) && !given_in(perhaps, RUN_guests))
        diagnostic_hint(diagnostics_error(c->d, &node->place, "a monitor without guests"),
                        "write `guests: [{ name: left, memory: 1 MiB, run: { image: FILE } }]'");
    else if (perhaps == 0)
        diagnostic_hint(diagnostics_error(c->d, &node->place, "nothing to run"),
                        "write `image: FILE', or `monitor: bare-metal' with `guests'");
}

/* ---- does it fit? ---- */

/*
 * Guests lie side by side in their monitor's memory; a bare-metal monitor needs
 * some of it for itself, how much is known when it is laid out.
 */
static void
check_fit(struct fields_context *c, const struct description_run *run, uint32_t memory,
          const struct diagnostic_place *place)
{
    uint64_t sum = 0;
    char needed[SIZE_TEXT], has[SIZE_TEXT], enough[SIZE_TEXT];
    bool hosted = run->monitor == MONITOR_hosted;

    for (size_t i = 0; i < run->guest_count; i++) {
        const struct description_guest *guest = &run->guests[i];

        sum += guest->memory;
        if (guest->memory != 0)
            check_fit(c, &guest->run, guest->memory, &guest->place);
    }
    if (hosted ? sum <= memory : sum < memory)
        return;
    struct diagnostic *error =
        diagnostics_error(c->d, place, "the guests take %s of %s%s", size_write(sum, needed),
                          size_write(memory, has), hosted ? "" : ", and their monitor needs some");
    uint64_t mib = (sum >> 20) + (hosted && sum % (1 << 20) == 0 ? 0 : 1);
    if (mib << 20 <= SIZE_MEMORY_MAX)
        diagnostic_hint(error, "give it `memory: %s', or the guests less",
                        size_write(mib << 20, enough));
    else
        diagnostic_hint(error, "give the guests less: a machine has at most 1 GiB");
}

/* ---- the machine ---- */

static void
machine_isa(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description *description = into;
    char *name = fields_text(c, value);

    if (name != NULL && variant_is_file(name)) {
        free(name);
        name = take_path(c, value);
    } else if (name != NULL && !variant_exists(name)) {
        variant_unknown(c->d, &value->place, name);
    }
    free(description->isa);
    description->isa = name;
}

static void
machine_memory(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description *description = into;

    description->place = value->place;
    description->memory = 0; /* where it is wrong, nothing is compared with it */
    take_memory(c, value, &description->memory);
}

static void
machine_dtb(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description *description = into;

    description->dtb = take_path(c, value);
}

static void
machine_run(struct fields_context *c, const struct tree_node *value, void *into)
{
    struct description *description = into;

    read_run(c, value, &description->run);
}

#define OF_A_GUEST "it belongs to a guest, beside its `name' and `memory'"

static const struct field machine_fields[] = {
    {"isa", "isa: virtualizable", TREE_scalar, false, machine_isa},
    {"memory", "memory: 16 MiB", TREE_scalar, false, machine_memory},
    {"dtb", "dtb: FILE", TREE_scalar, false, machine_dtb},
    {"run", "run: { image: FILE }", TREE_mapping, true, machine_run},
    {"name", OF_A_GUEST, TREE_refused, false, NULL},
    {"weight", OF_A_GUEST, TREE_refused, false, NULL},
    {"slice", OF_A_GUEST, TREE_refused, false, NULL},
    {"clock", OF_A_GUEST, TREE_refused, false, NULL},
    {"input", "it belongs to a guest; for the machine itself: thirdgen run --input FILE",
     TREE_refused, false, NULL},
    {"image", "write `run: { image: FILE }'", TREE_refused, false, NULL},
    {"monitor", "write `run: { monitor: bare-metal, guests: [...] }'", TREE_refused, false, NULL},
    {"guests", "write `run: { monitor: bare-metal, guests: [...] }'", TREE_refused, false, NULL},
};

static void
read_machine(struct fields_context *c, const struct tree_node *value, void *into)
{
    enum { FIELDS = sizeof machine_fields / sizeof machine_fields[0] };
    struct description *description = into;

    description->place = value->place;
    fields_read(c, value, "a machine", machine_fields, FIELDS, description);
    if (description->isa == NULL && (description->isa = strdup("virtualizable")) == NULL)
        diagnostics_error(c->d, NULL, "out of memory");
    if (description->memory != 0)
        check_fit(c, &description->run, description->memory, &description->place);
}

#define IN_MACHINE "a description starts with `machine:', and this belongs under it, indented"

#define A_VARIANT "it belongs to an ISA variant, which is given to --isa, not run"

static const struct field top_fields[] = {
    {"machine", "machine: { run: { image: FILE } }", TREE_mapping, true, read_machine},
    {"isa", IN_MACHINE, TREE_refused, false, NULL},
    {"memory", IN_MACHINE, TREE_refused, false, NULL},
    {"dtb", IN_MACHINE, TREE_refused, false, NULL},
    {"run", IN_MACHINE, TREE_refused, false, NULL},
    {"name", A_VARIANT, TREE_refused, false, NULL},
    {"about", A_VARIANT, TREE_refused, false, NULL},
    {"rules", A_VARIANT, TREE_refused, false, NULL},
};

static void
read_top(struct fields_context *c, const struct tree_node *root, void *description)
{
    enum { FIELDS = sizeof top_fields / sizeof top_fields[0] };

    if (root->kind != TREE_mapping)
        fields_wrong_kind(c, root, TREE_mapping, "machine: { run: { image: FILE } }");
    else
        fields_read(c, root, "a description", top_fields, FIELDS, description);
}

/* ---- from file to struct ---- */

/* Read the description's own source.  It is freed, and NULL, where there is a mistake. */
static bool
read_source(struct description *description, bool look, struct diagnostics *d,
            struct description **out)
{
    struct reading reading = {.path = description->source.path, .look = look};
    struct fields_context c = {.d = d, .state = &reading};

    if (!fields_read_source(&c, &description->source, read_top, description)) {
        description_free(description);
        return false;
    }
    *out = description;
    return true;
}

static struct description *
new_description(struct diagnostics *d)
{
    struct description *description = calloc(1, sizeof *description);

    if (description == NULL)
        diagnostics_error(d, NULL, "out of memory");
    else
        description->memory = SIZE_MEMORY_DEFAULT;
    return description;
}

bool
description_parse(const char *path, const char *text, size_t length, struct diagnostics *d,
                  struct description **out)
{
    struct description *description = new_description(d);

    *out = NULL;
    if (description == NULL)
        return false;
    char *name = strdup(path), *copy = malloc(length + 1);
    description->source = (struct source){.path = name, .text = copy, .length = length};
    if (name == NULL || copy == NULL) {
        diagnostics_error(d, NULL, "out of memory");
        description_free(description);
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return read_source(description, false, d, out);
}

bool
description_read(const char *path, struct diagnostics *d, struct description **out)
{
    struct description *description = new_description(d);
    const char *problem;

    *out = NULL;
    if (description == NULL)
        return false;
    if (!source_read(path, TREE_FILE_MAX, &description->source, &problem)) {
        struct source nothing = {.path = path};
        struct diagnostic_place whole = {.source = &nothing};
        diagnostics_error(d, &whole, "cannot read the description: %s", problem);
        description_free(description);
        return false;
    }
    return read_source(description, true, d, out);
}

static void
free_run(struct description_run *run)
{
    for (size_t i = 0; i < run->guest_count; i++) {
        free(run->guests[i].name);
        free(run->guests[i].input);
        free_run(&run->guests[i].run);
    }
    free(run->guests);
    free(run->image);
}

void
description_free(struct description *description)
{
    if (description == NULL)
        return;
    free_run(&description->run);
    free(description->isa);
    free(description->dtb);
    source_free(&description->source);
    free(description);
}

unsigned
description_depth(const struct description_run *run)
{
    unsigned deepest = 0;

    for (size_t i = 0; i < run->guest_count; i++) {
        unsigned depth = 1 + description_depth(&run->guests[i].run);

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}
