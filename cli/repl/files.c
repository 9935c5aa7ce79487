/* SPDX-License-Identifier: MIT */
#include "cli/repl/files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "cli/repl/command.h"
#include "cli/repl/past.h"
#include "cli/status.h"
#include "isa/variant.h"
#include "machine/picture.h"
#include "vmm/hosted/moment.h"

enum { PATH_MAX_BYTES = 4096, NAME_BYTES = 128 };

static bool refuse(struct repl *r, const char *path, const char *format, ...)
    DIAGNOSTIC_PRINTF(3, 4);

static bool
refuse(struct repl *r, const char *path, const char *format, ...)
{
    char why[REPL_ERROR_MAX / 2];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    (void)repl_fail(r, "%.200s: %s", path, why);
    r->error_status = STATUS_refused;
    return false;
}

static bool
fail_host(struct repl *r, const char *path, const char *what)
{
    (void)repl_fail(r, "%.200s: %s", path, what);
    r->error_status = STATUS_host;
    return false;
}

/* ---- which machine it is ---- */

/* Not to keep anybody from forging a file, but to find that one is of another machine. */
static uint64_t
digest(uint64_t d, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < length; i++)
        d = (d ^ p[i]) * 0x100000001b3u;
    return d;
}

static uint64_t
digest_ram(uint64_t d, const struct isa_ram *ram)
{
    uint64_t bytes = 0;
    uint32_t present;
    struct picture *p = picture_take(ram, NULL, &bytes, UINT64_MAX, &present);

    for (uint32_t i = 0; p != NULL && i < picture_pages(p); i++) {
        const uint8_t *page = picture_page(p, i);

        if (page != NULL)
            d = digest(digest(d, &i, sizeof i), page, PICTURE_PAGE);
    }
    picture_free(p, &bytes);
    return d;
}

/* Of the machine as it is started: its rules, its memory, its monitors and their guests. */
static bool
digest_machine(struct repl *r, uint64_t *d)
{
    struct system *s = malloc(sizeof *s);
    struct moment *m = malloc(sizeof *m);
    char error[IMAGE_ERROR_MAX] = "out of memory";
    bool ok = s != NULL && m != NULL && target_start(r->target, s, error);

    if (ok) {
        moment_save(s, m);
        m->input_length = 0;
        *d = digest(0xcbf29ce484222325u, m, sizeof *m);
        *d = digest(*d, &s->machine.ram.size, sizeof s->machine.ram.size);
        *d = digest(*d, &s->machine.tohost, sizeof s->machine.tohost);
        *d = digest(*d, s->machine.variant, sizeof *s->machine.variant);
        *d = digest_ram(*d, &s->machine.ram);
        system_free(s);
    }
    free(m);
    free(s);
    return ok || repl_fail(r, "%s", error);
}

/* ---- writing: beside the file, then in its place ---- */

struct writer {
    FILE *file;
    char target[PATH_MAX_BYTES]; /* what is to be written, */
    char path[PATH_MAX_BYTES];   /* and what is written until it is whole */
    uint32_t sum;
    bool ok;
};

/*
 * The file that `path` leads to, there already or not: a link to it stays, and
 * nothing is replaced that is no file, or that is not to be written.
 */
static bool
find_target(struct repl *r, const char *path, char *target)
{
    struct stat status;

    if (stat(path, &status) == 0) {
        if (!S_ISREG(status.st_mode))
            return repl_fail(r, "%.200s: this is no file: give another name", path);
        if ((status.st_mode & 0222) == 0 || access(path, W_OK) != 0)
            return repl_fail(r, "%.200s: it is write-protected: give another name", path);
        return realpath(path, target) != NULL || fail_host(r, path, strerror(errno));
    }
    if (lstat(path, &status) == 0)
        return repl_fail(r, "%.200s: this is a link to nothing: give another name", path);
    return (size_t)snprintf(target, PATH_MAX_BYTES, "%s", path) < PATH_MAX_BYTES ||
           repl_fail(r, "the file's name is too long");
}

static bool
open_writer(struct repl *r, struct writer *w, const char *path)
{
    mode_t mask = umask(0);
    int fd;

    (void)umask(mask);
    *w = (struct writer){.ok = true};
    if (path[0] == '\0')
        return repl_fail(r, "into which file?");
    if (!find_target(r, path, w->target))
        return false;
    if ((size_t)snprintf(w->path, sizeof w->path, "%s.XXXXXX", w->target) >= sizeof w->path)
        return repl_fail(r, "the file's name is too long");
    fd = mkstemp(w->path);
    if (fd < 0)
        return fail_host(r, path, strerror(errno));
    (void)fchmod(fd, 0666 & ~mask);
    w->file = fdopen(fd, "wb");
    if (w->file != NULL)
        return true;
    (void)close(fd);
    (void)unlink(w->path);
    return fail_host(r, path, strerror(errno));
}

static void
put(struct writer *w, const void *bytes, size_t length)
{
    w->sum = (uint32_t)crc32(w->sum, bytes, (uInt)length);
    w->ok = w->ok && fwrite(bytes, 1, length, w->file) == length;
}

static bool
close_writer(struct repl *r, struct writer *w, const char *path)
{
    int error;

    w->ok = w->ok && fflush(w->file) == 0 && fsync(fileno(w->file)) == 0;
    error = errno;
    if (fclose(w->file) != 0)
        w->ok = false;
    if (w->ok && rename(w->path, w->target) == 0)
        return true;
    error = w->ok ? errno : error;
    (void)unlink(w->path);
    return fail_host(r, path, strerror(error));
}

/* ---- reading: all of it at once ---- */

struct bytes {
    uint8_t *at;
    size_t length;
};

static bool
read_file(struct repl *r, const char *path, struct bytes *b)
{
    struct stat status;
    FILE *f;

    if (path[0] == '\0')
        return repl_fail(r, "which file?");
    f = fopen(path, "rb");
    if (f == NULL || fstat(fileno(f), &status) != 0 || !S_ISREG(status.st_mode)) {
        (void)refuse(r, path, "%s", f == NULL ? strerror(errno) : "this is no file");
        if (f != NULL)
            (void)fclose(f);
        return false;
    }
    b->length = (size_t)status.st_size;
    b->at = malloc(b->length + 1);
    if (b->at == NULL || fread(b->at, 1, b->length, f) != b->length) {
        free(b->at);
        (void)fclose(f);
        return fail_host(r, path, b->at == NULL ? "out of memory" : "it can't be read");
    }
    b->at[b->length] = '\0';
    (void)fclose(f);
    return true;
}

/* ---- a state ---- */

#define STATE_MAGIC   "thirdgen state\n"
#define STATE_VERSION 1u

/* The beginning of the file; the compressed rest follows, and a checksum (CRC-32) of all before. */
struct state_header {
    char magic[16];
    uint32_t version;
    uint32_t past;    /* bytes of the session's share of a snapshot */
    uint64_t machine; /* digest_machine */
    uint64_t input;   /* bytes of console input */
    uint32_t pages;   /* that are not all zeros */
    uint32_t ram_size;
    uint64_t packed; /* bytes of the compressed rest */
    char name[NAME_BYTES];
};

/* The rest: the session's share; the input; the pages, each after its index. */
static size_t
rest_size(const struct state_header *h)
{
    return h->past + (size_t)h->input + (size_t)h->pages * (4 + PICTURE_PAGE);
}

static uint32_t
count_pages(const struct picture *p)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < picture_pages(p); i++)
        count += picture_page(p, i) != NULL;
    return count;
}

static uint8_t *
pack_rest(const struct repl *r, const struct state_header *h, const struct history_snapshot *s)
{
    uint8_t *rest = malloc(rest_size(h)), *to = rest;

    if (rest == NULL)
        return NULL;
    memcpy(to, s->state, h->past);
    to += h->past;
    if (h->input > 0)
        memcpy(to, r->system->console.input, (size_t)h->input);
    to += h->input;
    for (uint32_t i = 0; i < picture_pages(s->ram); i++) {
        const uint8_t *page = picture_page(s->ram, i);

        if (page == NULL)
            continue;
        memcpy(to, &i, 4);
        memcpy(to + 4, page, PICTURE_PAGE);
        to += 4 + PICTURE_PAGE;
    }
    return rest;
}

/* The snapshot of now. */
static const struct history_snapshot *
snapshot_now(struct repl *r)
{
    struct history *h = &r->history;
    struct history_point now = history_now(h);

    if (!history_keep(h))
        return NULL;
    return h->list[history_before(h, (struct history_point){now.tick, now.done + 1})];
}

