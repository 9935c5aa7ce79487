# SPDX-License-Identifier: MIT
#
# A handler whose first instruction traps, for ever: nothing retires any more.
    .include "common.s"

main:
    la      t0, handler
    csrw    mtvec, t0
    lw      a0, 0(zero)
    .balign 4
handler:
    lw      a0, 1(zero)
