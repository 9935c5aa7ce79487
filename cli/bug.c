/* SPDX-License-Identifier: MIT */
#include "cli/bug.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/status.h"

/* Under the sanitizers a wild access is theirs to explain. */
#if defined(__SANITIZE_ADDRESS__)
#define BUG_SIGNALS SIGABRT
#else
#define BUG_SIGNALS SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL
#endif

static const char message[] =
    "thirdgen: this is a bug of thirdgen's own, not yours; please report what you did\n";

static void
on_bug(int number)
{
    (void)number;
    console_restore();
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(STATUS_bug);
    _exit(STATUS_bug);
}

void
bug_catch(void)
{
    static const int numbers[] = {BUG_SIGNALS};
    struct sigaction action = {.sa_handler = on_bug};

    (void)sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)sigaction(numbers[i], &action, NULL);
}

void
bug_console_from_fd(struct console *console, int fd)
{
    console_from_fd(console, fd);
    bug_catch();
}
