.space 16
.org 8
.org 16
.org 0x80000000
.data
d:
.text
.org d
