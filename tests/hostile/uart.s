# SPDX-License-Identifier: MIT
#
# The UART abused: every register with every value, DLAB up and down, reading
# when there is nothing and twice when there is, its interrupt, a flood.
    .include "common.s"

main:
    mv      s8, ra
    li      s0, UART
    li      s1, 0                   # the value
value:
    .irp    lcr, 0, 0x80
    li      t0, \lcr
    sb      t0, 3(s0)
    .irp    offset, 1, 2, 4, 5, 6, 7
    sb      s1, \offset(s0)
    .endr
    .irp    offset, 1, 2, 3, 4, 5, 6, 7, 0
    lb      a0, \offset(s0)
    mix     a0
    csrr    a0, mip
    mix     a0
    .endr
    .endr
    sb      s1, 0(s0)               # with DLAB: nothing is sent
    lbu     a0, 0(s0)
    mix     a0
    sb      s1, 3(s0)
    lbu     a0, 3(s0)
    mix     a0
    sb      zero, 3(s0)
    addi    s1, s1, 5
    andi    s1, s1, 0xff
    bnez    s1, value
    tell    registers

    li      t0, MEI                 # its interrupt, on and off; a byte that nobody reads
    csrw    mie, t0
    csrsi   mstatus, MIE
    li      s1, 20
1:  li      t0, 1
    sb      t0, 1(s0)
    li      t0, MEI
    csrs    mie, t0
    lbu     a0, 2(s0)
    mix     a0
    lbu     a0, 0(s0)
    mix     a0
    sb      zero, 1(s0)
    addi    s1, s1, -1
    bnez    s1, 1b
    csrci   mstatus, MIE
    csrw    mie, zero
    tell    input

    li      s1, 4000                # a flood, of all bytes
1:  sb      s1, 0(s0)
    addi    s1, s1, -1
    bnez    s1, 1b
    jr      s8
