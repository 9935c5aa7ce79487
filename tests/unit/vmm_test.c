/* SPDX-License-Identifier: MIT */
/*
 * vmm/ under its hosted port, against docs/monitor.md: how R is composed, what
 * each trap comes to, virtual time, reservations, several VMs.  Where a rule
 * says ‘as on the machine’, the bare machine is beside it.
 */
#include <CUnit/CUnit.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/program.h"
#include "tests/unit/suites.h"
#include "vmm/hosted/moment.h"
#include "vmm/hosted/system.h"
#include "vmm/theorem/observe.h"

enum { MEMORY = 1 << 20 };

#define RAM ISA_RAM_START

#define EXIT(code)                                                                                 \
    "li t5, 0x00100000\n li t6, 0x3333 | (" #code ") << 16\n sw t6, 0(t5)\n 9999: j 9999b\n"
#define PUT(c) "li t5, 0x10000000\n li t6, '" c "'\n sb t6, 0(t5)\n"

/* ---- systems of guests ---- */

/* Who runs what; ends with a NULL text. */
struct guest {
    const char *text;
    uint32_t weight, slice;
    bool hybrid;
};

static struct image images[VMM_GUESTS_MAX];

static void
build(struct system *s, const struct guest *guests, bool hosted, const char *input)
{
    struct system_guest list[VMM_GUESTS_MAX];
    struct system_spec spec = {.variant = &isa_virtualizable, .hosted = hosted, .guests = list};
    char error[IMAGE_ERROR_MAX] = "";

    memset(list, 0, sizeof list);
    for (const struct guest *g = guests; g->text != NULL; g++) {
        struct system_guest *to = &list[spec.count];

        program_image(g->text, &images[spec.count]);
        to->name = "guest";
        to->image = &images[spec.count];
        to->memory = MEMORY;
        to->weight = g->weight;
        to->slice = g->slice;
        to->hybrid = g->hybrid;
        spec.count++;
    }
    CU_ASSERT_TRUE_FATAL(system_init(s, &spec, error));
    for (unsigned i = 0; i < spec.count; i++)
        image_free(&images[i]);
    s->console.collect = &s->output;
    if (input != NULL)
        console_from_bytes(&s->console, (const uint8_t *)input, strlen(input));
}

static struct system hosted, bare;

static void
host(const struct guest *guests)
{
    build(&hosted, guests, true, NULL);
}

static void
host_one(const char *text)
{
    const struct guest guests[] = {{text, 0, 0, false}, {NULL, 0, 0, false}};

    host(guests);
}

static struct vm *
vm(unsigned i)
{
    return &hosted.hosted.vmm.vm[i];
}

static uint32_t
reg(unsigned i, const char *name)
{
    return vm(i)->vcpu.hart.x[program_register(name)];
}

static bool
printed(const char *text)
{
    return hosted.output.length == strlen(text) &&
           memcmp(hosted.output.bytes, text, strlen(text)) == 0;
}

static uint64_t
exits(unsigned i, uint32_t cause, enum vmm_exit kind)
{
    return vm(i)->exits[vmm_cause_index(cause)][kind];
}

static uint64_t
all_exits(unsigned i, enum vmm_exit kind)
{
    uint64_t sum = 0;

    for (unsigned cause = 0; cause < VMM_CAUSES; cause++)
        sum += vm(i)->exits[cause][kind];
    return sum;
}

/* Every step taken is accounted for: executed directly or interpreted, reflected or injected. */
static void
check_account(unsigned i)
{
    const struct vcpu *v = &vm(i)->vcpu;
    uint64_t injected = 0;

    for (unsigned cause = 0; cause < VMM_CAUSES; cause++)
        injected += vm(i)->injected[cause];
    CU_ASSERT_EQUAL(v->retired,
                    v->direct + all_exits(i, VMM_EXIT_emulated) + all_exits(i, VMM_EXIT_device));
    CU_ASSERT_EQUAL(v->traps, all_exits(i, VMM_EXIT_reflected) + injected);
}

/* ---- R ---- */

/* docs/machine.md, in 64 bits: does an access of n bytes at va pass, and where does it go? */
static bool
passes(uint32_t va, uint32_t n, bool user, uint64_t mbase, uint64_t mbound, uint64_t size,
       uint64_t *at)
{
    uint64_t off = (uint32_t)(va - RAM);

    *at = off;
    if (!user)
        return off + n <= size;
    *at = mbase + off;
    return off + n <= mbound && mbase + off + n <= size;
}

/* The R composed lets through what the virtual machine would, to the same word in the allotment. */
static void
compose_case(const struct vm *v, uint32_t ram_size, uint32_t va, uint32_t n)
{
    const struct isa_hart *h = &v->vcpu.hart;
    struct isa_window w;
    uint32_t base, bound, offset = 0;
    uint64_t at;
    bool wanted = passes(va, n, h->mode == ISA_USER, h->mbase, h->mbound, v->size, &at);

    vmm_compose(v, &base, &bound);
    isa_window(ISA_USER, base, bound, ram_size, &w);
    if (isa_relocate(&w, va, n, &offset) != wanted)
        CU_FAIL("the composed R lets through what the virtual one does not, or the reverse");
    if (wanted && offset != v->start + at)
        CU_FAIL("the composed R leads elsewhere");
    if (wanted && (offset < v->start || offset + n > v->start + v->size))
        CU_FAIL("out of the allotment");
}

static void
test_composition(void)
{
    static struct vm v;
    const uint32_t size = MEMORY, ram = 16 << 20;
    const uint32_t starts[] = {MEMORY, 4 << 20, ram - MEMORY};
    const uint32_t edges[] = {0,          4,          size - 4,   size,       size + 4, 2 * size,
                              0x7ffffffc, 0x80000000, 0xfffffff8, 0xfffffffc, 0x1000,   size / 2};
    const uint32_t near[] = {0,        1,      2,          3,          4,          5,
                             0xffc,    0x1000, size / 2,   size - 4,   size - 1,   size,
                             size + 1, ram,    0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff};

    for (unsigned s = 0; s < 3; s++)
        for (unsigned b = 0; b < 12; b++)
            for (unsigned l = 0; l < 12; l++)
                for (unsigned a = 0; a < 2 * 18; a++)
                    for (uint32_t n = 1; n <= 4; n *= 2) {
                        v.start = starts[s];
                        v.size = size;
                        v.vcpu.hart.mbase = edges[b];
                        v.vcpu.hart.mbound = edges[l];
                        v.vcpu.hart.mode = ISA_USER;
                        /* from the start of RAM, and from where the bound ends */
                        compose_case(&v, ram, RAM + near[a % 18] + (a < 18 ? 0 : edges[l] - n), n);
                        v.vcpu.hart.mode = ISA_MACHINE;
                        compose_case(&v, ram, RAM + near[a % 18] + (a < 18 ? 0 : size - n), n);
                    }
}

