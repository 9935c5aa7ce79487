        .text
_start:
        la      a0, mesage
        adi     a0, a0, 1
        lw      a0, 4(a9)
        csrr    a0, mstatsu
        bnez    a0, lop
loop:   addi    a0, a0, 4096
        jal     ra, _strat
        .section .rodata
message: .asciiz "hello"
