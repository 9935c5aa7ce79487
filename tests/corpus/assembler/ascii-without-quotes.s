.ascii hello
.asciz "a", 5
