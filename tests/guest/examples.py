#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The examples: each prints what it is meant to, bare, and does the same in a virtual machine.

Where the program is one that QEMU's `virt` can run, QEMU's output is the reference.
"""
import os
import re
import shutil
import subprocess
import sys

THIRDGEN = os.environ["THIRDGEN"]
BUILD = os.environ["BUILD"]
WORK = os.path.join(BUILD, "tests", "examples")
CPROG = os.path.join(BUILD, "examples", "cprog.elf")
LIMIT = ["--max-instructions", "100000000"]
failures = 0


def check(what, ok):
    global failures
    if not ok:
        failures += 1
        print(f"FAILED: {what}")


def output(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace").replace("\r\n", "\n")


def example(name, wanted):
    path = f"examples/{name}.s"
    status, text = output([THIRDGEN, "run", *LIMIT, path])
    check(f"{path}: status {status}", status == 0)
    check(f"{path} printed:\n{text}", re.fullmatch(wanted, text))
    status, text = output([THIRDGEN, "compare", *LIMIT, path])
    check(f"compare {path}: status {status}\n{text}", status == 0 and "identical" in text)


def traps():
    """The table that traps.s prints: what, mcause, mtval, and is mepc mtval?"""
    rows = [("ecall", 11, 0), ("ebreak", 3, "mepc"), ("undefined", 2, 0xFFFFFFFF),
            ("no such CSR", 2, 0x5C002573), ("read-only CSR", 2, 0xF1401073),
            ("misaligned load", 4, "odd"), ("misaligned store", 6, "odd"),
            ("misaligned amoadd", 6, "odd"), ("misaligned jump", 0, "odd"),
            ("load, no memory", 5, 0), ("store, no memory", 7, 0),
            ("fetch, no memory", 1, "mepc"), ("UART, 32 bits wide", 5, 0x10000000)]
    wanted = "what +mcause +mepc +mtval\n"
    for i, (what, cause, value) in enumerate(rows):
        if value == "mepc":
            value = f"(?P=epc{i})"
        elif value == "odd":
            value = "8[0-9a-f]{6}[1-35-79abd-f]"
        else:
            value = f"{value:08x}"
        wanted += f"{what} +{cause:08x}  (?P<epc{i}>[0-9a-f]{{8}})  {value}\n"
    return wanted


def timer():
    ticks = [f"tick 0x{n:08x}, deadline 0x{n * 1000000:08x}, ticks late: 0x000000\\w\\w\n"
             for n in range(1, 7)]
    return "".join(ticks) + r"rounds counted while busy: 0x000[ef]\w{4}\n"


def qemu(elf):
    return output(["timeout", "60", "qemu-system-riscv32", "-M", "virt", "-bios", "none",
                   "-nographic", "-kernel", elf])


def against_qemu():
    if not shutil.which("qemu-system-riscv32"):
        print("SKIPPED: no qemu-system-riscv32 (package qemu-system-misc)")
        return
    elfs = []
    hello = os.path.join(WORK, "hello.elf")
    status, text = output([THIRDGEN, "as", "examples/hello.s", "-o", hello])
    check(f"as hello.s: {text}", status == 0)
    elfs.append(hello)
    if os.path.exists(CPROG):
        elfs.append(CPROG)
    else:
        print(f"SKIPPED: no {CPROG} (packages clang, lld)")
    for elf in elfs:
        there, here = qemu(elf), output([THIRDGEN, "run", *LIMIT, elf])
        check(f"{elf}: QEMU {there}, here {here}", there == here and there[0] == 0)
        status, text = output([THIRDGEN, "compare", *LIMIT, elf])
        check(f"compare {elf}: status {status}\n{text}", status == 0 and "identical" in text)


def descriptions():
    status, text = output([THIRDGEN, "run", *LIMIT, "examples/hello.yaml"])
    check(f"hello.yaml: {status} {text}", status == 0 and text == "Hello from the machine.\n")
    bare = output([THIRDGEN, "run", *LIMIT, "builtin:guestos"])
    check("hosted.yaml", output([THIRDGEN, "run", *LIMIT, "examples/hosted.yaml"]) == bare)


def clocks():
    """Stolen time: half of it while the neighbour runs; under a bare-metal monitor, more."""
    with open("examples/clocks.yaml", encoding="utf-8") as f:
        text = f.read().replace("image: ", f"image: {os.path.abspath('examples')}/")
    for monitor in ("hosted", "bare-metal"):
        for clock in ("real", "virtual"):
            path = os.path.join(WORK, "clocks.yaml")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace("monitor: hosted", f"monitor: {monitor}").replace("real", clock))
            status, out = output([THIRDGEN, "run", *LIMIT, path])
            rounds = [[int(n) for n in re.findall(r"\d+", line)] for line in out.splitlines()]
            stolen = [ticks - instructions for instructions, ticks, _ in rounds]
            check(f"clocks, {monitor}, {clock}: {status} {out}",
                  status == 0 and len(rounds) == 6 and all(n == 500004 for n, _, _ in rounds) and
                  all(s == n for s, (_, _, n) in zip(stolen, rounds)))
            least, most = {"virtual": (0, 0), "real": (500000, 500000 if monitor == "hosted" else 700000)}[clock]
            check(f"clocks, {monitor}, {clock}, beside a neighbour: {stolen}",
                  all(least <= s <= most for s in stolen[:3]))
            check(f"clocks, {monitor}, {clock}, alone: {stolen}",
                  all(0 <= s <= (3000 if monitor == "bare-metal" else 0) for s in stolen[4:]))


os.makedirs(WORK, exist_ok=True)
example("hello", "Hello from the machine\\.\n")
example("traps", traps())
example("timer", timer())
ROOM = ("room at physical 0x{}\n  the program says 0x80000000\n  the program says 0x00001234\n"
        "  trap: mcause 0x00000005, mtval 0x80001000\n")
example("usermode", ROOM.format("80001000") + ROOM.format("80002000"))
example("escape", r"my memory ends at 0x81000000\n((?!.*DONE).*\n)*escapes: 0x00000000\n")
against_qemu()
descriptions()
clocks()
print("examples:", "ok" if failures == 0 else f"{failures} failures")
sys.exit(1 if failures else 0)
