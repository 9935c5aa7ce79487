# SPDX-License-Identifier: MIT
#
# The honest neighbour: sums over its memory under a periodic timer, waits now
# and then, keeps a reservation, and says what came out.
    .include "common.s"
    .equ    TABLE, RAM + 0x20000
    .equ    WORDS, 1000
    .equ    PERIOD, 700

main:
    mv      s8, ra
    la      t0, tick
    csrw    mtvec, t0
    li      s0, 0                   # ticks
    li      s1, PERIOD
    li      t0, MTIMECMP
    sw      zero, 4(t0)
    sw      s1, 0(t0)
    li      t0, MTI
    csrw    mie, t0
    csrsi   mstatus, MIE
    li      s2, 12
round:
    li      s3, TABLE
    li      s4, WORDS
1:  lr.w    a0, (s3)
    add     a0, a0, s2
    mul     a1, a0, s4
    xor     a0, a0, a1
    sc.w    a1, a0, (s3)
    mix     a0
    mix     a1
    addi    s3, s3, 4
    addi    s4, s4, -1
    bnez    s4, 1b
    wfi
    csrr    a0, time
    mix     a0
    csrr    a0, minstret
    mix     a0
    mix     s0
    tell    round
    addi    s2, s2, -1
    bnez    s2, round
    csrci   mstatus, MIE
    jr      s8

    .balign 4
tick:
    addi    s0, s0, 1
    addi    s1, s1, PERIOD
    csrw    mscratch, t0
    li      t0, MTIMECMP
    sw      s1, 0(t0)
    csrr    t0, mscratch
    mret
