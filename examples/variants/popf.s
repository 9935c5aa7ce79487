# SPDX-License-Identifier: MIT
#
# popf: a kernel turns interrupts on, and they stay off.
#
#   build/thirdgen run --isa popf examples/variants/popf.s
#   build/thirdgen run --isa popf --monitor hosted examples/variants/popf.s
#   build/thirdgen compare --isa popf examples/variants/popf.s
#   build/thirdgen compare --isa popf --monitor hosted,hybrid examples/variants/popf.s
#   build/thirdgen compare examples/variants/popf.s
#
# For the 80386's POPF: a write of the processor's status in user mode does not
# trap; it just does nothing.
#
# A user program writes mstatus, and nothing comes of it.  Then the kernel turns
# interrupts on and waits for the timer.
#
# Look at: `sensitive'.  In a virtual machine the kernel runs in real user mode,
# where the write has no effect and no trap tells the monitor of it: virtual
# interrupts stay off.  Now look at `user_harmless': the same instruction, and
# there is nothing wrong with it, for a user program's write has no effect on the
# bare machine either.  So the instruction is sensitive in supervisor mode alone,
# and a monitor that interprets supervisor mode is enough: theorem 3.  The last
# line but one shows it, and what it costs: all that the kernel did was
# interpreted.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    MTIMECMP, 0x02004000
    .equ    MTIE, 1 << 7        # in mie
    .equ    MIE, 1 << 3         # in mstatus
    .equ    PATIENCE, 20000     # rounds

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    la      t0, program         # first the user program; MPP is U
    csrw    mepc, t0
    mret

program:
    li      s0, 100             # some work
    li      s1, 0
1:  add     s1, s1, s0
    addi    s0, s0, -1
    bnez    s0, 1b
user_harmless:
    csrsi   mstatus, MIE
    ecall

    .balign 4, 0
handler:
    csrr    t0, mcause
    bltz    t0, tick
    la      a0, refused
    li      t1, 2               # illegal instruction: this machine has no such hole
    beq     t0, t1, 1f
    la      a0, no_effect
1:  call    print

    li      s1, 0               # ticks so far
    li      t0, MTIMECMP        # the first one at 20000
    li      t1, 20000
    sw      t1, 0(t0)
    sw      zero, 4(t0)
    li      t0, MTIE
    csrw    mie, t0
sensitive:
    csrsi   mstatus, MIE        # interrupts on
    li      t2, PATIENCE
2:  bnez    s1, 3f
    addi    t2, t2, -1
    bnez    t2, 2b
    la      a0, no_tick
    call    print
    li      a0, 1
    j       finish
3:  la      a0, a_tick
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

    .section .rodata
no_effect:
    .asciz  "program: wrote mstatus, and nothing came of it\n"
refused:
    .asciz  "program: may not write mstatus\n"
a_tick:
    .asciz  "kernel: a tick, as there should be\n"
no_tick:
    .asciz  "kernel: no tick! but I turned interrupts on\n"
