/* SPDX-License-Identifier: MIT */
#include "cli/gdb/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/hosted/moment.h"

enum {
    INTERRUPT = 0x03,
    PATIENCE = 16384,      /* ticks between two looks at the connection */
    WAITING_MAX = 1 << 16, /* bytes that may come while the machine runs */
};

/* ---- listening ---- */

static bool
failed(struct repl *r, const char *where, int fd)
{
    int error = errno;

    if (fd >= 0)
        (void)close(fd);
    return repl_fail(r, "cannot listen at %.100s: %s", where, strerror(error));
}

static bool
listen_port(struct repl *r, const char *where, unsigned port, struct gdb_listener *l)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof at;
    int one = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK); /* nobody else's machine */
    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0 || setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(l->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(l->fd, 1) != 0 ||
        getsockname(l->fd, (struct sockaddr *)&at, &length) != 0)
        return failed(r, where, l->fd);
    l->port = true;
    (void)snprintf(l->address, sizeof l->address, "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    return true;
}

static bool
listen_path(struct repl *r, const char *path, struct gdb_listener *l)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof at.sun_path)
        return repl_fail(r, "a socket's path has %zu bytes at most", sizeof at.sun_path - 1);
    (void)strcpy(at.sun_path, path);
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0 || bind(l->fd, (struct sockaddr *)&at, sizeof at) != 0)
        return failed(r, path, l->fd);
    l->port = false;
    (void)snprintf(l->address, sizeof l->address, "%s", path);
    if (listen(l->fd, 1) == 0)
        return true;
    (void)unlink(path);
    return failed(r, path, l->fd);
}

bool
gdb_listen(struct repl *r, const char *where, struct gdb_listener *l)
{
    size_t digits = strspn(where, "0123456789");
    unsigned long port = strtoul(where, NULL, 10);

    if (where[0] == '\0')
        return repl_fail(r, "where?  A port, as in `gdb 1234', or a socket's path");
    if (where[digits] != '\0')
        return listen_path(r, where, l);
    if (digits > 5 || port > 65535)
        return repl_fail(r, "%.40s is no port: 0 to 65535", where);
    return listen_port(r, where, (unsigned)port, l);
}

void
gdb_unlisten(struct gdb_listener *l)
{
    (void)close(l->fd);
    if (!l->port)
        (void)unlink(l->address);
}

/* ---- waiting ---- */

/* Until `fd` has something to read; false: ^C came first. */
static bool
wait_for(struct repl *r, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    sigset_t interrupt, before;
    int ready = 0;
    bool interrupted;

    (void)sigemptyset(&interrupt);
    (void)sigaddset(&interrupt, SIGINT);
    (void)sigaddset(&interrupt, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &interrupt,
                      &before); /* so that none comes between look and wait */
    do
        interrupted = console_quit(&r->system->console);
    while (!interrupted && (ready = ppoll(&p, 1, NULL, &before)) < 0 && errno == EINTR);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (interrupted)
        console_forget_interrupt();
    return ready > 0;
}

/* ---- a connection ---- */

struct connection {
    struct gdb_stub stub;
    int fd;
    uint64_t looked;     /* the tick at which it was last looked at */
    bool closed;         /* by gdb */
    size_t next, length; /* the bytes that have come and are not served as yet */
    uint8_t bytes[WAITING_MAX];
};

/* What there is to read, without waiting. */
static void
read_more(struct connection *c)
{
    ssize_t n;

    c->length -= c->next;
    memmove(c->bytes, c->bytes + c->next, c->length);
    c->next = 0;
    while (c->length < sizeof c->bytes) {
        n = recv(c->fd, c->bytes + c->length, sizeof c->bytes - c->length, MSG_DONTWAIT);
        if (n > 0) {
            c->length += (size_t)n;
            continue;
        }
        c->closed = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
        return;
    }
}

/* While the machine runs: has ^C come from gdb, or is it gone? */
static bool
asks_to_stop(void *context)
{
    struct connection *c = context;

    uint64_t now = moment_ticks(c->stub.r->system);

    if (now - c->looked < PATIENCE || c->looked - now < PATIENCE)
        return false;
    c->looked = now;
    (void)fflush(c->stub.r->out); /* what the guests print is seen while they run */
    read_more(c);
    return c->closed || memchr(c->bytes, INTERRUPT, c->length) != NULL;
}

static void
write_all(struct connection *c)
{
    struct gdb_text *out = &c->stub.out;
    size_t done = 0;

    while (done < out->length && !c->closed) {
        ssize_t n = send(c->fd, out->bytes + done, out->length - done, MSG_NOSIGNAL);

        if (n > 0)
            done += (size_t)n;
        else
            c->closed = errno != EINTR;
    }
    gdb_clear(out);
}

/* Until gdb leaves.  False: ^C. */
static bool
serve(struct connection *c)
{
    while (c->stub.end == GDB_GOING) {
        if (c->next < c->length) {
            gdb_stub_feed(&c->stub, &c->bytes[c->next++], 1);
            if (c->stub.out.length > 0)
                write_all(c);
            continue;
        }
        (void)fflush(c->stub.r->out);
        if (c->closed)
            return true;
        if (!wait_for(c->stub.r, c->fd))
            return false;
        read_more(c);
    }
    return true;
}

static bool
serve_connection(struct repl *r, int fd, enum gdb_end *end)
{
    struct connection *c = malloc(sizeof *c);
    bool ok;

    if (c == NULL)
        return repl_fail(r, "out of memory");
    gdb_stub_init(&c->stub, r);
    c->fd = fd;
    c->closed = false;
    c->next = c->length = 0;
    c->looked = moment_ticks(r->system);
    r->interrupter = asks_to_stop;
    r->interrupter_context = c;
    ok = serve(c) || repl_fail(r, "interrupted: gdb is cut off");
    r->interrupter = NULL;
    *end = c->stub.end;
    gdb_stub_free(&c->stub);
    free(c);
    return ok;
}

bool
gdb_serve(struct repl *r, struct gdb_listener *l, enum gdb_end *end)
{
    int fd, one = 1;
    bool ok;

    *end = GDB_GOING;
    if (!wait_for(r, l->fd))
        return repl_fail(r, "interrupted: gdb has not come");
    fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return repl_fail(r, "gdb came, and went: %s", strerror(errno));
    if (l->port)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ok = serve_connection(r, fd, end);
    (void)close(fd);
    return ok;
}
