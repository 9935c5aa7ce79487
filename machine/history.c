/* SPDX-License-Identifier: MIT */
#include "machine/history.h"

#include <stdlib.h>
#include <string.h>

#include "machine/picture.h"

/* ---- points ---- */

bool
history_earlier(struct history_point a, struct history_point b)
{
    return a.tick < b.tick || (a.tick == b.tick && a.done < b.done);
}

struct history_point
history_now(const struct history *h)
{
    return (struct history_point){h->subject.now(h->subject.context), h->done};
}

/* The latest snapshot not later than `point`: its index + 1; 0 where there is none. */
static unsigned
until(const struct history *h, struct history_point point)
{
    unsigned i = h->count;

    while (i > 0 && history_earlier(point, h->list[i - 1]->at))
        i--;
    return i;
}

unsigned
history_before(const struct history *h, struct history_point point)
{
    unsigned i = h->count;

    while (i > 1 && !history_earlier(h->list[i - 1]->at, point))
        i--;
    return i - 1;
}

/* ---- snapshots ---- */

static void
discard(struct history *h, unsigned i)
{
    struct history_snapshot *s = h->list[i];

    picture_free(s->ram, &h->bytes);
    h->bytes -= sizeof *s + h->subject.size;
    free(s->state);
    free(s);
    h->count--;
    memmove(&h->list[i], &h->list[i + 1], (h->count - i) * sizeof h->list[0]);
}

static uint64_t
apart(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/*
 * The snapshot that is missed least: where the gap that it would leave is
 * smallest beside its distance from now, so that distances grow with age.
 * Never the start, nor the one at `now`, nor one that is pinned.  0: there is none.
 */
static unsigned
least_missed(const struct history *h, uint64_t now)
{
    unsigned least = 0;
    double smallest = 0;

    for (unsigned i = 1; i < h->count; i++) {
        uint64_t at = h->list[i]->at.tick;
        uint64_t next = i + 1 < h->count ? h->list[i + 1]->at.tick : h->end.tick;
        double gap = (double)(next - h->list[i - 1]->at.tick);
        double miss = gap / (double)(apart(now, at) + HISTORY_DISTANCE);

        if (at == now || at == h->pinned.tick || (least != 0 && miss >= smallest))
            continue;
        least = i;
        smallest = miss;
    }
    return least;
}

static void
make_room(struct history *h, unsigned most)
{
    uint64_t now = h->subject.now(h->subject.context);
    unsigned i;

    while ((h->count > most || h->bytes > h->bound) && (i = least_missed(h, now)) != 0)
        discard(h, i);
    if (h->bytes > h->bound && h->count > 1) /* the one at now alone is too much */
        discard(h, h->count - 1);
}

static struct history_snapshot *
take(struct history *h, const struct picture *before)
{
    struct history_snapshot *s = malloc(sizeof *s);
    struct isa_ram ram;
    /* Alone it may take all that there is; the first is kept, whatever it takes. */
    uint64_t most = h->count == 0 ? UINT64_MAX : h->bytes + h->bound;
    uint32_t present;

    if (s == NULL)
        return NULL;
    h->subject.ram(h->subject.context, &ram);
    s->at = history_now(h);
    s->state = malloc(h->subject.size);
    s->ram = picture_take(&ram, before, &h->bytes, most, &present);
    if (s->state == NULL || s->ram == NULL) {
        picture_free(s->ram, &h->bytes);
        free(s->state);
        free(s);
        return NULL;
    }
    h->bytes += sizeof *s + h->subject.size;
    h->subject.save(h->subject.context, s->state);
    h->distance = (uint64_t)present * HISTORY_TICKS_A_PAGE;
    if (h->distance < HISTORY_DISTANCE)
        h->distance = HISTORY_DISTANCE;
    return s;
}

static void
extend(struct history *h)
{
    struct history_point now = history_now(h);

    if (history_earlier(h->end, now))
        h->end = now;
}

/* There is no room for one here: the next is tried for later, and later. */
static void
refuse(struct history *h)
{
    h->refused = history_now(h).tick;
    if (h->refusals < HISTORY_REFUSALS_MAX)
        h->refusals++;
}

/* Is one wanted at `now`, which snapshot i is the last before (none: i is 0)?  From where there was
 * no room for one it is farther to the next. */
static bool
is_wanted(const struct history *h, uint64_t now, unsigned i)
{
    if (i == 0)
        return true;
    if (h->refusals > 0 && h->refused > h->list[i - 1]->at.tick && h->refused <= now)
        return now - h->refused >= HISTORY_REFUSED_DISTANCE << h->refusals;
    return now - h->list[i - 1]->at.tick >= h->distance;
}

bool
history_keep(struct history *h)
{
    struct history_point now = history_now(h);
    unsigned i = until(h, now);
    struct history_snapshot *s;

    extend(h);
    if (i > 0 && !history_earlier(h->list[i - 1]->at, now))
        return true; /* there is one */
    make_room(h, HISTORY_SNAPSHOTS_MAX - 1);
    i = until(h, now);
    s = take(h, i > 0 ? h->list[i - 1]->ram : NULL);
    if (s == NULL) {
        refuse(h);
        return false;
    }
    memmove(&h->list[i + 1], &h->list[i], (h->count - i) * sizeof h->list[0]);
    h->list[i] = s;
    h->count++;
    make_room(h, HISTORY_SNAPSHOTS_MAX);
    i = until(h, now);
    if (i > 0 && h->list[i - 1] == s) {
        h->refusals = 0;
        return true;
    }
    refuse(h);
    return false;
}

void
history_note(struct history *h)
{
    struct history_point now = history_now(h);

    extend(h);
    if (is_wanted(h, now.tick, until(h, now)))
        (void)history_keep(h);
}

void
history_limit(struct history *h, uint64_t bound)
{
    h->bound = bound < HISTORY_BOUND_MIN ? HISTORY_BOUND_MIN : bound;
    h->refusals = 0;
    make_room(h, HISTORY_SNAPSHOTS_MAX);
}

bool
history_begin(struct history *h, const struct history_subject *subject, uint64_t bound)
{
    static const struct history none;

    *h = none;
    h->subject = *subject;
    h->bound = bound;
    h->pinned.tick = UINT64_MAX;
    h->end = history_now(h);
    return history_keep(h);
}

void
history_free(struct history *h)
{
    while (h->count > 0)
        discard(h, h->count - 1);
    for (size_t i = 0; i < h->logged; i++)
        free(h->log[i].bytes);
    free(h->log);
    h->log = NULL;
    h->logged = h->capacity = h->done = 0;
}

/* ---- the log ---- */

uint64_t
history_room(const struct history *h)
{
    if (h->done == h->logged)
        return UINT64_MAX;
    return h->log[h->done].tick - h->subject.now(h->subject.context);
}

const struct history_entry *
history_catch_up(struct history *h)
{
    const struct history_entry *e;

    if (history_room(h) != 0)
        return NULL;
    e = &h->log[h->done++];
    h->subject.apply(h->subject.context, e);
    extend(h);
    return e;
}

size_t
history_cut(struct history *h)
{
    struct history_point now = history_now(h);
    size_t cut = h->logged - h->done;

    while (h->logged > h->done)
        free(h->log[--h->logged].bytes);
    while (h->count > 1 && history_earlier(now, h->list[h->count - 1]->at))
        discard(h, h->count - 1);
    h->end = now;
    return cut;
}

bool
history_expect(struct history *h, uint64_t tick, unsigned kind, const char *bytes, size_t length)
{
    struct history_entry e = {.tick = tick, .kind = kind, .length = length};

    if (h->logged == h->capacity) {
        size_t capacity = h->capacity == 0 ? 16 : 2 * h->capacity;
        struct history_entry *grown = realloc(h->log, capacity * sizeof *grown);

        if (grown == NULL)
            return false;
        h->log = grown;
        h->capacity = capacity;
    }
    e.bytes = malloc(length + 1);
    if (e.bytes == NULL)
        return false;
    memcpy(e.bytes, bytes, length);
    e.bytes[length] = '\0';
    h->log[h->logged++] = e;
    if (h->end.tick < tick)
        h->end.tick = tick;
    h->end.done = h->logged;
    return true;
}

bool
history_add(struct history *h, unsigned kind, const char *bytes, size_t length)
{
    (void)history_cut(h);
    if (!history_expect(h, h->subject.now(h->subject.context), kind, bytes, length))
        return false;
    h->done = h->logged;
    h->end = history_now(h);
    return true;
}

/* ---- going ---- */

static void
written(void *context, uint32_t offset)
{
    const struct history *h = context;

    h->subject.written(h->subject.context, offset);
}

void
history_restore(struct history *h, unsigned i)
{
    const struct history_snapshot *s = h->list[i];
    struct isa_ram ram;

    extend(h);
    h->subject.ram(h->subject.context, &ram);
    picture_restore(s->ram, &ram, written, h);
    h->subject.restore(h->subject.context, s->state);
    h->done = s->at.done;
}

void
history_back(struct history *h, struct history_point point)
{
    history_restore(h, history_before(h, point));
}

bool
history_go(struct history *h, struct history_point point)
{
    unsigned i = until(h, point);

    extend(h);
    if (i == 0)
        return false;
    if (history_earlier(point, history_now(h)) ||
        history_earlier(history_now(h), h->list[i - 1]->at))
        history_restore(h, i - 1);
    while (history_earlier(history_now(h), point)) {
        uint64_t left = point.tick - h->subject.now(h->subject.context);
        uint64_t room = history_room(h);

        if (room == 0) {
            (void)history_catch_up(h);
            continue;
        }
        if (left == 0 || !h->subject.run(h->subject.context, room < left ? room : left))
            return false;
        history_note(h);
    }
    return true;
}
