nop
adid a0, a0, 1
nop
