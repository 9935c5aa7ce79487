/* SPDX-License-Identifier: MIT */
/*
 * machine/ against docs/machine.md: the devices register by register, time and
 * interrupts to the instruction, wfi, reset, the ends of a run, images.
 */
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/image.h"
#include "machine/machine.h"
#include "tests/unit/program.h"
#include "tests/unit/suites.h"

enum { RAM_SIZE = 1 << 20 };

#define RAM  ISA_RAM_START
#define TAKE MCAUSE_INTERRUPT

/* ---- devices alone: which addresses and widths there are ---- */

static struct devices devices;
static struct isa_hart clock_hart; /* who owns mtime */

static bool
access_device(uint32_t address, uint32_t bytes, bool store, uint32_t *value)
{
    struct isa_access a = {address, *value, bytes, store};
    bool served = devices_access(&devices, &clock_hart, &a);

    *value = a.value;
    return served;
}

static uint32_t
load(uint32_t address, uint32_t bytes)
{
    uint32_t value = 0xdddddddd;

    CU_ASSERT_TRUE(access_device(address, bytes, false, &value));
    return value;
}

static void
store(uint32_t address, uint32_t bytes, uint32_t value)
{
    CU_ASSERT_TRUE(access_device(address, bytes, true, &value));
}

/* The memory map, from its text. */
static bool
served(uint32_t address, uint32_t bytes)
{
    switch (address) {
    case 0x00100000: return bytes != 1;
    case 0x02000000:
    case 0x02004000:
    case 0x02004004:
    case 0x0200bff8:
    case 0x0200bffc: return bytes == 4;
    default: return address >= 0x10000000 && address < 0x10000008 && bytes == 1;
    }
}

static void
sweep(uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at != to; at++)
        for (uint32_t bytes = 1; bytes <= 4; bytes *= 2)
            for (int stores = 0; stores < 2; stores++) {
                uint32_t value = 0;

                if (access_device(at, bytes, stores != 0, &value) != served(at, bytes))
                    CU_FAIL("an access is served or refused against the memory map");
                if (served(at, bytes) && !devices_at(at))
                    CU_FAIL("devices_at misses a register");
            }
}

static void
test_memory_map(void)
{
    devices_reset(&devices);
    sweep(0x00100000 - 16, 0x00100000 + 16);
    sweep(0x02000000 - 16, 0x02000000 + 0xc000 + 16);
    sweep(0x10000000 - 16, 0x10000000 + 0x110);
    sweep(0xfffffff0u, 0x10);
    CU_ASSERT_FALSE(devices_at(0x7fffffff));
    CU_ASSERT_FALSE(devices_at(RAM));
}

/* ---- the UART ---- */

enum { UART = 0x10000000, RBR = UART, IER, IIR, LCR, MCR, LSR, MSR, SCR };

static void
test_uart_registers(void)
{
    devices_reset(&devices);
    for (uint32_t r = RBR; r <= SCR; r++)
        CU_ASSERT_EQUAL(load(r, 1), r == IIR ? 0x01 : r == LSR ? 0x60 : r == MSR ? 0xb0 : 0);
    for (uint32_t v = 0; v < 256; v++) {
        store(SCR, 1, v);
        store(LCR, 1, v);
        store(MCR, 1, v);
        CU_ASSERT_EQUAL(load(SCR, 1), v);
        CU_ASSERT_EQUAL(load(LCR, 1), v);
        CU_ASSERT_EQUAL(load(MCR, 1), v & 0x1f);
        store(LSR, 1, v); /* read-only, both */
        store(MSR, 1, v);
        CU_ASSERT_EQUAL(load(LSR, 1), 0x60);
        CU_ASSERT_EQUAL(load(MSR, 1), 0xb0);
        store(LCR, 1, 0);
        store(IER, 1, v);
        CU_ASSERT_EQUAL(load(IER, 1), v & 0x0f);
        store(IIR, 1, v);
        CU_ASSERT_EQUAL(load(IIR, 1), (v & 1) != 0 ? 0xc1 : 0x01);
    }
}

static void
test_uart_divisor(void)
{
    devices_reset(&devices);
    store(IER, 1, 0x05);
    store(LCR, 1, 0x83);
    store(RBR, 1, 0x34); /* DLL */
    store(IER, 1, 0x12); /* DLM */
    CU_ASSERT_FALSE(devices.uart.tx_full);
    CU_ASSERT_EQUAL(load(RBR, 1), 0x34);
    CU_ASSERT_EQUAL(load(IER, 1), 0x12);
    uart_receive(&devices.uart, 'x');
    CU_ASSERT_EQUAL(load(RBR, 1), 0x34);
    CU_ASSERT_TRUE(devices.uart.rx_full);
    store(LCR, 1, 0x03);
    CU_ASSERT_EQUAL(load(IER, 1), 0x05);
    CU_ASSERT_EQUAL(load(RBR, 1), 'x');
    CU_ASSERT_EQUAL(load(RBR, 1), 0);
}

