/* SPDX-License-Identifier: MIT */
/*
 * What the benchmark programs share.  Each is a C program for RV32IM that runs
 * on the bare machine and on QEMU's `virt` alike, computes something ROUNDS
 * times, and ends with status 0 if the result is what is known otherwise.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times that the work is done; -DROUNDS=n makes a program shorter, for tests. */
#ifndef ROUNDS
#define ROUNDS ROUNDS_USUAL
#endif

/* Nothing the compiler could know the result of. */
#define opaque(value) __asm__ volatile("" : "+r"(value))

#define noinline __attribute__((noinline))

/* With -ffreestanding there is no library, but clang may call these. */
void *memset(void *to, int value, size_t length);
void *memcpy(void *restrict to, const void *restrict from, size_t length);

#endif
