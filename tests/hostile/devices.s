# SPDX-License-Identifier: MIT
#
# Every device at every width, every misalignment, with every instruction that
# touches memory, and executed; and the edges of what is a device.
    .include "common.s"

main:
    mv      s8, ra
    la      s0, ranges
range:
    lw      s1, 0(s0)               # the first address
    lw      s2, 4(s0)               # one past the last
address:
    la      s3, accesses
access:
    la      s4, values
value:
    mv      a0, s1
    lw      a1, 0(s4)
    li      a2, 0x1111
    jalr    s3
    mix     a2
    addi    s4, s4, 4
    la      t0, values_end
    bltu    s4, t0, value
    addi    s3, s3, 8
    la      t0, accesses_end
    bltu    s3, t0, access
    la      s10, 1f                 # and to execute it
    jr      s1
1:  li      s10, 0
    addi    s1, s1, 1
    bne     s1, s2, address
    li      t0, UART                # as it was, or nobody hears what it tells
    sb      zero, 3(t0)
    tell    range
    addi    s0, s0, 8
    la      t0, ranges_end
    bltu    s0, t0, range
    jr      s8

accesses:
    .irp    load, lb, lbu, lh, lhu, lw
    \load   a2, 0(a0)
    ret
    .endr
    .irp    store, sb, sh, sw
    \store  a1, 0(a0)
    ret
    .endr
    lr.w    a2, (a0)
    ret
    sc.w    a2, a1, (a0)
    ret
    amoadd.w a2, a1, (a0)
    ret
    amoswap.w zero, a1, (a0)
    ret
accesses_end:

    .section .rodata
    .balign 4
ranges:
    .word   0, 5
    .word   FINISHER - 4, FINISHER + 9
    .word   CLINT - 4, CLINT + 9
    .word   MTIMECMP - 4, MTIMECMP + 12
    .word   MTIME - 4, MTIME + 12
    .word   CLINT + 0x10000, CLINT + 0x10002
    .word   UART - 4, UART + 13
    .word   0x0c000000, 0x0c000002
    .word   RAM - 5, RAM
    .word   END - 3, END + 5
    .word   -5, 0
ranges_end:
values:
    .word   0, 0x5a, 0xffffffff, 0x80000003
values_end:
