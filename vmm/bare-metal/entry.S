# SPDX-License-Identifier: MIT
#
# The way into the monitor and the way out of it.
#
# Every trap out of U-mode comes to bare_entry, which saves the guest's
# registers and reads minstret; bare_tail reads minstret, loads the guest's
# registers and goes back by mret.  Both are straight lines, shared by all
# exits, so each takes always the same number of instructions.  What the guest
# has executed itself is the difference of the two readings, less those two
# numbers; and a deadline that the tail computes from its own reading is exact.
# boot.c measures the numbers.
#
# Privileged instructions are numbered: each costs a whole exit one level down.
# With mcause, mtval and mepc, read and written in port.c, it is 9 of them.

#include "vmm/bare-metal/offsets.h"

    .equ STACK, 4096

    .option norelax

# ---- the first bytes of the image: struct image_header ----

    .section .header, "aw", @progbits
    .globl bare_header
bare_header:
    j       bare_start
    .word   IMAGE_MAGIC, IMAGE_VERSION
    .word   bare_text - 0x80000000, bare_text_end - 0x80000000
    .word   bare_state - 0x80000000, bare_state_size
    .word   bare_end - 0x80000000
    .zero   IMAGE_TABLE_BYTES

    .text

# ---- boot ----

    .globl bare_start
bare_start:
    la      sp, bare_state      # the stack is below it
    la      t0, bare_entry
    csrw    mtvec, t0
    la      t0, bare_state
    addi    t0, t0, BARE_PROBE
    csrw    mscratch, t0        # somewhere to save registers, should boot itself fault
    call    bare_boot           # does not return: it ends in bare_enter

# ---- entry ----

    .balign 4
    .globl bare_entry
bare_entry:
    csrrw   sp, mscratch, sp    # 1: sp = where the registers go
    sw      x1, 4(sp)
    sw      x3, 12(sp)
    sw      x4, 16(sp)
    sw      x5, 20(sp)
    sw      x6, 24(sp)
    sw      x7, 28(sp)
    sw      x8, 32(sp)
    sw      x9, 36(sp)
    sw      x10, 40(sp)
    sw      x11, 44(sp)
    sw      x12, 48(sp)
    sw      x13, 52(sp)
    sw      x14, 56(sp)
    sw      x15, 60(sp)
    sw      x16, 64(sp)
    sw      x17, 68(sp)
    sw      x18, 72(sp)
    sw      x19, 76(sp)
    sw      x20, 80(sp)
    sw      x21, 84(sp)
    sw      x22, 88(sp)
    sw      x23, 92(sp)
    sw      x24, 96(sp)
    sw      x25, 100(sp)
    sw      x26, 104(sp)
    sw      x27, 108(sp)
    sw      x28, 112(sp)
    sw      x29, 116(sp)
    sw      x30, 120(sp)
    sw      x31, 124(sp)
    csrrw   t0, mscratch, sp    # 2: the guest's sp; mscratch as it was
    sw      t0, 8(sp)
    csrr    a0, minstret        # 3: the end of the straight line
    mv      a1, sp
    lui     s0, %hi(bare_state)
    mv      a2, s0
    mv      sp, s0              # the stack is below it
    lw      t0, BARE_HANDLER(s0)
    beqz    t0, own_fault       # it was the monitor itself that trapped
    sw      zero, BARE_HANDLER(s0)
    jalr    t0                  # port.c: mcause (4), mtval (5), mepc (6, 7); or to bare_enter
    addi    a1, s0, BARE_NOWHERE

# ---- tail: to whom bare_state.frame belongs, at mepc; a deadline, a2 ahead, to address a1 ----

bare_tail:
    lw      sp, BARE_FRAME(s0)
    lw      t0, BARE_NEXT(s0)
    sw      t0, BARE_HANDLER(s0)
    csrr    t0, minstret        # 8: here the straight line begins
    sw      t0, BARE_RESUMED(s0)
    add     t0, t0, a2
    sw      t0, 0(a1)           # the deadline, to mtimecmp or to nowhere
    lw      x1, 4(sp)
    lw      x3, 12(sp)
    lw      x4, 16(sp)
    lw      x5, 20(sp)
    lw      x6, 24(sp)
    lw      x7, 28(sp)
    lw      x8, 32(sp)
    lw      x9, 36(sp)
    lw      x10, 40(sp)
    lw      x11, 44(sp)
    lw      x12, 48(sp)
    lw      x13, 52(sp)
    lw      x14, 56(sp)
    lw      x15, 60(sp)
    lw      x16, 64(sp)
    lw      x17, 68(sp)
    lw      x18, 72(sp)
    lw      x19, 76(sp)
    lw      x20, 80(sp)
    lw      x21, 84(sp)
    lw      x22, 88(sp)
    lw      x23, 92(sp)
    lw      x24, 96(sp)
    lw      x25, 100(sp)
    lw      x26, 104(sp)
    lw      x27, 108(sp)
    lw      x28, 112(sp)
    lw      x29, 116(sp)
    lw      x30, 120(sp)
    lw      x31, 124(sp)
    lw      x2, 8(sp)
    mret                        # 9

# ---- from C ----

    .globl bare_enter
bare_enter:
    lui     s0, %hi(bare_state)
    lw      a1, BARE_WHERE(s0)
    lw      a2, BARE_AHEAD(s0)
    j       bare_tail

# ---- the monitor's own faults: said, and the end ----

own_fault:
    csrr    a0, mcause
    csrr    a1, mepc
    csrr    a2, mtval
    la      t0, faulting
    lw      t1, 0(t0)
    bnez    t1, bare_stop       # a fault while telling of one
    li      t1, 1
    sw      t1, 0(t0)
    call    bare_fault          # comes back by bare_stop, if at all

    .globl bare_stop
bare_stop:
    li      t0, 0x00100000      # the finisher: exit with code BARE_FAULT_CODE
    li      t1, 0x3333 | BARE_FAULT_CODE << 16
    sw      t1, 0(t0)
1:  j       1b

# ---- what the measurements enter ----

    .balign 4
    .globl bare_probe_trap, bare_probe_count
bare_probe_trap:
    ecall
bare_probe_count:               # a0 and the pc tell how many were executed
    addi    a0, a0, 1
    j       bare_probe_count

    .data
    .balign 4
faulting:
    .word   0

    .section .stack, "aw", @nobits
    .balign 16
    .space  STACK
