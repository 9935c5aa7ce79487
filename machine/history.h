/* SPDX-License-Identifier: MIT */
/*
 * The history of something deterministic: snapshots of it at growing distances,
 * and a log of what came from outside, console input and edits.  Any moment
 * between the start and the end is reached by going back to a snapshot and
 * running on from there.
 *
 * Time is counted in ticks: the smallest advances that it makes by itself.  A
 * point is a tick and how many entries of the log have happened by then; at one
 * tick there may be several.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/hart.h"

struct history_point {
    uint64_t tick;
    size_t done; /* entries of the log that have happened */
};

/* Something that comes from outside, in the terms of who has the history. */
struct history_entry {
    uint64_t tick; /* it happens when that many ticks have passed */
    unsigned kind;
    size_t length; /* bytes */
    char *bytes;   /* ends with a 0 byte besides */
};

/* What has a history.  All but its RAM is saved as `size` bytes. */
struct history_subject {
    void *context;
    size_t size;
    uint64_t (*now)(const void *context); /* ticks */
    void (*ram)(const void *context, struct isa_ram *ram);
    void (*save)(const void *context, void *state);
    void (*restore)(void *context, const void *state);
    /* The page of RAM at `offset` has been restored. */
    void (*written)(void *context, uint32_t offset);
    /* It happens. */
    void (*apply)(void *context, const struct history_entry *entry);
    /* On for at most `ticks`, 1 or more; false where it makes none. */
    bool (*run)(void *context, uint64_t ticks);
};

struct history_snapshot {
    struct history_point at;
    struct picture *ram;
    void *state;
};

enum {
    HISTORY_SNAPSHOTS_MAX = 128,
    HISTORY_DISTANCE = 1 << 20,      /* ticks between two snapshots, at least */
    HISTORY_REFUSALS_MAX = 20,       /* ... in a row that are counted */
    HISTORY_TICKS_A_PAGE = 256,      /* the same, for each page that has to be compared */
    HISTORY_BOUND_MIN = 1 << 20,     /* bytes */
    HISTORY_BOUND_DEFAULT = 1 << 28, /* bytes */
};

/* Ticks from where there was no room for a snapshot to where the next is tried, doubled each time.
 */
#define HISTORY_REFUSED_DISTANCE ((uint64_t)1 << 26)

struct history {
    struct history_subject subject;
    struct history_snapshot *list[HISTORY_SNAPSHOTS_MAX]; /* in order; the first is the start */
    unsigned count;
    struct history_entry *log;
    size_t logged, capacity;
    size_t done;                 /* entries that have happened, now */
    struct history_point end;    /* the latest point that is known */
    uint64_t bound, bytes;       /* of memory for snapshots: at most, and now */
    uint64_t distance;           /* ticks to the next snapshot */
    uint64_t refused;            /* the tick where there was no room for one... */
    unsigned refusals;           /* ...so many times in a row */
    struct history_point pinned; /* a snapshot that is kept, besides the start */
};

/* It begins now.  False where there is no memory.  `bound`: bytes. */
bool history_begin(struct history *h, const struct history_subject *subject, uint64_t bound);
void history_free(struct history *h);

/* Where it is. */
struct history_point history_now(const struct history *h);

/* Is `a` earlier than `b`? */
bool history_earlier(struct history_point a, struct history_point b);

/*
 * To be called wherever it has advanced, and can be saved: takes a snapshot
 * where it is time for one.  Where memory does not suffice, older ones go, so
 * that their distances grow with their age; the start is always kept.
 */
void history_note(struct history *h);

/* A snapshot of now in any case; false where there is no memory for it, or the bound is too small.
 */
bool history_keep(struct history *h);

/* The bound, in bytes, from now on. */
void history_limit(struct history *h, uint64_t bound);

/* How far it may run: ticks until something comes from outside; 0: it is due now. */
uint64_t history_room(const struct history *h);

/* The next entry of the log, where one is due now, has happened; NULL: none is. */
const struct history_entry *history_catch_up(struct history *h);

/*
 * Something comes from outside, now, and has been done already: into the log.
 * What lay ahead is forgotten.  False where there is no memory.
 */
bool history_add(struct history *h, unsigned kind, const char *bytes, size_t length);

/* The same for what is still to happen, in the order in which it will: a log that was recorded. */
bool history_expect(struct history *h, uint64_t tick, unsigned kind, const char *bytes,
                    size_t length);

/* What lies ahead is forgotten.  How many entries of the log that was. */
size_t history_cut(struct history *h);

/* Back to the latest snapshot that is earlier than `point`; to the start where there is none. */
void history_back(struct history *h, struct history_point point);

/* Back to snapshot i exactly. */
void history_restore(struct history *h, unsigned i);

/* The index of the latest snapshot earlier than `point`; 0 where there is none. */
unsigned history_before(const struct history *h, struct history_point point);

/*
 * To `point`, back or on.  False where it could not be reached: it stands where
 * that became clear.
 */
bool history_go(struct history *h, struct history_point point);

#endif
