# SPDX-License-Identifier: MIT
#
# wfi with an interrupt pending that is masked by MIE: it never waits, for ever.
    .include "common.s"

main:
    li      t0, MTIMECMP
    sw      zero, 0(t0)
    sw      zero, 4(t0)
    li      t0, MTI
    csrw    mie, t0
1:  wfi
    j       1b
