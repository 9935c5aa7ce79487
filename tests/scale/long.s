# SPDX-License-Identifier: MIT
# More than 2^32 instructions: by them, both counters and the time have carried.
    .equ    ROUNDS, 0x80000010  # of two instructions
    .globl  _start
_start:
    li      t0, ROUNDS
1:  addi    t0, t0, -1
    bnez    t0, 1b
    csrr    a0, minstreth
    csrr    a1, mcycleh
    csrr    a2, timeh
    csrr    a3, minstret
    li      t1, 0x3333 | 1 << 16
    li      t2, 1
    bne     a0, t2, 2f
    bne     a1, t2, 2f
    bne     a2, t2, 2f
    li      t2, 2 * (ROUNDS - 0x80000000) + 5   # two for the first li, and three csrr
    bne     a3, t2, 2f
    li      t1, 0x5555
2:  li      t0, 0x00100000
    sw      t1, 0(t0)
3:  j       3b
