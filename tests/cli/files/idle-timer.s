# SPDX-License-Identifier: MIT
# Sleeps for 10 million ticks (a second, where time is paced), then ends.
    .equ CLINT, 0x02000000
    .equ FINISHER, 0x00100000
_start:
    li   t0, CLINT + 0x4000
    li   t1, 10000000
    sw   zero, 4(t0)
    sw   t1, 0(t0)
    li   t1, 1 << 7
    csrw mie, t1
    wfi
    li   t0, FINISHER
    li   t1, 0x5555
    sw   t1, 0(t0)
