#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The variants, each with the guest that shows what is wrong with it (examples/variants/).

On the bare machine the guest says what it should and ends with 0.  Under the
pure monitor it parts from the bare machine at `sensitive', under the hybrid one
at `user_sensitive', or, on a variant that satisfies theorem 3, not at all; and
why, as `compare` tells it, names the rule of the variant and what was read or
lost.  On the virtualizable machine nothing parts anywhere.

The expectations are by hand: from the sources of the guests, from what the
rules of the variants say, and from where a hosted monitor puts its guests.
"""
import json
import os
import subprocess
import sys

THIRDGEN = os.environ.get("THIRDGEN", "build/thirdgen")
FOLDER = "examples/variants"
LIMIT = ["--max-instructions", "1000000"]
DIFFERENT, IDENTICAL = 100, 0
ALLOTMENT = 0x100000  # where the first guest of a hosted monitor lies

# For each variant: what the guest prints bare and where the variant closes the hole; what it
# prints and its status under the pure monitor; the same under the hybrid one.
GUESTS = {
    "smsw": ("kernel: a tick, as there should be\nprogram: I see that interrupts are on\n",
             "kernel: a tick, as there should be\nprogram: I may not look\n",
             ("kernel: no tick! who turned interrupts off?\n", 1),
             ("kernel: a tick, as there should be\nprogram: I see that interrupts are off?\n", 2)),
    "sidt": ("kernel: the trap handler is mine\nprogram: the trap handler is where my system says\n",
             "kernel: the trap handler is mine\nprogram: I may not look\n",
             ("kernel: that is not my trap handler! I am in a virtual machine\n", 1),
             ("kernel: the trap handler is mine\n"
              "program: the trap handler is elsewhere! my system is in a virtual machine\n", 2)),
    "lra": ("program: my text, wherever it is\nkernel: the program knows its real place\n",
            "program: my text, wherever it is\nkernel: the program may not know its real place\n",
            ("kernel: there is no text at the address!\n", 1),
            ("program: my text, wherever it is\n"
             "kernel: the program claims to be where I have not put it!\n", 2)),
    "popf": ("program: wrote mstatus, and nothing came of it\nkernel: a tick, as there should be\n",
             "program: may not write mstatus\nkernel: a tick, as there should be\n",
             ("program: wrote mstatus, and nothing came of it\n"
              "kernel: no tick! but I turned interrupts on\n", 1), None),
    "jrst1": ("kernel: the program ran in user mode, and called\n",
              "kernel: the program ran in user mode, and may not mret\n",
              ("kernel: I am still here! that was not user mode\n", 1), None),
    "jrst1-epc": ("kernel: the program started twice, and called\n",
                  "kernel: the program ran in user mode, and may not mret\n",
                  ("kernel: I have been here before! that was not my mepc\n", 1),
                  ("kernel: a trap from nowhere\n", 2)),
    "rdtsc": ("kernel: two instructions, two cycles\nprogram: ten instructions, ten cycles\n",
              "kernel: two instructions, two cycles\nprogram: I may not look at the clock\n",
              ("kernel: two instructions, and not two cycles! I am in a virtual machine\n", 1),
              ("kernel: two instructions, two cycles\n"
               "program: ten instructions, and not ten cycles!\n", 2)),
    "set-r": ("kernel: the program has read my memory; on this machine it can\n",
              "kernel: the program tried to open R, and was stopped\n", ("", 103),
              ("kernel: the program has read my memory; on this machine it can\n", 0)),
}

# Where the two part: the instruction; one component that differs, bare and virtual (None: any
# value; a name: the address of that label of the source); what the explanation must say.
PURE = {
    "smsw": ("csrr s0,mstatus", "s0", 8, 0, ["a read of mstatus in user mode has its full effect",
                                             "0x00000000, is not the guest's mstatus, which is 0x00000008"]),
    "sidt": ("csrr s1,mtvec", "s1", "handler", 0, ["a read of mtvec in user mode has its full effect"]),
    "lra": ("csrr t0,mbase", "t0", None, ALLOTMENT, ["a read of mbase in user mode has its full effect",
                                                     "the real R is composed"]),
    "popf": ("csrsi mstatus,8", "mstatus", 8, 0, ["a write of mstatus in user mode has no effect",
                                                  "which should now be 0x00000008, is 0x00000000"]),
    "jrst1": ("mret", "pc", "program", None, ["mret in user mode has no effect", "in U-mode"]),
    "jrst1-epc": ("mret", "pc", "program", None, ["mret in user mode jumps to mepc", "the real mepc"]),
    "rdtsc": ("csrr s1,mcycle", "s1", 2, 1, ["a read of mcycle in user mode has its full effect",
                                             "counts what the processor executes"]),
    "set-r": ("csrw mbase,t0", "mbase", None, 0, ["a write of mbase in user mode has its full effect",
                                                  "R is what keeps the guest in its memory"]),
}
HYBRID = {
    "smsw": ("csrr a0,mstatus", "a0", 0x88, 0, ["a read of mstatus"]),
    "sidt": ("csrr a0,mtvec", "a0", "handler", 0, ["a read of mtvec"]),
    "lra": ("csrr a0,mbase", "a0", None, None, ["a read of mbase", "the real R is composed"]),
    "jrst1-epc": ("mret", "pc", "program", None, ["mret in user mode jumps to mepc"]),
    "rdtsc": ("rdcycle s0", "s0", None, None, ["a read of cycle", "counts what the processor executes"]),
    "set-r": ("csrw mbound,t0", "mbound", 0xFFFFFFFC, None, ["a write of mbound"]),
}

failures = checks = 0


def check(what, ok):
    global failures, checks
    checks += 1
    if not ok:
        failures += 1
        print(f"FAILED: {what}")


def run(*args):
    done = subprocess.run([THIRDGEN, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace")


def outputs(name, path):
    bare, closed, pure, hybrid = GUESTS[name]
    for what, args, wanted in [
            ("bare", ["--isa", name], (0, bare)),
            ("bare, virtualizable", [], (0, closed)),
            ("pure", ["--isa", name, "--monitor", "hosted"], (pure[1], pure[0])),
            ("hybrid", ["--isa", name, "--monitor", "hosted,hybrid"],
             (hybrid[1], hybrid[0]) if hybrid else (0, bare))]:
        found = run("run", *LIMIT, *args, path)
        check(f"{name}, {what}: {found}, expected {wanted}", found == wanted)


def compare(name, path, *args):
    status, text = run("compare", "--json", *LIMIT, *args, path)
    return status, json.loads(text)


def parts(name, path, row, label, mode, *args):
    """It is different, there and so."""
    instruction, component, bare, virtual, phrases = row
    status, result = compare(name, path, "--isa", name, *args)
    what = f"{name} {' '.join(args)}"
    check(f"{what}: status {status}, {result['verdict']}",
          (status, result["verdict"]) == (DIFFERENT, "different"))
    if status != DIFFERENT:
        return
    d = result["difference"]
    check(f"{what}: at <{d['symbol']}>, not <{label}>", d["symbol"] == label)
    check(f"{what}: {d['instruction']}", d["instruction"] == instruction)
    check(f"{what}: in mode {d['virtual']['mode']}", d["virtual"]["mode"] == mode)
    check(f"{what}: not an escape at that step", d.get("escape", {}).get("step") == d["step"])
    values = {c["name"]: c for c in d["components"]}
    check(f"{what}: {component} is not among {list(values)}", component in values)
    if component in values:
        if isinstance(bare, str):
            bare = address(path, bare)
        found = values[component]
        check(f"{what}: {found}", bare in (None, found["bare"]))
        check(f"{what}: {found}", virtual in (None, found["virtual"]))
    for phrase in phrases:
        check(f"{what}: does not say {phrase!r}: {d['why']}", phrase in d["why"])


def address(path, label):
    """The address of a label, by the disassembly of the image."""
    for line in run("disas", path)[1].splitlines():
        if line.endswith(f" <{label}>:"):
            return int(line.split()[0], 16)
    raise ValueError(f"no <{label}> in {path}")


def same(name, path, *args):
    status, result = compare(name, path, *args)
    check(f"{name} {' '.join(args)}: status {status}, {result['verdict']}",
          (status, result["verdict"]) == (IDENTICAL, "identical"))
    return result


def guest(name):
    path = f"{FOLDER}/{name}.s"
    outputs(name, path)
    same(name, path)
    same(name, path, "--monitor", "hosted,hybrid")
    parts(name, path, PURE[name], "sensitive", 3)
    if name in HYBRID:
        parts(name, path, HYBRID[name], "user_sensitive", 0, "--monitor", "hosted,hybrid")
    else:
        result = same(name, path, "--isa", name, "--monitor", "hosted,hybrid")
        check(f"{name}, hybrid: executed directly {result['executed_directly']}",
              0 < result["executed_directly"] < result["instructions"])


def escape():
    """set-r.yaml: the thief prints what the victim alone knows."""
    path = f"{FOLDER}/set-r.yaml"
    with open(f"{FOLDER}/set-r-victim.s", encoding="utf-8") as f:
        secret = f.read().split('"KEY:"')[1].split('.asciz  "')[1].split('"')[0]
    status, text = run("run", *LIMIT, path)
    check(f"{path}: {status} {text}", status == 0 and f"behind my memory I read: {secret}\n" in text)
    status, text = run("run", *LIMIT, "--isa", "virtualizable", path)
    check(f"{path}, virtualizable: {status} {text}",
          status == 0 and secret not in text and "I cannot see beyond my memory\n" in text)
    status, result = compare("thief", path, "--guest", "thief")
    d = result.get("difference", {})
    check(f"thief: {status} {d}", status == DIFFERENT and d["instruction"] == "lw t0,0(s0)" and
          d["escape"]["step"] == d["step"] - 1 and "csrw mbound,s1" in d["why"])
    same("thief", path, "--guest", "thief", "--isa", "virtualizable")
    same("victim", path, "--guest", "victim")


for variant in GUESTS:
    guest(variant)
escape()
print(f"variants: {checks} checks, {failures} failed")
sys.exit(1 if failures else 0)
