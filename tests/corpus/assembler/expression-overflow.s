.quad 0x7fffffffffffffff + 1
.quad 0x4000000000000000 * 2
.quad -0x7fffffffffffffff - 2
.quad 3 << 63
.quad (0-0x7fffffffffffffff-1) / -1
