# SPDX-License-Identifier: MIT
# Exits of each kind, thirty times: what the monitor executes for one of them is
# counted by tests/bench/nesting.py, by the labels here.
    .equ TIMES, 30
    .equ CLINT, 0x02000000
    .equ UART, 0x10000000
_start:
    li      t0, 0x10000
    csrw    mbound, t0          # virtual U-mode sees less than virtual M-mode: R changes
    li      t0, 0x80
    csrw    mie, t0
    li      s0, TIMES
loop:
    la      t0, after_ecall
    csrw    mtvec, t0
csr_read:
    csrr    t1, mscratch
csr_write:
    csrw    mscratch, t1
csr_swap:
    csrrw   t1, mscratch, t1
counter_read:
    csrr    t1, minstret
mstatus_read:
    csrr    t1, mstatus
ecall_machine:
    ecall
    .balign 4
after_ecall:
    nop
mstatus_write:
    csrw    mstatus, zero
    li      s1, UART
device_load:
    lbu     t0, 5(s1)
device_store:
    sb      zero, 7(s1)
    li      s1, CLINT + 0x4000
    sw      zero, 4(s1)
    li      s2, CLINT + 0xbff8
    sw      zero, 0(s2)
    li      t0, 300
timer_store:
    sw      t0, 0(s1)
    la      t0, handler
    csrw    mtvec, t0
    la      t0, user
    csrw    mepc, t0
mret_timer:
    mret

user:
    j       user                # until the timer interrupts it

    .balign 4
handler:
    la      t0, after_ecall_user
    csrw    mtvec, t0
    la      t0, ecall_user
    csrw    mepc, t0
    li      t0, -1
    sw      t0, 4(s1)
    mret
ecall_user:
    ecall
    .balign 4
after_ecall_user:
    la      t0, after_second
    csrw    mtvec, t0
    la      t0, second
    csrw    mepc, t0
mret_user:
    mret
second:
    ecall
    .balign 4
after_second:
    addi    s0, s0, -1
    bnez    s0, loop
    li      t0, 0x00100000
    li      t1, 0x5555
    sw      t1, 0(t0)
