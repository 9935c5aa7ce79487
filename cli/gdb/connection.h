/* SPDX-License-Identifier: MIT */
/* Where gdb comes in: a port of this machine alone, or a Unix socket. */
#ifndef GDB_CONNECTION_H
#define GDB_CONNECTION_H

#include "cli/gdb/stub.h"

enum { GDB_ADDRESS_MAX = 128 };

struct gdb_listener {
    int fd;
    char address[GDB_ADDRESS_MAX]; /* "127.0.0.1:1234", or the path */
    bool port;
};

/*
 * Listen at `where`: a port (0: any that is free) of 127.0.0.1, or the path of a
 * Unix socket to be made.  False, with r->error, where that can't be.
 */
bool gdb_listen(struct repl *r, const char *where, struct gdb_listener *l);
void gdb_unlisten(struct gdb_listener *l);

/*
 * Wait for gdb, and serve it until it leaves.  False, with r->error, where ^C
 * came first, or the connection broke; *end is how gdb left.
 */
bool gdb_serve(struct repl *r, struct gdb_listener *l, enum gdb_end *end);

#endif
