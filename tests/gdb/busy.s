# SPDX-License-Identifier: MIT
# For the tests of gdb: says that it runs, and runs for ever.
    .equ    UART, 0x10000000
    .text
    .globl  _start
_start:
    la      a0, text
    li      a1, UART
1:  lbu     t0, 0(a0)
    beqz    t0, loop
    sb      t0, 0(a1)
    addi    a0, a0, 1
    j       1b
loop:
    addi    a2, a2, 1
    j       loop

    .section .rodata
text:
    .asciz  "running\n"
