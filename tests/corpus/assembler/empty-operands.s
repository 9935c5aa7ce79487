addi
add a0
add a0,
add a0, a1,
lw a0, 4(
lw a0, 4(a1
sw a0, x
li a0
jal
