/* SPDX-License-Identifier: MIT */
/*
 * What C expects before main: a stack, and zeros in .bss.  What main returns is
 * the machine's exit status, by way of the finisher.
 */
    .section .text.start, "ax"
    .globl  _start
_start:
    la      sp, stack_end
    la      t0, bss_start       /* from link.ld */
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    sw      zero, 0(t0)
    addi    t0, t0, 4
    j       1b
2:  call    main
    li      t0, 0x00100000      /* the finisher */
    li      t1, 0x5555          /* success */
    beqz    a0, 3f
    slli    a0, a0, 16
    li      t1, 0x3333          /* failure, with a code above */
    or      t1, t1, a0
3:  sw      t1, 0(t0)
4:  j       4b

    .bss
    .balign 16
stack:
    .space  4096
stack_end:
