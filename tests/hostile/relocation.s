# SPDX-License-Identifier: MIT
#
# R in all its corners: 0, 4, one word short of memory, all of it, beyond, sums
# that wrap around; U-mode entered at the edges of each, loading and storing at
# the edges of each.
    .include "common.s"
    .equ    FILLED, RAM + 0x10000   # from here on, memory is four instructions over and over

main:
    mv      s8, ra
    li      t0, FILLED
    li      t1, END
    la      t2, pattern
    lw      a0, 0(t2)
    lw      a1, 4(t2)
    lw      a2, 8(t2)
    lw      a3, 12(t2)
1:  sw      a0, 0(t0)
    sw      a1, 4(t0)
    sw      a2, 8(t0)
    sw      a3, 12(t0)
    addi    t0, t0, 16
    bltu    t0, t1, 1b

    la      s0, bases
base:
    lw      s2, 0(s0)
    csrw    mbase, s2
    csrr    a0, mbase
    mix     a0
    la      s1, bounds
bound:
    lw      s3, 0(s1)
    csrw    mbound, s3
    csrr    a0, mbound
    mix     a0
    call    edges
    addi    s1, s1, 4
    la      t0, bounds_end
    bltu    s1, t0, bound
    tell    base
    addi    s0, s0, 4
    la      t0, bases_end
    bltu    s0, t0, base
    li      t0, -1
    csrw    mbase, zero
    csrw    mbound, t0
    jr      s8

# U-mode at, and loads and stores at, the edges of R and of memory.
edges:
    mv      s6, ra
    li      t6, RAM
    add     s4, t6, s3              # where the bound is
    li      t5, END
    sub     s5, t5, s2              # where memory ends, seen from U-mode
    addi    a0, s4, -16
    mv      a1, s5
    addi    a3, s4, -4
    call    go
    addi    a0, s5, -16
    mv      a1, s4
    addi    a3, s5, -4
    call    go
    addi    a0, s5, -4
    addi    a1, s4, -4
    mv      a3, s4
    call    go
    li      a0, FILLED
    li      a1, -4
    li      a3, RAM - 4
    call    go
    li      a0, FILLED + 4
    li      a1, -1
    li      a3, UART
    call    go
    mv      a0, s4
    call    go
    mv      a0, s5
    call    go
    li      a0, RAM - 4
    call    go
    li      a0, RAM
    call    go
    jr      s6

go:
    mv      s7, ra
    li      a2, 0x11
    li      a4, 0x22
    call    visit
    mix     a2
    mix     a4
    jr      s7

    .section .rodata
    .balign 4
pattern:
    lw      a2, 0(a1)
    sw      a2, 0(a3)
    lb      a4, 3(a1)
    ecall
bases:
    .word   0, 4, 0x10000, SIZE / 2 + 2, SIZE - 16, SIZE - 4, SIZE, SIZE + 4
    .word   0x7ffffffc, 0x80000000, 0xffefffff, 0xfff00000, 0xffffffff
bases_end:
bounds:
    .word   0, 1, 4, 16, 0x10010, SIZE - 4, SIZE, SIZE + 4, 0x7ffffffc, 0x80000000, 0xffffffff
bounds_end:
