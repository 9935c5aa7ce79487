# SPDX-License-Identifier: MIT
# Entry in M-mode: no interrupt, a stack, .bss cleared, main; its result to the finisher.
    .section .text.start, "ax"
    .globl _start
_start:
    csrw  mie, zero
    la    sp, stack_top
    la    t0, bss_start
    la    t1, bss_end
    j     2f
1:  sw    zero, 0(t0)
    addi  t0, t0, 4
2:  bltu  t0, t1, 1b
    call  main
    li    t0, 0x100000
    li    t1, 0x5555
    beqz  a0, 3f
    slli  a0, a0, 16
    li    t1, 0x3333
    or    t1, t1, a0
3:  sw    t1, 0(t0)
4:  j     4b
