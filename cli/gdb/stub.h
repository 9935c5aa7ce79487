/* SPDX-License-Identifier: MIT */
/*
 * gdb's remote protocol over a session of the REPL: another front end to the
 * same levels, motions and breakpoints.  Bytes come in, bytes go out; who
 * carries them is not known here (connection.c is).
 *
 *   packet.c     framing; texts
 *   stub.c       the packets, one row each
 *   registers.c  registers; the description of the target and its threads
 *   resume.c     motions, and what is said of a stop
 *   points.c     breakpoints and watchpoints
 *   monitor.c    `monitor COMMAND'
 *   connection.c sockets
 *   command.c    the REPL's command `gdb'
 *
 * A thread of gdb's is a level: thread N is row N - 1.  All stop together, and
 * all move together, as the machines do.  An address is what the thread's
 * processor makes of it in its current mode, through its R.
 */
#ifndef GDB_STUB_H
#define GDB_STUB_H

#include "cli/gdb/packet.h"
#include "cli/repl/session.h"

/*
 * The packets: X(id, how it begins, about).  The first row that fits is it.  A
 * packet that is none of these gets an empty answer, as the protocol wants it.
 */
/* clang-format off */
#define GDB_PACKETS(X)                                                                             \
    X(supported, "qSupported", "what either side can do")                                          \
    X(no_ack, "QStartNoAckMode", "no more + and -")                                                \
    X(status, "?", "why it stands still")                                                          \
    X(features, "qXfer:features:read:target.xml:", "the registers, as XML")                        \
    X(threads, "qXfer:threads:read::", "the levels, as XML")                                       \
    X(first_threads, "qfThreadInfo", "the numbers of the threads")                                 \
    X(more_threads, "qsThreadInfo", "the rest of them: none")                                      \
    X(thread_extra, "qThreadExtraInfo,", "a thread's name and state")                              \
    X(current, "qC", "the current thread")                                                         \
    X(attached, "qAttached", "yes: gdb's end does not end the machine")                            \
    X(symbols, "qSymbol::", "gdb offers symbols; none are needed")                                 \
    X(monitor, "qRcmd,", "a command of the REPL's: `monitor state'")                               \
    X(vcont_ask, "vCont?", "how it can be resumed")                                                \
    X(vcont, "vCont;", "step, continue, step within a range of addresses")                         \
    X(vkill, "vKill;", "ends the session")                                                         \
    X(read_all, "g", "x0 to x31 and pc")                                                           \
    X(write_all, "G", "sets them")                                                                 \
    X(read_one, "p", "a register")                                                                 \
    X(write_one, "P", "sets a register")                                                           \
    X(read_memory, "m", "reads memory")                                                            \
    X(write_memory, "M", "writes memory")                                                          \
    X(write_binary, "X", "the same, binary")                                                       \
    X(insert, "Z", "a breakpoint (0, 1) or watchpoint (2 write, 3 read, 4 both)")                  \
    X(remove, "z", "away with it")                                                                 \
    X(select, "H", "the thread that other packets mean")                                           \
    X(alive, "T", "is there such a thread?")                                                       \
    X(go_on, "c", "continue")                                                                      \
    X(step, "s", "a step")                                                                         \
    X(back_step, "bs", "a step back")                                                              \
    X(back, "bc", "continue backwards")                                                            \
    X(detach, "D", "gdb leaves; the session goes on")                                              \
    X(kill, "k", "ends the session")
/* clang-format on */

enum gdb_end {
    GDB_GOING,
    GDB_DETACHED, /* the session is to go on */
    GDB_KILLED,   /* it is to end */
};

enum { GDB_PLACES_MAX = 64 };

/* Where the data address of a watchpoint was, when it was first set. */
struct gdb_place {
    unsigned row;
    uint32_t address, bytes, pa;
};

struct gdb_stub {
    struct repl *r;
    struct gdb_reader reader;
    struct gdb_text reply; /* to the packet that is being served, without its frame */
    struct gdb_text last;  /* the last packet sent, framed */
    struct gdb_text out;   /* bytes to be sent */
    struct gdb_text description;
    bool no_ack;
    bool swbreak;     /* gdb understands `swbreak:' in a stop */
    unsigned general; /* the row that packets mean */
    unsigned resumed; /* the row that `c' and `s' mean */
    unsigned program; /* the row whose program gdb has the symbols of: breakpoints are for it */
    bool back;        /* what is said is of a motion backwards */
    bool watched;     /* a watchpoint stopped it, and it has not been resumed since */
    enum gdb_end end;
    struct gdb_place places[GDB_PLACES_MAX]; /* the oldest is replaced */
    unsigned place_count;
};

/* A stub over a session, which outlives it.  gdb_stub_free takes its breakpoints away, too. */
void gdb_stub_init(struct gdb_stub *s, struct repl *r);
void gdb_stub_free(struct gdb_stub *s);

/* Bytes that have come; what there is to say to them is in s->out then, for the caller to send and
 * clear.  Nothing is taken any more once s->end is set. */
void gdb_stub_feed(struct gdb_stub *s, const uint8_t *bytes, size_t length);

/* Text for gdb's user, before the answer: an `O' packet, or as many as it takes. */
void gdb_stub_say(struct gdb_stub *s, const char *text, size_t length);

/* ---- the parts ---- */

/* What a packet's function has made of it. */
enum gdb_answer {
    GDB_REPLY,     /* s->reply is the answer */
    GDB_OK,        /* "OK" */
    GDB_MALFORMED, /* "E01": not understood, or impossible */
    GDB_FAULT,     /* "E0e": no such memory (EFAULT) */
    GDB_SILENCE,   /* none */
};

/* resume.c */
enum gdb_answer gdb_resume(struct gdb_stub *s, struct gdb_input *actions);
enum gdb_answer gdb_continue(struct gdb_stub *s);
enum gdb_answer gdb_step(struct gdb_stub *s);
enum gdb_answer gdb_continue_back(struct gdb_stub *s);
enum gdb_answer gdb_step_back(struct gdb_stub *s);
void gdb_put_stop(struct gdb_stub *s);

/* points.c */
enum gdb_answer gdb_point(struct gdb_stub *s, struct gdb_input *in, bool insert);
void gdb_remove_points(struct gdb_stub *s);

/* monitor.c */
enum gdb_answer gdb_monitor(struct gdb_stub *s, struct gdb_input *in);

/* A thread's number; the row it means, or -1: all, or any.  False: there is none. */
bool gdb_take_thread(const struct gdb_stub *s, struct gdb_input *in, int *row);

#endif
