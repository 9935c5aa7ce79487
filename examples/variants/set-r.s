# SPDX-License-Identifier: MIT
#
# set-r: a kernel sets R for a user program, and pulls the rug from under itself.
#
#   build/thirdgen run --isa set-r examples/variants/set-r.s
#   build/thirdgen run --isa set-r --monitor hosted examples/variants/set-r.s
#   build/thirdgen compare --isa set-r examples/variants/set-r.s
#   build/thirdgen compare --isa set-r --monitor hosted,hybrid examples/variants/set-r.s
#   build/thirdgen compare examples/variants/set-r.s
#   build/thirdgen run examples/variants/set-r.yaml
#
# No real machine's, and openly broken: user mode may write the relocation-bounds
# register, mbase and mbound.
#
# The kernel sets R, so that a user program has a room of its own, and enters it.
# The program opens R, helps itself to a word of its kernel's, and hands it over
# as a proof.
#
# Look at: `sensitive'.  In a virtual machine the kernel runs in real user mode,
# through a real R that the monitor has composed; now the kernel has written it,
# without a trap, and its very next instruction is fetched from elsewhere: here,
# from the monitor's own memory.  At `user_sensitive' a program takes memory from
# its kernel; that works on the bare machine too, which is one more thing that is
# wrong with this machine.  set-r.yaml shows what a guest can do that means it.

    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    RAM, 0x80000000
    .equ    ECALL_U, 8
    .equ    PROOF, 0x600d

    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
    li      t2, RAM
    csrw    mepc, t2            # the program is entered at its own start; MPP is U
    la      t0, program
    la      t1, program_end
    sub     t1, t1, t0
    sub     t0, t0, t2
sensitive:
    csrw    mbase, t0           # R = (where the program is, how large)
    csrw    mbound, t1
    mret

    .balign 4, 0
handler:
    csrr    t0, mcause
    li      t1, ECALL_U
    bne     t0, t1, refused
    li      t0, PROOF
    bne     a0, t0, 1f
    la      a0, escaped
    call    print
    li      a0, 0
    j       finish
1:  la      a0, no_proof
    call    print
    li      a0, 2
    j       finish

refused:
    la      a0, may_not
    call    print
    li      a0, 0
    j       finish

# The program: for itself it lies at RAM, wherever that is.
program:
    li      t0, -1
user_sensitive:
    csrw    mbound, t0          # all there is
    lla     t1, program_end
    lw      a0, 0(t1)
    ecall
program_end:
    .word   PROOF               # the kernel's, behind the program

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
escaped:
    .asciz  "kernel: the program has read my memory; on this machine it can\n"
no_proof:
    .asciz  "kernel: the program has read something else\n"
may_not:
    .asciz  "kernel: the program tried to open R, and was stopped\n"
