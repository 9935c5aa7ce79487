/* SPDX-License-Identifier: MIT */
/* The command: which subcommand, and the one place where the process ends. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bug.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/status.h"

#define VERSION "0.1"

static const char what[] =
    "thirdgen " VERSION ": a teaching virtual machine monitor, pure trap-and-emulate, and the\n"
    "third-generation machine of Popek and Goldberg (1974) that it runs on, a RISC-V\n"
    "machine with two modes and one relocation-bounds register.\n";

/* What to try first: of these, the first three whose command there is. */
static const struct {
    const char *command, *line, *about;
} tries[] = {
    {"theorem", "thirdgen theorem", "their theorem, computed"},
    {"repl", "thirdgen repl builtin:guestos --monitor hosted", "step a guest, level by level"},
    {"run", "thirdgen run builtin:guestos", "an operating system, bare"},
    {"compare", "thirdgen compare builtin:guestos", "the same, bare and virtual"},
    {"variants", "thirdgen variants", "where that goes wrong"},
};

static void
print_tries(FILE *to)
{
    enum { TRIES = sizeof tries / sizeof tries[0], SHOWN = 3 };

    for (size_t i = 0, shown = 0; i < TRIES && shown < SHOWN; i++)
        if (command_find(tries[i].command) != NULL) {
            (void)fprintf(to, "  %-49s  %s\n", tries[i].line, tries[i].about);
            shown++;
        }
}

static int
introduce(void)
{
    (void)printf("%s\nTry first:\n", what);
    print_tries(stdout);
    (void)printf("\n`thirdgen --help' lists all commands.\n");
    return STATUS_ok;
}

/* ---- usage ---- */

static void
print_help(void)
{
    const struct command *c;

    (void)printf("Usage: thirdgen COMMAND [OPTION...] [ARGUMENT...]\n\n%s\nCommands:\n", what);
    for (size_t i = 0; (c = command_at(i)) != NULL; i++)
        (void)printf("  %-9s %-20s %s\n", c->name, c->arguments, c->about);
    (void)printf(
        "\nIMAGE is an ELF, an assembly source (.s) or `builtin:guestos'; MACHINE.yaml a\n"
        "description.  `thirdgen COMMAND --help' tells COMMAND's options, with examples.\n"
        "\nExit status:\n  0-%d  the guest's own exit code (more is %d); 0 where no guest runs\n",
        STATUS_GUEST_MAX, STATUS_GUEST_MAX);
#define STATUS_LINE(id, number, meaning) (void)printf("  %-4d  %s\n", (number), meaning);
    STATUSES(STATUS_LINE)
#undef STATUS_LINE
}

struct chosen {
    int index; /* of the subcommand in argv; 0: none */
    bool answered;
};

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct chosen *chosen = state->input;

    (void)text;
    switch (key) {
    case 'h': print_help(); break;
    case 'V': (void)printf("thirdgen %s\n", VERSION); break;
    case ARGP_KEY_ARG:
        chosen->index = state->next - 1;
        state->next = state->argc;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
    chosen->answered = true;
    return ECANCELED;
}

static int
unknown_command(const char *name)
{
    const char *names[64] = {NULL};
    const struct command *c;
    const char *near;

    for (size_t i = 0; i + 1 < sizeof names / sizeof names[0] && (c = command_at(i)) != NULL; i++)
        names[i] = c->name;
    command_complain("there is no command `%s'", name);
    near = diagnostic_closest(name, strlen(name), names);
    if (near != NULL)
        (void)fprintf(stderr, "    = did you mean `%s'?\n", near);
    (void)fprintf(stderr, "`thirdgen --help' lists all commands.\n");
    return STATUS_usage;
}

static int
run_command(const struct command *command, int argc, char **argv)
{
    char name[64];

    (void)snprintf(name, sizeof name, "thirdgen %s", command->name);
    argv[0] = name;
    return command->run(argc, argv);
}

/* `thirdgen help [COMMAND]`, for --help. */
static int
help_on(const char *name)
{
    static char ask[] = "--help";
    char *argv[] = {NULL, ask, NULL};
    const struct command *command = name != NULL ? command_find(name) : NULL;

    if (name != NULL && command == NULL)
        return unknown_command(name);
    if (command != NULL)
        return run_command(command, 2, argv);
    print_help();
    return STATUS_ok;
}

static int
dispatch(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"help", 'h', NULL, 0, "This help", 0}, {"version", 'V', NULL, 0, "The version", 0}, {0}};
    static const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "COMMAND [ARGUMENT...]"};
    struct chosen chosen = {0};
    const struct command *command;
    error_t error =
        argp_parse(&argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP | ARGP_IN_ORDER, NULL, &chosen);

    if (chosen.answered)
        return STATUS_ok;
    if (error != 0)
        return STATUS_usage;
    if (chosen.index == 0)
        return introduce();
    if (strcmp(argv[chosen.index], "help") == 0)
        return help_on(argv[chosen.index + 1]);
    command = command_find(argv[chosen.index]);
    if (command == NULL)
        return unknown_command(argv[chosen.index]);
    return run_command(command, argc - chosen.index, argv + chosen.index);
}

/* ---- the process ---- */

/* Where one of the three standard streams is closed, no file that we open takes its place. */
static void
occupy_standard_streams(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        (void)close(fd);
}

/* Is standard output a pipe that nobody reads any more, such as `| head` leaves it? */
static bool
reader_gone(void)
{
    struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

/* Output that was not written is an error, whatever else there was; but a reader who has seen
 * enough is not told so. */
static int
close_output(int status)
{
    bool failed = ferror(stdout) != 0, gone = reader_gone();

    errno = 0;
    if (fclose(stdout) == 0 && !failed)
        return status;
    if (!gone)
        command_complain("cannot write to standard output%s%s", errno != 0 ? ": " : "",
                         errno != 0 ? strerror(errno) : "");
    return STATUS_host;
}

int
main(int argc, char **argv)
{
    static char program[] = "thirdgen";

    occupy_standard_streams();
    (void)signal(SIGPIPE, SIG_IGN);
    bug_catch();
    argp_err_exit_status = STATUS_usage;
    if (argc > 0)
        argv[0] = program;
    return close_output(dispatch(argc, argv));
}
