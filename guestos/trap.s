# SPDX-License-Identifier: MIT
#
# The only way into the kernel, and the only way out.
#
# On a trap the hardware does what the paper calls an exchange of PSWs, and no
# more: mepc <- pc, mcause <- why, mtval <- what, mode <- M, pc <- mtvec.  It
# saves no register; and the first instruction here has none to work with.
# That is what mscratch is for.
#
# Look at: the swap in the first line; the 31 registers; and that of all these
# instructions only the marked ones would trap if this were a virtual machine.
#
#   mscratch        in user mode: the running process's entry in the table
#                   in the kernel: 0
#   tp              in the kernel: the running process's entry

    # One register file to or from the table: \op is sw or lw.
    .macro  four op, a, b, c, d
    \op     x\a, 4*\a(tp)
    \op     x\b, 4*\b(tp)
    \op     x\c, 4*\c(tp)
    \op     x\d, 4*\d(tp)
    .endm

    .macro  registers op        # all but x0 and tp (x4)
    \op     x1, 4*1(tp)
    \op     x2, 4*2(tp)
    \op     x3, 4*3(tp)
    four    \op, 5, 6, 7, 8
    four    \op, 9, 10, 11, 12
    four    \op, 13, 14, 15, 16
    four    \op, 17, 18, 19, 20
    four    \op, 21, 22, 23, 24
    four    \op, 25, 26, 27, 28
    \op     x29, 4*29(tp)
    \op     x30, 4*30(tp)
    \op     x31, 4*31(tp)
    .endm

    .text
    .balign 4, 0                # mtvec's low bits are its mode
trap:
    csrrw   tp, mscratch, tp    #! tp: the process; mscratch: its own tp
    beqz    tp, kernel_trap
    registers sw
    csrrw   t0, mscratch, zero  #! its tp; and from now on the kernel is running
    sw      t0, P_TP(tp)
    csrr    t0, mepc            #!
    sw      t0, P_PC(tp)
    la      sp, kernel_stack_end

    csrr    t0, mcause          #! the sign: an interrupt
    bltz    t0, interrupt
    li      t1, CAUSE_ECALL_U
    beq     t0, t1, syscall     # a0..a7 are still the caller's
    j       exception

# Back to the process in tp, in user mode, where it left off.
resume:
    call    arm_timer
    lw      t0, P_PC(tp)
    csrw    mepc, t0            #!
    csrw    mscratch, tp        #!
    registers lw
    lw      tp, P_TP(tp)
    mret                        #! mode <- MPP (U), MIE <- MPIE, pc <- mepc

# The timer, or a byte on the console.  Afterwards, who runs?
interrupt:
    call    clock
    call    events
    la      t0, now
    lw      t1, 0(t0)
    lw      t2, 4(t0)
    la      t0, slice_end
    lw      t3, 0(t0)
    lw      t4, 4(t0)
    before  t1, t2, t3, t4, resume
    j       switch              # its slice is used up: preemption

# The process did what no process may: it ends, and it alone.  R has kept it
# from doing any harm, and user mode from doing anything to R.
exception:
    csrr    a5, mtval           #! the address, or the instruction
    la      t1, cause_names
    slli    t0, t0, 2
    add     t1, t1, t0
    lw      a3, 0(t1)
    la      a0, killed_message
    lw      a1, P_PID(tp)
    lw      a2, P_PROGRAM(tp)
    lw      a4, P_PC(tp)
    call    printk
    mv      a0, tp
    li      a1, -1
    call    end_process
    call    clock
    j       switch

# A trap inside the kernel is a bug of the kernel: say where, and stop.
kernel_trap:
    la      sp, kernel_stack_end
    la      a0, trap_message
    csrr    a1, mcause          #!
    csrr    a2, mepc            #!
    csrr    a3, mtval           #!
panic:
    call    printk
    li      a0, 99
    j       power_off

    .section .rodata
killed_message:
    .asciz  "[kernel] %d %s killed: %s, pc %x, mtval %x\n"
trap_message:
    .asciz  "[kernel] panic: mcause %x, mepc %x, mtval %x\n"

    .balign 4, 0
cause_names:                    # by mcause, 0 to CAUSES - 1
    .word   cause_0, cause_1, cause_2, cause_3
    .word   cause_4, cause_5, cause_6, cause_7
cause_0:
    .asciz  "misaligned jump"
cause_1:
    .asciz  "fetch outside R"
cause_2:
    .asciz  "illegal instruction"
cause_3:
    .asciz  "breakpoint"
cause_4:
    .asciz  "misaligned load"
cause_5:
    .asciz  "load outside R"
cause_6:
    .asciz  "misaligned store"
cause_7:
    .asciz  "store outside R"
