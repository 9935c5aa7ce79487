# SPDX-License-Identifier: MIT
# demo smsw: does mstatus hold what was written?  Ends with 0 if so, else with 1.
    .equ    FINISHER, 0x00100000
    .equ    MPP, 3 << 11

    .text
    .globl  _start
_start:
    li      t0, MPP
    csrw    mstatus, t0         # a write: privileged in every case
    csrr    a0, mstatus         # a read: on `smsw' user mode may do that
    li      t1, FINISHER
    bne     a0, t0, wrong
    li      t2, 0x5555          # as on the bare machine
    sw      t2, 0(t1)
wrong:
    li      t2, 0x13333         # the guest sees that it is virtual
    sw      t2, 0(t1)
