# SPDX-License-Identifier: MIT
#
# The programs.  They run in user mode; what they want they ask for by `ecall`.
#
# Every process gets a copy of all from users_start to users_end, at the start
# of its memory.  There it runs at RAM + ..., whatever slot that is: two copies
# of one program have the same addresses and never meet.  These are the addresses
# of the original, too, as it lies at RAM, so that a debugger needs to know only
# one for each name.  Nothing here depends on it: branches, `call` and `la` are
# relative to the pc.  A process starts in `start`, with a0 = its argument and
# a1 = its program's address.
#
# A program's texts lie behind it, in its copy.  (.balign 4, 0: fill up with zeros,
# as what is left to a multiple of 4 is no room for a nop.)
#
# Look at: spin, which the timer alone can stop; vandal and outlaw, which try
# what user mode and R are there to prevent.

    .text
start:
    jalr    a1
    sys     SYS_exit            # what the program returns is its status

# What can be spawned: a name, 8 bytes; where it starts.
    .section .rodata
    .balign 4, 0
programs:
    .ascii  "init\0\0\0\0"
    .word   init
    .ascii  "shell\0\0\0"
    .word   shell
    .ascii  "compute\0"
    .word   compute
    .ascii  "talker\0\0"
    .word   talker
    .ascii  "sleeper\0"
    .word   sleeper
    .ascii  "echo\0\0\0\0"
    .word   echo
    .ascii  "spin\0\0\0\0"
    .word   spin
    .ascii  "vandal\0\0"
    .word   vandal
    .ascii  "outlaw\0\0"
    .word   outlaw
programs_end:

    .text
# ---- init: the first process -------------------------------------------------

# A demonstration: spawn all, wait for all.  Then the shell, for ever.
init:
    la      a0, init_begins
    call    print
    addi    sp, sp, -64         # their pids
    mv      s1, sp
    la      s0, demonstration
1:  mv      a0, s0
    lw      a1, 8(s0)
    sys     SYS_spawn
    sw      a0, 0(s1)
    addi    s1, s1, 4
    addi    s0, s0, 12
    la      t0, demonstration_end
    bltu    s0, t0, 1b

    mv      s2, sp
2:  lw      a0, 0(s2)
    sys     SYS_wait            # -ESRCH if it is gone already
    addi    s2, s2, 4
    bltu    s2, s1, 2b

    la      a0, init_shell
    call    print
    li      s0, 600000000       # 60 s for the first key
3:  la      a0, shell_name
    mv      a1, s0
    sys     SYS_spawn
    li      s0, 0               # the next shell has all the time
    sys     SYS_wait
    j       3b

    .balign 4, 0
demonstration:
    .ascii  "talker\0\0"
    .word   3
    .ascii  "compute\0"
    .word   60
    .ascii  "compute\0"
    .word   30
    .ascii  "sleeper\0"
    .word   20000000
    .ascii  "spin\0\0\0\0"
    .word   1500000
    .ascii  "vandal\0\0"
    .word   0
    .ascii  "outlaw\0\0"
    .word   0
    .ascii  "outlaw\0\0"
    .word   4
    .ascii  "outlaw\0\0"
    .word   3
demonstration_end:
shell_name:
    .asciz  "shell\0\0"
init_begins:
    .asciz  "[1 init] the demonstration: 9 processes, 5 of them harmless\n"
init_shell:
    .asciz  "[1 init] all have ended; the shell, which knows `help`\n"
    .balign 4, 0

# ---- good citizens -----------------------------------------------------------

# compute(rounds): 10,000 steps of xorshift32 each, added up.  Nothing here
# concerns the kernel, or a monitor, at all.
compute:
    enter
    mv      s0, a0
    bnez    s0, 1f
    li      s0, 10
1:  mv      t3, s0
    li      t0, 1               # the generator
    li      s1, 0               # the sum
2:  li      t1, 10000
3:  slli    t2, t0, 13
    xor     t0, t0, t2
    srli    t2, t0, 17
    xor     t0, t0, t2
    slli    t2, t0, 5
    xor     t0, t0, t2
    add     s1, s1, t0
    addi    t1, t1, -1
    bnez    t1, 3b
    addi    t3, t3, -1
    bnez    t3, 2b
    sys     SYS_getpid
    mv      a1, a0
    la      a0, 4f
    mv      a2, s0
    mv      a3, s1
    call    print
    li      a0, 0
    leave
4:  .asciz  "[%d compute] %d rounds of xorshift32: checksum %x\n"
    .balign 4, 0

# talker(lines): says hello, lets others run, sleeps a little.
talker:
    enter
    mv      s0, a0
    bnez    s0, 1f
    li      s0, 3
1:  li      s1, 0
2:  addi    s1, s1, 1
    sys     SYS_getpid
    mv      a1, a0
    la      a0, 3f
    mv      a2, s1
    mv      a3, s0
    call    print
    sys     SYS_yield
    li      a0, 200000          # 20 ms
    sys     SYS_sleep
    bltu    s1, s0, 2b
    li      a0, 0
    leave
