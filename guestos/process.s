# SPDX-License-Identifier: MIT
#
# Processes: their memory, whose turn it is, and when the timer has to ring.
#
# Each process owns one slot of memory, and R = (mbase, mbound) shows it that
# slot and nothing else, at RAM.  So a process switch is: other registers, other
# R.  It is what a monitor does when it switches between virtual machines, and a
# monitor that runs this kernel composes its own R with ours.
#
# Look at: `dispatch`, the two writes that change R; `idle`, the one wfi; and
# `arm_timer`, which rings for the next thing that has to happen, and for
# nothing else, so that an idle system is really idle.

# ---- whose turn it is ------------------------------------------------------

    .text
# The process in tp stops running, for whatever reason; `now` is up to date.
switch:
    la      t0, now
    lw      t0, 0(t0)
    la      t1, dispatched
    lw      t1, 0(t1)
    sub     t0, t0, t1
    lw      t1, P_TICKS(tp)
    add     t1, t1, t0
    sw      t1, P_TICKS(tp)

# Round robin: the first READY process after tp, tp itself coming last.
next_process:
    mv      t0, tp
    li      t1, PROCESSES
    li      t2, READY
1:  addi    t0, t0, P_SIZE
    la      t3, processes_end
    bltu    t0, t3, 2f
    la      t0, processes
2:  lw      t3, P_STATE(t0)
    beq     t3, t2, dispatch
    addi    t1, t1, -1
    bnez    t1, 1b

# Nobody can run: sleep until the timer rings or a byte comes.  wfi wakes for an
# interrupt that is pending though MIE is 0, and goes on behind; so nothing is
# interrupted, and we look for ourselves at what has happened.
idle:
    call    arm_timer
    wfi                         #!
    call    clock
    call    events
    j       next_process

# The process in t0 runs from now on, for a slice.
dispatch:
    mv      tp, t0
    lw      t0, P_BASE(tp)
    csrw    mbase, t0           #! R = (mbase,
    lw      t0, P_BOUND(tp)
    csrw    mbound, t0          #!      mbound); it applies to user mode only
    la      t0, now
    lw      t1, 0(t0)
    lw      t2, 4(t0)
    la      t0, dispatched
    sw      t1, 0(t0)
    li      t3, SLICE
    add     t3, t1, t3
    sltu    t4, t3, t1          # the carry into the high word
    add     t2, t2, t4
    la      t0, slice_end
    sw      t3, 0(t0)
    sw      t2, 4(t0)
    j       resume

# ---- time ------------------------------------------------------------------

# clock() -> a1:a0 = mtime, kept in `now`.  The high word is read twice, lest
# the low word wrap around in between.
clock:
    csrr    a1, timeh           #!
    csrr    a0, time            #!
    csrr    t0, timeh           #!
    bne     a1, t0, clock
    la      t0, now
    sw      a0, 0(t0)
    sw      a1, 4(t0)
    ret

# arm_timer(): mtimecmp = the first of: each blocked process's wake time; and,
# if several processes are ready, the end of the slice.  Never, if none of these.
arm_timer:
    li      t0, -1              # t1:t0, the earliest so far
    li      t1, -1
    li      t2, 0               # how many are ready
    la      t3, processes
1:  lw      t4, P_STATE(t3)
    addi    t4, t4, -READY
    bltz    t4, 4f              # FREE
    beqz    t4, 3f              # READY
    lw      t4, P_WAKE(t3)
    lw      t5, P_WAKE+4(t3)
    before  t4, t5, t0, t1, 2f
    j       4f
2:  mv      t0, t4
    mv      t1, t5
    j       4f
3:  addi    t2, t2, 1
4:  addi    t3, t3, P_SIZE
    la      t4, processes_end
    bltu    t3, t4, 1b

    addi    t2, t2, -1
    blez    t2, 6f              # nobody else wants the processor
    la      t3, slice_end
    lw      t4, 0(t3)
    lw      t5, 4(t3)
    before  t4, t5, t0, t1, 5f
    j       6f
5:  mv      t0, t4
    mv      t1, t5

6:  la      t2, armed           # what mtimecmp holds: a store to a device is an
    lw      t3, 0(t2)           # exit, so spare it if it would change nothing
    lw      t4, 4(t2)
    bne     t0, t3, 7f
    beq     t1, t4, 8f
7:  sw      t0, 0(t2)
    sw      t1, 4(t2)
    li      t2, MTIMECMP
    sw      t0, 0(t2)           #! between the two it is neither value: no matter,
    sw      t1, 4(t2)           #! as nothing interrupts the kernel
8:  ret

# events(): serve what is pending.  Of `now`, the caller has taken care.
events:
    enter
    csrr    s2, mip             #!
    li      t0, MIP_EXTERNAL
    and     t0, s2, t0
    beqz    t0, 1f
    call    console_receive
1:  andi    t0, s2, MIP_TIMER
    beqz    t0, 4f

    la      s0, processes       # whoever's time has come is ready
2:  lw      s1, P_STATE(s0)
    li      t0, READY
    bleu    s1, t0, 3f
    la      t0, now
    lw      t1, 0(t0)
    lw      t2, 4(t0)
    lw      t3, P_WAKE(s0)
    lw      t4, P_WAKE+4(s0)
    before  t1, t2, t3, t4, 3f
    li      t0, READY
    sw      t0, P_STATE(s0)
    li      t0, READING
    bne     s1, t0, 3f          # asleep: as it had asked
    li      t0, -ETIMEDOUT      # reading: in vain
    sw      t0, P_A0(s0)
    call    console_release
