# SPDX-License-Identifier: MIT
#
# Waits of one tick, of two, of three, ...: nobody waits so often.
    .include "common.s"

main:
    mv      s8, ra
    li      s0, 3000
    li      s1, MTIMECMP
    sw      zero, 4(s1)
    li      t0, MTI
    csrw    mie, t0
1:  csrr    t0, time
    andi    t1, s0, 31
    add     t0, t0, t1
    sw      t0, 0(s1)
    wfi
    csrr    a0, time
    mix     a0
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8
