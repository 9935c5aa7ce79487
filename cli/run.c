/* SPDX-License-Identifier: MIT */
/* thirdgen run: a program, or a machine with its guests, to the end. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bug.h"
#include "cli/commands.h"
#include "cli/nesting.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/repl/chrome.h"
#include "cli/stats.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/target.h"
#include "cli/trace.h"
#include "vmm/theorem/observe.h"

/* How a run ends: X(id, word, exit status; STATUS_ok stands for the guest's own code). */
#define RUN_ENDS(X)                                                                                \
    X(exit, "exit", STATUS_ok)                                                                     \
    X(halted, "halted", STATUS_stuck)                                                              \
    X(trap_loop, "trap-loop", STATUS_stuck)                                                        \
    X(lost, "lost", STATUS_stuck)                                                                  \
    X(budget, "budget", STATUS_budget)                                                             \
    X(interrupted, "interrupted", STATUS_interrupted)                                              \
    X(unwritten, "output-failed", STATUS_host)

#define RUN_END_ENUM(id, word, status) END_##id,
enum run_end { END_none, RUN_ENDS(RUN_END_ENUM) };
#undef RUN_END_ENUM

enum {
    CHUNK = 1 << 20,         /* steps between two looks at the output and the budget */
    REAL_CHUNK = 16 * CHUNK, /* the same of the outermost machine, where others may go on instead */
    PHASES = 1024,           /* of a hosted monitor's run, the same */
};

struct run {
    struct options o;
    const char *argument, *stats_file, *trace_classes, *trace_file, *chrome_file, *signature;
    bool stats;
    struct target target;
    struct system *system;
    struct trace trace;
    struct progress progress;
    FILE *trace_out, *chrome_out;
    struct chrome_run *chrome;
    struct stats_end end;
    struct nesting_guest *guests; /* as they stand at the end; none on the bare machine */
    unsigned guest_count;
    bool several; /* guests that are no monitors */
};

/* ---- usage ---- */

enum { KEY_stats = 0x200, KEY_trace, KEY_trace_file, KEY_trace_chrome, KEY_signature };

static const struct argp_option options[] = {
    {"stats", KEY_stats, "FILE", OPTION_ARG_OPTIONAL,
     "Tell what the guests did and what it cost, on stderr or in FILE", 2},
    {"trace", KEY_trace, "CLASSES", 0,
     "A line for each event: trap, exit, irq, csr, insn, io or all, with commas; -CLASS takes one "
     "out again",
     2},
    {"trace-file", KEY_trace_file, "FILE", 0, "... in FILE instead of stderr", 2},
    {"trace-chrome", KEY_trace_chrome, "FILE", 0,
     "Levels, modes and exits over time as a Chrome trace in FILE (open it with ui.perfetto.dev)",
     2},
    {"signature", KEY_signature, "FILE", 0,
     "At the end, write the words from begin_signature to end_signature", 2},
    {0}};

static error_t
take_trace(struct argp_state *state, struct run *r, const char *text)
{
    const char *wrong, *near;
    size_t length;

    if (trace_read(text, &r->trace.classes, &wrong, &length))
        return 0;
    near = diagnostic_closest(wrong, length, trace_names);
    if (near != NULL)
        return options_wrong(state, &r->o, "--trace `%.*s': did you mean `%s'?", (int)length, wrong,
                             near);
    return options_wrong(state, &r->o,
                         "--trace `%.*s': the classes are trap, exit, irq, csr, insn, io and all",
                         (int)length, wrong);
}

static error_t
take_argument(struct argp_state *state, struct run *r, const char *text)
{
    if (r->argument != NULL)
        return options_wrong(state, &r->o, "`%s' and `%s': one at a time", r->argument, text);
    r->argument = text;
    return 0;
}

static error_t
parse(int key, char *text, struct argp_state *state)
{
    struct run *r = state->input;

    switch (key) {
    case ARGP_KEY_INIT: options_give(state, &r->o, 4); return 0;
    case KEY_stats:
        r->stats = true;
        r->stats_file = text;
        return 0;
    case KEY_trace: return take_trace(state, r, text);
    case KEY_trace_file: r->trace_file = text; return 0;
    case KEY_trace_chrome: r->chrome_file = text; return 0;
    case KEY_signature: r->signature = text; return 0;
    case ARGP_KEY_ARG: return take_argument(state, r, text);
    case ARGP_KEY_END:
        if (r->chrome_file != NULL && r->trace.classes != 0)
            return options_wrong(state, &r->o, "--trace and --trace-chrome: one at a time");
        return 0;
    case ARGP_KEY_NO_ARGS:
        return options_wrong(state, &r->o,
                             "what is to be run? an ELF, .s, .yaml or builtin:guestos");
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    OPTIONS_CHILD(isa), OPTIONS_CHILD(machine), OPTIONS_CHILD(run), OPTIONS_CHILD(output), {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "IMAGE|MACHINE.yaml",
    .doc = "Run a program, or a machine with its guests, to its end.\v"
           "The console is the terminal (^A x ends the run, ^A ? tells more), a pipe, or --input "
           "FILE.  What thirdgen itself has to say goes to stderr.\n"
           "\n"
           "Examples:\n"
           "  thirdgen run hello.s                     assembled, on the bare machine\n"
           "  thirdgen run builtin:guestos --monitor hosted --stats\n"
           "  thirdgen run hello.s --trace trap,csr    a line for each trap and CSR access\n"
           "  thirdgen run prog.elf --input keys.txt --max-instructions 20M\n"
           "  thirdgen run two-guests.yaml --stats --json 2>stats.json",
    .children = children};

/* ---- going on ---- */

static uint64_t
steps_of(const struct run *r, unsigned guest)
{
    if (r->system->is_hosted)
        return vcpu_steps(&r->system->hosted.vmm.vm[guest].vcpu);
    return system_steps(r->system);
}

/* The most steps that any guest has made. */
static uint64_t
most_steps(const struct run *r)
{
    uint64_t most = 0;

    if (!r->system->is_hosted && r->several)
        return nesting_most_steps(r->system);
    for (unsigned i = 0; i < r->target.count; i++)
        if (steps_of(r, i) > most)
            most = steps_of(r, i);
    return most;
}

/* Some way on, but no guest beyond the budget. */
static enum machine_stop
advance(struct run *r)
{
    struct hosted *h = &r->system->hosted;
    uint64_t left = r->o.limit - most_steps(r);
    enum machine_stop stop = MACHINE_running;

    if (!r->system->is_hosted)
        return system_run_for(r->system, left < CHUNK ? left : CHUNK,
                              r->several ? REAL_CHUNK : UINT64_MAX);
    for (int i = 0; i < PHASES && stop == MACHINE_running; i++) {
        uint64_t made = steps_of(r, h->vmm.current);

        if (h->phase != HOSTED_dispatch &&
            (made >= r->o.limit || console_quit(&r->system->console)))
            break;
        left = r->o.limit - made;
        stop = hosted_advance(h, left < CHUNK ? left : CHUNK);
    }
    return stop;
}

/* One event, seen by whoever looks on. */
static enum machine_stop
advance_seen(struct run *r)
{
    uint64_t left = r->o.limit - most_steps(r);

    if (r->chrome != NULL)
        return chrome_run_advance(r->chrome, left < CHUNK ? left : CHUNK);
    return trace_advance(&r->trace);
}

static enum machine_stop
advance_traced(struct run *r)
{
    enum machine_stop stop = MACHINE_running;

    for (int i = 0; i < PHASES && stop == MACHINE_running && most_steps(r) < r->o.limit &&
                    !console_quit(&r->system->console);
         i++)
        stop = advance_seen(r);
    return stop;
}

/* One step of the one guest.  MACHINE_running where it was made. */
static enum machine_stop
single_step(struct run *r)
{
    uint64_t before = steps_of(r, 0);
    enum machine_stop stop = MACHINE_running;

    if (r->trace.classes != 0)
        while (stop == MACHINE_running && steps_of(r, 0) == before)
            stop = trace_advance(&r->trace);
    else if (!r->system->is_hosted)
        stop = system_run(r->system, 1);
    else
        while (stop == MACHINE_running && steps_of(r, 0) == before)
            stop = hosted_advance(&r->system->hosted, 1);
    return stop;
}

/* One step, to see whether it is the same again.  (Only where there is one guest: the others of
 * several go on.) */
static bool
traps_for_ever(struct run *r, enum machine_stop *stop)
{
    struct isa_hart before, after;

    if (r->several || steps_of(r, 0) >= r->o.limit)
        return false;
    system_hart(r->system, &before);
    if (!observe_traps_for_ever(&before, &before))
        return false;
    *stop = single_step(r);
    system_hart(r->system, &after);
    return *stop == MACHINE_running && observe_traps_for_ever(&before, &after);
}

static enum run_end
end_of(struct run *r, enum machine_stop stop)
{
    switch (stop) {
    case MACHINE_exit: return END_exit;
    case MACHINE_halted: return END_halted;
    case MACHINE_lost: return END_lost;
    case MACHINE_quit: return END_interrupted;
    case MACHINE_running:
    case MACHINE_trapped: break;
    }
    if (console_quit(&r->system->console))
        return END_interrupted;
    if (ferror(stdout) != 0 || (r->trace_out != NULL && ferror(r->trace_out) != 0))
        return END_unwritten;
    return most_steps(r) >= r->o.limit ? END_budget : END_none;
}

static enum run_end
run_to_end(struct run *r)
{
    enum run_end end = END_none;

    while (end == END_none) {
        enum machine_stop stop = MACHINE_running;

        if (most_steps(r) < r->o.limit)
            stop = r->trace.classes != 0 || r->chrome != NULL ? advance_traced(r) : advance(r);
        if (stop == MACHINE_running && traps_for_ever(r, &stop))
            return END_trap_loop;
        end = end_of(r, stop);
        progress_step(&r->progress, most_steps(r));
    }
    return end;
}

/* ---- what is said of the end ---- */

__attribute__((format(printf, 2, 3))) static void
say(struct run *r, const char *format, ...)
{
    size_t used = strlen(r->end.message);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(r->end.message + used, sizeof r->end.message - used, format, args);
    va_end(args);
}

/* "at 0x80000124 <idle+8>" */
static void
say_where(struct run *r, const struct target_program *program, uint32_t pc)
{
    char symbol[128];

    say(r, "at 0x%08x", (unsigned)pc);
    if (program != NULL && target_symbol(&program->image, pc, symbol, sizeof symbol)[0] != '\0')
        say(r, " <%s>", symbol);
}

/* It waits, and neither timer nor input can ever end that. */
static void
say_halted(struct run *r, const char *who, const struct target_program *program,
           const struct isa_hart *h, const struct devices *d)
{
    say(r, "%s%s waits for ever in wfi ", r->end.message[0] != '\0' ? "; " : "", who);
    say_where(r, program, h->pc);
    say(r, ": %s, %s", (h->mie & MIP_MTI) == 0 ? "timer off (mie)" : "no timer set (mtimecmp)",
        (h->mie & MIP_MEI) == 0            ? "input off (mie)"
        : (d->uart.ier & UART_IER_RX) == 0 ? "input off (the UART's IER)"
                                           : "input at its end");
}

static const char *
name_of(const struct run *r, const struct nesting_guest *g)
{
    return r->guest_count > 1 ? g->name : "the guest";
}

static void
say_all_halted(struct run *r)
{
    struct isa_hart hart;

    if (r->guest_count == 0) {
        system_hart(r->system, &hart);
        say_halted(r, "the guest", &r->target.programs[0], &hart, &r->system->machine.devices);
    }
    for (unsigned i = 0; i < r->guest_count; i++) {
        const struct nesting_guest *g = &r->guests[i];

        if (g->vm.state == VM_halted || g->vm.state == VM_waiting)
            say_halted(r, name_of(r, g), target_program_of(&r->target, g->name), &g->vm.vcpu.hart,
                       &g->vm.devices);
    }
}

static void
say_trap_loop(struct run *r)
{
    struct isa_hart h;

    system_hart(r->system, &h);
    say(r, "the guest traps for ever ");
    say_where(r, target_observed(&r->target), h.pc);
    say(r, ", its own trap handler: %s%s", stats_cause(vmm_cause_index(h.mcause)),
        h.mtvec == 0 ? "; mtvec was never set" : "");
    if (r->trace.classes == 0)
        say(r, "; `--trace trap' shows how it came there");
}

static void
say_lost(struct run *r)
{
    say(r, "the guest has escaped from its monitor into real M-mode, ");
    say_where(r, target_observed(&r->target), r->system->machine.hart.pc);
    say(r, ": the ISA (%s) lets it", r->target.variant.name);
}

static void
say_budget(struct run *r)
{
    struct isa_hart h;
    char count[TABLE_COUNT_MAX];

    system_hart(r->system, &h);
    say(r, "the budget of %s steps is used up ", table_count(r->o.limit, count));
    say_where(r, target_observed(&r->target), h.pc);
}

static void
describe_end(struct run *r, enum run_end end)
{
#define RUN_END_ROW(id, word, number) [END_##id] = {.end = word, .status = (number)},
    static const struct stats_end ends[] = {RUN_ENDS(RUN_END_ROW)};
#undef RUN_END_ROW

    r->end = ends[end];
    switch (end) {
    case END_exit: r->end.status = status_of_guest(r->system->machine.exit_code); break;
    case END_halted: say_all_halted(r); break;
    case END_trap_loop: say_trap_loop(r); break;
    case END_lost: say_lost(r); break;
    case END_budget: say_budget(r); break;
    case END_interrupted: say(r, "interrupted"); break;
    case END_unwritten:
    case END_none: break;
    }
}

/* ---- signature ---- */

/* Where it lies in the observed guest's memory, in bytes from its start; false after complaining.
 */
static bool
find_signature(const struct run *r, uint32_t *begin, uint32_t *end)
{
    const struct image *image = &target_observed(&r->target)->image;
    const struct image_symbol *b = image_symbol(image, "begin_signature");
    const struct image_symbol *e = image_symbol(image, "end_signature");
    struct isa_ram ram;

    if (b == NULL || e == NULL) {
        command_complain("--signature: %s has no symbol `%s'", target_observed(&r->target)->name,
                         b == NULL ? "begin_signature" : "end_signature");
        return false;
    }
    system_ram(r->system, &ram);
    *begin = b->address - ISA_RAM_START;
    *end = e->address - ISA_RAM_START;
    if (*begin <= *end && *end <= ram.size && *begin % 4 == 0 && *end % 4 == 0)
        return true;
    command_complain("--signature: 0x%08x to 0x%08x are no words of the guest's memory",
                     (unsigned)b->address, (unsigned)e->address);
    return false;
}

/* Open `path` (`-`: stdout) to write; NULL after complaining. */
static FILE *
open_output(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");

    if (file == NULL)
        command_complain("cannot write `%s': %s", path, strerror(errno));
    return file;
}

static bool
close_output(FILE *file, const char *path)
{
    bool ok;

    if (file == stdout)
        return true; /* main looks */
    ok = ferror(file) == 0;
    if (fclose(file) == 0 && ok)
        return true;
    command_complain("cannot write `%s': %s", path, strerror(errno));
    return false;
}

static bool
write_signature(const struct run *r)
{
    uint32_t begin, end;
    struct isa_ram ram;
    FILE *to;

    if (!find_signature(r, &begin, &end))
        return false;
    to = open_output(r->signature);
    if (to == NULL)
        return false;
    system_ram(r->system, &ram);
    for (; begin < end; begin += 4)
        (void)fprintf(to, "%08x\n", (unsigned)isa_ram_load(ram.bytes + begin, 4));
    return close_output(to, r->signature);
}

/* ---- reports ---- */

static bool
write_stats(const struct run *r)
{
    FILE *to = r->stats_file != NULL ? open_output(r->stats_file) : stderr;
    struct json j;

    if (to == NULL)
        return false;
    if (r->o.json) {
        json_start(&j, to);
        stats_json(&r->target, r->system, &r->end, &j);
        (void)json_end(&j);
    } else {
        stats_print(&r->target, r->system, &r->end, to);
    }
    return to == stderr || close_output(to, r->stats_file);
}

/* What is said now begins on a line of its own, where people see the guest's before it. */
static void
end_line(const struct run *r)
{
    if (r->system->console.within_line && isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1)
        (void)putc('\n', stderr);
}

/*
 * Of several guests, each that did not end well, if the run's own end does not
 * tell of it: the others ran on.
 */
static void
tell_of_guests(const struct run *r)
{
    for (unsigned i = 0; i < r->guest_count; i++) {
        const struct vm *vm = &r->guests[i].vm;
        char state[STATS_STATE_MAX], count[TABLE_COUNT_MAX];
        bool told = vm->state == VM_halted && strcmp(r->end.end, "halted") == 0;

        if (told || (vm->state == VM_ended && vm->code == 0) ||
            (!vmm_is_over(vm) && !vmm_traps_for_ever(vm)))
            continue;
        command_complain("%s: %s; exits %s, the last: %s at 0x%08x", r->guests[i].name,
                         stats_state(vm, state), table_count(vmm_exits(vm), count),
                         vmm_cause_name(vm->last_exit.cause), (unsigned)vm->last_exit.pc);
    }
}

/* After the end, in order: what the guest wrote, why it ended, the account, the signature. */
static int
report(struct run *r)
{
    bool ok = true;

    (void)fflush(stdout);
    if (r->end.message[0] != '\0' || (r->stats && r->stats_file == NULL))
        end_line(r);
    if (r->end.message[0] != '\0' && !(r->o.json && r->stats_file == NULL))
        command_complain("%s", r->end.message);
    if (r->guest_count > 1 && !(r->o.json && r->stats_file == NULL))
        tell_of_guests(r);
    if (r->stats)
        ok = write_stats(r);
    if (r->signature != NULL && r->end.status != STATUS_interrupted)
        ok = write_signature(r) && ok;
    if (r->chrome_out != NULL)
        ok = close_output(r->chrome_out, r->chrome_file) && ok;
    if (r->trace_out != NULL && r->trace_out != stderr)
        ok = close_output(r->trace_out, r->trace_file) && ok;
    return ok ? r->end.status : STATUS_host;
}

/* ---- the whole ---- */

/* With --input nobody takes ^A, and nothing is tagged: guests read and write the same at every
 * depth. */
static void
attach_person(struct run *r)
{
    struct console *c = &r->system->console;
    bool attended;

    bug_console_from_fd(c, STDIN_FILENO);
    attended = c->terminal && isatty(STDOUT_FILENO) == 1;
    c->shared = system_attend(r->system, true, attended) && attended;
}

static void
attach(struct run *r)
{
    struct console *c = &r->system->console;

    c->out = stdout;
    console_catch_interrupts();
    if (!r->target.has_input)
        attach_person(r);
    if (c->terminal && isatty(STDERR_FILENO) == 1)
        (void)fprintf(stderr, "(^A x ends the run, ^A ? tells more)\r\n");
    progress_start(&r->progress, "steps", r->o.limit == OPTIONS_NO_LIMIT ? 0 : r->o.limit,
                   c->terminal || isatty(STDOUT_FILENO) == 1 || r->trace.classes != 0);
}

static bool
begin_chrome(struct run *r)
{
    r->chrome_out = open_output(r->chrome_file);
    if (r->chrome_out == NULL)
        return false;
    r->chrome = chrome_run_begin(&r->target, r->system, r->chrome_out);
    if (r->chrome == NULL)
        command_complain("out of memory");
    return r->chrome != NULL;
}

static int
run_system(struct run *r)
{
    uint32_t begin, end;
    enum run_end how;
    int status;

    if (r->signature != NULL && !find_signature(r, &begin, &end))
        return STATUS_refused;
    if (r->trace.classes != 0) {
        r->trace_out = r->trace_file != NULL ? open_output(r->trace_file) : stderr;
        if (r->trace_out == NULL)
            return STATUS_host;
        r->trace.out = r->trace_out;
        r->trace.target = &r->target;
        r->trace.system = r->system;
    }
    if (r->chrome_file != NULL && !begin_chrome(r))
        return STATUS_host;
    attach(r);
    how = run_to_end(r);
    if (r->chrome != NULL)
        chrome_run_end(r->chrome);
    console_restore();
    progress_end(&r->progress);
    r->guest_count = nesting_guests(r->system, &r->guests);
    describe_end(r, how);
    status = report(r);
    free(r->guests);
    return status;
}

static int
run_target(struct run *r)
{
    char error[IMAGE_ERROR_MAX];
    int status;

    r->several = target_guest_count(&r->target) > 1;
    r->system = malloc(sizeof *r->system);
    if (r->system == NULL || !target_start(&r->target, r->system, error)) {
        command_complain("%s", r->system == NULL ? "out of memory" : error);
        free(r->system);
        return STATUS_host;
    }
    status = run_system(r);
    system_free(r->system);
    free(r->system);
    return status;
}

int
command_run(int argc, char **argv)
{
    struct run r = {0};
    struct diagnostics d = {0};
    int status;
    bool colour;

    options_init(&r.o);
    r.o.engine = ENGINE_threaded;
    if (!options_parse(&argp, argc, argv, &r, &r.o, &status))
        return status;
    r.stats = r.stats || r.o.json;
    colour = options_coloured(&r.o, stderr);
    if (!target_open(&r.target, r.argument, &r.o, &d))
        return command_diagnose(&d, colour, r.target.status);
    (void)command_diagnose(&d, colour, STATUS_ok); /* warnings */
    status = run_target(&r);
    target_close(&r.target);
    return status;
}
