#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The remote protocol, packet by packet, where gdb itself always says it right.

A client of its own talks to `thirdgen repl --gdb`: what is malformed, out of
range, broken off, sent twice; acknowledgements; ^C in the middle of a run; who
can connect.  After each wrong packet the server still answers.

Exit status 0: all as the protocol has it; 1: not.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from served import Served  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Wrong(Exception):
    pass


def frame(data):
    return b"$" + data + b"#%02x" % (sum(data) & 255)


def unescape(data):
    return re.sub(rb"}(.)", lambda m: bytes([m[1][0] ^ 0x20]), data, flags=re.S)


class Client:
    def __init__(self, served, acks=False):
        self.link = served.connect()
        self.pending = b""
        self.acks = True
        if not acks:
            self.expect(b"QStartNoAckMode", b"OK")
            self.acks = False

    def byte(self):
        if not self.pending:
            self.pending = self.link.recv(65536)
            if not self.pending:
                raise Wrong("the connection was closed")
        byte, self.pending = self.pending[:1], self.pending[1:]
        return byte

    def raw(self, data):
        self.link.sendall(data)

    def receive(self):
        """The next packet, its sum checked."""
        byte = self.byte()
        while byte in b"+":
            byte = self.byte()
        if byte != b"$":
            raise Wrong(f"{byte} where a packet should begin")
        data = b""
        while (byte := self.byte()) != b"#":
            data += byte
        if int(self.byte() + self.byte(), 16) != sum(data) & 255:
            raise Wrong(f"the sum of {data} is wrong")
        if self.acks:
            self.raw(b"+")
        return unescape(data)

    def ask(self, data):
        self.raw(frame(data))
        return self.receive()

    def expect(self, data, answer):
        found = self.ask(data)
        if not re.fullmatch(answer, found, re.S):
            raise Wrong(f"{data!r} was answered by {found!r}, not {answer!r}")


def words(*values):
    return b"".join(v.to_bytes(4, "little").hex().encode() for v in values)


def malformed(served):
    """Each is refused or not known, and nothing else happens."""
    client = Client(served)
    before = client.ask(b"g")
    for packet in (b"", b"q", b"qXfer", b"qXfer:features:read:target.xml:", b"qXfer:features:read:target.xml:1",
                   b"qXfer:features:read:target.xml:fffffff,10", b"qXfer:features:read:other.xml:0,10",
                   b"qXfer:features:write:target.xml:0:00", b"qThreadExtraInfo,", b"qThreadExtraInfo,99", b"H", b"Hg", b"Hx1",
                   b"Hg99", b"Hgp1.1", b"T", b"T0", b"T99", b"T-5", b"p", b"pzz", b"p21", b"pffffffff", b"p123456789", b"P", b"P1",
                   b"P1=", b"P1=12", b"P1=zzzzzzzz", b"P0=00000000", b"Pfff=00000000", b"P1=0000000000", b"G", b"G12", b"Gzz" * 9,
                   b"m", b"m80000000", b"m80000000,", b"m,4", b"m80000000,4,", b"m123456789,4", b"m80000000,123456789",
                   b"M80000000,4", b"M80000000,4:", b"M80000000,4:123456", b"M80000000,2:12345678", b"M80000000,4:1234567z",
                   b"X80000000,4", b"X80000000,4:abc", b"X80000000,4:abcde", b"X80000000,ffffffff:", b"Z", b"Z0", b"Z0,",
                   b"Z0,80000000", b"Z0,80000000,", b"Z5,80000000,4", b"Z9,0,0", b"Z2,80000000,0", b"Z2,80000000,100000",
                   b"z7,80000000,4", b"zz", b"vCont", b"vCont;", b"vCont;x", b"vCont;c;", b"vCont;S", b"vCont;r", b"vCont;r1",
                   b"vCont;r1,", b"vCont;s:99", b"vCont;c:zz", b"vKill", b"vRun;61", b"c80000000", b"s80000000", b"qRcmd,1",
                   b"qRcmd,zz", b"qRcmd,00", b"qRcmd," + b"61" * 4096, b"qCRC:80000000,10", b"bs?", b"R00", b"!", b"\x00\xff\x80"):
        found = client.ask(packet)
        if found not in (b"", b"E01", b"E0e", b"OK") and not packet.startswith(b"qRcmd"):
            raise Wrong(f"{packet!r} was answered by {found!r}")
        if found == b"OK" and packet not in (b"G", b"vCont"):
            raise Wrong(f"{packet!r} was taken")
        while found.startswith(b"O") and found != b"OK":
            found = client.receive()
    if client.ask(b"g") != before:
        raise Wrong("a packet that was refused has changed a register")
    client.expect(b"m100000,4", b"E0e")
    client.expect(b"m7ffffffe,4", b"E0e")
    client.expect(b"mffffffff,4", b"E0e")
    client.expect(b"D", b"OK")


def framing(served):
    """Sums, escapes, what is lost, what is too long; acknowledgements."""
    client = Client(served, acks=True)
    client.raw(b"$g#00")
    if client.byte() != b"-":
        raise Wrong("a wrong sum is not refused")
    client.raw(b"+++garbage\x00\xff---"[:11] + b"$g#zz")
    if client.byte() != b"-":
        raise Wrong("a sum that is none is not refused")
    client.raw(b"$" + b"m" * 40000 + b"#%02x" % (ord("m") * 40000 & 255))
    if client.byte() != b"-":
        raise Wrong("a packet that is too long is not refused")
    client.raw(b"$p2$p20#d2")  # the first was cut off
    first = client.receive()
    client.raw(b"-")
    if client.receive() != first:
        raise Wrong("what was refused is not sent again")
    client.expect(b"QStartNoAckMode", b"OK")
    client.acks = False
    client.raw(b"\x03")  # it stands still: nothing happens
    client.expect(b"X80003000,4:" + b"}\x03}\x04}\x0a}]", b"OK")
    client.expect(b"m80003000,4", b"23242a7d")
    client.expect(b"m80003000,4000", rb"23242a7d[0-9a-f]{16376}")
    for part in (b"g", b"?"):
        for byte in frame(part):  # a byte at a time
            client.raw(bytes([byte]))
        client.receive()
    client.expect(b"D", b"OK")


def registers(served):
    client = Client(served)
    everything = client.ask(b"g")
    if len(everything) != 33 * 8:
        raise Wrong(f"g has {len(everything) // 8} registers")
    client.expect(b"G" + words(0, *range(100, 131), 0x80001010), b"OK")
    client.expect(b"g", words(0, *range(100, 131), 0x80001010))
    client.expect(b"p1", words(100))
    client.expect(b"P1f=" + words(0xdeadbeef), b"OK")
    client.expect(b"p1f", words(0xdeadbeef))
    client.expect(b"P20=" + words(0x80001012), b"E01")  # pc is a multiple of 4
    client.expect(b"p1041", words(3))                   # the mode
    client.expect(b"P382=" + words(0x80001236), b"OK")  # mepc takes what its fields allow
    client.expect(b"p382", words(0x80001234))
    client.expect(b"Pf52=" + words(1), b"E01")  # mvendorid is read-only
    description = b""
    while True:
        part = client.ask(b"qXfer:features:read:target.xml:%x,100" % len(description))
        description += part[1:]
        if part[:1] == b"l":
            break
    for name, number in re.findall(rb'<reg name="([^"]+)" bitsize="32" type="\w+" regnum="(\d+)"', description):
        if not re.fullmatch(rb"[0-9a-f]{8}", client.ask(b"p%x" % int(number))):
            raise Wrong(f"{name} can't be read")
    if b'name="mbase"' not in description or description.count(b"<reg ") != 33 + 139 + 1:
        raise Wrong(f"{description.count(b'<reg ')} registers are described")
    client.expect(b"D", b"OK")


def breakpoints_leave_memory(served):
    """Whatever is set, memory is as it was; and setting twice is setting once."""
    client = Client(served)
    before = client.ask(b"m80001010,40")
    for _ in range(3):
        client.expect(b"Z0,80001014,4", b"OK")
    for kind in b"1234":
        client.expect(b"Z%c,80001018,4" % kind, b"OK")
    if client.ask(b"m80001010,40") != before:
        raise Wrong("a breakpoint is in memory")
    client.expect(b"vCont;c", rb"T05thread:2;")  # gdb has not said that it knows swbreak
    client.expect(b"p20", words(0x80001014))
    client.expect(b"z0,80001014,4", b"OK")
    client.expect(b"z0,80001014,4", b"OK")
    client.expect(b"P20=" + words(0x80001010), b"OK")
    client.expect(b"vCont;r80001010,80001018:2", rb"T05thread:2;")
    client.expect(b"p20", words(0x80001018))
    for index in range(300):  # more than there is room for
        client.ask(b"Z0,%x,4" % (0x80010000 + 4 * index))
    client.expect(b"Z0,80020000,4", b"E01")
    client.expect(b"D", b"OK")


def interrupts(served):
    """^C while it runs, on or backwards: of a guest that never ends, at once after the packet that resumes it."""
    client = Client(served)
    for resume in (b"c", b"vCont;c", b"vCont;s:2;c", b"vCont;r80000000,80000100:2"):
        client.raw(frame(resume) + (b"\x03" if resume[-2:] != b";c" or resume == b"vCont;c" else b""))
        if not re.fullmatch(rb"T0[25]thread:2;", client.receive()):
            raise Wrong(f"{resume!r} was not stopped")
    before = client.ask(b"g")
    client.raw(frame(b"bc") + b"\x03")  # backwards: it stands where it stood
    if client.receive() != b"T02thread:2;" or client.ask(b"g") != before:
        raise Wrong("a run backwards that is stopped has moved the machine")
    client.expect(b"bc", rb"T05thread:2;replaylog:begin;")
    client.expect(b"p20", words(0x80000000))
    client.expect(b"bs", rb"T05thread:2;replaylog:begin;")
    client.expect(b"D", b"OK")


def writes_no_file(served):
    """A command that names a file to be written is refused, however it is spelt."""
    client = Client(served)
    path = os.path.join(served.folder, "mine")
    for line in (f"trace +exit > {path}", f"tra +exit >{path}", f"trace --chrome {path}", f"trace --chrome {path} 5 --json"):
        found = client.ask(b"qRcmd," + line.encode().hex().encode())
        while found != b"OK":
            if not found.startswith(b"O"):
                raise Wrong(f"{line!r} was answered by {found!r}")
            found = client.receive()
        if os.path.exists(path):
            raise Wrong(f"{line!r} has written a file")
    client.expect(b"D", b"OK")


def goes_away(served):
    """The connection breaks in the middle of a run; the session goes on."""
    client = Client(served)
    client.raw(frame(b"c"))
    client.link.close()


def one_machine_alone():
    with Served(["tests/gdb/busy.s"], where="0") as served:
        port = int(served.address.split(":")[1])
        with open("/proc/net/tcp", encoding="ascii") as f:
            listening = [row.split() for row in f.readlines()[1:]]
        found = [row[1] for row in listening if row[1].endswith(f":{port:04X}") and row[3] == "0A"]
        if found != [f"0100007F:{port:04X}"]:
            raise Wrong(f"it listens at {found}")
        client = Client(served)
        client.raw(frame(b"k"))
        if served.end() != 0:
            raise Wrong("it did not end")


TESTS = [
    (malformed, ["builtin:guestos"], None),
    (framing, ["builtin:guestos"], None),
    (registers, ["builtin:guestos"], None),
    (breakpoints_leave_memory, ["builtin:guestos"], None),
    (interrupts, ["tests/gdb/busy.s"], None),
    (writes_no_file, ["builtin:guestos"], None),
    (goes_away, ["tests/gdb/busy.s"], "gdb is gone"),
]


def main():
    os.chdir(ROOT)
    failures = 0
    for test, arguments, last in TESTS:
        if len(sys.argv) > 1 and sys.argv[1] != test.__name__:
            continue
        with Served(arguments, after=["-e", "echo the end"]) as served:
            try:
                test(served)
                status = served.end()
                if status != 0 or served.lines[-1] != "the end" or (last or "gdb has detached") not in served.lines:
                    raise Wrong(f"thirdgen ended with {status}: {served.lines[-12:]}")
            except (Wrong, OSError) as problem:
                failures += 1
                print(f"FAILED {test.__name__}: {problem}")
    try:
        one_machine_alone()
    except (Wrong, OSError) as problem:
        failures += 1
        print(f"FAILED one machine alone: {problem}")
    print(f"{len(TESTS) + 1} conversations, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
