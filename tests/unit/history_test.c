/* SPDX-License-Identifier: MIT */
/*
 * History: at whatever time one goes to, everything is as it was in a run that
 * went straight there, by the other engine, step by step.
 */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/repl/command.h"
#include "cli/repl/files.h"
#include "cli/repl/past.h"
#include "cli/repl/travel.h"
#include "cli/status.h"
#include "machine/picture.h"
#include "tests/unit/suites.h"
#include "vmm/hosted/moment.h"

static uint64_t seed;

static uint32_t
number(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % below;
}

static uint64_t
digest(uint64_t d, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i + 8 <= length; i += 8) {
        uint64_t word;

        memcpy(&word, p + i, 8);
        d = (d ^ word) * 0x9e3779b97f4a7c15u;
        d ^= d >> 29;
    }
    return d;
}

/* ---- something simple that has a history ---- */

enum { TOY_PAGES = 600 };

struct toy {
    uint64_t tick, random;
    uint8_t *bytes;
};

static uint64_t
toy_now(const void *context)
{
    return ((const struct toy *)context)->tick;
}

static unsigned toy_asked; /* for its RAM */

static void
toy_ram(const void *context, struct isa_ram *ram)
{
    toy_asked++;
    *ram = (struct isa_ram){((const struct toy *)context)->bytes, TOY_PAGES * PICTURE_PAGE};
}

static void
toy_save(const void *context, void *state)
{
    memcpy(state, context, sizeof(struct toy));
}

static void
toy_restore(void *context, const void *state)
{
    memcpy(context, state, sizeof(struct toy));
}

static void
toy_written(void *context, uint32_t offset)
{
    (void)context;
    CU_ASSERT_TRUE(offset % PICTURE_PAGE == 0 && offset < TOY_PAGES * PICTURE_PAGE);
}

static void
toy_apply(void *context, const struct history_entry *entry)
{
    struct toy *t = context;

    t->random += (uint64_t)(unsigned char)entry->bytes[0] + entry->kind;
}

static void
toy_step(struct toy *t)
{
    t->random = t->random * 6364136223846793005u + 1442695040888963407u;
    t->bytes[(t->random >> 33) % (TOY_PAGES * PICTURE_PAGE)] = (uint8_t)(t->random >> 56 & 1);
    t->tick += 1000;
}

static bool
toy_run(void *context, uint64_t ticks)
{
    struct toy *t = context;

    if (ticks < 1000)
        return false;
    toy_step(t);
    return true;
}

static uint64_t
toy_digest(const struct toy *t)
{
    uint64_t d = digest(1, t->bytes, TOY_PAGES * PICTURE_PAGE);

    return digest(d, &t->random, 8);
}

static void
toy_begin(struct toy *t, struct history *h)
{
    static const struct history_subject model = {
        NULL, sizeof *t, toy_now, toy_ram, toy_save, toy_restore, toy_written, toy_apply, toy_run};
    struct history_subject subject = model;

    *t = (struct toy){.random = 1, .bytes = calloc(TOY_PAGES, PICTURE_PAGE)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(t->bytes);
    subject.context = t;
    CU_ASSERT_TRUE_FATAL(history_begin(h, &subject, 6 << 20));
}

static void
toy_add(struct toy *t, struct history *h, uint8_t byte)
{
    struct history_entry e = {t->tick, 3, 1, (char *)&byte};

    toy_apply(t, &e);
    CU_ASSERT_TRUE(history_add(h, 3, (const char *)&byte, 1));
}

/* Far more memory is written than the bound allows; each point is found again all the same. */
static void
test_simple(void)
{
    enum { POINTS = 60, EACH = 500 };
    struct history h;
    struct toy t;
    struct history_point points[POINTS];
    uint64_t digests[POINTS];

    seed = 5;
    toy_begin(&t, &h);
    for (unsigned i = 0; i < POINTS; i++) {
        for (unsigned k = number(EACH); k < EACH; k++) {
            toy_step(&t);
            history_note(&h);
        }
        if (i % 3 == 0)
            toy_add(&t, &h, (uint8_t)i);
        points[i] = history_now(&h);
        digests[i] = toy_digest(&t);
        CU_ASSERT_TRUE(h.bytes <= h.bound);
    }
    CU_ASSERT_TRUE(h.count > 2);
    for (unsigned n = 0; n < 100; n++) {
        unsigned i = number(POINTS);

        CU_ASSERT_TRUE_FATAL(history_go(&h, points[i]));
        CU_ASSERT_EQUAL(t.tick, points[i].tick);
        CU_ASSERT_EQUAL(toy_digest(&t), digests[i]);
        CU_ASSERT_TRUE(h.bytes <= h.bound);
    }
    CU_ASSERT_TRUE(history_go(&h, points[10]));
    toy_add(&t, &h, 99);
    CU_ASSERT_EQUAL(h.end.tick, points[10].tick);
    CU_ASSERT_EQUAL(h.logged, 5);
    CU_ASSERT_FALSE(history_room(&h) == 0);
    history_limit(&h, HISTORY_BOUND_MIN);
    CU_ASSERT_EQUAL(h.count, 1);
    history_free(&h);
    CU_ASSERT_EQUAL(h.bytes, 0);
    free(t.bytes);
}

/* More is in use than the bound: no snapshot has room, and that is seldom tried. */
static void
test_crowded(void)
{
    struct history h;
    struct toy t;

    toy_begin(&t, &h);
    history_limit(&h, HISTORY_BOUND_MIN);
    for (uint32_t i = 0; i < TOY_PAGES; i++)
        memset(t.bytes + (size_t)i * PICTURE_PAGE, (int)(i % 251 + 1), PICTURE_PAGE);
    toy_asked = 0;
    for (unsigned i = 0; i < 4000; i++) {
        t.tick += HISTORY_DISTANCE - 1000;
        t.bytes[i * 7 % TOY_PAGES * PICTURE_PAGE]++;
        toy_step(&t);
        history_note(&h);
        CU_ASSERT_TRUE(h.count == 1 || h.bytes <= h.bound);
    }
    CU_ASSERT_TRUE(toy_asked > 1 && toy_asked < 16);
    history_free(&h);
    free(t.bytes);
}

/* Distances grow with age, whatever is asked for. */
static void
test_distances(void)
{
    struct history h;
    struct toy t;
    uint64_t now, before = 0;
    double oldest = 0;

    toy_begin(&t, &h);
    history_limit(&h, HISTORY_BOUND_DEFAULT);
    for (unsigned i = 0; i < 300; i++) {
        t.tick += HISTORY_DISTANCE;
        toy_step(&t);
        history_note(&h);
    }
    CU_ASSERT_TRUE(h.count <= HISTORY_SNAPSHOTS_MAX && h.count > HISTORY_SNAPSHOTS_MAX / 2);
    now = t.tick;
    for (unsigned i = 1; i < h.count; i++) {
        double gap = (double)(h.list[i]->at.tick - h.list[i - 1]->at.tick);
        double age = (double)(now - h.list[i - 1]->at.tick);

        CU_ASSERT_TRUE(gap < 3 * HISTORY_DISTANCE || gap < age / 4);
        oldest = i == 1 ? gap : oldest;
        before = (uint64_t)gap;
    }
    CU_ASSERT_TRUE((double)before < oldest);
    history_free(&h);
    free(t.bytes);
}

/* ---- sessions ---- */

struct session {
    struct target target;
    struct repl repl;
    FILE *out;
};

static struct session *
open_session(const char *image, int depth, enum machine_engine engine)
{
    struct session *s = calloc(1, sizeof *s);
    struct diagnostics d = {0};
    struct options o;

    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    options_init(&o);
    if (depth >= 0) { /* a description says so itself */
        o.depth = depth;
        o.memory = 2 << 20;
    }
    s->out = fopen("/dev/null", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->out);
    CU_ASSERT_TRUE_FATAL(target_open(&s->target, image, &o, &d));
    s->target.spec.engine = engine;
    CU_ASSERT_TRUE_FATAL(repl_begin(&s->repl, &s->target, s->out));
    diagnostics_free(&d);
    return s;
}

static void
close_session(struct session *s)
{
    repl_end(&s->repl);
    target_close(&s->target);
    (void)fclose(s->out);
    free(s);
}

static uint64_t
machine_digest(const struct session *s)
{
    struct moment *m = malloc(sizeof *m);
    const struct isa_ram *ram = &s->repl.system->machine.ram;
    uint64_t d;

    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    moment_save(s->repl.system, m);
    d = digest(1, m, sizeof *m);
    free(m);
    return digest(d, ram->bytes, ram->size);
}

static uint64_t
session_digest(const struct session *s)
{
    uint64_t d = machine_digest(s);

    for (unsigned i = 0; i < s->repl.levels.count; i++)
        d = digest(d, &s->repl.logs[i].length, sizeof s->repl.logs[i].length);
    return d;
}

enum { SAMPLES = 24 };

struct sample {
    struct history_point point;
    uint64_t digest;
};

/* What one does by hand, at sample i. */
static void
meddle(struct repl *r, unsigned i)
{
    if (i == 3)
        CU_ASSERT_TRUE(repl_send(r, "ps\nsleep 3\n", 11));
    if (i == 5 || i == 6)
        CU_ASSERT_TRUE(repl_edit_memory(r, REPL_ENTRY_edit, 0, 0x80000ff0u + i, 1, 0x5a));
    if (i == 9)
        CU_ASSERT_TRUE(repl_send(r, "help\nps\n", 8));
}

/* On to `tick`; but not into the middle of an instruction, where what a monitor knows depends on
 * how it came there. */
static void
run_to(struct repl *r, uint64_t tick, uint64_t burst)
{
    struct repl_event e;

    r->horizon = tick;
    while (moment_ticks(r->system) < r->horizon) {
        uint64_t before = moment_ticks(r->system);

        repl_advance(r, burst, &e);
        if (moment_ticks(r->system) == before)
            break;
        if (r->system->hosted.phase == HOSTED_dispatch && moment_ticks(r->system) == r->horizon)
            r->horizon++;
    }
    r->horizon = UINT64_MAX;
}

static void
sample(struct session *s, struct sample *samples, uint64_t ticks, uint64_t burst)
{
    struct repl *r = &s->repl;

    for (unsigned i = 0; i < SAMPLES; i++) {
        run_to(r, ticks * (i + 1) / SAMPLES + i * 7, burst);
        meddle(r, i);
        samples[i].point = history_now(&r->history);
        samples[i].digest = session_digest(s);
    }
}

static void
same_at_any_time(const char *image, int depth, uint64_t ticks)
{
    struct session *straight = open_session(image, depth, ENGINE_reference);
    struct session *traveller = open_session(image, depth, ENGINE_threaded);
    struct sample samples[SAMPLES], fast[SAMPLES];

    seed = 7;
    history_limit(&traveller->repl.history, 4 << 20);
    sample(straight, samples, ticks, 1);
    sample(traveller, fast, ticks, REPL_BURST);
    for (unsigned i = 0; i < SAMPLES; i++) {
        CU_ASSERT_EQUAL(samples[i].digest, fast[i].digest);
        CU_ASSERT_EQUAL(samples[i].point.tick, fast[i].point.tick);
    }
    CU_ASSERT_NOT_EQUAL(samples[SAMPLES - 1].digest, samples[SAMPLES - 2].digest);
    for (unsigned n = 0; n < 40; n++) {
        unsigned i = number(SAMPLES);

        CU_ASSERT_TRUE_FATAL(history_go(&traveller->repl.history, samples[i].point));
        CU_ASSERT_EQUAL(session_digest(traveller), samples[i].digest);
    }
    close_session(straight);
    close_session(traveller);
}

static void
test_bare(void)
{
    same_at_any_time("builtin:guestos", 0, 600000);
}

static void
test_hosted(void)
{
    same_at_any_time("builtin:guestos", 1, 600000);
}

static void
test_nested(void)
{
    same_at_any_time("builtin:guestos", 2, 600000);
}

/* ---- back, step by step ---- */

/* Each step back stands where a step forward did, and tells of the same event. */
static void
back_and_forth(struct session *s, unsigned steps, uint64_t stride)
{
    struct repl *r = &s->repl;
    struct repl_motion m = repl_motion(REPL_MOVE_steps, r->view);
    struct {
        uint64_t digest;
        uint32_t pc, word;
    } *seen = calloc(steps, sizeof *seen);

    CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
    m.count = stride;
    for (unsigned i = 0; i < steps; i++) {
        CU_ASSERT_TRUE_FATAL(repl_move(r, &m));
        CU_ASSERT_EQUAL(repl_level_steps(&r->levels, m.level), (i + 1) * stride);
        seen[i].digest = session_digest(s);
        seen[i].pc = r->stop.event.pc;
        seen[i].word = r->stop.event.word;
    }
    for (unsigned i = steps - 1; i-- > 0;) {
        CU_ASSERT_TRUE_FATAL(repl_back_steps(r, m.level, stride));
        CU_ASSERT_EQUAL(repl_level_steps(&r->levels, m.level), (i + 1) * stride);
        CU_ASSERT_EQUAL(session_digest(s), seen[i].digest);
        CU_ASSERT_EQUAL(r->stop.event.pc, seen[i].pc);
        CU_ASSERT_EQUAL(r->stop.event.word, seen[i].word);
    }
    CU_ASSERT_TRUE(repl_back_steps(r, m.level, stride));
    CU_ASSERT_EQUAL(r->stop.reason, REPL_STOP_start);
    CU_ASSERT_TRUE(repl_back_steps(r, m.level, stride));
    CU_ASSERT_EQUAL(r->stop.reason, REPL_STOP_start);
    CU_ASSERT_TRUE(repl_go_to_end(r));
    CU_ASSERT_EQUAL(session_digest(s), seen[steps - 1].digest);
    CU_ASSERT_EQUAL(r->stop.event.pc, seen[steps - 1].pc);
    free(seen);
    close_session(s);
}

static void
test_back_bare(void)
{
    back_and_forth(open_session("examples/traps.s", 0, ENGINE_threaded), 120, 1);
}

static void
test_back_hosted(void)
{
    back_and_forth(open_session("examples/traps.s", 1, ENGINE_threaded), 120, 1);
}

/* Guests of a monitor that runs in memory, in turns with others. */
static void
test_back_inner(void)
{
    for (unsigned k = 0; k < 2; k++) {
        struct session *s = open_session("examples/nested/tree.yaml", -1, ENGINE_threaded);
        struct repl_motion m = repl_motion(REPL_MOVE_level, s->repl.levels.first);

        history_limit(&s->repl.history, 2 << 20);
        CU_ASSERT_TRUE_FATAL(repl_move(&s->repl, &m));
        s->repl.view = m.level;
        back_and_forth(s, 25, k == 0 ? 1 : 20011);
    }
}

/* ---- levels whose monitor is at work ---- */

/* What is seen then is what was there when the level executed last. */
static void
look_while_attended(const char *image, int depth, unsigned events)
{
    struct session *s = open_session(image, depth, ENGINE_threaded);
    struct repl *r = &s->repl;
    struct repl_motion m = repl_motion(REPL_MOVE_level, r->levels.first);
    struct isa_hart last = {0}, now;
    uint64_t steps = 0;
    unsigned left = 0;
    struct repl_event e;

    CU_ASSERT_TRUE_FATAL(repl_move(r, &m));
    for (unsigned i = 0; i < events; i++) {
        repl_level_hart(&r->levels, m.level, &now);
        if (repl_level_at_boundary(&r->levels, m.level)) {
            last = now;
            steps = repl_level_steps(&r->levels, m.level);
        } else if (repl_level_is_left(&r->levels, m.level)) {
            left++;
            CU_ASSERT_EQUAL(repl_level_steps(&r->levels, m.level), steps);
            CU_ASSERT_EQUAL(now.pc, last.pc);
            CU_ASSERT_EQUAL(now.mode, last.mode);
            CU_ASSERT_EQUAL(now.minstret, last.minstret);
            CU_ASSERT_EQUAL(memcmp(now.x, last.x, sizeof now.x), 0);
        }
        repl_advance(r, 1, &e);
    }
    CU_ASSERT_TRUE(left > events / 20);
    close_session(s);
}

static void
test_attended(void)
{
    look_while_attended("examples/traps.s", 2, 6000);
    look_while_attended("examples/nested/two.yaml", -1, 40000);
}

/* ---- anything one may type ---- */

/* Whatever is done, in whatever order, the steps made are those that the prompt says, and history
 * can be had again from its start. */
static void
test_any_journey(void)
{
    static const char *const lines[] = {"step",
                                        "step 7",
                                        "step -1",
                                        "rs 3",
                                        "rs trap",
                                        "rs io",
                                        "rs L0",
                                        "rs L1",
                                        "rn",
                                        "rn 2",
                                        "rfin",
                                        "rc",
                                        "goto 100",
                                        "goto 900",
                                        "goto 1500",
                                        "start",
                                        "end",
                                        "bookmark a",
                                        "goto a",
                                        "bookmark b",
                                        "goto b",
                                        "undo",
                                        "undo",
                                        "set a0 = 5",
                                        "send abc",
                                        ". nop",
                                        ". addi a1,a1,1",
                                        "step exit",
                                        "next",
                                        "finish",
                                        "continue",
                                        "last-write sp",
                                        "last-write t",
                                        "history 1 MiB",
                                        "micro on",
                                        "micro off",
                                        "step",
                                        "step trap",
                                        "as L0",
                                        "as L1",
                                        "watch s1",
                                        "break handler",
                                        "delete",
                                        "tbreak handler",
                                        "catch exit",
                                        "exits -d",
                                        "exits -m",
                                        "*0x80001000",
                                        "set *0x80001000 = 7",
                                        "history 8 MiB",
                                        "why",
                                        "restart"};
    struct session *s = open_session("examples/traps.s", 1, ENGINE_threaded);
    struct repl *r = &s->repl;

    r->interactive = true; /* complaints go where the rest goes */
    seed = 11;
    for (unsigned n = 0; n < 1200; n++) {
        struct history_point now;
        uint64_t before;

        r->limit = r->used + 20000; /* with a register set, it may run for ever */
        (void)repl_execute(r, lines[number(sizeof lines / sizeof lines[0])]);
        if (n % 20 != 0 || r->system->hosted.phase == HOSTED_dispatch)
            continue;
        now = history_now(&r->history);
        before = machine_digest(s);
        history_restore(&r->history, 0);
        CU_ASSERT_TRUE_FATAL(history_go(&r->history, now));
        CU_ASSERT_EQUAL(machine_digest(s), before);
    }
    close_session(s);
}

/* ---- files ---- */

static void
write_bytes(const char *path, const uint8_t *bytes, size_t length)
{
    FILE *f = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, length, f), length);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static size_t
read_bytes(const char *path, uint8_t *bytes, size_t size)
{
    FILE *f = fopen(path, "rb");
    size_t length;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    length = fread(bytes, 1, size, f);
    CU_ASSERT_TRUE(length < size);
    (void)fclose(f);
    return length;
}

/* A file of which anything is missing, or changed, is refused, and nothing has happened. */
static void
refuse_all(struct session *s, const char *path, uint8_t *bytes, size_t length,
           bool (*take)(struct repl *r, const char *path))
{
    uint64_t before = session_digest(s);

    for (size_t i = 0; i < length; i += i < 240 ? 1 : 1 + number(2000)) {
        uint8_t bit = (uint8_t)(1u << number(8));

        write_bytes(path, bytes, i);
        CU_ASSERT_FALSE(take(&s->repl, path));
        CU_ASSERT_EQUAL(s->repl.error_status, STATUS_refused);
        bytes[i] ^= bit;
        write_bytes(path, bytes, length);
        CU_ASSERT_FALSE(take(&s->repl, path));
        CU_ASSERT_EQUAL(s->repl.error_status, STATUS_refused);
        bytes[i] ^= bit;
    }
    CU_ASSERT_EQUAL(session_digest(s), before);
}

static bool
replay(struct repl *r, const char *path)
{
    size_t entries;

    return repl_replay(r, path, &entries);
}

