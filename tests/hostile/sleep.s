# SPDX-License-Identifier: MIT
#
# Sleeps until nearly the end of time, again and again, and works with short
# deadlines after each: whoever keeps a clock of his own sees it wrap around.
    .include "common.s"

main:
    mv      s8, ra
    li      t0, MTIMECMP            # first of all, until 2^64 - 5000; and work beyond it
    li      t1, -1
    sw      t1, 4(t0)
    li      t1, -5000
    sw      t1, 0(t0)
    li      t0, MTI
    csrw    mie, t0
    wfi
    csrw    mie, zero
    li      t0, 20000
1:  addi    t0, t0, -1
    bnez    t0, 1b
    csrr    a0, time
    mix     a0
    tell    first
    li      s0, 40
1:  li      t0, MTIME               # 0 again
    sw      zero, 0(t0)
    sw      zero, 4(t0)
    li      t0, MTIMECMP            # 2^64 - 2, less and less
    li      t1, -1
    sw      t1, 4(t0)
    li      t1, 40
    sub     t1, s0, t1
    slli    t1, t1, 7
    addi    t1, t1, -2
    sw      t1, 0(t0)
    li      t0, MTI
    csrw    mie, t0
    wfi
    csrr    a0, time
    mix     a0
    csrr    a0, timeh
    mix     a0
    li      s1, 5
2:  li      t0, MTIMECMP            # a deadline 500 ahead, while at work
    li      t1, MTIME
    sw      zero, 0(t1)
    sw      zero, 4(t1)
    sw      zero, 4(t0)
    li      t1, 500
    sw      t1, 0(t0)
    li      t0, MTI
    csrw    mie, t0
    csrsi   mstatus, MIE
3:  addi    s2, s2, 1
    csrr    t0, mie
    bnez    t0, 3b
    csrci   mstatus, MIE
    mix     s2
    addi    s1, s1, -1
    bnez    s1, 2b
    li      t0, 20000               # and long enough for others to want a turn
3:  addi    t0, t0, -1
    bnez    t0, 3b
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8
