#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The teaching kernel: its demonstration, its shell, and a process that means it harm.

Bare, with input from a file, so that every run is the same.  What a program
computes is computed here once more; the rest is checked against what
docs/guestos.md promises.
"""
import os
import re
import subprocess
import sys

THIRDGEN = os.environ["THIRDGEN"]
WORK = os.path.join(os.environ["BUILD"], "tests", "guestos")
KERNEL = re.compile(r"\[kernel\] (\d+) (\w+) killed: ([\w ]+), pc (0x\w{8}), mtval (0x\w{8})")
failures = 0


def check(what, ok):
    global failures
    if not ok:
        failures += 1
        print(f"FAILED: {what}")


def run(image, typed=""):
    """Exit status and output of a run in which `typed` is typed."""
    path = os.path.join(WORK, "input")
    with open(path, "w", encoding="utf-8") as f:
        f.write(typed)
    done = subprocess.run([THIRDGEN, "run", "--max-instructions", "400000000", "--input", path, image],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def checksum(rounds):
    x, total = 1, 0
    for _ in range(10000 * rounds):
        x = (x ^ x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x = (x ^ x << 5) & 0xFFFFFFFF
        total = (total + x) & 0xFFFFFFFF
    return f"0x{total:08x}"


def demonstration():
    status, text = run("builtin:guestos")
    check("status 0", status == 0)
    check("ends unattended", text.rstrip().endswith("no key for 60 s: shutting down"))
    check("no line is wider than 80 columns", max(map(len, text.split("\n"))) <= 80)
    for rounds in 30, 60:
        check(f"compute {rounds}", f"{rounds} rounds of xorshift32: checksum {checksum(rounds)}" in text)
    said = re.findall(r"talker\] hello (\d) of 3", text)
    check("talker", said == ["1", "2", "3"])
    spin = re.search(r"spin\] (\d+) instructions, never yielding, took (\d+) ticks", text)
    check("spin is preempted", spin and int(spin[2]) > 2 * int(spin[1]))
    woke = re.search(r"good morning, (\d+) ticks later", text)
    check("sleeper wakes in time", woke and 0 <= int(woke[1]) - 20000000 < 10 * 20000)
    killed = [(k[1], k[2], k[4]) for k in KERNEL.findall(text)]
    check(f"the right ones are killed: {killed}", sorted(killed) == [
        ("outlaw", "illegal instruction", "0x00000000"),  # undefined
        ("outlaw", "illegal instruction", "0x300023f3"),  # csrr t2, mstatus
        ("outlaw", "illegal instruction", "0x7c139073"),  # csrw mbound, t2
        ("vandal", "store outside R", "0x80004000")])
    check("bad pointer", "write(0x80004000, 1) gave -14" in text)
    check("nobody gets away", "got away" not in text)


# What is typed at the prompt, and what the screen shows up to the next prompt
# (a regular expression for all of it, after the echo).
SESSION = [
    ("help", r"ps .*\nrun NAME.*\nkill PID.*\nuptime.*\nshutdown.*\nprograms:.*"),
    ("ps", r" pid  state +ticks  program\n +1  waiting +\d+  init\n +11  running +\d+  shell"),
    ("run talker 2", r"\[12 talker\] hello 1 of 2\n\[12 talker\] hello 2 of 2"),
    ("   run    talker   1   ", r"\[13 talker\] hello 1 of 1"),
    ("run spin 4000000000 &", r"14 is spin"),
    ("ps", r".*\n.* init\n.* shell\n +14  ready +\d+  spin"),
    ("kill 14", r"\[kernel\] 14 spin killed by 11"),
    ("kill 14", r"can't kill 14: -3.*"),
    ("kill 1", r"can't kill 1: -1.*"),
    ("kill", r"kill PID"),
    ("kill 1x", r"kill PID"),
    ("run", r"run NAME.*"),
    ("run nobody", r"can't run `nobody`: -2.*"),
    ("run computer", r"can't run `computer`: -2.*"),
    ("run compute 1", r"\[15 compute\] 1 rounds of xorshift32: checksum " + checksum(1)),
    ("frobnicate 1", r"no command `frobnicate`.*"),
    ("", r""),
    ("\x7fx\x7fp\x01x\bs", r" pid .*\n.* init\n.* shell"),
    ("run vandal 1", r".*\n.*killed: load outside R, pc .*, mtval 0x10000000"),
    ("run vandal 2", r".*\n.*killed: fetch outside R, pc 0x00000000, mtval 0x00000000"),
    ("run outlaw 1", r".*\n.*killed: illegal instruction, .*, mtval 0x30200073"),
    ("run outlaw 2", r".*\n.*killed: illegal instruction, .*, mtval 0x10500073"),
    ("run outlaw 5", r".*\n.*killed: breakpoint, pc (0x\w+), mtval \1"),
    ("run echo\nthe words\n", r"the words\n\[21 echo\] the words"),
    ("run echo\n" + "a" * 90 + "\n", r"a{80}\n\[22 echo\] a{80}"),
    ("uptime", r"up \d+ ms"),
    *[("run sleeper 90000000 &", rf"(\[.*\n)?{pid} is sleeper(\n\[.*)?") for pid in range(23, 31)],
    ("run sleeper &", r"(\[.*\n)?can't run `sleeper`: -11.*"),
    ("kill 11", r"\[kernel\] 11 shell killed by 11"),
    ("ps", r".*\n.* init\n +31  running +\d+  shell(\n.* asleep .* sleeper){8}"),
    ("shutdown", r""),
]


def shell():
    typed = "".join(line + "\n" for line, _ in SESSION)
    status, text = run("builtin:guestos", typed)
    check("shell: status 0", status == 0)
    screens = re.split(r"(?m)^> ", text)[1:]
    check("shell: a prompt for each command", len(screens) == len(SESSION))
    for (line, wanted), screen in zip(SESSION, screens):
        shown = screen.partition("\n")[2].rstrip("\n")
        check(f"shell: {line!r} shows {shown!r}", re.fullmatch(wanted, shown))
    status, text = run("builtin:guestos", "ps\n\x04")
    check("shell: ^D", status == 0 and text.rstrip().endswith("end of input: shutting down"))


def hostile():
    """A kernel whose compute is tests/guest/hostile.s."""
    source = os.path.join(WORK, "hostile")
    os.makedirs(source, exist_ok=True)
    for name in os.listdir("guestos"):
        with open(os.path.join("guestos", name), encoding="utf-8") as f:
            text = f.read()
        if name == "users.s":
            with open("tests/guest/hostile.s", encoding="utf-8") as f:
                attack = f.read()
            text, done = re.subn(r"\n# compute\(rounds\).*?(?=\n# talker)",
                                 lambda m: "\n" + attack, text, flags=re.DOTALL)
            assert done == 1
            text, done = re.subn(r'"compute\\0"\n    .word   \d+',
                                 r'"compute\\0"\n    .word   2000', text)
            assert done == 2
        with open(os.path.join(source, name), "w", encoding="utf-8") as f:
            f.write(text)
    status, text = run(os.path.join(source, "guestos.s"))
    check("hostile: status 0", status == 0)
    check("hostile: both come to their end", text.count("[hostile] done") == 2)
    check("hostile: no panic", "panic" not in text and "killed: misaligned" not in text)
    check("hostile: the talker goes on", "hello 3 of 3" in text)


os.makedirs(WORK, exist_ok=True)
demonstration()
shell()
hostile()
print("guestos:", "ok" if failures == 0 else f"{failures} failures")
sys.exit(1 if failures else 0)
