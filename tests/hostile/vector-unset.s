# SPDX-License-Identifier: MIT
#
# A trap before mtvec is set: there is nothing at 0, and nothing ever retires again.
_start:
    ecall
