/* SPDX-License-Identifier: MIT */
#include "cli/stats.h"

#include <string.h>

#include "cli/nesting.h"
#include "cli/table.h"

static const char *const kinds[] = {
#define KIND_NAME(id, name, about) name,
    VMM_EXITS(KIND_NAME)
#undef KIND_NAME
};

const char *
stats_cause(uint32_t i)
{
    return vmm_cause_name(vmm_cause_of(i));
}

/* ---- sums ---- */

static uint64_t
of_cause(const struct vm *vm, uint32_t cause)
{
    uint64_t sum = 0;

    for (unsigned kind = 0; kind < VMM_EXIT_KINDS; kind++)
        sum += vm->exits[cause][kind];
    return sum;
}

static uint64_t
of_kind(const struct vm *vm, unsigned kind)
{
    uint64_t sum = 0;

    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++)
        sum += vm->exits[cause][kind];
    return sum;
}

static uint64_t
all_injected(const struct vm *vm)
{
    uint64_t sum = 0;

    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++)
        sum += vm->injected[cause];
    return sum;
}

const char *
stats_share(const struct vm *vm, char *text)
{
    uint64_t direct = vm->vcpu.direct, retired = vm->vcpu.retired, thousandths;

    if (retired == 0)
        return strcpy(text, "-");
    thousandths = (uint64_t)((long double)direct * 100000 / (long double)retired);
    (void)snprintf(text, TABLE_COUNT_MAX, "%llu.%03llu %%", (unsigned long long)thousandths / 1000,
                   (unsigned long long)thousandths % 1000);
    return text;
}

const char *
stats_per_exit(const struct vm *vm, char *text)
{
    uint64_t retired = vm->vcpu.retired, exits = vmm_exits(vm);
    size_t length;

    if (exits == 0)
        return strcpy(text, "-");
    length = strlen(table_count(retired / exits, text));
    (void)snprintf(text + length, TABLE_COUNT_MAX - length, ".%llu",
                   (unsigned long long)(retired % exits * 10 / exits));
    return text;
}

/* ---- text ---- */

static void
row(struct table *t, const char *name, uint64_t count)
{
    table_cell(t, "%s", name);
    table_cell_count(t, count);
}

static void
print_exits(const struct vm *vm, FILE *to, const char *indent)
{
    struct table t;

    if (vmm_exits(vm) == 0) {
        (void)fprintf(to, "%sno exits to the monitor\n", indent);
        return;
    }
    table_init(&t, "lrrrrr");
    table_cell(&t, "exits to the monitor");
    for (unsigned kind = 0; kind < VMM_EXIT_KINDS; kind++)
        table_cell(&t, "%s", kinds[kind]);
    table_cell(&t, "all");
    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++) {
        if (of_cause(vm, cause) == 0)
            continue;
        table_cell(&t, "%s", stats_cause(cause));
        for (unsigned kind = 0; kind < VMM_EXIT_KINDS; kind++)
            table_cell_count(&t, vm->exits[cause][kind]);
        table_cell_count(&t, of_cause(vm, cause));
    }
    table_cell(&t, "all");
    for (unsigned kind = 0; kind < VMM_EXIT_KINDS; kind++)
        table_cell_count(&t, of_kind(vm, kind));
    table_cell_count(&t, vmm_exits(vm));
    table_print(&t, to, indent);
}

static void
print_injected(const struct vm *vm, FILE *to, const char *indent)
{
    struct table t;

    if (all_injected(vm) == 0)
        return;
    table_init(&t, "lr");
    row(&t, "interrupts injected", all_injected(vm));
    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++)
        if (vm->injected[cause] != 0)
            row(&t, stats_cause(cause), vm->injected[cause]);
    (void)putc('\n', to);
    table_print(&t, to, indent);
}

/* The efficiency property: most instructions are the hardware's alone. */
static void
print_efficiency(const struct vm *vm, FILE *to, const char *indent)
{
    char text[TABLE_COUNT_MAX];

    (void)fprintf(to, "\n%sexecuted directly: %s of the instructions\n", indent,
                  stats_share(vm, text));
    if (vmm_exits(vm) > 0)
        (void)fprintf(to, "%sguest instructions per exit: %s\n", indent, stats_per_exit(vm, text));
}

void
stats_print_exits(const struct vm *vm, FILE *to, const char *indent)
{
    print_exits(vm, to, indent);
    print_injected(vm, to, indent);
}

void
stats_print_vm(const struct vm *vm, FILE *to, const char *indent)
{
    stats_print_exits(vm, to, indent);
    print_efficiency(vm, to, indent);
}

static void
print_counts(uint64_t retired, uint64_t traps, uint64_t mtime, FILE *to)
{
    struct table t;

    table_init(&t, "lr");
    row(&t, "instructions retired", retired);
    row(&t, "traps taken", traps);
    row(&t, "mtime", mtime);
    table_print(&t, to, "");
}

