# SPDX-License-Identifier: MIT
#
# jrst1: a kernel returns to user mode, and finds itself still the kernel.
#
#   build/thirdgen run --isa jrst1 examples/variants/jrst1.s
#   build/thirdgen run --isa jrst1 --monitor hosted examples/variants/jrst1.s
#   build/thirdgen compare --isa jrst1 examples/variants/jrst1.s
#   build/thirdgen compare --isa jrst1 --monitor hosted,hybrid examples/variants/jrst1.s
#   build/thirdgen compare examples/variants/jrst1.s
#
# For the PDP-10's JRST 1, a jump that also returns to user mode.  In user mode it
# is no more than a jump, and does not trap.  Here: mret in user mode does
# nothing.
#
# The kernel enters a user program by mret.  The program executes an mret, too,
# goes on behind it, and ends by a system call.
#
# Look at: `sensitive'.  In a virtual machine the kernel runs in real user mode
# (it is there already, the processor finds), so its mret neither enters the
# program nor tells the monitor, and the kernel falls into what stands behind
# it, where nobody ever should come.  `user_harmless' is the same instruction,
# and does the same on the bare machine.  With it Popek and Goldberg separate
# their theorems 1 and 3: no monitor for the PDP-10, but a hybrid one.  The last
# line but one shows that, and what it costs: all that the kernel did was
# interpreted.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    ILLEGAL, 2
    .equ    ECALL_U, 8

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    la      t0, program         # MPP is U
    csrw    mepc, t0
sensitive:
    mret
    la      a0, fell_through    # an mret never goes on behind it
    call    print
    li      a0, 1
    j       finish

program:
    li      s0, 100             # some work
    li      s1, 0
1:  add     s1, s1, s0
    addi    s0, s0, -1
    bnez    s0, 1b
user_harmless:
    mret
    ecall

    .balign 4, 0
handler:
    csrr    t0, mcause
    la      a0, called
    li      t1, ECALL_U
    beq     t0, t1, 1f
    la      a0, refused
    li      t1, ILLEGAL         # this machine has no such hole
    beq     t0, t1, 1f
    la      a0, mistake
    call    print
    li      a0, 2
    j       finish
1:  call    print
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
called:
    .asciz  "kernel: the program ran in user mode, and called\n"
refused:
    .asciz  "kernel: the program ran in user mode, and may not mret\n"
fell_through:
    .asciz  "kernel: I am still here! that was not user mode\n"
mistake:
    .asciz  "kernel: a trap from nowhere\n"
