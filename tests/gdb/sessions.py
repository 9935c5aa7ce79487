#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Drives a real gdb-multiarch against `thirdgen repl --gdb`, bare and at depth 1 and 2.

usage: sessions.py [--only WORD]

A case is a machine, what is said to gdb, and what it has to answer: patterns
that are found in its output in their order.  Which lines of source a stepping
gdb must show is not written down here, but worked out from the pcs that
`thirdgen run --trace insn` prints and GNU addr2line.

Exit status 0: all as expected; 1: not; 77: gdb is not installed (SKIPPED).
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from served import GDB, SECONDS, Served, command_line, missing, run_gdb  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", "build")
THIRDGEN = os.environ.get("THIRDGEN", "build/thirdgen")
GUESTOS = os.path.join(BUILD, "guestos.elf")
DEPTHS = (0, 1, 2)
TITLE = {0: "L0", 1: "L1 guest", 2: "L2 guest"}
THREAD = {0: 1, 1: 2, 2: 3}
V = {0: "", 1: "v", 2: "v"}


def hits(depth, mode="M"):
    """How gdb says that something is hit; it names no thread where there is only one."""
    return rf'^Thread {THREAD[depth]} "{TITLE[depth]} {V[depth]}{mode}" hit ' if depth else "^"


def guestos(depth):
    return ["builtin:guestos", "--depth", str(depth)]


def find_in_order(output, patterns):
    """The first pattern that is not found behind the one before; None: all are."""
    at = 0
    for pattern in patterns:
        found = re.compile(pattern, re.M).search(output, at)
        if not found:
            return pattern
        at = found.end()
    return None


class Tests:
    def __init__(self, only):
        self.only = only
        self.count = self.failures = 0

    def report(self, name, problem, output=""):
        self.count += 1
        if problem is not None:
            self.failures += 1
            lines = output.splitlines()
            print(f"FAILED {name}: {problem}\n" + "\n".join("    " + line for line in lines[-60:]))

    def wanted(self, name):
        return self.only in name

    def session(self, name, arguments, commands, patterns, elf=GUESTOS, status=0, machine=(), **how):
        """gdb says `commands`; its output has `patterns`, thirdgen's has `machine`, in order."""
        if not self.wanted(name):
            return
        with Served(arguments, **how) as served:
            output = run_gdb(elf, commands, served.address)
            ended = served.end()
            problem = find_in_order(output, patterns)
            if problem is not None:
                problem = f"gdb did not print {problem!r}"
            elif ended != status:
                problem = f"thirdgen ended with {ended}: {served.lines}"
            else:
                problem = find_in_order("\n".join(served.lines), machine)
                problem = problem and f"thirdgen did not print {problem!r}: {served.lines}"
            self.report(name, problem, output)


# ---- stepping by lines ----

def lines_from(symbol, count):
    """The lines that a step by line shows from the first arrival at `symbol` on, bare."""
    trace = subprocess.run([THIRDGEN, "run", "builtin:guestos", "--trace", "insn", "--max-instructions", "30k"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           check=False).stdout
    pcs = [row[1] for row in re.finditer(r"^ *[\d,]+ L0 [MU] ([0-9a-f]{8}) ", trace, re.M)]
    names = dict((row[2], row[1]) for row in re.finditer(r"^ *[\d,]+ L0 [MU] ([0-9a-f]{8}) (\S+) ", trace, re.M))
    pcs = pcs[pcs.index(names[symbol]):][:20 * count]
    places = subprocess.run(["riscv64-unknown-elf-addr2line", "-e", GUESTOS, *pcs], stdout=subprocess.PIPE, text=True,
                            check=True).stdout.split()
    shown = []
    for place in places:
        line = os.path.basename(place).split(":")
        if not shown or shown[-1] != line:
            shown.append(line)
    return shown[:count]


def step_by_line(tests, depth):
    name = f"stepping by line, depth {depth}"
    if not tests.wanted(name):
        return
    if shutil.which("riscv64-unknown-elf-addr2line") is None:
        print("SKIPPED stepping by line: riscv64-unknown-elf-addr2line is not installed")
        return
    expected = lines_from("spawn", 25)
    commands = ["break spawn", "continue"] + ["step"] * 24 + ["info line", "detach"]
    with open(os.path.join(ROOT, "guestos", expected[0][0]), encoding="utf-8") as f:
        source = f.read().splitlines()
    patterns = [hits(depth) + rf"Breakpoint 1, spawn \(\) at guestos/{expected[0][0]}:{expected[0][1]}$"]
    patterns += [rf"^{line}\t{re.escape(source[int(line) - 1])}$" for _, line in expected]
    patterns += [rf'^Line {expected[-1][1]} of "guestos/{expected[-1][0]}"']
    tests.session(name, guestos(depth), commands, patterns)


# ---- what every depth must show alike ----

def breakpoints(tests, depth):
    thread, title, v = THREAD[depth], TITLE[depth], V[depth]
    tests.session(
        f"breakpoints, registers, memory, depth {depth}", guestos(depth),
        ["break spawn", "continue", "info threads", "print/x $mtvec", "print $priv", "info registers mbase mbound mresv",
         "x/s $a0", "continue", "x/s $a0", "backtrace 1", "finish", "print $a0",
         "set $a0 = 0x1234", "print/x $a0", "set $mscratch = 0x5678", "print/x $mscratch",
         "set var *(int*)&last_pid = 77", "print *(int*)&last_pid", "set var *(char*)&last_pid = 1",
         "print/x *(int*)&last_pid", "x/2xh &last_pid", "print/x $pc", "set $pc = $pc + 4", "print/x $pc",
         "print *(int*)0x10000000", "detach"],
        [hits(depth) + r'Breakpoint 1, spawn \(\)', rf'^\* {thread} +Thread {thread} "{title} {v}M" \(t=3,405\) +spawn',
         r"= 0x800010cc$", r"= 3$", r"mbase +0x0\b", r"mbound +0xfffffffc\b", r"mresv +0x0\b", r'"init"$', r'"talker"$',
         r"#0  spawn \(\) at guestos/process.s:\d+", r"syscall \(\)|sys_spawn \(\)", r"= 2$",
         r"= 0x1234$", r"= 0x5678$", r"= 77$", r"= 0x1$", r"^0x80003ae0:\s0x0001\s0x0000", r"= 0x80001a3c$", r"= 0x80001a40$",
         r"Cannot access memory at address 0x10000000"])


def watchpoints(tests, depth):
    hit = hits(depth)
    tests.session(
        f"watchpoints, depth {depth}", guestos(depth),
        ["break spawn", "continue", "delete", "watch *(int*)&last_pid", "continue", "continue", "delete",
         "rwatch *(int*)&last_pid", "continue", "x/i $pc - 4", "delete", "awatch *(int*)&last_pid", "continue",
         "x/i $pc - 4", "delete", "watch *(int*)&last_pid if *(int*)&last_pid == 6", "continue", "print (int)last_pid",
         "info watchpoints", "detach"],
        [hit + r"Hardware watchpoint 2", r"^Old value = 0$", r"^New value = 1$",
         hit + r"Hardware watchpoint 2", r"^Old value = 1$", r"^New value = 2$",
         hit + r"Hardware read watchpoint 3", r"^Value = 2$", r"\blw\s",
         hit + r"Hardware access \(read/write\) watchpoint 4", r"^New value = 3$", r"\bsw\s",
         hit + r"Hardware watchpoint 5", r"^New value = 6$", r"= 6$", r"hw watchpoint"])


def through_traps(tests, depth):
    """A breakpoint in user mode; a step from the user's ecall arrives in the kernel."""
    tests.session(
        f"into a trap, depth {depth}", guestos(depth),
        ["tbreak init", "continue", "print $priv", "print $mbound", "tbreak *0x80000038", "continue", "x/i $pc",
         "stepi", "print $mcause", "print $priv", "print/x $mepc", "detach"],
        [hits(depth, "U") + r"Temporary breakpoint 1, init \(\) at guestos/users.s", r"= 0$", r"= 16384$",
         hits(depth, "U") + r"Temporary breakpoint 2,", r"=> 0x80000038 <init\+44>:\secall",
         r"trap \(\) at guestos/trap.s:43$", r"= 8$", r"= 3$", r"= 0x80000038$"])


def out_of_a_trap(tests, depth):
    script = ("while *(int*)$pc != 0x30200073\nstepi\nend\n"
              "echo at-mret\\n\nprint $priv\nstepi\nprint $priv\nprint (unsigned)$pc == (unsigned)$mepc\n")
    name = f"stepi over mret, depth {depth}"
    if not tests.wanted(name):
        return
    with Served(guestos(depth)) as served:
        path = os.path.join(served.folder, "script")
        with open(path, "w", encoding="ascii") as f:
            f.write(script)
        output = run_gdb(GUESTOS, ["tbreak init", "continue", "tbreak sys_write", "continue",
                                   f"source {path}", "stepi 2", "info symbol $pc", "detach"], served.address)
        served.end()
        problem = find_in_order(output, [r"^at-mret$", r"= 3$", r"= 0$", r"= 1$", r"print.* in section"])
        tests.report(name, problem and f"gdb did not print {problem!r}", output)


def monitor(tests, depth):
    title = TITLE[depth]
    monitor_of = ["breakpoint of gdb's", r"^level +E +M +P +R = \(l, b\)$"]
    tests.session(
        f"monitor commands, depth {depth}", guestos(depth),
        ["break spawn", "continue", "monitor why", "monitor state", "monitor step", "monitor set a0 = 1",
         "monitor nonsense", "monitor print t", "monitor state --json", "monitor catch csr mscratch read", "continue",
         "monitor delete", "monitor info breakpoints", "detach"],
        [*monitor_of, rf"^{title} ", r"`step' moves or changes the machine", r"`set' moves or changes the machine",
         r"error: there is no command `nonsense'", r"^3405 = ", r'^\{"command": "state"', r"csr catchpoint 1",
         r"^catchpoint 1", r"received signal SIGTRAP", r"no breakpoints"])


# ---- backwards ----

def reverse(tests, depth):
    """What was reached by going on is come back to: places, values, and the ends of history."""
    hit, thread = hits(depth), THREAD[depth]
    watch = hit.replace("Thread 3", r"Thread \d") + r"Hardware watchpoint 2"
    tests.session(
        f"backwards, depth {depth}", guestos(depth),
        ["break spawn", "continue", "print/x $sp", "stepi", "print/x $sp", "reverse-stepi", "print/x $sp", "continue",
         "x/s $a0", "reverse-continue", "x/s $a0", "reverse-stepi", "x/i $pc", "reverse-step", "stepi", "stepi", "delete",
         "watch *(int*)&last_pid", "continue", "continue", "x/i $pc - 4", "reverse-continue", "x/i $pc", "reverse-continue",
         "set var *(int*)&last_pid = 40", "continue", "reverse-continue", "reverse-continue", "info threads", "detach"],
        [hit + r"Breakpoint 1, spawn", r"= (0x\w+)$", r"= 0x\w+$", r"= 0x\w+$",
         hit + r"Breakpoint 1, spawn", r'"talker"$', hit + r"Breakpoint 1, spawn", r'"init"$',
         r"=> 0x800010b4 <_start\+164>:\sjalr", r"^52\t",
         watch, r"^Old value = 0$", r"^New value = 1$", watch, r"^Old value = 1$", r"^New value = 2$", r"\bsw\sa0,0\(t0\)$",
         watch, r"^Old value = 2$", r"^New value = 1$", r"=> .*\bsw\sa0,0\(t0\)$",
         watch, r"^Old value = 1$", r"^New value = 0$",
         watch, r"^Old value = 40$", r"^New value = 1$", watch, r"^Old value = 1$", r"^New value = 40$",
         watch, r"^Old value = 40$", r"^New value = 0$", rf'^\* {thread} .*"{TITLE[depth]} {V[depth]}M" \(t=2,092\)'], machine=[r"what lay ahead is forgotten"])


def reverse_from_the_end(tests):
    """At the end of a run nothing is lost: back from there, out of the last trap."""
    tests.session("back from the end", ["examples/hello.s", "--depth", "1"],
                  ["continue", "reverse-stepi", "x/i $pc", "stepi", "reverse-continue", "print/x $pc", "detach"],
                  [r"has ended with code 0", r"No more reverse-execution history", r"=> .*\bsw\s", r"has ended with code 0",
                   r"No more reverse-execution history", r"= 0x80000000$"], elf=None)


# ---- the rest ----

def several(tests):
    """Two guests; gdb has the symbols of the first.  A step of one is a step of that one."""
    elf = os.path.join(BUILD, "tests", "calls.elf")
    os.makedirs(os.path.dirname(elf), exist_ok=True)
    subprocess.run([THIRDGEN, "as", "tests/repl/calls.s", "-o", elf], check=True)
    tests.session(
        "two guests", ["tests/repl/two.yaml"],
        ["break wait", "continue", "info threads", "thread 3", "stepi", "print $a0", "stepi 2", "print $a0",
         "thread 1", "info registers pc", "set $a0 = 0x77", "detach"],
        [r'Thread 2 "L1 left vM" hit Breakpoint 1, wait \(\) at tests/repl/calls.s:64',
         r'^  1 +Thread 1 "L0 U" \(t=154\)', r'^\* 2 +Thread 2 "L1 left vM"', r'^  3 +Thread 3 "L1 right vM" \(t=0\)',
         r"Switching to thread 3", r"= 0$", r"= 1$", r"Switching to thread 1", r"Could not write register \"a0\""], elf=elf)
    tests.session(
        "a place that R shows elsewhere", ["tests/repl/two.yaml"], ["break user", "continue", "print/x $pc", "detach"],
        [r"the breakpoint at 0x80002000 <user>: through R = \(0x2000, 0x1000\) pc is 0x80000000 there",
         r"received signal SIGTRAP", r"= 0x80000000$"], elf=elf)


def ends(tests):
    tests.session("the end of a run", ["examples/hello.s", "--depth", "1"],
                  ["continue", "info registers a0", "continue", "info threads", "detach"],
                  [r"the guest has ended with code 0", r"No more reverse-execution history", r"^a0 ", r"the run is over",
                   r"\(t=[\d,]+, ended\)"], elf=None, machine=[r"^guest\| "])
    tests.session("kill ends the session", guestos(1), ["kill"], [r"killed\]"], after=["-e", "echo not here"],
                  machine=[r"gdb has ended the session\Z"])
    tests.session("detach goes on", guestos(1), ["stepi 5", "detach"], [r"detached\]"],
                  after=["-e", "step 5", "-e", "print t"], machine=[r"gdb has detached", r"^10 = "])
    tests.session("what was set before is kept", guestos(1), ["print/x $a0", "detach"], [r"= 0x7$"],
                  before=["-e", "set a0 = 7"])
    tests.session("a port of this machine", guestos(0), ["stepi", "info registers pc", "detach"],
                  [r"target remote 127\.0\.0\.1:\d+$", r"^pc .*<_start\+4>"], where="0")
    tests.session("a budget", [*guestos(1), "--max-instructions", "1000"], ["continue", "detach"],
                  [r"the steps allowed are used up"], status=104)
    tests.session("input", guestos(1), ["monitor send \"ps\\nshutdown\\n\"", "continue", "detach"],
                  [r"has ended with code 0"], machine=[r"guest\| .*ps", r"guest\| .*shutdown"][:1])


def control_c(tests):
    """A guest that runs for ever, stopped from gdb: SIGINT reaches gdb once the guest has printed."""
    name = "^C"
    if not tests.wanted(name):
        return
    with Served(["tests/gdb/busy.s"]) as served:
        gdb = subprocess.Popen(command_line(None, ["continue", "print $priv", "stepi", "detach"], served.address),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               start_new_session=True)
        served.read_until(r"guest\| running")
        gdb.send_signal(2)
        output, _ = gdb.communicate(timeout=SECONDS)
        status = served.end()
        problem = find_in_order(output, [r"received signal SIGINT", r"= 3$", r"detached\]"])
        tests.report(name, f"gdb did not print {problem!r}" if problem else None if status == 0 else served.lines, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    if missing():
        print(f"SKIPPED sessions of gdb: {missing()}")
        sys.exit(77)
    os.chdir(ROOT)
    tests = Tests(args.only)
    for depth in DEPTHS:
        for test in (step_by_line, breakpoints, watchpoints, through_traps, out_of_a_trap, monitor, reverse):
            test(tests, depth)
    reverse_from_the_end(tests)
    several(tests)
    ends(tests)
    control_c(tests)
    print(f"{tests.count} sessions with {GDB}, {tests.failures} failed")
    sys.exit(1 if tests.failures or not tests.count else 0)


if __name__ == "__main__":
    main()