static bool
write_state(struct repl *r, struct writer *w, const struct history_snapshot *s, uint64_t machine)
{
    struct state_header h = {.magic = STATE_MAGIC, .version = STATE_VERSION, .machine = machine};
    uint8_t *rest, *packed = NULL;
    uLongf length;
    bool ok;

    h.past = (uint32_t)r->history.subject.size;
    h.input = r->system->console.length;
    h.pages = count_pages(s->ram);
    h.ram_size = r->system->machine.ram.size;
    (void)snprintf(h.name, sizeof h.name, "%s", r->target->name);
    rest = pack_rest(r, &h, s);
    length = compressBound(rest_size(&h));
    if (rest != NULL)
        packed = malloc(length);
    ok = packed != NULL && compress2(packed, &length, rest, rest_size(&h), 1) == Z_OK;
    if (ok) {
        uint32_t sum;

        h.packed = length;
        put(w, &h, sizeof h);
        put(w, packed, length);
        sum = w->sum;
        put(w, &sum, sizeof sum);
    }
    free(packed);
    free(rest);
    w->ok = w->ok && ok;
    errno = ok ? errno : ENOMEM;
    return ok;
}

bool
repl_save(struct repl *r, const char *path)
{
    const struct history_snapshot *s = snapshot_now(r);
    struct writer w;
    uint64_t machine;

    if (s == NULL)
        return repl_fail(r, "no memory for a snapshot (`history SIZE' allows more)");
    if (!digest_machine(r, &machine) || !open_writer(r, &w, path))
        return false;
    (void)write_state(r, &w, s, machine);
    return close_writer(r, &w, path);
}

/* Is it a state of this very machine, whole?  *h is its header. */
static bool
check_state(struct repl *r, const char *path, const struct bytes *b, struct state_header *h)
{
    uint64_t machine, size;
    uint32_t sum;

    memset(h, 0, sizeof *h);
    memcpy(h, b->at, b->length < sizeof *h ? b->length : sizeof *h);
    if (memcmp(h->magic, STATE_MAGIC, b->length < 15 ? b->length : 15) != 0 || b->length == 0)
        return refuse(r, path, "this is no state that `save' has written");
    if (b->length < sizeof *h)
        return refuse(r, path, "it is truncated: %zu bytes are less than its header", b->length);
    if (h->version != STATE_VERSION)
        return refuse(r, path, "it has version %u of the format; this thirdgen reads version %u",
                      h->version, STATE_VERSION);
    size = sizeof *h + h->packed + sizeof sum;
    if (h->packed > SIZE_MAX / 4 || b->length < size)
        return refuse(r, path, "it is truncated: %zu bytes of %llu", b->length,
                      (unsigned long long)size);
    memcpy(&sum, b->at + b->length - sizeof sum, sizeof sum);
    if (b->length != size || sum != crc32(0, b->at, (uInt)(b->length - sizeof sum)))
        return refuse(r, path, "it is damaged: its checksum is wrong");
    h->name[sizeof h->name - 1] = '\0';
    if (!digest_machine(r, &machine))
        return false;
    if (h->machine != machine)
        return refuse(r, path, "it is a state of another machine, `%s'", h->name);
    if (h->past != r->history.subject.size || h->ram_size != r->system->machine.ram.size)
        return refuse(r, path, "it was written by another build of thirdgen");
    if (h->input > TARGET_INPUT_MAX * 2u || h->pages > h->ram_size / PICTURE_PAGE)
        return refuse(r, path, "it is damaged: it says that it is larger than it can be");
    return true;
}

static bool
pages_fit(const struct state_header *h, const uint8_t *pages)
{
    uint32_t next = 0;

    for (uint32_t n = 0; n < h->pages; n++, pages += 4 + PICTURE_PAGE) {
        uint32_t i;

        memcpy(&i, pages, 4);
        if (i < next || i >= h->ram_size / PICTURE_PAGE)
            return false;
        next = i + 1;
    }
    return true;
}

