.section
.section foo, ax
.section foo, "aq"
.section foo, "ax", @unknown
.section foo, "aw"
.section foo, "ax"
.section bar
nop
