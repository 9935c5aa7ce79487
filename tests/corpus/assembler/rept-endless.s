.rept 1000000
.rept 1000000
.endr
.endr
