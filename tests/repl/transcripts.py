#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Executes sessions of the REPL: usage: tests/repl/transcripts.py [--fix] [FILE...]

In a .repl file, and in a fence of a .md file that opens with ```repl, a line
`$ thirdgen repl ARGUMENTS` begins a session.  It is run with --echo, from the
repository's root, with build/ first on PATH.  The lines that follow are what
was seen: a prompt and a command, and what the command printed.  The commands
are fed to it and all that it prints is compared.  An exit status other than 0
is a last line `[status N]`.  Lines that begin with `# ` before the first
session are comments.  --fix writes what was printed into the file.

In the file of a new session, before --fix, a prompt may be just `>`.

A part between `<!-- commands` and `<!-- end of commands -->` is the table of
commands.

Without files: docs/*.md and tests/repl/*.repl; and then, too, whether every
command of the table occurs in tests/repl, as text and as JSON, and whether the
sections that `why` refers to exist.
"""
import argparse
import difflib
import glob
import os
import re
import shlex
import subprocess
import sys

PROMPT = re.compile(r"^(?:L\d+(?: \S+)? v?[MU] t=[\d,]+ \S+(?: \[[^\]]+\])?)?>(?!>) ?(.*)$")
SESSION = re.compile(r"^\$ thirdgen repl\b(.*)$")


def play(line, commands, env):
    argv = ["thirdgen", "repl", "--echo"] + shlex.split(SESSION.match(line).group(1))
    try:
        done = subprocess.run(argv, env=env, input="".join(c + "\n" for c in commands).encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=120)
    except subprocess.TimeoutExpired as stuck:
        return (stuck.stdout or b"").decode(errors="replace").splitlines() + ["[does not end]"]
    out = done.stdout.decode(errors="replace").splitlines()
    return out + ([f"[status {done.returncode}]"] if done.returncode else [])


def replay(lines, env):
    """The sessions of a text, as they are now; their number; their commands."""
    out, sessions, all_commands, i = [], 0, [], 0
    while i < len(lines):
        out.append(lines[i])
        i += 1
        if not SESSION.match(out[-1]):
            continue
        commands = []
        start = i
        while i < len(lines) and not SESSION.match(lines[i]) and lines[i] != "```":
            m = PROMPT.match(lines[i])
            if m:
                commands.append(m.group(1))
            i += 1
        blank = i > start and i < len(lines) and lines[i - 1] == "" and lines[i] != "```"
        out += play(out[-1], commands, env) + ([""] if blank else [])
        sessions += 1
        all_commands += commands
    return out, sessions, all_commands


def fences(lines, env):
    """The same, in the fences of a Markdown file."""
    out, sessions, commands, i = [], 0, [], 0
    while i < len(lines):
        out.append(lines[i])
        i += 1
        if out[-1].strip() != "```repl":
            continue
        end = lines.index("```", i)
        text, n, some = replay(lines[i:end] + ["```"], env)
        out += text[:-1]
        sessions += n
        commands += some
        i = end
    return out, sessions, commands


REFERENCE = ("<!-- commands", "<!-- end of commands -->")


def reference(lines, env):
    """The lines with the table of commands as it is now, if they have one."""
    starts = [i for i, x in enumerate(lines) if x.startswith(REFERENCE[0])]
    if not starts:
        return lines
    text = subprocess.run(["thirdgen", "repl", "--reference"], env=env, check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout.decode()
    end = lines.index(REFERENCE[1])
    return lines[:starts[0] + 1] + [""] + text.splitlines() + [""] + lines[end:]


def cited():
    """The sections that `why` refers to and that are not there."""
    missing = []
    with open("cli/repl/why.h", encoding="utf-8") as f:
        rows = re.findall(r'X\(\w+, "([^"]+)", "([^"]+)"\)', f.read())
    for path, section in rows:
        with open(path, encoding="utf-8") as f:
            headings = [x.lstrip("#").strip().replace("`", "") for x in f if x.startswith("#")]
        if section not in headings:
            missing.append(f"{path}: {section}")
    return missing if rows else ["none at all"]


def table(env):
    """The commands of the table."""
    text = subprocess.run(["thirdgen", "repl", "-e", "help --json"], env=env, check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout.decode()
    return re.findall(r'"name": "([^"]+)"', text)


def covered(commands, env):
    """Which commands of the table were never executed."""
    missing = []
    for name in table(env):
        used = [c for c in commands if re.match(re.escape(name) + r"(?![a-z])", c.strip())]
        if not used:
            missing.append(name)
        elif not any(c.rstrip().endswith("--json") for c in used):
            missing.append(name + " --json")
    return missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    build = os.environ.get("BUILD", os.path.abspath("build"))
    env = dict(os.environ, PATH=build + ":" + os.environ["PATH"], LC_ALL="C.UTF-8", NO_COLOR="1",
               THIRDGEN_HISTORY="")
    os.makedirs("build/tests", exist_ok=True)  # what sessions save lies there
    bad = total = 0
    commands = []
    for path in args.files or sorted(glob.glob("tests/repl/*.repl")) + sorted(glob.glob("docs/*.md")):
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        now, sessions, some = (fences if path.endswith(".md") else replay)(lines, env)
        now = reference(now, env)
        total += sessions
        commands += some if path.endswith(".repl") else []
        if now == lines:
            continue
        if args.fix:
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(now) + "\n")
            print(f"{path}: written anew")
            continue
        bad += 1
        print("\n".join(difflib.unified_diff(lines, now, path, "as it is now", lineterm="")))
    missing = [] if args.files else covered(commands, env)
    if missing:
        print("never executed in tests/repl:", ", ".join(missing))
    for section in [] if args.files else cited():
        bad += 1
        print("`why' refers to a section that is not there:", section)
    print(f"{total} sessions, {bad} files that differ")
    sys.exit(1 if bad or missing else 0)


main()
