/* SPDX-License-Identifier: MIT */
/* thirdgen repl: steps a system, level by level. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/repl/command.h"
#include "cli/repl/output.h"
#include "cli/repl/pane.h"
#include "cli/repl/script.h"
#include "cli/repl/terminal.h"
#include "cli/status.h"
#include "cli/target.h"

enum { SCRIPTS_MAX = 64, GDB_LINE_MAX = 256 };

struct arguments {
    struct options common;
    const char *target;
    struct {
        bool file;
        const char *text;
    } scripts[SCRIPTS_MAX]; /* -x and -e, in their order */
    unsigned count;
    char gdb[GDB_LINE_MAX]; /* the command of --gdb */
    bool stay, echo, reference;
};

/* ---- the command line ---- */

enum { KEY_reference = 1000, KEY_echo, KEY_gdb };

static const struct argp_option option_rows[] = {
    {"execute", 'e', "COMMAND", 0, "Execute a command, and end", 0},
    {"script", 'x', "FILE", 0, "Execute the commands in FILE, and end", 0},
    {"gdb", KEY_gdb, "PORT|SOCKET", 0, "Let gdb in, as -e 'gdb PORT' does, and end when it leaves",
     0},
    {"interactive", 'i', NULL, 0, "After -e and -x, go on at the terminal", 0},
    {"echo", KEY_echo, NULL, 0,
     "Show prompts and commands though nobody types, as for the transcripts in docs/", 0},
    {"reference", KEY_reference, NULL, 0, "Print the table of commands that is in docs/repl.md", 0},
    {0}};

static error_t
add_script(struct argp_state *state, struct arguments *a, bool file, const char *text)
{
    if (a->count == SCRIPTS_MAX)
        return options_wrong(state, &a->common, "%d of -e and -x at most", SCRIPTS_MAX);
    a->scripts[a->count].file = file;
    a->scripts[a->count++].text = text;
    return 0;
}

static error_t
add_gdb(struct argp_state *state, struct arguments *a, const char *where)
{
    if (a->gdb[0] != '\0' || strlen(where) + sizeof "gdb " > sizeof a->gdb)
        return options_wrong(state, &a->common, "--gdb once, with a port or a short path");
    (void)snprintf(a->gdb, sizeof a->gdb, "gdb %s", where);
    return add_script(state, a, false, a->gdb);
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &a->common, 4); return 0;
    case 'e': return add_script(state, a, false, text);
    case 'x': return add_script(state, a, true, text);
    case KEY_gdb: return add_gdb(state, a, text);
    case 'i': a->stay = true; return 0;
    case KEY_echo: a->echo = true; return 0;
    case KEY_reference: a->reference = true; return 0;
    case ARGP_KEY_ARG:
        if (a->target != NULL)
            return options_wrong(state, &a->common, "one IMAGE or MACHINE.yaml, not also `%s'",
                                 text);
        a->target = text;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    OPTIONS_CHILD(isa), OPTIONS_CHILD(machine), OPTIONS_CHILD(run), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    option_rows,
    parse,
    "[IMAGE|MACHINE.yaml]",
    "Step a program or a whole machine, every level in sight.  Without an argument, the guest OS "
    "that is built in.  An image runs as the guest of a hosted monitor; with --depth 0, bare.\v"
    "On a terminal it asks for commands; else it reads them from standard input, without prompt "
    "and echo.  `help' lists them; docs/repl.md tells all.  --json gives an object for each "
    "command, on a line of its own.\n\n"
    "Exit status: with scripts, the guest's own code if it ended, 100 where an assertion failed, "
    "101 where a command did, 103 where the guest cannot go on, 104 where --max-instructions are "
    "used up; or what `quit' says.\n\n"
    "Examples:\n"
    "  thirdgen repl\n"
    "  thirdgen repl examples/traps.s --depth 0\n"
    "  thirdgen repl examples/hello.s -e 'step exit' -e why\n"
    "  thirdgen repl builtin:guestos -x check.repl --json",
    children,
    NULL,
    NULL};

/* ---- where the commands come from ---- */

