# SPDX-License-Identifier: MIT
#
# The program that a person talks to: a process like any other.  It knows
# nothing but the system calls; type `kill` and its own pid, and init makes a
# new one.
#
# Look at: `commands`.  A table of addresses would be wrong in a copy that ran
# elsewhere, so it holds distances.
#
#   s10     how long to wait for a key      s11     where in the line we are

    .text
# shell(timeout): ticks to wait for the first key, 0 for ever.
shell:
    mv      s10, a0
    addi    sp, sp, -96
prompt:
    la      a0, prompt_text
    call    print
1:  mv      a0, sp
    li      a1, 81
    mv      a2, s10
    sys     SYS_read
    li      t0, -EBUSY          # somebody else is reading: later
    bne     a0, t0, 2f
    li      a0, 100000
    sys     SYS_sleep
    j       1b
2:  la      s0, good_bye
    beqz    a0, 3f
    la      s0, no_key
    bgtz    a0, 4f
3:  mv      a0, s0
    call    print
    li      a0, 0
    sys     SYS_shutdown

4:  li      s10, 0              # there is somebody
    mv      s11, sp
    add     t0, sp, a0
    sb      zero, -1(t0)        # the newline
    call    word
    beqz    a0, prompt
    la      s0, commands
5:  mv      t0, a0              # is it this one?
    mv      t1, s0
6:  lbu     t2, 0(t0)
    lbu     t3, 0(t1)
    bne     t2, t3, 7f
    beqz    t2, 8f
    addi    t0, t0, 1
    addi    t1, t1, 1
    j       6b
7:  addi    s0, s0, 16
    la      t0, commands_end
    bltu    s0, t0, 5b
    mv      a1, a0
    la      a0, unknown
    call    print
    j       prompt
8:  lw      t0, 12(s0)
    la      t1, commands
    add     t0, t0, t1
    jalr    t0
    j       prompt

    .balign 4, 0
commands:                       # a name, 12 bytes; how far away its code is
    .ascii  "ps\0\0\0\0\0\0\0\0\0\0"
    .word   do_ps - commands
    .ascii  "run\0\0\0\0\0\0\0\0\0"
    .word   do_run - commands
    .ascii  "kill\0\0\0\0\0\0\0\0"
    .word   do_kill - commands
    .ascii  "uptime\0\0\0\0\0\0"
    .word   do_uptime - commands
    .ascii  "shutdown\0\0\0\0"
    .word   do_shutdown - commands
    .ascii  "help\0\0\0\0\0\0\0\0"
    .word   do_help - commands
commands_end:

prompt_text:
    .asciz  "> "
good_bye:
    .asciz  "end of input: shutting down\n"
no_key:
    .asciz  "no key for 60 s: shutting down\n"
unknown:
    .asciz  "no command `%s`: try `help`\n"
    .balign 4, 0

# ---- the commands ------------------------------------------------------------

do_ps:
    enter
    addi    sp, sp, -INFO_SIZE - 12     # the stack stays a multiple of 16
    la      a0, ps_head
    call    print
    sys     SYS_getpid
    mv      s1, a0
    li      s0, 0
1:  mv      a0, s0
    mv      a1, sp
    sys     SYS_info
    bltz    a0, 4f
    beqz    a0, 3f
    mv      a1, a0
    lw      t0, INFO_STATE(sp)
    bne     a1, s1, 2f
    li      t0, 0               # I am the one that runs
2:  la      a2, ps_states
    slli    t0, t0, 3
    add     a2, a2, t0
    lw      a3, INFO_TICKS(sp)
    addi    a4, sp, INFO_NAME
    la      a0, ps_row
    call    print
3:  addi    s0, s0, 1
    j       1b
4:  addi    sp, sp, INFO_SIZE + 12
    leave

ps_head:
    .asciz  " pid  state        ticks  program\n"
ps_row:
    .asciz  "%4d  %s %9d  %s\n"
ps_states:                      # by P_STATE, 8 bytes each
    .asciz  "running"
    .asciz  "ready  "
    .asciz  "asleep "
    .asciz  "reading"
    .asciz  "waiting"
    .balign 4, 0

