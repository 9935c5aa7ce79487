# SPDX-License-Identifier: MIT
# The second loop of exits.s: one privileged instruction in ten.
    .equ    PRIVILEGED, 1
    .include "exits.s"
