# SPDX-License-Identifier: MIT
# For the tests of the REPL: with --isa set-r a guest writes the real R.
    .equ    FINISHER, 0x00100000

    .text
    .globl  _start
_start:
    csrw    mbase, zero
    li      t0, FINISHER
    li      t1, 0x5555
    sw      t1, 0(t0)
