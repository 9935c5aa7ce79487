.word 1/0, 1%0
.word 1/(2-2)
.word 5 << 64, 1 << -1, 1 >> 64
.equ n, late
.word 6/n
.equ late, 0
