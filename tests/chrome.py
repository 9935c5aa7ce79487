#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `run --trace-chrome' and `trace --chrome' write, against the account of the same run.

usage: chrome.py [--build DIR]

Python's parser reads the file; then

  - every process and thread that is used has a name;
  - the slices of a thread nest: two of them lie apart, or one within the other;
  - the exits of each guest are those that --stats counts, cause by cause and
    kind by kind; of an inner guest, as many as its monitor counts;
  - somebody executes at every step of the real machine, and only one;
  - the same run gives the same file, and the REPL, from its history, the same
    slices.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

RUNS = [
    ["builtin:guestos", "--depth", "1"],
    ["builtin:guestos", "--depth", "2", "--max-instructions", "300k"],
    ["builtin:guestos", "--depth", "3", "--max-instructions", "60k"],
    # Not 200k: that cuts the run while the monitor settles its account, which is read as it lies there.
    ["builtin:guestos", "--monitor", "bare-metal", "--max-instructions", "210k"],
    ["builtin:guestos", "--depth", "0", "--max-instructions", "200k"],
    ["tests/guest/neighbours.yaml", "--max-instructions", "200k"],
    ["examples/nested/tree.yaml", "--max-instructions", "300k"],
    ["examples/hello.s", "--monitor", "hosted,hybrid"],
]


class Wrong(Exception):
    pass


def run(thirdgen, arguments, folder):
    """The trace, its bytes, and the account."""
    trace, stats = os.path.join(folder, "trace.json"), os.path.join(folder, "stats.json")
    subprocess.run([thirdgen, "run", *arguments, "--trace-chrome", trace, f"--stats={stats}", "--json"],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    with open(trace, "rb") as f:
        data = f.read()
    with open(stats, encoding="utf-8") as f:
        return json.loads(data)["traceEvents"], data, json.load(f)


def check_names(events):
    named = {(e["name"], e["pid"], e["tid"]): e["args"]["name"] for e in events if e["ph"] == "M"}
    for e in events:
        for what in ("process_name", "thread_name"):
            if (what, e["pid"], e["tid"]) not in named:
                raise Wrong(f"no {what} of {e}")
        if named["process_name", e["pid"], e["tid"]] != f"L{e['pid']}":
            raise Wrong(f"process {e['pid']} has another level's name")


def check_nesting(events):
    threads = collections.defaultdict(list)
    for e in events:
        if e["ph"] == "X":
            threads[e["pid"], e["tid"]].append((e["ts"], e["ts"] + e["dur"]))
    for thread, slices in threads.items():
        open_ends = []
        for start, end in sorted(slices, key=lambda s: (s[0], -s[1])):
            if end < start:
                raise Wrong(f"a slice of thread {thread} ends before it begins")
            while open_ends and open_ends[-1] <= start:
                open_ends.pop()
            if open_ends and end > open_ends[-1]:
                raise Wrong(f"slices of thread {thread} overlap at {start}")
            open_ends.append(end)


def check_exits(events, stats):
    """Those of the guests of a hosted monitor in full; of inner ones the sum that their monitor has."""
    found = collections.Counter((e["args"]["from"], e["name"], e["args"]["kind"]) for e in events if e.get("cat") == "exit")
    hosted = {g["name"] for g in stats["guests"] if "exits" in g}
    counted = collections.Counter()
    for guest in stats["guests"]:
        for row in guest.get("exits", []):
            for kind in ("emulated", "reflected", "device", "monitor"):
                if row[kind]:
                    counted[guest["name"], row["cause"], kind] = row[kind]
    outer = {key: n for key, n in found.items() if key[0] in hosted}
    if outer != dict(counted):
        raise Wrong(f"exits: {sorted(set(outer.items()) ^ set(counted.items()))[:6]}")
    inner = sum(n for key, n in found.items() if key[0] not in hosted)
    monitors = sum(level["monitor"]["exits"] for level in stats.get("levels", []) if "monitor" in level)
    if inner > monitors or inner < monitors - 8:  # one that is under way when the budget is used up is not over
        raise Wrong(f"{inner} exits of inner guests, {monitors} counted by their monitors")
    return sum(found.values())


def check_time(events, steps):
    """Stretches of execution: one after the other, without gaps."""
    stretches = sorted((e["ts"], e["ts"] + e["dur"]) for e in events if e.get("cat") == "executes")
    at = 0
    for start, end in stretches:
        if start != at:
            raise Wrong(f"from {at} to {start} nobody, or more than one, executes")
        at = end
    if at != steps:
        raise Wrong(f"{at} steps are shown, {steps} were made")


def steps_of(stats):
    """Of the real machine."""
    levels = stats.get("levels")
    if levels:
        return levels[0]["instructions"] + levels[0]["traps"]
    guests = stats["guests"]
    if "executed_directly" in guests[0]:
        return sum(g["executed_directly"] + g["exits_total"] for g in guests)
    return guests[0]["instructions"] + guests[0]["traps"]


def check(thirdgen, arguments, folder):
    events, data, stats = run(thirdgen, arguments, folder)
    check_names(events)
    check_nesting(events)
    exits = check_exits(events, stats)
    check_time(events, steps_of(stats))
    if run(thirdgen, arguments, folder)[1] != data:
        raise Wrong("the same run gives another file")
    return exits


def check_repl(thirdgen, folder):
    """From history: as `run' has it."""
    arguments = ["examples/hello.s", "--monitor", "hosted"]
    events, _, _ = run(thirdgen, arguments, folder)
    path = os.path.join(folder, "repl.json")
    subprocess.run([thirdgen, "repl", *arguments, "-e", "continue", "-e", f"trace --chrome {path}"],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    with open(path, encoding="utf-8") as f:
        again = json.load(f)["traceEvents"]
    if [e for e in events if e["ph"] == "X"] != [e for e in again if e["ph"] == "X"]:
        raise Wrong("the REPL has other slices")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.environ.get("BUILD", "build"))
    args = parser.parse_args()
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    thirdgen = os.environ.get("THIRDGEN") or os.path.join(args.build, "thirdgen")
    failures = exits = 0
    with tempfile.TemporaryDirectory(prefix="thirdgen-chrome-") as folder:
        for arguments in RUNS:
            try:
                exits += check(thirdgen, arguments, folder)
            except (Wrong, ValueError, KeyError, OSError) as problem:
                failures += 1
                print(f"FAILED {' '.join(arguments)}: {type(problem).__name__}: {problem}")
        try:
            check_repl(thirdgen, folder)
        except Wrong as problem:
            failures += 1
            print(f"FAILED in the REPL: {problem}")
    print(f"{len(RUNS)} runs, {exits} exits, {failures} failed")
    sys.exit(1 if failures or exits < 1000 else 0)


if __name__ == "__main__":
    main()
