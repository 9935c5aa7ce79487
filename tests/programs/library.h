/* SPDX-License-Identifier: MIT */
/* What the test programs share: output, a few functions of string.h, checks, CSRs. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
char *strchr(const char *s, int c);

/* To the UART: %d %u %x %c %s %p %%, with a width, - and 0; l and ll. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A row of pseudo-random numbers, by Marsaglia's xorshift. */
uint32_t next_random(uint32_t *state);

/* What main returns: 0 if every check held. */
int result(void);

/* The program goes on after a check that does not hold, and says so. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            check_failed(__FILE__, __LINE__, #condition);                                          \
    } while (0)
void check_failed(const char *file, int line, const char *condition);

#define READ_CSR(name)                                                                             \
    ({                                                                                             \
        uint32_t value_;                                                                           \
        __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory");                           \
        value_;                                                                                    \
    })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"(value) : "memory")
#define SET_CSR(name, bits)    __asm__ volatile("csrs " #name ", %0" : : "r"(bits) : "memory")
#define CLEAR_CSR(name, bits)  __asm__ volatile("csrc " #name ", %0" : : "r"(bits) : "memory")

#define MSIP         (*(volatile uint32_t *)0x02000000u)
#define MTIMECMP_LOW (*(volatile uint32_t *)0x02004000u)
#define MTIMECMP_TOP (*(volatile uint32_t *)0x02004004u)
#define MTIME_LOW    (*(volatile uint32_t *)0x0200bff8u)
#define MTIME_TOP    (*(volatile uint32_t *)0x0200bffcu)

#endif
