# SPDX-License-Identifier: MIT
#
# The counters and time written, halves and wholes, close to where they wrap.
    .include "common.s"


main:
    mv      s8, ra
    la      s0, values
1:  lw      a1, 0(s0)
    .irp    csr, mcycle, mcycleh, minstret, minstreth, mcycle, minstret
    csrw    \csr, a1
    call    look
    csrr    a2, \csr
    csrs    \csr, a2
    call    look
    csrrc   a2, \csr, a1
    mix     a2
    call    look
    .endr
    li      t0, MTIME
    sw      a1, 0(t0)
    lw      a0, 0(t0)
    mix     a0
    call    look
    sw      a1, 4(t0)
    lw      a0, 0(t0)
    mix     a0
    sw      a1, 0(t0)
    call    look
    la      a0, user                # and on, in U-mode
    call    visit
    call    look
    addi    s0, s0, 4
    la      t0, values_end
    bltu    s0, t0, 1b
    tell    written

    li      s0, 64                  # a counter that wraps, at each instruction of a loop
2:  sub     a1, zero, s0
    li      a2, -1
    csrw    minstreth, a2
    csrw    mcycleh, a2
    csrw    minstret, a1
    csrw    mcycle, a1
    li      t0, 10
3:  addi    t0, t0, -1
    bnez    t0, 3b
    ecall
    call    look
    addi    s0, s0, -1
    bnez    s0, 2b
    jr      s8

look:
    .irp    csr, mcycle, mcycleh, minstret, minstreth, cycle, cycleh, instret, instreth, time, timeh
    csrr    a0, \csr
    mix     a0
    .endr
    ret

user:
    li      t0, 10
1:  addi    t0, t0, -1
    bnez    t0, 1b
    ecall

    .section .rodata
    .balign 4
values:
    .word   0, 1, 10, 0x7fffffff, 0x80000000, -1, -2, -10, -16, -17, -18, -19, -20, -40, -100
values_end:
