/* SPDX-License-Identifier: MIT */
/*
 * The subcommands: X(name, arguments, what it does), in the order in which
 * they are listed.  A row makes the function command_NAME, its place in the
 * usage and its row in docs/command-line.md.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "assembler/diagnostic.h"

#define COMMANDS(X)                                                                                \
    X(run, "IMAGE|MACHINE.yaml", "runs it to its end")                                             \
    X(repl, "[IMAGE|MACHINE.yaml]", "steps it, level by level")                                     \
    X(as, "FILE.s", "assembles it to an ELF")                                                      \
    X(disas, "IMAGE | -x WORD...", "disassembles it")                                              \
    X(pack, "MACHINE.yaml", "writes the image of a bare-metal monitor")                            \
    X(variants, "[NAME]", "lists the ISA variants")                                                \
    X(classify, "", "classifies the instructions, computed")                                       \
    X(theorem, "[IMAGE]", "tells the theorem of 1974, and shows it")                               \
    X(compare, "IMAGE|MACHINE.yaml", "compares it, bare and virtual, to the bit")                  \
    X(check, "", "checks the monitor on many random programs")

/*
 * A subcommand, with argv[0] "thirdgen NAME"; the exit status is returned.  It
 * writes to stdout and leaves it to main to find out whether that failed.
 */
#define COMMAND_FUNCTION(name, arguments, about) int command_##name(int argc, char **argv);
COMMANDS(COMMAND_FUNCTION)
#undef COMMAND_FUNCTION

struct command {
    const char *name, *arguments, *about;
    int (*run)(int argc, char **argv);
};

/* Command i, in the order of the table; NULL past the last. */
const struct command *command_at(size_t i);

/* The command called `name`, or NULL. */
const struct command *command_find(const char *name);

/* "thirdgen: MESSAGE" on stderr, a line. */
void command_complain(const char *format, ...) DIAGNOSTIC_PRINTF(1, 2);

/* Print what was found wrong on stderr, and free it.  Returns `status`. */
int command_diagnose(struct diagnostics *d, bool colour, int status);

/* What is to be seen of everything written to `file` by now: has writing failed? */
bool command_flush(FILE *file);

#endif
