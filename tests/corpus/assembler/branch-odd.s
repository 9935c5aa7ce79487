beq a0, a1, . + 3
j 1f
.byte 0
1: .byte 0
