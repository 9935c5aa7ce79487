#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command on a terminal (a pseudo-terminal): usage: tests/cli/terminal.py

Raw mode and its end, ^A, signals, colour, idle time; and what only a program
can set up, such as a pipe that nobody reads.
"""
import os
import pty
import resource
import select
import signal
import subprocess
import sys
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
THIRDGEN = os.path.abspath(os.environ.get("THIRDGEN", os.path.join(BUILD, "thirdgen")))
FILES = "tests/cli/files/"
PATIENCE = 30  # seconds until something that does not come is given up
failures = []


def expect(what, condition, found=""):
    print(f"{'ok     ' if condition else 'FAILED '} {what} {'' if condition else found}")
    if not condition:
        failures.append(what)


class Terminal:
    """thirdgen with a pseudo-terminal as its console."""

    def __init__(self, *args, **env):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.text = b""
        self.process = subprocess.Popen(
            [THIRDGEN, *args], cwd=ROOT, stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **env})

    def wait_for(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.text and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 4096)
        return text in self.text

    def send(self, data):
        os.write(self.master, data)

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ECHO)

    def end(self):
        """The exit status; what it still had to say is in `text`."""
        status = self.process.wait(PATIENCE)
        while select.select([self.master], [], [], 0)[0]:
            self.text += os.read(self.master, 4096)
        return status

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def close(self):
        os.close(self.master)
        os.close(self.slave)


def keys():
    for monitor in ([], ["--monitor", "hosted"]):
        name = " ".join(monitor) or "bare"
        t = Terminal("run", FILES + "wait-input.s", *monitor)
        expect(f"{name}: the way out is told", t.wait_for(b"^A x ends the run"), t.text)
        t.send(b"ab\001\001")
        expect(f"{name}: keys reach the guest, ^A ^A as one ^A", t.wait_for(b"AB\001"), t.text)
        expect(f"{name}: raw while it runs", t.is_raw())
        t.send(b"\001?")
        expect(f"{name}: ^A ? tells", t.wait_for(b"^A ^A  send ^A to the guest"), t.text)
        t.send(b"x\ry\003z\021")
        expect(f"{name}: Return, ^C and ^Q are the guest's, as they are", t.wait_for(b"X\rY\003Z\021"),
               t.text)
        t.send(b"q")
        expect(f"{name}: ends with the guest's code", t.end() == 0, t.text)
        expect(f"{name}: terminal as it was", t.restored())
        t.close()


def ends():
    for name, args, act, status in (
            ("^A x", [], lambda t: t.send(b"\001x"), 130),
            ("^A x, hosted", ["--monitor", "hosted"], lambda t: t.send(b"\001x"), 130),
            ("SIGTERM", [], lambda t: t.process.send_signal(signal.SIGTERM), 130),
            ("SIGINT", [], lambda t: t.process.send_signal(signal.SIGINT), 130),
            ("SIGABRT", [], lambda t: t.process.send_signal(signal.SIGABRT), 105)):
        for program in ("wait-input.s", "spin.s"):
            t = Terminal("run", FILES + program, *args)
            t.wait_for(b"^A x ends the run")
            act(t)
            found = t.end()
            expect(f"{name} in {program}: status {status}", found == status, f"{found} {t.text}")
            expect(f"{name} in {program}: terminal as it was", t.restored())
            t.close()
    t = Terminal("run", FILES + "wait-input.s")
    t.wait_for(b"^A x ends the run")
    t.send(b"ab")
    t.wait_for(b"AB")
    t.send(b"\001x")
    t.end()
    expect("what is said of the end has a line of its own",
           b"AB\r\nthirdgen: interrupted\r\n" in t.text, t.text)
    t.close()
    t = Terminal("run", FILES + "trap-loop.s")
    expect("a guest that cannot go on: status 103", t.end() == 103, t.text)
    expect("a guest that cannot go on: terminal as it was", t.restored())
    t.close()


def processor_time(run):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def idle():
    """An idle guest costs no processor time: a paced second takes what one that is skipped takes."""
    for args in ([], ["--monitor", "hosted"]):
        command = ["run", FILES + "idle-timer.s", *args]
        skipped = processor_time(lambda: subprocess.run([THIRDGEN, *command], cwd=ROOT, check=True,
                                                        stdin=subprocess.DEVNULL))
        statuses = []
        paced = processor_time(lambda: statuses.append(Terminal(*command).end()))
        expect(f"idle {' '.join(args) or 'bare'}: ends by itself", statuses == [0])
        expect(f"idle {' '.join(args) or 'bare'}: no processor time", paced < skipped + 0.2,
               f"{paced:.3f} s, not {skipped:.3f} s")


def colour():
    for name, args, env, wanted in (("a terminal", [], {}, True),
                                    ("NO_COLOR", [], {"NO_COLOR": "1"}, False),
                                    ("TERM=dumb", [], {"TERM": "dumb"}, False),
                                    ("--color never", ["--color", "never"], {}, False),
                                    ("--color always", ["--color", "always"], {"TERM": "dumb"}, True)):
        t = Terminal("run", FILES + "wrong.s", *args, **env)
        expect(f"{name}: status 102", t.end() == 102, t.text)
        expect(f"{name}: {'' if wanted else 'no '}colour", (b"\033[" in t.text) == wanted, t.text)
        t.close()


def nobody_reads():
    for args in (["run", "examples/hello.s"], ["run", "builtin:guestos", "--monitor", "hosted"],
                 ["variants"], ["disas", "builtin:guestos"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([THIRDGEN, *args], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=write,
                              stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        os.close(write)
        expect(f"{' '.join(args)} into a closed pipe: status 106", done.returncode == 106,
               f"{done.returncode} {done.stderr}")
    t = Terminal.__new__(Terminal)
    t.master, t.slave = pty.openpty()
    t.before = termios.tcgetattr(t.slave)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([THIRDGEN, "run", "examples/hello.s"], cwd=ROOT, stdin=t.slave, stdout=write,
                          stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    os.close(write)
    expect("a terminal in, a closed pipe out: status 106, terminal as it was",
           done.returncode == 106 and t.restored(), f"{done.returncode} {done.stderr}")
    t.close()


for test in (keys, ends, idle, colour, nobody_reads):
    test()
print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
