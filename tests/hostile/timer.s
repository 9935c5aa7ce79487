# SPDX-License-Identifier: MIT
#
# Deadlines: in the past, now, one instruction ahead, at 2^64 - 1 and beyond
# what a counter of 31 or 32 bits can tell; waited for, spun for, from both
# modes, from times just before a counter wraps.
    .include "common.s"

main:
    mv      s8, ra
    la      t0, tick
    csrw    mtvec, t0
    la      s0, times
time_:
    la      s1, distances
distance:
    li      s2, 0                   # way: wait or spin, MIE or not, U-mode
way:
    lw      t0, 0(s0)               # the time
    lw      t1, 4(s0)
    li      t2, MTIME
    sw      zero, 0(t2)
    sw      t1, 4(t2)
    sw      t0, 0(t2)
    lw      t2, 0(s1)               # the deadline
    lw      t3, 4(s1)
    add     t2, t2, t0
    sltu    t0, t2, t0
    add     t3, t3, t1
    add     t3, t3, t0
    li      t0, MTIMECMP
    li      t1, -1
    sw      t1, 0(t0)
    sw      t3, 4(t0)
    sw      t2, 0(t0)
    li      t0, MTI
    csrw    mie, t0
    csrr    a0, mip
    mix     a0
    andi    a3, s2, 1               # MIE
    slli    a3, a3, 3
    and     t2, t2, t3              # waiting for 2^64 - 1 would be for ever
    addi    t2, t2, 1
    beqz    t2, 1f
    andi    t0, s2, 2
    beqz    t0, 1f
    csrs    mstatus, a3             # what comes now comes at the wfi, and ends it
waiting:
    wfi
    j       2f
1:  csrs    mstatus, a3
2:  li      a1, 30
    andi    t0, s2, 4
    beqz    t0, 3f
    la      a0, spin
    call    visit
    j       4f
3:  addi    a1, a1, -1
    bnez    a1, 3b
4:  csrw    mie, zero
    csrw    mstatus, zero
    mix     a1
    csrr    a0, mip
    mix     a0
    csrr    a0, time
    mix     a0
    csrr    a0, timeh
    mix     a0
    csrr    a0, minstret
    mix     a0
    addi    s2, s2, 1
    andi    t0, s2, 8
    beqz    t0, way
    addi    s1, s1, 8
    la      t0, distances_end
    bltu    s1, t0, distance
    tell    time
    addi    s0, s0, 8
    la      t0, times_end
    bltu    s0, t0, time_

    li      s0, 60                  # a line that rises while nobody has reason to look
1:  csrr    t0, time
    add     t0, t0, s0
    li      t1, MTIMECMP
    csrr    t2, timeh
    sw      t2, 4(t1)
    sw      t0, 0(t1)
    li      a1, 10
2:  addi    a1, a1, -1
    bnez    a1, 2b
    csrr    a0, mip
    mix     a0
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8

    .balign 4
tick:
    csrr    gp, mepc
    la      tp, waiting
    bne     gp, tp, 1f
    addi    gp, gp, 4
    csrw    mepc, gp
1:  j       record

spin:
    addi    a1, a1, -1
    bnez    a1, spin
    ecall

    .section .rodata
    .balign 4
times:
    .dword  0, 0x7ffffff0, 0xfffffff0, 0xffffffe0, 0x7fffffffffffffe0, 0xffffffffffffffe0, -2
times_end:
distances:
    .dword  0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 25, 28, 30, 31, 40, 100
    .dword  -1, -2, -100, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff
    .dword  0x8000000000000000
distances_end:
