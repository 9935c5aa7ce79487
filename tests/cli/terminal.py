#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command on a terminal (a pseudo-terminal): usage: tests/cli/terminal.py

Raw mode and its end, ^A, signals, colour, idle time; what a person tells the
monitors on the way to a guest; and what only a program can set up, such as a
pipe that nobody reads.
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
PROMPTLY = 10  # seconds until output that is ready has come
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

    def ask(self, data, answer):
        """Type `data`; did `answer` come after that?  What came before is forgotten."""
        self.text = b""
        self.send(data)
        return self.wait_for(answer)

    def processor_time(self):
        """Seconds, of the process so far."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

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


def unread():
    """^A is seen, however much else was typed that nobody reads."""
    for monitor in ([], ["--monitor", "hosted"], ["--monitor", "bare-metal"]):
        t = Terminal("run", FILES + "spin.s", *monitor)
        t.wait_for(b"^A x ends the run")
        for _ in range(10):
            t.send(b"typed ahead\r" * 40)
        t.send(b"\001x")
        expect(f"{' '.join(monitor) or 'bare'}: ^A x behind what is not read", t.end() == 130, t.text)
        t.close()


def several():
    """Two guests of one monitor, on the terminal: tags, focus, pause, resume, stop."""
    for kind in ("hosted", "bare-metal"):
        path = os.path.join(BUILD, "tests", f"several-{kind}.yaml")
        with open(path, "w", encoding="ascii") as f:
            f.write(f"""machine:
  memory: 8 MiB
  run:
    monitor: {kind}
    guests:
      - {{ name: a, memory: 1 MiB, run: {{ image: {ROOT}/tests/cli/files/wait-input.s }} }}
      - {{ name: b, memory: 1 MiB, run: {{ image: {ROOT}/tests/cli/files/wait-input.s }} }}
      - {{ name: c, memory: 1 MiB, run: {{ image: {ROOT}/tests/cli/files/exit.s }} }}
""")
        t = Terminal("run", path)
        expect(f"{kind}: who ends is told of at once, the others run on",
               t.wait_for(b"-- c: ended with code 7 at 0x80000010, exits 1 --"), t.text)
        for what, keys, answer in (
                ("the first has the input", b"x", b"a: X"),
                ("^A n", b"\001n", b"-- input to b --"),
                ("the other has the input", b"y", b"b: Y"),
                ("^A 1, and its line again", b"\0011", b"-- input to a --\r\na: X"),
                ("^A p", b"\001p", b"-- a: paused at 0x800000"),
                ("paused, it echoes nothing; ^A l", b"z\001l", b"* 1  a               paused at"),
                ("^A r, and what was typed comes", b"\001r", b"a: XZ"),
                ("^A 3", b"\0013", b"-- c: ended with code 7"),
                ("^A ^A", b"\001\001", b"\001"),
                ("^A ?", b"\001?", b"^A s   stop it, for good"),
                ("^A s, and the input goes on to b", b"\001s", b"-- a: stopped at 0x")):
            expect(f"{kind}: {what}", t.ask(keys, answer), t.text)
        t.send(b"wq")
        expect(f"{kind}: all are over: status 99, as the first one's code is 130", t.end() == 99, t.text)
        expect(f"{kind}: the last word", b"b: YW" in t.text and b"a: stopped" in t.text, t.text)
        expect(f"{kind}: terminal as it was", t.restored())
        t.close()


def tree():
    """A person at examples/nested/tree.yaml, with a guest at depth 2."""
    t = Terminal("run", "examples/nested/tree.yaml")
    expect("tree: a prompt at depth 2", t.wait_for(b"knows `help`\r\nright: inner: > "), t.text[-400:])
    expect("tree: left has ended", b"-- left: ended with code 0" in t.text, t.text)
    for what, keys, answer in (
            ("a command for the guest at depth 2", b"ps\r", b"shell\r\nright: inner: > "),
            ("^A ? is the outer monitor's", b"\001?", b"\r\n^A n   input to the next VM"),
            ("^A ^A ? the inner one's", b"\001\001?", b"right: ^A n   input to the next VM"),
            ("^A ^A l", b"\001\001l", b"right: * 1  inner "),
            ("^A p", b"\001p", b"-- right: paused at 0x"),
            ("^A r, and what was typed meanwhile", b"uptime\r\001r", b"right: inner: up "),
            ("^A ^A p", b"\001\001p", b"right: -- inner: paused at 0x"),
            ("^A ^A r, the same", b"kill 1\r\001\001r", b"can't kill 1")):
        expect(f"tree: {what}", t.ask(keys, answer), t.text)
    t.ask(b"run sleeper 10000000\r", b"good night")
    before = t.processor_time()
    t.wait_for(b"good morning")  # a second on the wall
    used = t.processor_time() - before
    expect("tree: idle at depth 2 costs no processor time", used < 0.2, f"{used:.2f} s")
    expect("tree: ^A ^A s ends the guest, its monitor, and so the run",
           t.ask(b"\001\001s", b"right: -- inner: stopped at 0x") and t.end() == 99, t.text)
    expect("tree: terminal as it was", t.restored())
    t.close()
    t = Terminal("run", "examples/nested/tree.yaml")
    t.wait_for(b"right: inner: ")
    t.send(b"\001x")
    expect("tree: ^A x", t.end() == 130 and t.restored(), t.text)
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


def prompts():
    """Through pipes, what the guest wrote without a newline is there when it waits for the answer."""
    for monitor in ([], ["--monitor", "hosted"], ["--monitor", "bare-metal"]):
        with subprocess.Popen([THIRDGEN, "run", FILES + "wait-input.s", *monitor], cwd=ROOT,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            os.write(process.stdin.fileno(), b"a")
            text, end = b"", time.monotonic() + PROMPTLY
            while b"A" not in text and time.monotonic() < end:
                if select.select([process.stdout], [], [], 0.1)[0]:
                    text += os.read(process.stdout.fileno(), 4096)
            expect(f"{' '.join(monitor) or 'bare'}: a prompt comes through a pipe", b"A" in text, text)
            os.write(process.stdin.fileno(), b"q")
            expect(f"{' '.join(monitor) or 'bare'}: and is answered", process.wait(PATIENCE) == 0)


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


for test in (keys, unread, several, tree, ends, idle, colour, prompts, nobody_reads):
    test()
print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
