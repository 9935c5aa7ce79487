li a0, 0x100000000
li a0, -0x80000001
li a0, 0xffffffff
li a0, late
.equ late, 0x123456789
