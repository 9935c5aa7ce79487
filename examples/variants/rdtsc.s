# SPDX-License-Identifier: MIT
#
# rdtsc: a kernel takes the time of one instruction, twice.
#
#   build/thirdgen run --isa rdtsc examples/variants/rdtsc.s
#   build/thirdgen run --isa rdtsc --monitor hosted examples/variants/rdtsc.s
#   build/thirdgen compare --isa rdtsc examples/variants/rdtsc.s
#   build/thirdgen compare --isa rdtsc --monitor hosted,hybrid examples/variants/rdtsc.s
#   build/thirdgen compare examples/variants/rdtsc.s
#
# For the Pentium's RDTSC: user mode may read the counters and the time.
#
# The kernel reads mcycle, executes one harmless instruction that only a kernel
# may execute, and reads mcycle again: two instructions later, by the machine's
# definition.  A user program then does the same with a system call in between.
#
# Look at: `sensitive'.  In a virtual machine the harmless instruction is a whole
# exit, and the real mcycle tells.  Here it tells by what is missing, since a
# hosted monitor costs no machine time, and the processor never retired the
# instruction that was emulated; on a real machine it would be thousands too
# many.  Popek and Goldberg except timing from what has to be the same; but a
# program that can *read* the time has it in a register, and then in memory, and
# equivalence is over.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    ECALL_U, 8
    .equ    ILLEGAL, 2

    .text
    .globl  _start
_start:
    csrr    s0, mcycle          # nothing has trapped so far: right even in a virtual machine
    csrw    mscratch, zero
sensitive:
    csrr    s1, mcycle
    sub     s1, s1, s0
    li      t0, 2
    bne     s1, t0, stolen
    la      a0, right
    call    print

    la      t0, handler
    csrw    mtvec, t0
    la      t0, program         # now the user program; MPP is U
    csrw    mepc, t0
    mret

stolen:
    la      a0, wrong
    call    print
    li      a0, 1
    j       finish

program:
    li      s2, 0               # system calls so far
user_sensitive:
    rdcycle s0
    ecall                       # ten later: the rdcycle, and nine of the handler
    rdcycle s1
    sub     a0, s1, s0
    ecall

    .balign 4, 0
handler:
    csrr    t0, mcause
    li      t1, ILLEGAL         # this machine has no such hole
    beq     t0, t1, refused
    bnez    s2, answer
    li      s2, 1               # the first call: go on behind it
    csrr    t0, mepc
    addi    t0, t0, 4
    csrw    mepc, t0
    mret

answer:                         # the second: what the program measured
    li      t0, 10
    bne     a0, t0, 1f
    la      a0, exactly
    call    print
    li      a0, 0
    j       finish
1:  la      a0, not_ten
    call    print
    li      a0, 2
    j       finish

refused:
    la      a0, may_not
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
right:
    .asciz  "kernel: two instructions, two cycles\n"
wrong:
    .asciz  "kernel: two instructions, and not two cycles! I am in a virtual machine\n"
exactly:
    .asciz  "program: ten instructions, ten cycles\n"
not_ten:
    .asciz  "program: ten instructions, and not ten cycles!\n"
may_not:
    .asciz  "program: I may not look at the clock\n"
