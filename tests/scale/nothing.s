# SPDX-License-Identifier: MIT
# What a machine takes that does nothing.
    .globl  _start
_start:
    .include "wait.s"
