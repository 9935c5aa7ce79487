/* SPDX-License-Identifier: MIT */
/* The round trip: ecall from U-mode, a handler that steps over it, and back; nine instructions. */
#ifndef ROUNDS
#define ROUNDS 5000000
#endif
    .section .text.start, "ax"
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    li      t0, -1
    csrw    pmpaddr0, t0
    li      t0, 0x1f
    csrw    pmpcfg0, t0
    la      t0, user
    csrw    mepc, t0
    csrw    mstatus, zero
    li      s0, ROUNDS
    mret
    .balign 4
handler:
    csrr    t1, mcause
    bnez    s1, done
    csrr    t0, mepc
    addi    t0, t0, 4
    csrw    mepc, t0
    mret
user:
    ecall
    addi    s0, s0, -1
    bnez    s0, user
    li      s1, 1
    ecall
done:
    li      t0, 0x00100000
    li      t1, 0x5555
    sw      t1, 0(t0)
1:  j       1b
