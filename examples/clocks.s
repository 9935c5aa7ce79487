# SPDX-License-Identifier: MIT
#
# A guest that times its own work by two clocks: minstret, which counts its own
# instructions, and mtime.  With `clock: virtual` they agree.  With `clock: real`
# mtime goes on while others run, and while the monitor works: what the guest
# sees more of it was stolen.
#
#   thirdgen run examples/clocks.yaml
#   thirdgen run examples/clocks.s       on the bare machine nothing is

    .include "print.s"
    .equ    ROUNDS, 6
    .equ    WORK, 250000        # times around, of two instructions

    .text
main:
    la      sp, stack_end
    li      s0, ROUNDS
1:  csrr    s1, time
    csrr    s2, minstret
    li      t0, WORK
2:  addi    t0, t0, -1
    bnez    t0, 2b
    csrr    s3, time
    csrr    s4, minstret
    sub     s3, s3, s1          # ticks
    sub     s4, s4, s2          # instructions
    mv      a0, s4
    call    print_decimal
    say     " instructions in "
    mv      a0, s3
    call    print_decimal
    say     " ticks, "
    sub     a0, s3, s4
    call    print_decimal
    say     " stolen\n"
    addi    s0, s0, -1
    bnez    s0, 1b
    li      a0, 0
    j       finish

# print_decimal(word): its last digit goes onto the stack first.
print_decimal:
    addi    sp, sp, -16
    sw      ra, 12(sp)
    li      t0, 10
    remu    t1, a0, t0
    sw      t1, 8(sp)
    divu    a0, a0, t0
    beqz    a0, 1f
    call    print_decimal
1:  lw      a0, 8(sp)
    addi    a0, a0, '0'
    call    print_character
    lw      ra, 12(sp)
    addi    sp, sp, 16
    ret

    .bss
    .balign 16
    .space  1024
stack_end:
