# SPDX-License-Identifier: MIT
#
# LR, SC and mresv: every value of mresv with every SC; reservations across
# traps, modes, changes of R, waits and resets of the pair.
    .include "common.s"
    .equ    WORDS, RAM + 0x40000

main:
    mv      s8, ra
    la      s0, values
value:
    lw      s1, 0(s0)
    csrw    mresv, s1
    csrr    a0, mresv
    mix     a0
    csrs    mresv, s1
    csrr    a0, mresv
    mix     a0
    csrci   mresv, 1
    csrr    a0, mresv
    mix     a0
    la      s2, places
place:
    lw      a1, 0(s2)
    csrw    mresv, s1
    li      a2, 0x99
    sc.w    a2, s0, (a1)
    mix     a2
    csrr    a0, mresv
    mix     a0
    csrw    mresv, s1               # from U-mode
    la      a0, user
    call    visit
    mix     a2
    csrr    a0, mresv
    mix     a0
    csrw    mresv, s1               # LR after it, then a trap, then SC
    lr.w    a0, (a1)
    ecall
    sc.w    a2, s0, (a1)
    mix     a2
    addi    s2, s2, 4
    la      t0, places_end
    bltu    s2, t0, place
    addi    s0, s0, 4
    la      t0, values_end
    bltu    s0, t0, value
    tell    values

    li      s0, 0                   # LR here in M-mode, SC there in U-mode, R in between
1:  li      a1, WORDS
    lr.w    a0, (a1)
    slli    t0, s0, 2
    csrw    mbase, t0
    li      a1, WORDS
    sub     a1, a1, t0
    la      a0, user
    sub     a0, a0, t0
    call    visit
    mix     a2
    csrr    a0, mresv
    mix     a0
    la      a0, user_reserve
    slli    t0, s0, 2
    sub     a0, a0, t0
    li      a1, WORDS
    call    visit
    li      a1, WORDS
    add     a1, a1, t0
    csrr    a0, mresv
    mix     a0
    slli    t0, s0, 2
    add     a1, a1, t0
    sc.w    a2, s0, (a1)
    mix     a2
    addi    s0, s0, 1
    li      t0, 100
    bne     s0, t0, 1b
    csrw    mbase, zero
    tell    relocated

    li      s0, 100                 # what does not touch it: stores, AMOs, traps, waits
    li      a1, WORDS
    li      s1, MTIMECMP
    sw      zero, 4(s1)
    li      t0, MTI
    csrw    mie, t0
1:  lr.w    a0, (a1)
    sw      s0, 0(a1)
    amoswap.w a0, s0, (a1)
    ecall
    csrr    t0, time
    addi    t0, t0, 50
    sw      t0, 0(s1)
    wfi
    sc.w    a2, s0, (a1)
    mix     a2
    sc.w    a2, s0, (a1)            # only once
    mix     a2
    lr.w    a0, (a1)
    addi    t0, a1, 1               # misaligned: it traps, and stays reserved
    sc.w    a2, s0, (t0)
    mix     a2
    csrr    a0, mresv
    mix     a0
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8

user:
    sc.w    a2, a1, (a1)
    ecall
user_reserve:
    lr.w    a2, (a1)
    ecall

    .section .rodata
    .balign 4
values:
    .word   0, 1, 2, 3, 4, 5, WORDS - RAM, WORDS - RAM + 1, WORDS - RAM + 2, WORDS - RAM + 5
    .word   SIZE - 4, SIZE - 3, SIZE, SIZE + 1, SIZE + 0x10001, 0x7fffffff, 0x80000001, 0x80040001
    .word   -1, -3, -4, -SIZE + 1
values_end:
places:
    .word   WORDS, WORDS + 4, WORDS + 1, END - 4, END, END + 0x10000, UART, RAM - 4, 0, -4
places_end:
