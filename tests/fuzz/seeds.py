#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The seeds of the fuzzers: usage: tests/fuzz/seeds.py [--build DIR] DIR

A folder for each target: what the corpora of broken files hold, the sources and
descriptions that there are, witnesses that classify finds, steps, and for guests some
programs of this project, flat; for gdb, what it says in a few conversations.
"""
import argparse
import glob
import os
import random
import shutil
import struct
import subprocess
import sys

VARIANTS = ["virtualizable", "smsw", "sidt", "lra", "popf", "jrst1", "jrst1-epc", "rdtsc", "set-r"]
HEADER = 16


def copy(folder, *patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(pattern)):
            shutil.copy(path, os.path.join(folder, path.replace("/", "-")))


def witnesses(folder, thirdgen):
    for isa in VARIANTS:
        for row in ("csrrs", "csrrw", "mret", "load, device"):
            done = subprocess.run([thirdgen, "classify", "--isa", isa, "--witness", row, "--json",
                                   "--states", "100"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
            if done.returncode == 0 and done.stdout.startswith(b"{"):
                with open(os.path.join(folder, f"{isa}-{row.replace(', ', '-')}.json"), "wb") as f:
                    f.write(done.stdout)


def flat(elf):
    """The loaded bytes of an ELF32 whose first segment starts at the start of RAM."""
    offset, count = struct.unpack_from("<I", elf, 28)[0], struct.unpack_from("<H", elf, 44)[0]
    memory = bytearray()
    for i in range(count):
        _, at, va, _, filled = struct.unpack_from("<5I", elf, offset + 32 * i)
        end = va - 0x80000000 + filled
        memory.extend(bytes(max(0, end - len(memory))))
        memory[end - filled:end] = elf[at:at + filled]
    return bytes(memory)


def guests(folder, thirdgen):
    """The header is guest_fuzz.c's; its fields are random, but for the first of each program."""
    r = random.Random(1974)
    elf = os.path.join(folder, "program.elf")
    plain = bytes([0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0])
    for path in sorted(glob.glob("examples/variants/*.s")) + ["examples/hello.s"]:
        if subprocess.run([thirdgen, "as", path, "-o", elf], check=False).returncode != 0:
            sys.exit(f"{path} cannot be assembled")
        with open(elf, "rb") as f:
            code = flat(f.read())
        for i in range(3):
            header = plain if i == 0 else bytes(r.randrange(8 if k == 0 else 256) for k in range(HEADER))
            name = os.path.basename(path)[:-2]
            with open(os.path.join(folder, f"{name}-{i}"), "wb") as f:
                f.write(header + code)
    os.remove(elf)


# A line is a packet, or, behind `!', bytes as they are (gdb_fuzz.c).
CONVERSATIONS = {
    "hello": ["qSupported:multiprocess+;swbreak+", "QStartNoAckMode", "?", "qXfer:features:read:target.xml:0,1000",
              "qC", "qAttached", "qXfer:threads:read::0,1000", "Hg0", "g", "qfThreadInfo", "qsThreadInfo", "D"],
    "stepping": ["Hg2", "vCont;s:2;c", "g", "vCont;r80000000,80000010:2", "p20", "P20=00000080", "s", "c", "bs", "bc", "T1"],
    "memory": ["m80000000,40", "M80000000,4:13000000", "X80000004,4:}\x03abc", "m80000000,8", "P5=78563412", "p5", "p381"],
    "breakpoints": ["Z0,80000014,4", "Z2,80001000,4", "Z3,80001000,4", "Z4,80001000,4", "vCont;c", "z0,80000014,4", "c", "bc"],
    "monitor": ["qRcmd,776879", "qRcmd,7374617465", "qRcmd,6173204c30", "qRcmd,73746570", "qThreadExtraInfo,2"],
    "framing": ["!$g#67", "!+$g#00", "!-", "!\x03", "!$m8$p20#d2", "!$X80000000,1:}}]#00", "k"],
}


def conversations(folder):
    for name, packets in CONVERSATIONS.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write("\n".join(packets).encode("latin-1"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("folder")
    args = parser.parse_args()
    thirdgen = os.path.join(args.build, "thirdgen")
    shutil.rmtree(args.folder, ignore_errors=True)
    folders = {name: os.path.join(args.folder, name)
               for name in ("guest", "witness", "yaml", "elf", "assembler", "gdb")}
    for folder in folders.values():
        os.makedirs(folder)
    copy(folders["yaml"], "tests/corpus/yaml/*.yaml", "isa/variants/*.yaml", "examples/*.yaml",
         "examples/variants/*.yaml")
    copy(folders["assembler"], "tests/corpus/assembler/*.s", "examples/*.s", "examples/variants/*.s",
         "guestos/*.s")
    subprocess.run([sys.executable, "tests/corpus/elf.py", "--generate", folders["elf"]],
                   stdout=subprocess.DEVNULL, check=True)
    witnesses(folders["witness"], thirdgen)
    copy(folders["witness"], "tests/cli/files/step-*.json")
    guests(folders["guest"], thirdgen)
    conversations(folders["gdb"])


main()
