label:	nop	# fine
		adid	a0,	a0,	1
  	addi	a0,	a0,	5000
