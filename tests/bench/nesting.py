#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What recursion costs: usage: tests/bench/nesting.py [--depth N]

First what one exit of each kind costs: the instructions of the monitor between
the trap of its guest and the guest's next instruction, and how many of them
are exits of the monitor's own, one level down (tests/bench/kinds.s).

Then, for a compute-bound guest, the guest OS and a kernel-heavy one, at depth 0
to N (default 4; the guest OS one less): real instructions per guest
instruction, exits of the guest, exits of its monitor for each of these,
instructions of the monitor for each, the factor from level to level, the share
executed directly.  All are counts of instructions: no clock is looked at.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
THIRDGEN = os.environ.get("THIRDGEN", os.path.join(ROOT, "build", "thirdgen"))


KINDS = (  # label in kinds.s, what it is
    ("csr_read", "csrr of mscratch"),
    ("csr_write", "csrw of mscratch"),
    ("csr_swap", "csrrw of mscratch"),
    ("mstatus_read", "csrr of mstatus"),
    ("mstatus_write", "csrw of mstatus"),
    ("counter_read", "csrr of minstret"),
    ("ecall_machine", "ecall in virtual M-mode"),
    ("ecall_user", "ecall in virtual U-mode: R changes"),
    ("mret_user", "mret to virtual U-mode: R changes"),
    ("mret_timer", "the same, and the timer is armed"),
    ("device_load", "load from the UART"),
    ("device_store", "store to the UART"),
    ("timer_store", "store to mtimecmp"),
    ("an interrupt", "timer interrupt, taken by the guest"),
)
MACHINE = """machine:
  memory: 16 MiB
  run:
    monitor: bare-metal
    guests: [{ name: kinds, memory: 1 MiB, run: { image: %s } }]
"""


def labels(image):
    """The addresses of the image's labels."""
    listing = subprocess.run([THIRDGEN, "disas", image], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {int(a, 16): name for a, name in re.findall(r"^([0-9a-f]{8}) <(\w+)>:$", listing, re.M)}


def trace(image, directory):
    """The packed monitor with the image as its guest, on the bare machine: what it executes."""
    paths = [os.path.join(directory, name) for name in ("machine.yaml", "image", "trace")]
    with open(paths[0], "w", encoding="utf-8") as f:
        f.write(MACHINE % os.path.abspath(image))
    subprocess.run([THIRDGEN, "pack", paths[0], "-o", paths[1]], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    subprocess.run([THIRDGEN, "run", paths[1], "--trace", "insn,trap,irq,io", "--trace-file", paths[2]],
                   stderr=subprocess.DEVNULL, check=True)
    with open(paths[2], encoding="utf-8") as f:
        return re.findall(r"^ *[\d,]+ L0 ([UM]) ([0-9a-f]{8}) .*?(insn|trap|irq|io) +(.*)$", f.read(), re.M)


def exits(lines):
    """For each exit: where the guest was, whether an interrupt ended it, instructions, privileged ones."""
    at = None
    for mode, pc, kind, text in lines:
        if mode == "U" and kind in ("trap", "irq"):
            at, irq, count, privileged = int(pc, 16), kind == "irq", 0, 0
        elif at is not None:
            count += kind == "insn"
            privileged += kind == "io" or (kind == "insn" and text.startswith(("csr", "mret", "wfi")))
            if text == "mret":
                yield at, irq, count, privileged
                at = None


def kinds():
    """Of each kind what most of its exits cost."""
    with tempfile.TemporaryDirectory() as directory:
        image = os.path.join(directory, "kinds.elf")
        subprocess.run([THIRDGEN, "as", "tests/bench/kinds.s", "-o", image], check=True)
        name, found = labels(image), collections.defaultdict(collections.Counter)
        for at, irq, count, privileged in exits(trace(image, directory)):
            found["an interrupt" if irq else name.get(at)][count, privileged] += 1
    print("one exit                             instructions  exits below")
    for label, about in KINDS:
        count, privileged = found[label].most_common(1)[0][0]
        print(f"{about:37}{count:12}{privileged:13}")
    print()


def levels(image, depth):
    done = subprocess.run([THIRDGEN, "run", image, "--monitor", "bare-metal", "--depth", str(depth),
                           "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=True)
    account = json.loads(done.stderr)
    if depth == 0:
        return [{"instructions": account["guests"][0]["instructions"]}]
    return account["levels"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depth", type=int, default=4)
    deepest = parser.parse_args().depth
    os.chdir(ROOT)
    kinds()
    print("guest    depth  real per guest  factor    exits  exits below  monitor  directly")
    print("                   instruction                     per exit  per exit")
    for name, image, most in (("compute", "tests/bench/compute.s", deepest),
                              ("guestos", "builtin:guestos", deepest - 1),
                              ("kernel", "tests/bench/kernel.s", deepest)):
        before = None
        for depth in range(most + 1):
            rows = levels(image, depth)
            guest, real = rows[-1], rows[0]["instructions"]
            ratio = real / guest["instructions"]
            line = f"{name:8} {depth:5} {ratio:15,.3f}"
            line += f"{ratio / before:8.2f}" if before else " " * 7 + "-"
            if depth > 0:
                monitor = rows[-2]["monitor"]
                below = rows[-2].get("exits")
                line += f"{guest['exits']:9,}"
                line += f"{below / guest['exits']:13.2f}" if below else " " * 12 + "-"
                line += f"{monitor['instructions'] / monitor['exits']:9.1f}"
                line += f"{100 * guest['executed_directly'] / guest['instructions']:8.3f} %"
            print(line)
            before = ratio


main()
