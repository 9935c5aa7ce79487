# SPDX-License-Identifier: MIT
# Never ends.
_start:
loop:
    addi t0, t0, 1
    j    loop
