.byte 255, 256, -128, -129
.half 65536
.word 0x100000000, -0x80000001
.half there
there:
