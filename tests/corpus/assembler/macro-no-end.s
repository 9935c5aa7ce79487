nop
.macro m
nop