const char *
stats_state(const struct vm *vm, char *text)
{
    const char *state = vmm_traps_for_ever(vm) ? "traps for ever" : vmm_state_name(vm->state);
    int used = snprintf(text, STATS_STATE_MAX, "%s", state);

    if (vm->state == VM_ended)
        (void)snprintf(text + used, STATS_STATE_MAX - (size_t)used, " with code %u",
                       (unsigned)vm->code);
    else if (vmm_traps_for_ever(vm))
        (void)snprintf(text + used, STATS_STATE_MAX - (size_t)used, " at 0x%08x, %s",
                       (unsigned)vm->vcpu.hart.pc, vmm_cause_name(vm->vcpu.hart.mcause));
    else if (vmm_is_over(vm))
        (void)snprintf(text + used, STATS_STATE_MAX - (size_t)used, " at 0x%08x",
                       (unsigned)vm->vcpu.hart.pc);
    return text;
}

static void
print_vms(const struct vmm *vmm, FILE *to)
{
    for (uint32_t i = 0; i < vmm->count; i++) {
        const struct vm *vm = &vmm->vm[i];
        char state[STATS_STATE_MAX];

        (void)fprintf(to, "\n-- %s: %s --\n", vm->name, stats_state(vm, state));
        print_counts(vm->vcpu.retired, vm->vcpu.traps, vm->vcpu.hart.mtime, to);
        (void)putc('\n', to);
        stats_print_vm(vm, to, "");
    }
}

void
stats_print(const struct target *t, const struct system *s, const struct stats_end *end, FILE *to)
{
    (void)fprintf(to, "-- %s: %s, status %d --\n", t->name, end->end, end->status);
    if (s->is_hosted)
        print_vms(&s->hosted.vmm, to);
    else
        print_counts(s->machine.steps - s->machine.traps, s->machine.traps, s->machine.hart.mtime,
                     to);
    if (nesting_any(s)) {
        (void)putc('\n', to);
        nesting_print(s, to);
    }
}

/* ---- JSON ---- */

static void
json_exits(const struct vm *vm, struct json *j)
{
    json_array(j, "exits");
    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++) {
        if (of_cause(vm, cause) == 0)
            continue;
        json_object(j, NULL);
        json_string(j, "cause", stats_cause(cause));
        json_unsigned(j, "mcause", vmm_cause_of(cause));
        for (unsigned kind = 0; kind < VMM_EXIT_KINDS; kind++)
            json_unsigned(j, kinds[kind], vm->exits[cause][kind]);
        json_close(j);
    }
    json_close(j);
}

static void
json_injected(const struct vm *vm, struct json *j)
{
    json_array(j, "injected");
    for (uint32_t cause = 0; cause < VMM_CAUSES; cause++) {
        if (vm->injected[cause] == 0)
            continue;
        json_object(j, NULL);
        json_string(j, "cause", stats_cause(cause));
        json_unsigned(j, "mcause", vmm_cause_of(cause));
        json_unsigned(j, "count", vm->injected[cause]);
        json_close(j);
    }
    json_close(j);
}

void
stats_json_vm(const struct vm *vm, struct json *j)
{
    json_unsigned(j, "exits_total", vmm_exits(vm));
    json_exits(vm, j);
    json_injected(vm, j);
    json_unsigned(j, "executed_directly", vm->vcpu.direct);
}

void
stats_json_state(const struct vm *vm, struct json *j)
{
    json_string(j, "state", vmm_traps_for_ever(vm) ? "traps for ever" : vmm_state_name(vm->state));
    if (vm->state == VM_ended)
        json_unsigned(j, "code", vm->code);
    json_unsigned(j, "pc", vm->vcpu.hart.pc);
    if (vmm_exits(vm) == 0)
        return;
    json_object(j, "last_exit");
    json_string(j, "cause", vmm_cause_name(vm->last_exit.cause));
    json_unsigned(j, "mcause", vm->last_exit.cause);
    json_unsigned(j, "pc", vm->last_exit.pc);
    if (vm->last_exit.kind < VMM_EXIT_KINDS)
        json_string(j, "kind", kinds[vm->last_exit.kind]);
    json_close(j);
}

static void
json_guest(const char *name, uint64_t retired, uint64_t traps, uint64_t mtime, struct json *j)
{
    json_object(j, NULL);
    json_string(j, "name", name);
    json_unsigned(j, "instructions", retired);
    json_unsigned(j, "traps", traps);
    json_unsigned(j, "mtime", mtime);
}

static void
json_vm(const struct vm *vm, struct json *j)
{
    json_guest(vm->name, vm->vcpu.retired, vm->vcpu.traps, vm->vcpu.hart.mtime, j);
    stats_json_state(vm, j);
    stats_json_vm(vm, j);
    json_close(j);
}

void
stats_json(const struct target *t, const struct system *s, const struct stats_end *end,
           struct json *j)
{
    json_object(j, NULL);
    json_string(j, "target", t->name);
    json_string(j, "isa", t->variant.name);
    json_string(j, "end", end->end);
    json_unsigned(j, "status", (uint64_t)end->status);
    if (end->message[0] != '\0')
        json_string(j, "message", end->message);
    json_array(j, "guests");
    if (s->is_hosted) {
        for (uint32_t i = 0; i < s->hosted.vmm.count; i++)
            json_vm(&s->hosted.vmm.vm[i], j);
    } else {
        json_guest(t->guests[0].name, s->machine.steps - s->machine.traps, s->machine.traps,
                   s->machine.hart.mtime, j);
        json_close(j);
    }
    json_close(j);
    if (nesting_any(s))
        nesting_json(s, j);
    json_close(j);
}
