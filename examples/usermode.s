# SPDX-License-Identifier: MIT
#
# usermode: user mode, the relocation-bounds register R, a system call, and a
# program that goes out of bounds and is caught.
#
#   build/thirdgen run examples/usermode.s
#   build/thirdgen run --trace trap,csr examples/usermode.s
#   build/thirdgen compare examples/usermode.s
#
# In user mode an address va means: off = va - 0x80000000; if off + n > mbound,
# an access fault; else the physical address is 0x80000000 + mbase + off.
#
# Look at: the same program, run twice from two places in memory.  It says the
# same address of itself both times: it cannot tell where it is, and that is
# what makes a program in a box movable.  Then the bound: the last word inside
# is fine, the first one outside is a trap, cause 5.  In a virtual machine the
# monitor composes this R with its own (docs/monitor.md): where = the sum of the
# bases, how much = what is left of both.

    .include "print.s"
    .equ    RAM, 0x80000000
    .equ    ROOM, 4096          # mbound: what a program gets
    .equ    ECALL_U, 8

    .text
main:
    la      t0, handler
    csrw    mtvec, t0
    csrw    mstatus, zero       # MPP = U: mret goes to user mode
    la      s10, room_1
    call    enter_user
    la      s10, room_2
    call    enter_user
    li      a0, 0
    j       finish

# enter_user(): run a copy of the program in the room at s10 (physical) until it
# is over.  s11 keeps the way back.
enter_user:
    mv      s11, ra
    la      t0, program         # the copy
    la      t1, program_end
    mv      t2, s10
1:  lw      t3, 0(t0)
    sw      t3, 0(t2)
    addi    t0, t0, 4
    addi    t2, t2, 4
    bltu    t0, t1, 1b
    fence.i

    li      t0, RAM
    sub     t1, s10, t0
    csrw    mbase, t1           # R = (where the room is,
    li      t1, ROOM
    csrw    mbound, t1          #      how large)
    csrw    mepc, t0            # in user mode, it starts at RAM
    say     "room at physical 0x"
    mv      a0, s10
    call    print_hex
    say     "\n"
    mret

# All traps come here, in machine mode, where R does not apply.  A kernel would
# save the registers; the program below does without those that `say` changes.
    .balign 4, 0
handler:
    csrr    t3, mcause
    li      t4, ECALL_U
    bne     t3, t4, 1f

    csrr    t4, mepc            # system call: go on behind it
    addi    t4, t4, 4
    csrw    mepc, t4
    mv      s9, a0
    say     "  the program says 0x"
    mv      a0, s9
    call    print_hex
    say     "\n"
    mret

1:  say     "  trap: mcause 0x"
    mv      a0, t3
    call    print_hex
    say     ", mtval 0x"
    csrr    a0, mtval
    call    print_hex
    say     "\n"
    jr      s11                 # the program is over; we are in machine mode

# The program.  It has one system call: ecall prints a0.
    .balign 4, 0
program:
    la      a0, program         # where am I?
    ecall
    li      s0, RAM + ROOM
    li      t5, 0x1234
    sw      t5, -4(s0)          # the last word inside
    lw      a0, -4(s0)
    ecall
    lw      a0, 0(s0)           # the first outside: never done
    ecall
program_end:

    .bss
    .balign 4096
room_1:
    .space  ROOM
room_2:
    .space  ROOM
