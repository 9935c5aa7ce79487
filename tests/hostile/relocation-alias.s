# SPDX-License-Identifier: MIT
#
# R changed at every entry to U-mode, thousands of times: one virtual address,
# many places; and all of memory open: the user writes what its kernel executes.
    .include "common.s"
    .equ    CODE, RAM + 0x80000     # 64 places, 4 KiB apart

main:
    mv      s8, ra
    li      s0, 64                  # the same code to all places
    li      s1, CODE
1:  la      t0, user
    la      t1, user_end
    mv      t2, s1
2:  lw      t3, 0(t0)
    sw      t3, 0(t2)
    addi    t0, t0, 4
    addi    t2, t2, 4
    bltu    t0, t1, 2b
    lui     t3, 1
    add     s1, s1, t3
    addi    s0, s0, -1
    bnez    s0, 1b

    li      s0, 3000
    li      s2, 1
1:  li      t0, 1103515245
    mul     s2, s2, t0
    li      t0, 12345
    add     s2, s2, t0
    srli    t0, s2, 12
    andi    t0, t0, 63
    slli    t0, t0, 12
    li      t1, CODE - RAM
    add     t0, t0, t1
    csrw    mbase, t0
    srli    t0, s2, 20              # sometimes too little for the code
    andi    t0, t0, 0x7f
    csrw    mbound, t0
    li      a0, RAM
    mv      a1, s2
    call    visit
    mix     a2
    addi    s0, s0, -1
    bnez    s0, 1b
    tell    places
    csrw    mbase, zero             # all of memory: the user writes its kernel's code
    li      t0, -1
    csrw    mbound, t0
    li      s0, 50
1:  la      a0, rewrite
    call    visit
    call    rewritten
    mix     a2
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8

rewrite:
    la      t0, rewritten
    lw      t1, 0(t0)
    lui     t2, 0x100               # the immediate, one more
    add     t1, t1, t2
    sw      t1, 0(t0)
    ecall
rewritten:
    li      a2, 7
    ret

user:
    auipc   a2, 0
    lw      a3, 24(a2)              # what the last one left here
    add     a3, a3, a1
    sw      a3, 24(a2)
    add     a2, a2, a3
    beq     a2, a2, user_skip
    .word   0
user_skip:
    lw      a4, 0(a2)               # anywhere
    sw      a1, 24(a2)
    ecall
    ecall
user_end:
