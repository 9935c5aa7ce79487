.macro two a, b:req
addi \a, \a, \b
.endm
two a0
two a0, 1, 2
two a0, 1
.macro two
.endm
.macro dup a, a
.endm
.macro bad a:optional
.endm
.macro
.endm
