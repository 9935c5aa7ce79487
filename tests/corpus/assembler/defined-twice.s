here: nop
here: nop
.equ here, 5
.equiv once, 1
.equiv once, 2
.set again, 1
.set again, 2
again:
