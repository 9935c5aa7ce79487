#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs fuzzers: usage: tests/fuzz/run.py [--build DIR] (--seconds N | --runs N) TARGET...

Each target (make fuzz-targets) runs on its seeds and on what earlier runs have
added to them.  With --runs, the seed is fixed, what it adds is thrown away, and
two run at a time; with --seconds, one after the other, and the corpus grows.
A line for each says how far it came.  What breaks it is kept, and how to run it
again is said; the status is 1.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SECONDS_EACH = 30  # one input that takes longer is a hang
MEMORY = 2048      # MiB
MAX_LENGTH = {"guest": 4096, "elf": 8192, "yaml": 8192, "assembler": 8192, "witness": 32768, "gdb": 4096}


def command(name, folder, args):
    found = os.path.join(folder, "found")
    corpus = os.path.join(folder, "corpus" if args.seconds else "smoke", name)
    if args.runs:
        shutil.rmtree(corpus, ignore_errors=True)
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(found, exist_ok=True)
    line = [os.path.join(folder, name + "_fuzz"), corpus, os.path.join(folder, "seeds", name),
            f"-artifact_prefix={found}/{name}-", f"-timeout={SECONDS_EACH}", f"-rss_limit_mb={MEMORY}",
            f"-max_len={MAX_LENGTH[name]}", "-print_final_stats=1"]
    if args.seconds:
        line += [f"-max_total_time={args.seconds}"]
    else:
        line += [f"-runs={args.runs}", "-seed=1"]
    words = f"tests/fuzz/{name}.dict"
    return line + ([f"-dict={words}"] if os.path.exists(words) else [])


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(name, folder, args):
    line = command(name, folder, args)
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1",
               UBSAN_OPTIONS="print_stacktrace=1")
    done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=env, check=False)
    text = done.stdout.decode(errors="replace")
    with open(os.path.join(folder, f"{name}.log"), "w", encoding="utf-8") as log:
        log.write(text)
    runs = number(r"stat::number_of_executed_units: +(\d+)", text)
    rate = number(r"stat::average_exec_per_sec: +(\d+)", text)
    edges = number(r"cov: (\d+)", text)
    result = "nothing found" if done.returncode == 0 else f"FAILED, status {done.returncode}"
    print(f"{name:10} {runs:>12,} runs {f'{rate:,} a second' if args.seconds else '':>18}"
          f" {edges:>7,} edges  {result}", flush=True)
    if done.returncode != 0:
        artifact = re.search(r"Test unit written to (\S+)", text)
        print("\n".join("    " + one for one in text.splitlines()[-60:]))
        if artifact:
            print(f"  again: {line[0]} {artifact.group(1)}")
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--seconds", type=int, help="for each target")
    how.add_argument("--runs", type=int, help="for each target")
    parser.add_argument("targets", nargs="+")
    args = parser.parse_args()
    folder = os.path.join(args.build, "fuzz")
    with ThreadPoolExecutor(max_workers=1 if args.seconds else 2) as pool:
        good = list(pool.map(lambda name: run(name, folder, args), args.targets))
    sys.exit(0 if all(good) else 1)


main()
