# SPDX-License-Identifier: MIT
#
# Vectored interrupts: all three lines at once and by themselves, from both
# modes; which comes first, where it enters.
    .include "common.s"

main:
    mv      s8, ra
    la      t0, table
    ori     t0, t0, 1
    csrw    mtvec, t0
    csrr    a0, mtvec
    mix     a0
    li      s0, 0                   # which lines are up, which are enabled, from which mode
1:  andi    t0, s0, 1
    li      t1, CLINT
    sw      t0, 0(t1)
    li      t2, MTIMECMP
    andi    t0, s0, 2
    addi    t0, t0, -2              # 0: up; -2: far away
    sw      t0, 4(t2)
    sw      t0, 0(t2)
    srli    t0, s0, 2
    andi    t0, t0, 1
    li      t1, UART
    sb      t0, 1(t1)               # a byte may wait
    csrr    a0, mip
    mix     a0
    srli    t0, s0, 3               # 8 subsets of what is enabled
    andi    t1, t0, 1
    slli    t1, t1, 3
    andi    t2, t0, 2
    slli    t2, t2, 6
    or      t1, t1, t2
    andi    t2, t0, 4
    slli    t2, t2, 9
    or      t1, t1, t2
    csrw    mie, t1
    andi    t0, s0, 64
    bnez    t0, 2f
    csrsi   mstatus, MIE
    nop
    csrci   mstatus, MIE
    j       3f
2:  la      a0, user
    call    visit
3:  csrw    mie, zero
    csrw    mstatus, zero
    addi    s0, s0, 1
    andi    t0, s0, 15
    bnez    t0, 4f
    tell    lines
4:  li      t0, 128
    bne     s0, t0, 1b
    jr      s8

user:
    ecall

    .balign 64
table:
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    j       entry\n
    .endr
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
entry\n:
    addi    s11, s11, \n * 64 + 1
    j       record
    .endr
