# SPDX-License-Identifier: MIT
#
# Interrupts itself: msip with odd values, masked and not, in both modes, along
# with a deadline.
    .include "common.s"

main:
    mv      s8, ra
    li      s1, CLINT
    la      s0, values
1:  lw      s2, 0(s0)
    sw      s2, 0(s1)
    lw      a0, 0(s1)
    mix     a0
    csrr    a0, mip
    mix     a0
    andi    a0, a0, MSI
    li      t0, MSI
    csrw    mie, t0
    beqz    a0, 2f
    wfi                             # pending, and masked: no wait, or it is for ever
2:  csrsi   mstatus, MIE            # taken here, if at all
    nop
    csrs    mie, t0                 # and again
    nop
    csrci   mstatus, MIE
    csrs    mie, t0
    la      a0, user
    call    visit
    csrr    a0, mip
    mix     a0
    csrs    mip, t0                 # not the way to do it
    csrc    mip, t0
    csrr    a0, mip
    mix     a0
    addi    s0, s0, 4
    la      t0, values_end
    bltu    s0, t0, 1b
    tell    values

    li      s0, 1000                # one each, and one that meets its own store
    csrsi   mstatus, MIE
1:  li      t0, MSI
    csrs    mie, t0
    li      t1, 1
    sw      t1, 0(s1)
    sw      zero, 0(s1)
    addi    s0, s0, -1
    bnez    s0, 1b
    csrci   mstatus, MIE
    jr      s8

user:
    addi    a2, a2, 1
    ecall

    .section .rodata
    .balign 4
values:
    .word   0, 1, 2, 3, 0x80000000, 0x80000001, -1, -2, 0
values_end:
