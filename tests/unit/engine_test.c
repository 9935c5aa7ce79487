/* SPDX-License-Identifier: MIT */
/*
 * The threaded engine where property 5 does not look: code changed from
 * outside, words watched, more code than is kept, counters that carry, memory
 * that is never touched.  What it does in general is compared with the
 * reference engine there.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "isa/encode.h"
#include "machine/machine.h"
#include "tests/unit/suites.h"

enum { A0 = 10, A1, A2 };

static struct console console;
static struct machine machine;

static struct machine *
start(uint32_t ram_size)
{
    console_init(&console);
    CU_ASSERT_TRUE_FATAL(machine_init(&machine, ram_size, &isa_virtualizable, &console));
    machine.engine = ENGINE_threaded;
    return &machine;
}

static void
put(struct machine *m, uint32_t offset, uint32_t word)
{
    isa_ram_store(m->ram.bytes + offset, 4, word);
}

static uint32_t
addi(uint32_t rd, uint32_t rs1, int64_t imm)
{
    return isa_instruction(INSN_addi)->match | isa_field_put('d', rd) | isa_field_put('s', rs1) |
           isa_field_put('i', imm);
}

static uint32_t
store(uint32_t value, uint32_t base, int64_t offset)
{
    return isa_instruction(INSN_sw)->match | isa_field_put('t', value) | isa_field_put('s', base) |
           isa_field_put('q', offset);
}

static uint32_t
jump(int64_t distance)
{
    return isa_instruction(INSN_jal)->match | isa_field_put('a', distance);
}

/* Round and round: a0 grows by one in each of three instructions' time. */
static void
put_loop(struct machine *m)
{
    put(m, 0, addi(A0, A0, 1));
    put(m, 4, store(A2, A1, 0));
    put(m, 8, jump(-8));
}

/* A word that was executed is changed from outside, and that is said: the new one counts. */
static void
written_from_outside(void)
{
    struct machine *m = start(MACHINE_RAM_MIN);

    put_loop(m);
    m->hart.x[A1] = ISA_RAM_START + 0x1000;
    CU_ASSERT_EQUAL(machine_run(m, 3000), MACHINE_running);
    CU_ASSERT_EQUAL(m->hart.x[A0], 1000);
    put(m, 0, addi(A0, A0, 100));
    machine_written(m, 0, 4);
    CU_ASSERT_EQUAL(machine_run(m, 3000), MACHINE_running);
    CU_ASSERT_EQUAL(m->hart.x[A0], 1000 + 100 * 1000);
    machine_free(m);
}

/* A single step is the reference engine's; what it stores to code counts as well. */
static void
written_by_a_step(void)
{
    struct machine *m = start(MACHINE_RAM_MIN);

    put_loop(m);
    m->hart.x[A1] = ISA_RAM_START + 0x1000;
    CU_ASSERT_EQUAL(machine_run(m, 3001), MACHINE_running);
    m->hart.x[A1] = ISA_RAM_START;
    m->hart.x[A2] = addi(A0, A0, 7);
    CU_ASSERT_EQUAL(machine_run(m, 1), MACHINE_running);
    m->hart.x[A1] = ISA_RAM_START + 0x1000;
    CU_ASSERT_EQUAL(machine_run(m, 3001), MACHINE_running);
    CU_ASSERT_EQUAL(m->hart.x[A0], 1001 + 7 * 1000);
    machine_free(m);
}

/* An odd value in the word watched ends the run, at that very store; an even one does not. */
static void
watched(void)
{
    struct machine *m = start(MACHINE_RAM_MIN);

    put_loop(m);
    m->tohost = 0x1000;
    m->hart.x[A1] = ISA_RAM_START + 0x1000;
    m->hart.x[A2] = 8;
    CU_ASSERT_EQUAL(machine_run(m, 3000), MACHINE_running);
    CU_ASSERT_EQUAL(m->steps, 3000);
    m->hart.x[A2] = 7 << 1 | 1;
    CU_ASSERT_EQUAL(machine_run(m, 3000), MACHINE_exit);
    CU_ASSERT_EQUAL(m->steps, 3002);
    CU_ASSERT_EQUAL(m->exit_code, 7);
    machine_free(m);
}

/* mtime and minstret carry into their high words; mtime wraps around, and its deadline is over. */
static void
carries(void)
{
    struct machine *m = start(MACHINE_RAM_MIN);

    put_loop(m);
    m->hart.x[A1] = ISA_RAM_START + 0x1000;
    m->hart.minstret = 0xfffffff0;
    m->hart.mtime = UINT64_MAX - 999;
    m->devices.clint.mtimecmp = UINT64_MAX;
    CU_ASSERT_EQUAL(machine_run(m, 3000), MACHINE_running);
    CU_ASSERT_EQUAL(m->hart.minstret, 0xfffffff0 + UINT64_C(3000));
    CU_ASSERT_EQUAL(m->hart.mtime, 2000);
    CU_ASSERT_EQUAL(m->hart.mip, 0);
    machine_free(m);
}

/* Code all over 8 MiB, twice: more than is kept decoded. */
static void
dropped(void)
{
    enum { SIZE = 8 << 20, EVERY = 1024 };
    struct machine *m = start(SIZE);

    for (uint32_t at = 0; at < SIZE; at += EVERY) {
        put(m, at, addi(A0, A0, 1));
        put(m, at + 4, jump(at + EVERY < SIZE ? EVERY - 4 : 0));
    }
    for (int round = 1; round <= 2; round++) {
        m->hart.pc = ISA_RAM_START;
        CU_ASSERT_EQUAL(machine_run(m, 2 * SIZE / EVERY), MACHINE_running);
        CU_ASSERT_EQUAL(m->hart.x[A0], (uint32_t)(round * SIZE / EVERY));
    }
    CU_ASSERT(m->decoded.drops >= 4);
    CU_ASSERT(m->decoded.pages_used <= DECODED_PAGES_MAX);
    machine_free(m);
}

/* From the last word of RAM there is no next; and the largest RAM costs nothing. */
static void
last_word(void)
{
    struct machine *m = start(MACHINE_RAM_MAX);
    uint32_t last = MACHINE_RAM_MAX - 4;

    put(m, last, addi(A0, A0, 1));
    put(m, 0x100, jump(0));
    m->hart.mtvec = ISA_RAM_START + 0x100;
    m->hart.pc = ISA_RAM_START + last;
    CU_ASSERT_EQUAL(machine_run(m, 1000), MACHINE_running);
    CU_ASSERT_EQUAL(m->hart.x[A0], 1);
    CU_ASSERT_EQUAL(m->hart.mcause, CAUSE_fetch_access);
    CU_ASSERT_EQUAL(m->hart.mepc, ISA_RAM_START + MACHINE_RAM_MAX);
    CU_ASSERT_EQUAL(m->traps, 1);
    machine_free(m);
}

void
engine_suite(void)
{
    CU_pSuite s = CU_add_suite("threaded engine", NULL, NULL);

    CU_add_test(s, "code changed from outside", written_from_outside);
    CU_add_test(s, "code changed by a single step", written_by_a_step);
    CU_add_test(s, "the word watched", watched);
    CU_add_test(s, "counters that carry", carries);
    CU_add_test(s, "more code than is kept", dropped);
    CU_add_test(s, "the last word of the largest RAM", last_word);
}
