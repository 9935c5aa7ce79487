/* SPDX-License-Identifier: MIT */
#include "machine/console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_EVERY = 8192, /* console_get calls between two looks at fd */
    AHEAD = sizeof((struct console){0}.ahead),
};

#define CONTROL_A 1

/* ---- the one terminal this process may hold in raw mode ---- */

static struct termios cooked;
static volatile sig_atomic_t raw_fd = -1;
static volatile sig_atomic_t signalled;

void
console_restore(void)
{
    if (raw_fd >= 0)
        (void)tcsetattr(raw_fd, TCSADRAIN, &cooked);
    raw_fd = -1;
}

static void
on_fatal(int number)
{
    console_restore();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void
on_interrupt(int number)
{
    (void)number;
    signalled = 1;
}

static void
on_interrupt_of_run(int number)
{
    if (signalled) /* a second one does not wait for the run to notice */
        on_fatal(number);
    signalled = 1;
}

static void
catch_signals(void)
{
    static const int fatal[] = {SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

    for (unsigned i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        (void)signal(fatal[i], on_fatal);
}

static void
make_raw(int fd)
{
    struct termios raw;

    if (tcgetattr(fd, &cooked) != 0)
        return;
    raw = cooked;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON | BRKINT | INPCK | ISTRIP);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSADRAIN, &raw) != 0)
        return;
    raw_fd = fd;
    (void)atexit(console_restore);
    catch_signals();
}

/* ---- set up ---- */

void
console_init(struct console *c)
{
    static const struct console none;

    *c = none;
    c->fd = -1;
}

void
console_from_bytes(struct console *c, const uint8_t *bytes, size_t length)
{
    c->input = bytes;
    c->length = length;
    c->next = 0;
}

void
console_from_fd(struct console *c, int fd)
{
    c->fd = fd;
    c->terminal = isatty(fd) == 1;
    if (c->terminal)
        make_raw(fd);
}

/* Output under way is not given up for it; a wait for input ends all the same. */
static void
catch_with(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

void
console_catch_interrupts(void)
{
    catch_with(SIGINT, on_interrupt_of_run);
    catch_with(SIGTERM, on_interrupt_of_run);
}

void
console_catch_interrupts_only(void)
{
    catch_with(SIGINT, on_interrupt);
}

bool
console_interrupted(void)
{
    return signalled != 0;
}

void
console_forget_interrupt(void)
{
    signalled = 0;
}

/* ---- output ---- */

static void
collect(struct console_text *t, uint8_t byte)
{
    if (t->length == t->capacity) {
        size_t capacity = t->capacity == 0 ? 4096 : t->capacity * 2;
        char *bytes = realloc(t->bytes, capacity);

        if (bytes == NULL)
            return;
        t->bytes = bytes;
        t->capacity = capacity;
    }
    t->bytes[t->length++] = (char)byte;
}

void
console_put(struct console *c, uint8_t byte)
{
    if (c->collect != NULL)
        collect(c->collect, byte);
    console_show(c, byte);
}

void
console_show(struct console *c, uint8_t byte)
{
    if (c->out == NULL)
        return;
    (void)putc(byte, c->out);
    c->within_line = byte != '\n';
    if (byte == '\n' || c->terminal)
        (void)fflush(c->out);
}

/* ---- input ---- */

static const char help_text[] = "\n"
                                "^A x   end the run\n"
                                "^A ^A  send ^A to the guest\n"
                                "^A ?   this help\n";

static unsigned
room(const struct console *c)
{
    return AHEAD - (c->tail - c->head);
}

static void
keep(struct console *c, uint8_t byte)
{
    c->ahead[c->tail++ % AHEAD] = byte;
}

/* What comes after ^A.  A monitor that takes ^A, too, gets it whole or not at all. */
static void
command(struct console *c, uint8_t byte)
{
    if (byte == 'x') {
        c->quit = true;
    } else if (c->shared && room(c) >= 2) {
        keep(c, CONTROL_A);
        keep(c, byte);
    } else if (!c->shared && byte != CONTROL_A && c->out != NULL) {
        (void)fputs(help_text, c->out);
    } else if (!c->shared && byte == CONTROL_A && room(c) >= 1) {
        keep(c, byte);
    }
}

/* A byte of a terminal. */
static void
key(struct console *c, uint8_t byte)
{
    if (c->escaped) {
        c->escaped = false;
        command(c, byte);
    } else if (byte == CONTROL_A) {
        c->escaped = true;
    } else if (room(c) >= 1) {
        keep(c, byte);
    }
}

/* Wait for fd, at most `milliseconds` (negative: for ever), and read ahead what is there. */
static void
look(struct console *c, int milliseconds)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    uint8_t byte;
    ssize_t n;

    if (c->ended || (!c->terminal && room(c) == 0) || poll(&p, 1, milliseconds) <= 0)
        return;
    n = read(c->fd, &byte, 1);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        c->ended = true;
    if (n == 1 && c->terminal)
        key(c, byte);
    else if (n == 1)
        keep(c, byte);
}

static bool
ready(const struct console *c)
{
    return c->next < c->length || c->head != c->tail;
}

bool
console_open(const struct console *c)
{
    return ready(c) || (c->fd >= 0 && !c->ended);
}

bool
console_quit(const struct console *c)
{
    return c->quit || signalled;
}

static void
look_now_and_then(struct console *c)
{
    if (c->patience-- != 0)
        return;
    c->patience = LOOK_EVERY;
    look(c, 0);
}

void
console_attend(struct console *c)
{
    if (c->terminal)
        look_now_and_then(c);
}

bool
console_get(struct console *c, uint8_t *byte)
{
    if (c->terminal || (c->fd >= 0 && !ready(c)))
        look_now_and_then(c);
    if (!ready(c))
        return false;
    *byte = c->next < c->length ? c->input[c->next++] : c->ahead[c->head++ % AHEAD];
    return true;
}

uint64_t
console_patience(const struct console *c)
{
    return c->fd < 0 || c->ended ? UINT64_MAX : (uint64_t)c->patience + 1;
}

void
console_passed(struct console *c, uint64_t calls)
{
    c->patience = calls < c->patience ? c->patience - (unsigned)calls : 0;
}

static int64_t
clock_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Sleep, reading ahead if there is room, but no longer than a person likes to wait for ^A x. */
static void
nap(struct console *c, int64_t nanoseconds)
{
    int64_t most = 50 * 1000000;
    int64_t sleep = nanoseconds < 0 || nanoseconds > most ? most : nanoseconds;
    struct timespec t = {0, (long)sleep};

    if (c->ended || sleep < 1000000)
        (void)nanosleep(&t, NULL);
    else
        look(c, (int)(sleep / 1000000));
}

/* A pipe is not paced: only where nothing else can wake is its next byte waited for. */
static enum console_wake
wait_unpaced(struct console *c, bool for_ever, bool listen)
{
    if (c->fd >= 0 && !ready(c))
        look(c, 0);
    if (for_ever && !ready(c) && console_open(c) && c->out != NULL)
        (void)fflush(c->out); /* a prompt: whoever answers must have read it */
    while (for_ever && !ready(c) && console_open(c) && !console_quit(c))
        look(c, -1);
    if (console_quit(c))
        return CONSOLE_quit;
    if (listen && ready(c))
        return CONSOLE_byte;
    return for_ever ? CONSOLE_end : CONSOLE_timeout;
}

enum console_wake
console_wait(struct console *c, int64_t nanoseconds, bool listen, int64_t *waited)
{
    int64_t start;

    *waited = 0;
    if (c->hold && !(listen && ready(c))) {
        c->held = true;
        c->asked = nanoseconds;
        return CONSOLE_quit;
    }
    if (!c->terminal)
        return wait_unpaced(c, nanoseconds < 0, listen);
    if (c->out != NULL)
        (void)fflush(c->out);
    start = clock_now();
    for (;;) {
        *waited = clock_now() - start;
        if (console_quit(c))
            return CONSOLE_quit;
        if (listen && ready(c))
            return CONSOLE_byte;
        if (nanoseconds >= 0 && *waited >= nanoseconds)
            return CONSOLE_timeout;
        if (c->ended && nanoseconds < 0)
            return CONSOLE_end;
        nap(c, nanoseconds < 0 ? -1 : nanoseconds - *waited);
    }
}
