# SPDX-License-Identifier: MIT
#
# From reset to the first process.
#
# The machine starts here, in machine mode, with interrupts off and R open.  In
# a virtual machine the *virtual* mode is M, while the real mode is U: every
# line marked #! traps to the monitor, which does to the virtual processor what
# the hardware would have done to the real one.  This code can't tell.
#
# Look at: mstatus.  After this nobody writes it again.  A trap moves the mode
# into MPP and MIE into MPIE, `mret` moves them back, and the kernel never has
# to look.

    .text
    .globl  _start
_start:
    la      t0, bss_start       # the loader may have left anything here,
    la      t1, bss_end         # or we ourselves, before a reset
1:  sw      zero, 0(t0)
    addi    t0, t0, 4
    bltu    t0, t1, 1b

    la      sp, kernel_stack_end
    la      t0, trap            # direct mode: every trap comes to one place
    csrw    mtvec, t0           #!
    csrw    mscratch, zero      #! zero: the kernel is running (trap.s)
    li      t0, MIP_TIMER | MIP_EXTERNAL
    csrw    mie, t0             #! these two may interrupt a process

    # Does MPP keep both modes?  A machine without user mode would have only M.
    # (Run this under a monitor on a machine where mstatus can be read in user
    # mode, --isa smsw: the kernel sees the *real* mode here, and panics.)
    la      a0, mstatus_message
    li      t0, MSTATUS_MPP     # M
    csrw    mstatus, t0         #!
    csrr    t1, mstatus         #!
    bne     t0, t1, panic
    li      t0, MSTATUS_MPIE    # MPP = U, MPIE = 1, MIE = 0: the next mret
    csrw    mstatus, t0         #! goes to user mode; nothing interrupts here
    csrr    t1, mstatus         #!
    bne     t0, t1, panic

    call    console_init
    call    process_init
    la      a0, boot_message
    li      a1, PROCESSES
    li      a2, SLOT / 1024
    call    printk

    la      a0, init_name
    li      a1, 0
    call    spawn
    la      tp, processes_end - P_SIZE  # the round begins with the first
    call    clock
    j       next_process

    .section .rodata
boot_message:
    .asciz  "[kernel] guestos: room for %d processes of %d KiB\n"
mstatus_message:
    .asciz  "[kernel] panic: mstatus does not keep what is written\n"
init_name:
    .asciz  "init"

    .bss
    .balign 16
kernel_stack:
    .space  1024                # one is enough: the kernel is never interrupted
kernel_stack_end:
