.byte 1
nop
.balign 4
nop
