/* SPDX-License-Identifier: MIT */
#include "vmm/theorem/witness.h"

#include <string.h>

#include "isa/encode.h"

/* ---- kinds ---- */

unsigned
witness_behaviour(unsigned component, uint32_t mode)
{
    if (component == STATE_mode)
        return WITNESS_mode;
    return WITNESS_behaviour + 2 * component + (mode == ISA_MACHINE ? 1 : 0);
}

unsigned
witness_component(unsigned kind)
{
    return kind < WITNESS_behaviour ? STATE_mode : (kind - WITNESS_behaviour) / 2;
}

static uint32_t
mode_of(unsigned kind)
{
    if (kind < WITNESS_behaviour)
        return kind == WITNESS_user_control ? ISA_USER : ISA_MACHINE;
    return (kind - WITNESS_behaviour) % 2 == 0 ? ISA_USER : ISA_MACHINE;
}

bool
witness_is_user(unsigned kind)
{
    return kind == WITNESS_user_control || (kind >= WITNESS_behaviour && mode_of(kind) == ISA_USER);
}

static char *
append(char *to, const char *text)
{
    size_t n = strlen(text);

    memcpy(to, text, n + 1);
    return to + n;
}

const char *
witness_kind_name(unsigned kind, char *name)
{
    switch (kind) {
    case WITNESS_unprivileged: (void)append(name, "unprivileged"); return name;
    case WITNESS_user_control: (void)append(name, "user-control"); return name;
    case WITNESS_supervisor_control: (void)append(name, "supervisor-control"); return name;
    case WITNESS_mode: (void)append(name, "mode"); return name;
    default: break;
    }
    unsigned component = witness_component(kind);
    (void)append(append(name, mode_of(kind) == ISA_USER ? "user-" : "supervisor-"),
                 component == WITNESS_several ? "several"
                                              : state_field_kind((enum state_field)component));
    return name;
}

/* WITNESS_mode stands for both of them. */
static bool
is_unused(unsigned kind)
{
    return kind == WITNESS_behaviour + 2 * STATE_mode ||
           kind == WITNESS_behaviour + 2 * STATE_mode + 1;
}

int
witness_kind_number(const char *name)
{
    char candidate[WITNESS_KIND_NAME];

    for (unsigned kind = 0; kind < WITNESS_KINDS; kind++)
        if (!is_unused(kind) && strcmp(witness_kind_name(kind, candidate), name) == 0)
            return (int)kind;
    return -1;
}

unsigned
witness_rank(unsigned kind)
{
    switch (kind) {
    case WITNESS_user_control: return 0;
    case WITNESS_mode: return 2;
    case WITNESS_supervisor_control: return 3;
    case WITNESS_unprivileged: return 5;
    default: return witness_is_user(kind) ? 1 : 4;
    }
}

/* ---- rows and privilege ---- */

enum sample_row
witness_row(const struct state_run *in_machine_mode)
{
    if (in_machine_mode->device)
        return in_machine_mode->store ? SAMPLE_store_device : SAMPLE_load_device;
    return (enum sample_row)isa_decode(in_machine_mode->word);
}

static bool
is_device(enum sample_row row)
{
    return row == SAMPLE_load_device || row == SAMPLE_store_device;
}

/* For loads and stores that a device takes, the access fault in U-mode is the trap. */
static bool
excluded(enum sample_row row, const struct state_run *run)
{
    return state_memory_trapped(run) && (!is_device(row) || run->cause == CAUSE_fetch_access);
}

enum witness_pair
witness_pair(enum sample_row row, uint32_t word, const struct state_run *user,
             const struct state_run *machine)
{
    if (excluded(row, user) || excluded(row, machine))
        return PAIR_excluded;
    if (machine->result == STATE_trapped && machine->cause == CAUSE_illegal &&
        isa_is_csr(isa_decode(word)))
        return PAIR_excluded;
    return user->result == STATE_trapped && machine->result != STATE_trapped ? PAIR_privileged
                                                                             : PAIR_counterexample;
}

/* ---- differences after ---- */

void
witness_differences(const struct state *a, const struct state *b, struct witness_difference *d)
{
    struct isa_window wa, wb;

    d->registers = 0;
    for (unsigned r = 1; r < 32; r++)
        if (a->hart.x[r] != b->hart.x[r])
            d->registers |= 1u << r;
    d->pc = a->hart.pc != b->hart.pc;
    d->reservation = state_reservation(a) != state_reservation(b);
    state_window(a, &wa);
    state_window(b, &wb);
    d->words = wa.bound != wb.bound || memcmp(a->ram + wa.base, b->ram + wb.base, wa.bound) != 0;
}

/* ---- checking ---- */

/* Is the instruction in state `s` of the row claimed, going by what it would do in M-mode? */
static const char *
check_row(const struct state_machine *machine, const struct witness *w, const struct state *s,
          struct state_run *run)
{
    struct state twin = *s;

    twin.hart.mode = ISA_MACHINE;
    isa_ram_store(twin.ram + (twin.hart.pc - ISA_RAM_START), 4, w->word);
    state_run(machine, &twin, run);
    return witness_row(run) == w->row ? NULL : "the instruction is of another row of the table";
}

/* Are the modes of the states those that the kind speaks of? */
static bool
modes_fit(const struct witness *w)
{
    uint32_t first = w->state[0].hart.mode, second = w->state[w->count - 1].hart.mode;

    if (w->kind == WITNESS_unprivileged || w->kind == WITNESS_mode)
        return first == ISA_USER && second == ISA_MACHINE;
    return first == mode_of(w->kind) && second == mode_of(w->kind);
}

/* Do the states differ in the component of the kind, and in it alone?  A reservation moves with the
 * window it is in. */
static const char *
check_pair(const struct witness *w)
{
    const struct state *a = &w->state[0], *b = &w->state[1];
    unsigned component = witness_component(w->kind);
    state_set_of_components apart = state_differences(a, b), named = 1u << component;

    if (memcmp(a->hart.x, b->hart.x, sizeof a->hart.x) != 0 || a->hart.pc != b->hart.pc)
        return "the two program states differ";
    if (component == WITNESS_several)
        named = apart;
    if (component == STATE_mbase && state_reservation(a) != STATE_NO_RESERVATION)
        apart &= ~(1u << STATE_mresv);
    if (apart == 0 || apart != named)
        return "the states do not differ in the named component alone";
    if (w->kind == WITNESS_unprivileged)
        return memcmp(a->ram, b->ram, STATE_RAM) == 0 ? NULL : "the two memories differ";
    return state_same_program(a, b) ? NULL : "the two program states differ";
}

static const char *
check_unprivileged(const struct witness *w, const struct state_run runs[2])
{
    switch (witness_pair(w->row, w->word, &runs[0], &runs[1])) {
    case PAIR_privileged: return "it traps in U-mode and does not in M-mode";
    case PAIR_excluded: return "one of the two states is no evidence: it memory-traps";
    case PAIR_counterexample: break;
    }
    return NULL;
}

static const char *
check_outcomes(const struct witness *w, const struct state_run runs[2])
{
    if (w->kind == WITNESS_unprivileged)
        return check_unprivileged(w, runs);
    for (unsigned i = 0; i < w->count; i++)
        if (runs[i].result != STATE_executed)
            return runs[i].result == STATE_trapped ? "the instruction traps"
                                                   : "the instruction does not complete";
    if (w->kind == WITNESS_user_control || w->kind == WITNESS_supervisor_control)
        return state_changes(&w->state[0], &runs[0].after) != 0 ? NULL
                                                                : "no system state is changed";
    return !state_same_program(&runs[0].after, &runs[1].after)
               ? NULL
               : "the two program states after it are the same";
}

const char *
witness_check(const struct state_machine *machine, const struct witness *w,
              struct state_run runs[2])
{
    const char *why = NULL;

    for (unsigned i = 0; i < w->count; i++)
        if (!state_legal(&w->state[i], STATE_RAM))
            return "the machine cannot be in this state";
    if (!modes_fit(w))
        return "the states are in other modes than the kind speaks of";
    if (w->count == 2)
        why = check_pair(w);
    for (unsigned i = 0; i < w->count && why == NULL; i++) {
        if (w->state[i].hart.pc - ISA_RAM_START > STATE_RAM - 4)
            return "pc is outside RAM";
        why = check_row(machine, w, &w->state[i], &runs[i]);
        state_run(machine, &w->state[i], &runs[i]);
        if (why == NULL && runs[i].word != w->word)
            why = "another instruction stands at pc";
    }
    return why != NULL ? why : check_outcomes(w, runs);
}

/* ---- simplifying ---- */

/* The workplace: a changed copy, and room to run it. */
struct attempt {
    const struct state_machine *machine;
    struct witness *best, changed;
    struct state_run runs[2];
};

static void
begin(struct attempt *t)
{
    t->changed = *t->best;
}

/* Keep what has been changed if the witness still holds. */
static bool
keep(struct attempt *t)
{
    if (witness_check(t->machine, &t->changed, t->runs) != NULL)
        return false;
    *t->best = t->changed;
    return true;
}

/* Put `word` where pc points to in any of the states, in all of them. */
static void
plant(struct witness *w, uint32_t word)
{
    for (unsigned i = 0; i < w->count; i++)
        for (unsigned k = 0; k < w->count; k++) {
            struct state *s = &w->state[i];
            uint32_t mbase = s->hart.mbase, mbound = s->hart.mbound;

            s->hart.mbase = w->state[k].hart.mbase;
            s->hart.mbound = w->state[k].hart.mbound;
            state_plant(s, word);
            s->hart.mbase = mbase;
            s->hart.mbound = mbound;
        }
}

/* One word of RAM, and the one that stands for it in the other window. */
static void
simplify_word(struct attempt *t, uint32_t offset)
{
    struct isa_window w[2];

    begin(t);
    for (unsigned i = 0; i < t->changed.count; i++) {
        state_window(&t->changed.state[i], &w[i]);
        isa_ram_store(t->changed.state[i].ram + offset, 4, 0);
    }
    if (keep(t) || t->changed.count == 1)
        return;
    uint32_t twin = offset - w[0].base + w[1].base;
    if (twin > STATE_RAM - 4)
        return;
    for (unsigned i = 0; i < 2; i++)
        isa_ram_store(t->changed.state[i].ram + twin, 4, 0);
    (void)keep(t);
}

/* All of RAM but the instruction at once if possible, else word by word. */
static void
simplify_storage(struct attempt *t)
{
    begin(t);
    for (unsigned i = 0; i < t->changed.count; i++)
        memset(t->changed.state[i].ram, 0, STATE_RAM);
    plant(&t->changed, t->changed.word);
    if (keep(t))
        return;
    for (uint32_t offset = 0; offset < STATE_RAM; offset += 4)
        if (isa_ram_load(t->best->state[0].ram + offset, 4) != 0)
            simplify_word(t, offset);
}

/* Values that say little, the plainest first. */
static const uint32_t plain_values[] = {0, 8, 0x80, 0x800, 1};

enum { PLAIN_VALUES = sizeof plain_values / sizeof plain_values[0] };

/* Register r to `value`, in all the states. */
static bool
try_register(struct attempt *t, unsigned r, uint32_t value)
{
    begin(t);
    for (unsigned i = 0; i < t->changed.count; i++)
        t->changed.state[i].hart.x[r] = value;
    return keep(t);
}

static void
simplify_registers(struct attempt *t)
{
    for (unsigned r = 1; r < 32; r++) {
        uint32_t now = t->best->state[0].hart.x[r];

        for (unsigned i = 0; i < PLAIN_VALUES && now != plain_values[i]; i++)
            if (try_register(t, r, plain_values[i]))
                break;
    }
}

/* The field to `value`, in the states of the set `which`. */
static bool
try_value(struct attempt *t, enum state_field field, uint64_t value, unsigned which)
{
    if (!state_field_legal(field, value, STATE_RAM))
        return false;
    begin(t);
    for (unsigned i = 0; i < t->changed.count; i++)
        if ((which >> i & 1) != 0)
            state_set(&t->changed.state[i], field, value);
    return keep(t);
}

/* To the plainest value that does, in the states of the set `which`. */
static bool
simplify_field(struct attempt *t, enum state_field field, unsigned which)
{
    uint64_t rest = state_field_rest(field), now = state_get(&t->best->state[which == 2], field);

    if (now == rest || try_value(t, field, rest, which))
        return true;
    for (unsigned i = 0; i < PLAIN_VALUES && now != plain_values[i]; i++)
        if (try_value(t, field, plain_values[i], which))
            return true;
    return false;
}

/* The same value in all the states, or, where they differ, each for itself. */
static void
simplify_fields(struct attempt *t)
{
    for (unsigned f = 0; f < STATE_FIELD_COUNT; f++) {
        enum state_field field = (enum state_field)f;
        const struct state *s = t->best->state;

        if (field == STATE_mode)
            continue;
        if (t->best->count == 1 || state_get(&s[0], field) == state_get(&s[1], field)) {
            (void)simplify_field(t, field, 3);
        } else {
            (void)simplify_field(t, field, 1);
            (void)simplify_field(t, field, 2);
        }
    }
}

/* pc to the start of RAM. */
static void
simplify_pc(struct attempt *t)
{
    begin(t);
    plant(&t->changed, 0);
    for (unsigned i = 0; i < t->changed.count; i++)
        t->changed.state[i].hart.pc = ISA_RAM_START;
    plant(&t->changed, t->changed.word);
    (void)keep(t);
}

/* The instruction becomes `word`. */
static void
replace_instruction(struct attempt *t, uint32_t word)
{
    t->changed.word = word;
    plant(&t->changed, word);
}

/* Operand `letter` names register `usual`, to which the value moves. */
static void
simplify_operand(struct attempt *t, char letter, uint32_t usual)
{
    uint32_t word = t->best->word, r = (uint32_t)isa_field_get(letter, word);

    if (r == 0 || r == usual)
        return;
    begin(t);
    for (unsigned i = 0; i < t->changed.count; i++)
        t->changed.state[i].hart.x[usual] = t->changed.state[i].hart.x[r];
    replace_instruction(t, (word & ~isa_field_put(letter, -1)) | isa_field_put(letter, usual));
    (void)keep(t);
}

/* No offset: the base register holds the address. */
static void
simplify_offset(struct attempt *t, char letter)
{
    uint32_t word = t->best->word, offset = (uint32_t)isa_field_get(letter, word);

    if (offset == 0 || isa_rs1(word) == 0)
        return;
    begin(t);
    for (unsigned i = 0; i < t->changed.count; i++)
        t->changed.state[i].hart.x[isa_rs1(word)] += offset;
    replace_instruction(t, word & ~isa_field_put(letter, -1));
    (void)keep(t);
}

static void
simplify_instruction(struct attempt *t)
{
    enum isa_insn insn = isa_decode(t->best->word);
    const char *operands = insn == INSN_undefined ? "" : isa_instruction(insn)->operands;

    for (; *operands != '\0'; operands++)
        switch (*operands) {
        case 'd': simplify_operand(t, 'd', 10); break;
        case 's': simplify_operand(t, 's', 11); break;
        case 't': simplify_operand(t, 't', 12); break;
        case 'o':
        case 'q': simplify_offset(t, *operands); break;
        default: break;
        }
}

/* Two windows, one in each half of RAM, with nothing in them but the instruction. */
static void
simplify_windows(struct attempt *t)
{
    begin(t);
    for (unsigned i = 0; i < 2; i++) {
        struct state *s = &t->changed.state[i];

        s->hart.mbase = i * (STATE_RAM / 2);
        s->hart.mbound = STATE_RAM / 2;
        s->hart.mresv = 0;
        s->hart.pc = ISA_RAM_START;
        memset(s->ram, 0, STATE_RAM);
    }
    plant(&t->changed, t->changed.word);
    (void)keep(t);
}

void
witness_simplify(const struct state_machine *machine, struct witness *w)
{
    struct attempt t = {.machine = machine, .best = w};

    if (w->kind == witness_behaviour(STATE_mbase, ISA_USER))
        simplify_windows(&t);
    simplify_instruction(&t);
    simplify_pc(&t);
    simplify_storage(&t);
    simplify_fields(&t);
    simplify_registers(&t);
    simplify_fields(&t); /* what one field or register held up may go now */
    simplify_storage(&t);
}
