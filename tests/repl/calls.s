# SPDX-License-Identifier: MIT
# For the tests of the REPL: calls with frames, output, a user with an R of its
# own, a page fault that isn't one, a timer, a wait for input.
    .equ    FINISHER, 0x00100000
    .equ    UART, 0x10000000
    .equ    MTIMECMP, 0x02004000

    .text
    .globl  _start
_start:
    la      sp, stack_end
    la      t0, trap
    csrw    mtvec, t0
    li      a0, 3
    call    sum
    la      t0, result
    sw      a0, 0(t0)
    la      a0, hello
    call    print
    li      t0, 0x2000          # the user: 4 KiB from 0x80002000 on
    csrw    mbase, t0
    li      t0, 0x1000
    csrw    mbound, t0
    li      t0, 0x80000000
    csrw    mepc, t0
    mret

# sum(n) = n + ... + 1, the slow way
sum:
    addi    sp, sp, -16
    sw      ra, 12(sp)
    sw      a0, 8(sp)
    beqz    a0, 1f
    addi    a0, a0, -1
    call    sum
1:  lw      t0, 8(sp)
    add     a0, a0, t0
    lw      ra, 12(sp)
    addi    sp, sp, 16
    ret

# print(text)
print:
    li      t0, UART
1:  lbu     t1, 0(a0)
    beqz    t1, 2f
    sb      t1, 0(t0)
    addi    a0, a0, 1
    j       1b
2:  ret

# The user's traps: an ecall waits for a byte; anything else is skipped.
    .balign 4
trap:
    csrr    t0, mcause
    csrr    t1, mepc
    addi    t1, t1, 4
    csrw    mepc, t1
    li      t1, 8
    beq     t0, t1, wait
    mret

wait:
    li      t0, UART            # an interrupt when a byte comes, and none taken here
    li      t1, 1
    sb      t1, 1(t0)
    li      t1, 1 << 11
    csrw    mie, t1
    wfi
    lbu     a0, 0(t0)
    call    print_byte
end:
    li      t0, FINISHER
    li      t1, 0x73333         # code 7
    sw      t1, 0(t0)

print_byte:
    sb      a0, 0(t0)
    li      t1, 10
    sb      t1, 0(t0)
    ret

    .org    0x2000
user:                           # runs at 0x80000000
    li      a0, 1
    lui     s0, 0x80001
    lw      a1, 0(s0)           # one word beyond its bound
    lw      a2, -4(s0)          # the last word within
    ecall

    .data
hello:
    .asciz  "hello, world\n"
    .balign 4
result:
    .word   0
    .space  256
stack_end:
