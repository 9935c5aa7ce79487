# SPDX-License-Identifier: MIT
#
# Two loops, to measure what an exit costs: ROUNDS rounds of ten instructions,
# in the first loop ten innocuous ones, in the second nine and one privileged.

    .equ    ROUNDS, 10000000
    .equ    FINISHER, 0x00100000

    .globl  _start
_start:
    li      s0, ROUNDS
    csrr    t1, mscratch
.ifdef PRIVILEGED
loop:
    csrr    t2, mscratch
.else
loop:
    mv      t2, t1
.endif
    addi    a0, a0, 1
    addi    a1, a1, 2
    xor     a2, a0, a1
    addi    a3, a3, 3
    add     a4, a2, a3
    srli    a5, a4, 3
    or      a6, a5, a0
    addi    s0, s0, -1
    bnez    s0, loop
    li      t0, FINISHER
    li      t1, 0x5555
    sw      t1, 0(t0)
