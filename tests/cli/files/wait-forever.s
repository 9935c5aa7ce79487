# SPDX-License-Identifier: MIT
# Waits for an interrupt that nobody has enabled.
_start:
    nop
idle:
    wfi
    j    idle
