nop a0
ret 5
mv a0, a1, a2
.text x
.endif x
li a0, 1, 2
ecall, 5
