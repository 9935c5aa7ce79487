csrr a0, mstats
csrw sepc, a0
csrrwi a0, mscrach, 3
csrr a0, 4096
csrwi mie, 32
