# SPDX-License-Identifier: MIT
# demo csr-write: what becomes of a privileged instruction in a virtual machine.
    .equ    FINISHER, 0x00100000

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0           # the guest believes to write mtvec
    csrr    t1, mtvec           # and to read it
    li      t0, FINISHER
    li      t2, 0x5555
    sw      t2, 0(t0)

    .balign 4
handler:
    j       handler
