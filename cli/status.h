/* SPDX-License-Identifier: MIT */
/*
 * The exit statuses of the command: 0 to 99 are the guest's own, the rest says
 * why there is none.  X(id, number, meaning): from here come the constants,
 * --help and docs/command-line.md.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <stdint.h>

#define STATUSES(X)                                                                                \
    X(different, 100, "a difference was found, or an assertion failed")                            \
    X(usage, 101, "the command was used wrongly")                                                  \
    X(refused, 102, "input refused: a description, an ELF, a source, a variant")                   \
    X(stuck, 103, "the guest cannot go on")                                                        \
    X(budget, 104, "the budget of instructions is used up")                                        \
    X(bug, 105, "a bug of thirdgen's own")                                                         \
    X(host, 106, "the host failed: output not written, memory out")                                \
    X(interrupted, 130, "interrupted: ^A x, ^C, SIGTERM")

#define STATUS_ENUM(id, number, meaning) STATUS_##id = (number),
enum status { STATUS_ok = 0, STATUS_GUEST_MAX = 99, STATUSES(STATUS_ENUM) };
#undef STATUS_ENUM

/* A guest's exit code as an exit status: 0 to 99, more is 99. */
static inline int
status_of_guest(uint32_t code)
{
    return code < STATUS_GUEST_MAX ? (int)code : STATUS_GUEST_MAX;
}

#endif
