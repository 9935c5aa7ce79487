#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The C programs under tests/programs/: the same ELF on QEMU's `virt`, and here.

Each program is built by clang, and by gcc where a cross-compiler is installed,
and run on QEMU (its `rv32` without C, so that a jump can be misaligned; all else
as QEMU has it, PMP too), bare, and in a virtual machine under the hosted
monitor, pure and hybrid, and under the bare-metal one.  All outputs must be the
same, and say that the program's own checks hold.

usage: cprogram.py [NAME...]; THIRDGEN and BUILD from the environment.
Exit status: 0 agreement, 1 not, 2 no thirdgen, 77 no compiler or no QEMU.
"""

import os
import shutil
import subprocess
import sys

THIRDGEN = os.environ.get("THIRDGEN", "build/thirdgen")
WORK = os.path.join(os.environ.get("BUILD", "build"), "programs")
SOURCES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "programs")
WANTED = "all checks hold\n"
TIMEOUT = 60

COMMON = ["-mabi=ilp32", "-O2", "-std=gnu11", "-ffreestanding", "-fno-builtin", "-nostdlib",
          "-Wall", "-Wextra", "-Werror", "-T", os.path.join(SOURCES, "link.ld")]
COMPILERS = (
    ("clang", ["--target=riscv32", "-march=rv32ima", "-mno-relax", "-fuse-ld=lld",
               "-Wno-unused-command-line-argument"]),
    ("riscv64-unknown-elf-gcc", ["-march=rv32ima_zicsr", "-static"]),
)
QEMU = ["qemu-system-riscv32", "-M", "virt", "-m", "16M", "-cpu", "rv32,c=false", "-bios", "none", "-display", "none",
        "-monitor", "none", "-serial", "stdio", "-kernel"]
HERE = [("bare", []), ("hosted", ["--monitor", "hosted"]), ("hybrid", ["--monitor", "hosted,hybrid"]),
        ("bare-metal", ["--monitor", "bare-metal"])]


def run(command):
    """(status, output) of a command."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as late:
        return "late", (late.stdout or b"").decode(errors="replace")
    except OSError as error:
        return error.strerror, ""
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def build(compiler, flags, name):
    """The ELF's path, or None: the compiler's words are printed."""
    elf = os.path.join(WORK, "%s-%s.elf" % (name, compiler))
    sources = [os.path.join(SOURCES, s) for s in ("start.S", "library.c", name + ".c")]
    status, text = run([compiler, *flags, *COMMON, *sources, "-o", elf])
    if status != 0:
        print("%s does not build %s.c:\n%s" % (compiler, name, text))
        return None
    return elf


def short(text):
    return text if len(text) < 1500 else text[:1500] + "...\n"


def agree(elf, what):
    status, qemu = run(QEMU + [elf])
    ok = status == 0 and qemu.endswith(WANTED)
    if not ok:
        print("%s: QEMU: status %s, output:\n%s" % (what, status, short(qemu)))
    for name, flags in HERE:
        command = [THIRDGEN, "run", "--max-instructions", "200000000", *flags, elf]
        status, text = run(command)
        if status != 0 or text != qemu:
            ok = False
            print("%s: %s: status %s, output:\n%sQEMU's:\n%srepeat: %s" % (
                what, name, status, short(text), short(qemu), " ".join(command)))
    return ok


def main():
    names = sys.argv[1:] or sorted(f[:-2] for f in os.listdir(SOURCES)
                                   if f.endswith(".c") and f != "library.c")
    if shutil.which(QEMU[0]) is None:
        print("SKIPPED %s is not installed (Debian: qemu-system-misc)" % QEMU[0])
        return 77
    if shutil.which(THIRDGEN) is None:
        print("cprogram: no %s: make it first, or name one in THIRDGEN" % THIRDGEN,
              file=sys.stderr)
        return 2
    os.makedirs(WORK, exist_ok=True)
    built = failed = 0
    for compiler, flags in COMPILERS:
        if shutil.which(compiler) is None:
            print("SKIPPED %s is not installed" % compiler)
            continue
        for name in names:
            elf = build(compiler, flags, name)
            built += 1
            failed += elf is None or not agree(elf, "%s.c by %s" % (name, compiler))
    if built == 0:
        return 77
    print("cprogram: %d programs: %s" % (
        built, "QEMU, bare and under each monitor agree" if failed == 0 else "%d differ" % failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
