/* SPDX-License-Identifier: MIT */
/*
 * What C expects before main: a stack, and zeros in .bss.  What main returns is
 * the machine's exit status, by way of the finisher.  The library's two
 * functions are here, too: in assembly, lest the compiler makes calls of
 * themselves of them.
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

    .text
    .globl  memset
memset:
    add     a2, a2, a0
    mv      a3, a0
1:  beq     a3, a2, 2f
    sb      a1, 0(a3)
    addi    a3, a3, 1
    j       1b
2:  ret

    .globl  memcpy
memcpy:
    add     a2, a2, a0
    mv      a3, a0
1:  beq     a3, a2, 2f
    lbu     a4, 0(a1)
    sb      a4, 0(a3)
    addi    a1, a1, 1
    addi    a3, a3, 1
    j       1b
2:  ret

    .bss
    .balign 16
stack:
    .space  16384
stack_end:
