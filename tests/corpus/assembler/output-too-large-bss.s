.bss
.space 0xffffffff