static void
test_files(void)
{
    enum { FILE_MAX = 1 << 22 };
    char folder[] = "/tmp/thirdgen-XXXXXX", path[64];
    struct session *s = open_session("builtin:guestos", 2, ENGINE_threaded);
    struct repl *r = &s->repl;
    uint8_t *bytes = malloc(FILE_MAX);
    uint64_t here, later;
    size_t length, entries;

    seed = 3;
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/state", folder);
    run_to(r, 300000, REPL_BURST);
    CU_ASSERT_TRUE(repl_send(r, "ps\n", 3));
    CU_ASSERT_TRUE_FATAL(repl_save(r, path));
    here = history_now(&r->history).tick;
    run_to(r, here + 300000, REPL_BURST);
    later = machine_digest(s);
    CU_ASSERT_TRUE_FATAL(repl_load(r, path));
    CU_ASSERT_EQUAL(history_now(&r->history).tick, here);
    run_to(r, here + 300000, REPL_BURST);
    CU_ASSERT_EQUAL(machine_digest(s), later);
    CU_ASSERT_TRUE(repl_go_to_start(r));
    run_to(r, here + 300000, 1);
    CU_ASSERT_EQUAL(machine_digest(s), later);
    length = read_bytes(path, bytes, FILE_MAX);
    refuse_all(s, path, bytes, length, repl_load);

    CU_ASSERT_FALSE(repl_record(r, path, &entries)); /* it does not begin at reset */
    CU_ASSERT_TRUE(repl_restart(r));
    run_to(r, 5000, 1);
    CU_ASSERT_TRUE(repl_send(r, "\0\"\\x\n", 5));
    CU_ASSERT_TRUE(repl_edit_memory(r, REPL_ENTRY_edit, 0, 0x80000ff0u, 4, 0xfffffff0u));
    CU_ASSERT_TRUE_FATAL(repl_record(r, path, &entries));
    CU_ASSERT_EQUAL(entries, 2);
    here = machine_digest(s);
    length = read_bytes(path, bytes, FILE_MAX);
    CU_ASSERT_TRUE(repl_replay(r, path, &entries));
    CU_ASSERT_EQUAL(entries, 2);
    CU_ASSERT_EQUAL(history_now(&r->history).tick, 0);
    CU_ASSERT_TRUE(repl_go_to_end(r));
    CU_ASSERT_EQUAL(machine_digest(s), here);
    refuse_all(s, path, bytes, length, replay);
    CU_ASSERT_EQUAL(machine_digest(s), here);
    (void)remove(path);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    free(bytes);
    close_session(s);
}

