# SPDX-License-Identifier: MIT
#
# timer: periodic interrupts, waited for in wfi.
#
#   build/thirdgen run examples/timer.s
#   build/thirdgen run --trace trap examples/timer.s
#   build/thirdgen compare examples/timer.s
#
# The CLINT raises MTIP as long as mtime >= mtimecmp.  Time is counted in retired
# instructions (nominally 10 MHz), and wfi lets it jump to the deadline; so the
# numbers below are the same on every run and in every virtual machine.
#
# Look at: the vectored mtvec (bit 0 set): interrupt N enters at base + 4*N, and
# exceptions all at base.  Look at the deadline: it is the last deadline plus the
# period, not "now" plus the period, so that nothing drifts.  How late the
# handler is, it says itself: the few instructions from the deadline to the
# reading of the clock, while the foreground is busy or asleep alike.

    .include "print.s"
    .equ    MTIMECMP, 0x02004000
    .equ    PERIOD, 1000000     # ticks: 0.1 s
    .equ    TICKS, 6
    .equ    MTIE, 1 << 7
    .equ    MIE, 1 << 3

    .text
main:
    la      sp, stack_end
    la      t0, vectors
    ori     t0, t0, 1           # vectored
    csrw    mtvec, t0
    li      s0, 0               # ticks so far
    li      s1, 0               # the deadline, low word; the high one stays 0
    call    next_deadline
    li      t0, MTIE
    csrw    mie, t0
    csrsi   mstatus, MIE

1:  li      t0, TICKS / 2       # for the first half, idle
    bgeu    s0, t0, 2f
    wfi
    j       1b
2:  li      t0, TICKS           # for the second, busy: s2 counts
    addi    s2, s2, 1
    bltu    s0, t0, 2b

    csrci   mstatus, MIE
    say     "rounds counted while busy: 0x"
    mv      a0, s2
    call    print_hex
    say     "\n"
    li      a0, 0
    j       finish

# next_deadline(): the last one plus PERIOD.  The high word goes up first, so
# that between the stores the deadline is never too early.
next_deadline:
    li      t0, PERIOD
    add     s1, s1, t0
    li      t0, MTIMECMP
    li      t1, -1
    sw      t1, 4(t0)
    sw      s1, 0(t0)
    sw      zero, 4(t0)
    ret

    .balign 64, 0
vectors:
    j       unexpected          # exceptions
    j       unexpected          # 1
    j       unexpected          # 2
    j       unexpected          # 3: software
    j       unexpected          # 4
    j       unexpected          # 5
    j       unexpected          # 6
    j       tick                # 7: timer

# The handler saves what it changes: the foreground must not notice.
tick:
    addi    sp, sp, -32
    sw      ra, 0(sp)
    sw      a0, 4(sp)
    sw      t0, 8(sp)
    sw      t1, 12(sp)
    sw      t2, 16(sp)
    sw      s3, 20(sp)
    csrr    s3, time
    addi    s0, s0, 1
    say     "tick 0x"
    mv      a0, s0
    call    print_hex
    say     ", deadline 0x"
    mv      a0, s1
    call    print_hex
    say     ", ticks late: 0x"
    sub     a0, s3, s1
    call    print_hex
    say     "\n"
    call    next_deadline
    lw      ra, 0(sp)
    lw      a0, 4(sp)
    lw      t0, 8(sp)
    lw      t1, 12(sp)
    lw      t2, 16(sp)
    lw      s3, 20(sp)
    addi    sp, sp, 32
    mret

unexpected:
    say     "an exception: mcause 0x"
    csrr    a0, mcause
    call    print_hex
    say     "\n"
    li      a0, 1
    j       finish

    .bss
    .balign 16
stack:
    .space  256
stack_end:
