# SPDX-License-Identifier: MIT
# A kernel that goes on in machine mode, by mret.
_start:
    li   t0, 3 << 11
    csrw mstatus, t0            # MPP = M
    mret
