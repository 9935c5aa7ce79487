/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/classify.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the witnesses add up to ---- */

static bool
any_witness(const struct classify_row *row, bool (*is)(unsigned kind))
{
    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
        if (row->witnesses[kind] != NULL && is(kind))
            return true;
    return false;
}

static bool
is_control(unsigned kind)
{
    return kind == WITNESS_user_control || kind == WITNESS_supervisor_control;
}

static bool
is_behaviour(unsigned kind)
{
    return kind >= WITNESS_mode;
}

bool
classify_control_sensitive(const struct classify_row *row)
{
    return any_witness(row, is_control);
}

bool
classify_behaviour_sensitive(const struct classify_row *row)
{
    return any_witness(row, is_behaviour);
}

bool
classify_user_sensitive(const struct classify_row *row)
{
    return any_witness(row, witness_is_user);
}

bool
classify_sensitive(const struct classify_row *row)
{
    return classify_control_sensitive(row) || classify_behaviour_sensitive(row);
}

/* ---- the search, a row at a time ---- */

struct search {
    const struct state_machine *machine;
    struct random random; /* of the pair of states at hand */
    struct classify_row *row;
    bool pairs; /* some pair that says something of privilege has been seen */
    bool no_memory;

    uint32_t word;
    struct state user, supervisor; /* equal but for the mode */
    struct state_run user_run, supervisor_run;

    struct state a, b; /* a pair */
    struct state_run runs[2];
};

static void
run(struct search *s, const struct state *before, struct state_run *result)
{
    state_run(s->machine, before, result);
    s->row->tried++;
}

/* Keep a witness of `kind`, the first of its kind, made plain. */
static void
found(struct search *s, unsigned kind, const struct state *a, const struct state *b)
{
    struct witness *w;

    if (s->row->witnesses[kind] != NULL)
        return;
    w = calloc(1, sizeof *w);
    if (w == NULL) {
        s->no_memory = true;
        return;
    }
    w->kind = kind;
    w->row = s->row->row;
    w->word = s->word;
    w->count = b == NULL ? 1 : 2;
    w->state[0] = *a;
    if (b != NULL)
        w->state[1] = *b;
    witness_simplify(s->machine, w);
    s->row->witnesses[kind] = w;
}

static void
look_at_privilege(struct search *s)
{
    switch (witness_pair(s->row->row, s->word, &s->user_run, &s->supervisor_run)) {
    case PAIR_excluded: return;
    case PAIR_privileged: break;
    case PAIR_counterexample: found(s, WITNESS_unprivileged, &s->user, &s->supervisor); break;
    }
    s->pairs = true;
}

static void
look_at_control(struct search *s, const struct state *before, const struct state_run *result)
{
    unsigned kind =
        before->hart.mode == ISA_USER ? WITNESS_user_control : WITNESS_supervisor_control;

    if (state_changes(before, &result->after) != 0)
        found(s, kind, before, NULL);
}

/* A state that executes, and what it comes to. */
struct origin {
    const struct state *state;
    const struct state_run *run;
};

/* Do s->a (which is `near`, or close to it) and s->b, with the same program state, execute to
 * different ones? */
static bool
part(struct search *s, const struct origin *near)
{
    const struct state_run *first = near->run;

    if (memcmp(&s->a, near->state, sizeof s->a) != 0) {
        run(s, &s->a, &s->runs[0]);
        first = &s->runs[0];
    }
    if (first->result != STATE_executed)
        return false;
    run(s, &s->b, &s->runs[1]);
    return s->runs[1].result == STATE_executed &&
           !state_same_program(&first->after, &s->runs[1].after);
}

/* A generator of its own for each component and mode: what is drawn does not depend on what has
 * been found before. */
static void
branch(const struct search *s, unsigned component, uint32_t mode, struct random *r)
{
    random_branch(&s->random, 2 * component + (mode == ISA_USER), r);
}

/* Pairs near `near` that differ in one component. */
static void
look_at_component(struct search *s, unsigned component, const struct origin *near)
{
    unsigned kind = witness_behaviour(component, near->state->hart.mode);
    struct random random;

    if (s->row->witnesses[kind] != NULL)
        return;
    branch(s, component, near->state->hart.mode, &random);
    s->a = *near->state;
    if (!sample_vary(&random, (enum state_field)component, &s->a, &s->b))
        return;
    if (!part(s, near))
        return;
    if (component == STATE_mode && s->a.hart.mode == ISA_MACHINE)
        found(s, kind, &s->b, &s->a);
    else
        found(s, kind, &s->a, &s->b);
}

/* A dependency on a component of its own, found already? */
static bool
behaviour_known(const struct classify_row *row, uint32_t mode)
{
    for (unsigned c = 0; c <= WITNESS_several; c++)
        if (row->witnesses[witness_behaviour(c, mode)] != NULL)
            return true;
    return false;
}

/* A pair that differs in everything at once: is there a dependency that no component alone shows?
 */
static void
look_at_several(struct search *s, const struct origin *near)
{
    struct random random;

    if (behaviour_known(s->row, near->state->hart.mode))
        return;
    branch(s, WITNESS_several, near->state->hart.mode, &random);
    s->a = *near->state;
    sample_vary_all(&random, &s->a, &s->b);
    if (state_same_program(&s->a, &s->b) && part(s, near))
        found(s, witness_behaviour(WITNESS_several, near->state->hart.mode), &s->a, &s->b);
}

