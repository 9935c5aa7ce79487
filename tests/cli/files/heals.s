# SPDX-License-Identifier: MIT
# What it reads from mstatus it forgets at once: at the end all is as if it never had.
    .equ FINISHER, 0x00100000
_start:
    li   t0, 3 << 11
    csrw mstatus, t0
    csrr t1, mstatus
    li   t1, 0
    li   t0, FINISHER
    li   t2, 0x5555
    sw   t2, 0(t0)
