# SPDX-License-Identifier: MIT
#
# What the examples share: .include it first.  The machine starts here, and goes
# to the example's `main`; text and numbers to the UART; the end.  The functions
# need no stack, change a0, t0-t2 and ra alone, and work in machine mode only.

    .equ    PRINT_UART, 0x10000000
    .equ    PRINT_FINISHER, 0x00100000

    .option norelax
    .text
    .globl  _start
_start:
    j       main

# print_character(byte)
print_character:
    li      t0, PRINT_UART
1:  lbu     t1, 5(t0)           # line status: ready for another?
    andi    t1, t1, 1 << 5
    beqz    t1, 1b
    sb      a0, 0(t0)
    ret

# print_text(text): up to its zero.
print_text:
    li      t0, PRINT_UART
1:  lbu     t2, 0(a0)
    beqz    t2, 3f
2:  lbu     t1, 5(t0)
    andi    t1, t1, 1 << 5
    beqz    t1, 2b
    sb      t2, 0(t0)
    addi    a0, a0, 1
    j       1b
3:  ret

# print_hex(word): 8 digits.
print_hex:
    li      t0, PRINT_UART
    li      t2, 8
1:  lbu     t1, 5(t0)
    andi    t1, t1, 1 << 5
    beqz    t1, 1b
    srli    t1, a0, 28          # the digit in front
    slli    a0, a0, 4
    addi    t2, t2, -1
    addi    t1, t1, -10
    bltz    t1, 2f
    addi    t1, t1, 'a' - '0' - 10
2:  addi    t1, t1, '0' + 10
    sb      t1, 0(t0)
    bnez    t2, 1b
    ret

# finish(status): the end of the machine; 0 is success.
finish:
    li      t0, PRINT_FINISHER
    li      t1, 0x5555
    beqz    a0, 1f
    slli    a0, a0, 16
    li      t1, 0x3333
    or      t1, t1, a0
1:  sw      t1, 0(t0)
2:  j       2b                  # not reached

    # say "text": print it.
    .macro  say text
    .section .rodata
say\@:
    .asciz  "\text"
    .text
    la      a0, say\@
    call    print_text
    .endm
