# SPDX-License-Identifier: MIT
"""A session of thirdgen that waits for gdb, and gdb itself, for the tests beside this file."""
import os
import re
import shutil
import socket
import subprocess
import tempfile

GDB = "gdb-multiarch"
SECONDS = 120  # until something that does not end is stopped; nothing here takes one


def missing():
    """Why gdb can't be run; None where it can."""
    return None if shutil.which(GDB) else f"{GDB} is not installed"


class Served:
    """`thirdgen repl ARGUMENTS --gdb ...`, listening; its output is `lines`, read so far."""

    def __init__(self, arguments, where=None, before=(), after=()):
        self.folder = tempfile.mkdtemp(prefix="thirdgen-gdb-")
        where = where or os.path.join(self.folder, "socket")
        argv = [os.environ.get("THIRDGEN", "build/thirdgen"), "repl", *arguments, *before, "--gdb", where, *after]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace")
        self.lines = []
        self.address = self.read_until(r"gdb: listening at (\S+)").group(1)

    def read_until(self, pattern):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            found = re.search(pattern, line)
            if found:
                return found
        raise EOFError(f"no line like {pattern}: {self.lines}")

    def connect(self):
        if self.address.startswith("/"):
            link = socket.socket(socket.AF_UNIX)
            link.connect(self.address)
        else:
            host, port = self.address.split(":")
            link = socket.create_connection((host, int(port)))
        link.settimeout(SECONDS)
        return link

    def end(self):
        """The rest of the output, and the exit status."""
        try:
            rest, _ = self.process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            rest, _ = self.process.communicate()
            rest += "\n[does not end]"
        self.lines += rest.splitlines()
        shutil.rmtree(self.folder, ignore_errors=True)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)


def command_line(elf, commands, address):
    """gdb, connected, executing `commands`, each said before."""
    line = [GDB, "-nx", "-q", "-batch"]
    for command in ("set pagination off", "set confirm off", "set width 0", "set debuginfod enabled off",
                    f"target remote {address}", *commands):
        shown = command.replace("\\", "\\\\").replace("%", "%%")
        line += ["-ex", f"echo (gdb) {shown}\\n", "-ex", command]
    return line + ([elf] if elf else [])


def run_gdb(elf, commands, address):
    """What it printed."""
    env = {k: v for k, v in os.environ.items() if k not in ("XDG_CONFIG_HOME", "GDBHISTFILE")}
    done = subprocess.run(command_line(elf, commands, address), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", env=env, timeout=SECONDS, check=False)
    return done.stdout