/* The guest sees its own R, which is open and identity, and the real CSRs are none of its. */
static void
test_own_csrs(void)
{
    host_one("csrr a0, mbase\n csrr a1, mbound\n csrr a2, mstatus\n csrr a3, mie\n"
             "li t0, 0x80\n csrw mscratch, t0\n csrw mcause, t0\n csrw mepc, t0\n csrw mtval, t0\n"
             "csrw mtvec, t0\n csrw mstatus, t0\n csrr a4, mstatus\n csrw mbase, t0\n" EXIT(0));
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_exit);
    CU_ASSERT_EQUAL(reg(0, "a0"), 0);
    CU_ASSERT_EQUAL(reg(0, "a1"), 0xfffffffc);
    CU_ASSERT_EQUAL(reg(0, "a2"), 0);
    CU_ASSERT_EQUAL(reg(0, "a3"), 0);
    CU_ASSERT_EQUAL(reg(0, "a4"), 0x80);
    CU_ASSERT_EQUAL(vm(0)->vcpu.hart.mscratch, 0x80);
    CU_ASSERT_EQUAL(hosted.machine.hart.mscratch, 0);
    CU_ASSERT_EQUAL(hosted.machine.hart.mtvec, 0);
    CU_ASSERT_EQUAL(hosted.machine.hart.mbase, vm(0)->start);
    CU_ASSERT_EQUAL(hosted.machine.hart.mbound, MEMORY);
    CU_ASSERT_EQUAL(exits(0, CAUSE_illegal, VMM_EXIT_emulated), 12);
    check_account(0);
    system_free(&hosted);
}

/* ---- what a trap comes to ---- */

/* One instruction in virtual M-mode or U-mode, and what becomes of it. */
static const struct trap_case {
    const char *instruction; /* t0 holds `t0` */
    uint32_t t0, mode, cause;
    enum vmm_exit kind;
    uint32_t virtual_cause; /* where reflected */
} trap_cases[] = {
    {"csrw mscratch, t0", 5, ISA_MACHINE, CAUSE_illegal, VMM_EXIT_emulated, 0},
    {"csrr a0, minstret", 0, ISA_MACHINE, CAUSE_illegal, VMM_EXIT_emulated, 0},
    {"csrr a0, 0x5c0", 0, ISA_MACHINE, CAUSE_illegal, VMM_EXIT_reflected, CAUSE_illegal},
    {"csrw mhartid, t0", 0, ISA_MACHINE, CAUSE_illegal, VMM_EXIT_reflected, CAUSE_illegal},
    {".word 0xffffffff", 0, ISA_MACHINE, CAUSE_illegal, VMM_EXIT_reflected, CAUSE_illegal},
    {"csrw mscratch, t0", 5, ISA_USER, CAUSE_illegal, VMM_EXIT_reflected, CAUSE_illegal},
    {"mret", 0, ISA_USER, CAUSE_illegal, VMM_EXIT_reflected, CAUSE_illegal},
    {"wfi", 0, ISA_USER, CAUSE_illegal, VMM_EXIT_reflected, CAUSE_illegal},
    {"ecall", 0, ISA_MACHINE, CAUSE_ecall_user, VMM_EXIT_reflected, CAUSE_ecall_machine},
    {"ecall", 0, ISA_USER, CAUSE_ecall_user, VMM_EXIT_reflected, CAUSE_ecall_user},
    {"ebreak", 0, ISA_MACHINE, CAUSE_breakpoint, VMM_EXIT_reflected, CAUSE_breakpoint},
    {"sb t0, 0(t0)", 0x10000000, ISA_MACHINE, CAUSE_store_access, VMM_EXIT_device, 0},
    {"lbu a0, 5(t0)", 0x10000000, ISA_MACHINE, CAUSE_load_access, VMM_EXIT_device, 0},
    {"lw a0, 0(t0)", 0x0200bff8, ISA_MACHINE, CAUSE_load_access, VMM_EXIT_device, 0},
    {"lw a0, 0(t0)", 0x10000000, ISA_MACHINE, CAUSE_load_access, VMM_EXIT_reflected,
     CAUSE_load_access},
    {"sb a0, 0(t0)", 0x02000000, ISA_MACHINE, CAUSE_store_access, VMM_EXIT_reflected,
     CAUSE_store_access},
    {"lbu a0, 0(t0)", 0x10000000, ISA_USER, CAUSE_load_access, VMM_EXIT_reflected,
     CAUSE_load_access},
    {"lr.w a0, (t0)", 0x02000000, ISA_MACHINE, CAUSE_load_access, VMM_EXIT_reflected,
     CAUSE_load_access},
    {"amoadd.w a0, a0, (t0)", 0x02000000, ISA_MACHINE, CAUSE_store_access, VMM_EXIT_reflected,
     CAUSE_store_access},
    {"lw a0, 0(t0)", 0x0200bff9, ISA_MACHINE, CAUSE_load_misaligned, VMM_EXIT_reflected,
     CAUSE_load_misaligned},
    {"lw a0, 0(t0)", RAM + MEMORY, ISA_MACHINE, CAUSE_load_access, VMM_EXIT_reflected,
     CAUSE_load_access},
    {"sb a0, 0(t0)", RAM - 1, ISA_MACHINE, CAUSE_store_access, VMM_EXIT_reflected,
     CAUSE_store_access},
    {"jr t0", 0x10000000, ISA_MACHINE, CAUSE_fetch_access, VMM_EXIT_reflected, CAUSE_fetch_access},
    {"jr t0", RAM + 2, ISA_USER, CAUSE_fetch_misaligned, VMM_EXIT_reflected,
     CAUSE_fetch_misaligned},
};