/* A state that no machine could be in, though its checksum were right. */
static void
test_impossible(void)
{
    struct session *s = open_session("builtin:guestos", 1, ENGINE_threaded);
    struct repl *r = &s->repl;
    size_t size = r->history.subject.size;
    struct moment *m = malloc(size);
    const char *why;

    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
#define CHANGED(change)                                                                            \
    memcpy(m, r->history.list[0]->state, size);                                                    \
    change;                                                                                        \
    CU_ASSERT_FALSE(repl_past_fits(r, m, 0, &why))
    CHANGED(m->vmm.current = 1);
    CHANGED(m->vmm.count = 17);
    CHANGED(m->vmm.focus = 1000);
    CHANGED(m->vmm.vm[0].start = 0);
    CHANGED(m->vmm.vm[0].size *= 2);
    CHANGED(m->vmm.vm[0].state = 77);
    CHANGED(m->vmm.vm[0].vcpu.hart.mode = 1);
    CHANGED(m->vmm.vm[0].vcpu.hart.x[0] = 1);
    CHANGED(m->vmm.vm[0].weight = 0);
    CHANGED(m->hart.pc = 2);
    CHANGED(m->hart.mstatus = 0xffffffffu);
    CHANGED(m->hart.mresv = 0xfffffffdu);
    CHANGED(m->phase = 3);
    CHANGED(m->input_next = 1);
    CHANGED(m->input_length = 1);
    CHANGED(memset(&m->devices.uart.rx_full, 2, 1));
#undef CHANGED
    CU_ASSERT_TRUE(repl_past_fits(r, r->history.list[0]->state, 0, &why));
    free(m);
    close_session(s);
}

void
history_suite(void)
{
    CU_pSuite suite = CU_add_suite("history", NULL, NULL);

    CU_ADD_TEST(suite, test_simple);
    CU_ADD_TEST(suite, test_distances);
    CU_ADD_TEST(suite, test_crowded);
    CU_ADD_TEST(suite, test_bare);
    CU_ADD_TEST(suite, test_hosted);
    CU_ADD_TEST(suite, test_nested);
    CU_ADD_TEST(suite, test_back_bare);
    CU_ADD_TEST(suite, test_back_hosted);
    CU_ADD_TEST(suite, test_back_inner);
    CU_ADD_TEST(suite, test_attended);
    CU_ADD_TEST(suite, test_any_journey);
    CU_ADD_TEST(suite, test_files);
    CU_ADD_TEST(suite, test_impossible);
}
