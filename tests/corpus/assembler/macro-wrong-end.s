.macro m
.endr
.endm
.rept 2
.endm
.endr
.exitm