3:  addi    s0, s0, P_SIZE
    la      t0, processes_end
    bltu    s0, t0, 2b
4:  leave

# ---- from birth to death ---------------------------------------------------

# process_init(): to each its slot.
process_init:
    la      t0, processes
    la      t1, slots
    li      t2, RAM             # mbase counts from there
    sub     t1, t1, t2
    li      t2, SLOT
1:  sw      t1, P_BASE(t0)
    sw      t2, P_BOUND(t0)
    add     t1, t1, t2
    addi    t0, t0, P_SIZE
    la      t3, processes_end
    bltu    t0, t3, 1b
    ret

# spawn(name, argument) -> a0 = pid, or -ENOENT, -EAGAIN.  The name, of which
# 8 bytes can be read, ends with a zero or with the eighth.
spawn:
    enter
    mv      s2, a1

    la      s1, programs        # which program?
1:  mv      t0, a0
    mv      t1, s1
    addi    t4, s1, PROGRAM_ENTRY
2:  lbu     t2, 0(t0)
    lbu     t3, 0(t1)
    bne     t2, t3, 3f
    beqz    t2, 4f
    addi    t0, t0, 1
    addi    t1, t1, 1
    bltu    t1, t4, 2b
3:  addi    s1, s1, PROGRAM_SIZE
    la      t0, programs_end
    bltu    s1, t0, 1b
    li      a0, -ENOENT
    j       9f

4:  la      s0, processes       # a free slot?
5:  lw      t0, P_STATE(s0)
    beqz    t0, 6f
    addi    s0, s0, P_SIZE
    la      t0, processes_end
    bltu    s0, t0, 5b
    li      a0, -EAGAIN
    j       9f

6:  lw      t0, P_BASE(s0)      # its memory: the image, then zeros: nothing is
    li      t1, RAM             # left of what was here before
    add     t0, t0, t1
    lw      t1, P_BOUND(s0)
    add     t1, t0, t1
    la      t2, users_start
    la      t3, users_end
7:  lw      t4, 0(t2)
    sw      t4, 0(t0)
    addi    t2, t2, 4
    addi    t0, t0, 4
    bltu    t2, t3, 7b
8:  sw      zero, 0(t0)
    addi    t0, t0, 4
    bltu    t0, t1, 8b
    fence.i                     # what was stored is going to be fetched

    addi    t0, s0, 4*31        # its registers: zeros, but for
10: sw      zero, 0(t0)
    addi    t0, t0, -4
    bgeu    t0, s0, 10b
    li      t0, RAM             # pc: the start of its memory, by its own count
    sw      t0, P_PC(s0)
    lw      t1, P_BOUND(s0)     # sp: the end of it
    add     t1, t0, t1
    sw      t1, P_SP(s0)
    sw      s2, P_A0(s0)        # a0: the argument
    lw      t1, PROGRAM_ENTRY(s1)       # a1: where the program is, in its copy
    la      t2, users_start
    sub     t1, t1, t2
    add     t1, t1, t0
    sw      t1, P_A1(s0)

    sw      s1, P_PROGRAM(s0)
    sw      zero, P_TICKS(s0)
    li      t0, READY
    sw      t0, P_STATE(s0)
    la      t0, last_pid
    lw      a0, 0(t0)
    addi    a0, a0, 1
    sw      a0, 0(t0)
    sw      a0, P_PID(s0)
9:  leave

# end_process(process, status): its slot is free, and who waits for it goes on.
# Without init there is nobody to talk to: the machine stops.
end_process:
    enter
    mv      s0, a0
    mv      s1, a1
    lw      t0, P_STATE(s0)
    sw      zero, P_STATE(s0)
    li      t1, READING
    bne     t0, t1, 1f
    call    console_release
1:  lw      t0, P_PID(s0)
    li      t1, 1
    bne     t0, t1, 2f
    mv      a0, s1
    j       power_off
2:  la      t1, processes
3:  lw      t2, P_STATE(t1)
    li      t3, WAITING
    bne     t2, t3, 4f
    lw      t2, P_WAITS(t1)
    bne     t2, t0, 4f
    li      t2, READY
    sw      t2, P_STATE(t1)
    sw      s1, P_A0(t1)
4:  addi    t1, t1, P_SIZE
    la      t2, processes_end
    bltu    t1, t2, 3b
    leave

# find_process(pid) -> a0 = its entry, or 0.
find_process:
    la      t0, processes
1:  lw      t1, P_STATE(t0)
    beqz    t1, 2f
    lw      t1, P_PID(t0)
    beq     t1, a0, 3f
2:  addi    t0, t0, P_SIZE
    la      t1, processes_end
    bltu    t0, t1, 1b
    li      t0, 0
3:  mv      a0, t0
    ret

# power_off(status): the end, by the finisher: 0 is success.
power_off:
    li      t0, FINISHER
    li      t1, FINISHER_PASS
    beqz    a0, 1f
    slli    a0, a0, 16
    li      t1, FINISHER_FAIL
    or      t1, t1, a0
1:  sw      t1, 0(t0)           #!
2:  j       2b                  # not reached

    .bss
    .balign 4, 0
processes:
    .space  PROCESSES * P_SIZE
processes_end:
last_pid:
    .space  4
now:                            # mtime, when the kernel last looked
    .space  8
dispatched:                     # when the process in tp began to run
    .space  4
slice_end:                      # when it has run for long enough
    .space  8
armed:                          # mtimecmp
    .space  8
