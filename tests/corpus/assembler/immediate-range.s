addi a0, a0, 2048
addi a0, a0, -2049
lw a0, 5000(a1)
sw a0, -3000(a1)
slli a0, a0, 32
lui a0, 0x100000
lui a0, -1
andi a0, a0, label
label:
