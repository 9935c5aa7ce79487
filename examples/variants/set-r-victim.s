# SPDX-License-Identifier: MIT
#
# set-r-victim: one of the two guests of set-r.yaml.  It has a secret in its
# memory, and tells nobody.
#
#   build/thirdgen run examples/variants/set-r.yaml

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    PASS, 0x5555

    .text
    .globl  _start
_start:
    la      a0, text
    li      t0, UART
1:  lbu     t1, 0(a0)
    beqz    t1, 2f
    sb      t1, 0(t0)
    addi    a0, a0, 1
    j       1b
2:  li      t0, FINISHER
    li      t1, PASS
    sw      t1, 0(t0)
3:  j       3b                  # not reached

    .section .rodata
text:
    .asciz  "I have a secret, and tell nobody\n"
    .balign 4
    .ascii  "KEY:"
    .asciz  "the rabbit is in the other hat"
