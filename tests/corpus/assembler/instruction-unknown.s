adid a0, a0, 1
	mvoe	a0, a1
fadd.s fa0, fa1, fa2
loop
ld a0, 0(a1)
word 5
ADDI a0, a0, 1
sret