static void
trap_case(const struct trap_case *c)
{
    const struct vm *v;
    uint64_t total = 0;

    host_one(c->instruction);
    v = vm(0);
    vm(0)->vcpu.hart.x[5] = c->t0;
    vm(0)->vcpu.hart.mode = c->mode;
    vm(0)->vcpu.hart.mtvec = RAM + 0x100;
    CU_ASSERT_EQUAL(system_run(&hosted, c->cause == CAUSE_fetch_access ? 2 : 1), MACHINE_running);
    CU_ASSERT_EQUAL(exits(0, c->cause, c->kind), 1);
    for (unsigned kind = 0; kind < VMM_EXIT_KINDS; kind++)
        total += all_exits(0, (enum vmm_exit)kind);
    CU_ASSERT_EQUAL(total, 1);
    CU_ASSERT_EQUAL(v->last_exit.mode, c->mode);
    CU_ASSERT_EQUAL(v->last_exit.kind, c->kind);
    if (c->kind == VMM_EXIT_reflected) {
        CU_ASSERT_EQUAL(v->vcpu.hart.mcause, c->virtual_cause);
        CU_ASSERT_EQUAL(v->vcpu.hart.mode, ISA_MACHINE);
        CU_ASSERT_EQUAL(v->vcpu.hart.pc, RAM + 0x100);
        CU_ASSERT_EQUAL(v->vcpu.hart.mstatus, c->mode == ISA_MACHINE ? MSTATUS_MPP : 0);
        CU_ASSERT_EQUAL(v->vcpu.hart.mepc, c->cause == CAUSE_fetch_access ? c->t0 : RAM);
    } else {
        CU_ASSERT_EQUAL(v->vcpu.hart.pc, RAM + 4);
        CU_ASSERT_EQUAL(v->vcpu.traps, 0);
    }
    check_account(0);
    system_free(&hosted);
}

static void
test_traps(void)
{
    for (unsigned i = 0; i < sizeof trap_cases / sizeof trap_cases[0]; i++)
        trap_case(&trap_cases[i]);
}

static void
test_cause_index(void)
{
    for (uint32_t i = 0; i < VMM_CAUSES; i++)
        CU_ASSERT_EQUAL(vmm_cause_index(vmm_cause_of(i)), i);
    CU_ASSERT_EQUAL(vmm_cause_index(CAUSE_ecall_machine), 11);
    CU_ASSERT_EQUAL(vmm_cause_index(MCAUSE_INTERRUPT | IRQ_timer), 23);
}

/* ---- beside the bare machine ---- */

/* Step by step the same, to the end of the run or `most` steps; how the run stopped. */
static enum machine_stop
lockstep(const char *text, const char *input, bool hybrid, unsigned most)
{
    const struct guest guests[] = {{text, 0, 0, hybrid}, {NULL, 0, 0, false}};
    enum machine_stop stop = MACHINE_running;

    build(&bare, guests, false, input);
    build(&hosted, guests, true, input);
    for (unsigned i = 0; i < most && stop == MACHINE_running; i++) {
        struct observe_differences d = {0};

        stop = system_run(&bare, 1);
        CU_ASSERT_EQUAL(system_run(&hosted, 1), stop);
        CU_ASSERT_EQUAL(system_steps(&bare), system_steps(&hosted));
        observe_systems(&bare, &hosted, i % 64 == 0 || stop != MACHINE_running, &d);
        CU_ASSERT_EQUAL(d.count, 0);
        if (d.count != 0) {
            printf("step %u: %s: %llx, %llx\n", i, d.list[0].name,
                   (unsigned long long)d.list[0].left, (unsigned long long)d.list[0].right);
            break;
        }
    }
    CU_ASSERT_EQUAL(bare.machine.exit_code, hosted.machine.exit_code);
    system_free(&bare);
    system_free(&hosted);
    return stop;
}

/* ... under the pure monitor and the hybrid one; the run stops like this. */
static void
alike(const char *text, const char *input, unsigned most, enum machine_stop wanted)
{
    CU_ASSERT_EQUAL(lockstep(text, input, false, most), wanted);
    CU_ASSERT_EQUAL(lockstep(text, input, true, most), wanted);
}

/* A kernel with a timer tick every `gap` instructions, masked and unmasked, in both modes. */
static void
test_timer(void)
{
    alike("la t0, handler\n csrw mtvec, t0\n li s0, 0x02004000\n li s1, 0x0200bff8\n"
          "li t0, 0x80\n csrw mie, t0\n csrsi mstatus, 8\n li s2, 1\n call again\n"
          "loop: addi s4, s4, 1\n csrci mstatus, 8\n addi s4, s4, 3\n csrsi mstatus, 8\n"
          "slti t1, s2, 40\n bnez t1, loop\n"
          "la t0, user\n csrw mepc, t0\n li t0, 0x1800\n csrc mstatus, t0\n mret\n"
          "user: addi s4, s4, 7\n mul s5, s4, s2\n j user\n"
          "again: lw t1, 0(s1)\n add t1, t1, s2\n li t2, -1\n sw t2, 0(s0)\n sw zero, 4(s0)\n"
          "sw t1, 0(s0)\n ret\n"
          "handler: addi s2, s2, 1\n mv s11, ra\n mv s10, t1\n mv s9, t2\n call again\n"
          "mv ra, s11\n mv t1, s10\n mv t2, s9\n addi s3, s3, 1\n li s8, 80\n"
          "beq s3, s8, done\n mret\n"
          "done: " EXIT(1),
          NULL, 20000, MACHINE_exit);
}

/* Deadlines that lie at each distance, reached by wfi or by running. */
static void
test_wfi(void)
{
    alike("la t0, handler\n csrw mtvec, t0\n li s0, 0x02004000\n li t0, 0x80\n csrw mie, t0\n"
          "sw zero, 4(s0)\n li s2, 0\n"
          "again: csrr t1, time\n add t1, t1, s2\n sw t1, 0(s0)\n wfi\n csrr a0, time\n"
          "csrr a1, mip\n csrsi mstatus, 8\n csrci mstatus, 8\n"
          "addi s2, s2, 3\n slti t1, s2, 100\n bnez t1, again\n"
          "li t1, -1\n sw t1, 0(s0)\n sw t1, 4(s0)\n wfi\n" /* for ever */
          "handler: csrr a2, mepc\n li t1, -1\n sw t1, 0(s0)\n mret\n",
          NULL, 20000, MACHINE_halted);
}

/* Everything at once: input by interrupt, echo, a system call, R, an SC across a trap. */
static void
test_kernel(void)
{
    alike(
        "la t0, handler\n csrw mtvec, t0\n li s0, 0x10000000\n li t0, 1\n sb t0, 1(s0)\n"
        "li t0, 0x800\n csrw mie, t0\n la t0, frame\n csrw mscratch, t0\n"
        "li t0, 0x1000\n csrw mbase, t0\n li t0, 0x800\n csrw mbound, t0\n"
        "li t0, 0x80000000\n csrw mepc, t0\n csrw mstatus, zero\n mret\n"
        "handler: csrrw s11, mscratch, s11\n sw t0, 0(s11)\n sw t1, 4(s11)\n csrr t0, mcause\n"
        "bltz t0, input\n"
        "csrr t0, mepc\n addi t0, t0, 4\n csrw mepc, t0\n j back\n"
        "input: lbu t1, 0(s0)\n sb t1, 0(s0)\n li t0, '.'\n beq t1, t0, done\n"
        "back: lw t0, 0(s11)\n lw t1, 4(s11)\n csrrw s11, mscratch, s11\n mret\n"
        "done: " EXIT(9) ".balign 4\n frame: .space 16\n"
                         ".org 0x1000\n"
                         "user: lui s1, 0x80000\n addi s1, s1, 0x400\n"
                         "1: lr.w a0, (s1)\n addi a0, a0, 1\n sc.w a1, a0, (s1)\n add a2, a2, a1\n"
                         "li a3, 7\n sw a3, 4(s1)\n ecall\n"
                         "lw a5, 0x3fc(s1)\n lw a5, 0x400(s1)\n" /* the last word, and none */
                         "lb a5, 0x3ff(s1)\n lb a5, 0x400(s1)\n j 1b\n"
                         ".org 0x1800\n",
        "abc.", 3000, MACHINE_exit);
}

/* mresv as a CSR, LR and SC around traps, with the virtual offset in sight. */
static void
test_reservation(void)
{
    const char *text =
        "la t0, handler\n csrw mtvec, t0\n la s0, word\n"
        "lr.w a0, (s0)\n csrr a1, mresv\n ecall\n sc.w a2, s0, (s0)\n csrr a3, mresv\n"
        "lr.w a0, (s0)\n csrw mresv, zero\n sc.w a4, s0, (s0)\n"
        "la t0, word - 0x80000000 + 1\n csrw mresv, t0\n sc.w a5, s0, (s0)\n"
        "li t0, 0x00100001\n csrw mresv, t0\n csrr a6, mresv\n" /* beyond its memory */
        "li t0, 0x00000004\n csrw mresv, t0\n csrr a7, mresv\n" /* not valid, but kept */
        "sc.w s1, s0, (s0)\n csrr s2, mresv\n" EXIT(
            2) "word: .word 1\n"
               "handler: csrr t0, mepc\n addi t0, t0, 4\n csrw mepc, t0\n mret\n";

    alike(text, NULL, 1000, MACHINE_exit);
    host_one(text);
    CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_exit);
    CU_ASSERT_EQUAL(reg(0, "a1"), reg(0, "s0") - RAM + 1);
    CU_ASSERT_EQUAL(reg(0, "a2"), 0); /* a trap leaves it */
    CU_ASSERT_EQUAL(reg(0, "a3"), 0);
    CU_ASSERT_EQUAL(reg(0, "a4"), 1);
    CU_ASSERT_EQUAL(reg(0, "a5"), 0);
    CU_ASSERT_EQUAL(reg(0, "a6"), 0);
    CU_ASSERT_EQUAL(reg(0, "a7"), 4);
    CU_ASSERT_EQUAL(reg(0, "s1"), 1);
    CU_ASSERT_EQUAL(reg(0, "s2"), 0);
    system_free(&hosted);
}

/* The machine watches tohost even where the monitor stores to it, interpreting. */
static void
test_tohost(void)
{
    static const char text[] = "la t0, tohost\n li t1, 7\n sw t1, 0(t0)\n 1: j 1b\n"
                               ".balign 8\n tohost: .dword 0\n";
    const struct guest guests[2][2] = {{{text, 0, 0, false}, {NULL, 0, 0, false}},
                                       {{text, 0, 0, true}, {NULL, 0, 0, false}}};

    for (unsigned hybrid = 0; hybrid < 2; hybrid++) {
        host(guests[hybrid]);
        CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_exit);
        CU_ASSERT_EQUAL(hosted.machine.exit_code, 3);
        CU_ASSERT_EQUAL(system_steps(&hosted), 4);
        system_free(&hosted);
    }
    alike(text, NULL, 1000, MACHINE_exit);
}

/* A handler that traps at its own first instruction: the budget ends it, as bare. */
static void
test_trap_loop(void)
{
    alike("li t0, 0x90000000\n csrw mtvec, t0\n ecall\n", NULL, 200, MACHINE_running);
    alike("ecall\n", NULL, 200, MACHINE_running); /* mtvec is 0 */
}

/* ---- several VMs ---- */

#define COUNT_FOR_EVER "1: addi s0, s0, 1\n j 1b\n"

/* Round robin: slices in proportion to the weights. */
static void
test_weights(void)
{
    const struct guest guests[] = {{COUNT_FOR_EVER, 1, 1000, false},
                                   {COUNT_FOR_EVER, 3, 1000, false},
                                   {COUNT_FOR_EVER, 2, 500, false},
                                   {NULL, 0, 0, false}};

    host(guests);
    for (unsigned round = 1; round <= 10; round++) {
        CU_ASSERT_EQUAL(system_run(&hosted, 1000), MACHINE_running);
        CU_ASSERT_EQUAL(vcpu_steps(&vm(0)->vcpu), 1000 * round);
        CU_ASSERT_EQUAL(vcpu_steps(&vm(1)->vcpu), 3000 * (round - 1));
        CU_ASSERT_EQUAL(vcpu_steps(&vm(2)->vcpu), 1000 * (round - 1));
    }
    CU_ASSERT_EQUAL(reg(0, "s0"), 5000);
    CU_ASSERT_EQUAL(reg(1, "s0"), 13500);
    system_free(&hosted);
}

/* Reservations are each VM's own, however they are interleaved. */
static void
test_reservations_apart(void)
{
    static const char text[] =
        "la s0, word\n li s1, 2000\n"
        "1: lr.w t0, (s0)\n addi t0, t0, 1\n sc.w t1, t0, (s0)\n"
        "add s2, s2, t1\n addi s1, s1, -1\n bnez s1, 1b\n" EXIT(0) "word: .word 0\n";
    const struct guest guests[] = {
        {text, 1, 7, false}, {text, 1, 5, false}, {text, 1, 11, true}, {NULL, 0, 0, false}};

    host(guests);
    CU_ASSERT_EQUAL(system_run(&hosted, 1000000), MACHINE_exit);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(reg(i, "s2"), 0); /* no SC failed */
        CU_ASSERT_EQUAL(reg(i, "t0"), 2000);
        CU_ASSERT_EQUAL(vm(i)->state, VM_ended);
    }
    system_free(&hosted);
}

/* ---- real time ---- */

/* `text` with a real clock, beside one that counts; 100 steps each in turn. */
static void
host_real(const char *text, bool hybrid)
{
    const struct guest guests[] = {
        {text, 1, 100, hybrid}, {COUNT_FOR_EVER, 1, 100, false}, {NULL, 0, 0, false}};

    host(guests);
    vm(0)->real_clock = 1;
}

/* mtime goes on while the other runs, slice for slice; minstret does not. */
static void
test_real_clock(void)
{
    static const char text[] = "csrr s1, time\n csrr s2, minstret\n li t0, 500\n"
                               "1: addi t0, t0, -1\n bnez t0, 1b\n"
                               "csrr s3, time\n csrr s4, minstret\n" EXIT(0);

    host_real(text, false);
    CU_ASSERT_EQUAL(system_run(&hosted, 10), MACHINE_running);
    CU_ASSERT_EQUAL(reg(0, "s1"), 0);
    CU_ASSERT_EQUAL(reg(0, "s2"), 1);
    CU_ASSERT_EQUAL(system_run_one(&hosted, 5000), MACHINE_exit);
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT_EQUAL(reg(0, "s4") - reg(0, "s2"), 1003);
    CU_ASSERT_EQUAL(reg(0, "s3") - reg(0, "s1"), 1003 + 10 * 100); /* ten turns of the other */
    system_free(&hosted);
}

/* A moment of a file has the clocks that the system has. */
static void
test_real_moment(void)
{
    static struct moment m;
    const char *why;

    host_real(EXIT(0), false);
    moment_save(&hosted, &m);
    CU_ASSERT_TRUE(moment_fits(&hosted, &m, &why));
    m.vmm.vm[1].real_clock = 1;
    CU_ASSERT_FALSE(moment_fits(&hosted, &m, &why));
    system_free(&hosted);
}

/* The deadline is one in real time; who has the processor then is another matter. */
static void
test_real_deadline(void)
{
    static const char text[] =
        "la t0, handler\n csrw mtvec, t0\n li s0, 0x02004000\n li t0, 0x80\n csrw mie, t0\n"
        "sw zero, 4(s0)\n li t1, 530\n sw t1, 0(s0)\n csrsi mstatus, 8\n"
        "1: addi s1, s1, 1\n j 1b\n"
        "handler: csrr a0, time\n csrr a2, minstret\n" EXIT(0);

    host_real(text, false);
    CU_ASSERT_EQUAL(system_run_one(&hosted, 5000), MACHINE_exit);
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT_EQUAL(reg(0, "a0"), 600 + 1); /* it was the other's turn: until 600, and one step */
    CU_ASSERT_EQUAL(reg(0, "a2"), 300 + 1);
    system_free(&hosted);
}

/* What is written to mtime is read by the next instruction, and goes on from there. */
static void
test_real_clock_written(void)
{
    static const char text[] =
        "li t0, 0x0200bff8\n li t1, 5000\n li t2, 500\n 1: addi t2, t2, -1\n bnez t2, 1b\n"
        "sw t1, 0(t0)\n csrr s1, time\n csrr s2, time\n" EXIT(0);

    for (unsigned hybrid = 0; hybrid < 2; hybrid++) {
        host_real(text, hybrid != 0);
        CU_ASSERT_EQUAL(system_run_one(&hosted, 5000), MACHINE_exit);
        CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
        CU_ASSERT_EQUAL(reg(0, "s1"), 5000);
        CU_ASSERT_EQUAL(reg(0, "s2"), 5001);
        system_free(&hosted);
    }
}

/* A wfi ends when its time has come; what came after it is on the clock, too. */
static void
test_real_wait(void)
{
    static const char text[] = "li s0, 0x02004000\n li t0, 0x80\n csrw mie, t0\n"
                               "sw zero, 4(s0)\n li t1, 530\n sw t1, 0(s0)\n"
                               "wfi\n csrr s1, time\n csrr s2, minstret\n" EXIT(0);

    host_real(text, false);
    CU_ASSERT_EQUAL(system_run_one(&hosted, 5000), MACHINE_exit);
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT(reg(0, "s1") >= 530 && reg(0, "s1") < 530 + 200);
    CU_ASSERT(reg(0, "s2") < 20);
    system_free(&hosted);
}

/* A guest's time is its own: alike, whoever runs beside it. */
static void
test_own_time(void)
{
    static const char text[] =
        "la t0, handler\n csrw mtvec, t0\n li s0, 0x02004000\n li t0, 0x80\n csrw mie, t0\n"
        "sw zero, 4(s0)\n li t1, 500\n sw t1, 0(s0)\n csrsi mstatus, 8\n"
        "1: addi s1, s1, 1\n j 1b\n"
        "handler: csrr a0, time\n csrr a1, mepc\n csrr a2, minstret\n" EXIT(0);
    const struct guest alone[] = {{text, 0, 0, false}, {NULL, 0, 0, false}};
    const struct guest among[] = {{text, 1, 13, false},
                                  {COUNT_FOR_EVER, 5, 100, false},
                                  {"1: ecall\n j 1b\n", 1, 10, false},
                                  {NULL, 0, 0, false}};
    uint32_t a0, a1, a2, s1;

    host(alone);
    CU_ASSERT_EQUAL(system_run(&hosted, 10000), MACHINE_exit);
    a0 = reg(0, "a0");
    a1 = reg(0, "a1");
    a2 = reg(0, "a2");
    s1 = reg(0, "s1");
    CU_ASSERT_EQUAL(a0, 500);
    system_free(&hosted);

    host(among);
    (void)system_run_one(&hosted, 10000);
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT_EQUAL(reg(0, "a0"), a0);
    CU_ASSERT_EQUAL(reg(0, "a1"), a1);
    CU_ASSERT_EQUAL(reg(0, "a2"), a2);
    CU_ASSERT_EQUAL(reg(0, "s1"), s1);
    system_free(&hosted);
}

#define SLEEP(ticks)                                                                               \
    "li s0, 0x02004000\n li t0, 0x80\n csrw mie, t0\n sw zero, 4(s0)\n li t1, " #ticks "\n"        \
    "sw t1, 0(s0)\n wfi\n csrr a0, time\n csrr a1, minstret\n"

/* While one VM sleeps the other runs; it wakes at its deadline in its own time. */
static void
test_sleeper(void)
{
    const struct guest guests[] = {
        {SLEEP(5000) PUT("s") EXIT(0), 1, 1000, false},
        {"li s1, 2000\n 1: addi s1, s1, -1\n bnez s1, 1b\n" PUT("w") EXIT(1), 1, 1000, false},
        {NULL, 0, 0, false}};

    host(guests);
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(printed("ws"));
    CU_ASSERT_EQUAL(reg(0, "a0"), 5000);
    CU_ASSERT_EQUAL(reg(0, "a1"), 9); /* as many as before it, the wfi one of them */
    check_account(1);
    system_free(&hosted);
}

/* All sleep: real time goes to the nearest deadline, one after the other. */
static void
test_sleepers(void)
{
    const struct guest guests[] = {{SLEEP(900000) PUT("c") EXIT(0), 1, 0, false},
                                   {SLEEP(100000) PUT("a") EXIT(1), 1, 0, false},
                                   {SLEEP(500000) PUT("b") EXIT(2), 1, 0, false},
                                   {NULL, 0, 0, false}};

    host(guests);
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(printed("abc"));
    CU_ASSERT_EQUAL(reg(0, "a0"), 900000);
    CU_ASSERT_EQUAL(reg(1, "a0"), 100000);
    CU_ASSERT_EQUAL(reg(2, "a0"), 500000);
    CU_ASSERT_TRUE(hosted.machine.steps < 200);
    system_free(&hosted);
}

/* Real time goes on beside a VM that retires nothing, or is interpreted: who waits is woken. */
static void
test_time_goes_on(void)
{
    const struct guest trapping[] = {
        {"li t0, 0x90000000\n csrw mtvec, t0\n ecall\n", 1, 100, false},
        {SLEEP(3000) PUT("w") EXIT(0), 1, 100, false},
        {NULL, 0, 0, false}};
    const struct guest interpreted[] = {{COUNT_FOR_EVER, 1, 100, true},
                                        {SLEEP(3000) PUT("w") EXIT(0), 1, 100, false},
                                        {NULL, 0, 0, false}};

    host(trapping);
    CU_ASSERT_EQUAL(system_run(&hosted, 6000), MACHINE_running);
    CU_ASSERT_TRUE(printed("w"));
    system_free(&hosted);
    host(interpreted);
    CU_ASSERT_EQUAL(system_run(&hosted, 6000), MACHINE_running);
    CU_ASSERT_TRUE(printed("w"));
    system_free(&hosted);
}

#define SLEEP_LONG(low)                                                                            \
    "li s0, 0x02004000\n li t0, 0x80\n csrw mie, t0\n li t1, -1\n sw t1, 4(s0)\n"                  \
    "li t1, " #low "\n sw t1, 0(s0)\n wfi\n csrr a0, time\n csrr a1, timeh\n"

/* Asleep till the end of time, and awake after it, as often as one likes: real time may wrap. */
static void
test_long_sleep(void)
{
    const struct guest alone[] = {
        {"li s1, 5\n again: li t0, 0x0200bff8\n sw zero, 0(t0)\n sw zero, 4(t0)\n" SLEEP_LONG(
             -2) "li t0, 3000\n 1: addi t0, t0, -1\n bnez t0, 1b\n"
                 "addi s1, s1, -1\n bnez s1, again\n" EXIT(0),
         1, 0, false},
        {NULL, 0, 0, false}};
    /* The second's wait is over while the first, awake, makes its slices; and only then. */
    const struct guest two[] = {
        {SLEEP_LONG(-2000) "li t0, 500\n 1: addi t0, t0, -1\n bnez t0, 1b\n" PUT(
             "1") "li t0, 5000\n 1: addi t0, t0, -1\n bnez t0, 1b\n" PUT("3") EXIT(0),
         1, 200, false},
        {SLEEP_LONG(-2) PUT("2") EXIT(0), 1, 200, false},
        {NULL, 0, 0, false}};

    host(alone);
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_EQUAL(reg(0, "a0"), 0xfffffffe);
    CU_ASSERT_EQUAL(reg(0, "a1"), 0xffffffff);
    system_free(&hosted);
    host(two);
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(printed("123"));
    CU_ASSERT_EQUAL(reg(0, "a0"), 0u - 2000);
    CU_ASSERT_EQUAL(reg(1, "a0"), 0u - 2);
    system_free(&hosted);
}

/* A wait is over though nobody looked until long after: the first's turn is that long. */
static void
test_late_look(void)
{
    const struct guest guests[] = {
        {SLEEP_LONG(-600) "li t0, 5000\n 1: addi t0, t0, -1\n bnez t0, 1b\n" PUT("2") EXIT(0), 1,
         6000, false},
        {SLEEP_LONG(-2) PUT("1") EXIT(0), 1, 6000, false},
        {NULL, 0, 0, false}};

    host(guests);
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(printed("12"));
    system_free(&hosted);
}

/* A VM ends, halts or starts anew alone. */
static void
test_ends_alone(void)
{
    const struct guest guests[] = {
        {PUT("1") EXIT(7), 1, 10, false},
        {"wfi\n", 1, 10, false}, /* nothing can wake it */
        {"la t0, n\n lw t1, 0(t0)\n addi t1, t1, 1\n sw t1, 0(t0)\n li t2, 3\n"
         "beq t1, t2, 1f\n csrw mscratch, t1\n li t0, 0x00100000\n li t1, 0x7777\n sw t1, 0(t0)\n"
         "1: csrr a0, mscratch\n csrr a1, minstret\n" PUT("3") EXIT(3) "n: .word 0\n",
         1, 10, false},
        {"li s1, 500\n 1: addi s1, s1, -1\n bnez s1, 1b\n" PUT("4") EXIT(4), 1, 10, false},
        {NULL, 0, 0, false}};

    host(guests);
    CU_ASSERT_EQUAL(system_run(&hosted, 1000000), MACHINE_halted);
    CU_ASSERT_TRUE(printed("134"));
    CU_ASSERT_EQUAL(vm(0)->state, VM_ended);
    CU_ASSERT_EQUAL(vm(0)->code, 7);
    CU_ASSERT_EQUAL(vm(1)->state, VM_halted);
    CU_ASSERT_EQUAL(vm(1)->vcpu.retired, 0);
    CU_ASSERT_EQUAL(vm(2)->state, VM_ended);
    CU_ASSERT_EQUAL(vm(2)->code, 3);
    CU_ASSERT_EQUAL(reg(2, "a0"), 0); /* its CSRs were reset, its memory kept */
    CU_ASSERT_EQUAL(vm(3)->code, 4);
    system_free(&hosted);
}

