/* SPDX-License-Identifier: MIT */
#include "cli/repl/demo.h"

#include <stdlib.h>
#include <string.h>

#include "assembler/assembler.h"
#include "cli/embedded.h"
#include "cli/repl/command.h"
#include "cli/repl/output.h"
#include "cli/repl/terminal.h"

/* What is said, then a command that is executed, if any.  "@bare" and "@hosted" begin a run. */
struct demo_step {
    const char *say, *command;
};

struct demo {
    const char *name, *about, *source, *isa;
    const struct demo_step *steps; /* up to one that says nothing */
};

static const struct demo_step first_trap[] = {
    {"A program has booted in machine mode on the bare machine, told the processor where traps are "
     "to go (mtvec), and is about to enter user mode by mret. All levels there are is L0.",
     "@bare"},
    {"On to user mode.", "step mode"},
    {"The user program does what any program may ...", "step"},
    {"... and now what only a kernel may: it reads mstatus. Look at what is going to happen.",
     "state"},
    {"The processor traps, as it must: into machine mode, to the handler.", "step"},
    {"Why did that happen?", "why"},
    {"What the hardware has put down for the handler: mepc, where; mcause, why; mtval, the "
     "instruction itself; mstatus.MPP, from which mode.",
     "regs csr"},
    {"The handler skips the instruction, and its mret leads back to the user.", "step mode"},
    {"a1 was never written: the instruction has had no effect. That, and that a kernel is told, is "
     "all that a monitor needs (theorem 1). Next: `demo csr-write'.",
     "print a1"},
    {0}};

static const struct demo_step csr_write[] = {
    {"The same machine, with a monitor on it; a guest boots in what it believes to be machine "
     "mode. "
     "In truth the monitor runs all of it in user mode.",
     "@hosted"},
    {"Two instructions that every program may execute: the real processor executes them directly.",
     "step 2"},
    {"The next one writes mtvec. In real user mode it is privileged. Watch it phase by phase.",
     "micro on"},
    {"", "step"},
    {"", "step"},
    {"The real processor traps, and is now in real machine mode, in the monitor's hands:", "step"},
    {"", "state"},
    {"The dispatcher looks at the *virtual* mode:", "step"},
    {"It is M, so the guest may do that. The interpreter does it, to the virtual processor:",
     "step"},
    {"Then the relocation-bounds register, for the mode the guest is in now:", "step"},
    {"", "step"},
    {"", "micro off"},
    {"The guest's mtvec has what it wrote; the hardware's own never changed.", "regs csr"},
    {"Reading it back is another exit, and gives the guest what it expects.", "step"},
    {"", "exits"},
    {"No guest can tell: this is equivalence, one instruction of it. Next: `demo syscall'.", NULL},
    {0}};

static const struct demo_step syscall[] = {
    {"A guest kernel with a user program, which sees 4 KiB of the guest's memory through the "
     "guest's own R.",
     "@hosted"},
    {"On, until the guest's kernel has entered its virtual user mode.", "step mode"},
    {"Two R's now: the guest's, which the kernel set, and the real one, which the monitor will "
     "compose of the guest's and its allotment.",
     "step"},
    {"", "state"},
    {"The chain of an address: the user's pc, in its kernel's memory, in the machine's.",
     "relocate pc"},
    {"The user asks its kernel for something: ecall. Real user mode to real machine mode: the "
     "monitor gets it first.",
     "step"},
    {"It is none of the monitor's business: it reflects it.", "why"},
    {"The guest's kernel serves it, and mret, emulated, leads back. The answer is in a0.",
     "step mode"},
    {"", "print a0"},
    {"What that cost: each privileged instruction of the kernel an exit, the user's own none.",
     "exits"},
    {"Next: `demo timer'.", NULL},
    {0}};

static const struct demo_step timer[] = {
    {"A guest that wants an interrupt when its mtime is 100, and counts meanwhile.", "@hosted"},
    {"On to the loop.", "until loop"},
    {"Its deadline is with its virtual CLINT; the monitor has armed the real timer for it.",
     "print mtimecmp"},
    {"On, until the monitor injects the interrupt.", "step inject"},
    {"Virtual time counts the guest's own instructions. So it is exactly 100 now, as it would be "
     "on "
     "the bare machine:",
     "print mtime"},
    {"", "why"},
    {"The same program on the bare machine:", "@bare"},
    {"", "step irq"},
    {"The same instruction, the same count. Virtual time is exact, to the instruction; that is why "
     "a monitor can run inside a monitor. Next: `demo smsw'.",
     "print mtime"},
    {0}};

static const struct demo_step smsw[] = {
    {"The ISA variant `smsw': user mode may read mstatus, as on the 80386 (SMSW) and on ARM (MRS). "
     "A guest writes mstatus and reads it back. First on the bare machine.",
     "@bare"},
    {"", "continue"},
    {"It ended with 0: what it wrote is what it read. Now under the monitor.", "@hosted"},
    {"The write is privileged: an exit, emulated. The virtual mstatus has it.", "until _start+12"},
    {"", "print mstatus"},
    {"The read is not privileged on this variant. No trap, so the monitor is never asked:", "step"},
    {"", "why"},
    {"The guest has read the real mstatus, and that isn't its own.", "print a0"},
    {"", "continue"},
    {"It ended with 1: it can tell that it is virtual. A sensitive instruction that is not "
     "privileged, and theorem 1 does not hold. What `classify' computes:",
     "classify csrr a0, mstatus"},
    {0}};

static const struct demo demos[] = {
    {"first-trap", "a user program does what only a kernel may, and traps", "demo-first-trap.s",
     "virtualizable", first_trap},
    {"csr-write", "a privileged instruction in a virtual machine, phase by phase",
     "demo-csr-write.s", "virtualizable", csr_write},
    {"syscall", "a system call of a guest's user, reflected into the guest's kernel",
     "demo-syscall.s", "virtualizable", syscall},
    {"timer", "a virtual timer interrupt, exact to the instruction", "demo-timer.s",
     "virtualizable", timer},
    {"smsw", "a machine that can't be virtualized, and how a guest finds out", "demo-smsw.s",
     "smsw", smsw}};

enum { DEMOS = sizeof demos / sizeof demos[0] };

const char *
repl_demo_name(unsigned i)
{
    return i < DEMOS ? demos[i].name : NULL;
}

/* ---- its machine ---- */

static bool
assemble(const char *name, struct target_program *program, struct diagnostics *d)
{
    const struct embedded_file *file = embedded_find(name);
    char error[IMAGE_ERROR_MAX];
    unsigned char *elf;
    size_t length;
    bool ok;

    if (file == NULL ||
        !assembler_assemble(name, file->data, file->size, NULL, d, &program->assembly))
        return false;
    program->assembled = true;
    elf = assembler_write_elf(&program->assembly, &length);
    ok = elf != NULL && image_read(&program->image, elf, length, error);
    free(elf);
    return ok;
}

static bool
open_target(struct repl *r, const struct demo *demo, struct target *t)
{
    static const struct target nothing;
    struct diagnostics d = {0};
    bool ok;

    *t = nothing;
    ok = variant_find(demo->isa, &d, &t->variant) && assemble(demo->source, &t->programs[0], &d);
    diagnostics_free(&d);
    t->name = strdup(demo->source);
    t->programs[0].name = strdup(demo->source);
    if (!ok || t->name == NULL || t->programs[0].name == NULL)
        return repl_fail(r, "the demo `%s' is not in this program, or memory is out", demo->name);
    t->count = 1;
    (void)snprintf(t->names[0], sizeof t->names[0], "guest");
    t->guests[0] = (struct system_guest){
        .name = t->names[0], .image = &t->programs[0].image, .memory = MACHINE_RAM_MIN};
    t->spec = (struct system_spec){
        .variant = &t->variant.isa, .count = 1, .guests = t->guests, .hosted = true};
    return true;
}

/* ---- its performance ---- */

static void
say(struct repl *r, const char *text)
{
    char line[REPL_LINE_MAX];

    if (text[0] == '\0')
        return;
    if (r->json) {
        (void)snprintf(line, sizeof line, "echo %s", text);
        (void)repl_execute(r, line);
        return;
    }
    (void)fputs(repl_colour(r, REPL_COLOUR_guest), r->out);
    repl_say(r, "%s", "");
    repl_paragraph(r, text);
    (void)fputs(repl_colour(r, REPL_COLOUR_plain), r->out);
}

/* Begin a run, bare or under the monitor: in place of the one before, if there was one. */
static bool
begin(struct repl *show, const struct repl *r, struct target *t, bool hosted)
{
    t->spec.hosted = hosted;
    if (show->system != NULL)
        repl_end(show);
    if (!repl_begin(show, t, r->out))
        return false;
    show->colour = r->colour;
    show->json = r->json;
    return repl_execute(show, "where");
}

static bool
play_step(struct repl *show, const struct repl *r, struct target *t, const struct demo_step *step)
{
    if (step->command == NULL)
        return true;
    if (step->command[0] == '@')
        return begin(show, r, t, strcmp(step->command, "@hosted") == 0);
    if (!show->json)
        repl_say(show, "%s>> %s%s", repl_colour(show, REPL_COLOUR_here), step->command,
                 repl_colour(show, REPL_COLOUR_plain));
    return repl_execute(show, step->command);
}

static bool
play(struct repl *r, struct repl *show, struct target *t, const struct demo *demo)
{
    for (const struct demo_step *step = demo->steps; step->say != NULL; step++) {
        if (show->system != NULL || step == demo->steps)
            say(step == demo->steps ? r : show, step->say);
        if (!play_step(show, r, t, step))
            return repl_fail(r, "the demo failed at `%s'", step->command);
        if (r->terminal && step[1].say != NULL && step[1].say[0] != '\0' &&
            !repl_terminal_pause("-- Return: on; q: enough -- "))
            return true;
    }
    return true;
}

static bool
list(struct repl *r)
{
    if (r->json)
        json_array(&r->object, "demos");
    for (unsigned i = 0; i < DEMOS; i++)
        if (r->json)
            json_string(&r->object, NULL, demos[i].name);
        else
            repl_say(r, "%-12s %s", demos[i].name, demos[i].about);
    if (r->json)
        json_close(&r->object);
    else
        repl_say(r, "`demo %s' plays the first.", demos[0].name);
    return true;
}

static bool
perform(struct repl *r, const struct demo *demo)
{
    struct target *t = malloc(sizeof *t);
    struct repl *show = calloc(1, sizeof *show);
    bool ok = t != NULL && show != NULL;

    if (!ok)
        (void)repl_fail(r, "out of memory");
    else
        ok = open_target(r, demo, t);
    if (ok) {
        ok = play(r, show, t, demo);
        if (show->system != NULL)
            repl_end(show);
        target_close(t);
    }
    free(t);
    free(show);
    return ok;
}

bool
repl_do_demo(struct repl *r, const struct repl_arguments *a)
{
    if (a->text[0] == '\0')
        return list(r);
    for (unsigned i = 0; i < DEMOS; i++)
        if (strncmp(demos[i].name, a->text, strlen(a->text)) == 0)
            return perform(r, &demos[i]);
    return repl_fail(r, "there is no demo `%.60s'; `demo' lists them", a->text);
}
