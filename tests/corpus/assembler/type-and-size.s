.type f, function
.type f, @nothing
.type
.size f
.size f, g
f:
.globl
.globl 5
