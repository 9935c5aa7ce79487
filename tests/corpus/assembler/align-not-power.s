.data
.balign 6
.align 21
.align -1
.p2align 2, 256
