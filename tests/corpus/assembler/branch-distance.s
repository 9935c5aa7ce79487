start:
	beq a0, a1, far
	j further
	.space 4096
far:	bne a0, a1, start
	.space 0x100000
further: jal start
