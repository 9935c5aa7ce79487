.fill -1
.fill 1, 9, 0
.fill 2, 4
.space -5
.space 4, 300
.zero later
later:
