# SPDX-License-Identifier: MIT
#
# jrst1-epc: a kernel returns to user mode, and comes out where the monitor was.
#
#   build/thirdgen run --isa jrst1-epc examples/variants/jrst1-epc.s
#   build/thirdgen run --isa jrst1-epc --monitor hosted examples/variants/jrst1-epc.s
#   build/thirdgen compare --isa jrst1-epc examples/variants/jrst1-epc.s
#   build/thirdgen compare --isa jrst1-epc --monitor hosted,hybrid examples/variants/jrst1-epc.s
#   build/thirdgen compare examples/variants/jrst1-epc.s
#
# A near miss of the PDP-10's JRST 1, and no real machine's: mret in user mode
# goes to mepc, mode and mstatus unchanged.
#
# The kernel enters a user program by mret.  The program executes an mret, too,
# which takes it back to its start, and ends by a system call the second time.
#
# Look at: `sensitive'.  In a virtual machine the kernel's mret jumps to the
# *real* mepc.  There the processor has put the address of the last instruction
# that trapped to the monitor, and that is the csrw above it: round and round,
# but for the count that is kept here.  Unlike jrst1, the hybrid monitor is no
# help: at `user_sensitive' the program depends on the real mepc as well, and
# user mode runs directly under any monitor.

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
    li      s0, 0               # starts of the program so far
    li      s1, 0               # entries so far
    csrw    mepc, t0
    addi    s1, s1, 1
    li      t1, 1
    bne     s1, t1, again
sensitive:
    mret

again:
    la      a0, came_back
    call    print
    li      a0, 1
    j       finish

program:
    addi    s0, s0, 1
    li      t0, 2
    beq     s0, t0, 1f
user_sensitive:
    mret                        # to the start of the program
1:  ecall

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
    .asciz  "kernel: the program started twice, and called\n"
refused:
    .asciz  "kernel: the program ran in user mode, and may not mret\n"
came_back:
    .asciz  "kernel: I have been here before! that was not my mepc\n"
mistake:
    .asciz  "kernel: a trap from nowhere\n"
