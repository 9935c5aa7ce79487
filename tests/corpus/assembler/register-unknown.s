addi a9, a0, 1
add x32, x1, x01
mv a0, 5
sw 5, 0(a0)
lw a0, 0(a11)
