# SPDX-License-Identifier: MIT
#
# Jumps to, and falls over, the edges of memory, from both modes.
    .include "common.s"

main:
    mv      s8, ra
    li      t0, END - 8             # at the very end: two instructions, and over the edge
    li      t1, NOP
    sw      t1, 0(t0)
    sw      t1, 4(t0)
    la      s0, targets
1:  lw      a0, 0(s0)
    la      s10, 2f                 # a jump
    jr      a0
2:  lw      a0, 0(s0)
    la      s10, 3f                 # a call: ra tells whether the jump retired
    jalr    ra, 0(a0)
3:  mix     ra
    lw      a0, 0(s0)
    call    visit                   # from M- to U-mode
    lw      a1, 0(s0)
    la      a0, jump
    call    visit                   # in U-mode
    mix     ra
    lw      a0, 0(s0)               # loads and stores
    call    touch
    addi    s0, s0, 4
    la      t0, targets_end
    bltu    s0, t0, 1b
    tell    targets

    la      s10, 1f
    .word   0x00000163              # beq x0, x0, . + 2
1:  li      s10, 0
    .word   0x00001163              # bne x0, x0, . + 2: not taken
    la      s10, 1f
    .word   0x002000ef              # jal ra, . + 2
1:  mix     ra
    la      s10, 1f
    j       RAM - 16
1:  la      s10, 1f
    jal     ra, RAM - 0x70000
1:  mix     ra
    tell    offsets

    li      t0, END - 4             # the last word of all
    la      s1, lasts
1:  lw      t1, 0(s1)
    li      t0, END - 4
    sw      t1, 0(t0)
    li      a0, END
    la      s10, 2f
    jr      t0
2:  li      s10, 0
    li      a0, END - 4
    li      a1, END
    call    visit
    addi    s1, s1, 4
    la      t0, lasts_end
    bltu    s1, t0, 1b
    jr      s8

jump:
    jalr    ra, 0(a1)
    ecall

touch:
    .irp    load, lb, lhu, lw
    \load   a2, 0(a0)
    mix     a2
    .endr
    lb      a2, -1(a0)
    lh      a2, -2(a0)
    lw      a2, -4(a0)
    mix     a2
    lr.w    a2, (a0)
    sc.w    a2, a0, (a0)
    mix     a2
    amoxor.w a2, a0, (a0)
    mix     a2
    ret

    .section .rodata
    .balign 4
targets:
    .word   0, 1, 2, 4, RAM - 8, RAM - 4, RAM - 2, RAM - 1, END - 8, END - 4, END - 2, END, END + 2
    .word   END + 4, END + SIZE, 2 * SIZE, FINISHER, CLINT, UART, UART + 4, 0x7fffffff, 0xc0000000
    .word   -8, -4, -3, -2, -1
targets_end:
lasts:
    ecall
    ebreak
    csrr    a2, mscratch
    lw      a2, 0(a0)
    sw      a2, -4(a0)
lasts_end:
