#!/bin/sh
# SPDX-License-Identifier: MIT
#
# usage: cli/embed.sh FILE... >embedded.s
#
# Writes an assembler file (GNU as, clang) with the table that cli/embedded.c
# reads: each FILE under its name without folder, contents by .incbin.
# `.dc.a` is a word as wide as an address, on every host.
set -eu

cat <<'END'
    .section .rodata
END
i=0
for file in "$@"; do
    cat <<END
    .balign 16
.Ldata$i:
    .incbin "$file"
.Lend$i:
    .byte 0
.Lname$i:
    .asciz "${file##*/}"
END
    i=$((i + 1))
done

cat <<'END'

    .section .data.rel.ro, "aw"
    .balign 16
    .globl embedded_table
embedded_table:
END
i=0
while [ "$i" -lt $# ]; do
    echo "    .dc.a .Lname$i, .Ldata$i, .Lend$i - .Ldata$i"
    i=$((i + 1))
done

cat <<END
    .dc.a 0, 0, 0
    .balign 16
    .globl embedded_count
embedded_count:
    .dc.a $#

    .section .note.GNU-stack, "", %progbits
END
