.if 1
nop
.ifdef x
