.macro inner r
        addi \r, \r, 5000
        bogus \r
.endm
.macro outer r
        nop
        inner \r
.endm
        nop
        outer a0
