# SPDX-License-Identifier: MIT
#
# It writes all of its memory, from the end down, itself at last.
    .include "common.s"

main:
    li      t0, END
    li      t1, 0x00100073          # ebreak
1:  addi    t0, t0, -4
    sw      t1, 0(t0)
    j       1b
