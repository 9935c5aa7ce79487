# SPDX-License-Identifier: MIT
"""Memory as the C abstract machine has it: objects, not addresses.

An Object is a global, a local, or what a harness asked for.  Its scalars are
kept by byte offset; an array of integers long enough to be indexed by a term
is an Array: contents unknown (or zero, or not yet written), then the writes in
order.  Both are values: a path that writes gets a copy of its own.
"""
import z3

import terms
from llvm import Unsupported

LEAST_ARRAY = 8  # elements; shorter arrays are scalars side by side


class Violation(Exception):
    """Something undefined in C, whatever the values."""


class Pointer:
    """`offset` bytes into an object, and `index` (a 64-bit term) times `scale` bytes further."""
    __slots__ = ("object", "offset", "index", "scale")

    def __init__(self, obj, offset=0, index=None, scale=0):
        self.object, self.offset, self.index, self.scale = obj, offset, index, scale

    def plus(self, fixed, index=None, scale=1):
        offset = self.offset + fixed
        if index is None or self.index is None:
            return Pointer(self.object, offset, self.index if index is None else index,
                           self.scale if index is None else scale)
        least = min(scale, self.scale)
        if scale % least or self.scale % least:
            raise Unsupported("two indices of scales that do not divide")
        total = terms.arithmetic("add", times(self.index, self.scale // least), times(index, scale // least), 64)
        if terms.is_known(total):
            return Pointer(self.object, offset + terms.signed(total, 64) * least)
        return Pointer(self.object, offset, total, least)


def times(index, factor):
    return index if factor == 1 else terms.arithmetic("mul", index, factor, 64)


NULL = Pointer(None)


FEW = 32  # elements that are compared one by one


class Array:
    """`count` integers (a number, or a 64-bit term) of `width` bits.  `contents` is a z3 function of
    the index, or 0, or None while nothing is written."""
    __slots__ = ("contents", "count", "width", "key_width", "writes")

    def __init__(self, contents, count, width, writes=()):
        self.contents, self.count, self.width, self.writes = contents, count, width, writes
        if isinstance(contents, z3.FuncDeclRef):
            self.key_width = contents.domain(0).size()
        else:
            self.key_width = max(1, (count - 1).bit_length())

    def key(self, index):
        """Only the bits that an index inside the bounds can have."""
        return terms.low_bits(index, self.key_width)

    def unwritten(self, key):
        if self.contents is None:
            raise Violation("read of an array element that was never written")
        if isinstance(self.contents, int):
            return 0
        return terms.simplify(self.contents(terms.bits(key, self.key_width)))

    def read(self, index):
        key, maybe = self.key(index), []
        for at, value in reversed(self.writes):
            if terms.identical(at, key):
                result = value
                break
            if not terms.distinct(at, key):
                maybe.append((at, value))
        else:
            result = self.unwritten(key)
        for at, value in reversed(maybe):
            same = terms.compare("eq", key, at, self.key_width)
            result = value if same is True else result if same is False else \
                terms.choose(same, value, result, self.width)
        return result

    def write(self, index, value):
        key = self.key(index)
        kept = tuple(w for w in self.writes if not terms.identical(w[0], key))
        return Array(self.contents, self.count, self.width, kept + ((key, value),))

    def same(self, other):
        """Are all elements equal?  Of the same origin only what was written can differ."""
        equal, places = [], [w[0] for w in self.writes + other.writes]
        if self.contents is not other.contents:
            if not terms.is_known(self.count) or self.count > FEW:
                raise Unsupported("comparing arrays of different origin")
            places = range(self.count)
        for at in places:
            e = terms.compare("eq", self.read(at), other.read(at), self.width)
            if e is False:
                return False
            if e is not True:
                equal.append(e)
        return terms.simplify(z3.And(*equal)) if equal else True


class Object:
    __slots__ = ("name", "size", "scalars", "arrays", "zeros", "constant")

    def __init__(self, name, size, constant=False):
        self.name, self.size, self.constant = name, size, constant
        self.scalars = {}  # offset: (bytes, value)
        self.arrays = {}   # offset: Array
        self.zeros = []    # [(start, end)]: what is absent there reads 0

    def copy(self):
        twin = Object(self.name, self.size)
        twin.scalars, twin.arrays, twin.zeros = dict(self.scalars), dict(self.arrays), list(self.zeros)
        return twin

    # ---- layout ----

    def lay_out(self, kind, at=0, contents=None):
        """Make the arrays of a type, whose first byte is at `at`."""
        if kind[0] == "struct":
            for offset, field in kind[2]:
                self.lay_out(field, at + offset, contents)
        elif kind[0] == "array":
            element, count = kind[3], kind[2]
            while element[0] == "array":
                count, element = count * element[2], element[3]
            if element[0] == "int" and count >= LEAST_ARRAY:
                self.arrays[at] = Array(contents, count, element[1])
            elif element[0] != "int":
                step = kind[1] // kind[2] if kind[2] else 0
                for i in range(kind[2]):
                    self.lay_out(kind[3], at + i * step, contents)

    # ---- scalars and elements ----

    def element(self, pointer):
        """(start of the array, its Array, index), or None: a scalar."""
        for start, array in self.arrays.items():
            step = array.width // 8
            if pointer.index is None and (not terms.is_known(array.count) or pointer.offset < start or
                                          pointer.offset >= start + array.count * step):
                if terms.is_known(array.count):
                    continue
            elif pointer.index is not None and len(self.arrays) > 1 and not (
                    start <= pointer.offset < start + array.count * step):
                continue
            distance = pointer.offset - start
            if distance % step or (pointer.index is not None and pointer.scale % step):
                raise Unsupported(f"an access across the elements of {self.name}")
            index = distance // step & (1 << 64) - 1
            if pointer.index is not None:
                index = terms.arithmetic("add", times(pointer.index, pointer.scale // step), index, 64)
            return start, array, index
        if pointer.index is not None:
            raise Unsupported(f"an index that is not known into {self.name}, which is no array of integers")
        return None

    def read_scalar(self, offset, size):
        found = self.scalars.get(offset)
        if found is not None:
            if found[0] != size:
                raise Unsupported(f"{self.name}+{offset}: written as {found[0]} bytes, read as {size}")
            return found[1]
        if any(start <= offset and offset + size <= end for start, end in self.zeros):
            return 0
        raise Violation(f"read of {self.name}+{offset}, which was never written")

    def write_scalar(self, offset, size, value):
        if offset < 0 or offset + size > self.size:
            raise Violation(f"write outside {self.name}")
        self.scalars[offset] = (size, value)

    # ---- whole ranges ----

    def forget(self, start, end):
        for offset in [o for o, s in self.scalars.items() if start <= o < end]:
            del self.scalars[offset]
        cut = []
        for a, b in self.zeros:
            cut += [r for r in ((a, min(b, start)), (max(a, end), b)) if r[0] < r[1]]
        self.zeros = cut

    def clear(self, start, size):
        """memset to zero."""
        end = start + size
        self.forget(start, end)
        self.zeros.append((start, end))
        for at, array in self.arrays.items():
            if start <= at < end:
                self.arrays[at] = Array(0, array.count, array.width)

    def take_over(self, start, source, source_start, size):
        """memcpy of `size` bytes."""
        end, move = source_start + size, start - source_start
        taken = {o: s for o, s in source.scalars.items() if source_start <= o < end}
        arrays = {o: a for o, a in source.arrays.items() if source_start <= o < end}
        zeros = [(max(a, source_start), min(b, end)) for a, b in source.zeros if a < end and b > source_start]
        self.forget(start, start + size)
        for at, array in arrays.items():
            if terms.is_known(array.count) and at + array.count * array.width // 8 > end:
                raise Unsupported(f"a copy of a part of an array of {source.name}")
            self.arrays[at + move] = array
        for at, scalar in taken.items():
            self.scalars[at + move] = scalar
        self.zeros += [(a + move, b + move) for a, b in zeros]
