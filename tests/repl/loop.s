# SPDX-License-Identifier: MIT
# For the tests of the REPL: counts for ever.
    .text
    .globl  _start
_start:
    li      a0, 0
loop:
    addi    a0, a0, 1
    j       loop
