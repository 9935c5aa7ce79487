# SPDX-License-Identifier: MIT
#
# The same from U-mode, with R as open as can be: a device must never answer.
    .include "common.s"

main:
    mv      s8, ra
    la      s0, places
1:  lw      s1, 0(s0)
    la      s2, accesses
2:  mv      a0, s2
    mv      a1, s1
    li      a2, 0x1111
    call    visit
    mix     a2
    addi    s2, s2, 8
    la      t0, accesses_end
    bltu    s2, t0, 2b
    addi    s0, s0, 4
    la      t0, places_end
    bltu    s0, t0, 1b
    tell    open
    li      t0, 0                   # R such that the address, relocated, would be the device's
    li      s3, 1
    bnez    s3, 3f
3:  csrr    t1, mbase
    bnez    t1, 4f
    li      t0, UART - RAM
    csrw    mbase, t0
    la      s0, places
    j       1b
4:  csrw    mbase, zero
    jr      s8

accesses:
    .irp    load, lb, lhu, lw
    \load   a2, 0(a1)
    ecall
    .endr
    .irp    store, sb, sh, sw
    \store  a2, 0(a1)
    ecall
    .endr
    lr.w    a2, (a1)
    ecall
    amoadd.w a2, a1, (a1)
    ecall
    jr      a1
    ecall
accesses_end:

    .section .rodata
    .balign 4
places:
    .word   0, FINISHER, CLINT, MTIMECMP, MTIMECMP + 4, MTIME, MTIME + 4, UART, UART + 1, UART + 5
    .word   RAM - 4, END, END + UART, RAM + UART, RAM + FINISHER, RAM + CLINT, -4
places_end:
