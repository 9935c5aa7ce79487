# SPDX-License-Identifier: MIT
# Compute-bound: forty million instructions of xorshift32, then the end.
_start:
    li      s0, 5000000
    li      a0, 1
1:  slli    t0, a0, 13
    xor     a0, a0, t0
    srli    t0, a0, 17
    xor     a0, a0, t0
    slli    t0, a0, 5
    xor     a0, a0, t0
    addi    s0, s0, -1
    bnez    s0, 1b
    li      t0, 0x00100000
    li      t1, 0x5555
    sw      t1, 0(t0)
