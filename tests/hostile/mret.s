# SPDX-License-Identifier: MIT
#
# mret to nowhere, in every mode that MPP can be given, interrupts on and off.
    .include "common.s"

main:
    mv      s8, ra
    la      s0, targets
target:
    li      s1, 0                   # MPP, MPIE, MIE: all 16 of them
status:
    lw      a0, 0(s0)
    csrw    mepc, a0
    csrr    a0, mepc
    mix     a0
    srli    t0, s1, 2
    slli    t0, t0, 11
    slli    t1, s1, 7
    andi    t1, t1, MPIE
    or      t0, t0, t1
    slli    t1, s1, 2
    andi    t1, t1, MIE
    or      t0, t0, t1
    csrw    mstatus, t0
    csrr    a0, mstatus
    mix     a0
    la      s10, 1f
    mret
1:  csrr    a0, mstatus
    mix     a0
    csrw    mstatus, zero
    addi    s1, s1, 1
    li      t0, 16
    bne     s1, t0, status
    addi    s0, s0, 4
    la      t0, targets_end
    bltu    s0, t0, target
    tell    targets
    li      s0, 200                 # an mret that comes back to itself, while R moves
1:  la      t0, again
    csrw    mepc, t0
    slli    t0, s0, 2
    csrw    mbound, t0
    la      s10, 2f
again:
    mret                            # U-mode's is privileged; past mbound, it cannot even be fetched
2:  addi    s0, s0, -1
    bnez    s0, 1b
    li      t0, -1
    csrw    mbound, t0
    jr      s8

    .section .rodata
    .balign 4
targets:
    .word   0, 1, 2, 3, RAM - 4, RAM + 4, RAM + 7, END - 2, END, END + 1, FINISHER, CLINT, UART
    .word   0x7fffffff, -1, -4
targets_end:
