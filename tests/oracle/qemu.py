#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random M- and U-mode programs on QEMU's `virt` and on thirdgen, compared.

usage: qemu.py [--cases N] [--bare-metal N] [--seed S] [--only I] [--thirdgen CMD] [--build DIR]

Snippets (snippets.py) run in batches, one ELF each (harness.py), on
qemu-system-riscv32, on the bare machine, and in a virtual machine under the
hosted monitor, pure and hybrid, the first hundred of them also under the
bare-metal monitor; what each snippet leaves must always be the same.  A
difference is shown with the snippet's disassembly, both states, and the
command that repeats it.  What is left out of the comparison: docs/oracles.md.

Exit status: 0 agreement; 1 a difference; 2 a mistake in the call, or something
that could not be run; 77 QEMU is not there.
"""

import argparse
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import harness
import rv32
from snippets import Snippet

BATCH = 400
TIMEOUT = 60  # seconds, for a batch that hangs
QEMU = "qemu-system-riscv32"
CPU = ("rv32,pmp=false,c=false,h=false,s=false,f=false,d=false,zba=false,zbb=false,zbc=false,"
       "zbs=false,sstc=false,debug=false,marchid=0,mimpid=0,pmu-num=29")
WAYS = (("bare", []), ("hosted", ["--monitor", "hosted"]),
        ("hybrid", ["--monitor", "hosted,hybrid"]))
SLOW_WAYS = (("bare-metal", ["--monitor", "bare-metal"]),)  # some 700 instructions for an exit

REGISTERS = ["x%d" % r for r in range(1, 32)]
FIXED = REGISTERS + [name for name, _ in harness.DUMPED_CSRS] + ["traps", "checksum"]
TRAP = ("mepc", "mcause", "mtval", "mstatus")


class Failure(Exception):
    """Something could not be run."""


class Batch:
    """The snippets `indices` of a run, within one batch of it, as one ELF."""

    def __init__(self, seed, indices, full):
        number = indices[0] // BATCH
        shared = random.Random("%s:batch:%d" % (seed, number))
        self.base = shared.randrange(1, 32)
        self.full = full
        self.harness = harness.Harness(self.base, len(indices), full)
        labels = self.harness.labels
        self.snippets = {}
        table, files, code = b"", b"", []
        for i in indices:
            address = harness.SLOTS + i % BATCH * harness.SLOT_BYTES
            s = Snippet(seed, i, self.base, address, labels)
            status = harness.MSTATUS_MPP if s.starts_in_machine else 0
            status |= harness.MSTATUS_TW if s.wait_traps else 0
            self.snippets[i] = s
            table += struct.pack("<4I", address, s.end_address, s.recover, status)
            files += struct.pack("<32I", *s.registers)
            code.append((address, s.bytes))
        pristine = struct.pack("<%dI" % harness.DATA_WORDS,
                               *[shared.getrandbits(32) for _ in range(harness.DATA_WORDS)])
        slots = bytearray(code[-1][0] + harness.SLOT_BYTES - code[0][0])
        for address, part in code:
            slots[address - code[0][0]:address - code[0][0] + len(part)] = part
        self.elf = rv32.elf(harness.START, [
            (harness.START, self.harness.bytes), (harness.STATE, bytes(4096)),
            (harness.TABLE, table), (harness.PRISTINE, pristine),
            (harness.DATA, bytes(4 * harness.DATA_WORDS)), (harness.FILES, files),
            (code[0][0], bytes(slots))])

    def parse(self, text, who):
        """What each snippet left, as a list of (name, value)."""
        lines = text.split("\n")
        if len(lines) != len(self.snippets) + 1 or lines[-1] != "":
            raise Failure("%s printed %d lines, where %d were to come; the last is\n  %s"
                          % (who, len(lines) - 1, len(self.snippets), lines[-1][:200]))
        return dict(zip(self.snippets, (self.parse_line(line, who) for line in lines)))

    def parse_line(self, line, who):
        try:
            words = [int(w, 16) for w in line.split()]
        except ValueError:
            raise Failure("%s printed a line that is no list of words:\n  %s" % (who, line[:200]))
        names = list(FIXED)
        if self.full:
            names += ["data+0x%02x" % (4 * i) for i in range(harness.DATA_WORDS)]
        for i in range((len(words) - len(names)) // 4):
            names += ["trap %d %s" % (i + 1, part) for part in TRAP]
        if len(names) != len(words):
            raise Failure("%s printed %d words on a line" % (who, len(words)))
        return list(zip(names, words))


def run(command, what, output=None):
    """Standard output of `command` (or what it wrote to the file `output`)."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise Failure("%s did not end within %d seconds:\n  %s"
                      % (what, TIMEOUT, " ".join(command)))
    except OSError as error:
        raise Failure("%s: %s" % (command[0], error.strerror))
    if done.returncode != 0:
        raise Failure("%s ended with status %d:\n  %s\n%s" % (
            what, done.returncode, " ".join(command), done.stderr.decode(errors="replace")[:1000]))
    if output is None:
        return done.stdout.decode(errors="replace")
    with open(output, errors="replace") as f:
        return f.read()


def run_qemu(path):
    out = path + ".qemu"
    return run([QEMU, "-M", "virt", "-m", "16M", "-bios", "none", "-cpu", CPU, "-display", "none",
                "-monitor", "none", "-serial", "file:" + out, "-kernel", path], "QEMU", out)


def disassemble(snippet, directory):
    """The snippet as objdump lists it, or as words."""
    for tool in ("riscv64-unknown-elf-objdump", "riscv64-linux-gnu-objdump"):
        if shutil.which(tool) is None:
            continue
        path = os.path.join(directory, "snippet.bin")
        with open(path, "wb") as f:
            f.write(snippet.bytes)
        text = run([tool, "-D", "-b", "binary", "-m", "riscv:rv32", "-M", "no-aliases",
                    "--adjust-vma=0x%x" % snippet.code.base, path], tool)
        return "\n".join(line for line in text.split("\n") if line.startswith("8") and "\t" in line)
    return "\n".join("%08x: %08x" % (snippet.code.base + 4 * i, w)
                     for i, w in enumerate(snippet.code.words))


def show(qemu, here, name):
    """Two states side by side; of data memory what differs."""
    left, right = dict(qemu), dict(here)
    print("\n  %-16s %-8s %-8s" % ("", "QEMU", name))
    for n, _ in max(qemu, here, key=len):
        a, b = left.get(n), right.get(n)
        if a == b and n.startswith("data"):
            continue
        words = ["--------" if v is None else "%08x" % v for v in (a, b)]
        print("  %-16s %s %s%s" % (n, *words, "" if a == b else "   <-- differs"))


def report(options, index, way, states, directory):
    """A difference: the snippet, run alone and with its data memory if it differs there too."""
    name, extra = way
    batch = Batch(options.seed, [index], True)
    snippet = batch.snippets[index]
    path = os.path.join(directory, "one.elf")
    with open(path, "wb") as f:
        f.write(batch.elf)
    qemu = batch.parse(run_qemu(path), "QEMU")[index]
    here = batch.parse(run(options.thirdgen.split() + ["run"] + extra + [path], name), name)[index]
    repeat = "--only %d" % index
    if qemu == here:
        qemu, here = states
        repeat = "--cases %d" % (index + 1)
    print("snippet %d of seed %s, in %s-mode at first:" % (
        index, options.seed, "M" if snippet.starts_in_machine else "U"))
    print(disassemble(snippet, directory))
    show(qemu, here, name)
    print("\nrepeat: %s --seed %s %s --thirdgen '%s'" % (
        sys.argv[0], options.seed, repeat, options.thirdgen))


def compare(options, directory):
    """The number of snippets compared, and of traps in them; None after a difference."""
    if options.only is not None:
        batches = [([options.only], WAYS + SLOW_WAYS)]
    else:
        slow = min(options.bare_metal, options.cases)
        batches = [(range(i, min(i + BATCH, slow)), SLOW_WAYS) for i in range(0, slow, BATCH)]
        batches += [(range(i, min(i + BATCH, options.cases)), WAYS)
                    for i in range(0, options.cases, BATCH)]
    compared = set()
    traps = 0
    for indices, ways in batches:
        batch = Batch(options.seed, indices, False)
        path = os.path.join(directory, "batch.elf")
        with open(path, "wb") as f:
            f.write(batch.elf)
        qemu = batch.parse(run_qemu(path), "QEMU")
        traps += sum(dict(qemu[i])["traps"] for i in indices if i not in compared)
        compared.update(indices)
        for way in ways:
            name, extra = way
            text = run(options.thirdgen.split() + ["run"] + extra + [path], name)
            here = batch.parse(text, name)
            for i in indices:
                if qemu[i] != here[i]:
                    report(options, i, way, (qemu[i], here[i]), directory)
                    return None
    return len(compared), traps


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=4000, help="snippets (default: %(default)s)")
    parser.add_argument("--seed", default="1", help="whatever it is, it decides all (default: 1)")
    parser.add_argument("--bare-metal", type=int, default=100, metavar="N",
                        help="so many also under the bare-metal monitor (default: %(default)s)")
    parser.add_argument("--only", type=int, help="this snippet of the seed alone")
    parser.add_argument("--thirdgen", default=os.environ.get("THIRDGEN", "build/thirdgen"),
                        metavar="CMD",
                        help="run as `CMD run [--monitor hosted] FILE` (default: %(default)s)")
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"), metavar="DIR",
                        help="where temporary files go (default: %(default)s)")
    options = parser.parse_args()
    if options.cases < 1 or options.bare_metal < 0 or (options.only or 0) < 0:
        parser.error("--cases is at least 1, --only and --bare-metal at least 0")
    return options


def main():
    options = parse_options()
    if shutil.which(QEMU) is None:
        print("SKIPPED %s is not installed (Debian: qemu-system-misc)" % QEMU)
        return 77
    os.makedirs(options.build, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="qemu-", dir=options.build) as directory:
            result = compare(options, directory)
    except Failure as failure:
        print("qemu: %s" % failure, file=sys.stderr)
        return 2
    if result is None:
        return 1
    print("qemu: %d snippets, %d traps: QEMU, bare and under each monitor agree" % result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
