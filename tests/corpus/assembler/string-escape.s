.string "a\qb"
.ascii "open
.asciz "\
