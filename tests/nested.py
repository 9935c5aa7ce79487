#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The bare-metal monitor, and monitors within monitors: usage: tests/nested.py [--long]

Programs are the same to the bit bare and at every depth, whichever monitors are
around them; every level has the same code in memory; what `pack` writes is what
docs/nesting.md says, and boots; too little memory is said before anything runs.
--long: the guest OS at depth 3 and a small guest at 4 and 5, more random programs.
"""
import json
import os
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "oracle"))

import qemu  # the random snippets, not QEMU itself

THIRDGEN = os.environ.get("THIRDGEN", os.path.join(ROOT, "build", "thirdgen"))
WORK = os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "build")), "tests", "nested")
LONG = "--long" in sys.argv[1:]
BARE, HOSTED = ["--monitor", "bare-metal"], ["--monitor", "hosted"]
checks = failures = 0


def check(what, ok):
    global checks, failures
    checks += 1
    if not ok:
        failures += 1
        print(f"FAILED: {what}")


def thirdgen(*words):
    done = subprocess.run([THIRDGEN, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=600)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def identical(what, *words):
    status, out, err = thirdgen("compare", *words)
    check(f"compare {what} {' '.join(words)}: status {status}\n{out.decode()[:2000]}{err}",
          status == 0 and out.startswith(b"identical"))


def ways(depths):
    for depth in depths:
        yield BARE + ["--depth", str(depth)]


def comparisons():
    mixed = [HOSTED + ["--depth", "2"], ["--monitor", "bare-metal,hybrid", "--depth", "1"],
             ["--monitor", "bare-metal,hybrid", "--depth", "2"],
             ["--monitor", "hosted,hybrid", "--depth", "2"]]
    # Interpreted by a monitor that is itself simulated, what only counts takes too long.
    for name, deepest, others in (("hello", 3, mixed), ("traps", 2, mixed), ("usermode", 2, mixed),
                                  ("timer", 3, mixed[:1]), ("escape", 1, [])):
        for way in [*ways(range(1, 4 if LONG else deepest + 1)), *others]:
            identical(name, f"examples/{name}.s", *way)
    for way in ways([1, 2] if LONG else [1]):
        identical("the guest OS", "builtin:guestos", *way)
    if LONG:
        for way in ways([4, 5]):
            identical("a small guest", "examples/timer.s", *way)
        for way in [*ways([3]), mixed[0], HOSTED + ["--depth", "3"]]:
            identical("the guest OS", "builtin:guestos", *way)


def random_programs():
    """Snippets of M- and U-mode code with traps, R, CSRs, LR and SC, in one program each batch."""
    for seed, depth in [("n1", 1), ("n2", 2)] + ([("n3", 1), ("n4", 2), ("n5", 3)] if LONG else []):
        count = 400 if LONG and depth < 3 else 60 if LONG or depth < 2 else 20
        path = os.path.join(WORK, f"random-{seed}.elf")
        with open(path, "wb") as f:
            f.write(qemu.Batch(seed, list(range(count)), False).elf)
        identical(f"{count} random snippets, seed {seed}", path, *BARE, "--depth", str(depth))


def neighbours():
    """One guest of several, whatever the others do, is as on a machine of its own."""
    with open("tests/guest/neighbours.yaml", encoding="ascii") as f:
        text = f.read().replace("../cli", os.path.relpath("tests/cli", WORK))
    path, keys = os.path.join(WORK, "neighbours.yaml"), os.path.join(WORK, "keys")
    with open(path, "w", encoding="ascii") as f:
        f.write(text.replace("monitor: hosted", "monitor: bare-metal"))
    with open(keys, "w", encoding="ascii") as f:
        f.write("hello there\n")
    for guest, wanted in (("spins", 104), ("ends", 0), ("halts", 0), ("kernel", 104), ("reads", 0)):
        status, out, err = thirdgen("compare", path, "--guest", guest, "--input", keys,
                                    "--max-instructions", "300k")
        check(f"neighbour {guest}: status {status}\n{out.decode()[:2000]}{err}", status == wanted)


def tree():
    """Two guests, one of them a monitor with two: each is as alone, all levels have the same code."""
    description = "examples/nested/tree.yaml"
    identical("left", description, "--guest", "left")
    identical("other", description, "--guest", "right/other")
    if LONG:
        identical("the guest OS at depth 2, beside others", description, "--guest", "inner")
    check("a name that none has", thirdgen("compare", description, "--guest", "guest")[0] == 101)
    status, out, err = thirdgen("run", description, "--json", "--input", "/dev/null")
    levels = json.loads(err)["levels"]
    check(f"tree: status {status}", status == 0)
    check(f"tree: {levels}", [(r["level"], r["name"], r.get("code")) for r in levels] ==
          [(0, "the machine", None), (1, "right", 0), (2, "inner", 0), (2, "other", 0),
           (1, "left", 0)])
    digests = {r["monitor"]["code_digest"] for r in levels if "monitor" in r}
    check(f"one code on all levels: {digests}", len(digests) == 1)
    bare = b"".join(thirdgen("run", image)[1]
                    for image in ("builtin:guestos", "examples/hello.s", "examples/timer.s"))
    check("everything that the guests print arrives, and nothing else",
          sorted(bare) == sorted(out))  # in whatever order: they share the console
    _, tagged, _ = thirdgen("run", description)
    for tag, image in (("right: inner: ", "builtin:guestos"), ("left: ", "examples/hello.s"),
                       ("right: other: ", "examples/timer.s")):
        lines = [tag.encode() + line for line in thirdgen("run", image)[1].splitlines()]
        check(f"without --input each line has its tag: {tag}",
              lines == [x for x in tagged.splitlines() if x.startswith(tag.encode())])


def keys():
    """Input goes to the first guest of the first guest, at depth 2; or to the one chosen."""
    path = os.path.join(WORK, "shutdown")
    with open(path, "w", encoding="ascii") as f:
        f.write("ps\nshutdown\n")
    _, wanted, _ = thirdgen("run", "builtin:guestos", "--input", path)
    for words in (["examples/nested/two.yaml"], ["examples/nested/tree.yaml", "--guest", "inner"]):
        status, out, _ = thirdgen("run", *words, "--input", path)
        answer = wanted[wanted.index(b"> ps"):]
        check(f"input of {words}: status {status}", status == 0 and answer in out)
    for name in ("two", "three", "hybrid"):
        identical(f"examples/nested/{name}.yaml", f"examples/nested/{name}.yaml")


def inputs():
    """Guests with an input of their own, at depth 1 and 2; the console's goes to the first without."""
    text = """machine:
  memory: 16 MiB
  run:
    monitor: MONITOR
    guests:
      - { name: first, memory: 1 MiB, input: KEYS, run: { image: ECHO } }
      - name: second
        memory: 8 MiB
        run:
          monitor: bare-metal
          guests:
            - { name: inner, memory: 1 MiB, input: KEYS, run: { image: ECHO } }
            - { name: other, memory: 1 MiB, run: { image: ECHO } }
            - { name: empty, memory: 1 MiB, input: /dev/null, run: { image: ECHO } }
      - { name: third, memory: 2 MiB, run: { image: ECHO } }
"""
    mine = os.path.join(WORK, "own-keys")
    with open(mine, "w", encoding="ascii") as f:
        f.write("own\001nq")
    for monitor in ("hosted", "bare-metal"):
        path = os.path.join(WORK, f"inputs-{monitor}.yaml")
        with open(path, "w", encoding="ascii") as f:
            f.write(text.replace("MONITOR", monitor).replace("KEYS", "own-keys").replace(
                "ECHO", os.path.join(ROOT, "tests/cli/files/wait-input.s")))
        done = subprocess.run([THIRDGEN, "run", path], input=b"xyz", stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=600)
        check(f"{monitor}: who reads what: {done.stdout}", sorted(done.stdout.splitlines()) ==
              [b"first: OWN\x01N", b"second: inner: OWN\x01N", b"second: other: XYZ"])
        check(f"{monitor}: whose input is at its end is told of: {done.stderr}",
              done.returncode == 103 and all(f"second/{name} waits for ever".encode() in done.stderr
                                             for name in ("other", "empty")))
        for guest in ("first", "inner", "other", "empty", "third"):
            identical("a guest with an input", path, "--guest", guest)
        identical("--input goes before it", path, "--guest", "inner", "--input", mine)
    with open(path, "w", encoding="ascii") as f:
        f.write(text.replace("MONITOR", "bare-metal").replace("KEYS", "no-keys").replace(
            "ECHO", os.path.join(ROOT, "tests/cli/files/wait-input.s")))
    status, _, err = thirdgen("run", path)
    check(f"an input that is not there: {status} {err}",
          status == 102 and ":6:46: error: cannot read" in err and ":12:52: error" in err)
    with open(path, "w", encoding="ascii") as f:
        f.write(text.replace("MONITOR", "bare-metal").replace("KEYS", "own-keys").replace(
            "8 MiB", "3136 KiB").replace("ECHO", os.path.join(ROOT, "tests/cli/files/wait-input.s")))
    status, _, err = thirdgen("run", path)
    check(f"an input takes memory, too: {status} {err}",
          status == 102 and "their monitor's own 76 KiB take" in err)


def digests_of_a_chain():
    _, _, err = thirdgen("run", "examples/timer.s", *BARE, "--depth", "4", "--json")
    rows = [r for r in json.loads(err)["levels"] if "monitor" in r]
    check("four levels, one code",
          len(rows) == 4 and len({r["monitor"]["code_digest"] for r in rows}) == 1)
    return rows[0]["monitor"]["code_digest"]


def fnv(data):
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 & (1 << 64) - 1
    return digest


def image(digest):
    """The packed image by docs/nesting.md, read here by hand, and booted."""
    path = os.path.join(WORK, "two.img")
    status, _, err = thirdgen("pack", "examples/hello.s", *BARE, "--depth", "2", "--memory",
                              "1 MiB", "-o", path)
    check(f"pack: {err}", status == 0)
    with open(path, "rb") as f:
        data = f.read()
    base, names = 0, []
    for _ in range(2):
        (_, magic, version, text, text_end, _, _, end, memory, length, count, focus,
         people) = struct.unpack_from("<13I", data, base)
        check("header", data[base + 4:base + 8] == b"tvmm" and version == 2 and magic != 0)
        check("table", (count, focus, people) == (1, 0, 0) and base + length <= len(data))
        name, size, offset, bytes_, entry, a1, weight, slice_, flags, at, typed = struct.unpack_from(
            "<16s10I", data, base + 52)
        check("guest", (entry, a1, weight, flags) == (0x80000000, 0, 1, 0) and slice_ == 100000)
        check("no input of its own", (at, typed) == (end, 0))
        check("place", offset == end and end % 4096 == 0 and end + size <= memory)
        check("code", fnv(data[base + text:base + text_end]) == int(digest, 16))
        names.append(name.rstrip(b"\0"))
        base += offset
    check(f"names {names}", names == [b"monitor", b"guest"])
    check("the guest's own bytes", b"Hello from the machine" in data[base:base + bytes_])
    for words in ([], HOSTED, BARE):
        status, out, _ = thirdgen("run", path, *words)
        check(f"run {path} {words}", status == 0 and out == b"Hello from the machine.\n")


def refused():
    """Too little memory, at whatever depth, before anything runs."""
    path = os.path.join(WORK, "small.yaml")
    with open(path, "w", encoding="ascii") as f:
        f.write("""machine:
  memory: 8 MiB
  run:
    monitor: bare-metal
    guests:
      - name: outer
        memory: 1028 KiB
        run:
          monitor: bare-metal
          guests:
            - { name: inner, memory: 1 MiB, run: { image: "builtin:guestos" } }
""")
    status, out, err = thirdgen("run", path)
    check(f"too little memory: {status}\n{err}",
          status == 102 and out == b"" and "small.yaml:7:17" in err
          and "give it `memory: 2 MiB'" in err)
    status, _, err = thirdgen("pack", "examples/hosted.yaml", "-o", os.path.join(WORK, "none"))
    check(f"nothing to pack: {status} {err}", status == 102 and "no bare-metal monitor" in err)
    # A machine that has less memory than its monitor was packed for: its own fault, told.
    flat, short = os.path.join(WORK, "two.img"), os.path.join(WORK, "short.img")
    with open(flat, "rb") as f:
        data = bytearray(f.read())
    struct.pack_into("<I", data, 32, 1 << 31)
    with open(short, "wb") as f:
        f.write(data)
    status, out, _ = thirdgen("run", short, "--memory", "1 GiB")
    check(f"an image that promises too much: {status} {out}", status == 102)
    elf = os.path.join(WORK, "monitor.s")
    with open(elf, "w", encoding="ascii") as f:
        struct.pack_into("<I", data, 32, 64 << 20)
        f.write("_start:\n" + "\n".join(f"    .word {w}" for w in struct.unpack(
            f"<{len(data) // 4}I", data[:len(data) // 4 * 4])))
    status, out, _ = thirdgen("run", elf)
    check(f"a fault of the monitor's own: {status} {out}",
          status == 98 and b"a fault of its own: mcause 0x00000005" in out and b"0x83fffffc" in out)


def imposter():
    """A guest that looks like a monitor and has nonsense for its state: what looks on bears it."""
    with open(os.path.join(WORK, "two.img"), "rb") as f:
        data = bytearray(f.read())
    state, size = struct.unpack_from("<2I", data, 20)
    data = data[:state + size]
    struct.pack_into("<I", data, 0, 0x6F)  # j .
    version = state + 176  # struct bare: the vmm; its version, then the count of its VMs
    path = os.path.join(WORK, "imposter.s")
    for word in (0, 1 << 20, 1 << 31, (1 << 32) - 1):
        for count in (1, 16, (1 << 32) - 1):
            struct.pack_into(f"<{size // 4}I", data, state, *[word] * (size // 4))
            struct.pack_into("<2I", data, version, 2, count)
            with open(path, "w", encoding="ascii") as f:
                f.write("_start:\n" + "\n".join(
                    f".word {w}" for w in struct.unpack(f"<{len(data) // 4}I", data)))
            for words in (["--json"], ["--stats", *HOSTED]):
                status, _, err = thirdgen("run", path, *words, "--max-instructions", "100", "--memory",
                                          "1 MiB")
                check(f"an imposter of {count} VMs, {word:#x}: {status} {err[-200:]}", status == 104)


os.chdir(ROOT)
os.makedirs(WORK, exist_ok=True)
comparisons()
random_programs()
neighbours()
tree()
keys()
inputs()
image(digests_of_a_chain())
imposter()
refused()
print(f"nested: {checks} checks, {failures} failed")
sys.exit(1 if failures else 0)
