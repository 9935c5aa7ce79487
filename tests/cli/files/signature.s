# SPDX-License-Identifier: MIT
# Leaves a signature and ends through tohost, as the architectural tests do.
_start:
    la   t0, begin_signature
    li   t1, 0xdeadbeef
    sw   t1, 0(t0)
    li   t1, 1
    sw   t1, tohost, t0
hang:
    j    hang
    .data
    .balign 16
begin_signature:
    .word 0, 0x00000007, 0xffffffff
end_signature:
    .balign 64
tohost:
    .word 0, 0
