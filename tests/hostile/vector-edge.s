# SPDX-License-Identifier: MIT
#
# A handler in the last word of memory, which falls over the edge: one
# instruction for each trap, for ever.
    .include "common.s"

main:
    li      t0, END - 4
    li      t1, 0x00150513          # addi a0, a0, 1
    sw      t1, 0(t0)
    csrw    mtvec, t0
    li      t1, MTIMECMP            # and a deadline that comes while it is at it
    li      t2, 5000
    sw      t2, 0(t1)
    sw      zero, 4(t1)
    li      t1, MTI
    csrw    mie, t1
    jr      t0
