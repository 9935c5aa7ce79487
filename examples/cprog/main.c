/* SPDX-License-Identifier: MIT */
/*
 * A program in C, built by clang for the same processor, that knows nothing of
 * this project: it runs unchanged on QEMU.
 *
 *   make build/examples/cprog.elf
 *   build/thirdgen run build/examples/cprog.elf
 *   build/thirdgen compare build/examples/cprog.elf
 *   qemu-system-riscv32 -M virt -bios none -nographic -kernel build/examples/cprog.elf
 *
 * Look at: the output, which is the same to the byte.  The user-level
 * instructions are RV32IMA, bit for bit; the devices are where QEMU's `virt` has
 * them; and a program that never touches R finds it open.  It computes what is
 * known otherwise (a CRC's check value, the number of primes below 100,000), and
 * its exit status says whether that came out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_THR ((volatile uint8_t *)0x10000000u)
#define UART_LSR ((volatile uint8_t *)0x10000005u)
#define LSR_IDLE 0x20u

/* With -ffreestanding there is no library, but clang may still call this one. */
void *memset(void *to, int value, size_t length);

void *
memset(void *to, int value, size_t length)
{
    volatile uint8_t *p = to;

    for (size_t i = 0; i < length; i++)
        p[i] = (uint8_t)value;
    return to;
}

static void
put(char c)
{
    while ((*UART_LSR & LSR_IDLE) == 0)
        ;
    *UART_THR = (uint8_t)c;
}

static void
put_text(const char *text)
{
    for (; *text != '\0'; text++)
        put(*text);
}

static void
put_number(uint32_t n, uint32_t base)
{
    if (n >= base)
        put_number(n / base, base);
    put("0123456789abcdef"[n % base]);
}

/* One line of the report; was it as expected? */
static bool
report(const char *what, uint32_t value, uint32_t expected, uint32_t base)
{
    put_text(what);
    put_number(value, base);
    put_text(value == expected ? "  right\n" : "  WRONG\n");
    return value == expected;
}

/* CRC-32, as in Ethernet and zip: reflected, polynomial 0xedb88320. */
static uint32_t
crc32(const char *bytes, size_t length)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < length; i++) {
        crc ^= (uint8_t)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return ~crc;
}

/* The sieve of Eratosthenes. */
static uint32_t
primes_below(uint32_t limit)
{
    static bool composite[100000];
    uint32_t count = 0;

    for (uint32_t n = 2; n < limit; n++) {
        if (composite[n])
            continue;
        count++;
        for (uint32_t multiple = 2 * n; multiple < limit; multiple += n)
            composite[multiple] = true;
    }
    return count;
}

/* 2^n modulo m, one division a step. */
static uint32_t
power_of_two(uint32_t n, uint32_t m)
{
    uint32_t result = 1;

    for (uint32_t i = 0; i < n; i++)
        result = result * 2 % m;
    return result;
}

int
main(void)
{
    bool right = true;

    put_text("A C program, built by clang for rv32ima\n");
    right &= report("CRC-32 of \"123456789\":  0x", crc32("123456789", 9), 0xcbf43926u, 16);
    right &= report("primes below 100000:    ", primes_below(100000), 9592, 10);
    /* Fermat: 2^(p-1) = 1 modulo a prime p. */
    right &= report("2^65536 modulo 65537:   ", power_of_two(65536, 65537), 1, 10);
    return right ? 0 : 1;
}
