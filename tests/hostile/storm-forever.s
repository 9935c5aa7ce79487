# SPDX-License-Identifier: MIT
#
# A deadline always past, a handler that is an mret: it never ends.
    .include "common.s"

main:
    la      t0, storm
    csrw    mtvec, t0
    li      t0, MTIMECMP
    sw      zero, 0(t0)
    sw      zero, 4(t0)
    li      t0, MTI
    csrw    mie, t0
    csrsi   mstatus, MIE
    j       finish
    .balign 4
storm:
    mret
