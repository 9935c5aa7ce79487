# SPDX-License-Identifier: MIT
#
# The finisher with odd values, at odd widths; exit code 0x1234 in the end.
    .include "common.s"

main:
    li      s0, FINISHER
    la      s1, values
1:  lw      a0, 0(s1)
    sw      a0, 0(s0)
    sh      a0, 0(s0)
    sb      a0, 0(s0)
    sw      a0, 4(s0)
    sw      a0, 1(s0)
    sh      a0, 2(s0)
    lw      a1, 0(s0)
    mix     a1
    lhu     a1, 0(s0)
    mix     a1
    addi    s1, s1, 4
    la      t0, values_end
    bltu    s1, t0, 1b
    tell    values
    li      a0, 0x55555555          # where it must not count
    sb      a0, 0(s0)
    sw      a0, 4(s0)
    amoswap.w a1, a0, (s0)
    sc.w    a1, a0, (s0)
    la      a0, user
    call    visit
    tell    misses
    li      a0, 0x1234
    j       finish

user:
    li      a0, 0x5555
    sw      a0, 0(s0)

    .section .rodata
    .balign 4
values:
    .word   0, 1, 0x5554, 0x55550000, 0x33330000, 0x77770000, 0x7776, 0xffff, -1, 0x80000000
values_end:
