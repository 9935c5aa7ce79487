# SPDX-License-Identifier: MIT
#
# Every CSR number; every CSR there is with every nasty value, by every
# instruction; what they come to, read back.
    .include "common.s"

main:
    mv      s8, ra
    li      s0, 0                   # the number
number:
    slli    s1, s0, 20
    mv      s2, s9
    li      t0, 0x00002573          # csrrs a0, 0, x0
    la      t1, look
    or      t0, t0, s1
    sw      t0, 0(t1)
    li      a0, 0x5a5a5a5a
look:
    .word   0
    mix     a0
    bne     s9, s2, absent
    call    all_values
    j       next
absent:                             # nor can it be written
    li      t0, 0x00059573          # csrrw a0, 0, a1
    call    once
    li      t0, 0x0005a073          # csrrs x0, 0, a1
    call    once
next:
    addi    s0, s0, 1
    andi    t0, s0, 0x3ff
    bnez    t0, 1f
    tell    numbers
1:  srli    t0, s0, 12
    beqz    t0, number
    jr      s8

# The instruction t0, of CSR s1 >> 20, with a1; what it gives and what the CSR reads then.
once:
    or      t0, t0, s1
    la      t1, patch
    sw      t0, 0(t1)
    li      t0, 0x00002673          # csrrs a2, 0, x0
    or      t0, t0, s1
    sw      t0, 4(t1)
    la      t3, record
    li      a0, 0x1234
    li      a2, 0x1234
patch:
    .word   0, 0
    csrw    mtvec, t3               # before anything traps
    csrw    mie, zero
    csrw    mstatus, zero
    mix     a0
    mix     a2
    ret

all_values:
    mv      s6, ra
    la      s3, instructions
1:  la      s4, values
2:  lw      a1, 0(s4)
    lw      t0, 0(s3)
    call    once
    addi    s4, s4, 4
    la      t0, values_end
    bltu    s4, t0, 2b
    addi    s3, s3, 4
    la      t0, instructions_end
    bltu    s3, t0, 1b
    jr      s6

    .section .rodata
    .balign 4
instructions:
    csrrw   a0, 0, a1
    csrrs   a0, 0, a1
    csrrc   a0, 0, a1
    csrrw   x0, 0, a1
    csrrwi  a0, 0, 31
    csrrsi  a0, 0, 31
    csrrci  x0, 0, 31
    csrrsi  a0, 0, 0
instructions_end:
values:
    .word   0, 1, 0x1888, 0x80000000, 0xffffffff, 0xaaaaaaaa, SIZE - 3, SIZE + 1
values_end:
