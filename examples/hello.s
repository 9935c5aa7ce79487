# SPDX-License-Identifier: MIT
#
# hello: the smallest whole program.  It sends a text to the UART, byte by byte,
# and ends the machine by a store to the finisher.
#
#   build/thirdgen run examples/hello.s
#   build/thirdgen compare examples/hello.s
#   build/thirdgen as examples/hello.s -l /dev/stdout
#
# Look at: the loads and stores with an offset from a1 and a2.  Alone on the
# machine they reach the devices at once.  In a virtual machine the same
# instructions run in user mode, where R shows RAM and nothing else: each is a
# memory trap, and the monitor hands it to the *virtual* device.  `compare`
# counts them as exits; all the others ran directly.

    .equ    UART, 0x10000000
    .equ    UART_LSR, 5         # line status; bit 5: ready for another byte
    .equ    FINISHER, 0x00100000
    .equ    PASS, 0x5555        # exit with status 0

    .text
    .globl  _start
_start:
    la      a0, text
    li      a1, UART
1:  lbu     t0, 0(a0)           # the next character,
    beqz    t0, 3f              # zero at the end
2:  lbu     t1, UART_LSR(a1)
    andi    t1, t1, 1 << 5
    beqz    t1, 2b
    sb      t0, 0(a1)
    addi    a0, a0, 1
    j       1b

3:  li      a2, FINISHER
    li      t0, PASS
    sw      t0, 0(a2)
4:  j       4b                  # not reached

    .section .rodata
text:
    .asciz  "Hello from the machine.\n"