do_run:
    enter
    call    word
    mv      s0, a0              # what
    beqz    s0, 6f
    li      s1, 0               # its argument
    li      s2, 1               # wait for it
1:  call    word
    beqz    a0, 3f
    lbu     t0, 0(a0)
    li      t1, '&'
    bne     t0, t1, 2f
    li      s2, 0
    j       1b
2:  call    number
    bnez    a1, 6f
    mv      s1, a0
    j       1b
3:  mv      a0, s0
    mv      a1, s1
    sys     SYS_spawn
    bltz    a0, 5f
    bnez    s2, 4f
    mv      a1, a0
    mv      a2, s0
    la      a0, run_behind
    call    print
    j       7f
4:  sys     SYS_wait
    j       7f
5:  mv      a1, s0
    mv      a2, a0
    la      a0, run_failed
    call    print
    j       7f
6:  la      a0, run_usage
    call    print
7:  leave

run_behind:
    .asciz  "%d is %s\n"
run_failed:
    .asciz  "can't run `%s`: %d (-2: no such program, -11: no room)\n"
run_usage:
    .asciz  "run NAME [NUMBER] [&]\n"
    .balign 4, 0

do_kill:
    enter
    call    word
    beqz    a0, 1f
    call    number
    bnez    a1, 1f
    mv      s0, a0
    sys     SYS_kill
    beqz    a0, 2f
    mv      a1, s0
    mv      a2, a0
    la      a0, kill_failed
    call    print
    j       2f
1:  la      a0, kill_usage
    call    print
2:  leave

kill_failed:
    .asciz  "can't kill %d: %d (-1: not allowed, -3: no such process)\n"
kill_usage:
    .asciz  "kill PID\n"
    .balign 4, 0

# Milliseconds, of 10,000 ticks.  As 2^32 = 429,496 * 10,000 + 7,296, the high
# word counts 429,496 of them, and leaves 7,296 ticks over.
do_uptime:
    enter
    sys     SYS_uptime
    li      t0, 10000
    remu    t1, a0, t0
    divu    t2, a0, t0
    li      t3, 7296
    mul     t3, a1, t3
    add     t1, t1, t3
    divu    t1, t1, t0
    li      t3, 429496
    mul     t3, a1, t3
    add     a1, t1, t2
    add     a1, a1, t3
    la      a0, uptime_text
    call    print
    leave

uptime_text:
    .asciz  "up %d ms\n"
    .balign 4, 0

do_shutdown:
    li      a0, 0
    sys     SYS_shutdown

do_help:
    enter
    la      a0, help_text
    la      a1, help_end
    sub     a1, a1, a0
    sys     SYS_write
    leave

help_text:
    .ascii  "ps                 the processes: state, processor time, program\n"
    .ascii  "run NAME [N] [&]   a program, with a number; & : don't wait\n"
    .ascii  "kill PID           end a process\n"
    .ascii  "uptime             time since the machine started\n"
    .ascii  "shutdown           end\n"
    .ascii  "programs: compute talker sleeper echo spin vandal (0-2) outlaw (0-5)\n"
help_end:
    .balign 4, 0

# ---- words and numbers -------------------------------------------------------

# word() -> the next word of the line at s11, ended by a zero; 0 if none.
word:
    li      t1, ' '
1:  lbu     t0, 0(s11)
    bne     t0, t1, 2f
    addi    s11, s11, 1
    j       1b
2:  li      a0, 0
    beqz    t0, 5f
    mv      a0, s11
3:  lbu     t0, 0(s11)
    beqz    t0, 5f
    beq     t0, t1, 4f
    addi    s11, s11, 1
    j       3b
4:  sb      zero, 0(s11)
    addi    s11, s11, 1
5:  ret

# number(word) -> a0; a1 = 0 if it was one (decimal, below 2^32 by itself).
number:
    mv      t0, a0
    li      a0, 0
    li      t2, 10
1:  lbu     a1, 0(t0)
    beqz    a1, 2f
    addi    a1, a1, -'0'
    bgeu    a1, t2, 2f
    mul     a0, a0, t2
    add     a0, a0, a1
    addi    t0, t0, 1
    j       1b
2:  ret
