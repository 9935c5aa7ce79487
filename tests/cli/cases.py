#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command line, case by case: usage: tests/cli/cases.py [--update] [FILE...]

A file of tests/cli/cases/ holds cases, each a command and all that it does:

    $ thirdgen run tests/cli/files/exit.s
    > a line of standard output
    ! a line of standard error
    = 7, the exit status

Commands are run by sh from the repository's root with an empty standard input;
$TMP is a folder under build/.  Lines that start with # are comments.  --update
writes what the commands do now into the files: look at the difference before
you believe it.
"""
import glob
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def environment():
    build = os.environ.get("BUILD", os.path.join(ROOT, "build"))
    thirdgen = os.path.abspath(os.environ.get("THIRDGEN", os.path.join(build, "thirdgen")))
    tmp = os.path.join(os.path.abspath(build), "cli-cases")
    shutil.rmtree(tmp, ignore_errors=True)
    os.makedirs(tmp)
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "ARGP_HELP_FMT")}
    env.update(TMP=tmp, PATH=os.path.dirname(thirdgen) + ":" + env["PATH"], LC_ALL="C.UTF-8",
               TERM="xterm")
    return env


def marked(mark, text):
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    else:
        lines[-1] += "\\"  # no newline at its end
    return [f"{mark} {line}".rstrip(" ") if line == "" else f"{mark} {line}" for line in lines]


def run(command, env):
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120, check=False)
    out, err = (s.decode(errors="backslashreplace").replace(env["TMP"], "$TMP")
                for s in (done.stdout, done.stderr))
    return marked(">", out) + marked("!", err) + [f"= {done.returncode}"]


def read(path):
    """The file as a list of blocks: (comments, command, expected lines)."""
    blocks, comments = [], []
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("$ "):
                blocks.append((comments, line[2:], []))
                comments = []
            elif line[:1] in (">", "!", "="):
                blocks[-1][2].append(line)
            else:
                comments.append(line)
    return blocks, comments


def check(path, env, update):
    failed, written = 0, []
    blocks, rest = read(path)
    for comments, command, expected in blocks:
        found = run(command, env)
        written += comments + ["$ " + command] + found
        if found != expected and not update:
            failed += 1
            print(f"{os.path.relpath(path, ROOT)}: $ {command}")
            for line in expected:
                print("  expected  " + line)
            for line in found:
                print("  found     " + line)
    if update:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(written + rest))
    return len(blocks), failed


def main():
    update = "--update" in sys.argv
    files = [a for a in sys.argv[1:] if a != "--update"]
    env = environment()
    cases = failed = 0
    for path in files or sorted(glob.glob(os.path.join(ROOT, "tests/cli/cases/*.txt"))):
        n, bad = check(path, env, update)
        cases, failed = cases + n, failed + bad
    print(f"{cases} cases, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


main()
