#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The lines that our ELF files tell, against those of GNU as for the same source.

usage: lines.py [--thirdgen CMD] [--build DIR]

GNU as -g assembles the guest OS, the examples, and a source with whatever makes
lines hard: included files, macros in macros, repetitions, several sections of
code, data between instructions, lines far apart.  Then, in both files as
llvm-dwarfdump reads them,

  - where GNU begins a line, we are at the same line of the same file, and
    where we begin one, GNU is, or there is data, of which GNU tells no lines;
  - GNU objdump -dl finds these lines, too;
  - the unit's ranges are those that the lines are about;
  - llvm-dwarfdump --verify has nothing against ours.

And the same source in another folder gives the same bytes.

What is left out: .irp, for whose text GNU tells the lines of the body, and we the
line of the .irp, as for a macro.

Exit status 0: agreement (77 where a tool is not installed: skipped); 1: none.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from assembler import SCRIPT, for_oracle  # noqa: E402

TOOLS = ("riscv64-unknown-elf-as", "riscv64-unknown-elf-ld", "riscv64-unknown-elf-objdump", "llvm-dwarfdump")

HARD = {
    "hard.s": r"""
        .macro  two r
        addi    \r, \r, 1
        addi    \r, \r, 2
        .endm
        .macro  outer
        two     a0
        nop
        .endm
        .text
        .globl _start
_start: nop
        .include "part.s"
        two     a1
        outer
        .rept   3
        nop
        nop
        .endr
        li      a0, 0x12345678
        .byte   1, 2, 3, 4
        .balign 16
        nop; nop
        .include "empty.s"
        .data
        .word   1, 2
        .section .code2, "ax"
        ret
        .text
""" + "\n" * 300 + r"""
        call    part
        .space  5000
        .balign 4, 0
        nop
        .balign 16
        .section .code2
        j       .
        .rodata
        .byte   7
""".replace(".rodata", ".section .rodata"),
    "part.s": "# a part\npart:   mv a0, a1\n        two a0\n        ret\n",
    "empty.s": "# nothing\n",
}


def output(*command, cwd):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, text=True, check=True).stdout


def rows(elf, cwd):
    """[(address, file, line, end)] of the table in a file, by address."""
    table, files = [], {}
    for text in output("llvm-dwarfdump", "--debug-line", elf, cwd=cwd).splitlines():
        named = re.match(r"file_names\[ *(\d+)\]:", text)
        if named:
            number = int(named[1])
        if re.match(r" +name: ", text):
            files[number] = os.path.basename(text.split('"')[1])
        row = re.match(r"0x([0-9a-f]{16}) +(\d+) +\d+ +(\d+) .*is_stmt(.*end_sequence)?", text)
        if row:
            table.append((int(row[1], 16), files[int(row[3])], int(row[2]), row[4] is not None))
    return table


def starts(table):
    """The same without ends, one row an address, lines that go on left out."""
    found, last = {}, None
    for address, file, line, end in table:
        if end:
            last = None
        elif (file, line) != last:
            found[address] = last = (file, line)
    return found


def at(table, address):
    """The line that an address is of, or None."""
    for row, following in zip(table, table[1:]):
        if row[0] <= address < following[0] and not row[3]:
            return row[1:3]
    return None


def sequences(table):
    """The ranges of addresses that the table is about."""
    found, start = [], None
    for address, _, _, end in table:
        start = address if start is None else start
        if end:
            found.append((start, address))
            start = None
    return found


def unit_ranges(elf, cwd):
    """Those that the compilation unit has: gdb looks for lines in them alone."""
    text = output("llvm-dwarfdump", "--debug-info", elf, cwd=cwd)
    low, high = (re.search(rf"DW_AT_{side}_pc\s+\((0x[0-9a-f]+)\)", text) for side in ("low", "high"))
    if high:
        return [(int(low[1], 16), int(high[1], 16))]
    return [(int(a, 16), int(b, 16)) for a, b in re.findall(r"\[(0x[0-9a-f]+), (0x[0-9a-f]+)\)", text)]


def objdump_lines(elf, cwd):
    """{address: (file, line)} of the instructions, by GNU objdump."""
    found, here = {}, None
    for text in output("riscv64-unknown-elf-objdump", "-dl", elf, cwd=cwd).splitlines():
        place = re.match(r"(\S+):(\d+)(?: \(discriminator.*)?$", text)
        if place:
            here = (os.path.basename(place[1]), int(place[2]))
        word = re.match(r" *([0-9a-f]{8}):\t", text)
        if word:
            found[int(word[1], 16)] = here
    return found


