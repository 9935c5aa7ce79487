.bss
.word 1
.word 0
.asciz "x"
nop
.space 4, 1
.word later
.data
later: .byte 1
