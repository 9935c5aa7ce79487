# SPDX-License-Identifier: MIT
"""One path of the executor, run on the compiled C with the values of a model.

The executor is trusted; this is what the trust rests on.  The harness and the
code under proof are compiled by another compiler to a shared library, prove.h
is answered from the model, and every value that the harness observes must be
what the executor says it is.
"""
import ctypes as ct
import os
import subprocess

import build

NUMBER = ct.CFUNCTYPE(ct.c_uint64, ct.c_char_p)
ELEMENT = ct.CFUNCTYPE(ct.c_uint32, ct.c_char_p, ct.c_uint32)
BYTES = ct.CFUNCTYPE(ct.c_uint64, ct.c_char_p, ct.c_uint64)
COPY = ct.CFUNCTYPE(ct.c_uint64, ct.c_uint64)
SAME = ct.CFUNCTYPE(ct.c_bool, ct.c_uint64, ct.c_uint64)
OBSERVED = ct.CFUNCTYPE(None, ct.c_char_p, ct.c_uint64)


class Answers(ct.Structure):
    _fields_ = [("number", NUMBER), ("element", ELEMENT), ("bytes", BYTES), ("copy", COPY), ("same", SAME),
                ("observed", OBSERVED)]


def library(folder, name, sources, compiler="gcc"):
    path = os.path.join(folder, name + ".so")
    subprocess.run([compiler, "-std=c11", "-O1", "-w", "-fPIC", "-shared", "-I", build.ROOT, *sources,
                    "tests/proof/replay.c", "-o", path], cwd=build.ROOT, check=True)
    return ct.CDLL(path)


class Run:
    """`function` of the library, with the values of `example` (executor.Counterexample)."""

    def __init__(self, lib, function, example, parameters):
        self.example, self.parameters = example, parameters
        self.numbers, self.counts, self.buffers, self.out = dict(example.inputs), {}, [], []
        answers = Answers(NUMBER(self.number), ELEMENT(self.element), BYTES(self.bytes), COPY(self.copy),
                          SAME(self.same), OBSERVED(lambda name, value: self.out.append((name.decode(), value))))
        lib.replay_begin(ct.byref(answers))
        getattr(lib, function)()

    def name(self, base, ahead=False):
        """The name of the next symbol called `base`."""
        n = self.counts.get(base, 0) + 1
        if not ahead:
            self.counts[base] = n
        return base if n == 1 else f"{base}#{n}"

    def number(self, base):
        base = base.decode()
        if base in self.parameters:
            return self.parameters[base]
        if base == "instruction":
            return self.example.value(self.numbers["instruction"])
        what = self.numbers[self.name(base)]
        return 0 if isinstance(what, tuple) else self.example.value(what)

    def element(self, base, index):
        return self.example.value(self.numbers[self.name(base.decode(), ahead=True)][0](index))

    def bytes(self, base, count):
        function, _ = self.numbers[self.name(base.decode())]
        return self.keep(bytes(self.example.value(function(i)) for i in range(count)))

    def keep(self, content):
        buffer = ct.create_string_buffer(content, max(1, len(content)))
        self.buffers.append(buffer)
        return ct.addressof(buffer)

    def buffer_of(self, address, most=1 << 20):
        """The copy that `address` is in or near (a window's RAM may begin before it)."""
        near = min(self.buffers, key=lambda b: abs(ct.addressof(b) - address))
        assert abs(ct.addressof(near) - address) < most
        return near

    def copy(self, address):
        buffer = self.buffer_of(address)
        return self.keep(bytes(buffer))

    def same(self, a, b):
        return bytes(self.buffer_of(a)) == bytes(self.buffer_of(b))


def flat(shown):
    out = []
    for name, value in shown:
        out += [(name, v) for v in value] if isinstance(value, list) else [(name, value)]
    return out


def differences(lib, function, example, parameters):
    """What the compiled C does otherwise than the executor says, as texts."""
    native, symbolic = Run(lib, function, example, parameters).out, flat(example.shown())
    if native == symbolic:
        return []
    if len(native) != len(symbolic):
        only = [x for x in native if x[0].startswith("an assumption") or x not in symbolic]
        return [f"{len(native)} observations in C, {len(symbolic)} by the executor; {only[:4]}"]
    return [f"{n}: {a[0]} is {a[1]:#x} in C, {b[1]:#x} by the executor"
            for n, (a, b) in enumerate(zip(native, symbolic)) if a != b][:4]
