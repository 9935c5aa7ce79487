/* SPDX-License-Identifier: MIT */
#include "cli/nesting.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stats.h"
#include "cli/table.h"

/* A machine, real or virtual, with what is said of it. */
struct row {
    unsigned depth;
    char name[VMM_NAME_MAX];
    struct level level;
    uint64_t instructions, traps, exits, direct;
    struct vm vm; /* but on level 0 */
    /* Of the monitor that runs on it, if one does. */
    bool monitor;
    uint64_t own;   /* instructions of the monitor itself */
    uint64_t taken; /* exits that it took */
};

struct rows {
    struct row *row;
    unsigned count;
};

static struct row *
add_row(struct rows *rows, unsigned depth, const struct level *level)
{
    struct row *row = realloc(rows->row, (rows->count + 1) * sizeof *row);

    if (row == NULL)
        return NULL;
    rows->row = row;
    row += rows->count++;
    memset(row, 0, sizeof *row);
    row->depth = depth;
    row->level = *level;
    return row;
}

/* ---- collecting ---- */

static void collect(const struct system *s, struct rows *rows, unsigned index);

/* A name as it lies in some guest's memory. */
static void
copy_name(char *to, const char *from)
{
    size_t i = 0;

    for (; i < VMM_NAME_MAX - 1 && from[i] != '\0'; i++)
        to[i] = from[i];
    to[i] = '\0';
    for (; i > 0; i--)
        if (to[i - 1] < ' ' || to[i - 1] > '~')
            to[i - 1] = '?';
}

/* A virtual machine, with what is in it. */
static void
collect_vm(const struct system *s, struct rows *rows, unsigned depth, const struct level *level)
{
    struct row *row = add_row(rows, depth, level);
    const struct vm *vm = level->vm;

    if (row == NULL)
        return;
    copy_name(row->name, vm->name);
    levels_vm(level, &row->vm);
    row->instructions = row->vm.vcpu.retired;
    row->direct = row->vm.vcpu.direct;
    row->traps = row->vm.vcpu.traps;
    row->exits = vmm_exits(&row->vm); /* settled */
    collect(s, rows, rows->count - 1);
}

/* The guests of the bare-metal monitor that runs on row `index`, if one does. */
static void
collect(const struct system *s, struct rows *rows, unsigned index)
{
    struct level below = rows->row[index].level, level;
    uint64_t direct = 0, taken = 0;

    if (rows->row[index].depth + 1 >= LEVELS_MAX || !levels_inner(&s->machine, &below, 0, &level))
        return;
    for (uint32_t i = 0; levels_inner(&s->machine, &below, i, &level); i++) {
        unsigned child = rows->count;

        collect_vm(s, rows, rows->row[index].depth + 1, &level);
        if (child == rows->count)
            return;
        direct += rows->row[child].direct;
        taken += rows->row[child].exits;
    }
    rows->row[index].monitor = true;
    rows->row[index].own = rows->row[index].instructions - direct;
    rows->row[index].taken = taken;
}

static void
collect_all(const struct system *s, struct rows *rows)
{
    struct level level;
    struct row *row;

    *rows = (struct rows){0};
    levels_real(&s->machine, &level);
    row = add_row(rows, 0, &level);
    if (row == NULL)
        return;
    memcpy(row->name, "the machine", sizeof "the machine");
    row->instructions = s->machine.steps - s->machine.traps;
    row->traps = s->machine.traps;
    if (!s->is_hosted) {
        collect(s, rows, 0);
        return;
    }
    for (uint32_t i = 0; i < s->hosted.vmm.count; i++) {
        levels_hosted(&s->machine, &s->hosted.vmm, i, false, &level);
        collect_vm(s, rows, 1, &level);
    }
}

bool
nesting_any(const struct system *s)
{
    struct rows rows;
    bool any = false;

    collect_all(s, &rows);
    for (unsigned i = 0; i < rows.count; i++)
        any = any || rows.row[i].monitor;
    free(rows.row);
    return any;
}

/* ---- text ---- */

static void
cell_state(struct table *t, const struct row *row)
{
    char state[STATS_STATE_MAX];

    table_cell(t, "%s", row->depth == 0 ? "" : stats_state(&row->vm, state));
}

/* a / b with one decimal; `-` where there is no b. */
static void
cell_ratio(struct table *t, uint64_t a, uint64_t b)
{
    char whole[TABLE_COUNT_MAX];

    if (b == 0)
        table_cell(t, "-");
    else
        table_cell(t, "%s.%u", a < b ? "0" : table_count(a / b, whole), (unsigned)(a % b * 10 / b));
}

static void
cell_share(struct table *t, const struct row *row)
{
    if (row->depth == 0 || row->instructions == 0)
        table_cell(t, "-");
    else
        table_cell(t, "%.3f %%", 100.0 * (double)row->direct / (double)row->instructions);
}

