/* SPDX-License-Identifier: MIT */
/* thirdgen pack: the image that a bare-metal monitor boots from. */
#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/options.h"
#include "cli/size.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/target.h"

struct arguments {
    struct options common;
    const char *argument, *output;
};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &a->common, 2); return 0;
    case 'o': a->output = text; return 0;
    case ARGP_KEY_ARG:
        if (a->argument != NULL)
            return options_wrong(state, &a->common, "`%s' and `%s': one at a time", a->argument,
                                 text);
        a->argument = text;
        return 0;
    case ARGP_KEY_END:
        if (a->common.helped)
            return 0;
        if (a->argument == NULL)
            return options_wrong(state, &a->common, "which machine? A description (.yaml)");
        if (a->output == NULL)
            return options_wrong(state, &a->common, "where to? -o FILE");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {{"output", 'o', "FILE", 0, "The file to write", 2},
                                                 {0}};

static const struct argp_child children[] = {OPTIONS_CHILD(machine), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    .options = own_options,
    .parser = parse,
    .args_doc = "MACHINE.yaml|IMAGE",
    .doc = "Write the image that a machine's bare-metal monitor boots from: the monitor, its guest "
           "table, its guests' images, some of them packed monitors again.\v"
           "The image is flat: it lies at 0x80000000 and is entered at its first byte, on a "
           "machine with the memory that is told.  `thirdgen run' takes it, and so does a "
           "description, as the image of a guest.\n"
           "\n"
           "Examples:\n"
           "  thirdgen pack machine.yaml -o machine.img\n"
           "  thirdgen pack builtin:guestos --monitor bare-metal --depth 2 -o two.img",
    .children = children};

static int
write_image(const char *path, const struct pack *pack)
{
    FILE *file = fopen(path, "wb");
    bool ok;

    if (file == NULL) {
        command_complain("cannot write `%s': %s", path, strerror(errno));
        return STATUS_host;
    }
    ok = fwrite(pack->bytes, 1, pack->length, file) == pack->length;
    if (fclose(file) == 0 && ok)
        return STATUS_ok;
    command_complain("cannot write `%s': %s", path, strerror(errno));
    return STATUS_host;
}

/* What is in it, and what it takes to run it. */
static void
tell(const struct layout *l)
{
    char size[SIZE_TEXT], memory[SIZE_TEXT];
    struct table t;

    printf("%s, for a machine with %s; its monitor takes ", size_write(l->pack.length, size),
           size_write(l->memory, memory));
    printf("%s\n\n", size_write(l->monitor_size, size));
    table_init(&t, "llrl");
    table_cell(&t, "guest");
    table_cell(&t, "memory at");
    table_cell(&t, "memory");
    table_cell(&t, "runs");
    for (unsigned i = 0; i < l->count; i++) {
        const struct layout_node *n = l->nodes[i];

        table_cell(&t, "%*s%s", (int)(2 * (n->depth - 1)), "", n->own_name);
        table_cell(&t, "+0x%08x", (unsigned)n->offset);
        table_cell(&t, "%s", size_write(n->guest.memory, memory));
        table_cell(&t, "%s", n->monitor ? "a monitor" : n->program.name);
    }
    table_print(&t, stdout, "  ");
}

static int
pack(const struct arguments *a, const struct target *t)
{
    int status;

    if (t->spec.hosted || t->layouts[0] == NULL) {
        command_complain("%s has no bare-metal monitor to be packed", t->name);
        return STATUS_refused;
    }
    status = write_image(a->output, &t->layouts[0]->pack);
    if (status == STATUS_ok)
        tell(t->layouts[0]);
    return status;
}

int
command_pack(int argc, char **argv)
{
    static struct target t;
    struct arguments a = {.argument = NULL};
    struct diagnostics d = {0};
    int status;
    bool colour;

    options_init(&a.common);
    a.common.usual_depth = 1;
    a.common.bare_metal = true;
    if (!options_parse(&argp, argc, argv, &a, &a.common, &status))
        return status;
    colour = options_coloured(&a.common, stderr);
    if (!target_open(&t, a.argument, &a.common, &d))
        return command_diagnose(&d, colour, t.status);
    (void)command_diagnose(&d, colour, STATUS_ok);
    status = pack(&a, &t);
    target_close(&t);
    return status;
}