static void
look_at_mode(struct search *s, const struct state *before, const struct state_run *result)
{
    const struct origin near = {before, result};

    if (result->result != STATE_executed)
        return;
    look_at_control(s, before, result);
    for (unsigned c = 0; c < STATE_COMPONENT_COUNT; c++)
        look_at_component(s, c, &near);
    look_at_several(s, &near);
}

/* A pair of states that are of the row. */
static bool
draw(struct search *s, const struct sample_access *access)
{
    for (unsigned i = 0; i < 100; i++) {
        s->word = sample_word(&s->random, s->row->row, access);
        sample_state(&s->random, s->row->row, s->word, &s->user);
        s->supervisor = s->user;
        s->supervisor.hart.mode = ISA_MACHINE;
        state_run(s->machine, &s->supervisor, &s->supervisor_run);
        if (s->supervisor_run.word == s->word && witness_row(&s->supervisor_run) == s->row->row)
            return true;
    }
    return false;
}

static void
look(struct search *s, const struct sample_access *access)
{
    if (!draw(s, access))
        return;
    s->row->tried++;
    run(s, &s->user, &s->user_run);
    if (s->user_run.result != STATE_trapped || s->supervisor_run.result != STATE_trapped)
        s->row->always_traps = false;
    look_at_privilege(s);
    look_at_mode(s, &s->user, &s->user_run);
    look_at_mode(s, &s->supervisor, &s->supervisor_run);
}

/* `pairs` pairs, by the generators that branch off `turn`. */
static void
look_often(struct search *s, const struct random *turn, uint32_t pairs,
           const struct sample_access *access)
{
    for (uint32_t i = 0; i < pairs && !s->no_memory; i++) {
        random_branch(turn, i, &s->random);
        look(s, access);
    }
}

/* Every CSR in turn, read, where an encoding of the row only reads, and written. */
static void
walk_csrs(struct search *s, const struct random *row, const struct classify_options *o)
{
    struct sample_access access;
    struct random turn;

    for (unsigned i = 0; isa_csr_at(i) >= 0; i++) {
        access.csr = (uint32_t)isa_csr_at(i);
        if (o->csr != CLASSIFY_EVERY_CSR && (uint32_t)o->csr != access.csr)
            continue;
        for (unsigned writes = sample_can_only_read(s->row->row) ? 0 : 1; writes < 2; writes++) {
            access.writes = writes != 0;
            random_branch(row, access.csr << 1 | writes, &turn);
            look_often(s, &turn, o->states / CLASSIFY_CSR_SHARE, &access);
        }
    }
}

/* All that is tried of the row: the walk, and pairs at large. */
static void
search_row(struct search *s, const struct classify_options *o)
{
    enum { AT_LARGE = 0x2000 }; /* beyond the turns of CSRs */
    struct random row, turn;

    random_case(&row, o->seed, (uint64_t)s->row->row);
    if (sample_names_csr(s->row->row))
        walk_csrs(s, &row, o);
    if (o->csr == CLASSIFY_EVERY_CSR) {
        random_branch(&row, AT_LARGE, &turn);
        look_often(s, &turn, o->states, NULL);
    }
}

/* A pair that differs in several components was found before one that differs in one: forget it. */
static void
forget_several(struct classify_row *row, uint32_t mode)
{
    struct witness **several = &row->witnesses[witness_behaviour(WITNESS_several, mode)];
    struct witness *w = *several;

    *several = NULL;
    if (w != NULL && behaviour_known(row, mode))
        free(w);
    else
        *several = w;
}

bool
classify_one(const struct state_machine *machine, const struct classify_options *o,
             enum sample_row row, struct classify_row *result)
{
    struct search *s = calloc(1, sizeof *s);

    memset(result, 0, sizeof *result);
    if (s == NULL)
        return false;
    result->row = row;
    result->always_traps = true;
    s->machine = machine;
    s->row = result;
    search_row(s, o);
    forget_several(result, ISA_USER);
    forget_several(result, ISA_MACHINE);
    result->privileged = s->pairs && result->witnesses[WITNESS_unprivileged] == NULL;

    bool ok = !s->no_memory;
    free(s);
    if (!ok)
        classify_free_row(result);
    return ok;
}

/* ---- the theorems ---- */

static void
judge(struct classification *c)
{
    c->theorem1 = c->theorem3 = c->equal = true;
    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        const struct classify_row *row = &c->rows[i];

        if (classify_sensitive(row) && !row->privileged)
            c->theorem1 = false;
        if (classify_user_sensitive(row) && !row->privileged)
            c->theorem3 = false;
        if (classify_sensitive(row) != row->privileged)
            c->equal = false;
    }
    c->theorem2 = c->theorem1;
}

void
classify_usual(struct classify_options *o)
{
    *o = (struct classify_options){CLASSIFY_SEED, CLASSIFY_STATES, CLASSIFY_EVERY_CSR, NULL, NULL};
}

bool
classify_all(const struct state_machine *machine, const struct classify_options *o,
             struct classification *c)
{
    memset(c, 0, sizeof *c);
    for (unsigned i = 0; i < SAMPLE_ROWS; i++) {
        if (!classify_one(machine, o, (enum sample_row)i, &c->rows[i])) {
            classify_free(c);
            return false;
        }
        if (o->progress != NULL)
            o->progress(o->context, i + 1);
    }
    judge(c);
    return true;
}

void
classify_free_row(struct classify_row *row)
{
    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++) {
        free(row->witnesses[kind]);
        row->witnesses[kind] = NULL;
    }
}

void
classify_free(struct classification *c)
{
    for (unsigned i = 0; i < SAMPLE_ROWS; i++)
        classify_free_row(&c->rows[i]);
}
