# SPDX-License-Identifier: MIT
#
# Every CSR number from U-mode, reading and writing; mret, wfi, undefined words.
    .include "common.s"

main:
    mv      s8, ra
    la      t0, user                # to U-mode for good: the handler goes on there
    csrw    mepc, t0
    li      t0, MPP
    csrc    mstatus, t0
    mret
back:
    jr      s8

user:
    li      s0, 0
    li      s3, 0x00100000
1:  la      t1, patch
    slli    s1, s0, 20
    li      t0, 0x00002573          # csrrs a0, 0, x0
    or      t0, t0, s1
    sw      t0, 0(t1)
    li      t0, 0x00059573          # csrrw a0, 0, a1
    or      t0, t0, s1
    sw      t0, 4(t1)
    mv      a1, s1
    li      a0, 0x77
patch:
    .word   0, 0
    mix     a0
    addi    s0, s0, 1
    srli    t0, s0, 12
    beqz    t0, 1b
    mret
    wfi
    .word   0x10200073              # sret
    .word   0x12000073              # sfence.vma
    .word   0x00000000, 0xffffffff
    la      s10, back
    ecall