/* A VM that traps for ever takes no more than its turn. */
static void
test_hostile(void)
{
    const struct guest guests[] = {
        {"li s1, 3000\n 1: addi s1, s1, -1\n bnez s1, 1b\n" PUT("v") EXIT(0), 1, 100, false},
        {"li t0, 0x90000000\n csrw mtvec, t0\n ecall\n", 1, 100, false},
        {"csrw mtvec, zero\n li t0, 0xfffffffc\n csrw mbase, t0\n csrw mbound, t0\n mret\n", 1, 100,
         true},
        {"la t0, 1f\n csrw mtvec, t0\n .balign 4\n 1: wfi\n", 1, 100, false},
        {NULL, 0, 0, false}};

    host(guests);
    CU_ASSERT_EQUAL(system_run(&hosted, 6000), MACHINE_running);
    CU_ASSERT_EQUAL(vcpu_steps(&vm(0)->vcpu), 6000);
    CU_ASSERT_EQUAL(vcpu_steps(&vm(1)->vcpu), 5900);
    CU_ASSERT_EQUAL(vcpu_steps(&vm(2)->vcpu), 5900);
    CU_ASSERT_EQUAL(vm(3)->state, VM_halted);
    CU_ASSERT_EQUAL(system_run_one(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_TRUE(printed("v"));
    system_free(&hosted);
}

/* Input goes to the VM in focus, the first, alone. */
static void
test_focus(void)
{
    static const char text[] = "li s0, 0x10000000\n li s1, 200\n"
                               "1: lbu t0, 5(s0)\n andi t0, t0, 1\n beqz t0, 2f\n lbu t1, 0(s0)\n"
                               "slli s2, s2, 8\n or s2, s2, t1\n"
                               "2: addi s1, s1, -1\n bnez s1, 1b\n" EXIT(0);
    const struct guest guests[] = {{text, 1, 17, false}, {text, 1, 13, false}, {NULL, 0, 0, false}};

    build(&hosted, guests, true, "key");
    CU_ASSERT_EQUAL(system_run(&hosted, 100000), MACHINE_exit);
    CU_ASSERT_EQUAL(reg(0, "s2"), 0x6b6579);
    CU_ASSERT_EQUAL(reg(1, "s2"), 0);
    system_free(&hosted);
}

/* It gets there while the guest is interpreted, too, and asks for nothing but whether it has. */
static void
test_late_input(void)
{
    const struct guest guests[] = {{"li s0, 0x10000000\n"
                                    "1: lbu t0, 5(s0)\n andi t0, t0, 1\n beqz t0, 1b\n"
                                    "lbu s2, 0(s0)\n" EXIT(0),
                                    1, 0, true},
                                   {NULL, 0, 0, false}};

    build(&hosted, guests, true, NULL);
    CU_ASSERT_EQUAL(system_run(&hosted, 5000), MACHINE_running);
    console_from_bytes(&hosted.console, (const uint8_t *)"k", 1);
    CU_ASSERT_EQUAL(system_run(&hosted, 10000), MACHINE_exit);
    CU_ASSERT_EQUAL(reg(0, "s2"), 'k');
    system_free(&hosted);
}

/* What does not fit is refused. */
static void
test_add(void)
{
    static struct vmm vmm;

    vmm_init(&vmm, 8 * MEMORY, MEMORY);
    CU_ASSERT_EQUAL(vmm_add(&vmm, "a-name-that-is-too-long", MEMORY, RAM, 0), 0);
    CU_ASSERT_STRING_EQUAL(vmm.vm[0].name, "a-name-that-is-"); /* VMM_NAME_MAX, its end included */
    CU_ASSERT_EQUAL(vmm.vm[0].start, MEMORY);
    CU_ASSERT_EQUAL(vmm_add(&vmm, "b", 7 * MEMORY, RAM, 0), -1);
    CU_ASSERT_EQUAL(vmm_add(&vmm, "b", 0xfffff000, RAM, 0), -1);
    CU_ASSERT_EQUAL(vmm_add(&vmm, "b", 6 * MEMORY, RAM + 8, 77), 1);
    CU_ASSERT_EQUAL(vmm.vm[1].start, 2 * MEMORY);
    CU_ASSERT_EQUAL(vmm.vm[1].vcpu.hart.pc, RAM + 8);
    CU_ASSERT_EQUAL(vmm.vm[1].vcpu.hart.x[11], 77);
    CU_ASSERT_EQUAL(vmm_add(&vmm, "c", 4096, RAM, 0), -1);

    vmm_init(&vmm, 0x40000000, 0);
    for (int i = 0; i < VMM_GUESTS_MAX; i++)
        CU_ASSERT_EQUAL(vmm_add(&vmm, "n", MEMORY, RAM, 0), i);
    CU_ASSERT_EQUAL(vmm_add(&vmm, "n", MEMORY, RAM, 0), -1);
}

/* ---- monitors in memory that are none ---- */

/* What a guest might write over the state of a monitor: where, and what. */
static const struct forgery {
    size_t at;
    uint32_t bytes, value;
} forgeries[] = {
#define FORGED_VMM(field, value)                                                                   \
    {                                                                                              \
        offsetof(struct bare, vmm.field), 4, value                                                 \
    }
#define FORGED_VM(field, bytes, value)                                                             \
    {                                                                                              \
        offsetof(struct bare, vmm.vm) + sizeof(struct vm) + offsetof(struct vm, field), bytes,     \
            value                                                                                  \
    }
    FORGED_VMM(version, VMM_VERSION + 1),
    FORGED_VMM(count, VMM_GUESTS_MAX + 1),
    FORGED_VMM(count, 0xffffffff),
    FORGED_VMM(current, VMM_GUESTS_MAX),
    FORGED_VMM(focus, 0xffffffff),
    FORGED_VM(start, 4, 0),
    FORGED_VM(start, 4, MEMORY + 1),
    FORGED_VM(start, 4, MEMORY), /* the first one's */
    FORGED_VM(start, 4, 0xfffff000),
    FORGED_VM(size, 4, 0),
    FORGED_VM(size, 4, 1),
    FORGED_VM(size, 4, 2 * MEMORY + 4096),
    FORGED_VM(size, 4, 0xfffff000),
    FORGED_VM(state, 4, VM_stopped + 1),
    FORGED_VM(vcpu.hart.mode, 4, 2),
    FORGED_VM(last_exit.kind, 4, VMM_EXIT_KINDS),
    FORGED_VM(wait.timer, 1, 2),
    FORGED_VM(wait.input, 1, 0xff),
    FORGED_VM(devices.uart.rx_full, 1, 2),
    FORGED_VM(devices.uart.tx_full, 1, 2),
    FORGED_VM(name[VMM_NAME_MAX - 1], 1, 'x'),
#undef FORGED_VMM
#undef FORGED_VM
};

/* A monitor of 1 MiB with guests of 1 MiB and 2 MiB, as memory of a machine of 4 MiB would show it.
 */
static void
write_monitor(uint8_t *ram)
{
    static struct bare state;
    struct image_header *h = (struct image_header *)(void *)ram;

    h->magic = IMAGE_MAGIC;
    h->version = IMAGE_VERSION;
    h->state = 0x10000;
    h->state_size = sizeof state;
    h->end = MEMORY;
    vmm_init(&state.vmm, 4 * MEMORY, MEMORY);
    CU_ASSERT_EQUAL(vmm_add(&state.vmm, "one", MEMORY, RAM, 0), 0);
    CU_ASSERT_EQUAL(vmm_add(&state.vmm, "two", 2 * MEMORY, RAM, 0), 1);
    memcpy(ram + h->state, &state, sizeof state);
}

/* A guest may forge a monitor's header and state: nobody who looks on believes what cannot be. */
static void
test_forged(void)
{
    static struct machine machine;
    struct console console;
    struct level real, level;

    console_init(&console);
    CU_ASSERT_TRUE_FATAL(machine_init(&machine, 4 * MEMORY, &isa_virtualizable, &console));
    levels_real(&machine, &real);
    for (size_t i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
        const struct forgery *f = &forgeries[i];

        write_monitor(machine.ram.bytes);
        CU_ASSERT_TRUE(levels_inner(&machine, &real, 1, &level));
        CU_ASSERT_EQUAL(level.offset, 2 * MEMORY);
        CU_ASSERT_FALSE(levels_inner(&machine, &real, 2, &level));
        memcpy(machine.ram.bytes + 0x10000 + f->at, &f->value, f->bytes);
        if (levels_inner(&machine, &real, 1, &level) || levels_inner(&machine, &real, 0, &level)) {
            printf("forgery %zu is believed\n", i);
            CU_FAIL("a state that cannot be");
        }
    }
    machine_free(&machine);
}

void
vmm_suite(void)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"R: composed, at every edge", test_composition},
        {"csrs: the guest's own", test_own_csrs},
        {"traps: emulated, reflected, device", test_traps},
        {"traps: index of a cause", test_cause_index},
        {"bare and virtual: timer ticks", test_timer},
        {"bare and virtual: wfi", test_wfi},
        {"bare and virtual: a kernel", test_kernel},
        {"bare and virtual: reservations", test_reservation},
        {"bare and virtual: tohost", test_tohost},
        {"bare and virtual: traps for ever", test_trap_loop},
        {"several: weights", test_weights},
        {"several: reservations apart", test_reservations_apart},
        {"several: time of one's own", test_own_time},
        {"real clock: goes on for all", test_real_clock},
        {"real clock: of a file's moment", test_real_moment},
        {"real clock: deadlines", test_real_deadline},
        {"real clock: written", test_real_clock_written},
        {"real clock: wfi", test_real_wait},
        {"several: one sleeps, one runs", test_sleeper},
        {"several: all sleep", test_sleepers},
        {"several: real time goes on beside whoever", test_time_goes_on},
        {"several: till the end of time, and beyond", test_long_sleep},
        {"several: a late look at the clock", test_late_look},
        {"several: each ends alone", test_ends_alone},
        {"several: hostile ones", test_hostile},
        {"several: input to the one in focus", test_focus},
        {"hybrid: a byte that comes late", test_late_input},
        {"allotment", test_add},
        {"levels: monitors that are none", test_forged},
    };
    CU_pSuite suite = CU_add_suite("vmm", NULL, NULL);

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        (void)CU_add_test(suite, tests[i].name, tests[i].test);
}
