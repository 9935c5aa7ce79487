.data
.space 0x7fffffff