class Checker:
    def __init__(self, thirdgen):
        self.thirdgen = thirdgen
        self.lines = self.failures = 0

    def fail(self, name, text):
        self.failures += 1
        print(f"DIFFERENT  {name}: {text}")

    def assemble(self, folder, source):
        elf = os.path.join(folder, "ours.elf")
        output(self.thirdgen, "as", source, "-o", elf, cwd=folder)
        return elf

    def compare(self, folder, source):
        """`source` in `folder`, whose texts the oracle can read."""
        where = os.path.join(folder, os.path.dirname(source))
        with open(os.path.join(folder, "oracle.ld"), "w", encoding="ascii") as f:
            f.write(SCRIPT)
        name = os.path.basename(source)
        output(TOOLS[0], "-march=rv32ima_zicsr_zifencei", "-mabi=ilp32", "-mno-relax", "-g", name, "-o",
               os.path.join(folder, "gnu.o"), cwd=where)
        output(TOOLS[1], "-m", "elf32lriscv", "--no-relax", "-e", "0", "--no-warn-rwx-segments", "-T", "oracle.ld",
               "gnu.o", "-o", "gnu.elf", cwd=folder)
        elf = self.assemble(folder, source)
        gnu, ours = rows("gnu.elf", folder), rows(elf, folder)
        self.compare_tables(source, where, gnu, ours)
        self.compare_tools(source, folder, elf, ours)

    def compare_tables(self, source, where, gnu, ours):
        for address, place in starts(gnu).items():
            self.lines += 1
            if at(ours, address) != place:
                self.fail(source, f"{address:#x}: GNU says {place}, we {at(ours, address)}")
        told = starts(gnu)
        for address, (file, line) in starts(ours).items():
            with open(os.path.join(where, file), encoding="utf-8") as f:
                text = "".join(f.read().splitlines()[line - 1:line])
            data = re.match(r"\s*(\w+:)?\s*\.", text)
            if address not in told and not data:
                self.fail(source, f"{address:#x}: we say {file}:{line}, `{text.strip()}'; GNU, {at(gnu, address)}")

    def compare_tools(self, source, folder, elf, ours):
        for address, place in objdump_lines(elf, folder).items():
            if at(ours, address) != place:
                self.fail(source, f"{address:#x}: objdump says {place}, llvm-dwarfdump {at(ours, address)}")
        if unit_ranges(elf, folder) != sequences(ours):
            self.fail(source, f"the unit has {unit_ranges(elf, folder)}, its lines {sequences(ours)}")
        verdict = output("llvm-dwarfdump", "--verify", elf, cwd=folder)
        if "No errors." not in verdict or "Verifying unit: 1 / 1" not in verdict:
            self.fail(source, verdict)

    def check_elsewhere(self, folder, source):
        """The same bytes from another folder; and nothing of the folder in them."""
        with open(self.assemble(folder, source), "rb") as f:
            here = f.read()
        other = os.path.join(folder, "elsewhere")
        shutil.copytree(folder, other)
        with open(self.assemble(other, source), "rb") as f:
            there = f.read()
        if here != there or folder.encode() in here:
            self.fail(source, "the bytes depend on the folder")


def copy_sources(root, folder):
    """The guest OS and the examples in the oracle's spelling; the sources that stand alone."""
    programs, included = [], set()
    for directory in ("guestos", "examples"):
        os.makedirs(os.path.join(folder, directory))
        for name in sorted(n for n in os.listdir(os.path.join(root, directory)) if n.endswith(".s")):
            with open(os.path.join(root, directory, name), encoding="utf-8") as f:
                text = for_oracle(f.read())
            included.update(re.findall(r'^\s*\.include\s+"(.*)"', text, re.M))
            if directory == "examples" or name == "guestos.s":
                programs.append(f"{directory}/{name}")
            with open(os.path.join(folder, directory, name), "w", encoding="utf-8") as f:
                f.write(text)
    return [p for p in programs if os.path.basename(p) not in included]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    parser.add_argument("--thirdgen", default=os.environ.get("THIRDGEN"))
    args = parser.parse_args()
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        print(f"SKIPPED lines against GNU: {' and '.join(missing)} not installed")
        sys.exit(77)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    checker = Checker(os.path.abspath(args.thirdgen or os.path.join(args.build, "thirdgen")))
    with tempfile.TemporaryDirectory(prefix="thirdgen-lines-") as folder:
        for name, text in HARD.items():
            with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                f.write(text)
        programs = copy_sources(root, folder)
        for source in ["hard.s", *programs]:
            checker.compare(folder, source)
        checker.check_elsewhere(folder, "guestos/guestos.s")
    print(f"{checker.lines} lines of {len(programs) + 1} sources compared with GNU's; "
          f"{checker.failures} differences")
    sys.exit(1 if checker.failures or checker.lines < 1000 else 0)


if __name__ == "__main__":
    main()
