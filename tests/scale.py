#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Large machines and long runs: usage: tests/scale.py [--long]

Memory costs nothing until it is touched, decoded code is bounded; with --long,
more than 2^32 instructions.  Memory is the most that a process ever had
resident (VmHWM), read while its guest waits for a byte.
"""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(ROOT, "build", "thirdgen"))
MIB = 1024  # in KiB
MOST = 16 * MIB  # beyond the RAM that the guest touches
failures = 0


def check(ok, text):
    global failures
    failures += not ok
    print(f"{'ok     ' if ok else 'FAILED '} {text}")


def executable(pid):
    """Mappings that could hold code made at run time: written to, or of no file."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        maps = [line.split(None, 5) for line in file]
    return [m for m in maps if "x" in m[1] and ("w" in m[1] or (m[4] == "0" and not "".join(m[5:]).startswith("[v")))]


def resident(*words):
    """KiB at its peak, once the guest has said that it is there."""
    with subprocess.Popen([THIRDGEN, "run", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          cwd=ROOT) as process:
        said = process.stdout.read(1)
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
        check(not executable(process.pid), f"no memory is executable but what files are mapped to: {words[-1]}")
        process.communicate(b"x")
    if said != b"\n" or process.returncode != 0:
        sys.exit(f"thirdgen run {' '.join(words)}: status {process.returncode}")
    return peak


def memory():
    for size in ("1MiB", "1GiB"):
        kib = resident("--memory", size, "tests/scale/nothing.s")
        check(kib <= MOST, f"{size} of RAM: {kib / MIB:.1f} MiB resident")
    for depth in (1, 3):
        kib = resident("--memory", "256MiB", "--monitor", "bare-metal", "--depth", str(depth),
                       "tests/scale/nothing.s")
        check(kib <= MOST, f"256MiB at depth {depth}: {kib / MIB:.1f} MiB resident")
    kib = resident("--memory", "128MiB", "tests/scale/much.s") - 64 * MIB
    check(kib <= MOST, f"code in each page of 64 MiB: {kib / MIB:.1f} MiB beyond these")


def counters():
    done = subprocess.run([THIRDGEN, "run", "--stats", "--json", "tests/scale/long.s"], cwd=ROOT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False)
    check(done.returncode == 0, "2^32 instructions: minstret, mcycle and time have carried")
    count = json.loads(done.stderr)["guests"][0]["instructions"]
    wanted = 2 * 0x80000010 + 18
    check(count == wanted, f"{count:,} instructions in the account")


def main():
    memory()
    if "--long" in sys.argv[1:]:
        counters()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
