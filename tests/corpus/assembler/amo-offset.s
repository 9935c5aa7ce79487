amoadd.w a0, a1, 4(a2)
lr.w.aqrl a0, -4(a1)
addi.aq a0, a0, 1
