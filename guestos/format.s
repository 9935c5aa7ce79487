# SPDX-License-Identifier: MIT
#
# The one piece of code that both sides use: the kernel this original, in
# machine mode, each process its own copy.  It touches only what it is given.

    .text
# format(to, format, arguments): the text, with a zero behind it; a0 = its end.
# %d decimal, %5d at least 5 wide, %x 0x and 8 digits, %s a string.
format:
    addi    sp, sp, -16
1:  lbu     t0, 0(a1)
    addi    a1, a1, 1
    li      t1, '%'
    beq     t0, t1, 2f
    sb      t0, 0(a0)
    beqz    t0, 9f
    addi    a0, a0, 1
    j       1b

2:  li      a3, 0               # the width
    lbu     t0, 0(a1)
    addi    a1, a1, 1
    li      t1, '9'
    bgtu    t0, t1, 3f
    addi    a3, t0, -'0'
    lbu     t0, 0(a1)
    addi    a1, a1, 1
3:  lw      a4, 0(a2)
    addi    a2, a2, 4
    li      t1, 'x'
    beq     t0, t1, 7f
    li      t1, 's'
    beq     t0, t1, 6f

    addi    t3, sp, 16          # decimal: the last digit comes out first
    srai    t4, a4, 31          # -1 if negative: then ~x + 1 is its opposite
    xor     a4, a4, t4
    sub     a4, a4, t4
    li      t1, 10
4:  remu    t2, a4, t1
    divu    a4, a4, t1
    addi    t2, t2, '0'
    addi    t3, t3, -1
    sb      t2, 0(t3)
    bnez    a4, 4b
    beqz    t4, 5f
    li      t2, '-'
    addi    t3, t3, -1
    sb      t2, 0(t3)
5:  addi    t4, sp, 16
    sub     t2, t4, t3          # how wide it is
    li      t1, ' '
10: bgeu    t2, a3, 11f
    sb      t1, 0(a0)
    addi    a0, a0, 1
    addi    t2, t2, 1
    j       10b
11: lbu     t2, 0(t3)
    sb      t2, 0(a0)
    addi    a0, a0, 1
    addi    t3, t3, 1
    bltu    t3, t4, 11b
    j       1b

6:  lbu     t0, 0(a4)           # a string
    beqz    t0, 1b
    sb      t0, 0(a0)
    addi    a0, a0, 1
    addi    a4, a4, 1
    j       6b

7:  li      t0, '0'             # hexadecimal
    sb      t0, 0(a0)
    li      t0, 'x'
    sb      t0, 1(a0)
    addi    a0, a0, 2
    li      t3, 28
8:  srl     t0, a4, t3
    andi    t0, t0, 15
    sltiu   t1, t0, 10
    addi    t0, t0, '0'
    bnez    t1, 12f
    addi    t0, t0, 'a' - '0' - 10
12: sb      t0, 0(a0)
    addi    a0, a0, 1
    addi    t3, t3, -4
    bgez    t3, 8b
    j       1b

9:  addi    sp, sp, 16
    ret