static bool
unreadable(struct repl *r, const char *path, int error)
{
    command_complain("%s: %s", path, strerror(error));
    r->status = STATUS_usage;
    r->asked_status = true;
    return false;
}

static bool
run_file(struct repl *r, const char *path)
{
    struct repl_source source = {.name = path};
    bool ok;

    errno = 0;
    source.file = fopen(path, "r");
    if (source.file == NULL)
        return unreadable(r, path, errno);
    ok = repl_run(r, &source);
    (void)fclose(source.file);
    return source.error == 0 ? ok : unreadable(r, path, source.error);
}

/* The -e in a row are the lines of one source, so that `commands' can be followed by some. */
static bool
run_scripts(struct repl *r, const struct arguments *a)
{
    for (unsigned i = 0; i < a->count && !r->quit;) {
        const char *lines[SCRIPTS_MAX + 1] = {NULL};
        struct repl_source source = {.name = "-e", .lines = lines};
        unsigned n = 0;

        if (a->scripts[i].file) {
            if (!run_file(r, a->scripts[i++].text))
                return false;
            continue;
        }
        while (i < a->count && !a->scripts[i].file)
            lines[n++] = a->scripts[i++].text;
        if (!repl_run(r, &source))
            return false;
    }
    return true;
}

static void
greet(struct repl *r)
{
    if (!repl_terminal_known()) {
        repl_say(r, "New here?  `step' executes one instruction, `why' explains where you are.");
        repl_say(r, "`demo first-trap' is a tour; `help' lists everything; `quit' leaves.");
    }
    repl_show_stop(r);
}

static void
run_terminal(struct repl *r)
{
    struct repl_source source = {.terminal = true};

    repl_terminal_begin(r);
    if (!r->json)
        greet(r);
    (void)repl_run(r, &source);
    repl_terminal_end();
    if (!r->asked_status)
        r->status = STATUS_ok; /* ^D */
    r->asked_status = true;
}

static void
run_input(struct repl *r, bool echo)
{
    struct repl_source source = {.name = echo ? NULL : "stdin", .file = stdin, .echo = echo};

    (void)repl_run(r, &source);
    if (source.error != 0)
        (void)unreadable(r, "stdin", source.error);
}

static int
run_session(struct repl *r, const struct arguments *a)
{
    bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    bool ok = run_scripts(r, a);

    if (!r->quit && terminal && (a->count == 0 || a->stay)) {
        r->asked_status = false;
        run_terminal(r);
    } else if (ok && !r->quit && a->count == 0) {
        run_input(r, a->echo);
    }
    return repl_status(r);
}

/* ---- the whole ---- */

static int
run_target(const struct arguments *a, const struct target *t)
{
    struct repl *r = malloc(sizeof *r);
    int status = STATUS_host;

    if (r == NULL || !repl_begin(r, t, stdout)) {
        command_complain("%s", r == NULL ? "out of memory" : r->error);
        free(r);
        return status;
    }
    r->limit = a->common.limit;
    r->json = a->common.json;
    r->colour = options_coloured(&a->common, stdout);
    console_catch_interrupts_only();
    status = run_session(r, a);
    repl_end(r);
    free(r);
    return status;
}

int
command_repl(int argc, char **argv)
{
    struct arguments a = {0};
    struct diagnostics d = {0};
    struct target *t;
    int status;

    options_init(&a.common);
    a.common.usual_depth = 1;
    a.common.engine = ENGINE_threaded;
    if (!options_parse(&argp, argc, argv, &a, &a.common, &status))
        return status;
    if (a.reference) {
        repl_print_reference(stdout);
        return STATUS_ok;
    }
    t = malloc(sizeof *t);
    if (t == NULL) {
        command_complain("out of memory");
        return STATUS_host;
    }
    if (target_open(t, a.target != NULL ? a.target : "builtin:guestos", &a.common, &d)) {
        (void)command_diagnose(&d, options_coloured(&a.common, stderr), STATUS_ok);
        status = run_target(&a, t);
        target_close(t);
    } else {
        status = command_diagnose(&d, options_coloured(&a.common, stderr), t->status);
    }
    free(t);
    return status;
}
