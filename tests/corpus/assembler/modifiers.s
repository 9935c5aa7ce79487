addi a0, a0, %hi(x)
lui a0, %lo(x)
lui a0, %got(x)
lw a0, %pcrel_lo(x)(a0)
li a0, %hi(x)
add a0, a0, %lo x
x: nop
