# SPDX-License-Identifier: MIT
#
# mtvec is the UART: a trap handler that cannot be fetched, under a timer.
    .include "common.s"

main:
    li      t0, UART
    csrw    mtvec, t0
    li      t0, MTIMECMP
    li      t1, 2000
    sw      t1, 0(t0)
    sw      zero, 4(t0)
    li      t0, MTI
    csrw    mie, t0
    csrsi   mstatus, MIE
1:  addi    a0, a0, 1
    j       1b
