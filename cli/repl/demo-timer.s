# SPDX-License-Identifier: MIT
# demo timer: an interrupt at exactly the instruction at which it is due.
    .equ    FINISHER, 0x00100000
    .equ    MTIMECMP, 0x02004000
    .equ    MTI, 1 << 7
    .equ    MIE, 1 << 3

    .text
    .globl  _start
_start:
    la      t0, tick
    csrw    mtvec, t0
    li      t0, MTIMECMP
    li      t1, 100
    sw      zero, 4(t0)         # the deadline: mtime 100
    sw      t1, 0(t0)
    li      t0, MTI
    csrw    mie, t0
    csrsi   mstatus, MIE
loop:
    addi    a0, a0, 1           # time is counted in retired instructions
    j       loop

tick:
    li      t0, FINISHER
    li      t1, 0x5555
    sw      t1, 0(t0)
