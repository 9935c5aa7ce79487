/* SPDX-License-Identifier: MIT */
/*
 * What a monitor does with its one console (docs/nesting.md): lines tagged, ^A
 * taken, input of one's own.  Under the hosted port; tests/nested.py and
 * tests/cli/terminal.py see the same core on the machine.
 */
#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/program.h"
#include "tests/unit/suites.h"
#include "vmm/console.h"
#include "vmm/hosted/system.h"
#include "vmm/keys.h"

enum { MEMORY = 1 << 20 };

#define EXIT(code)                                                                                 \
    "li t5, 0x00100000\n li t6, 0x3333 | (" #code ") << 16\n sw t6, 0(t5)\n 9999: j 9999b\n"

/* Print the string s0 points to, in small steps. */
#define PRINT                                                                                      \
    "li t5, 0x10000000\n"                                                                          \
    "1: lbu t6, 0(s0)\n addi s0, s0, 1\n beqz t6, 2f\n sb t6, 0(t5)\n j 1b\n"                      \
    "2:\n"

/* Print what is typed, waiting for it, until a q or (there is none to come) for ever. */
#define ECHO                                                                                       \
    "li s0, 0x10000000\n li t0, 1\n sb t0, 1(s0)\n li t0, 1 << 11\n csrw mie, t0\n"                \
    "1: lbu t0, 5(s0)\n andi t0, t0, 1\n bnez t0, 2f\n wfi\n j 1b\n"                               \
    "2: lbu t0, 0(s0)\n sb t0, 0(s0)\n li t1, 'q'\n bne t0, t1, 1b\n" EXIT(0)

#define COUNT "1: addi s1, s1, 1\n j 1b\n"

static struct system hosted;
static char *seen; /* what a person sees */
static size_t seen_length;

/* Guests g1, g2, ..., `texts` to a NULL, with a slice of `slice` steps. */
static void
build(const char *const *texts, uint32_t slice, const char *typed)
{
    static const char *const names[] = {"g1", "g2", "g3"};
    static struct image images[3];
    struct system_guest list[3] = {{0}};
    struct system_spec spec = {.variant = &isa_virtualizable, .hosted = true, .guests = list};
    char error[IMAGE_ERROR_MAX] = "";

    for (; texts[spec.count] != NULL; spec.count++) {
        program_image(texts[spec.count], &images[spec.count]);
        list[spec.count].name = names[spec.count];
        list[spec.count].image = &images[spec.count];
        list[spec.count].memory = MEMORY;
        list[spec.count].slice = slice;
    }
    CU_ASSERT_TRUE_FATAL(system_init(&hosted, &spec, error));
    for (unsigned i = 0; i < spec.count; i++)
        image_free(&images[i]);
    hosted.console.collect = &hosted.output;
    hosted.console.out = open_memstream(&seen, &seen_length);
    console_from_bytes(&hosted.console, (const uint8_t *)typed, strlen(typed));
}

static void
end(void)
{
    (void)fclose(hosted.console.out);
    free(seen);
    seen = NULL;
    system_free(&hosted);
}

static struct vm *
vm(unsigned i)
{
    return &hosted.hosted.vmm.vm[i];
}

static void
type(const char *text)
{
    console_from_bytes(&hosted.console, (const uint8_t *)text, strlen(text));
}

static bool
saw(const char *text)
{
    (void)fflush(hosted.console.out);
    if (strcmp(seen, text) != 0)
        printf("\nseen: %s\n", seen);
    return strcmp(seen, text) == 0;
}

static bool
saw_somewhere(const char *text)
{
    (void)fflush(hosted.console.out);
    return strstr(seen, text) != NULL;
}

static bool
sent(const char *text)
{
    return hosted.output.length == strlen(text) &&
           memcmp(hosted.output.bytes, text, strlen(text)) == 0;
}

