/* SPDX-License-Identifier: MIT */
/*
 * From the first instruction to the first guest: the constants of time are
 * measured, the guests put where they belong.  And the ways in which it all
 * may come to a bad end.
 */
#include "vmm/bare-metal/port.h"

#include <stddef.h>

/* ---- a bad end ---- */

static void
put(const char *text)
{
    for (; *text != '\0'; text++)
        BARE_DEVICE8(UART_START + UART_RBR) = (uint8_t)*text;
}

static void
put_hex(uint32_t value)
{
    char digits[] = "0x00000000";

    for (unsigned i = 0; i < 8; i++)
        digits[9 - i] = "0123456789abcdef"[value >> 4 * i & 15];
    put(digits);
}

void
bare_panic(const char *what, uint32_t number)
{
    put("\r\nthirdgen monitor: ");
    put(what);
    put(" (");
    put_hex(number);
    put(")\r\n");
    bare_stop();
}

void
bare_fault(uint32_t cause, uint32_t pc, uint32_t tval)
{
    put("\r\nthirdgen monitor: a fault of its own: mcause ");
    put_hex(cause);
    put(", mepc ");
    put_hex(pc);
    put(", mtval ");
    put_hex(tval);
    put("\r\n");
    bare_stop();
}

/* ---- the guests ---- */

static void
check(bool right, const char *what, uint32_t number)
{
    if (!right)
        bare_panic(what, number);
}

static void
check_header(const struct image_header *h)
{
    check(h->magic == IMAGE_MAGIC && h->version == IMAGE_VERSION, "not an image", h->version);
    check(h->count >= 1 && h->count <= VMM_GUESTS_MAX, "guests in the table", h->count);
    check(h->length >= h->end && h->length <= h->memory, "length of the image", h->length);
    check(h->focus < h->count, "console input for guest", h->focus);
    check(h->memory % IMAGE_ALIGN == 0, "bytes of memory in the table", h->memory);
    /* The last word is there, or this is a fault. */
    (void)*(volatile uint32_t *)(uintptr_t)(ISA_RAM_START + h->memory - 4);
}

static void
add_guest(const struct image_header *h, uint32_t i)
{
    const struct image_guest *g = &h->guest[i];
    struct vmm *vmm = &bare_state.vmm;
    int index;
    struct vm *vm;

    check(g->memory % IMAGE_ALIGN == 0 && g->length <= g->memory, "memory of guest", i);
    check(g->offset <= h->length && g->length <= h->length - g->offset, "image of guest", i);
    check(g->input <= h->end && g->input_length <= h->end - g->input, "input of guest", i);
    check(g->name[VMM_NAME_MAX - 1] == '\0', "name of guest", i);
    check(g->weight >= 1 && g->slice >= 1, "weight and slice of guest", i);
    index = vmm_add(vmm, g->name, g->memory, g->entry, g->a1);
    check(index == (int)i, "no memory for guest", i);
    vm = &vmm->vm[i];
    check(g->offset <= vm->start, "an image beyond its place: guest", i);
    vm->weight = g->weight;
    vm->slice = g->slice;
    vm->hybrid = g->flags & IMAGE_GUEST_HYBRID;
    vm->own_input = g->flags & IMAGE_GUEST_INPUT;
    vm->input_length = g->input_length;
    vm->real_clock = g->flags & IMAGE_GUEST_REAL;
}

/* `length` bytes upwards, the last one first; multiples of 4 from here on. */
static void
move_up(uint32_t to, uint32_t from, uint32_t length)
{
    uint32_t *t = (uint32_t *)(uintptr_t)(ISA_RAM_START + to);
    const uint32_t *f = (const uint32_t *)(uintptr_t)(ISA_RAM_START + from);

    if (to == from)
        return;
    for (uint32_t i = length / 4; i > 0; i--)
        t[i - 1] = f[i - 1];
}

static void
clear(uint32_t from, uint32_t to)
{
    for (uint32_t at = from; at < to; at += 4)
        *(uint32_t *)(uintptr_t)(ISA_RAM_START + at) = 0;
}

/*
 * Each image to the start of its guest's memory, which is not below where it
 * lies: the last one first, so that none is overwritten before it has moved.
 * What is left of other images in a guest's memory becomes 0.
 */
static void
place_guests(const struct image_header *h)
{
    for (uint32_t i = h->count; i > 0; i--) {
        const struct image_guest *g = &h->guest[i - 1];
        const struct vm *vm = &bare_state.vmm.vm[i - 1];
        uint32_t length = (g->length + 3) & ~3u, end = vm->start + vm->size;

        move_up(vm->start, g->offset, length);
        clear(vm->start + length, end < h->length ? end : h->length);
    }
}

static void
load_guests(void)
{
    const struct image_header *h = &bare_header;

    check_header(h);
    vmm_init(&bare_state.vmm, h->memory, h->end);
    bare_state.vmm.focus = h->focus;
    bare_state.vmm.tagged = h->flags & IMAGE_TAGGED;
    bare_state.vmm.attended = h->flags & IMAGE_ATTENDED;
    for (uint32_t i = 0; i < h->count; i++)
        add_guest(h, i);
    place_guests(h);
}

/* ---- the constants of time ---- */

enum { PROBE_TIME = 256 }; /* how far ahead the second measurement's deadline is */

/* To `code` in U-mode, where R is still identity; `handler` takes its trap. */
static _Noreturn void
probe(void (*code)(void), void (*handler)(uint32_t), uint32_t where)
{
    bare_state.next = (uint32_t)(uintptr_t)handler;
    bare_state.where = where;
    bare_write_mepc((uint32_t)(uintptr_t)code);
    bare_enter();
}

/*
 * The second measurement: code that counts its own instructions was stopped by
 * a deadline PROBE_TIME after the tail's reading; the rest was the tail.
 */
static _Noreturn void
measured_deadline(uint32_t entered)
{
    uint32_t odd = bare_read_mepc() != (uint32_t)(uintptr_t)bare_probe_count;
    uint32_t counted = 2 * bare_state.probe[10] - odd;

    check(bare_read_mcause() == (MCAUSE_INTERRUPT | IRQ_timer), "no timer interrupt, but",
          bare_read_mcause());
    bare_state.tail = PROBE_TIME - counted;
    check(entered - bare_state.resumed - bare_state.overhead == counted,
          "minstret does not count instructions", entered - bare_state.resumed);
    load_guests();
    bare_begin();
}

/* The first: nothing at all was executed between tail and entry. */
static _Noreturn void
measured_trap(uint32_t entered)
{
    check(bare_read_mcause() == CAUSE_ecall_user, "no ecall, but", bare_read_mcause());
    bare_state.overhead = entered - bare_state.resumed;
    bare_state.ahead = bare_state.lag + PROBE_TIME;
    probe(bare_probe_count, measured_deadline, CLINT_START + CLINT_MTIMECMP);
}

void
bare_boot(void)
{
    bare_write_mstatus(0);
    bare_write_mie(MIP_MTI | MIP_MEI);
    BARE_DEVICE32(CLINT_START + CLINT_MTIMECMP) = 0xffffffffu;
    BARE_DEVICE32(CLINT_START + CLINT_MTIMECMP + 4) = 0;
    bare_measure_lag();
    bare_state.frame = (uint32_t)(uintptr_t)bare_state.probe;
    probe(bare_probe_trap, measured_trap, (uint32_t)(uintptr_t)&bare_state.nowhere);
}
