/* SPDX-License-Identifier: MIT */
/*
 * The console: where a machine's UART is plugged in.  Input is a terminal or a
 * pipe, whose bytes come when they come, or a string of bytes of which the
 * next is always ready, so that a run with input is reproducible to the bit.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Bytes collected. */
struct console_text {
    char *bytes;
    size_t length, capacity;
};

struct console {
    /* Input: the bytes from `next` on, then, where fd >= 0, what that brings. */
    const uint8_t *input;
    size_t length, next;
    int fd;
    bool terminal;     /* fd is one, in raw mode: ^A is ours, idle time is paced */
    bool shared;       /* a monitor takes ^A, too: all is its own but ^A x */
    bool ended;        /* fd has come to its end */
    bool escaped;      /* the byte before was ^A */
    bool quit;         /* ^A x: the run is to end */
    unsigned patience; /* calls of console_get until fd is looked at again */
    /* Read ahead, so that ^A is seen though nobody reads; what does not fit in is lost. */
    uint8_t ahead[4096];
    unsigned head, tail;

    /* For who paces idle time himself: a wait ends at once as if the run were to end, `held` is
     * set, and how long it would have been is in `asked` (as console_wait's nanoseconds). */
    bool hold, held;
    int64_t asked;

    /* Output: to a stream, or collected, or both, or neither. */
    FILE *out;
    bool within_line; /* the last byte sent there was not the end of a line */
    struct console_text *collect;
};

/* No input, no output. */
void console_init(struct console *c);

/* Input from a string, which must outlive the console; the next byte is always ready. */
void console_from_bytes(struct console *c, const uint8_t *bytes, size_t length);

/*
 * Input from a file descriptor.  A terminal goes into raw mode; console_restore
 * (or the end of the process, however it comes) puts it back.
 */
void console_from_fd(struct console *c, int fd);

/* Every terminal as it was found. */
void console_restore(void);

/* A byte sent, that is not to be collected: another guest's than the one observed, or a monitor's
 * own. */
void console_show(struct console *c, uint8_t byte);

/* A byte sent.  Memory that runs out while collecting sets console_text.length no further. */
void console_put(struct console *c, uint8_t byte);

/* Is a byte there now?  Then *byte is it, consumed.  Looks at fd only now and then. */
bool console_get(struct console *c, uint8_t *byte);

/* The same where no byte is wanted as yet: keys that are meant for the console are seen. */
void console_attend(struct console *c);

/*
 * For engines that do not ask after every step: after how many calls of
 * console_get or console_attend will one look at fd, at the earliest; and `calls` of them have been
 * left out.
 */
uint64_t console_patience(const struct console *c);
void console_passed(struct console *c, uint64_t calls);

/* Can a byte still come? */
bool console_open(const struct console *c);

/* Is the run to end: ^A x, or SIGINT or SIGTERM since console_catch_interrupts? */
bool console_quit(const struct console *c);

/* From now on SIGINT and SIGTERM ask for an orderly end; a second one kills. */
void console_catch_interrupts(void);

/*
 * The same for those who come back to a prompt: SIGINT alone, and however many
 * of them, since the second may come before the first has been forgotten.
 * SIGTERM ends them as it ends anybody.
 */
void console_catch_interrupts_only(void);

/* Has one come that has not been forgotten? */
bool console_interrupted(void);

/* Forget a SIGINT that came (the REPL, back at its prompt). */
void console_forget_interrupt(void);

/* How a wait ended: a byte can be got, the time is over, the run is to end, no byte can ever come.
 */
enum console_wake { CONSOLE_byte, CONSOLE_timeout, CONSOLE_quit, CONSOLE_end };

/*
 * Wait for a byte, at most `nanoseconds` (or for ever, if negative); with
 * `listen` false, only for the time to pass.  *waited is the time it took, in
 * nanoseconds; 0 where fd is no terminal: pipes are not paced, and pass any
 * finite time at once.
 */
enum console_wake console_wait(struct console *c, int64_t nanoseconds, bool listen,
                               int64_t *waited);

#endif
