.rept 1000000000
nop
.endr
.rept -1
.endr
