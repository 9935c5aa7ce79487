# SPDX-License-Identifier: MIT
#
# Code that overwrites itself under its own feet: the next instruction, a loop
# its own body, by halves and bytes, by AMO and SC; the handler its own; a copy
# that runs over the loop that copies.
    .include "common.s"

main:
    mv      s8, ra
    li      s0, 300
1:  lui     t0, 0x100               # the next instruction's immediate, one more
    la      t1, next
    lw      t2, 0(t1)
    add     t2, t2, t0
    sw      t2, 0(t1)
next:
    addi    a0, zero, 0
    mix     a0
    la      t1, half
    lhu     t2, 2(t1)
    addi    t2, t2, 0x50            # now another register's or immediate's
    sh      t2, 2(t1)
half:
    addi    a0, s0, 1
    mix     a0
    la      t1, byte
    andi    t2, s0, 0xf
    slli    t2, t2, 4
    sb      t2, 2(t1)
byte:
    addi    a0, s0, 1
    mix     a0
    la      t1, amo
    amoadd.w t2, t0, (t1)
amo:
    addi    a0, zero, 0
    mix     a0
    la      t1, sc
    lr.w    t2, (t1)
    add     t2, t2, t0
    sc.w    t3, t2, (t1)
sc:
    addi    a0, zero, 0
    mix     a0
    mix     t3
    addi    s0, s0, -1
    bnez    s0, 1b
    tell    straight

    li      s0, 300                 # a loop that makes an ecall of its branch, and back
1:  la      t1, branch
    lw      t2, 0(t1)
    li      t3, ECALL
    li      t4, 3
2:  addi    t4, t4, -1
    bnez    t4, branch
    sw      t3, 0(t1)
branch:
    bnez    t4, 2b
    sw      t2, 0(t1)
    addi    s0, s0, -1
    bnez    s0, 1b
    tell    loop

    li      s0, 100                 # the handler's next instruction
    la      t0, handler
    csrw    mtvec, t0
1:  ecall
    mix     a1
    addi    s0, s0, -1
    bnez    s0, 1b
    la      t0, record
    csrw    mtvec, t0
    tell    handler

    la      t0, copy_end            # nops over the loop that writes them
    la      t1, copy
    li      t2, NOP
    la      s10, 2f
copy:
    sw      t2, 0(t1)
    addi    t1, t1, 4
    bltu    t1, t0, copy
    nop
copy_end:
    ecall
2:  mix     t1
    tell    copy

    li      s0, 50                  # from U-mode, and with an interrupt between
1:  li      t0, MTI
    csrw    mie, t0
    csrr    t0, time
    addi    t0, t0, 20
    li      t1, MTIMECMP
    sw      zero, 4(t1)
    sw      t0, 0(t1)
    la      a0, user
    call    visit
    mix     a2
    addi    s0, s0, -1
    bnez    s0, 1b
    jr      s8

user:
    la      t0, user_next
    li      t3, 4
1:  lw      t1, 0(t0)
    lui     t2, 0x100
    add     t1, t1, t2
    sw      t1, 0(t0)
user_next:
    addi    a2, zero, 0
    addi    t3, t3, -1
    bnez    t3, 1b
    ecall

    .balign 4
handler:
    la      a2, handler_next
    lw      a1, 0(a2)
    lui     a3, 0x100
    add     a1, a1, a3
    sw      a1, 0(a2)
handler_next:
    addi    a1, zero, 0
    csrr    a3, mepc
    addi    a3, a3, 4
    csrw    mepc, a3
    mret
