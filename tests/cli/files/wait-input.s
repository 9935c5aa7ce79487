# SPDX-License-Identifier: MIT
# Echoes its input in capitals, by interrupt, waiting in wfi; ends at `q'.
    .equ FINISHER, 0x00100000
    .equ UART, 0x10000000
_start:
    li   s0, UART
    li   t0, 1
    sb   t0, 1(s0)              # IER: a byte waits
    li   t0, 1 << 11
    csrw mie, t0                # MEI; MIE stays off, wfi wakes all the same
wait:
    wfi
    lbu  t0, 5(s0)
    andi t0, t0, 1
    beqz t0, wait
    lbu  a0, 0(s0)
    li   t1, 'q'
    beq  a0, t1, finish
    andi a0, a0, 0xdf
    sb   a0, 0(s0)
    j    wait
finish:
    li   t0, FINISHER
    li   t1, 0x5555
    sw   t1, 0(t0)
