# SPDX-License-Identifier: MIT
# demo first-trap: a user program does what only the kernel may.
    .equ    FINISHER, 0x00100000

    .text
    .globl  _start
_start:
    la      t0, handler         # where every trap goes
    csrw    mtvec, t0
    la      t0, user
    csrw    mepc, t0            # mstatus.MPP is U at reset: mret leads to user
    mret

user:
    li      a0, 42
    csrr    a1, mstatus         # privileged
    ecall                       # and this asks for the end

handler:
    csrr    t0, mcause
    li      t1, 8               # an ecall from user mode?
    beq     t0, t1, end
    csrr    t1, mepc            # no: skip the instruction
    addi    t1, t1, 4
    csrw    mepc, t1
    mret

end:
    li      t0, FINISHER
    li      t1, 0x5555
    sw      t1, 0(t0)
