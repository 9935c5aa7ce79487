/* SPDX-License-Identifier: MIT */
#include "machine/picture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUP = 64 }; /* pages whose list is shared as a whole */

/* Shared by the pictures that have it. */
struct page {
    uint32_t users;
    uint8_t bytes[PICTURE_PAGE];
};

struct group {
    uint32_t users;
    struct page *page[GROUP]; /* NULL: zeros */
};

struct picture {
    uint32_t pages, groups;
    struct group *group[]; /* NULL: all zeros */
};

/* ---- memory ---- */

static void
release_page(struct page *page, uint64_t *bytes)
{
    if (page == NULL || --page->users > 0)
        return;
    *bytes -= sizeof *page;
    free(page);
}

static void
release_group(struct group *g, uint64_t *bytes)
{
    if (g == NULL || --g->users > 0)
        return;
    for (unsigned i = 0; i < GROUP; i++)
        release_page(g->page[i], bytes);
    *bytes -= sizeof *g;
    free(g);
}

static size_t
size_of(const struct picture *p)
{
    return sizeof *p + p->groups * sizeof p->group[0];
}

void
picture_free(struct picture *p, uint64_t *bytes)
{
    if (p == NULL)
        return;
    for (uint32_t i = 0; i < p->groups; i++)
        release_group(p->group[i], bytes);
    *bytes -= size_of(p);
    free(p);
}

/* ---- which pages there are ---- */

/* An entry of /proc/self/pagemap: bit 63 present, bit 62 swapped. */
#define ENTRY_THERE (3ull << 62)

static void
presence_open(struct picture_presence *p)
{
    p->fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    p->first = p->count = 0;
}

static void
presence_close(const struct picture_presence *p)
{
    if (p->fd >= 0)
        (void)close(p->fd);
}

/* Has the host memory for page i of `ram`?  In doubt it has. */
static bool
is_present(struct picture_presence *p, const struct isa_ram *ram, uint32_t i)
{
    const uint32_t pages = ram->size / PICTURE_PAGE;
    const uint32_t most = sizeof p->entries / sizeof p->entries[0];

    if (p->fd < 0 || sysconf(_SC_PAGESIZE) != PICTURE_PAGE)
        return true;
    if (i - p->first >= p->count) {
        uint64_t at = (uint64_t)(uintptr_t)ram->bytes / PICTURE_PAGE + i;
        uint32_t count = pages - i < most ? pages - i : most;
        ssize_t length = (ssize_t)(count * sizeof p->entries[0]);

        if (pread(p->fd, p->entries, (size_t)length, (off_t)(at * sizeof p->entries[0])) !=
            length) {
            presence_close(p);
            p->fd = -1;
            return true;
        }
        p->first = i;
        p->count = count;
    }
    return (p->entries[i - p->first] & ENTRY_THERE) != 0;
}

/* ---- taking ---- */

static bool
is_zero(const uint8_t *bytes)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, PICTURE_PAGE - 1) == 0;
}

/* The page `now`, shared with `before` (NULL: zeros) where it is alike.  False: no memory. */
static bool
take_page(const uint8_t *now, struct page *before, struct page **page, uint64_t *bytes)
{
    *page = before;
    if (before != NULL && memcmp(before->bytes, now, PICTURE_PAGE) == 0) {
        before->users++;
        return true;
    }
    *page = NULL;
    if (is_zero(now))
        return true;
    *page = malloc(sizeof **page);
    if (*page == NULL)
        return false;
    *bytes += sizeof **page;
    (*page)->users = 1;
    memcpy((*page)->bytes, now, PICTURE_PAGE);
    return true;
}

/* A list of pages; that of `before` where they are the same, NULL where there are none. */
static struct group *
settle_group(const struct group *pages, struct group *before, uint64_t *bytes, bool *ok)
{
    static const struct group none;
    struct group *g = NULL;

    if (before != NULL && memcmp(pages->page, before->page, sizeof before->page) == 0) {
        for (unsigned i = 0; i < GROUP; i++)
            release_page(pages->page[i], bytes);
        before->users++;
        return before;
    }
    if (memcmp(pages->page, none.page, sizeof none.page) == 0)
        return NULL;
    g = malloc(sizeof *g);
    *ok = *ok && g != NULL;
    if (g == NULL) {
        for (unsigned i = 0; i < GROUP; i++)
            release_page(pages->page[i], bytes);
        return NULL;
    }
    *bytes += sizeof *g;
    *g = *pages;
    g->users = 1;
    return g;
}

static struct group *
take_group(const struct isa_ram *ram, uint32_t first, struct group *before,
           struct picture_presence *presence, uint64_t *bytes, uint32_t *present, bool *ok)
{
    struct group pages = {0};
    uint32_t count = ram->size / PICTURE_PAGE - first;

    for (uint32_t i = 0; i < GROUP && i < count && *ok; i++) {
        if (!is_present(presence, ram, first + i))
            continue;
        ++*present;
        *ok = take_page(ram->bytes + (size_t)(first + i) * PICTURE_PAGE,
                        before != NULL ? before->page[i] : NULL, &pages.page[i], bytes);
    }
    return settle_group(&pages, before, bytes, ok);
}

struct picture *
picture_take(const struct isa_ram *ram, const struct picture *before, uint64_t *bytes,
             uint64_t most, uint32_t *present)
{
    uint32_t pages = ram->size / PICTURE_PAGE, groups = (pages + GROUP - 1) / GROUP;
    struct picture *p = calloc(1, sizeof *p + groups * sizeof p->group[0]);
    struct picture_presence presence;
    bool ok = true;

    *present = 0;
    if (p == NULL)
        return NULL;
    p->pages = pages;
    p->groups = groups;
    *bytes += size_of(p);
    presence_open(&presence);
    for (uint32_t i = 0; i < groups && ok; i++) {
        p->group[i] = take_group(ram, i * GROUP, before != NULL ? before->group[i] : NULL,
                                 &presence, bytes, present, &ok);
        ok = ok && *bytes <= most;
    }
    presence_close(&presence);
    if (ok)
        return p;
    picture_free(p, bytes);
    return NULL;
}

/* ---- restoring ---- */

uint32_t
picture_pages(const struct picture *p)
{
    return p->pages;
}

const uint8_t *
picture_page(const struct picture *p, uint32_t i)
{
    const struct group *g = p->group[i / GROUP];

    return g != NULL && g->page[i % GROUP] != NULL ? g->page[i % GROUP]->bytes : NULL;
}

/* False: it was so already. */
static bool
restore_page(const uint8_t *was, uint8_t *now)
{
    if (was != NULL) {
        if (memcmp(now, was, PICTURE_PAGE) == 0)
            return false;
        memcpy(now, was, PICTURE_PAGE);
        return true;
    }
    if (is_zero(now))
        return false;
    memset(now, 0, PICTURE_PAGE);
    return true;
}

void
picture_restore(const struct picture *p, const struct isa_ram *ram,
                void (*written)(void *context, uint32_t offset), void *context)
{
    struct picture_presence presence;

    presence_open(&presence);
    for (uint32_t i = 0; i < p->pages; i++) {
        const uint8_t *was = picture_page(p, i);

        if (was == NULL && !is_present(&presence, ram, i))
            continue;
        if (restore_page(was, ram->bytes + (size_t)i * PICTURE_PAGE))
            written(context, i * PICTURE_PAGE);
    }
    presence_close(&presence);
}