static void
print_machines(const struct rows *rows, FILE *to)
{
    struct table t;

    table_init(&t, "lrrrrl");
    table_cell(&t, "machine");
    table_cell(&t, "instructions");
    table_cell(&t, "traps");
    table_cell(&t, "exits");
    table_cell(&t, "directly");
    table_cell(&t, "%s", "");
    for (unsigned i = 0; i < rows->count; i++) {
        const struct row *row = &rows->row[i];

        table_cell(&t, "%*sL%u %s", (int)(2 * row->depth), "", row->depth, row->name);
        table_cell_count(&t, row->instructions);
        table_cell_count(&t, row->traps);
        table_cell_count(&t, row->exits);
        cell_share(&t, row);
        cell_state(&t, row);
    }
    table_print(&t, to, "");
}

static void
print_monitors(const struct system *s, const struct rows *rows, FILE *to)
{
    struct table t;

    table_init(&t, "lrrrrl");
    table_cell(&t, "the monitor on");
    table_cell(&t, "instructions");
    table_cell(&t, "exits");
    table_cell(&t, "each");
    table_cell(&t, "exits below, each");
    table_cell(&t, "digest of its code");
    for (unsigned i = 0; i < rows->count; i++) {
        const struct row *row = &rows->row[i];

        if (!row->monitor)
            continue;
        table_cell(&t, "%*sL%u %s", (int)(2 * row->depth), "", row->depth, row->name);
        table_cell_count(&t, row->own);
        table_cell_count(&t, row->taken);
        cell_ratio(&t, row->own, row->taken);
        cell_ratio(&t, row->exits, row->depth == 0 ? 0 : row->taken);
        table_cell(&t, "%016" PRIx64, levels_digest(&s->machine, &row->level));
    }
    table_print(&t, to, "");
}

uint64_t
nesting_most_steps(const struct system *s)
{
    struct rows rows;
    uint64_t most = 0;

    collect_all(s, &rows);
    for (unsigned i = 0; i < rows.count; i++) {
        const struct row *row = &rows.row[i];

        if (row->depth > 0 && !row->monitor && vcpu_steps(&row->vm.vcpu) > most)
            most = vcpu_steps(&row->vm.vcpu);
    }
    free(rows.row);
    return most;
}

unsigned
nesting_guests(const struct system *s, struct nesting_guest **guests)
{
    struct rows rows;
    struct nesting_guest *g;
    size_t length[LEVELS_MAX + 1] = {0};
    char name[NESTING_NAME_MAX] = "";
    unsigned count = 0;

    collect_all(s, &rows);
    *guests = g = calloc(rows.count == 0 ? 1 : rows.count, sizeof *g);
    for (unsigned i = 0; g != NULL && i < rows.count; i++) {
        const struct row *row = &rows.row[i];
        size_t at = row->depth == 0 ? 0 : length[row->depth - 1];

        length[row->depth] =
            at + (size_t)snprintf(name + at, sizeof name - at, "%s%s", at == 0 ? "" : "/",
                                  row->depth == 0 ? "" : row->name);
        if (row->depth == 0 || row->monitor)
            continue;
        (void)snprintf(g[count].name, sizeof g[count].name, "%s", name);
        g[count++].vm = row->vm;
    }
    free(rows.row);
    return count;
}

void
nesting_print(const struct system *s, FILE *to)
{
    struct rows rows;

    collect_all(s, &rows);
    print_machines(&rows, to);
    (void)putc('\n', to);
    print_monitors(s, &rows, to);
    free(rows.row);
}

/* ---- JSON ---- */

static void
row_json(const struct system *s, const struct row *row, struct json *j)
{
    char digest[20];

    json_object(j, NULL);
    json_unsigned(j, "level", row->depth);
    json_string(j, "name", row->name);
    json_unsigned(j, "instructions", row->instructions);
    json_unsigned(j, "traps", row->traps);
    if (row->depth > 0) {
        json_unsigned(j, "exits", row->exits);
        json_unsigned(j, "executed_directly", row->direct);
        stats_json_state(&row->vm, j);
    }
    if (row->monitor) {
        (void)snprintf(digest, sizeof digest, "%016" PRIx64,
                       levels_digest(&s->machine, &row->level));
        json_object(j, "monitor");
        json_unsigned(j, "instructions", row->own);
        json_unsigned(j, "exits", row->taken);
        json_string(j, "code_digest", digest);
        json_close(j);
    }
    json_close(j);
}

void
nesting_json(const struct system *s, struct json *j)
{
    struct rows rows;

    collect_all(s, &rows);
    json_array(j, "levels");
    for (unsigned i = 0; i < rows.count; i++)
        row_json(s, &rows.row[i], j);
    json_close(j);
    free(rows.row);
}
