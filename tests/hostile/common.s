# SPDX-License-Identifier: MIT
#
# What the hostile guests share: .include it first.  It calls `main`, and then
# ends the machine; it keeps a checksum of all that the guest sees, and of every
# trap (cause, mepc, mtval, mstatus, the counters), and prints it where told.
#
#   s11  the checksum          s9  the number of traps
#   s10  where the next exception goes on, in M-mode; 0: behind its instruction
#   gp, tp are the handler's.  print functions change a0, t0 to t2 and ra.

    .equ    RAM, 0x80000000
    .equ    SIZE, 0x100000          # run.py gives each guest 1 MiB
    .equ    END, RAM + SIZE
    .equ    UART, 0x10000000
    .equ    FINISHER, 0x00100000
    .equ    CLINT, 0x02000000
    .equ    MTIMECMP, CLINT + 0x4000
    .equ    MTIME, CLINT + 0xbff8
    .equ    MIE, 1 << 3
    .equ    MPIE, 1 << 7
    .equ    MPP, 3 << 11
    .equ    MSI, 1 << 3
    .equ    MTI, 1 << 7
    .equ    MEI, 1 << 11
    .equ    ECALL, 0x00000073
    .equ    NOP, 0x00000013

# Into the checksum with a register (not tp).
    .macro  mix reg
    slli    tp, s11, 7
    srli    s11, s11, 25
    or      s11, s11, tp
    add     s11, s11, \reg
    .endm

# The checksum as it is now, with a word to find the place by.
    .macro  tell text
    .section .rodata
text\@: .asciz  "\text "
    .text
    la      a0, text\@
    call    print_checksum
    .endm

    .text
    .globl  _start
_start:
    j       begin
    .rept   15                      # who comes here from U-mode is sent back
    ecall
    .endr

# The handler: everything is recorded, then it goes on somewhere.
    .balign 64
record:
    csrr    gp, mcause
    mix     gp
    csrr    gp, mepc
    mix     gp
    csrr    gp, mtval
    mix     gp
    csrr    gp, mstatus
    mix     gp
    csrr    gp, minstret
    mix     gp
    csrr    gp, time
    mix     gp
    addi    s9, s9, 1
    csrr    gp, mcause
    bltz    gp, 2f
    bnez    s10, 1f
    csrr    gp, mepc
    addi    gp, gp, 4
    csrw    mepc, gp
    mret
1:  csrw    mepc, s10
    li      s10, 0
    li      gp, MPP
    csrs    mstatus, gp
    mret
2:  li      tp, 1                   # an interrupt: never again, until it is asked for
    sll     tp, tp, gp
    csrc    mie, tp
    mret

begin:
    csrw    mscratch, zero          # U-mode comes as far as this
    la      sp, stack_end
    la      t0, record
    csrw    mtvec, t0
    li      s9, 0
    li      s10, 0
    li      s11, 0
    call    main
    mix     s9
    tell    end
    li      a0, 0

# finish(code)
finish:
    li      t0, 0x3333
    slli    a0, a0, 16
    or      t0, t0, a0
    li      t1, FINISHER
    sw      t0, 0(t1)
    j       .

# Into U-mode at a0; the next trap comes back here, in M-mode.
visit:
    csrw    mepc, a0
    li      t0, MPP | MPIE
    csrc    mstatus, t0
    mv      s10, ra
    mret

# print_checksum(text)
print_checksum:
    li      t0, UART
1:  lbu     t1, 0(a0)
    beqz    t1, 2f
    sb      t1, 0(t0)
    addi    a0, a0, 1
    j       1b
2:  mv      a0, s11
    li      t2, 28
1:  srl     t1, a0, t2
    andi    t1, t1, 15
    addi    t1, t1, -10
    bltz    t1, 2f
    addi    t1, t1, 'a' - '0' - 10
2:  addi    t1, t1, '0' + 10
    sb      t1, 0(t0)
    addi    t2, t2, -4
    bgez    t2, 1b
    li      t1, '\n'
    sb      t1, 0(t0)
    ret

    .bss
    .balign 16
stack:
    .space  256
stack_end:
    .text
