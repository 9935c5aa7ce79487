j 1b
1: j 1f
j 2b
beqz a0, 99f
