a0: nop
.equ sp, 5
ra = 3
. = 8
.set ., 5
j a0
la a0, t6
