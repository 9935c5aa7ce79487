la a0, mesage
message: j mesage
jal mesage
call messge
lw a0, nowhere
.word nothing
lui a0, %hi(no)
.equ e, unknown
.word e
.globl declared
