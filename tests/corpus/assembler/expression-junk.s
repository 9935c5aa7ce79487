.word 1 +
.word (1
.word 1 2
.word )
.word a0
.word %hi(5)
.word 1 ? 2 : 3
.word "x"
