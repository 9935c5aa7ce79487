# SPDX-License-Identifier: MIT
# Prints the word at a1, most significant byte first, in hexadecimal.
    .equ FINISHER, 0x00100000
    .equ UART, 0x10000000
_start:
    li   s0, UART
    li   s1, 4
byte:
    lbu  a0, 0(a1)
    addi a1, a1, 1
    srli t0, a0, 4
    jal  digit
    andi t0, a0, 15
    jal  digit
    addi s1, s1, -1
    bnez s1, byte
    li   t0, '\n'
    sb   t0, 0(s0)
    li   t0, FINISHER
    li   t1, 0x5555
    sw   t1, 0(t0)
digit:
    addi t0, t0, '0'
    li   t1, '9'
    ble  t0, t1, put
    addi t0, t0, 'a' - '0' - 10
put:
    sb   t0, 0(s0)
    ret
