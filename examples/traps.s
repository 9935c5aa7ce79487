# SPDX-License-Identifier: MIT
#
# traps: every kind of exception, taken on purpose and reported.
#
#   build/thirdgen run examples/traps.s
#   build/thirdgen run --trace trap examples/traps.s
#   build/thirdgen compare examples/traps.s
#
# A trap is the paper's exchange of PSWs: the processor keeps where it was
# (mepc), why it stopped (mcause) and what it stumbled on (mtval), and goes to
# mtvec in machine mode.  All else is up to the code there.
#
# Look at: mtval for each cause; mepc, the instruction itself and not the next
# one; and the misaligned *jump*, which is reported at the jump (mtval says
# where it wanted to go), whereas a *fetch* fault is reported at its target.
# In a virtual machine each of these goes to the monitor first, which *reflects*
# it: it does to the virtual mepc, mcause, mtval and mtvec what is said here.
# The kernel's own `csrr` below are exits of the other kind: *emulated*.

    .include "print.s"
    .text
main:
    la      t0, handler
    csrw    mtvec, t0

    # Try the instruction in between; after its trap, the handler goes on at s1.
    .macro  try about
    say     "\about"
    la      s1, 9f
    .endm
    .macro  tried
    say     "no trap\n"
9:
    .endm

    say     "what               mcause    mepc      mtval\n"
    la      s2, data            # a multiple of 4
    addi    s3, s2, 2           # not one
    li      s4, 0x10000000      # the UART, all of whose registers are bytes
    try     "ecall              "
    ecall
    tried
    try     "ebreak             "
    ebreak
    tried
    try     "undefined          "
    .word   0xffffffff
    tried
    try     "no such CSR        "
    csrr    a0, 0x5c0
    tried
    try     "read-only CSR      "
    csrw    mhartid, zero
    tried
    try     "misaligned load    "
    lw      a0, 1(s2)
    tried
    try     "misaligned store   "
    sh      zero, 3(s2)
    tried
    try     "misaligned amoadd  "
    amoadd.w a0, a0, (s3)
    tried
    try     "misaligned jump    "
    jr      s3
    tried
    try     "load, no memory    "
    lw      a0, 0(zero)
    tried
    try     "store, no memory   "
    sw      a0, 0(zero)
    tried
    try     "fetch, no memory   "
    jr      zero
    tried
    try     "UART, 32 bits wide "
    lw      a0, 0(s4)
    tried
    li      a0, 0
    j       finish

# Report, and go on at s1.  mtvec's low bits are its mode: keep them zero.
    .balign 4, 0
handler:
    csrr    a0, mcause
    call    print_hex
    li      a0, ' '
    call    print_character
    li      a0, ' '
    call    print_character
    csrr    a0, mepc
    call    print_hex
    li      a0, ' '
    call    print_character
    li      a0, ' '
    call    print_character
    csrr    a0, mtval
    call    print_hex
    li      a0, '\n'
    call    print_character
    csrw    mepc, s1
    mret

    .data
    .balign 4
data:
    .word   0, 0
