.include "no such file.s"
.include nothing
.incbin "no such file.bin"
.incbin "include-missing.s", 10000
.incbin "include-missing.s", 0, 10000
