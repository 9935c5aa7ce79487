c.addi a0, 1
.option rvc
.option arch, +c
.option unknown
.option pop
