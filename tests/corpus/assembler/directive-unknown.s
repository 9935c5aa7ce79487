.wrod 5
.dota
.sectoin .text
.frobnicate
