/* SPDX-License-Identifier: MIT */
/* In and out of the kernel: all registers, as kernels do that may switch. */
    .text
    .balign 4
    .globl  kernel_entry
kernel_entry:
    csrw    mscratch, t6
    lui     t6, %hi(current)
    lw      t6, %lo(current)(t6)
    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    sw      x\r, 4*\r(t6)
    .endr
    csrr    t0, mscratch
    sw      t0, 4*31(t6)
    csrr    t0, mepc
    sw      t0, 0(t6)
    la      sp, kernel_stack_end
    csrr    a0, mcause
    j       kernel_trap

    .globl  kernel_leave
kernel_leave:
    mv      t6, a0
    lw      t0, 0(t6)
    csrw    mepc, t0
    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    lw      x\r, 4*\r(t6)
    .endr
    mret

    .globl  kernel_call
kernel_call:
    mv      a7, a0
    mv      a0, a1
    ecall
    ret

    .bss
    .balign 16
    .space  4096
kernel_stack_end:
