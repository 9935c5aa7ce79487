/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assembler/diagnostic.h"
#include "cli/size.h"
#include "cli/status.h"

void
options_init(struct options *o)
{
    static const struct options nothing;

    *o = nothing;
    o->depth = -1;
    o->limit = OPTIONS_NO_LIMIT;
}

void
options_give(struct argp_state *state, struct options *o, unsigned children)
{
    for (unsigned i = 0; i < children; i++)
        state->child_inputs[i] = o;
}

error_t
options_wrong(struct argp_state *state, struct options *o, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    argp_error(state, "%s", text);
    o->wrong = true;
    return EINVAL;
}

/* ---- values ---- */

bool
options_count(const char *text, uint64_t *count)
{
    uint64_t n = 0, scale = 1;
    const char *p = text;

    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');

        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (p == text)
        return false;
    switch (*p) {
    case '\0': break;
    case 'k': scale = 1000; break;
    case 'M': scale = 1000 * 1000; break;
    case 'G': scale = 1000 * 1000 * 1000; break;
    default: return false;
    }
    if ((*p != '\0' && p[1] != '\0') || n > UINT64_MAX / scale)
        return false;
    *count = n * scale;
    return true;
}

/*
 * The index of `text` among `names`, which end with NULL; or -1, after
 * complaining with the nearest, or with the first `offered`: those that there
 * are in this version.
 */
static int
choose(struct argp_state *state, struct options *o, const char *option, const char *text,
       const char *const *names, int offered)
{
    char list[128] = "";
    const char *near = diagnostic_closest(text, strlen(text), names);

    for (int i = 0; names[i] != NULL; i++) {
        size_t used = strlen(list);

        if (strcmp(text, names[i]) == 0)
            return i;
        if (i < offered)
            (void)snprintf(list + used, sizeof list - used, "%s`%s'", i == 0 ? "" : " or ",
                           names[i]);
    }
    if (near != NULL)
        options_wrong(state, o, "%s `%s': did you mean `%s'?", option, text, near);
    else
        options_wrong(state, o, "%s `%s': it takes %s", option, text, list);
    return -1;
}

static error_t
take_memory(struct argp_state *state, struct options *o, const char *text)
{
    struct size_problem p;

    if (size_read_memory(text, strlen(text), &o->memory, &p))
        return 0;
    return options_wrong(state, o, "--memory: %s; %s", p.problem, p.remedy);
}

static error_t
take_monitor(struct argp_state *state, struct options *o, const char *text)
{
    static const char *const names[] = {"hosted", "hosted,hybrid", "bare-metal",
                                        "bare-metal,hybrid", NULL};
    int chosen = choose(state, o, "--monitor", text, names, 4);

    if (chosen < 0)
        return EINVAL;
    o->monitored = true;
    o->bare_metal = chosen >= 2;
    o->hybrid = chosen % 2 == 1;
    return 0;
}

static error_t
take_depth(struct argp_state *state, struct options *o, const char *text)
{
    uint64_t depth;

    if (!options_count(text, &depth))
        return options_wrong(state, o, "--depth `%s': it takes a number, 0 (bare) to %d", text,
                             OPTIONS_DEPTH_MAX);
    if (depth > OPTIONS_DEPTH_MAX)
        return options_wrong(state, o,
                             "--depth %s: monitors stand within each other %d deep at most", text,
                             OPTIONS_DEPTH_MAX);
    o->depth = (int)depth;
    return 0;
}

static error_t
take_engine(struct argp_state *state, struct options *o, const char *text)
{
#define ENGINE_NAME(id, name, about) name,
    static const char *const names[] = {MACHINE_ENGINES(ENGINE_NAME) NULL};
#undef ENGINE_NAME
    int chosen = choose(state, o, "--engine", text, names, ENGINE_COUNT);

    if (chosen < 0)
        return EINVAL;
    o->engine = (enum machine_engine)chosen;
    return 0;
}

static error_t
take_colour(struct argp_state *state, struct options *o, const char *text)
{
    static const char *const names[] = {"auto", "always", "never", NULL};
    int chosen = choose(state, o, "--color", text, names, 3);

    if (chosen < 0)
        return EINVAL;
    o->colour = (enum options_colour)chosen;
    return 0;
}

static error_t
take_limit(struct argp_state *state, struct options *o, const char *text)
{
    if (options_count(text, &o->limit))
        return 0;
    return options_wrong(
        state, o, "--max-instructions `%s': it takes a count, such as 500000, 20M or 1G", text);
}