static void
test_uart_bytes(void)
{
    devices_reset(&devices);
    store(RBR, 1, 0x141); /* THR takes the low byte */
    CU_ASSERT_TRUE(devices.uart.tx_full);
    CU_ASSERT_EQUAL(devices.uart.tx, 'A');
    CU_ASSERT_EQUAL(load(LSR, 1), 0x60);

    CU_ASSERT_EQUAL(devices_lines(&devices, 0), 0);
    uart_receive(&devices.uart, 0xe4);
    CU_ASSERT_EQUAL(load(LSR, 1), 0x61);
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), 0);
    CU_ASSERT_EQUAL(load(IIR, 1), 0x01);
    store(IER, 1, 0x0e); /* all but bit 0: no interrupt */
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), 0);
    store(IER, 1, 0x01);
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), MIP_MEI);
    CU_ASSERT_EQUAL(load(IIR, 1), 0x04);
    store(IIR, 1, 1);
    CU_ASSERT_EQUAL(load(IIR, 1), 0xc4);
    CU_ASSERT_EQUAL(load(RBR, 1), 0xe4);
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), 0);
    CU_ASSERT_EQUAL(load(LSR, 1), 0x60);

    uart_receive(&devices.uart, 'k'); /* goes on waiting */
    devices_reset(&devices);
    CU_ASSERT_EQUAL(load(LSR, 1), 0x61);
    CU_ASSERT_EQUAL(load(IER, 1), 0);
    CU_ASSERT_EQUAL(load(RBR, 1), 'k');
}

/* ---- the CLINT and the finisher ---- */

static void
test_clint(void)
{
    devices_reset(&devices);
    CU_ASSERT_EQUAL(devices.clint.mtimecmp, UINT64_MAX);
    CU_ASSERT_EQUAL(load(0x02004000, 4), 0xffffffff);
    CU_ASSERT_EQUAL(load(0x02004004, 4), 0xffffffff);
    store(0x02004000, 4, 0x12345678);
    CU_ASSERT_EQUAL(devices.clint.mtimecmp, 0xffffffff12345678u);
    store(0x02004004, 4, 0x9abcdef0);
    CU_ASSERT_EQUAL(devices.clint.mtimecmp, 0x9abcdef012345678u);
    CU_ASSERT_EQUAL(load(0x02004000, 4), 0x12345678);
    CU_ASSERT_EQUAL(load(0x02004004, 4), 0x9abcdef0);

    store(0x02000000, 4, 0xfffffffe);
    CU_ASSERT_EQUAL(load(0x02000000, 4), 0);
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), 0);
    store(0x02000000, 4, 0xffffffff);
    CU_ASSERT_EQUAL(load(0x02000000, 4), 1);
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), MIP_MSI);
    store(0x02000000, 4, 0);

    /* MTIP is mtime >= mtimecmp, unsigned. */
    devices.clint.mtimecmp = 0x8000000000000000u;
    CU_ASSERT_EQUAL(devices_lines(&devices, 0x7fffffffffffffffu), 0);
    CU_ASSERT_EQUAL(devices_lines(&devices, 0x8000000000000000u), MIP_MTI);
    CU_ASSERT_EQUAL(devices_lines(&devices, UINT64_MAX), MIP_MTI);
    devices.clint.mtimecmp = 0;
    CU_ASSERT_EQUAL(devices_lines(&devices, 0), MIP_MTI);
    devices.clint.mtimecmp = UINT64_MAX;
    CU_ASSERT_EQUAL(devices_lines(&devices, UINT64_MAX - 1), 0);
    CU_ASSERT_EQUAL(devices_lines(&devices, UINT64_MAX), MIP_MTI);
}

static void
finisher_case(uint32_t bytes, uint32_t value, enum finisher_state state, uint32_t code)
{
    devices_reset(&devices);
    store(0x00100000, bytes, value);
    CU_ASSERT_EQUAL(devices.finisher.state, state);
    CU_ASSERT_EQUAL(devices.finisher.code, code);
    CU_ASSERT_EQUAL(load(0x00100000, 4), 0);
    CU_ASSERT_EQUAL(load(0x00100000, 2), 0);
}

static void
test_finisher(void)
{
    finisher_case(4, 0x5555, FINISHER_exit, 0);
    finisher_case(2, 0x5555, FINISHER_exit, 0);
    finisher_case(4, 0x00075555, FINISHER_exit, 0);
    finisher_case(4, 0x00033333, FINISHER_exit, 3);
    finisher_case(4, 0xffff3333, FINISHER_exit, 0xffff);
    finisher_case(2, 0xffff3333, FINISHER_exit, 0);
    finisher_case(4, 0x7777, FINISHER_reset, 0);
    finisher_case(2, 0x7777, FINISHER_reset, 0);
    finisher_case(4, 0, FINISHER_idle, 0);
    finisher_case(4, 0x55550000, FINISHER_idle, 0);
    finisher_case(4, 0xffffffff, FINISHER_idle, 0);
}

/* ---- a whole machine ---- */

static struct machine machine;
static struct console console;
static struct console_text output;

static void
start_with(const char *text, const char *input)
{
    struct image image;
    char error[IMAGE_ERROR_MAX] = "";
    const struct image_symbol *tohost;

    program_image(text, &image);
    console_init(&console);
    output = (struct console_text){0};
    console.collect = &output;
    if (input != NULL)
        console_from_bytes(&console, (const uint8_t *)input, strlen(input));
    CU_ASSERT_TRUE_FATAL(machine_init(&machine, RAM_SIZE, &isa_virtualizable, &console));
    CU_ASSERT_TRUE(image_load(&image, machine.ram.bytes, RAM_SIZE, error));
    machine.entry = image.entry;
    machine_reset(&machine);
    tohost = image_symbol(&image, "tohost");
    if (tohost != NULL)
        machine.tohost = tohost->address - RAM;
    image_free(&image);
}

static void
start(const char *text)
{
    start_with(text, NULL);
}

