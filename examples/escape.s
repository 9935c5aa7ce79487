# SPDX-License-Identifier: MIT
#
# escape: a guest that tries to get out, in every way it can think of.
#
#   build/thirdgen run examples/escape.s
#   build/thirdgen compare examples/escape.s
#   build/thirdgen run --monitor hosted examples/escape.s
#
# First as a kernel, in machine mode: beyond its memory, into devices where they
# are not, into modes and CSRs that don't exist.  Then in user mode, with an R
# as treacherous as its own kernel can make it: too large, sticking out at the
# end of memory, wrapping around.
#
# Look at: nothing.  On the bare machine each attempt is refused, since there is
# nothing else; in a virtual machine there is a monitor, with other guests beside
# this one, and yet each attempt is refused in the same way: same cause, same
# mtval.  The monitor's weapon is one sum and one minimum: the R it loads is the
# guest's R moved into the guest's memory and clipped to its size.
# The program ends with the number of attempts that succeeded as its status.

    .include "print.s"

    .equ    RAM, 0x80000000
    .equ    UART, 0x10000000
    .equ    CLINT, 0x02000000
    .equ    FINISHER, 0x00100000
    .equ    MIB, 1 << 20
    .equ    PAGE, 4096
    .equ    MPP, 3 << 11
    .equ    ECALL_U, 8
    .equ    NO_TRAP, -1

# s1  where to go on after a trap       s4  the end of memory
# s2  its mcause, or NO_TRAP            s5  successes
# s3  its mtval                         s6  an address to be tried

    # The instructions between these two must trap.
    .macro  try about
    say     "\about"
    li      s2, NO_TRAP
    la      s1, 9f
    .endm
    .macro  tried
9:  call    report
    .endm

    # Or: not trap, but leave no trace: a0 must be 0 behind them.
    .macro  try_harmless about
    say     "\about"
    la      s1, 9f
    .endm
    .macro  tried_harmless
9:  call    report_harmless
    .endm

    # Go on at \to in user mode, with R = (\base, \bound).
    .macro  as_user base, bound, to
    li      t0, MPP
    csrc    mstatus, t0
    csrw    mbase, \base
    csrw    mbound, \bound
    csrw    mepc, \to
    mret
    .endm

    .text
main:
    la      t0, handler
    csrw    mtvec, t0
    li      s5, 0

    li      s4, RAM             # how much memory is there?
    li      t0, PAGE
1:  add     s4, s4, t0
    li      s2, NO_TRAP
    la      s1, 2f
    lw      t1, 0(s4)
2:  li      t1, NO_TRAP
    beq     s2, t1, 1b
    say     "my memory ends at 0x"
    mv      a0, s4
    call    print_hex
    say     "\n\nas a kernel, in machine mode\n"

    try     "load behind my memory       "
    lw      a0, 0(s4)
    tried
    try     "store behind my memory      "
    sw      s4, 0(s4)
    tried
    try     "amoswap behind my memory    "
    amoswap.w a0, s4, (s4)
    tried
    try     "lr behind my memory         "
    lr.w    a0, (s4)
    tried
    try     "jump behind my memory       "
    jr      s4
    tried
    try     "load before my memory       "
    li      s6, RAM - 4
    lw      a0, 0(s6)
    tried
    try     "load the last word there is "
    lw      a0, -4(zero)
    tried
    try     "jump into the UART          "
    li      s6, UART
    jr      s6
    tried
    try     "load a word from the UART   "
    lw      a0, 0(s6)
    tried
    try     "amoadd on the CLINT         "
    li      s6, CLINT
    amoadd.w a0, s6, (s6)
    tried
    try     "store a byte to the finisher"
    li      s6, FINISHER
    sb      zero, 0(s6)
    tried
    try     "write satp: paging          "
    csrw    0x180, s4
    tried
    try     "write sstatus: another mode "
    csrw    0x100, s4
    tried
    try     "write mhartid               "
    csrw    mhartid, s4
    tried

    say     "\nCSRs, with values that can't be\n"
    try_harmless "mstatus.MPP = supervisor    "
    li      t0, 1 << 11
    csrs    mstatus, t0
    csrr    a0, mstatus
    li      t0, MPP
    and     a0, a0, t0          # becomes user, or stays machine
    li      t1, MPP
    bne     a0, t1, 9f
    li      a0, 0
    tried_harmless
    try_harmless "misa = 0                    "
    csrr    s6, misa
    csrw    misa, zero
    csrr    a0, misa
    sub     a0, a0, s6
    tried_harmless
    try_harmless "mip: a timer interrupt      "
    li      t0, 1 << 7
    csrs    mip, t0
    csrr    a0, mip
    tried_harmless
    try_harmless "mresv = behind my memory    "
    li      t0, RAM
    sub     t0, s4, t0
    ori     t0, t0, 1
    csrw    mresv, t0
    csrr    a0, mresv
    tried_harmless
    try_harmless "pmpaddr0, pmpcfg0           "
    li      t0, -1
    csrw    pmpaddr0, t0
    csrw    pmpcfg0, t0
    csrr    a0, pmpaddr0
    tried_harmless

    say     "\nin user mode, R = (0, all ones)\n"
    li      s7, -1
    try     "load behind my memory       "
    mv      s6, s4
    la      s8, user_load
    as_user zero, s7, s8
    tried
    try     "store behind my memory      "
    la      s8, user_store
    as_user zero, s7, s8
    tried
    try     "load before my memory       "
    li      s6, RAM - 4
    la      s8, user_load
    as_user zero, s7, s8
    tried
    try     "store to the UART           "
    li      s6, UART
    la      s8, user_store
    as_user zero, s7, s8
    tried
    try     "load from the CLINT         "
    li      s6, CLINT
    la      s8, user_load
    as_user zero, s7, s8
    tried
    try     "open R                      "
    la      s8, user_open
    as_user zero, s7, s8
    tried
    try     "return to machine mode      "
    la      s8, user_mret
    as_user zero, s7, s8
    tried
    try     "stop the processor          "
    la      s8, user_wfi
    as_user zero, s7, s8
    tried
    try     "read mstatus                "
    la      s8, user_status
    as_user zero, s7, s8
    tried

    say     "\nin user mode, R = (my last page, all ones): it sticks out\n"
    li      s9, PAGE            # the code must be in there
    sub     s9, s4, s9
    la      t0, user_load
    lw      t1, 0(t0)
    sw      t1, 0(s9)
    lw      t1, 4(t0)
    sw      t1, 4(s9)
    fence.i
    li      s8, RAM
    sub     s9, s9, s8
    try     "load the page behind        "
    li      s6, RAM + PAGE
    as_user s9, s7, s8
    tried
    try     "load much further behind    "
    li      s6, RAM + 256 * MIB
    as_user s9, s7, s8
    tried
    try     "jump to the page behind     "
    li      s6, RAM + PAGE
    as_user s9, s7, s6
    tried

    say     "\nin user mode, R = (-4096, all ones): it wraps around\n"
    li      s9, -PAGE
    try     "start in the page before    "
    as_user s9, s7, s8
    tried
    try     "start where it comes round  "
    la      s8, user_load
    li      t0, PAGE
    add     s8, s8, t0
    as_user s9, s7, s8
    tried

    say     "\nin user mode, R = (0, 0): there is nothing\n"
    try     "start anyway                "
    la      s8, user_load
    as_user zero, zero, s8
    tried

    say     "\nescapes: 0x"
    mv      a0, s5
    call    print_hex
    say     "\n"
    mv      a0, s5
    j       finish

# What is done in user mode; the ecall says that it worked.
user_load:
    lw      a0, 0(s6)
    ecall
user_store:
    sw      zero, 0(s6)
    ecall
user_open:
    csrw    mbound, s7
    ecall
user_mret:
    mret
    ecall
user_wfi:
    wfi
    ecall
user_status:
    csrr    a0, mstatus
    ecall

# Keep the cause, and go on at s1 in machine mode.
    .balign 4, 0
handler:
    csrr    s2, mcause
    csrr    s3, mtval
    li      t0, ECALL_U
    bne     s2, t0, 1f
    li      s2, NO_TRAP
1:  csrw    mepc, s1
    li      t0, MPP
    csrs    mstatus, t0
    li      a0, 0
    mret

# report(): what came of it.
report:
    mv      s10, ra
    li      t0, NO_TRAP
    beq     s2, t0, 1f
    say     "  refused: mcause "
    addi    a0, s2, '0'         # one digit is enough
    call    print_character
    say     ", mtval 0x"
    mv      a0, s3
    call    print_hex
    say     "\n"
    jr      s10
1:  addi    s5, s5, 1
    say     "  DONE\n"
    jr      s10

# report_harmless(): of no consequence, if a0 = 0.
report_harmless:
    mv      s10, ra
    bnez    a0, 1f
    say     "  without effect\n"
    jr      s10
1:  addi    s5, s5, 1
    say     "  DONE\n"
    jr      s10
