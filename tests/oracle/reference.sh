#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/reference.md is what the tables say now: usage: reference.sh [GENERATOR]
set -u
generator=${1:-${BUILD:-build}/reference}
fresh=${BUILD:-build}/reference.md

"$generator" >"$fresh" || exit 1
if ! diff -u docs/reference.md "$fresh"; then
    echo "docs/reference.md is stale: build/reference >docs/reference.md"
    exit 1
fi
echo "docs/reference.md is up to date"