static void
end(void)
{
    machine_free(&machine);
    free(output.bytes);
}

static uint32_t
reg(const char *name)
{
    return machine.hart.x[program_register(name)];
}

/* `n` steps that do not stop the machine. */
static void
steps(unsigned n)
{
    CU_ASSERT_EQUAL(machine_run(&machine, n), MACHINE_running);
}

/* Run to a stop of this kind, within a thousand steps. */
static void
runs_to(enum machine_stop stop)
{
    CU_ASSERT_EQUAL(machine_run(&machine, 1000), stop);
}

static bool
interrupted(uint32_t cause, uint32_t epc)
{
    return machine.last.trapped && !machine.last.executed && machine.last.cause == cause &&
           machine.hart.mcause == cause && machine.hart.mepc == epc && machine.hart.mtval == 0 &&
           machine.hart.mode == ISA_MACHINE && (machine.hart.mstatus & MSTATUS_MIE) == 0;
}

static void
test_init(void)
{
    static const uint32_t sizes[] = {MACHINE_RAM_MIN, MACHINE_RAM_MIN + MACHINE_PAGE,
                                     MACHINE_RAM_DEFAULT, MACHINE_RAM_MAX};

    console_init(&console);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        CU_ASSERT_TRUE_FATAL(machine_init(&machine, sizes[i], &isa_virtualizable, &console));
        CU_ASSERT_EQUAL(machine.ram.size, sizes[i]);
        CU_ASSERT_EQUAL(machine.ram.bytes[0], 0);
        CU_ASSERT_EQUAL(machine.ram.bytes[sizes[i] - 1], 0);
        CU_ASSERT_EQUAL(machine.hart.pc, RAM);
        CU_ASSERT_EQUAL(machine.hart.mode, ISA_MACHINE);
        CU_ASSERT_EQUAL(machine.hart.mbase, 0);
        CU_ASSERT_EQUAL(machine.hart.mbound, 0xfffffffc);
        CU_ASSERT_EQUAL(machine.devices.clint.mtimecmp, UINT64_MAX);
        machine_free(&machine);
    }
}

/* ---- time ---- */

#define NOPS(n) ".rept " #n "\n nop\n .endr\n"

static void
test_counting(void)
{
    start("nop\n ecall\n nop\n");
    machine.hart.mtvec = RAM + 8;
    steps(1);
    CU_ASSERT_EQUAL(machine.hart.minstret, 1);
    CU_ASSERT_EQUAL(machine.hart.mcycle, 1);
    CU_ASSERT_EQUAL(machine.hart.mtime, 1);
    steps(1); /* a trap: a step, but nothing retired */
    CU_ASSERT_TRUE(machine.last.trapped && machine.last.executed);
    CU_ASSERT_EQUAL(machine.hart.minstret, 1);
    CU_ASSERT_EQUAL(machine.hart.mtime, 1);
    CU_ASSERT_EQUAL(machine.steps, 2);
    CU_ASSERT_EQUAL(machine.traps, 1);
    steps(1);
    CU_ASSERT_EQUAL(machine.hart.minstret, 2);
    CU_ASSERT_EQUAL(machine.steps, 3);
    end();
}

/* What is written to a half is what the next instruction reads, for each counter. */
static void
test_counter_writes(void)
{
    start("li s0, 0x12345678\n"
          "csrw mcycle, s0\n csrr a0, mcycle\n csrr a1, mcycle\n csrr a2, cycle\n"
          "csrw mcycleh, s0\n csrr a3, mcycleh\n csrr a4, cycleh\n csrr a5, mcycle\n"
          "csrw minstret, zero\n csrr s1, minstret\n csrw minstreth, s0\n csrr s2, minstreth\n"
          "csrr s3, instreth\n csrr s4, instret\n");
    steps(2 + 14);
    CU_ASSERT_EQUAL(reg("a0"), 0x12345678);
    CU_ASSERT_EQUAL(reg("a1"), 0x12345679);
    CU_ASSERT_EQUAL(reg("a2"), 0x1234567a);
    CU_ASSERT_EQUAL(reg("a3"), 0x12345678);
    CU_ASSERT_EQUAL(reg("a4"), 0x12345678);
    CU_ASSERT_EQUAL(reg("a5"), 0x1234567b + 2); /* the writer of the high word did not count */
    CU_ASSERT_EQUAL(reg("s1"), 0);
    CU_ASSERT_EQUAL(reg("s2"), 0x12345678);
    CU_ASSERT_EQUAL(reg("s3"), 0x12345678);
    CU_ASSERT_EQUAL(reg("s4"), 3); /* of csrr, csrw and two csrr, the csrw did not count */
    end();
}

/* Beyond 2^32 the high word goes on, and writes to one half leave the other. */
static void
test_counter_carry(void)
{
    start("li s0, -2\n csrw minstreth, zero\n csrw minstret, s0\n csrr a0, minstret\n"
          "csrr a1, minstret\n csrr a2, minstret\n csrr a3, minstreth\n"
          "csrw mcycle, zero\n csrr a4, mcycle\n csrr a5, mcycleh\n");
    machine.hart.mcycle = 0x500000000u - 5;
    steps(1 + 9);
    CU_ASSERT_EQUAL(reg("a0"), 0xfffffffe);
    CU_ASSERT_EQUAL(reg("a1"), 0xffffffff);
    CU_ASSERT_EQUAL(reg("a2"), 0);
    CU_ASSERT_EQUAL(reg("a3"), 1);
    CU_ASSERT_EQUAL(reg("a4"), 0);
    CU_ASSERT_EQUAL(reg("a5"), 5); /* as it was before the write, which set the low word alone */
    end();
}

/* The same of mtime, through the CLINT, whose values are the CSR's. */
static void
test_mtime_writes(void)
{
    start("li s0, 0x0200bff8\n li s1, 0xdeadbeef\n"
          "sw s1, 0(s0)\n lw a0, 0(s0)\n csrr a1, time\n"
          "sw s1, 4(s0)\n csrr a2, timeh\n lw a3, 4(s0)\n lw a4, 0(s0)\n"
          "sw zero, 0(s0)\n csrr a5, time\n csrr a6, timeh\n");
    steps(4 + 10);
    CU_ASSERT_EQUAL(reg("a0"), 0xdeadbeef);
    CU_ASSERT_EQUAL(reg("a1"), 0xdeadbef0);
    CU_ASSERT_EQUAL(reg("a2"), 0xdeadbeef);
    CU_ASSERT_EQUAL(reg("a3"), 0xdeadbeef);
    CU_ASSERT_EQUAL(reg("a4"), 0xdeadbef3); /* 2 after a1's, and 1 at the store did not count */
    CU_ASSERT_EQUAL(reg("a5"), 0);
    CU_ASSERT_EQUAL(reg("a6"), 0xdeadbeef);
    CU_ASSERT_EQUAL(machine.hart.minstret, 14);
    end();
}

/* ---- interrupts, exact to the instruction ---- */

static void
arm(uint64_t now, uint64_t deadline)
{
    machine.hart.mtime = now;
    machine.devices.clint.mtimecmp = deadline;
    machine.hart.mie = MIP_MTI;
    machine.hart.mtvec = RAM + 0x100;
}

static void
test_timer_exact(void)
{
    for (uint64_t gap = 0; gap < 20; gap++) {
        start(NOPS(0x60));
        arm(0xfffffff8u, 0xfffffff8u + gap); /* across 2^32 */
        machine.hart.mstatus = MSTATUS_MIE;
        for (uint64_t i = 0; i < gap; i++) {
            steps(1);
            CU_ASSERT_FALSE(machine.last.trapped);
        }
        steps(1);
        CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 4 * (uint32_t)gap));
        CU_ASSERT_EQUAL(machine.hart.pc, RAM + 0x100);
        CU_ASSERT_EQUAL(machine.hart.mstatus, MSTATUS_MPP | MSTATUS_MPIE);
        CU_ASSERT_EQUAL(machine.hart.minstret, gap);
        CU_ASSERT_EQUAL(machine.steps, gap + 1);
        end();
    }
}

/* Masked in M-mode by MIE; mip says so, and csrsi lets it in before the next instruction. */
static void
test_timer_masked(void)
{
    start("nop\n nop\n csrr a0, mip\n csrsi mstatus, 8\n nop\n");
    arm(0, 2);
    steps(4);
    CU_ASSERT_EQUAL(machine.traps, 0);
    CU_ASSERT_EQUAL(reg("a0"), MIP_MTI);
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 16));
    end();
}

/* In U-mode MIE does not mask. */
static void
test_timer_in_user(void)
{
    start(NOPS(8));
    arm(0, 3);
    machine.hart.mode = ISA_USER;
    steps(3);
    CU_ASSERT_EQUAL(machine.traps, 0);
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 12));
    CU_ASSERT_EQUAL(machine.hart.mstatus, 0); /* MPP = U, MPIE = MIE = 0 */
    end();
}

/* Enabled by a write to mie, to mtimecmp, or by time set forward: before the next instruction. */
static void
test_timer_made_due(void)
{
    start("li t0, 128\n csrw mie, t0\n nop\n");
    arm(0, 1);
    machine.hart.mie = 0;
    machine.hart.mstatus = MSTATUS_MIE;
    steps(3);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 8));
    end();

    start("li t0, 0x02004000\n sw zero, 4(t0)\n sw zero, 0(t0)\n nop\n");
    arm(0, UINT64_MAX);
    machine.hart.mstatus = MSTATUS_MIE;
    steps(3); /* the halves are written one after the other: due only when both are */
    CU_ASSERT_EQUAL(machine.traps, 0);
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 12));
    end();

    start("li t0, 0x0200bff8\n li t1, 1000\n sw t1, 0(t0)\n nop\n nop\n");
    arm(0, 1001); /* the nop executes at time 1000 */
    machine.hart.mstatus = MSTATUS_MIE;
    steps(5);
    CU_ASSERT_EQUAL(machine.traps, 0);
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 20));
    end();
}

/* MEI before MSI before MTI; each as its line goes down. */
static void
test_priority(void)
{
    start_with(NOPS(8), "x");
    arm(0, 0);
    machine.hart.mie = MIP_MEI | MIP_MSI | MIP_MTI;
    machine.hart.mtvec = RAM + 1; /* vectored */
    machine.devices.clint.msip = 1;
    machine.devices.uart.ier = UART_IER_RX;
    machine.hart.mstatus = MSTATUS_MIE;
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_external, RAM));
    CU_ASSERT_EQUAL(machine.hart.mip, MIP_MEI | MIP_MSI | MIP_MTI);
    CU_ASSERT_EQUAL(machine.hart.pc, RAM + 4 * 11);
    machine.devices.uart.ier = 0;
    machine.hart.mstatus = MSTATUS_MIE;
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_software, RAM + 4 * 11));
    CU_ASSERT_EQUAL(machine.hart.pc, RAM + 4 * 3);
    machine.devices.clint.msip = 0;
    machine.hart.mstatus = MSTATUS_MIE;
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 4 * 3));
    CU_ASSERT_EQUAL(machine.hart.pc, RAM + 4 * 7);
    end();
}

/* A software interrupt by a store to msip is taken before the next instruction. */
static void
test_msip(void)
{
    start("li t0, 0x02000000\n li t1, 1\n sw t1, 0(t0)\n nop\n");
    machine.hart.mie = MIP_MSI;
    machine.hart.mstatus = MSTATUS_MIE;
    machine.hart.mtvec = RAM + 0x100;
    steps(4);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_software, RAM + 12));
    end();
}

/* ---- wfi ---- */

/* Pending, whatever MIE is: it retires. */
static void
test_wfi_pending(void)
{
    start("wfi\n nop\n");
    arm(10, 10);
    steps(1);
    CU_ASSERT_EQUAL(machine.hart.pc, RAM + 4);
    CU_ASSERT_EQUAL(machine.hart.mtime, 11);
    CU_ASSERT_EQUAL(machine.hart.minstret, 1);
    CU_ASSERT_EQUAL(machine.traps, 0);
    end();
}

/* Time moves to the deadline; the interrupt is taken after it if it is enabled. */
static void
test_wfi_sleeps(void)
{
    static const uint64_t gaps[] = {1, 2, 3, 1000, 0x123456789abcu, UINT64_MAX - 100};

    for (unsigned i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        start("wfi\n nop\n");
        arm(50, 50 + gaps[i]);
        machine.hart.mstatus = MSTATUS_MIE;
        steps(1);
        CU_ASSERT_EQUAL(machine.hart.mtime, 50 + gaps[i]);
        CU_ASSERT_EQUAL(machine.hart.minstret, 1); /* asleep nothing retires */
        CU_ASSERT_EQUAL(machine.hart.mcycle, 1);
        CU_ASSERT_FALSE(machine.last.trapped);
        steps(1);
        CU_ASSERT_TRUE(interrupted(TAKE | IRQ_timer, RAM + 4));
        CU_ASSERT_EQUAL(machine.steps, 2);
        end();
    }
}

/* Nothing can wake it: it does not retire. */
static void
test_wfi_halts(void)
{
    static const struct {
        uint32_t mie, ier;
        uint64_t deadline;
        const char *input;
    } cases[] = {
        {0, 0, 5, NULL},                   /* MTIE clear */
        {MIP_MTI, 0, UINT64_MAX, NULL},    /* no deadline */
        {MIP_MSI, 0, 5, NULL},             /* nobody else writes msip */
        {MIP_MEI, UART_IER_RX, 5, NULL},   /* no input can come */
        {MIP_MEI, 0, 5, "byte"},           /* IER.0 clear */
        {MIP_MSI, UART_IER_RX, 5, "byte"}, /* MEIE clear */
        {MIP_MEI | MIP_MTI, 0, UINT64_MAX, "byte"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start_with("nop\n wfi\n nop\n", cases[i].input);
        machine.hart.mie = cases[i].mie;
        machine.devices.uart.ier = (uint8_t)cases[i].ier;
        machine.devices.clint.mtimecmp = cases[i].deadline;
        runs_to(MACHINE_halted);
        CU_ASSERT_EQUAL(machine.hart.pc, RAM + 4);
        CU_ASSERT_EQUAL(machine.hart.minstret, 1);
        CU_ASSERT_EQUAL(machine.hart.mtime, 1);
        CU_ASSERT_EQUAL(machine.steps, 1);
        runs_to(MACHINE_halted); /* and stays so */
        end();
    }
}

/* A byte that is there is pending. */
static void
test_wfi_input(void)
{
    start_with("wfi\n nop\n", "b");
    arm(0, 100);
    machine.hart.mie = MIP_MEI | MIP_MTI;
    machine.devices.uart.ier = UART_IER_RX;
    steps(1);
    CU_ASSERT_EQUAL(machine.hart.mtime, 1);
    CU_ASSERT_EQUAL(machine.hart.pc, RAM + 4);
    end();
}

/* A byte that comes while it waits: time moves on by the wait alone, which of a pipe is none. */
static void
test_wfi_woken(void)
{
    int ends[2];

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    start("wfi\n lbu a0, 0(s0)\n");
    console_from_fd(&console, ends[0]);
    machine_serve_uart(&machine); /* nothing as yet */
    CU_ASSERT_EQUAL(write(ends[1], "w", 1), 1);
    arm(0, 100);
    machine.hart.mie = MIP_MEI | MIP_MTI;
    machine.devices.uart.ier = UART_IER_RX;
    machine.hart.x[program_register("s0")] = UART;
    steps(1);
    CU_ASSERT_EQUAL(machine.hart.mtime, 1);
    CU_ASSERT_EQUAL(machine.hart.minstret, 1);
    steps(1);
    CU_ASSERT_EQUAL(reg("a0"), 'w');
    CU_ASSERT_TRUE(console_open(&console));
    (void)close(ends[1]);
    machine.hart.pc = RAM;
    machine.hart.mie = MIP_MEI;
    CU_ASSERT_EQUAL(machine_step(&machine), MACHINE_halted); /* waited for; the end came */
    CU_ASSERT_FALSE(console_open(&console));
    (void)close(ends[0]);
    end();
}

/* ---- the console ---- */

/* The next byte of a string is always ready: a program that never asks LSR misses none. */
static void
test_input(void)
{
    start_with("li s0, 0x10000000\n"
               "lbu a0, 5(s0)\n lbu a1, 0(s0)\n lbu a2, 0(s0)\n lbu a3, 5(s0)\n"
               "lb a4, 0(s0)\n lbu a5, 5(s0)\n lbu a6, 0(s0)\n",
               "hi\xe4");
    steps(1 + 7);
    CU_ASSERT_EQUAL(reg("a0"), 0x61);
    CU_ASSERT_EQUAL(reg("a1"), 'h');
    CU_ASSERT_EQUAL(reg("a2"), 'i');
    CU_ASSERT_EQUAL(reg("a3"), 0x61);
    CU_ASSERT_EQUAL(reg("a4"), 0xffffffe4);
    CU_ASSERT_EQUAL(reg("a5"), 0x60);
    CU_ASSERT_EQUAL(reg("a6"), 0);
    CU_ASSERT_FALSE(console_open(&console));
    end();
}

/* The interrupt of the next byte comes before the instruction after the one that read the last. */
static void
test_input_interrupt(void)
{
    start_with("li s0, 0x10000000\n lbu a1, 0(s0)\n nop\n", "ab");
    machine.hart.mie = MIP_MEI;
    machine.hart.mtvec = RAM + 0x100;
    machine.devices.uart.ier = UART_IER_RX;
    steps(2); /* masked */
    CU_ASSERT_EQUAL(reg("a1"), 'a');
    machine.hart.mstatus = MSTATUS_MIE;
    steps(1);
    CU_ASSERT_TRUE(interrupted(TAKE | IRQ_external, RAM + 8));
    end();
}

static void
test_output(void)
{
    start("li s0, 0x10000000\n li t0, 'o'\n sb t0, 0(s0)\n li t0, 'k'\n sb t0, 0(s0)\n"
          "li t0, 0x180\n sb t0, 3(s0)\n sb t0, 0(s0)\n");
    steps(8);
    CU_ASSERT_EQUAL_FATAL(output.length, 2); /* the last went to the divisor latch */
    CU_ASSERT_EQUAL(memcmp(output.bytes, "ok", 2), 0);
    end();
}

/* Waiting for input that is a string, or none: nothing is paced. */
static void
test_console_wait(void)
{
    struct console c;
    int64_t waited = 1;
    uint8_t byte = 0;

    console_init(&c);
    CU_ASSERT_EQUAL(console_wait(&c, 1000000000000, true, &waited), CONSOLE_timeout);
    CU_ASSERT_EQUAL(waited, 0);
    CU_ASSERT_EQUAL(console_wait(&c, -1, true, &waited), CONSOLE_end);
    CU_ASSERT_FALSE(console_open(&c));
    console_from_bytes(&c, (const uint8_t *)"z", 1);
    CU_ASSERT_TRUE(console_open(&c));
    CU_ASSERT_EQUAL(console_wait(&c, -1, true, &waited), CONSOLE_byte);
    CU_ASSERT_EQUAL(console_wait(&c, 0, false, &waited), CONSOLE_timeout);
    CU_ASSERT_TRUE(console_get(&c, &byte));
    CU_ASSERT_EQUAL(byte, 'z');
    CU_ASSERT_FALSE(console_get(&c, &byte));
    CU_ASSERT_FALSE(console_quit(&c));
}

/* ---- reset, and the ends of a run ---- */

static void
test_reset(void)
{
    struct isa_hart fresh;
    uint32_t word;

    start_with("la t0, word\n li t1, 42\n sw t1, 0(t0)\n li t2, 0x02004000\n sw zero, 0(t2)\n"
               "li t2, 0x10000007\n sb t1, 0(t2)\n csrw mbase, t0\n csrwi mstatus, 8\n"
               "csrw mscratch, t1\n lr.w t3, (t0)\n li t2, 0x00100000\n li t3, 0x7777\n"
               "sh t3, 0(t2)\n word: .word 0\n",
               "q");
    machine.a1 = 0x80012340;
    machine.hart.mtvec = 0x1000;
    while (machine.hart.mscratch == 0)
        steps(1);
    word = reg("t0") - RAM;
    do
        steps(1);
    while (machine.hart.mscratch != 0);
    isa_reset(&fresh, RAM, 0x80012340);
    CU_ASSERT_EQUAL(memcmp(&machine.hart, &fresh, sizeof fresh), 0);
    CU_ASSERT_EQUAL(machine.hart.x[11], 0x80012340);
    CU_ASSERT_EQUAL(machine.hart.mtime, 0);
    CU_ASSERT_EQUAL(machine.hart.mbound, 0xfffffffc);
    CU_ASSERT_EQUAL(machine.devices.clint.mtimecmp, UINT64_MAX);
    CU_ASSERT_EQUAL(machine.devices.uart.scr, 0);
    CU_ASSERT_EQUAL(machine.devices.finisher.state, FINISHER_idle);
    CU_ASSERT_TRUE(machine.devices.uart.rx_full);
    CU_ASSERT_EQUAL(machine.devices.uart.rx, 'q');
    CU_ASSERT_EQUAL(isa_ram_load(machine.ram.bytes + word, 4), 42);
    end();
}

static void
test_exit(void)
{
    start("li t0, 0x00100000\n li t1, 0x00073333\n sw t1, 0(t0)\n nop\n");
    runs_to(MACHINE_exit);
    CU_ASSERT_EQUAL(machine.exit_code, 7);
    CU_ASSERT_EQUAL(machine.hart.minstret, 4); /* the store has retired */
    CU_ASSERT_EQUAL(machine.hart.pc, RAM + 16);
    end();

    start("li t0, 0x00100000\n li t1, 0x5555\n sh t1, 2(t0)\n");
    machine.hart.mtvec = RAM + 0x100;
    steps(4);
    CU_ASSERT_EQUAL(machine.hart.mcause, CAUSE_store_access);
    CU_ASSERT_EQUAL(machine.hart.mtval, 0x00100002);
    end();
}

static void
test_tohost(void)
{
    start("la t0, tohost\n li t1, 6\n sw t1, 0(t0)\n li t1, 7\n sb t1, 0(t0)\n nop\n"
          ".balign 8\n tohost: .dword 0\n");
    runs_to(MACHINE_exit);
    CU_ASSERT_EQUAL(machine.exit_code, 3);
    CU_ASSERT_EQUAL(machine.hart.minstret, 6); /* 6 is even, and goes on */
    end();
}

/* A handler that traps at its own first instruction: steps, and nothing retires. */
static void
test_budget(void)
{
    start("nop\n ecall\n");
    machine.hart.mtvec = RAM + 4;
    steps(500);
    CU_ASSERT_EQUAL(machine.steps, 500);
    CU_ASSERT_EQUAL(machine.traps, 499);
    CU_ASSERT_EQUAL(machine.hart.minstret, 1);
    steps(0);
    CU_ASSERT_EQUAL(machine.steps, 500);
    end();
}

/* ---- accesses of a program ---- */

/* A load or store in M-mode that nobody takes, or that is misaligned; atomics and fetches of a
 * device. */
static void
test_faults(void)
{
    static const struct {
        const char *instruction;
        uint32_t address, cause;
    } cases[] = {
        {"lw a0, 0(t0)", 0x10000000, CAUSE_load_access},
        {"lh a0, 0(t0)", 0x10000000, CAUSE_load_access},
        {"sw a0, 0(t0)", 0x10000004, CAUSE_store_access},
        {"lb a0, 0(t0)", 0x02000000, CAUSE_load_access},
        {"sh a0, 0(t0)", 0x0200bff8, CAUSE_store_access},
        {"lw a0, 0(t0)", 0x02000004, CAUSE_load_access},
        {"sb a0, 0(t0)", 0x00100000, CAUSE_store_access},
        {"lw a0, 0(t0)", 0x02004002, CAUSE_load_misaligned},
        {"sw a0, 0(t0)", 0x00100001, CAUSE_store_misaligned},
        {"lr.w a0, (t0)", 0x02000000, CAUSE_load_access},
        {"sc.w a0, a1, (t0)", 0x02000000, CAUSE_store_access},
        {"amoadd.w a0, a1, (t0)", 0x02000000, CAUSE_store_access},
        {"amoadd.w a0, a1, (t0)", 0x02000002, CAUSE_store_misaligned},
        {"jr t0", 0x10000000, CAUSE_fetch_access},
        {"lw a0, 0(t0)", RAM + RAM_SIZE, CAUSE_load_access},
        {"lh a0, 0(t0)", RAM - 2, CAUSE_load_access},
        {"sb a0, 0(t0)", 0xffffffff, CAUSE_store_access},
        {"lw a0, 0(t0)", 0, CAUSE_load_access},
        {"jr t0", RAM + RAM_SIZE, CAUSE_fetch_access},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(cases[i].instruction);
        machine.hart.mtvec = RAM + 0x100;
        machine.hart.x[5] = cases[i].address;
        machine.devices.clint.mtimecmp = 0x1122334455667788u;
        steps(cases[i].cause == CAUSE_fetch_access ? 2 : 1);
        CU_ASSERT_TRUE(machine.last.trapped);
        CU_ASSERT_EQUAL(machine.hart.mcause, cases[i].cause);
        CU_ASSERT_EQUAL(machine.hart.mtval, cases[i].address);
        CU_ASSERT_EQUAL(machine.hart.x[10], 0);
        CU_ASSERT_EQUAL(machine.devices.clint.mtimecmp, 0x1122334455667788u);
        CU_ASSERT_EQUAL(machine.devices.uart.tx_full, false);
        end();
    }
}

/* From U-mode no device can be reached, whatever R is. */
static void
test_devices_in_user(void)
{
    static const uint32_t bases[] = {0, 4, 0x90000000, 0xfffffffc};

    for (unsigned i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        start("nop\n");
        machine.hart.mode = ISA_USER;
        machine.hart.mbase = bases[i];
        for (uint32_t at = 0x10000000; at < 0x10000008; at++) {
            struct isa_outcome out = {0};

            machine.hart.x[5] = at;
            CU_ASSERT_EQUAL(isa_execute(&machine.hart, &machine.ram, &isa_virtualizable, 0x0002c503,
                                        &out), /* lbu a0, 0(t0) */
                            ISA_TRAP);
            CU_ASSERT_EQUAL(out.cause, CAUSE_load_access);
            CU_ASSERT_EQUAL(out.tval, at);
        }
        end();
    }
}

/* ---- images ---- */

static void
test_image(void)
{
    struct image image;
    const struct image_symbol *s;
    char error[IMAGE_ERROR_MAX] = "";
    uint8_t *ram = calloc(1, RAM_SIZE);

    CU_ASSERT_PTR_NOT_NULL_FATAL(ram);
    memset(ram, 0xee, RAM_SIZE);
    program_image("nop\n _start: nop\n twin: other: nop\n .data\n value: .word 0x11223344\n"
                  ".bss\n room: .space 64\n",
                  &image);
    CU_ASSERT_EQUAL(image.entry, RAM + 4);
    CU_ASSERT_TRUE(image_load(&image, ram, RAM_SIZE, error));
    CU_ASSERT_EQUAL(isa_ram_load(ram, 4), 0x00000013);

    s = image_symbol(&image, "value");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(isa_ram_load(ram + (s->address - RAM), 4), 0x11223344);
    CU_ASSERT_PTR_EQUAL(image_symbol_at(&image, s->address), s);
    CU_ASSERT_PTR_EQUAL(image_symbol_at(&image, s->address + 3), s);
    s = image_symbol(&image, "room");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(ram[s->address - RAM + 63], 0);    /* .bss is cleared... */
    CU_ASSERT_EQUAL(ram[s->address - RAM + 64], 0xee); /* ...and no more than that */
    CU_ASSERT_PTR_NULL(image_symbol(&image, "nowhere"));
    CU_ASSERT_PTR_NULL(image_symbol_at(&image, RAM)); /* before the first */
    CU_ASSERT_PTR_NULL(image_symbol_at(&image, RAM - 4));
    s = image_symbol_at(&image, RAM + 8);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_STRING_EQUAL(s->name, "other"); /* the first by name */

    /* Where it does not fit, nothing is written. */
    memset(ram, 0xee, RAM_SIZE);
    CU_ASSERT_FALSE(image_load(&image, ram, 8, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "outside RAM"));
    CU_ASSERT_EQUAL(ram[0], 0xee);
    CU_ASSERT_FALSE(
        image_load(&image, ram, image_symbol(&image, "room")->address - RAM + 60, error));
    CU_ASSERT_EQUAL(ram[0], 0xee); /* .bss counts, though the file holds none of it */
    image_free(&image);
    CU_ASSERT_PTR_NULL(image.segments);
    free(ram);
}

static void
test_flat_image(void)
{
    static const uint8_t bytes[5] = {1, 2, 3, 4, 5};
    struct image image;
    char error[IMAGE_ERROR_MAX] = "";
    uint8_t ram[8] = {9, 9, 9, 9, 9, 9, 9, 9};

    CU_ASSERT_TRUE_FATAL(image_flat(&image, bytes, sizeof bytes, error));
    CU_ASSERT_EQUAL(image.entry, RAM);
    CU_ASSERT_TRUE(image_load(&image, ram, sizeof ram, error));
    CU_ASSERT_EQUAL(memcmp(ram, "\1\2\3\4\5\x09\x09\x09", 8), 0);
    CU_ASSERT_FALSE(image_load(&image, ram, 4, error));
    image_free(&image);
    CU_ASSERT_FALSE(image_flat(&image, bytes, 0, error));
    image_free(&image);
}

/* A file that is none, or none that can be read. */
static void
test_image_refused(void)
{
    struct image image;
    char error[IMAGE_ERROR_MAX] = "";

    CU_ASSERT_FALSE(image_read(&image, (const uint8_t *)"#!/bin/sh\n", 10, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "not an ELF file"));
    CU_ASSERT_FALSE(image_read(&image, (const uint8_t *)"", 0, error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "not an ELF file"));
    CU_ASSERT_FALSE(image_read_file(&image, "no/such/file", error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "No such file"));
    image_free(&image);
}

void
machine_suite(void)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } tests[] = {
        {"devices: addresses and widths", test_memory_map},
        {"uart: registers", test_uart_registers},
        {"uart: divisor latch", test_uart_divisor},
        {"uart: bytes and the interrupt", test_uart_bytes},
        {"clint: registers and lines", test_clint},
        {"finisher: forms and widths", test_finisher},
        {"machine: sizes, and at rest", test_init},
        {"time: retired instructions", test_counting},
        {"time: writes to counters", test_counter_writes},
        {"time: beyond 32 bits", test_counter_carry},
        {"time: writes to mtime", test_mtime_writes},
        {"timer: exact to the instruction", test_timer_exact},
        {"timer: masked by MIE", test_timer_masked},
        {"timer: in U-mode", test_timer_in_user},
        {"timer: made due by a write", test_timer_made_due},
        {"interrupts: priority, vectors", test_priority},
        {"interrupts: msip", test_msip},
        {"wfi: pending", test_wfi_pending},
        {"wfi: time moves to the deadline", test_wfi_sleeps},
        {"wfi: nothing can wake it", test_wfi_halts},
        {"wfi: a byte", test_wfi_input},
        {"wfi: a byte that comes", test_wfi_woken},
        {"console: input always ready", test_input},
        {"console: interrupt of the next byte", test_input_interrupt},
        {"console: output", test_output},
        {"console: waiting", test_console_wait},
        {"reset", test_reset},
        {"end: the finisher", test_exit},
        {"end: tohost", test_tohost},
        {"budget: steps", test_budget},
        {"accesses: refused", test_faults},
        {"accesses: devices in U-mode", test_devices_in_user},
        {"image: loading and symbols", test_image},
        {"image: flat", test_flat_image},
        {"image: refused", test_image_refused},
    };
    CU_pSuite suite = CU_add_suite("machine", NULL, NULL);

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        (void)CU_add_test(suite, tests[i].name, tests[i].test);
}
