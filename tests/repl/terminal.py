#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The REPL at a terminal: completion, history, ^C, colour, demos, the console.

Needs python3-pexpect; without it this says SKIPPED and ends with status 77.
With --latency it tests nothing, and measures how long a ^C takes.
"""
import os
import re
import signal
import subprocess
import sys
import time

try:
    import pexpect
except ImportError:
    print("SKIPPED: python3-pexpect is not installed (apt install python3-pexpect)")
    sys.exit(77)

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.environ.get("BUILD", os.path.abspath("build"))
THIRDGEN = os.path.join(BUILD, "thirdgen")
SCRATCH = os.path.join(BUILD, "tests", "repl-terminal")
HISTORY = os.path.join(SCRATCH, "history")
PROMPT = r"L\d+(?: \S+)? v?[MU] t=[\d,]+ \S+(?: \[[^\]]+\])?> "
ESCAPE = "\x1b"
failures = []


def check(name, ok, detail=""):
    print(("ok      " if ok else "FAILED  ") + name + (f": {detail}" if detail and not ok else ""))
    if not ok:
        failures.append(name)


def open_session(*args, history="", term="xterm", no_color=None, prompt=True):
    env = dict(os.environ, TERM=term, THIRDGEN_HISTORY=history, LC_ALL="C.UTF-8", INPUTRC="/dev/null")
    env.pop("NO_COLOR", None)
    if no_color is not None:
        env["NO_COLOR"] = no_color
    child = pexpect.spawn(THIRDGEN, ["repl", *args], env=env, dimensions=(24, 80), timeout=20,
                          encoding="utf-8", codec_errors="replace")
    child.delaybeforesend = None
    if prompt:
        child.expect(PROMPT)
    return child


def say(child, line):
    """Execute a command; what it printed."""
    child.send(line + "\r")
    child.expect(PROMPT)
    return child.before


def complete(child, typed, expected, tabs=1):
    """Does TAB make `expected` of `typed`?"""
    child.send(typed + "\t" * tabs)
    try:
        child.expect_exact(expected, timeout=5)
        ok = True
    except pexpect.TIMEOUT:
        ok = False
    child.sendcontrol("u")
    child.send("\r")
    child.expect(PROMPT)
    check(f"TAB after `{typed}'", ok, child.before)


def test_completion():
    c = open_session("tests/repl/calls.s")
    complete(c, "stat", "state")
    complete(c, "step sysc", "syscall")
    complete(c, "catch csr mstatu", "mstatush", 3)
    complete(c, "break prin", "print_byte", 3)
    complete(c, "print mstatus.MPI", "mstatus.MPIE")
    complete(c, "print 4*resu", "result")
    complete(c, "as gue", "guest")
    complete(c, "demo first", "first-trap")
    complete(c, "source tests/repl/setup.r", "tests/repl/setup.repl.txt")
    complete(c, "help watc", "watch")
    complete(c, "micro o", "off", 2)
    c.send("catch \t\t")
    c.expect("csr")
    c.expect("syscall")
    c.sendcontrol("u")
    c.close()


def interrupt(child):
    """^C until the prompt is back: how many it took, whether the last came before the run or in it."""
    for n in range(1, 50):
        child.sendintr()
        try:
            child.expect(PROMPT, timeout=1)
            return n
        except pexpect.TIMEOUT:
            pass
    raise pexpect.TIMEOUT("no prompt after ^C")


def test_interrupt():
    c = open_session("tests/repl/loop.s")
    for n in range(5):
        c.send("continue\r")
        c.expect("continue\r\n")
        interrupt(c)
        check(f"^C, {n + 1}: says so", "interrupted" in c.before, c.before)
    before = say(c, "print t")
    after = say(c, "print t")
    check("after ^C it stands still", before.split("=")[0] == after.split("=")[0], before + after)
    c.send("print 1234")
    for _ in range(5):
        c.sendintr()
    c.send("echo still $t\r")
    c.expect(r"\rstill \$t\r\n")
    text = c.before
    c.expect(PROMPT)
    check("^C at the prompt, five of them, forget the line", "1234 =" not in text, text)
    c.sendeof()
    c.expect(pexpect.EOF)
    c.close()
    check("^D leaves, status 0", c.exitstatus == 0, str(c.exitstatus))


def test_terminated():
    c = open_session("tests/repl/loop.s")
    c.kill(signal.SIGTERM)
    c.expect(pexpect.EOF)
    c.close()
    check("SIGTERM at the prompt ends it", c.signalstatus == signal.SIGTERM, str(c.signalstatus))


def latency():
    """Milliseconds from ^C to the prompt, of a guest that runs for ever; a figure, not a test."""
    c = open_session("tests/repl/loop.s")
    taken = []
    for _ in range(20):
        c.send("continue\r")
        c.expect("continue\r\n")
        time.sleep(0.2)
        start = time.monotonic()
        c.sendintr()
        c.expect(PROMPT)
        taken.append(1000 * (time.monotonic() - start))
    c.close()
    taken.sort()
    print(f"^C to the prompt: median {taken[10]:.1f} ms, worst of 20 {taken[19]:.1f} ms")


def test_history():
    if os.path.exists(HISTORY):
        os.remove(HISTORY)
    c = open_session("tests/repl/loop.s", history=HISTORY)
    check("the first time it says what to type", "New here?" in c.before, c.before)
    say(c, "print 40 + 2")
    c.send("quit\r")
    c.expect(pexpect.EOF)
    c.close()
    with open(HISTORY, encoding="utf-8") as f:
        check("the history is written", "print 40 + 2" in f.read())
    c = open_session("tests/repl/loop.s", history=HISTORY)
    check("the second time it does not", "New here?" not in c.before, c.before)
    c.send("\x1b[A\x1b[A\r")
    c.expect(PROMPT)
    check("the arrow brings it back", "42 = 0x2a" in c.before, c.before)
    c.close()
    subprocess.run([THIRDGEN, "repl", "tests/repl/loop.s", "-e", "print 7"], check=True,
                   stdout=subprocess.DEVNULL, env=dict(os.environ, THIRDGEN_HISTORY=HISTORY + ".x"))
    check("a script writes none", not os.path.exists(HISTORY + ".x"))


def test_repeat():
    c = open_session("tests/repl/loop.s")
    say(c, "step 2")
    text = say(c, "")
    check("an empty line repeats the motion", "t=4" in text, text)
    say(c, "print a0")
    text = say(c, "")
    check("but nothing else", "=" not in text, text)
    c.close()


def sgr(text):
    return re.findall(r"\x1b\[[\d;]*m", text)


def test_colour():
    c = open_session("tests/repl/calls.s")
    check("colour on a terminal", bool(sgr(say(c, "step 3"))))
    c.close()
    c = open_session("tests/repl/calls.s", no_color="1")
    check("NO_COLOR: none", not sgr(c.before + say(c, "step 3")))
    c.close()
    c = open_session("tests/repl/calls.s", "--color", "never")
    check("--color never: none", not sgr(c.before + say(c, "step 3")))
    c.close()
    c = open_session("tests/repl/calls.s", term="dumb")
    text = c.before + say(c, "step 3") + say(c, "regs")
    check("TERM=dumb: no escapes at all", ESCAPE not in text, repr(text))
    check("changes are marked without colour", "sp *8000" in text, text)
    c.close()
    done = subprocess.run([THIRDGEN, "repl", "tests/repl/calls.s"], input=b"step 3\nregs\nquit\n",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
                          env=dict(os.environ, TERM="xterm"))
    check("a pipe: no escapes, no prompt, no echo",
          not re.search(rb"\x1b|t=\d+ \S+> |step 3\n", done.stdout), repr(done.stdout[:300]))


def test_width():
    c = open_session(no_color="1", history="")
    text = ""
    for line in ["step trap", "why", "state", "regs", "micro on", "step", "step", "step", "step",
                 "micro off", "exits", "disas", "info names", "help", "relocate sp", "x/16xb sp"]:
        text += say(c, line)
    lines = re.sub(r"\x1b\[\?2004[hl]", "", text).replace("\r", "").split("\n")
    long = [x for x in lines if len(x) > 80]
    check("80 columns are enough", not long, "\n".join(long))
    c.close()


def test_demo():
    c = open_session("tests/repl/loop.s")
    c.send("demo first-trap\r")
    c.expect("Return: on; q: enough -- ")
    c.send("\r")
    c.expect("step mode")
    c.expect("Return: on; q: enough -- ")
    c.send("q\r")
    c.expect(PROMPT)
    check("a demo waits for Return, and q ends it", "a1 was never written" not in c.before)
    check("the session is as it was", "t=0" in say(c, "where"))
    c.send("demo timer\r")
    for _ in range(30):
        if c.expect(["Return: on; q: enough -- ", PROMPT]) == 1:
            break
        c.send("\r")
    check("a demo comes to its end", "a monitor can run inside a monitor" in re.sub(r"\s+", " ", c.before),
          c.before)
    c.close()


def test_console():
    c = open_session()
    c.send("console\r")
    c.expect("comes back")
    c.expect(r"\n> ", timeout=60)
    c.send("ps\r")
    c.expect("running")
    c.expect("> ")
    c.send("\x01x")
    c.expect(PROMPT)
    text = say(c, "print t > 1000")
    check("the console is the terminal until ^A x", "1 = 0x1" in text, text)
    c.send("quit\r")
    c.expect(pexpect.EOF)
    c.close()
    check("and the terminal is restored", c.exitstatus == 0, str(c.exitstatus))


def test_travel():
    """A tree of monitors: out of a trap, back to a breakpoint at L2, who wrote what, ^C on the way back."""
    c = open_session("examples/nested/tree.yaml", no_color="1")
    say(c, "step L2")
    say(c, "break printk")
    first = say(c, "continue")
    check("a breakpoint at L2", "breakpoint 1" in first and "L2 inner vM" in first, first)
    trap = say(c, "step trap")
    check("on to a trap of L2", "environment call from U-mode" in trap, trap)
    text = say(c, "step -1")
    check("step -1 stands on the instruction that trapped", re.search(r"=> \S+ \S* *ecall", text) and "L2 inner vU" in text,
          text)
    text = say(c, "reverse-continue")
    check("reverse-continue: the breakpoint at L2", "breakpoint 1" in text and "<printk" not in text and
          re.search(r"t=[\d,]+ printk", text).group() in first, text)
    text = say(c, "last-write a0")
    check("last-write: the instruction, its level", re.search(r"by L2 inner in vM, at 0x\w+ <", text), text)
    say(c, "delete")
    say(c, "goto 10,000,000")
    say(c, "rwatch *L0:0x80fffff0")  # nobody does; each instruction is looked at
    before = say(c, "print t")
    c.send("reverse-continue\r")
    c.expect("steps looked at", timeout=120)  # it is on its way
    c.sendintr()
    c.expect(PROMPT)
    check("^C in reverse-continue says so", "interrupted" in c.before, c.before)
    after = say(c, "print t")
    check("and has moved nothing", "10000000 =" in before and "10000000 =" in after, before + after)
    text = say(c, "step -1")
    check("and history is as it was", "t=9,999,999" in text, text)
    c.close()


def test_typed():
    """What is typed at the guest's console comes again, at its time, from a record."""
    record = os.path.join(SCRATCH, "typed.record")
    c = open_session()
    c.send("console\r")
    c.expect("comes back")
    c.expect(r"\n> ", timeout=60)
    c.send("ps\r")
    c.expect("running")
    c.expect("> ")
    c.send("\x01x")
    c.expect(PROMPT)
    end = re.search(r"(\d+) =", say(c, "print t")).group(1)
    text = say(c, "record " + record)
    check("what was typed is recorded", re.search(r"\d entr", text), text)
    text = say(c, "start") + say(c, "end") + say(c, "print t")
    check("there and back again", end + " =" in text, text)
    c.close()
    done = subprocess.run([THIRDGEN, "repl", "-e", "replay " + record, "-e", f"goto {end}", "-e", "print t",
                           "-e", "start", "-e", "expect running"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    check("and comes again", done.returncode == 0 and f"{end} =".encode() in done.stdout, repr(done.stdout[-800:]))


def main():
    os.makedirs(SCRATCH, exist_ok=True)
    if sys.argv[1:] == ["--latency"]:
        latency()
        return
    for test in [test_completion, test_interrupt, test_terminated, test_history, test_repeat, test_colour, test_width,
                 test_demo, test_console, test_travel, test_typed]:
        try:
            test()
        except (pexpect.TIMEOUT, pexpect.EOF) as e:
            check(test.__name__, False, str(e)[:1500])
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
