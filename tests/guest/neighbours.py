#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One guest of several against the bare machine: what the others print, read, and how long they
run makes no difference, and `compare` is done when the guest is."""
import json
import os
import subprocess
import sys

THIRDGEN = os.environ.get("THIRDGEN", "build/thirdgen")
WORK = os.path.join(os.environ.get("BUILD", "build"), "tests", "neighbours")
PURE = "tests/guest/neighbours.yaml"
INPUT = os.path.join(WORK, "input")
# The verdict and how it ends, for each; `kernel` waits for input that ends, after its clock.
WANTED = {"spins": ("identical so far", "budget"), "ends": ("identical", "exit code 7"),
          "halts": ("identical", "wfi"), "reads": ("identical", "wfi"),
          "kernel": ("identical so far", "budget")}
failures = 0

os.makedirs(WORK, exist_ok=True)
with open(INPUT, "w", encoding="ascii") as f:
    f.write("hello there\n")
with open(PURE, encoding="ascii") as f:
    text = f.read().replace("../cli", os.path.relpath("tests/cli", WORK))
HYBRID = os.path.join(WORK, "hybrid.yaml")
with open(HYBRID, "w", encoding="ascii") as f:
    f.write(text.replace("monitor: hosted\n", "monitor: hosted\n    hybrid: true\n"))

for description in (PURE, HYBRID):
    for guest, (verdict, end) in WANTED.items():
        done = subprocess.run([THIRDGEN, "compare", "--json", description, "--guest", guest, "--input",
                               INPUT, "--max-instructions", "300000"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=False, timeout=120)
        result = json.loads(done.stdout)
        if result["verdict"] != verdict or end not in result["ended_with"]:
            failures += 1
            print(f"FAILED: {guest} of {description}: {result}")
print("neighbours:", "ok" if failures == 0 else f"{failures} failures")
sys.exit(1 if failures else 0)
