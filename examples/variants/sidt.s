# SPDX-License-Identifier: MIT
#
# sidt: the red pill.  A kernel looks where its trap table is.
#
#   build/thirdgen run --isa sidt examples/variants/sidt.s
#   build/thirdgen run --isa sidt --monitor hosted examples/variants/sidt.s
#   build/thirdgen compare --isa sidt examples/variants/sidt.s
#   build/thirdgen compare --isa sidt --monitor hosted,hybrid examples/variants/sidt.s
#   build/thirdgen compare examples/variants/sidt.s
#
# For the 80386's SIDT, SGDT and STR: user mode may read the registers that say
# where the tables of the system lie; here mtvec and mscratch.
#
# The kernel installs its trap handler, and looks whether it is the one that is
# installed.  A user program then does the same, by the address that the kernel
# tells it.
#
# Look at: `sensitive'.  Installing the handler traps: the monitor keeps the
# address in the virtual mtvec, for the traps that it will reflect.  The real
# mtvec leads to the monitor, and that is what the kernel reads.  Nothing breaks;
# but one instruction, without any trap, has told the guest that it is one.  For
# a monitor that is to be invisible, this is the end.  (On real machines the
# address even told by which monitor.)

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000

    .text
    .globl  _start
_start:
    la      s0, handler
    csrw    mtvec, s0
sensitive:
    csrr    s1, mtvec
    bne     s0, s1, red_pill
    la      a0, mine
    call    print

    la      t0, program         # now the user program; MPP is U
    csrw    mepc, t0
    mret

red_pill:
    la      a0, not_mine
    call    print
    li      a0, 1
    j       finish

program:                        # s0: where its system says that the handler is
    li      a0, 0
user_sensitive:
    csrr    a0, mtvec
    ecall

    .balign 4, 0
handler:
    csrr    t0, mcause
    li      t1, 2               # illegal instruction: this machine has no such hole
    beq     t0, t1, refused
    bne     a0, s0, 1f          # ecall: what the program saw
    la      a0, is_there
    call    print
    li      a0, 0
    j       finish
1:  la      a0, elsewhere
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
mine:
    .asciz  "kernel: the trap handler is mine\n"
not_mine:
    .asciz  "kernel: that is not my trap handler! I am in a virtual machine\n"
is_there:
    .asciz  "program: the trap handler is where my system says\n"
elsewhere:
    .asciz  "program: the trap handler is elsewhere! my system is in a virtual machine\n"
may_not:
    .asciz  "program: I may not look\n"
