# SPDX-License-Identifier: MIT
# What an assembler says of mistakes.
_start:
    adid a0, a0, 1
    addi a0, a0, 5000
    j    nowhere