/* Slices far shorter than lines: whole lines are shown, each with its name; the last has no end. */
static void
test_tags(void)
{
    static const char *const texts[] = {
        "la s0, t\n" PRINT EXIT(0) "t: .asciz \"one\\ntwo\\n\\nfour\"\n",
        "la s0, t\n" PRINT EXIT(0) "t: .asciz \"eins\\nzwei\\n\"\n", NULL};

    build(texts, 7, "");
    CU_ASSERT_TRUE(system_attend(&hosted, true, false));
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(saw("g1: one\ng2: eins\ng1: two\ng1: \ng2: zwei\ng1: four"));
    CU_ASSERT_EQUAL(hosted.output.length,
                    strlen("one\ntwo\n\nfoureins\nzwei\n")); /* theirs alone */
    end();
}

/* Without tags, or where there is but one, bytes go out as they come. */
static void
test_untagged(void)
{
    static const char *const texts[] = {"la s0, t\n" PRINT EXIT(0) "t: .asciz \"one\\ntwo\"\n",
                                        "la s0, t\n" PRINT EXIT(0) "t: .asciz \"eins\\n\"\n", NULL};
    static const char *const one[] = {"la s0, t\n" PRINT EXIT(0) "t: .asciz \"one\\ntwo\"\n", NULL};

    build(texts, 7, "");
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_FALSE(saw_somewhere("g1"));
    CU_ASSERT_FALSE(saw_somewhere("one"));
    end();
    build(one, 7, "");
    CU_ASSERT_TRUE(system_attend(&hosted, true, true));
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(saw("one\ntwo"));
    end();
}

/* A prompt: shown when its VM waits, or says nothing for a turn; again when another came between.
 */
static void
test_prompt(void)
{
    static const char *const texts[] = {"la s0, t\n" PRINT ECHO "t: .asciz \"> \"\n",
                                        "la s0, t\n" PRINT COUNT "t: .asciz \"? \"\n",
                                        "li s1, 2000\n 1: addi s1, s1, -1\n bnez s1, 1b\n"
                                        "la s0, t\n" PRINT EXIT(0) "t: .asciz \"late\\n\"\n",
                                        NULL};

    build(texts, 100, "");
    CU_ASSERT_TRUE(system_attend(&hosted, true, true));
    hosted.observed = 1;
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_TRUE(saw("g1: > \ng2: ? "));
    CU_ASSERT_EQUAL(system_run(&hosted, 5000), MACHINE_running);
    CU_ASSERT_TRUE(saw_somewhere("g1: > \ng2: ? \ng3: late\n-- g3: ended with code 0 at 0x"));
    type("x");
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_TRUE(saw_somewhere(" --\ng1: > x"));
    end();
}

/* What is typed goes to the VM in focus at that time, though it reads later. */
static void
test_focus(void)
{
    static const char *const texts[] = {ECHO, ECHO, NULL};

    build(texts, 50, "a\001nb\0011\001\001c\0012d\0019\001n\001\001q\001nq");
    CU_ASSERT_TRUE(system_attend(&hosted, false, true));
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(saw_somewhere("-- input to g2 --\n"));
    /* g1 had a ^A c ^A q, g2 b d q; each echoed its own. */
    CU_ASSERT_EQUAL(hosted.output.length, 8);
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT_EQUAL(vm(0)->typed_end, 5);
    CU_ASSERT_EQUAL(vm(1)->typed_end, 3);
    CU_ASSERT_EQUAL(memcmp(vm(0)->typed, "a\001c\001q", 5), 0);
    CU_ASSERT_EQUAL(memcmp(vm(1)->typed, "bdq", 3), 0);
    end();
}

/* Nothing that is typed gets lost, though it is more than is kept; where it is not taken, it waits.
 */
