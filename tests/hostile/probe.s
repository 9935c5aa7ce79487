# SPDX-License-Identifier: MIT
#
# Looks all over the address space for somebody else's memory, from both modes,
# and writes to all it finds.
    .include "common.s"

main:
    mv      s8, ra
    li      s0, 0
    li      s1, 0x00100000          # each MiB, and the word before it
1:  call    touch
    add     s0, s0, s1
    bnez    s0, 1b
    tell    machine
    la      t0, user
    csrw    mepc, t0
    li      t0, MPP
    csrc    mstatus, t0
    mret
back:
    jr      s8

touch:
    li      t0, RAM
    beq     s0, t0, 1f              # its own memory's first page holds this code
    lw      a0, 0(s0)
    mix     a0
    sw      s0, 0(s0)
1:  lw      a0, -4(s0)
    mix     a0
    sw      s0, -4(s0)
    ret

user:
    call    touch
    add     s0, s0, s1
    bnez    s0, user
    la      s10, back
    ecall
