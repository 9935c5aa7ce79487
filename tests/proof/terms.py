# SPDX-License-Identifier: MIT
"""Bit-vector terms: Python integers where known, z3 terms where not.

Every operation folds constants and keeps terms in a normal form as far as it
is cheap: sums flat and sorted, fields of words as concatenations.  What both
machines of a proof compute alike then *is* the same term, and needs no query.
Truth values are Python bools or z3 Booleans; numbers have their width given.
"""
import z3

CONTEXT = z3.main_ctx()
PARAMETERS = z3.ParamsRef()
PARAMETERS.set("sort_sums", True)
CACHE = {}


def is_known(v):
    return isinstance(v, int)


def simplify(e):
    """The normal form of a term, as a Python value where it is a constant."""
    key = e.get_id()
    known = CACHE.get(key)
    if known is not None:
        return known[1]
    r = z3.z3._to_expr_ref(z3.Z3_simplify_ex(CONTEXT.ref(), e.as_ast(), PARAMETERS.params), CONTEXT)
    if z3.is_bv_value(r):
        r = r.as_long()
    elif z3.is_true(r):
        r = True
    elif z3.is_false(r):
        r = False
    CACHE[key] = (e, r)  # e is kept: its id stays its own
    return r


def bits(v, width):
    """v as a z3 bit-vector."""
    if isinstance(v, int):
        return z3.BitVecVal(int(v), width)
    if z3.is_bool(v):
        return z3.If(v, z3.BitVecVal(1, width), z3.BitVecVal(0, width))
    return v


def truth(v):
    """v as a Python bool or a z3 Boolean."""
    if isinstance(v, bool) or (not isinstance(v, int) and z3.is_bool(v)):
        return v
    if isinstance(v, int):
        return v != 0
    return simplify(v != 0)


def as_z3_bool(v):
    return z3.BoolVal(v) if isinstance(v, bool) else v


def negate(v):
    return not v if isinstance(v, bool) else simplify(z3.Not(v))


def signed(v, width):
    return v - (1 << width) if v >> (width - 1) else v


# ---- fields ----

def pieces(e):
    """A term as [(width, value)], high bits first: the parts of a concatenation."""
    if e.decl().kind() == z3.Z3_OP_CONCAT:
        return [p for c in e.children() for p in pieces(c)]
    if z3.is_bv_value(e):
        return [(e.size(), e.as_long())]
    return [(e.size(), e)]


def take(piece, high, low):
    """Bits high to low of a piece."""
    width, v = piece
    if is_known(v):
        return v >> low & ((1 << (high - low + 1)) - 1)
    return v if high - low + 1 == width else z3.Extract(high, low, v)


def join(parts):
    """The concatenation of [(width, value)]."""
    terms = [bits(v, w) for w, v in parts]
    return simplify(terms[0] if len(terms) == 1 else z3.Concat(*terms))


def align(a, b):
    """Two lists of pieces cut at the same places: [(width, value, value)]."""
    a, b, out = list(a), list(b), []
    while a:
        (wa, va), (wb, vb) = a.pop(0), b.pop(0)
        w = min(wa, wb)
        out.append((w, take((wa, va), wa - 1, wa - w), take((wb, vb), wb - 1, wb - w)))
        if wa > w:
            a.insert(0, (wa - w, take((wa, va), wa - w - 1, 0)))
        if wb > w:
            b.insert(0, (wb - w, take((wb, vb), wb - w - 1, 0)))
    return out


def mask_pieces(v, width):
    """A constant as pieces of all zeros and all ones."""
    out, top = [], width
    while top > 0:
        bit, n = v >> (top - 1) & 1, 1
        while n < top and (v >> (top - 1 - n) & 1) == bit:
            n += 1
        out.append((n, ((1 << n) - 1) * bit))
        top -= n
    return out


def bitwise_piece(name, width, a, b):
    ones = (1 << width) - 1
    for x, y in ((a, b), (b, a)):
        if is_known(x):
            if name == "and" and x in (0, ones):
                return 0 if x == 0 else y
            if name == "or" and x in (0, ones):
                return y if x == 0 else ones
            if name == "xor" and x == 0:
                return y
    p, q = bits(a, width), bits(b, width)
    return simplify({"and": p & q, "or": p | q, "xor": p ^ q}[name])


def bitwise(name, a, b, width):
    pa = mask_pieces(a, width) if is_known(a) else pieces(a)
    pb = mask_pieces(b, width) if is_known(b) else pieces(b)
    if len(pa) == 1 and len(pb) == 1 and not is_known(pa[0][1]) and not is_known(pb[0][1]):
        return simplify({"and": a & b, "or": a | b, "xor": a ^ b}[name])
    return join([(w, bitwise_piece(name, w, x, y)) for w, x, y in align(pa, pb)])


def low_bits(e, width):
    """The low bits of a sum or product are those of its parts."""
    if is_known(e):
        return e & ((1 << width) - 1)
    if e.size() == width:
        return e
    kind = e.decl().kind()
    if kind in (z3.Z3_OP_BADD, z3.Z3_OP_BMUL):
        parts = [bits(low_bits(c if not z3.is_bv_value(c) else c.as_long(), width), width) for c in e.children()]
        out = parts[0]
        for p in parts[1:]:
            out = out + p if kind == z3.Z3_OP_BADD else out * p
        return simplify(out)
    if kind == z3.Z3_OP_CONCAT and e.children()[-1].size() >= width:
        return low_bits(e.children()[-1], width)
    if kind in (z3.Z3_OP_ZERO_EXT, z3.Z3_OP_SIGN_EXT) and e.children()[0].size() >= width:
        return low_bits(e.children()[0], width)
    return simplify(z3.Extract(width - 1, 0, e))


# ---- arithmetic ----

def known_result(name, a, b, width):
    a, b = int(a), int(b)
    if name in ("sdiv", "srem"):
        x, y = signed(a, width), signed(b, width)
        q = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        return q if name == "sdiv" else x - q * y
    return {"add": lambda: a + b, "sub": lambda: a - b, "mul": lambda: a * b, "and": lambda: a & b,
            "or": lambda: a | b, "xor": lambda: a ^ b, "shl": lambda: a << b, "lshr": lambda: a >> b,
            "ashr": lambda: signed(a, width) >> b, "udiv": lambda: a // b, "urem": lambda: a % b}[name]()


def z3_operation(name, a, b):
    return {"add": lambda: a + b, "sub": lambda: a - b, "mul": lambda: a * b, "shl": lambda: a << b,
            "lshr": lambda: z3.LShR(a, b), "ashr": lambda: a >> b, "udiv": lambda: z3.UDiv(a, b),
            "urem": lambda: z3.URem(a, b), "sdiv": lambda: a / b, "srem": lambda: z3.SRem(a, b)}[name]()


def arithmetic(name, a, b, width):
    """The result of an LLVM operation whose undefined cases have been excluded."""
    if is_known(a) and is_known(b):
        r = known_result(name, a, b, width) & ((1 << width) - 1)
        return bool(r) if width == 1 else r
    if width == 1:
        a, b = as_z3_bool(truth(a)), as_z3_bool(truth(b))
        return simplify({"and": z3.And, "or": z3.Or, "xor": z3.Xor}[name](a, b))
    if name in ("and", "or", "xor"):
        return bitwise(name, a, b, width)
    if is_known(b) and name in ("shl", "lshr") and 0 < b < width:
        if name == "shl":
            return join([(width - b, simplify(z3.Extract(width - 1 - b, 0, a))), (b, 0)])
        return join([(b, 0), (width - b, simplify(z3.Extract(width - 1, b, a)))])
    return simplify(z3_operation(name, bits(a, width), bits(b, width)))


def overflows(name, a, b, width):
    """Does a signed add, sub or mul leave its width?"""
    if is_known(a) and is_known(b):
        x, y = signed(int(a), width), signed(int(b), width)
        r = {"add": x + y, "sub": x - y, "mul": x * y}[name]
        return not -(1 << width - 1) <= r < 1 << width - 1
    x, y = z3.SignExt(width, bits(a, width)), z3.SignExt(width, bits(b, width))
    r = z3_operation(name, x, y)
    return simplify(z3.Not(z3.And(r >= -(1 << width - 1), r < (1 << width - 1))))


def compare(predicate, a, b, width):
    if is_known(a) and is_known(b):
        a, b = int(a), int(b)
        if predicate[0] == "s":
            a, b, predicate = signed(a, width), signed(b, width), "u" + predicate[1:]
        return {"eq": a == b, "ne": a != b, "ugt": a > b, "uge": a >= b, "ult": a < b, "ule": a <= b}[predicate]
    if width == 1:
        same = simplify(as_z3_bool(truth(a)) == as_z3_bool(truth(b)))
        return same if predicate == "eq" else negate(same)
    a, b = bits(a, width), bits(b, width)
    return simplify({"eq": lambda: a == b, "ne": lambda: a != b, "ugt": lambda: z3.UGT(a, b),
                     "uge": lambda: z3.UGE(a, b), "ult": lambda: z3.ULT(a, b), "ule": lambda: z3.ULE(a, b),
                     "sgt": lambda: a > b, "sge": lambda: a >= b, "slt": lambda: a < b,
                     "sle": lambda: a <= b}[predicate]())


def extend(name, v, width, from_width):
    """zext, sext and trunc."""
    if is_known(v):
        v = int(v)
        if name == "trunc":
            return bool(v & 1) if width == 1 else v & ((1 << width) - 1)
        return v if name == "zext" else signed(v, from_width) & ((1 << width) - 1)
    if name == "trunc":
        return simplify(z3.Extract(0, 0, v) == 1) if width == 1 else low_bits(v, width)
    if z3.is_bool(v):
        return simplify(z3.If(v, z3.BitVecVal(1 if name == "zext" else -1, width), z3.BitVecVal(0, width)))
    if name == "zext":
        return zero_extended(v, width, from_width)
    return simplify(z3.SignExt(width - from_width, v))


def largest(e):
    """No value of the term is larger, as plain to see."""
    if z3.is_bv_value(e):
        return e.as_long()
    first_width, first = pieces(e)[0]
    return (1 << e.size() - (first_width if is_known(first) and first == 0 else 0)) - 1


def zero_extended(v, width, from_width):
    """A sum that cannot leave its width is the sum of its parts, extended."""
    if v.decl().kind() == z3.Z3_OP_BADD and sum(largest(c) for c in v.children()) < 1 << from_width:
        parts = [bits(join([(width - from_width, 0), (from_width, c.as_long() if z3.is_bv_value(c) else c)]), width)
                 for c in v.children()]
        return simplify(z3.Sum(parts))
    return join([(width - from_width, 0), (from_width, v)])


def choose(condition, a, b, width):
    """select, with a condition that is not known."""
    if width == 1:
        return simplify(z3.If(condition, as_z3_bool(truth(a)), as_z3_bool(truth(b))))
    return simplify(z3.If(condition, bits(a, width), bits(b, width)))


def identical(a, b):
    """The same term: a cheap sufficient test of equality."""
    if is_known(a) or is_known(b):
        return is_known(a) and is_known(b) and a == b
    return a.get_id() == b.get_id()


def distinct(a, b):
    """Do two indices differ for all values, as plain to see?"""
    if is_known(a) and is_known(b):
        return a != b
    width = (b if is_known(a) else a).size()
    difference = simplify(bits(a, width) - bits(b, width))
    return is_known(difference) and difference != 0


UNKNOWNS = {}


def unknowns(e):
    """The names of what is unknown in a term: symbols, and functions that stand for memory."""
    known = UNKNOWNS.get(e.get_id())
    if known is None:
        own = {e.decl().name()} if z3.is_app(e) and e.decl().kind() == z3.Z3_OP_UNINTERPRETED else set()
        known = UNKNOWNS[e.get_id()] = (frozenset(own.union(*map(unknowns, e.children()))), e)  # e is kept: its id stays its own
    return known[0]
