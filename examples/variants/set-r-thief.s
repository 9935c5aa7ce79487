# SPDX-License-Identifier: MIT
#
# set-r-thief: one of the two guests of set-r.yaml.  It opens R and reads what
# lies behind its own memory.
#
#   build/thirdgen run examples/variants/set-r.yaml
#
# Look at: `sensitive', and the load behind it.  Between the two there is no trap,
# so nothing in between that a monitor could do.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    RAM, 0x80000000
    .equ    MY_SIZE, 1 << 20    # as set-r.yaml says
    .equ    MARK, 0x3a59454b    # "KEY:"

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    li      s0, RAM + MY_SIZE   # from the end of my memory on
    li      s1, -1
    li      s2, MARK
1:
sensitive:
    csrw    mbound, s1          # all there is
    lw      t0, 0(s0)
    addi    s0, s0, 4
    bne     t0, s2, 1b

    la      s3, loot            # found: take it along, up to its zero
2:  csrw    mbound, s1
    lbu     t0, 0(s0)
    sb      t0, 0(s3)
    addi    s0, s0, 1
    addi    s3, s3, 1
    bnez    t0, 2b
    la      a0, found
    call    print
    la      a0, loot
    call    print
    la      a0, end_of_line
    call    print
    li      a0, 0
    j       finish

    .balign 4, 0
handler:                        # an access fault, on any machine worth the name
    la      a0, nothing
    call    print
    li      a0, 0
    j       finish

# finish(status): the end of the machine; 0 is success.
finish:
    li      t0, FINISHER
    li      t1, 0x5555
    beqz    a0, 1f
    slli    a0, a0, 16
    li      t1, 0x3333
    or      t1, t1, a0
1:  sw      t1, 0(t0)
2:  j       2b                  # not reached

# print(text): to the UART, up to its zero.
print:
    li      t0, UART
1:  lbu     t1, 0(a0)
    beqz    t1, 2f
    sb      t1, 0(t0)           # (it is always ready, here)
    addi    a0, a0, 1
    j       1b
2:  ret

    .section .rodata
nothing:
    .asciz  "I cannot see beyond my memory\n"
found:
    .asciz  "behind my memory I read: "
end_of_line:
    .asciz  "\n"

    .bss
loot:
    .space  256