static error_t
help(struct argp_state *state, struct options *o, unsigned flags)
{
    argp_state_help(state, stdout, flags & ~(unsigned)ARGP_HELP_EXIT_OK);
    o->helped = true;
    return ECANCELED;
}

/* ---- the groups ---- */

enum {
    KEY_isa = 0x100,
    KEY_memory,
    KEY_monitor,
    KEY_depth,
    KEY_engine,
    KEY_guest,
    KEY_dtb,
    KEY_input,
    KEY_limit,
    KEY_json,
    KEY_colour,
    KEY_usage,
};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct options *o = state->input;

    switch (key) {
    case KEY_isa: o->isa = text; return 0;
    case KEY_memory: return take_memory(state, o, text);
    case KEY_monitor: return take_monitor(state, o, text);
    case KEY_depth: return take_depth(state, o, text);
    case KEY_engine: return take_engine(state, o, text);
    case KEY_guest: o->guest = text; return 0;
    case KEY_dtb: o->dtb = text; return 0;
    case KEY_input: o->input = text; return 0;
    case KEY_limit: return take_limit(state, o, text);
    case KEY_json: o->json = true; return 0;
    case KEY_colour: return take_colour(state, o, text);
    case 'h': return help(state, o, ARGP_HELP_STD_HELP);
    case KEY_usage: return help(state, o, ARGP_HELP_USAGE);
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option isa_options[] = {
    {"isa", KEY_isa, "NAME|FILE", 0,
     "The ISA variant: one of `thirdgen variants', or a YAML file (default: virtualizable)", 0},
    {0}};

static const struct argp_option machine_options[] = {
    {"memory", KEY_memory, "SIZE", 0, "The guest's memory, 1 MiB to 1 GiB (default: 16 MiB)", 1},
    {"monitor", KEY_monitor, "KIND", 0,
     "Run it under a monitor: `hosted' or `bare-metal', with `,hybrid' (virtual M-mode "
     "interpreted)",
     1},
    {"depth", KEY_depth, "N", 0,
     "Levels of virtual machines: 0 (bare), 1, ...; monitors within a monitor are bare-metal", 1},
    {"engine", KEY_engine, "NAME", 0,
     "How instructions are executed: `reference' or `threaded'; both do the same", 1},
    {"guest", KEY_guest, "NAME", 0, "Of a description with several guests, the one observed", 1},
    {"dtb", KEY_dtb, "FILE", 0, "A device tree blob at the top of RAM, its address in a1", 1},
    {0}};

static const struct argp_option run_options[] = {
    {"input", KEY_input, "FILE", 0,
     "Console input from FILE, its next byte always ready: reproducible to the bit", 2},
    {"max-instructions", KEY_limit, "N", 0,
     "Stop after N steps, instructions and traps (20M: 20 million)", 2},
    {0}};

static const struct argp_option output_options[] = {
    {"json", KEY_json, NULL, 0, "Results as JSON", 3},
    {"color", KEY_colour, "WHEN", 0, "auto, always or never", 3},
    {"colour", KEY_colour, "WHEN", OPTION_ALIAS | OPTION_HIDDEN, NULL, 3},
    {"help", 'h', NULL, 0, "This help", -1},
    {"usage", KEY_usage, NULL, 0, "The usage in brief", -1},
    {0}};

#define OPTIONS_GROUP(id, about)                                                                   \
    const struct argp options_##id = {.options = id##_options, .parser = parse};
OPTIONS_GROUPS(OPTIONS_GROUP)
#undef OPTIONS_GROUP

bool
options_parse(const struct argp *argp, int argc, char **argv, void *input, struct options *o,
              int *status)
{
    error_t error = argp_parse(argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, input);

    if (o->helped)
        *status = STATUS_ok;
    else
        *status = error == ENOMEM ? STATUS_host : STATUS_usage;
    return error == 0 && !o->wrong;
}

/* ---- what they come to ---- */

unsigned
options_depth(const struct options *o)
{
    if (o->depth >= 0)
        return (unsigned)o->depth;
    return o->monitored ? 1 : o->usual_depth;
}

bool
options_coloured(const struct options *o, FILE *to)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    if (o->colour != COLOUR_auto)
        return o->colour == COLOUR_always;
    if (no != NULL && no[0] != '\0')
        return false;
    return term != NULL && strcmp(term, "dumb") != 0 && isatty(fileno(to)) == 1;
}