/* Nothing can fail any more. */
static void
commit_state(struct repl *r, const struct state_header *h, const uint8_t *rest, uint8_t *input)
{
    struct machine *m = &r->system->machine;
    const uint8_t *page = rest + h->past + h->input;

    memcpy(input, rest + h->past, (size_t)h->input);
    free(r->input);
    r->input = input;
    r->input_capacity = (size_t)h->input + 1;
    console_from_bytes(&r->system->console, input, (size_t)h->input);
    memset(m->ram.bytes, 0, m->ram.size);
    for (uint32_t n = 0; n < h->pages; n++, page += 4 + PICTURE_PAGE) {
        uint32_t i;

        memcpy(&i, page, 4);
        memcpy(m->ram.bytes + (size_t)i * PICTURE_PAGE, page + 4, PICTURE_PAGE);
    }
    machine_written(m, 0, m->ram.size);
    repl_past_adopt(r, rest);
}

static bool
unpack_state(struct repl *r, const char *path, const struct bytes *b, const struct state_header *h)
{
    uLongf length = rest_size(h);
    uint8_t *rest = malloc(length), *input = malloc((size_t)h->input + 1);
    const char *why = "it does not unpack";
    bool ok;

    if (rest == NULL || input == NULL) {
        free(rest);
        free(input);
        return fail_host(r, path, "out of memory");
    }
    ok = uncompress(rest, &length, b->at + sizeof *h, (uLong)h->packed) == Z_OK &&
         length == rest_size(h) && repl_past_fits(r, rest, h->input, &why);
    if (ok && !pages_fit(h, rest + h->past + h->input)) {
        why = "pages of memory that there are not";
        ok = false;
    }
    if (ok)
        commit_state(r, h, rest, input);
    else
        free(input);
    free(rest);
    return ok || refuse(r, path, "it is damaged: %s", why);
}

bool
repl_load(struct repl *r, const char *path)
{
    struct state_header h;
    struct bytes b;
    bool ok;

    if (!read_file(r, path, &b))
        return false;
    ok = check_state(r, path, &b, &h) && unpack_state(r, path, &b, &h);
    free(b.at);
    return ok;
}

/* ---- a record: lines of text ---- */

#define RECORD_MAGIC "thirdgen record 1\n"

/* X(kind, word) */
#define ENTRY_WORDS(X)                                                                             \
    X(input, "input")                                                                              \
    X(edit, "set")                                                                                 \
    X(open, "set-in-passing")                                                                      \
    X(close, "set-back")

static void put_line(struct writer *w, const char *format, ...) DIAGNOSTIC_PRINTF(2, 3);

static void
put_line(struct writer *w, const char *format, ...)
{
    char line[REPL_LINE_MAX];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    put(w, line, strlen(line));
}

static const char *
word_of(unsigned kind)
{
#define ENTRY_WORD(id, word)                                                                       \
    if (kind == REPL_ENTRY_##id)                                                                   \
        return word;
    ENTRY_WORDS(ENTRY_WORD)
#undef ENTRY_WORD
    return "?";
}

static int
kind_of(const char *word)
{
#define ENTRY_KIND(id, name)                                                                       \
    if (strcmp(word, name) == 0)                                                                   \
        return REPL_ENTRY_##id;
    ENTRY_WORDS(ENTRY_KIND)
#undef ENTRY_KIND
    return -1;
}

enum { INPUT_A_LINE = 256 };

/* Bytes as a text in quotes; a long one in several lines. */
static void
put_input(struct writer *w, const struct history_entry *e)
{
    for (size_t from = 0; from < e->length; from += INPUT_A_LINE) {
        char text[4 * INPUT_A_LINE + 1];
        size_t n = 0;

        for (size_t i = from; i < e->length && i < from + INPUT_A_LINE; i++) {
            unsigned char c = (unsigned char)e->bytes[i];

            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
                text[n++] = (char)c;
            else
                n += (size_t)snprintf(text + n, sizeof text - n, "\\x%02x", c);
        }
        text[n] = '\0';
        put_line(w, "%llu input \"%s\"\n", (unsigned long long)e->tick, text);
    }
}

bool
repl_record(struct repl *r, const char *path, size_t *entries)
{
    const struct history *h = &r->history;
    struct writer w;
    uint64_t machine;

    if (r->loaded)
        return repl_fail(r, "history begins with a state that was loaded, and not at reset");
    if (!digest_machine(r, &machine) || !open_writer(r, &w, path))
        return false;
    put_line(&w, "%s", RECORD_MAGIC);
    put_line(&w, "machine %016llx %.200s\n", (unsigned long long)machine, r->target->name);
    for (size_t i = 0; i < h->logged; i++) {
        const struct history_entry *e = &h->log[i];

        if (e->kind == REPL_ENTRY_input)
            put_input(&w, e);
        else
            put_line(&w, "%llu %s %s\n", (unsigned long long)e->tick, word_of(e->kind), e->bytes);
    }
    put_line(&w, "%llu end\n", (unsigned long long)h->end.tick);
    put_line(&w, "sum %08x\n", w.sum);
    *entries = h->logged;
    return close_writer(r, &w, path);
}

/* Is it a record, whole?  Then the line of its sum is cut off. */
static bool
check_record(struct repl *r, const char *path, struct bytes *b)
{
    const size_t tail = strlen("sum 01234567\n");
    char *line, sum[16];

    if (b->length < strlen(RECORD_MAGIC) || memcmp(b->at, RECORD_MAGIC, strlen(RECORD_MAGIC)) != 0)
        return refuse(r, path, "this is no record that `record' has written");
    line = (char *)b->at + b->length - tail;
    if (b->length < tail + strlen(RECORD_MAGIC) || memcmp(line, "sum ", 4) != 0)
        return refuse(r, path, "it is truncated: its last line is no checksum");
    (void)snprintf(sum, sizeof sum, "sum %08x\n",
                   (unsigned)crc32(0, b->at, (uInt)(b->length - tail)));
    if (strcmp(line, sum) != 0)
        return refuse(r, path, "it is damaged: its checksum is wrong");
    b->length -= tail;
    *line = '\0';
    return memchr(b->at, '\0', b->length) == NULL ||
           refuse(r, path, "it is damaged: there is a 0 byte in it");
}

static bool
check_machine(struct repl *r, const char *path, const char *line)
{
    unsigned long long recorded;
    uint64_t machine;
    int n = 0;

    if (sscanf(line, "machine %16llx %n", &recorded, &n) != 1 || n == 0)
        return refuse(r, path, "it is damaged: it does not say of which machine it is");
    if (!digest_machine(r, &machine))
        return false;
    return recorded == machine ||
           refuse(r, path, "it is a record of another machine, `%s'", line + n);
}

/* A line of the log, or the end. */
static bool
expect_line(struct repl *r, char *line, uint64_t *before)
{
    struct history *h = &r->history;
    char word[24], text[4 * INPUT_A_LINE];
    unsigned long long tick;
    const char *rest;
    size_t length;
    int kind, n = 0;

    if (sscanf(line, "%llu %23s %n", &tick, word, &n) != 2 || tick < *before)
        return false;
    *before = tick;
    rest = line + n;
    if (strcmp(word, "end") == 0) {
        h->end = (struct history_point){tick, h->logged};
        return *rest == '\0';
    }
    kind = kind_of(word);
    if (kind < 0)
        return false;
    if (kind != REPL_ENTRY_input)
        return repl_entry_fits(r, rest) &&
               history_expect(h, tick, (unsigned)kind, rest, strlen(rest));
    return repl_text(r, &rest, false, text, sizeof text, &length) && *rest == '\0' &&
           history_expect(h, tick, REPL_ENTRY_input, text, length);
}

static bool
expect_lines(struct repl *r, const char *path, char *line)
{
    uint64_t before = 0;
    unsigned number = 3;

    for (; line != NULL && *line != '\0'; number++) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end = '\0';
        if (!expect_line(r, line, &before)) {
            (void)repl_restart(r);
            return refuse(r, path, "it is damaged: its line %u is no line of a record", number);
        }
        line = end != NULL ? end + 1 : NULL;
    }
    return true;
}

bool
repl_replay(struct repl *r, const char *path, size_t *entries)
{
    struct bytes b;
    char *line = NULL, *end = NULL;
    bool ok;

    if (!read_file(r, path, &b))
        return false;
    ok = check_record(r, path, &b);
    if (ok) {
        line = (char *)b.at + strlen(RECORD_MAGIC);
        end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        ok = check_machine(r, path, line);
    }
    ok = ok && repl_restart(r) && expect_lines(r, path, end != NULL ? end + 1 : NULL);
    free(b.at);
    *entries = r->history.logged;
    return ok;
}
