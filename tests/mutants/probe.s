# SPDX-License-Identifier: MIT
#
# A guest that meets one rule of the monitor after the other, each at a label:
# with a seeded bug in that rule, `compare` has to stop at that very label.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    MTIMECMP, 0x02004000

    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0

at_undefined:
    .word   0

at_ecall:
    ecall

    la      a0, word
at_reserve:
    lr.w    a1, (a0)
    csrr    a2, mresv

    li      a3, UART
    li      a4, 'x'
at_store:
    sb      a4, 0(a3)

    csrsi   mstatus, 8              # interrupts on, though none is enabled in mie
at_trap:
    ebreak
    csrsi   mstatus, 8

    csrr    t1, time
    addi    t1, t1, 20
    li      t0, MTIMECMP
    sw      t1, 0(t0)
    sw      zero, 4(t0)
    li      t1, 0x80
    csrw    mie, t1
at_interrupt:
    j       at_interrupt            # the handler goes on behind it

    csrw    mie, zero
    csrr    t1, mip                 # the deadline has passed
    la      t0, user
    csrw    mepc, t0
    li      t0, 0x1000
    csrw    mbound, t0
    csrw    mbase, zero
    li      t0, 0x1800
    csrc    mstatus, t0
at_mret:
    mret

user:
    li      a5, 1
at_user_ecall:
    ecall

    .balign 4, 0
handler:                            # behind what trapped; from U-mode, to the end
    csrr    t0, mcause
    li      t1, 8
    beq     t0, t1, end
    csrr    t0, mepc
    addi    t0, t0, 4
    csrw    mepc, t0
    csrw    mie, zero
at_handler_mret:
    mret

end:
    li      t0, FINISHER
    li      t1, 0x5555
    sw      t1, 0(t0)

    .data
word:
    .word   0
