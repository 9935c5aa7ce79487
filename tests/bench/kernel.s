# SPDX-License-Identifier: MIT
# Kernel-heavy: 200 system calls, each a trap, seven accesses to CSRs and an
# mret, some twenty instructions in all.
    .equ CALLS, 200
_start:
    la      t0, handler
    csrw    mtvec, t0
    la      t0, user
    csrw    mepc, t0
    li      s0, CALLS
    mret
user:
    addi    s0, s0, -1
    beqz    s0, done
    ecall
    j       user
done:
    li      a7, 1
    ecall

    .balign 4
handler:
    csrw    mscratch, t0
    csrr    t0, mcause
    csrr    t1, mstatus
    bnez    a7, finish
    csrr    t0, mepc
    addi    t0, t0, 4
    csrw    mepc, t0
    csrw    mstatus, t1
    csrr    t0, mscratch
    mret
finish:
    li      t0, 0x00100000
    li      t1, 0x5555
    sw      t1, 0(t0)
