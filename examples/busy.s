# SPDX-License-Identifier: MIT
#
# The neighbour in clocks.yaml: computes for a while, says nothing, and ends.

    .equ    WORK, 800000        # times around, of two instructions

_start:
    li      t0, WORK
1:  addi    t0, t0, -1
    bnez    t0, 1b
    li      t0, 0x00100000
    li      t1, 0x5555
    sw      t1, 0(t0)
