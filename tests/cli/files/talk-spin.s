# SPDX-License-Identifier: MIT
# Says that it is there, and never ends.
    .equ UART, 0x10000000
_start:
    li   t0, UART
    li   t1, 10
    sb   t1, 0(t0)
loop:
    addi t0, t0, 1
    j    loop
