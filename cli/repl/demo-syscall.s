# SPDX-License-Identifier: MIT
# demo syscall: a guest kernel and its user program, each in its own R.
    .equ    FINISHER, 0x00100000
    .equ    SLOT, 0x1000        # where the user's memory begins, and its size

    .text
    .globl  _start
_start:
    la      t0, kernel
    csrw    mtvec, t0
    li      t0, SLOT            # R for the user: SLOT bytes from offset SLOT on
    csrw    mbase, t0
    csrw    mbound, t0
    li      t0, 0x80000000      # the user begins where its window does
    csrw    mepc, t0
    mret

kernel:
    csrr    t0, mepc            # behind the ecall
    addi    t0, t0, 4
    csrw    mepc, t0
    addi    a0, a0, 1           # the service: a0 + 1
    li      t1, 3
    beq     a0, t1, end
    mret

end:
    li      t0, FINISHER
    li      t1, 0x5555
    sw      t1, 0(t0)

    .org    SLOT
user:
    li      a0, 1
1:  ecall                       # to the kernel, whichever that is
    j       1b
