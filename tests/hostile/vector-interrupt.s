# SPDX-License-Identifier: MIT
#
# Vectored, at the last word of memory: exceptions find the handler, interrupts
# go beyond it.  There the fetch faults, and the handler turns all off.
    .include "common.s"

main:
    mv      s8, ra
    li      t0, END - 4             # one word: a jump to the real handler
    la      t1, record
    sub     t1, t1, t0              # jal x0: 20 bits, shuffled
    li      t2, 0x6f
    li      t3, 0xff000
    and     t3, t1, t3
    or      t2, t2, t3
    srli    t3, t1, 1
    andi    t3, t3, 0x3ff
    slli    t3, t3, 21
    or      t2, t2, t3
    srli    t3, t1, 11
    andi    t3, t3, 1
    slli    t3, t3, 20
    or      t2, t2, t3
    srli    t3, t1, 31
    slli    t3, t3, 31
    or      t2, t2, t3
    sw      t2, 0(t0)
    ori     t0, t0, 3               # bit 1 is ignored
    csrw    mtvec, t0
    csrr    a0, mtvec
    mix     a0
    ecall
    tell    exceptions
    li      s0, 100
1:  csrr    t0, time                # a deadline, a few instructions ahead
    add     t0, t0, s0
    li      t1, MTIMECMP
    sw      zero, 4(t1)
    sw      t0, 0(t1)
    li      t0, MTI | MSI
    csrw    mie, t0
    la      s10, 2f
    csrsi   mstatus, MIE
    j       .
2:  li      t0, MPIE | MIE          # MPIE shows that two traps came in a row
    csrc    mstatus, t0
    csrw    mie, zero
    addi    s0, s0, -1
    bnez    s0, 1b
    li      s0, 50
1:  li      t0, MSI                 # the same for the software interrupt, at once
    csrw    mie, t0
    li      t1, CLINT
    sw      t0, 0(t1)               # bit 0 is clear: nothing
    li      t0, 0xffffffff
    la      s10, 2f
    csrsi   mstatus, MIE
    sw      t0, 0(t1)
    j       .
2:  csrw    mie, zero
    csrw    mstatus, zero
    li      t1, CLINT
    lw      a0, 0(t1)
    mix     a0
    sw      zero, 0(t1)
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8
