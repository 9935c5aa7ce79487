/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <stdarg.h>
#include <string.h>

#define COMMAND_ROW(name, arguments, about) {#name, arguments, about, command_##name},
static const struct command commands[] = {COMMANDS(COMMAND_ROW)};
#undef COMMAND_ROW

const struct command *
command_at(size_t i)
{
    return i < sizeof commands / sizeof commands[0] ? &commands[i] : NULL;
}

const struct command *
command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

void
command_complain(const char *format, ...)
{
    va_list args;

    (void)fputs("thirdgen: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)putc('\n', stderr);
}

int
command_diagnose(struct diagnostics *d, bool colour, int status)
{
    (void)fflush(stdout);
    diagnostics_print(d, stderr, colour);
    diagnostics_free(d);
    return status;
}

bool
command_flush(FILE *file)
{
    return fflush(file) == 0 && ferror(file) == 0;
}
