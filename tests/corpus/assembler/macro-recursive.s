.macro again
nop
again
.endm
again
