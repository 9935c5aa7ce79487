# SPDX-License-Identifier: MIT
#
# A storm of ecall and ebreak, from both modes, one right after the other.
    .include "common.s"

main:
    mv      s8, ra
    li      s0, 500
1:  ecall
    ebreak
    ecall
    ecall
    addi    s0, s0, -1
    bnez    s0, 1b
    tell    machine
    la      t0, user
    csrw    mepc, t0
    li      t0, MPP
    csrc    mstatus, t0
    mret
user:
    li      s0, 500
1:  ecall
    ebreak
    ecall
    ecall
    addi    s0, s0, -1
    bnez    s0, 1b
    la      s10, back
    ecall
back:
    jr      s8
