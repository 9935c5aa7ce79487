# SPDX-License-Identifier: MIT
#
# Interrupts as fast as they go: a deadline that is always past, the software
# interrupt always up, from both modes.  What is interrupted never gets on.
    .include "common.s"
    .equ    TIMES, 3000

main:
    mv      s8, ra
    la      t0, storm
    csrw    mtvec, t0
    li      t0, MTIMECMP
    sw      zero, 0(t0)
    sw      zero, 4(t0)
    li      s1, 0
    li      s0, TIMES
    li      t0, MTI
    la      s3, 1f
    csrw    mie, t0
    csrsi   mstatus, MIE
    addi    s1, s1, 1               # never
    addi    s1, s1, 1
1:  mix     s1
    csrr    a0, minstret
    mix     a0
    tell    machine

    la      s3, 1f                  # the same, U-mode interrupted
    li      s0, TIMES
    li      t0, MTI
    csrw    mie, t0
    la      t0, user
    csrw    mepc, t0
    li      t0, MPP
    csrc    mstatus, t0
    mret
1:  mix     s1
    tell    user

    la      s3, 1f                  # the software interrupt first, then both
    li      s0, TIMES
    li      t0, CLINT
    li      t1, 1
    sw      t1, 0(t0)
    li      t0, MTI | MSI
    csrw    mie, t0
    csrsi   mstatus, MIE
    addi    s1, s1, 1
1:  mix     s1
    tell    software

    la      s3, 1f                  # a deadline moved to now at each interrupt
    li      s0, TIMES
    li      t0, CLINT
    sw      zero, 0(t0)
    li      s4, MTIMECMP
    li      t0, MTI
    csrw    mie, t0
    csrsi   mstatus, MIE
2:  addi    s1, s1, 1
    j       2b
1:  mix     s1
    csrw    mie, zero
    li      t0, -1
    li      t1, MTIMECMP
    sw      t0, 4(t1)
    jr      s8

user:
    addi    s1, s1, 1
    j       user

    .balign 4
storm:
    addi    s0, s0, -1
    beqz    s0, 1f
    csrr    gp, mcause
    mix     gp
    csrr    gp, mepc
    mix     gp
    beqz    s4, 2f
    csrr    gp, time
    addi    gp, gp, 7
    sw      gp, 0(s4)
2:  mret
1:  csrw    mie, zero
    csrw    mepc, s3
    li      gp, MPP
    csrs    mstatus, gp
    mret