3:  .asciz  "[%d talker] hello %d of %d\n"
    .balign 4, 0

# sleeper(ticks): sleeps once, and says how long it really took.
sleeper:
    enter
    mv      s0, a0
    bnez    s0, 1f
    li      s0, 1000000
1:  sys     SYS_getpid
    mv      s2, a0
    mv      a1, a0
    la      a0, 2f
    mv      a2, s0
    call    print
    sys     SYS_uptime
    mv      s1, a0
    mv      a0, s0
    sys     SYS_sleep
    sys     SYS_uptime
    sub     a2, a0, s1
    la      a0, 3f
    mv      a1, s2
    call    print
    li      a0, 0
    leave
2:  .asciz  "[%d sleeper] good night, for %d ticks\n"
3:  .asciz  "[%d sleeper] good morning, %d ticks later\n"
    .balign 4, 0

# echo(): says again what it is told, until it is told nothing.
echo:
    enter
    addi    sp, sp, -96
1:  mv      a0, sp
    li      a1, 81
    li      a2, 0
    sys     SYS_read
    li      t0, 1
    ble     a0, t0, 2f          # an empty line, the end, or an error
    add     t0, sp, a0
    sb      zero, 0(t0)
    sys     SYS_getpid
    mv      a1, a0
    la      a0, 4f
    mv      a2, sp
    call    print
    j       1b
2:  bgez    a0, 3f
    mv      a1, a0
    la      a0, 5f
    call    print
3:  addi    sp, sp, 96
    li      a0, 0
    leave
4:  .asciz  "[%d echo] %s"
5:  .asciz  "[echo] the console is busy: %d\n"
    .balign 4, 0

# ---- and others --------------------------------------------------------------

# spin(loops): never lets go of the processor.  The timer takes it away.
spin:
    enter
    mv      s0, a0
    bnez    s0, 1f
    li      s0, 1500000
1:  sys     SYS_uptime
    mv      s1, a0
    mv      t0, s0
2:  addi    t0, t0, -1
    bnez    t0, 2b
    sys     SYS_uptime
    sub     s1, a0, s1
    sys     SYS_getpid
    mv      a1, a0
    la      a0, 3f
    slli    a2, s0, 1
    mv      a3, s1
    call    print
    li      a0, 0
    leave
3:  .asciz  "[%d spin] %d instructions, never yielding, took %d ticks\n"
    .balign 4, 0

# vandal(how): goes for memory that isn't its own.
#   0  passes the kernel a pointer beyond its R, then stores there itself
#   1  loads from the UART       2  jumps to address 0
vandal:
    enter
    mv      s0, a0
    li      s1, RAM + SLOT      # the first byte that R does not show
    mv      a0, s1
    li      a1, 1
    sys     SYS_write
    mv      s2, a0
    sys     SYS_getpid
    mv      a1, a0
    la      a0, 4f
    mv      a2, s1
    mv      a3, s2
    call    print
    beqz    s0, 3f
    li      t0, 1
    beq     s0, t0, 2f
    jr      zero
2:  li      t0, UART
    lbu     t0, 0(t0)
    j       survived
3:  sw      zero, 0(s1)
    j       survived
4:  .asciz  "[%d vandal] write(%x, 1) gave %d; now by myself\n"
    .balign 4, 0

# outlaw(how): takes the law into its own hands.
#   0  opens its own R   1  mret   2  wfi   3  an undefined instruction
#   4  reads mstatus     5  ebreak   (no others)
outlaw:
    enter
    mv      s0, a0
    sys     SYS_getpid
    mv      a1, a0
    la      a0, 7f
    mv      a2, s0
    call    print
    li      t1, 5
    bgtu    s0, t1, innocent
    la      t0, 1f              # into the table: 8 bytes a row
    slli    t1, s0, 3
    add     t0, t0, t1
    li      t2, -1
    jr      t0
1:  csrw    mbound, t2          #!
    j       survived
    mret                        #!
    j       survived
    wfi                         #!
    j       survived
    .word   0
    j       survived
    csrr    t2, mstatus         #!
    j       survived
    ebreak
    j       survived
7:  .asciz  "[%d outlaw] crime number %d\n"
    .balign 4, 0

# Nobody should come here.
survived:
    la      a0, 1f
    call    print
innocent:
    li      a0, 1
    leave
1:  .asciz  "        ... and got away with it\n"
    .balign 4, 0

# ---- library -----------------------------------------------------------------

# print(format, a1..a5): one line of less than 128 bytes, in one write.
print:
    enter
    addi    sp, sp, -160
    sw      a1, 0(sp)
    sw      a2, 4(sp)
    sw      a3, 8(sp)
    sw      a4, 12(sp)
    sw      a5, 16(sp)
    mv      a1, a0
    addi    a0, sp, 32
    mv      a2, sp
    call    format
    mv      a1, a0
    addi    a0, sp, 32
    sub     a1, a1, a0
    sys     SYS_write
    addi    sp, sp, 160
    leave
