[31mred
x: nop
# ›
adid [0m
