# SPDX-License-Identifier: MIT
# Much code: a jump in each page of 64 MiB, written by the program itself and
# gone through twice; each jumps to the one in the next page, the last to t6.
    .equ    PAGES, 16384
    .globl  _start
_start:
    lui     s0, %hi(first)      # the page after this one
    lui     s1, 1               # 4096
    li      t1, 0x0000106f      # j .+4096
    li      t2, PAGES - 1
    mv      t0, s0
1:  sw      t1, 0(t0)
    add     t0, t0, s1
    addi    t2, t2, -1
    bnez    t2, 1b
    li      t1, 0x000f8067      # jr t6
    sw      t1, 0(t0)
    fence.i
    la      t6, 2f
    jr      s0
2:  la      t6, 3f
    jr      s0
3:
    .include "wait.s"
    .balign 4096
first:
