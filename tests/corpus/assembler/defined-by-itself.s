.equ a, b + 1
.equ b, a
.word a
x = x + 1
.word x
