.if later
.endif
.space later
.rept later
.endr
.org later
.fill 1f - .
1:
.equ later, 4
.align x
x:
.rept x
.endr
