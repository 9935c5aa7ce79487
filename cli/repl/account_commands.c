/* SPDX-License-Identifier: MIT */
/* The commands that give account: exits, info. */
#include <string.h>

#include "cli/repl/command.h"
#include "cli/repl/output.h"
#include "cli/stats.h"
#include "cli/table.h"

/* ---- exits ---- */

/* A VM's counts, from the mark on or from the start. */
struct account {
    uint64_t exits[VMM_CAUSES][VMM_EXIT_KINDS];
    uint64_t total, instructions;
};

static void
fill_account(const struct repl *r, const struct vm *vm, unsigned index, bool since_mark,
             struct account *a)
{
    static const struct account none;

    *a = none;
    for (unsigned c = 0; c < VMM_CAUSES; c++)
        for (unsigned k = 0; k < VMM_EXIT_KINDS; k++) {
            a->exits[c][k] = vm->exits[c][k] - (since_mark ? r->exits_mark[index][c][k] : 0);
            a->total += a->exits[c][k];
        }
    a->instructions = vm->vcpu.retired - (since_mark ? r->retired_mark[index] : 0);
}

static const char *const kind_names[] = {
#define KIND_NAME(id, name, about) name,
    VMM_EXITS(KIND_NAME)
#undef KIND_NAME
};

static void
account_json(struct repl *r, const struct vm *vm, const struct account *a)
{
    json_object(&r->object, NULL);
    json_string(&r->object, "level", vm->name);
    json_unsigned(&r->object, "instructions", a->instructions);
    json_unsigned(&r->object, "direct", vm->vcpu.direct);
    json_unsigned(&r->object, "exits", a->total);
    json_array(&r->object, "causes");
    for (uint32_t c = 0; c < VMM_CAUSES; c++)
        for (unsigned k = 0; k < VMM_EXIT_KINDS; k++) {
            if (a->exits[c][k] == 0)
                continue;
            json_object(&r->object, NULL);
            json_string(&r->object, "cause", stats_cause(c));
            json_string(&r->object, "kind", kind_names[k]);
            json_unsigned(&r->object, "count", a->exits[c][k]);
            json_close(&r->object);
        }
    json_close(&r->object);
    json_array(&r->object, "injected");
    for (uint32_t c = 0; c < VMM_CAUSES; c++) {
        if (vm->injected[c] == 0)
            continue;
        json_object(&r->object, NULL);
        json_string(&r->object, "interrupt", stats_cause(c));
        json_unsigned(&r->object, "count", vm->injected[c]);
        json_close(&r->object);
    }
    json_close(&r->object);
    json_close(&r->object);
}

static void
print_causes(const struct repl *r, const struct account *a)
{
    struct table t;

    table_init(&t, "lrrrrr");
    table_cell(&t, "cause");
    for (unsigned k = 0; k < VMM_EXIT_KINDS; k++)
        table_cell(&t, "%s", kind_names[k]);
    table_cell(&t, "all");
    for (uint32_t c = 0; c < VMM_CAUSES; c++) {
        uint64_t all = 0;

        for (unsigned k = 0; k < VMM_EXIT_KINDS; k++)
            all += a->exits[c][k];
        if (all == 0)
            continue;
        table_cell(&t, "%s", stats_cause(c));
        for (unsigned k = 0; k < VMM_EXIT_KINDS; k++)
            table_cell_count(&t, a->exits[c][k]);
        table_cell_count(&t, all);
    }
    table_print(&t, r->out, "  ");
}

static void
print_account(const struct repl *r, unsigned row, const struct account *a, bool since_mark)
{
    const struct vm *vm = repl_level_vm(&r->levels, row);
    char title[REPL_TITLE_MAX], exits[TABLE_COUNT_MAX], instructions[TABLE_COUNT_MAX],
        per[TABLE_COUNT_MAX];

    if (a->total == 0) {
        repl_say(r, "%s: no exits%s; %s instructions", repl_level_title(&r->levels, row, title),
                 since_mark ? " since the mark" : " as yet",
                 table_count(a->instructions, instructions));
        return;
    }
    repl_say(r, "%s: %s exits to L%u in %s instructions%s, one in %s",
             repl_level_title(&r->levels, row, title), table_count(a->total, exits),
             r->levels.row[row].depth - 1, table_count(a->instructions, instructions),
             since_mark ? " since the mark" : "", table_count(a->instructions / a->total, per));
    print_causes(r, a);
    if (since_mark)
        return;
    if (vm->vcpu.retired > 0)
        repl_say(r, "  executed directly: %s of %s instructions, %llu.%02llu %%",
                 table_count(vm->vcpu.direct, exits), table_count(vm->vcpu.retired, instructions),
                 (unsigned long long)(vm->vcpu.direct * 100 / vm->vcpu.retired),
                 (unsigned long long)(vm->vcpu.direct * 10000 / vm->vcpu.retired % 100));
    for (uint32_t c = 0; c < VMM_CAUSES; c++)
        if (vm->injected[c] != 0)
            repl_say(r, "  injected: %s, %s times", stats_cause(c),
                     table_count(vm->injected[c], exits));
}

void
repl_mark_exits(struct repl *r)
{
    r->mark = history_now(&r->history);
    for (unsigned i = 1; i < r->levels.count; i++) {
        const struct vm *vm = repl_level_vm(&r->levels, i);

        memcpy(r->exits_mark[i], vm->exits, sizeof vm->exits);
        r->retired_mark[i] = vm->vcpu.retired;
    }
}

bool
repl_do_exits(struct repl *r, const struct repl_arguments *a)
{
    bool difference = strcmp(a->text, "-d") == 0;

    if (!repl_levels_monitored(&r->levels))
        return repl_fail(r, "no monitor runs here, so there are no exits (start with `--monitor "
                            "hosted')");
    if (strcmp(a->text, "-m") == 0) {
        repl_mark_exits(r);
        repl_say(r, "marked: `exits -d' counts from here");
        return true;
    }
    if (!difference && a->text[0] != '\0')
        return repl_fail(r, "`exits', `exits -m' to mark, `exits -d' for the difference since");
    if (r->json)
        json_array(&r->object, "accounts");
    for (unsigned i = 1; i < r->levels.count; i++) {
        const struct vm *vm = repl_level_vm(&r->levels, i);
        struct account account;

        if (!repl_level_known(&r->levels, i))
            continue;

        fill_account(r, vm, i, difference, &account);
        if (r->json)
            account_json(r, vm, &account);
        else
            print_account(r, i, &account, difference);
    }
    if (r->json)
        json_close(&r->object);
    return true;
}

/* ---- info ---- */

static void
breakpoint_json(struct repl *r, const struct repl_breakpoint *b)
{
    json_object(&r->object, NULL);
    json_unsigned(&r->object, "number", b->number);
    json_string(&r->object, "kind", repl_breakpoint_kind_name(b->kind));
    json_string(&r->object, "what", b->text);
    json_string(&r->object, "level", r->levels.row[b->level].name);
    json_bool(&r->object, "enabled", b->enabled);
    json_bool(&r->object, "temporary", b->temporary);
    if (b->kind == REPL_BREAK_code)
        json_unsigned(&r->object, "address", b->address);
    if (b->condition_text != NULL)
        json_string(&r->object, "condition", b->condition_text);
    json_unsigned(&r->object, "hits", b->hits);
    json_unsigned(&r->object, "ignore", b->ignore);
    json_array(&r->object, "commands");
    for (unsigned i = 0; i < b->command_count; i++)
        json_string(&r->object, NULL, b->commands[i]);
    json_close(&r->object);
    json_close(&r->object);
}

static void
print_breakpoint_more(const struct repl *r, const struct repl_breakpoint *b)
{
    if (b->condition_text != NULL)
        repl_say(r, "       if %s", b->condition_text);
    if (b->ignore > 0)
        repl_say(r, "       passes %llu more times", (unsigned long long)b->ignore);
    for (unsigned i = 0; i < b->command_count; i++)
        repl_say(r, "       > %s", b->commands[i]);
}

static bool
info_breakpoints(struct repl *r)
{
    if (r->json)
        json_array(&r->object, "breakpoints");
    for (unsigned i = 0; i < r->breakpoints.count; i++) {
        const struct repl_breakpoint *b = r->breakpoints.list[i];

        if (b->remote)
            continue;
        char title[REPL_TITLE_MAX], where[REPL_SPACED_MAX] = "";

        if (r->json) {
            breakpoint_json(r, b);
            continue;
        }
        if (b->kind == REPL_BREAK_code)
            (void)snprintf(where, sizeof where, " (%s0x%08x)", b->user ? "U:" : "", b->address);
        repl_say(r, "%3u %c %s%s %s%s, %s, %llu hit%s", b->number, b->enabled ? ' ' : '-',
                 b->temporary ? "temporary " : "", repl_breakpoint_kind_name(b->kind), b->text,
                 where, repl_level_title(&r->levels, b->level, title), (unsigned long long)b->hits,
                 b->hits == 1 ? "" : "s");
        print_breakpoint_more(r, b);
    }
    if (r->json)
        json_close(&r->object);
    else if (r->breakpoints.count == 0)
        repl_say(r, "no breakpoints, watchpoints or catchpoints");
    return true;
}

static bool
info_levels(struct repl *r)
{
    static const char *const states[] = {"ready", "waiting in a wfi", "paused", "ended",
                                         "halted in a wfi"};

    if (r->json)
        json_array(&r->object, "levels");
    for (unsigned i = 0; i < r->levels.count; i++) {
        const struct repl_level *row = &r->levels.row[i];
        const struct vm *vm = repl_level_vm(&r->levels, i);
        const char *program = row->program != NULL                       ? row->program->name
                              : i == 0 && repl_levels_hosted(&r->levels) ? "the hosted monitor"
                                                                         : "a program";
        char title[REPL_TITLE_MAX], steps[TABLE_COUNT_MAX];

        if (r->json) {
            json_object(&r->object, NULL);
            json_unsigned(&r->object, "level", row->depth);
            json_string(&r->object, "name", row->name);
            json_string(&r->object, "runs", program);
            json_unsigned(&r->object, "t", repl_level_steps(&r->levels, i));
            json_bool(&r->object, "viewed", i == r->view);
            json_close(&r->object);
            continue;
        }
        if (!repl_level_known(&r->levels, i)) {
            repl_say(r, "  %-14s not there as yet", repl_level_title(&r->levels, i, title));
            continue;
        }
        repl_say(r, "%c %-14s %s, t=%s%s%s%s", i == r->view ? '*' : ' ',
                 repl_level_title(&r->levels, i, title), program,
                 table_count(repl_level_steps(&r->levels, i), steps), vm != NULL ? ", " : "",
                 vm != NULL ? states[vm->state] : "",
                 vm != NULL && i == repl_level_current(&r->levels) ? ", has its turn" : "");
    }
    if (r->json)
        json_close(&r->object);
    return true;
}

static bool
info_events(struct repl *r)
{
    if (r->json)
        json_object(&r->object, "events");
    for (int i = 0; i < REPL_EVENT_KINDS; i++) {
        enum repl_event_kind kind = (enum repl_event_kind)i;

        if (r->json)
            json_string(&r->object, repl_event_name(kind), repl_event_about(kind));
        else
            repl_say(r, "%-8s %s", repl_event_name(kind), repl_event_about(kind));
    }
    if (r->json)
        json_close(&r->object);
    return true;
}

static bool
info_names(struct repl *r)
{
    char text[REPL_SYMBOL_MAX], line[REPL_WIDTH + 1] = "";
    const char *name;

    if (r->json)
        json_array(&r->object, "names");
    for (unsigned i = 0; (name = repl_names_at(i, text)) != NULL; i++) {
        if (r->json) {
            json_string(&r->object, NULL, name);
            continue;
        }
        if (strlen(line) + strlen(name) + 1 >= REPL_WIDTH) {
            repl_say(r, "%s", line);
            line[0] = '\0';
        }
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s",
                       line[0] != '\0' ? " " : "", name);
    }
    if (r->json)
        json_close(&r->object);
    else
        repl_say(r, "%s", line);
    return true;
}

static bool
info_line(struct repl *r)
{
    struct isa_hart h;
    const char *file;
    unsigned line;

    repl_level_hart(&r->levels, r->view, &h);
    if (!repl_level_line(&r->levels, r->view, repl_level_linked(&r->levels, r->view, &h, h.pc),
                         &file, &line))
        return repl_fail(r, "no line of a source is known for 0x%08x", h.pc);
    if (r->json) {
        json_string(&r->object, "file", file);
        json_unsigned(&r->object, "line", line);
    } else {
        repl_say(r, "%s:%u", file, line);
    }
    return true;
}

static const struct {
    const char *name;
    bool (*function)(struct repl *r);
} subjects[] = {{"breakpoints", info_breakpoints},
                {"levels", info_levels},
                {"events", info_events},
                {"names", info_names},
                {"line", info_line}};

bool
repl_do_info(struct repl *r, const struct repl_arguments *a)
{
    for (unsigned i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (a->text[0] != '\0' && strncmp(subjects[i].name, a->text, strlen(a->text)) == 0)
            return subjects[i].function(r);
    return repl_fail(r, "`info' tells of breakpoints, levels, events, names, line");
}
