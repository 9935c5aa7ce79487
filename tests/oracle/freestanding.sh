#!/bin/sh
# SPDX-License-Identifier: MIT
# The freestanding parts build for RV32 without a libc, and keep to themselves:
# every undefined symbol is defined by another of them or is one that a
# compiler may call for (memcpy, ..., a 64-bit division) or one of the monitor's
# port (vmm/port.h), and none has writable data of static storage, so that any
# number of machines live in one process.
#
#   freestanding.sh [DIRECTORY FOR OBJECTS]
#
# Exit status 0: so it is; 1: it is not; 77: clang or nm is not installed.
set -u
out=${1:-build/freestanding}
cc=${CLANG:-clang}
nm=${NM:-nm}

for tool in "$cc" "$nm"; do
    if ! command -v "$tool" >/dev/null; then
        echo "SKIPPED: freestanding: $tool not installed"
        exit 77
    fi
done

flags="--target=riscv32 -march=rv32ima -mabi=ilp32 -std=c11 -ffreestanding -nostdlib -nostdlibinc
       -O2 -I. -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
       -Werror"

rm -rf "$out"
mkdir -p "$out" || exit 1
failed=0
objects=
for source in isa/*.c machine/devices/*.c vmm/*.c; do
    [ -f "$source" ] || continue
    object=$out/$(echo "$source" | tr / -).o
    # shellcheck disable=SC2086  # the flags are words
    if "$cc" $flags -c "$source" -o "$object"; then
        objects="$objects $object"
    else
        echo "$source: does not build freestanding for RV32"
        failed=1
    fi
done
[ -n "$objects" ] || { echo "freestanding: no sources; run in the root of the repository"; exit 1; }

# What compilers expect of any environment, and of their own run-time library.
allowed='^(memcpy|memmove|memset|memcmp|__(u?div|u?mod|mul|ashl|ashr|lshr)[ds]i3|__u?cmpdi2|vmm_port_[a-z_]+)$'

# shellcheck disable=SC2086
"$nm" $objects >"$out/symbols" || exit 1
awk 'NF == 3 && $2 ~ /[A-TV-Z]/ { print $3 }' "$out/symbols" | sort -u >"$out/defined"
awk 'NF == 2 && $1 == "U" { print $2 }' "$out/symbols" | sort -u >"$out/undefined"
foreign=$(comm -23 "$out/undefined" "$out/defined" | grep -Ev "$allowed")
if [ -n "$foreign" ]; then
    echo "freestanding code calls what is not freestanding:"
    for symbol in $foreign; do
        # shellcheck disable=SC2086
        "$nm" -A $objects | awk -v s="$symbol" '$NF == s && $(NF - 1) == "U" { print "  " $1 " " s }'
    done
    failed=1
fi

# shellcheck disable=SC2086
writable=$("$nm" -A $objects | grep -E ' [bBdDcCsSgG] ')
if [ -n "$writable" ]; then
    echo "freestanding code has writable globals:"
    echo "$writable"
    failed=1
fi

if [ $failed -eq 0 ]; then
    echo "freestanding: $(echo "$objects" | wc -w) sources build for RV32," \
        "no foreign symbols, no writable globals"
fi
exit $failed
