#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Broken ELF files: usage: tests/corpus/elf.py [--generate DIR]

Makes a tiny good ELF, and from it some hundred broken ones, each with one
mistake.  With --generate it leaves them in DIR, as seeds for the fuzzer.  Else
it runs each (THIRDGEN, build/thirdgen) and demands, of the good ones, that they
run and end with status 0; of the broken ones, that they are refused with status
102, in a line of standard error (perhaps with a hint under it) that names the
file and gives the reason that belongs to the mistake; and of those whose damage is to names alone, that they
run or are refused, but nothing worse.  Under the sanitizers a crash has another
status than these.
"""
import argparse
import os
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

RAM, RAM_SIZE = 0x80000000, 16 << 20

# Ends with exit code 0 through the finisher.
CODE = struct.pack(
    "<5I",
    0x001002B7,  # lui  t0, 0x100
    0x00005337,  # lui  t1, 5
    0x55530313,  # addi t1, t1, 0x555
    0x0062A023,  # sw   t1, 0(t0)
    0x0000006F,  # j    .
)
EM_RISCV, PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 243, 1, 2, 3, 4
SHT_SYMTAB, SHT_STRTAB = 2, 3


class Elf:
    """A small ELF32, written field by field, so that each can be wrong."""

    def __init__(self):
        self.ident = bytearray(b"\x7fELF\x01\x01\x01" + bytes(9))
        self.header = dict(type=2, machine=EM_RISCV, version=1, entry=RAM, phoff=52, shoff=None,
                           flags=0, ehsize=52, phentsize=32, phnum=None, shentsize=40, shnum=None,
                           shstrndx=3)
        self.code, self.data = CODE, b"data"
        self.strings = b"\0_start\0"
        self.symbols = struct.pack("<IIIBBH", 0, 0, 0, 0, 0, 0) + \
            struct.pack("<IIIBBH", 1, RAM, len(CODE), 0x12, 0, 0xFFF0)
        self.symtab = dict(link=2, entsize=16)
        text, data = 52 + 2 * 32, 52 + 2 * 32 + len(CODE)
        self.segments = [
            dict(type=PT_LOAD, offset=text, vaddr=RAM, paddr=RAM, filesz=len(CODE),
                 memsz=len(CODE), flags=5, align=4),
            dict(type=PT_LOAD, offset=data, vaddr=RAM + 0x1000, paddr=RAM + 0x1000, filesz=4,
                 memsz=8, flags=6, align=4),
        ]

    def segment(self, i, **changes):
        """Change a segment; `at` is both of its addresses."""
        at = changes.pop("at", None)
        if at is not None:
            changes.update(vaddr=at, paddr=at)
        self.segments[i].update(changes)
        return self

    def set(self, **changes):
        self.header.update(changes)
        return self

    def bytes(self):
        count = len(self.segments)
        names = b"\0.symtab\0.strtab\0.shstrtab\0"
        body = b"".join(struct.pack("<8I", *(s[k] for k in ("type", "offset", "vaddr", "paddr",
                                                            "filesz", "memsz", "flags", "align")))
                        for s in self.segments)
        body += self.code + self.data
        symbols = 52 + len(body)
        body += self.symbols
        strings = 52 + len(body)
        body += self.strings
        section_names = 52 + len(body)
        body += names
        body += bytes(-len(body) % 4)
        sections = [(0,) * 10,
                    (1, SHT_SYMTAB, 0, 0, symbols, len(self.symbols), self.symtab["link"], 1, 4,
                     self.symtab["entsize"]),
                    (9, SHT_STRTAB, 0, 0, strings, len(self.strings), 0, 0, 1, 0),
                    (17, SHT_STRTAB, 0, 0, section_names, len(names), 0, 0, 1, 0)]
        h = dict(self.header)
        h["shoff"] = 52 + len(body) if h["shoff"] is None else h["shoff"]
        h["phnum"] = count if h["phnum"] is None else h["phnum"]
        h["shnum"] = len(sections) if h["shnum"] is None else h["shnum"]
        body += b"".join(struct.pack("<10I", *s) for s in sections)
        return bytes(self.ident) + struct.pack(
            "<HHIIIIIHHHHHH", *(h[k] for k in ("type", "machine", "version", "entry", "phoff",
                                               "shoff", "flags", "ehsize", "phentsize", "phnum",
                                               "shentsize", "shnum", "shstrndx"))) + body


def with_ident(index, value):
    elf = Elf()
    elf.ident[index] = value
    return elf.bytes()


def with_header(**changes):
    return Elf().set(**changes).bytes()


def with_segment(i, **changes):
    return Elf().segment(i, **changes).bytes()


def with_segments(*segments):
    elf = Elf()
    elf.segments += [dict(elf.segments[1], **s) for s in segments]
    for s in elf.segments:  # behind the longer program headers
        s["offset"] += 32 * len(segments)
    return elf.bytes()


def moved(changes):
    """Both segments' addresses changed, so that the entry is not what is wrong."""
    elf = Elf()
    elf.segment(0, at=changes).segment(1, at=changes + 0x1000)
    return elf.set(entry=changes).bytes()


def class_64():
    """A whole ELF64, as `clang --target=riscv64` makes them."""
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", 2, EM_RISCV, 1, RAM, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", PT_LOAD, 5, 120, RAM, RAM, len(CODE), len(CODE), 4)
    return ident + header + segment + CODE


def big_endian():
    ident = b"\x7fELF\x01\x02\x01" + bytes(9)
    header = struct.pack(">HHIIIIIHHHHHH", 2, EM_RISCV, 1, RAM, 52, 0, 0, 52, 32, 1, 40, 0, 0)
    segment = struct.pack(">8I", PT_LOAD, 84, RAM, RAM, len(CODE), len(CODE), 5, 4)
    return ident + header + segment + CODE


def symbols(strings, entries, **symtab):
    """A file with a symbol table of its own: strings, and where each symbol's name starts."""
    elf = Elf()
    elf.strings = strings
    elf.symbols = bytes(16) + b"".join(
        struct.pack("<IIIBBH", name, RAM, 4, 0x12, 0, 1) for name in entries)
    elf.symtab.update(symtab)
    return elf.bytes()


GOOD = Elf().bytes()

good = {
    "good": GOOD,
    "segments-adjacent": with_segments(dict(vaddr=RAM + 0x1008, paddr=RAM + 0x1008)),
    "segments-in-any-order": with_segments(dict(vaddr=RAM + 0x800, paddr=RAM + 0x800)),
    "segment-to-the-end-of-ram": with_segment(1, at=RAM + RAM_SIZE - 8),
    "segment-of-no-bytes-anywhere": with_segments(dict(paddr=0, filesz=0, memsz=0)),
    "segment-of-a-note-anywhere": with_segments(dict(type=PT_NOTE, paddr=0)),
    "virtual-address-elsewhere": with_segment(1, vaddr=0xC0001000),
    "no-sections": with_header(shoff=0, shnum=0, shstrndx=0),
}

broken = {
    # what kind of file
    "empty": (b"", "not an ELF file"),
    "text": (b"hello, world\n", "not an ELF file"),
    "archive": (b"!<arch>\n" + bytes(60), "not an ELF file"),
    "magic-alone": (b"\x7fELF", "truncated"),
    "ident-cut": (GOOD[:12], "truncated"),
    "header-cut": (GOOD[:40], "truncated"),
    "header-cut-by-one": (GOOD[:51], "truncated"),
    "class-none": (with_ident(4, 0), "wrong class"),
    "class-64": (class_64(), "wrong class"),
    "class-unknown": (with_ident(4, 3), "wrong class"),
    "endianness-none": (with_ident(5, 0), "wrong endianness"),
    "endianness-big": (big_endian(), "wrong endianness"),
    "version-none": (with_ident(6, 0), "version"),
    "machine-none": (with_header(machine=0), "wrong machine: 0"),
    "machine-386": (with_header(machine=3), "wrong machine: 3"),
    "machine-arm": (with_header(machine=40), "wrong machine: 40"),
    "type-object": (with_header(type=1), "not an executable"),
    "type-shared": (with_header(type=3), "not an executable"),
    "type-core": (with_header(type=4), "not an executable"),
    "flags-compressed": (with_header(flags=1), "compressed"),
    "flags-double": (with_header(flags=4), "floating-point"),
    "dynamic": (with_segments(dict(type=PT_DYNAMIC)), "dynamically linked"),
    "interpreter": (with_segments(dict(type=PT_INTERP)), "dynamically linked"),
    # the program headers
    "no-program-headers": (with_header(phnum=0), "no segment"),
    "no-segment-to-load": (Elf().segment(0, type=PT_NOTE).segment(1, type=PT_NOTE).bytes(),
                           "no segment"),
    "segments-all-empty": (Elf().segment(0, filesz=0, memsz=0).segment(1, filesz=0, memsz=0).bytes(),
                           "no segment"),
    "program-headers-cut": (GOOD[:52 + 40], "program header"),
    "program-headers-outside": (with_header(phoff=0x10000), "program header"),
    "program-headers-wrap": (with_header(phoff=0xFFFFFFF0), "program header"),
    "program-headers-1000": (with_header(phnum=1000), "program header"),
    "program-headers-65534": (with_header(phnum=65534), "program header"),
    "program-headers-extended": (with_header(phnum=65535), "segment"),
    "program-header-size": (with_header(phentsize=20), "program header"),
    # segments in the file
    "sections-cut": (GOOD[:-100], "truncated: its section headers"),
    "sections-cut-by-one": (GOOD[:-1], "truncated: its section headers"),
    "section-headers-outside": (with_header(shoff=0x10000), "truncated: its section headers"),
    "section-headers-wrap": (with_header(shoff=0xFFFFFFF0), "truncated: its section headers"),
    "section-headers-65535": (with_header(shnum=65535), "truncated: its section headers"),
    "segment-cut": (GOOD[:52 + 64 + 10], "truncated"),
    "segment-offset-outside": (with_segment(0, offset=0x10000), "truncated"),
    "segment-offset-greatest": (with_segment(0, offset=0xFFFFFFFF), "truncated"),
    "segment-longer-than-file": (with_segment(0, filesz=0x10000, memsz=0x10000), "truncated"),
    "segment-greatest": (with_segment(1, filesz=0xFFFFFFFF, memsz=0xFFFFFFFF), "truncated"),
    "segment-file-beyond-memory": (with_segment(1, filesz=8, memsz=4), "more bytes in the file"),
    # segments in memory
    "segment-wraps": (with_segment(1, at=0xFFFFF000, memsz=0x2000), "wraps around"),
    "segment-below-ram": (moved(0x10000), "outside RAM"),
    "segment-at-zero": (moved(0), "outside RAM"),
    "segment-on-a-device": (with_segment(1, at=0x10000000), "outside RAM"),
    "segment-before-ram": (with_segment(1, at=RAM - 8), "outside RAM"),
    "segment-into-ram": (Elf().segment(0, at=RAM + 0x1000).segment(1, at=RAM - 4)
                         .set(entry=RAM + 0x1000).bytes(), "outside RAM"),
    "segment-beyond-ram": (with_segment(1, at=RAM + RAM_SIZE), "outside RAM"),
    "segment-out-of-ram": (with_segment(1, at=RAM + RAM_SIZE - 4), "outside RAM"),
    "segment-larger-than-ram": (with_segment(1, memsz=RAM_SIZE), "outside RAM"),
    "segment-at-the-top": (with_segment(1, at=0xFFFFFFF8), "outside RAM"),
    "segments-same": (with_segments({}), "overlapping"),
    "segments-overlap-end": (with_segments(dict(paddr=RAM + 0x1004)), "overlapping"),
    "segments-overlap-start": (with_segments(dict(paddr=RAM + 0xFFC)), "overlapping"),
    "segments-one-within": (with_segments(dict(paddr=RAM + 0xF00, memsz=0x1000)), "overlapping"),
    # the entry
    "entry-odd": (with_header(entry=RAM + 1), "entry"),
    "entry-half": (with_header(entry=RAM + 2), "entry"),
    "entry-zero": (with_header(entry=0), "entry"),
    "entry-between": (with_header(entry=RAM + 0x800), "entry"),
    "entry-at-the-end": (with_header(entry=RAM + len(CODE)), "entry"),
    "entry-on-a-device": (with_header(entry=0x10000000), "entry"),
}

# Damage to names: a program has a right to run without them.
nameless = {
    "section-header-size": with_header(shentsize=1),
    "section-names-nowhere": with_header(shstrndx=0xFFFE),
    "symbols-of-no-size": symbols(b"\0a\0", [1], entsize=0),
    "symbols-of-one-byte": symbols(b"\0a\0", [1], entsize=1),
    "symbols-huge": symbols(b"\0a\0", [1], entsize=0xFFFFFFFF),
    "symbols-without-strings": symbols(b"\0a\0", [1], link=0),
    "symbols-strings-outside": symbols(b"\0a\0", [1], link=77),
    "symbols-for-strings": symbols(b"\0a\0", [1], link=1),
    "symbol-name-outside": symbols(b"\0a\0", [0x10000, 0xFFFFFFFF]),
    "symbol-name-not-ended": symbols(b"\0aaaa", [1]),
    # each name half a megabyte: kept whole, all of them would take eight gigabytes
    "symbols-of-endless-names": symbols(b"\0" + b"a" * (1 << 19) + b"\0", [1] * (1 << 14)),
}


def run(case):
    name, path, check = case
    command = [THIRDGEN, "run", "--max-instructions", "1000", path]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return f"{name}: not done in 60 seconds"
    said = done.stderr.decode(errors="replace")
    complaint = check(done.returncode, said)
    return complaint and f"{name}: {complaint}\n    status {done.returncode}\n    {said.strip()}"


def runs(status, said):
    return None if status == 0 else "is good, but does not run"


def refused(path, reason):
    def check(status, said):
        if status != 102:
            return "is not refused with status 102"
        name = os.path.basename(path)
        if name not in said or reason not in said.replace(name, ""):
            return f"is refused without naming the file or the reason, `{reason}'"
        return None if len(said.splitlines()) <= 2 else "takes more than a line and a hint"
    return check


def runs_or_refused(status, said):
    return None if status in (0, 102) else "neither runs nor is refused"


def main():
    global THIRDGEN
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generate", metavar="DIR")
    args = parser.parse_args()
    build = os.environ.get("BUILD", "build")
    THIRDGEN = os.environ.get("THIRDGEN", os.path.join(build, "thirdgen"))
    folder = args.generate or os.path.join(build, "corpus", "elf")
    os.makedirs(folder, exist_ok=True)
    cases = []

    def add(name, contents, check):
        path = os.path.join(folder, name + ".elf")
        with open(path, "wb") as f:
            f.write(contents)
        cases.append((name, path, check(path)))

    for name, contents in good.items():
        add(name, contents, lambda path: runs)
    for name, (contents, reason) in broken.items():
        add(name, contents, lambda path, reason=reason: refused(path, reason))
    for name, contents in nameless.items():
        add(name, contents, lambda path: runs_or_refused)
    if args.generate:
        return 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        failures = [f for f in pool.map(run, cases) if f]
    print("\n".join(failures + [f"{len(cases)} ELF files, {len(failures)} failures"]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
