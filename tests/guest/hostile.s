# SPDX-License-Identifier: MIT
#
# A process that throws random arguments at every system call.  tests/guest/guestos.py
# puts it in the place of guestos's compute; its argument is the number of calls.
# Whatever it asks for, the kernel must neither trap nor stop; in the end it says so.

    .text
compute:
    mv      s0, a0
    li      s1, 0x1234567
hostile_next:
    call    hostile_random
    li      t0, 16              # SYSCALLS and a few more
    remu    s2, a0, t0
    li      t0, SYS_shutdown    # these three would end the test
    beq     s2, t0, hostile_next
    li      t0, SYS_kill
    beq     s2, t0, hostile_next
    beqz    s2, hostile_next    # exit
    call    hostile_argument
    mv      s3, a0
    call    hostile_argument
    mv      s4, a0
    call    hostile_random
    li      t0, 50000           # a timeout that comes, but is not 0
    remu    a2, a0, t0
    addi    a2, a2, 1
    mv      a0, s3
    mv      a1, s4
    li      t0, SYS_write       # no noise: a length of 0, or out of bounds
    bne     s2, t0, 1f
    slli    a1, a1, 15
1:  li      t0, SYS_sleep
    bne     s2, t0, 2f
    andi    a0, a0, 1023
2:  mv      a7, s2
    ecall
    addi    s0, s0, -1
    bnez    s0, hostile_next
    la      a0, hostile_end
    call    print
    li      a0, 0
    sys     SYS_exit

# An address near one of the edges, a small number, or anything.
hostile_argument:
    mv      t3, ra
    call    hostile_random
    mv      t4, a0
    call    hostile_random
    andi    t0, t4, 3
    andi    a0, a0, 63
    addi    a0, a0, -32
    li      t1, RAM
    beqz    t0, 1f
    li      t1, RAM + SLOT
    addi    t0, t0, -1
    beqz    t0, 1f
    li      t1, 0
    addi    t0, t0, -1
    beqz    t0, 1f
    mv      t1, t4
1:  add     a0, a0, t1
    jr      t3

hostile_random:
    slli    t0, s1, 13
    xor     s1, s1, t0
    srli    t0, s1, 17
    xor     s1, s1, t0
    slli    t0, s1, 5
    xor     s1, s1, t0
    mv      a0, s1
    ret

hostile_end:
    .asciz  "[hostile] done\n"
    .balign 4, 0

