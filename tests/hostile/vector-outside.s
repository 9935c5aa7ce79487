# SPDX-License-Identifier: MIT
#
# mtvec beyond memory, in all directions but the last tried: from U-mode, for good.
    .include "common.s"

main:
    li      t0, END
    csrw    mtvec, t0
    la      t1, 1f
    csrw    mepc, t1
    mret
1:  addi    a0, a0, 1
    csrw    mtvec, t0               # privileged
    j       1b