static void
test_typed_ahead(void)
{
    static const char *const texts[] = {"li s1, 3000\n 1: addi s1, s1, -1\n bnez s1, 1b\n" ECHO,
                                        COUNT, NULL};
    char text[4 * VMM_TYPED_MAX + 1] = "";

    for (unsigned i = 0; i < 4 * VMM_TYPED_MAX; i++)
        text[i] = (char)('A' + i % 26);
    text[4 * VMM_TYPED_MAX - 1] = 'q';
    build(texts, 50, text);
    CU_ASSERT_TRUE(system_attend(&hosted, false, true));
    CU_ASSERT_EQUAL(system_run(&hosted, 2000), MACHINE_running);
    CU_ASSERT_EQUAL(hosted.console.next, VMM_TYPED_MAX + 2); /* one in each latch */
    CU_ASSERT_EQUAL(system_run_one(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(sent(text));
    end();
}

/* Paused, a VM makes no step, whether it runs or waits; then it goes on; stopped, it does not. */
static void
test_pause(void)
{
    static const char *const texts[] = {COUNT, COUNT, NULL};
    uint64_t before;

    build(texts, 50, "\001p");
    CU_ASSERT_TRUE(system_attend(&hosted, true, true));
    hosted.observed = 1;
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    before = vcpu_steps(&vm(0)->vcpu);
    CU_ASSERT_EQUAL(vm(0)->state, VM_paused);
    CU_ASSERT_TRUE(before <= 50);
    CU_ASSERT_TRUE(saw_somewhere("-- g1: paused at 0x8000000"));
    type("\001r");
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_TRUE(vcpu_steps(&vm(0)->vcpu) > before + 900);
    CU_ASSERT_EQUAL(vm(0)->vcpu.hart.minstret, vcpu_steps(&vm(0)->vcpu)); /* its time is its own */
    type("\001s\001r");
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_EQUAL(vm(0)->state, VM_stopped);
    CU_ASSERT_EQUAL(vm(0)->code, VMM_STOPPED_CODE);
    CU_ASSERT_EQUAL(hosted.hosted.vmm.focus, 1);
    type("\001s");
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_exit);
    end();
}

/* A deadline passes while its VM is paused: the time that it finds then is the deadline's. */
static void
test_pause_asleep(void)
{
    static const char *const texts[] = {
        "li t0, 0x02004000\n sw zero, 4(t0)\n li t1, 5000\n sw t1, 0(t0)\n li t1, 1 << 7\n"
        "csrw mie, t1\n wfi\n csrr a0, time\n" EXIT(0),
        COUNT, NULL};

    build(texts, 50, "");
    CU_ASSERT_TRUE(system_attend(&hosted, true, true));
    hosted.observed = 1;
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_EQUAL(vm(0)->state, VM_waiting);
    type("\001p");
    CU_ASSERT_EQUAL(system_run(&hosted, 20000), MACHINE_running);
    CU_ASSERT_EQUAL(vm(0)->state, VM_paused);
    CU_ASSERT_EQUAL(vm(0)->paused_from, VM_waiting);
    type("\001r");
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT_EQUAL(vm(0)->vcpu.hart.x[program_register("a0")], 5000);
    end();
}

/* A VM with a file of its own reads that, and nothing of what is typed; then nothing comes. */
static void
test_own_input(void)
{
    static const char *const texts[] = {ECHO, ECHO, NULL};
    static const uint8_t file[] = "xyz";

    build(texts, 50, "abq");
    vm(0)->own_input = 1;
    vm(0)->input_length = 3;
    hosted.hosted.port.input[0] = file;
    hosted.hosted.vmm.focus = 1;
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_halted);
    CU_ASSERT_EQUAL(vm(0)->state, VM_halted); /* as on a machine whose input is at its end */
    CU_ASSERT_EQUAL(vm(0)->input_next, 3);
    CU_ASSERT_EQUAL(vm(1)->state, VM_ended);
    CU_ASSERT_EQUAL(hosted.output.length, 6);
    end();
}

/* Who traps for ever is told of once, and runs on, as on the machine; others aren't taken for that.
 */
static void
test_traps_for_ever(void)
{
    static const char *const texts[] = {"li t0, 0x90000000\n csrw mtvec, t0\n ecall\n", COUNT,
                                        "la t0, 1f\n csrw mtvec, t0\n .balign 4\n"
                                        "1: csrr t1, mepc\n ecall\n",
                                        NULL};
    const char *first;

    build(texts, 50, "");
    CU_ASSERT_TRUE(system_attend(&hosted, true, true));
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
    CU_ASSERT_TRUE(vmm_traps_for_ever(vm(0)));
    CU_ASSERT_FALSE(vmm_traps_for_ever(vm(1)));
    CU_ASSERT_FALSE(vmm_traps_for_ever(vm(2)));
    CU_ASSERT_EQUAL(vcpu_steps(&vm(0)->vcpu), 1000);
    CU_ASSERT_TRUE_FATAL(saw_somewhere("-- g1: traps for ever at 0x90000000, "
                                       "instruction access fault, exits "));
    first = strstr(seen, "-- g1");
    CU_ASSERT_PTR_NULL(strstr(first + 1, "-- g1"));
    CU_ASSERT_PTR_NULL(strstr(seen, "-- g3"));
    end();
}

/* ^A ? tells all keys; one that is none does, too; ^A l all VMs. */
static void
test_help(void)
{
    static const char *const texts[] = {COUNT, COUNT, NULL};

    build(texts, 50, "\001?");
    CU_ASSERT_TRUE(system_attend(&hosted, true, true));
    CU_ASSERT_EQUAL(system_run(&hosted, 100), MACHINE_running);
#define KEY_SEEN(id, first, last, shown, about)                                                    \
    CU_ASSERT_TRUE(saw_somewhere("^A " shown));                                                    \
    CU_ASSERT_TRUE(saw_somewhere(" " about "\n"));
    VMM_KEYS(KEY_SEEN)
#undef KEY_SEEN
    type("\001l");
    CU_ASSERT_EQUAL(system_run(&hosted, 100), MACHINE_running);
    CU_ASSERT_TRUE(saw_somewhere("* 1  g1              ready at 0x80000"));
    CU_ASSERT_TRUE(saw_somewhere("\n  2  g2              ready at 0x80000"));
    CU_ASSERT_EQUAL(hosted.output.length, 0);
    end();
}

/* Numbers, as printf has them. */
static void
test_numbers(void)
{
    static const char *const texts[] = {COUNT, NULL};
    static const uint64_t counts[] = {
        0, 9, 10, 4294967295, 4294967296, 1234567890123456789, 10000000000000000000u, UINT64_MAX};
    char wanted[32];

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        build(texts, 50, "");
        vmm_console_say_count(&hosted.hosted.port, counts[i]);
        vmm_console_say(&hosted.hosted.port, " ");
        vmm_console_say_address(&hosted.hosted.port, (uint32_t)counts[i]);
        (void)snprintf(wanted, sizeof wanted, "%" PRIu64 " 0x%08" PRIx32, counts[i],
                       (uint32_t)counts[i]);
        CU_ASSERT_TRUE(saw(wanted));
        end();
    }
}

void
console_suite(void)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"output: lines tagged", test_tags},       {"output: as it comes", test_untagged},
        {"output: prompts", test_prompt},          {"input: focus", test_focus},
        {"input: typed ahead", test_typed_ahead},  {"input: of one's own", test_own_input},
        {"keys: pause, resume, stop", test_pause}, {"keys: paused asleep", test_pause_asleep},
        {"keys: help, list", test_help},           {"told: traps for ever", test_traps_for_ever},
        {"told: numbers", test_numbers},
    };
    CU_pSuite suite = CU_add_suite("monitor's console", NULL, NULL);

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        (void)CU_add_test(suite, tests[i].name, tests[i].test);
}
