# SPDX-License-Identifier: MIT
# For the tests of the REPL: one of each exception, each skipped by its handler.
    .text
    .globl  _start
_start:
    la      t0, handler
    csrw    mtvec, t0
misaligned_load:
    li      t1, 0x80000001
    lw      a0, 0(t1)
misaligned_store:
    sw      a0, 0(t1)
load_fault:
    li      t1, 0x70000000
    lw      a0, 0(t1)
store_fault:
    sw      a0, 0(t1)
undefined:
    .word   0xffffffff
no_such_csr:
    csrr    a0, 0x7ff
read_only_csr:
    csrw    mhartid, a0
breakpoint:
    ebreak
machine_call:
    ecall
misaligned_jump:
    li      t1, 0x80000002
    jr      t1
fetch_fault:
    la      s0, behind
    li      t1, 0x70000000
    jr      t1
behind:
    li      t1, 0x80            # mie.MTIE, and no deadline: nothing can end the wfi
    csrw    mie, t1
    wfi

    .balign 4
handler:
    csrr    t2, mcause
    li      t0, 1
    beq     t2, t0, 1f
    csrr    t0, mepc
    addi    t0, t0, 4
    csrw    mepc, t0
    j       2f
1:  csrw    mepc, s0
2:  li      t0, 0x1800          # back to machine mode
    csrs    mstatus, t0
    mret
