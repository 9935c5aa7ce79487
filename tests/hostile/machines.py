# SPDX-License-Identifier: MIT
"""What run.py and fairness.py share: the command, descriptions of machines with
several guests, and what came of each guest."""
import json
import os
import subprocess

THIRDGEN = os.environ.get("THIRDGEN", "build/thirdgen")
WORK = os.path.join(os.environ.get("BUILD", "build"), "tests", "hostile")
HERE = "tests/hostile"
PATIENCE = 600  # seconds; a command that takes longer hangs


def thirdgen(*arguments):
    """Status, standard output, standard error; None, ... where it does not come back."""
    try:
        done = subprocess.run([THIRDGEN, *arguments], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return done.returncode, done.stdout, done.stderr


def describe(name, monitor, guests, inner=()):
    """A description in WORK, its path.  `monitor` is `hosted', `bare-metal', with or without
    `,hybrid'; guests are (name, image, slice, weight); those of `inner' go into a bare-metal
    monitor of their own, beside the others."""
    def rows(guests, indent):
        for guest, image, steps, weight in guests:
            if not image.startswith("builtin:"):
                image = os.path.relpath(image, WORK)
            yield (f"{indent}- {{ name: {guest}, memory: 1 MiB, slice: {steps}, "
                   f"weight: {weight}, run: {{ image: \"{image}\" }} }}")
    kind, _, hybrid = monitor.partition(",")
    lines = ["machine:", "  memory: 16 MiB", "  run:", f"    monitor: {kind}"]
    lines += ["    hybrid: true"] * (hybrid == "hybrid") + ["    guests:"]
    lines += rows(guests, "      ")
    if inner:
        lines += ["      - name: monitor", "        memory: 8 MiB", "        run:",
                  "          monitor: bare-metal", "          guests:"]
        lines += rows(inner, "            ")
    os.makedirs(WORK, exist_ok=True)
    path = os.path.join(WORK, f"{name}-{monitor.replace(',', '-')}.yaml")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    return path


def accounts(err):
    """name: what `run --stats --json` says of it, whatever the monitor."""
    result = json.loads(err)
    rows = result.get("levels") or result["guests"]
    return {row["name"]: row for row in rows}
