#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hostile guests: whatever a guest does, it is the same as on the bare machine,
its monitor lives, and its neighbour notices nothing.

usage: tests/hostile/run.py [--only WORD] [--way WORD] CLASS...

Each guest (the table GUESTS; NAME.s beside this file) does one thing that no
decent program does, keeps a checksum of all it sees and of every trap it takes,
and says it.  WAYS are the machines that it is put on, and what is asked then:

  alone      `compare`: the guest is the same to the bit as bare
  beside     `compare` of honest.s with the guest for its neighbour; inner: both
             in a monitor of their own, and another honest one outside it
  alive      the two run: the honest one ends well, with all that it has to say
             said, and the run is over when the guest is, or its budget
  busy       an honest guest, the guest OS and noise, each with the three others
             for neighbours

CLASS is quick, full or long, as in tests/run.py; each row belongs to one.
--table writes GUESTS into docs/testing.md, and quick looks whether it is there.
"""
import argparse
import json
import os
import sys

from machines import HERE, WORK, accounts, describe, thirdgen

INPUT = os.path.join(WORK, "input")
LIMIT = "5M"  # steps of a guest that ends by itself
HONEST = "1M"  # of the honest one, who needs 200,000

ENDS, HALTS, NEVER = "exit code 0", "wfi", "budget"

GUESTS = {  # name: (how it ends, steps if it never does, the way in)
    "csr": (ENDS, None, "every CSR number; every CSR with nasty values, by every instruction"),
    "csr-user": (ENDS, None, "every CSR number, mret, wfi, undefined words in U-mode"),
    "relocation": (ENDS, None, "R of 0, 4, size - 4, size, beyond, wrapped; its edges from U-mode"),
    "relocation-alias": (ENDS, None, "R anew at each entry; a user that writes its kernel's code"),
    "devices": (ENDS, None, "devices at every width and misalignment, and executed"),
    "devices-user": (ENDS, None, "devices from U-mode, also with R pointing at them"),
    "uart": (ENDS, None, "DLAB, IER, reading nothing, a flood"),
    "finisher": ("exit code 4660", None, "odd values, odd widths, from U-mode"),
    "reset": (ENDS, None, "resets itself, leaving behind all it can"),
    "edges": (ENDS, None, "jumps to and falls over the edges of memory"),
    "mret": (ENDS, None, "mret to nowhere, with every mstatus"),
    "vector-unset": (NEVER, "20k", "a trap with mtvec 0: nothing ever retires"),
    "vector-outside": (NEVER, "20k", "mtvec beyond memory"),
    "vector-device": (NEVER, "20k", "mtvec is a device"),
    "vector-traps": (NEVER, "20k", "a handler whose first instruction traps"),
    "vector-edge": (NEVER, "20k", "a handler that falls over the edge"),
    "vector-interrupt": (ENDS, None, "interrupts vectored beyond memory"),
    "vectored": (ENDS, None, "all interrupt lines, all masks, both modes, vectored"),
    "msip": (ENDS, None, "interrupts itself; odd values of msip"),
    "timer": (ENDS, None, "deadlines past, now, at 2^64 - 1; clocks that wrap"),
    "sleep": (ENDS, None, "sleeps for nearly 2^64 ticks, again and again"),
    "storm": (ENDS, None, "interrupts without a pause, both modes"),
    "storm-forever": (NEVER, "20k", "a deadline always past, a handler that is an mret"),
    "wfi-forever": (HALTS, None, "a wfi that nothing can end"),
    "wfi-busy": (NEVER, "20k", "a wfi that never waits"),
    "wfi-hop": (ENDS, None, "thousands of waits of a few ticks"),
    "rewrites": (ENDS, None, "code that overwrites itself under its feet"),
    "scribble": (NEVER, "800k", "writes all of its memory, itself at last"),
    "ecalls": (ENDS, None, "a storm of ecall and ebreak, both modes"),
    "reservation": (ENDS, None, "LR, SC, mresv: all values, across modes, R, traps, waits"),
    "counters": (ENDS, None, "counters written, wrapping at 2^32 and 2^64"),
    "probe": (ENDS, None, "loads and stores all over the address space"),
    "garbage": (ENDS, None, "executes noise, both modes, random R"),
}

failures = []


def fail(arguments, what):
    command = "thirdgen " + " ".join(arguments)
    failures.append(command)
    print(f"FAILED: {command}\n    {what}", flush=True)


def compare(end, *arguments):
    """Identical to its end, which is `end`."""
    arguments = ["compare", "--json", *arguments, "--input", INPUT]
    status, out, err = thirdgen(*arguments)
    if status is None:
        fail(arguments, "hangs")
        return
    try:
        result = json.loads(out)
    except ValueError:
        fail(arguments, f"status {status}: {err.decode(errors='replace').strip()}")
        return
    if result["verdict"] == "different":
        fail(arguments, json.dumps(result.get("difference", result))[:2000])
        return
    wanted = ("identical so far", 104) if end == NEVER else ("identical", 0)
    if (result["verdict"], status) != wanted or end not in result["ended_with"]:
        fail(arguments, f"status {status}, {result['verdict']}, ended with {result['ended_with']};"
                        f" wanted {end}")


def source(name):
    return f"{HERE}/{name}.s"


def alone(name, *monitor):
    end, steps, _ = GUESTS[name]
    compare(end, source(name), "--memory", "1MiB", "--max-instructions", steps or LIMIT,
            "--monitor", *monitor)


def pair(name):
    """The honest one second, so that the guest has the first turn and the lower memory."""
    return [("hostile", source(name), 100, 1), ("honest", source("honest"), 1000, 1)]


def beside(name, monitor):
    compare(ENDS, describe(name, monitor, pair(name)), "--guest", "honest",
            "--max-instructions", HONEST)


def inner(name, monitor):
    path = describe(name + "-inner", monitor, [("outer", source("honest"), 1000, 1)], pair(name))
    for guest in ("honest", "outer"):
        compare(ENDS, path, "--guest", guest, "--max-instructions", HONEST)


def is_within(short, text):
    """Is `short` in `text`, with what others print in between?"""
    rest = iter(text)
    return all(byte in rest for byte in short)


def alive(name, monitor):
    """The honest one gets to its end with ten steps for each of the guest's.  The budget is the
    guest's; hosted, it is anybody's."""
    path = describe(name + "-alive", monitor,
                    [("hostile", source(name), 1000, 1), ("honest", source("honest"), 10000, 1)])
    arguments = ["run", path, "--guest", "hostile", "--stats", "--json", "--input", INPUT,
                 "--max-instructions", "300k" if monitor == "hosted" else "30k"]
    status, out, err = thirdgen(*arguments)
    if status is None:
        fail(arguments, "hangs")
        return
    try:
        honest = accounts(err)["honest"]
    except (ValueError, KeyError):
        fail(arguments, f"status {status}: {err.decode(errors='replace')[:500]}")
        return
    if status == 105 or honest["state"] != "ended" or honest.get("code", 0) != 0:
        fail(arguments, f"status {status}, the honest one: {honest}")
    elif not is_within(thirdgen("run", source("honest"), "--memory", "1MiB")[1], out):
        fail(arguments, "the honest one's output is not complete")


BUSY = [("storm", source("storm-forever"), 700, 1), ("noise", source("garbage"), 1300, 2),
        ("honest", source("honest"), 500, 1), ("kernel", "builtin:guestos", 900, 3)]


def busy(monitor, within):
    path = describe("busy-inner" if within else "busy", monitor,
                    [("spins", "tests/cli/files/spin.s", 100, 1)] if within else BUSY,
                    BUSY if within else ())
    compare(ENDS, path, "--guest", "honest", "--max-instructions", HONEST)
    compare(NEVER, path, "--guest", "kernel", "--max-instructions", "200k")
    compare(NEVER, path, "--guest", "noise", "--max-instructions", "200k")


WAYS = [  # class, what, with what
    ("quick", alone, ["hosted"]),
    ("full", alone, ["hosted,hybrid"]),
    ("full", alone, ["bare-metal"]),
    ("long", alone, ["bare-metal", "--depth", "2"]),
    ("long", alone, ["hosted", "--depth", "2"]),
    ("quick", beside, ["hosted"]),
    ("full", beside, ["hosted,hybrid"]),
    ("full", beside, ["bare-metal"]),
    ("long", inner, ["bare-metal"]),
    ("full", inner, ["hosted"]),
    ("full", alive, ["hosted"]),
    ("full", alive, ["bare-metal"]),
]
BUSY_WAYS = [  # class, monitor, inside another
    ("full", "hosted", False),
    ("full", "bare-metal", False),
    ("full", "hosted", True),
    ("long", "bare-metal", True),
]


TABLE, BEGIN, END = "docs/testing.md", "<!-- hostile -->\n", "<!-- /hostile -->\n"


def table():
    """docs/testing.md, as it is and as it should be."""
    with open(TABLE, encoding="utf-8") as file:
        before, _, rest = (text := file.read()).partition(BEGIN)
    rows = "".join(f"| `{name}` | {about} |\n" for name, (_, _, about) in GUESTS.items())
    return text, f"{before}{BEGIN}| guest | the way in |\n|---|---|\n{rows}{END}{rest.partition(END)[2]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="guests whose name has this word")
    parser.add_argument("--way", default="", help="ways whose name has this word, as `alone hosted'")
    parser.add_argument("--table", action="store_true", help=f"write the table of {TABLE}")
    parser.add_argument("classes", nargs="*")
    args = parser.parse_args()
    is_there, wanted = table()
    if args.table:
        with open(TABLE, "w", encoding="utf-8") as file:
            file.write(wanted)
    elif "quick" in args.classes and is_there != wanted:
        failures.append(TABLE)
        print(f"FAILED: {TABLE}: the ways in are others; tests/hostile/run.py --table")
    os.makedirs(WORK, exist_ok=True)
    with open(INPUT, "wb") as file:
        file.write(bytes(range(256)) * 2)
    names = [n for n in GUESTS if args.only in n]
    ways = [w for w in WAYS if w[0] in args.classes
            and args.way in " ".join([w[1].__name__, *w[2]])]
    for _, what, how in ways:
        before = os.times().children_user
        for name in names:
            what(name, *how)
        print(f"{what.__name__:7} {' '.join(how):21} {os.times().children_user - before:6.1f} s",
              file=sys.stderr)
    for _, monitor, within in (w for w in BUSY_WAYS if w[0] in args.classes
                               and args.only == "" and args.way in "busy " + w[1]):
        before = os.times().children_user
        busy(monitor, within)
        print(f"busy    {monitor:21} {os.times().children_user - before:6.1f} s", file=sys.stderr)
    print(f"hostile: {len(names)} guests on {len(ways)} machines,",
          f"{len(failures)} failures" if failures else "ok")
    sys.exit(1 if failures else 0)


main()
