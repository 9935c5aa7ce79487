# SPDX-License-Identifier: MIT
#
# Executes noise: 64 KiB of random words, entered at random places, in M-mode and
# in U-mode under a random R, with a deadline for what does not come back.  It
# may well destroy its own handler; what happens then is the same everywhere.
    .include "common.s"
    .equ    NOISE, RAM + 0x40000
    .equ    WORDS, 0x4000
    .equ    ROUNDS, 400

main:
    la      t0, handler
    csrw    mtvec, t0
    li      s11, 0
    li      s0, NOISE
    li      s1, WORDS
1:  call    random
    sw      a0, 0(s0)
    addi    s0, s0, 4
    addi    s1, s1, -1
    bnez    s1, 1b

# No register outlives a round: all is kept in memory.
round:
    la      sp, stack_end
    la      s0, rounds
    lw      t0, 0(s0)
    addi    t0, t0, -1
    sw      t0, 0(s0)
    beqz    t0, over
    li      t1, MTIMECMP
    csrr    t0, time
    addi    t0, t0, 300
    sw      t0, 0(t1)
    csrr    t0, timeh
    sw      t0, 4(t1)
    li      t0, MTI
    csrw    mie, t0
    call    random
    mv      s1, a0
    slli    t0, s1, 16
    srli    t0, t0, 14
    li      t1, NOISE
    add     t0, t0, t1
    csrw    mepc, t0
    li      t0, MPIE
    csrw    mstatus, t0
    csrw    mbase, zero
    li      t0, -1
    csrw    mbound, t0
    bltz    s1, 1f                  # M- or U-mode
    li      t0, MPP
    csrs    mstatus, t0
    j       2f
1:  srli    t0, s1, 12
    andi    t0, t0, 0xff
    csrw    mbase, t0
2:  call    random_registers
    mret
over:
    la      t0, sum
    lw      s11, 0(t0)
    tell    noise
    li      a0, 0
    j       finish

random:
    la      t0, seed
    lw      a0, 0(t0)
    slli    t1, a0, 13
    xor     a0, a0, t1
    srli    t1, a0, 17
    xor     a0, a0, t1
    slli    t1, a0, 5
    xor     a0, a0, t1
    sw      a0, 0(t0)
    ret

# All registers: about half of them addresses in the noise.
random_registers:
    mv      s2, ra
    li      s3, 31
    la      s4, registers
1:  call    random
    andi    t0, a0, 1
    bnez    t0, 2f
    slli    a0, a0, 16
    srli    a0, a0, 16
    li      t0, NOISE
    add     a0, a0, t0
2:  sw      a0, 0(s4)
    addi    s4, s4, 4
    addi    s3, s3, -1
    bnez    s3, 1b
    mv      ra, s2
    la      x31, registers
    .irp    n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24
    lw      x\n, 4 * \n - 4(x31)
    .endr
    .irp    n, 25, 26, 27, 28, 29, 30
    lw      x\n, 4 * \n - 4(x31)
    .endr
    ret

    .balign 4
handler:
    csrw    mscratch, t0
    la      t0, sum
    lw      s11, 0(t0)
    csrr    gp, mcause
    mix     gp
    csrr    gp, mepc
    mix     gp
    csrr    gp, mtval
    mix     gp
    csrr    gp, minstret
    mix     gp
    csrr    gp, mscratch
    mix     gp
    .irp    n, 1, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25
    mix     x\n
    .endr
    sw      s11, 0(t0)
    j       round

    .data
    .balign 4
seed:
    .word   0x2545f491
sum:
    .word   0
rounds:
    .word   ROUNDS
registers:
    .space  124
