#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Executes the transcripts in README.md and docs/: usage: tests/docs.py [--fix] [FILE...]

In a fence that opens with ```console, each line `$ COMMAND` is run by sh from
the repository's root, with build/ first on PATH and no standard input, and
what follows up to the next such line must be what it prints (standard output
and error).  A command that ends with a status other than 0 is followed by a
line `[status N]`.  ```console norun is not run (timings, terminals).
--fix writes what was printed into the file.
"""
import argparse
import difflib
import glob
import os
import subprocess
import sys


def execute(command, env):
    done = subprocess.run(["sh", "-c", command], env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = done.stdout.decode(errors="replace").splitlines()
    return lines + ([f"[status {done.returncode}]"] if done.returncode else [])


def rerun(lines, env):
    """The file's lines with each transcript's output as it is now; and how many commands ran."""
    out, ran, inside = [], 0, False
    for line in lines:
        if line.strip() == "```console":
            inside = True
        elif inside and line.strip() == "```":
            inside = False
        elif inside and line.startswith("$ "):
            out.append(line)
            out += execute(line[2:], env)
            ran += 1
            continue
        elif inside:
            continue
        out.append(line)
    return out, ran


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    build = os.environ.get("BUILD", os.path.abspath("build"))
    env = dict(os.environ, PATH=build + ":" + os.environ["PATH"], LC_ALL="C.UTF-8", NO_COLOR="1")
    bad = total = 0
    for path in args.files or ["README.md"] + sorted(glob.glob("docs/*.md")):
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        now, ran = rerun(lines, env)
        total += ran
        if now == lines:
            continue
        if args.fix:
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(now) + "\n")
            print(f"{path}: written anew")
            continue
        bad += 1
        print("\n".join(difflib.unified_diff(lines, now, path, "as it is now", lineterm="")))
    print(f"{total} transcripts, {bad} files that differ")
    sys.exit(1 if bad else 0)


main()
