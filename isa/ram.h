/* SPDX-License-Identifier: MIT */
/*
 * Memory as little-endian bytes, whatever the host's order: the one narrow
 * interface through which instructions reach RAM.
 */
#ifndef ISA_RAM_H
#define ISA_RAM_H

#include <stdint.h>

/* The `bytes` (1, 2 or 4) at p, zero-extended. */
static inline uint32_t
isa_ram_load(const uint8_t *p, uint32_t bytes)
{
    switch (bytes) {
    case 1: return p[0];
    case 2: return (uint32_t)p[0] | (uint32_t)p[1] << 8;
    default:
        return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
}

/* The low `bytes` (1, 2 or 4) of value to p. */
static inline void
isa_ram_store(uint8_t *p, uint32_t bytes, uint32_t value)
{
    switch (bytes) {
    case 1: p[0] = (uint8_t)value; break;
    case 2:
        p[0] = (uint8_t)value;
        p[1] = (uint8_t)(value >> 8);
        break;
    default:
        p[0] = (uint8_t)value;
        p[1] = (uint8_t)(value >> 8);
        p[2] = (uint8_t)(value >> 16);
        p[3] = (uint8_t)(value >> 24);
        break;
    }
}

#endif
