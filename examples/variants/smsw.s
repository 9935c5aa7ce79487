# SPDX-License-Identifier: MIT
#
# smsw: a kernel asks the processor whether interrupts are on, and believes it.
#
#   build/thirdgen run --isa smsw examples/variants/smsw.s
#   build/thirdgen run --isa smsw --monitor hosted examples/variants/smsw.s
#   build/thirdgen compare --isa smsw examples/variants/smsw.s
#   build/thirdgen compare --isa smsw --monitor hosted,hybrid examples/variants/smsw.s
#   build/thirdgen compare examples/variants/smsw.s
#
# For the 80386's SMSW and ARM's MRS: user mode may read the processor's status.
#
# The kernel turns interrupts on, and then does something with interrupts off, in
# the way in which everybody writes it: keep mstatus, turn them off, do it, and
# put them back *as they were*.  Then it waits for the timer.  After that a user
# program looks at mstatus too, and tells the kernel what it saw.
#
# Look at: `sensitive'.  In a virtual machine the kernel runs in real user mode.
# Turning interrupts on traps, so that the monitor knows; reading whether they
# are on does not, and reads the *monitor's* mstatus, in which they are off.  So
# they are never turned on again, and the kernel waits for a tick that never
# comes.  It is the same on an 80386: nothing faults; something is lost.  The
# hybrid monitor interprets the kernel and gets that right; at `user_sensitive'
# it is wrong all the same.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    MTIMECMP, 0x02004000
    .equ    MTIE, 1 << 7        # in mie
    .equ    MIE, 1 << 3         # in mstatus
    .equ    MPIE, 1 << 7
    .equ    PATIENCE, 2000      # rounds

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    li      s1, 0               # ticks so far
    li      t0, MTIMECMP        # the first one in 1000 ticks
    li      t1, 1000
    sw      t1, 0(t0)
    sw      zero, 4(t0)
    li      t0, MTIE
    csrw    mie, t0
    csrsi   mstatus, MIE        # interrupts on

sensitive:
    csrr    s0, mstatus         # how is it now?
    csrci   mstatus, MIE        # interrupts off: nobody may see count_a without count_b
    la      t0, count_a
    lw      t1, 0(t0)
    lw      t2, 4(t0)
    addi    t1, t1, 1
    addi    t2, t2, 1
    sw      t1, 0(t0)
    sw      t2, 4(t0)
    andi    s0, s0, MIE         # as they were
    csrs    mstatus, s0

    li      t2, PATIENCE
1:  bnez    s1, 2f
    addi    t2, t2, -1
    bnez    t2, 1b
    la      a0, no_tick
    call    print
    li      a0, 1
    j       finish
2:  la      a0, a_tick
    call    print

    la      t0, program         # now the user program
    csrw    mepc, t0
    li      t0, MPIE
    csrs    mstatus, t0         # with interrupts on; MPP is U
    mret

program:
    li      a0, 0
user_sensitive:
    csrr    a0, mstatus
    ecall

    .balign 4, 0
handler:
    csrr    t0, mcause
    bltz    t0, tick
    li      t1, 2               # illegal instruction: this machine has no such hole
    beq     t0, t1, refused
    andi    s0, a0, MIE         # ecall: what the program saw
    beqz    s0, 1f
    la      a0, saw_on
    call    print
    li      a0, 0
    j       finish
1:  la      a0, saw_off
    call    print
    li      a0, 2
    j       finish

refused:
    la      a0, may_not
    call    print
    li      a0, 0
    j       finish

tick:                           # note it, and no more of them
    li      s1, 1
    csrw    mie, zero
    mret

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

    .data
    .balign 4
count_a:
    .word   0
count_b:
    .word   0

    .section .rodata
a_tick:
    .asciz  "kernel: a tick, as there should be\n"
no_tick:
    .asciz  "kernel: no tick! who turned interrupts off?\n"
saw_on:
    .asciz  "program: I see that interrupts are on\n"
saw_off:
    .asciz  "program: I see that interrupts are off?\n"
may_not:
    .asciz  "program: I may not look\n"
