nop
/* never
   closed
nop
