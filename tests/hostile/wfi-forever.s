# SPDX-License-Identifier: MIT
#
# wfi with a deadline of 2^64 - 1, MTIE set, the input's interrupt not: never.
    .include "common.s"

main:
    li      t0, MTI | MSI | MEI
    csrw    mie, t0
    csrsi   mstatus, MIE
    tell    before
    wfi
    tell    after
    ret
