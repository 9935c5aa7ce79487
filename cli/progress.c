/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/table.h"

enum { AFTER = 2000, EVERY = 200, BAR = 40 }; /* milliseconds; columns */

static int64_t
now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_start(struct progress *p, const char *what, uint64_t total, bool quiet)
{
    const char *term = getenv("TERM");

    p->what = what;
    p->total = total;
    p->shown = false;
    p->wanted = !quiet && isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0;
    p->started = p->last = p->wanted ? now() : 0;
}

static void
draw(const struct progress *p, uint64_t done)
{
    char bar[BAR + 1], count[TABLE_COUNT_MAX];
    unsigned part = p->total == 0 ? 0 : (unsigned)((double)done / (double)p->total * 100);
    unsigned filled;

    part = part > 100 ? 100 : part;
    filled = part * BAR / 100;
    memset(bar, ' ', BAR);
    memset(bar, '#', filled);
    bar[BAR] = '\0';
    if (p->total == 0)
        (void)fprintf(stderr, "\r%s %s\033[K", table_count(done, count), p->what);
    else
        (void)fprintf(stderr, "\r[%s] %3u %%  %s %s\033[K", bar, part, table_count(done, count),
                      p->what);
    (void)fflush(stderr);
}

void
progress_step(struct progress *p, uint64_t done)
{
    int64_t time;

    if (!p->wanted)
        return;
    time = now();
    if (time - p->started < AFTER || time - p->last < EVERY)
        return;
    p->last = time;
    p->shown = true;
    draw(p, done);
}

void
progress_end(struct progress *p)
{
    if (p->shown)
        (void)fputs("\r\033[K", stderr);
    p->shown = false;
}
