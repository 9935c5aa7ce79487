# SPDX-License-Identifier: MIT
#
# lra: a kernel translates a user program's address, and gets the real one.
#
#   build/thirdgen run --isa lra examples/variants/lra.s
#   build/thirdgen run --isa lra --monitor hosted examples/variants/lra.s
#   build/thirdgen compare --isa lra examples/variants/lra.s
#   build/thirdgen compare --isa lra --monitor hosted,hybrid examples/variants/lra.s
#   build/thirdgen compare examples/variants/lra.s
#
# For the System/360-67's LRA, Load Real Address, in spirit: user mode may read
# the relocation-bounds register, mbase and mbound.
#
# A user program, relocated by R, hands a text to its kernel in a system call, to
# be printed.  The kernel has to translate the address: physical = address +
# mbase.  Then the program translates one itself, and says whether it lies where
# the kernel has put the program.
#
# Look at: `sensitive'.  In a virtual machine R is composed: the real mbase is
# the guest's own plus the place of the guest, or, while the kernel runs, that
# place alone.  The kernel reads that, without a trap, and looks for the text
# where it is not: location-sensitive, the paper's very word.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    RAM, 0x80000000
    .equ    ECALL_U, 8

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    la      t0, program         # R = (where the program is, how large)
    la      t1, program_end
    sub     t1, t1, t0
    li      t2, RAM
    sub     s1, t0, t2
    csrw    mbase, s1
    csrw    mbound, t1
    csrw    mepc, t2            # it is entered at its own start; MPP is U
    li      s0, 0               # system calls so far
    mret

    .balign 4, 0
handler:
    csrr    t0, mcause
    li      t1, ECALL_U
    bne     t0, t1, refused
    bnez    s0, answer
    li      s0, 1
sensitive:
    csrr    t0, mbase           # print(a0): where is that, physically?
    add     a0, a0, t0
    lbu     t1, 0(a0)
    beqz    t1, lost
    call    print
    csrr    t0, mepc            # behind the ecall
    addi    t0, t0, 4
    csrw    mepc, t0
    mret

answer:                         # the second call: what the program read
    bne     a0, s1, 1f
    la      a0, right
    call    print
    li      a0, 0
    j       finish
1:  la      a0, wrong
    call    print
    li      a0, 2
    j       finish

refused:
    la      a0, may_not
    call    print
    li      a0, 0
    j       finish

lost:
    la      a0, no_text
    call    print
    li      a0, 1
    j       finish

# The program: for itself it lies at RAM, wherever that is.
program:
    lla     a0, text
    ecall
user_sensitive:
    csrr    a0, mbase
    ecall
text:
    .asciz  "program: my text, wherever it is\n"
    .balign 4, 0
program_end:

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
right:
    .asciz  "kernel: the program knows its real place\n"
wrong:
    .asciz  "kernel: the program claims to be where I have not put it!\n"
may_not:
    .asciz  "kernel: the program may not know its real place\n"
no_text:
    .asciz  "kernel: there is no text at the address!\n"
