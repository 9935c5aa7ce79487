# SPDX-License-Identifier: MIT
# A system call, and nobody there to take it.
_start:
    ecall
