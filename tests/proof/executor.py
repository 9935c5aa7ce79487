# SPDX-License-Identifier: MIT
"""A symbolic executor of LLVM IR: every path through a harness, for all values.

The harness is C (prove.h): `sym` makes a value unknown, `assume` narrows it,
`prove` states what must hold.  A path is a sequence of branches that some
values take; its condition is what the solver has been told.  On each path
every `prove`, and every way to leave the defined behaviour of C that is met
(index, shift, division, signed overflow, reading what was never written), is
discharged by z3, or refuted with a model.  A query that z3 does not answer in
its time is an error, never a success.
"""
import sys
import time

import z3

import terms
from llvm import (AGGREGATE_ZERO, ARRAY_VALUE, DATA_ARRAY, EXPRESSION, GLOBAL, INTEGER_VALUE, NULL as NULL_VALUE, POINTER,
                  STRUCT_VALUE, UNDEF, Unsupported, constant_opcode, element_constant, first_block, get_operand,
                  initializer, integer_value, integer_width, operand_count, parameter, parameter_count, text_name,
                  type_kind, type_of, value_kind, element_type, debug_line)
from memory import NULL, Array, Object, Pointer, Violation

sys.setrecursionlimit(20000)
QUICK_EFFORT, FAIR_EFFORT = 400000, 3000000  # of z3's own units, so that it does not depend on how busy the machine is
PATIENT_MS = 300000
DEPTH_MAX = 60
LEAVES_MAX = 12      # of a merged call
STEPS_MAX = 200000  # instructions on one path: past that a loop has no bound


class Unknown(Exception):
    """The solver gave up."""


class Refuted(Exception):
    pass


class Ended(Exception):
    """The path ends here: no values take it."""


class Leaf(Exception):
    """A path through a merged call ends here, without a result."""


class Counterexample:
    def __init__(self, what, model, state, where):
        self.what, self.model, self.where = what, model, where
        self.inputs, self.observed, self.trace = list(state.inputs), list(state.observed), state.path()

    def value(self, term):
        if terms.is_known(term):
            return int(term)
        v = self.model.eval(term, model_completion=True)
        return int(z3.is_true(v)) if z3.is_bool(v) else v.as_long()

    def values(self):
        """{name: number} of the scalar inputs."""
        return {name: self.value(v) for name, v in self.inputs if not isinstance(v, tuple)}

    def shown(self):
        """[(name, number or list of numbers)] of what the harness observed, in order."""
        out = []
        for name, what in self.observed:
            if isinstance(what, Array):
                out.append((name, [self.value(what.read(i)) for i in range(what.count)]))
            elif isinstance(what, tuple):
                array, start, count = what
                at = [terms.arithmetic("add", start, i, 64) for i in range(self.value(count))]
                out.append((name, [self.value(array.read(i)) for i in at]))
            else:
                out.append((name, self.value(what)))
        return out


class Frame:
    __slots__ = ("values", "block", "at", "previous", "function", "name", "result")

    def __init__(self, function, name, values, result):
        self.function, self.name, self.values, self.result = function, name, values, result
        self.block, self.at, self.previous = first_block(function), 0, None

    def copy(self):
        twin = Frame.__new__(Frame)
        twin.function, twin.name, twin.result = self.function, self.name, self.result
        twin.block, twin.at, twin.previous = self.block, self.at, self.previous
        twin.values = dict(self.values)
        return twin


class State:
    """One path, as far as it has come."""

    def __init__(self, function, name):
        self.frames = [Frame(function, name, {}, None)]
        self.objects, self.owned, self.next_object = {}, set(), 1
        self.globals = {}
        self.known = {}      # id of a condition: (it, its truth on this path)
        self.values = {}     # id of a term that this path has made a number: (it, the number)
        self.inputs, self.names, self.observed = [], {}, []
        self.pending = []    # what is required and not settled: [(condition, what, where)]
        self.guard = ()      # while calls are merged: what leads to this leaf
        self.undecided = False  # whether any values take this path
        self.trace, self.steps = None, 0

    def copy(self):
        twin = State.__new__(State)
        twin.frames = [f.copy() for f in self.frames]
        twin.objects, twin.owned, twin.next_object = dict(self.objects), set(), self.next_object
        self.owned = set()   # from now on both copy before they write
        twin.globals, twin.known = dict(self.globals), dict(self.known)
        twin.values = dict(self.values)
        twin.inputs, twin.names, twin.observed = list(self.inputs), dict(self.names), list(self.observed)
        twin.pending, twin.guard = list(self.pending), self.guard
        twin.undecided, twin.trace, twin.steps = self.undecided, self.trace, self.steps
        return twin

    def add_object(self, obj):
        key = self.next_object
        self.next_object += 1
        self.objects[key] = obj
        self.owned.add(key)
        return key

    def writable(self, key):
        obj = self.objects[key]
        if obj.constant:
            raise Violation(f"write to the constant {obj.name}")
        if key not in self.owned:
            obj = self.objects[key] = obj.copy()
            self.owned.add(key)
        return obj

    def path(self):
        out, at = [], self.trace
        while at is not None:
            out.append(at[1])
            at = at[0]
        return out[::-1]

    def learn(self, condition, truth=True):
        self.known[condition.get_id()] = (condition, truth)
        if truth and z3.is_eq(condition) and z3.is_bv_value(condition.arg(1)):
            self.values[condition.arg(0).get_id()] = (condition.arg(0), condition.arg(1).as_long())
        other = terms.negate(condition)
        if not isinstance(other, bool):
            self.known[other.get_id()] = (other, not truth)

    def truth_of(self, condition):
        """True or False where this path has settled it, else None."""
        if isinstance(condition, bool):
            return condition
        found = self.known.get(condition.get_id())
        return None if found is None else found[1]


class Executor:
    """Walks a program.  `instruction` is the term for the harness's instruction word (or None);
    `conditions` narrow it; `summaries` replace functions by others, by name."""

    def __init__(self, program, instruction=None, conditions=(), summaries=None, parameters=None, patience=PATIENT_MS):
        self.program, self.instruction, self.patience = program, instruction, patience
        self.summaries, self.parameters = summaries or {}, parameters or {}
        self.solver = z3.Solver()
        self.conditions = list(conditions)
        self.paths = self.vacuous = self.queries = self.hard = self.proved = self.trivial = 0
        self.undecided = 0     # of the paths to the end: those that perhaps no values take
        self.labels = {}       # what was proved: how often it was reached
        self.refuted = None
        self.at_end = None     # called with (state) at the end of each path
        self.constants = {}
        self.arrays = {}       # name and width: the z3 function, the same on all paths
        self.followed = {}     # a claim with its slice: is it proved of that alone?  (follows)
        self.pure = {}         # function: has it no effect but its result?  (is_pure)
        self.leaves = None     # while a call is merged: [(guard, result, what is required)]
        self.work = []         # ... and the leaves not walked yet

    # ---- the solver ----

    def model(self, condition):
        """A model of the path with `condition`, or None if there is none."""
        self.queries += 1
        self.solver.push()
        try:
            if condition is not None:
                self.solver.add(condition)
            self.solver.set("rlimit", FAIR_EFFORT)
            answer, used = self.solver.check(), self.solver
            if answer == z3.unknown:
                answer, used = self.ask_patiently(self.solver.assertions())
            if answer == z3.unknown:
                raise Unknown(f"the solver gave up after {self.patience / 1000:.0f} s: {used.reason_unknown()}")
            return used.model() if answer == z3.sat else None
        finally:
            self.solver.pop()

    def quick_answer(self, condition=None):
        """z3.sat, z3.unsat or z3.unknown of the path with `condition`."""
        self.queries += 1
        self.solver.push()
        if condition is not None:
            self.solver.add(condition)
        self.solver.set("rlimit", QUICK_EFFORT)
        answer = self.solver.check()
        self.solver.pop()
        return answer

    def possible(self, state, condition=None):
        """Do some values take the path with `condition`?  Where that isn't seen at once it is walked: what
        is proved on a path that no values take is true of it, and at its end it is asked again."""
        answer = self.quick_answer(condition)
        state.undecided |= answer == z3.unknown
        return answer != z3.unsat

    def ask_patiently(self, assertions):
        """Bit-blast the whole query and ask a SAT solver."""
        self.hard += 1
        patient = z3.Then("simplify", "propagate-values", "solve-eqs", "elim-uncnstr", "simplify", "ackermannize_bv",
                          "simplify", "max-bv-sharing", "bit-blast", "sat").solver()
        patient.set("timeout", self.patience)
        patient.add(assertions)
        return patient.check(), patient

    def require(self, condition, what, state, line):
        """`condition` must hold on this path for all values: asked at once or, with others, by `settle`."""
        settled = state.truth_of(condition)
        if settled is True:
            self.trivial += 1
            return
        state.pending.append((terms.as_z3_bool(condition), what, (state.frames[-1].name, line)))
        if settled is False:
            if self.leaves is not None:
                self.leaves.append((state.guard, None, state.pending))
                raise Leaf()
            self.settle(state)
            raise Ended()

    def settle(self, state):
        """All that the path requires up to here holds, or the executor is done."""
        if not state.pending:
            return
        todo = [claim for claim in state.pending if not self.followed.get(self.slice_of(claim[0])[0], (False,))[0]]
        if not (len(todo) > 1 and self.holds_at_once([condition for condition, _, _ in todo])):
            for condition, what, where in todo:
                self.settle_one(condition, what, where, state)
        self.proved += len(state.pending)
        for condition, _, _ in state.pending:
            state.learn(condition)
        state.pending = []

    def holds_at_once(self, claims):
        """Is the conjunction proved without much ado?  Most are."""
        if self.quick_answer(z3.Not(z3.And(*claims))) != z3.unsat:
            return False
        self.solver.add(*claims)
        return True

    def settle_one(self, condition, what, where, state):
        if not self.follows(condition):
            model = self.model(z3.Not(condition))
            if model is not None:
                self.refuted = Counterexample(what, model, state, where)
                raise Refuted()
        self.solver.add(condition)

    def slice_of(self, claim):
        """(a key for it, what the path says of the claim's unknowns and of no others)."""
        unknowns = terms.unknowns(claim)
        said = [a for a in self.solver.assertions() if terms.unknowns(a) <= unknowns]
        return (claim.get_id(), *sorted(a.get_id() for a in said)), said

    def follows(self, claim):
        """Is it proved of its slice alone?  Then it is on all paths that say as much: it is asked once."""
        key, said = self.slice_of(claim)
        if key not in self.followed:
            self.queries += 1
            answer = self.ask_patiently(said + [z3.Not(claim)])[0]
            self.followed[key] = (answer == z3.unsat, claim, said)  # kept, or other terms could have their numbers
        return self.followed[key][0]

    # ---- constants and globals ----

    def constant(self, value, state):
        kind = value_kind(value)
        if kind == INTEGER_VALUE:
            v = integer_value(value)
            width = integer_width(type_of(value))
            return bool(v & 1) if width == 1 else v & ((1 << width) - 1)
        if kind == NULL_VALUE:
            return NULL
        if kind == GLOBAL:
            return Pointer(self.global_object(value, state))
        if kind == EXPRESSION:
            return self.expression(value, state)
        raise Unsupported(f"a constant of kind {kind}")

    def expression(self, value, state):
        name = constant_opcode(value)
        operands = [get_operand(value, i) for i in range(operand_count(value))]
        if name == 41:  # bitcast
            return self.constant(operands[0], state)
        if name == 29:  # getelementptr
            fixed, scaled = self.program.offsets(value, operands)
            if scaled:
                raise Unsupported("a constant address with an index that is not constant")
            return self.constant(operands[0], state).plus(fixed)
        raise Unsupported(f"a constant expression, opcode {name}")

    def global_object(self, value, state):
        definition = self.program.global_definition(value)
        if definition is None:
            raise Unsupported(f"no definition of {text_name(value)}")
        if definition not in state.globals:
            kind = self.program.type(element_type(type_of(definition)))
            obj = Object(text_name(definition), size_of(kind), constant=False)
            obj.lay_out(kind, contents=0)  # a global is initialised whole
            key = state.add_object(obj)
            state.globals[definition] = key
            self.fill(obj, 0, kind, initializer(definition), state)
        return state.globals[definition]

    def fill(self, obj, at, kind, value, state):
        """A global's initial value."""
        what = value_kind(value)
        if what == UNDEF:
            return
        if what == AGGREGATE_ZERO:
            obj.clear(at, size_of(kind))
        elif what == STRUCT_VALUE:
            for i, (offset, field) in enumerate(kind[2]):
                self.fill(obj, at + offset, field, get_operand(value, i), state)
        elif what in (ARRAY_VALUE, DATA_ARRAY):
            step = kind[1] // kind[2]
            for i in range(kind[2]):
                item = element_constant(value, i) if what == DATA_ARRAY else get_operand(value, i)
                self.fill(obj, at + i * step, kind[3], item, state)
        else:
            place = obj.element(Pointer(0, at))
            scalar = self.constant(value, state)
            if place is None:
                obj.write_scalar(at, size_of(kind), scalar)
            else:
                obj.arrays[place[0]] = place[1].write(place[2], scalar)

    # ---- values and memory ----

    def value(self, value, state):
        frame = state.frames[-1]
        if value in frame.values:
            return frame.values[value]
        kind = value_kind(value)
        if kind == INTEGER_VALUE:
            known = self.constants.get(value)
            if known is None:
                known = self.constants[value] = self.constant(value, state)
            return known
        if kind == UNDEF:
            raise Violation("use of an undefined value")
        return self.constant(value, state)

    def text(self, value, state):
        """A string literal passed to the harness's vocabulary."""
        p = self.value(value, state)
        obj, out, i = state.objects[p.object], b"", p.offset
        while True:
            place = obj.element(Pointer(p.object, i))
            byte = obj.read_scalar(i, 1) if place is None else place[1].read(place[2])
            if byte == 0:
                return out.decode()
            out, i = out + bytes([byte]), i + 1

    def load(self, pointer, kind, state, line):
        if pointer.object is None:
            raise Violation("read through a null pointer")
        obj = state.objects[pointer.object]
        place = obj.element(pointer)
        if place is None:
            v = obj.read_scalar(pointer.offset, size_of(kind))
            return terms.truth(v) if kind == ("int", 1) else v
        _, array, index = place
        if kind != ("int", array.width):
            raise Unsupported(f"a read of {kind} from an array of {array.width}-bit elements")
        self.bound(array, index, state, line)
        return array.read(index)

    def store(self, pointer, kind, value, state, line):
        if pointer.object is None:
            raise Violation("write through a null pointer")
        obj = state.writable(pointer.object)
        place = obj.element(pointer)
        if place is None:
            obj.write_scalar(pointer.offset, size_of(kind), value)
            return
        start, array, index = place
        if kind != ("int", array.width):
            raise Unsupported(f"a write of {kind} to an array of {array.width}-bit elements")
        self.bound(array, index, state, line)
        obj.arrays[start] = array.write(index, value)

    def bound(self, array, index, state, line):
        inside = terms.compare("ult", index, array.count, 64)
        self.require(inside, "index inside the array", state, line)

    # ---- running ----

    def run(self, name):
        """Walk all paths of harness `name`.  True if all that it states is proved."""
        state = State(self.program.function(name), name)
        for condition in self.conditions:
            self.solver.add(condition)
        try:
            self.walk(state)
        except Refuted:
            return False
        return True

    def walk(self, state):
        while state is not None and state.frames:
            frame = state.frames[-1]
            code = self.program.instructions(frame.block)
            i = code[frame.at]
            frame.at += 1
            state.steps += 1
            if state.steps > STEPS_MAX:
                raise Unsupported(f"more than {STEPS_MAX} instructions on a path: a loop without a bound?")
            if i.line and (state.trace is None or state.trace[1] != (frame.name, i.line)):
                state.trace = (state.trace, (frame.name, i.line))
            try:
                state = getattr(self, "do_" + i.name, self.do_arithmetic)(i, frame, state)
            except Violation as undefined:
                self.must_not(f"undefined behaviour: {undefined}", state, i.line)
                return
            except Ended:
                self.vacuous += 1
                return

    def must_not(self, what, state, line):
        """Nothing comes to this place."""
        try:
            self.require(False, what, state, line)
        except Ended:
            self.vacuous += 1

    def fork(self, state, options):
        """`options`: [(condition, block)], one of which holds.  Every one that some values take is
        walked; the state of the last is returned, to go on with."""
        frame = state.frames[-1]
        if self.leaves is not None:
            return self.fork_leaves(state, options)
        feasible = []
        for n, (condition, block) in enumerate(options):
            settled = state.truth_of(condition)
            if settled is True:
                feasible = [(None, block)]
                break
            if settled is False:
                continue
            if n == len(options) - 1 and not feasible:
                feasible.append((condition, block))  # one of them must hold
            elif self.possible(state, condition):
                feasible.append((condition, block))
        if len(feasible) == 1:
            condition, block = feasible[0]
            if condition is not None:
                self.solver.add(condition)
                state.learn(condition)
            self.jump(frame, block)
            return state
        self.settle(state)
        for condition, block in feasible:
            twin = state.copy()
            twin.learn(condition)
            self.jump(twin.frames[-1], block)
            self.solver.push()
            self.solver.add(condition)
            self.walk(twin)
            self.solver.pop()
        return None

    def fork_leaves(self, state, options):
        """The same in a merged call: all options that are not settled, without asking the solver."""
        unsettled = []
        for condition, block in options:
            settled = state.truth_of(condition)
            if settled is True:
                self.jump(state.frames[-1], block)
                return state
            if settled is None:
                unsettled.append((condition, block))
        for condition, block in unsettled:
            twin = state.copy()
            twin.learn(condition)
            twin.guard += (condition,)
            self.jump(twin.frames[-1], block)
            self.work.append(twin)
        return None

    # ---- calls without effect: their paths become one value ----

    def is_pure(self, function, module):
        """Integer result, no loop, no write but to locals of its own, no call of what is not pure."""
        if function not in self.pure:
            self.pure[function] = False  # a recursive one is not
            self.pure[function] = self.has_no_loop(function) and all(
                self.is_harmless(i, module) for block in self.program.blocks_of(function)
                for i in self.program.instructions(block))
        return self.pure[function]

    def has_no_loop(self, function):
        order = {block: n for n, block in enumerate(self.program.blocks_of(function))}
        return all(order[target] > n for block, n in order.items()
                   for i in self.program.instructions(block) for target in self.program.targets(i))

    def is_harmless(self, i, module):
        if i.name == "store":
            return self.program.is_local(i.operands[1])
        if i.name == "ret":
            return bool(i.operands) and self.program.width_of(i.operands[0]) > 0
        if i.name != "call" or i.extra.startswith("llvm.dbg"):
            return True
        name = self.summaries.get(i.extra, i.extra)
        if hasattr(self, "call_" + name):
            return False
        function = self.program.function(name, module)
        return function is not None and self.is_pure(function, self.program.module_of[function])

    def merged(self, function, name, values, state):
        """(the result of a pure call, as one term) or None: to be walked path by path."""
        start = state.copy()
        start.frames, start.pending, start.guard = [Frame(function, name, values, None)], [], ()
        self.leaves, self.work = [], [start]
        try:
            while self.work:
                if len(self.work) + len(self.leaves) > LEAVES_MAX:
                    return None
                try:
                    self.walk(self.work.pop())
                except Leaf:
                    pass
            leaves = self.leaves
        finally:
            self.leaves, self.work = None, []
        return self.join_leaves(leaves, state)

    def join_leaves(self, leaves, state):
        result = None
        for guard, value, pending in leaves:
            under = z3.And(*guard) if guard else z3.BoolVal(True)
            for condition, what, where in pending:
                claim = terms.simplify(z3.Implies(under, condition))
                if claim is not True:
                    state.pending.append((terms.as_z3_bool(claim), what, where))
            if value is None:
                continue
            if result is None:
                result = value
            else:
                width = 1 if isinstance(value[0], bool) or value[1] == 1 else value[1]
                result = (terms.choose(terms.simplify(under), value[0], result[0], width), width)
        return None if result is None else result[0]

    @staticmethod
    def jump(frame, block):
        frame.previous, frame.block, frame.at = frame.block, block, 0

    # ---- instructions ----

    def do_load(self, i, frame, state):
        frame.values[i.key] = self.load(self.value(i.operands[0], state), i.extra, state, i.line)
        return state

    def do_store(self, i, frame, state):
        self.store(self.value(i.operands[1], state), i.extra, self.value(i.operands[0], state), state, i.line)
        return state

    def do_alloca(self, i, frame, state):
        obj = Object(f"a local of {frame.name}", size_of(i.extra))
        obj.lay_out(i.extra)
        frame.values[i.key] = Pointer(state.add_object(obj))
        return state

    def do_gep(self, i, frame, state):
        fixed, scaled = i.extra
        pointer = self.value(i.operands[0], state).plus(fixed)
        for operand, scale, count in scaled:
            index = self.value(operand, state)
            if count is not None:
                self.require(terms.compare("ult", index, count, 64), "index inside the array", state, i.line)
            if terms.is_known(index):
                pointer = pointer.plus(terms.signed(int(index), 64) * scale)
            else:
                pointer = pointer.plus(0, index, scale)
        frame.values[i.key] = pointer
        return state

    def do_bitcast(self, i, frame, state):
        frame.values[i.key] = self.value(i.operands[0], state)
        return state

    do_ptrtoint = do_bitcast  # for a difference of two pointers, or a comparison: nothing else takes one

    def do_icmp(self, i, frame, state):
        a, b = self.value(i.operands[0], state), self.value(i.operands[1], state)
        if isinstance(a, Pointer) or isinstance(b, Pointer):
            frame.values[i.key] = self.compare_pointers(i.extra, a, b)
        else:
            frame.values[i.key] = terms.compare(i.extra, a, b, i.from_width)
        return state

    @staticmethod
    def compare_pointers(predicate, a, b):
        if predicate not in ("eq", "ne") or a.index is not None or b.index is not None:
            raise Unsupported("an ordering of pointers, or of one with an unknown index")
        same = a.object == b.object and a.offset == b.offset
        return same if predicate == "eq" else not same

    def do_zext(self, i, frame, state):
        frame.values[i.key] = terms.extend(i.name, self.value(i.operands[0], state), i.width, i.from_width)
        return state

    do_sext = do_trunc = do_zext

    def do_select(self, i, frame, state):
        condition, a, b = (self.value(v, state) for v in i.operands)
        settled = state.truth_of(terms.truth(condition))
        if settled is None and not i.width:
            raise Unsupported("a choice of pointers")
        frame.values[i.key] = (a if settled else b) if settled is not None else \
            terms.choose(condition, a, b, i.width)
        return state

    def do_phi(self, i, frame, state):
        code, values, at = self.program.instructions(frame.block), [], frame.at - 1
        while code[at].name == "phi":
            values.append((code[at].key, self.value(code[at].extra[frame.previous], state)))
            at += 1
        frame.values.update(values)
        frame.at = at
        return state

    def do_br(self, i, frame, state):
        if len(i.extra) == 1:
            self.jump(frame, i.extra[0])
            return state
        condition = terms.truth(self.value(i.operands[0], state))
        return self.fork(state, [(condition, i.extra[0]), (terms.negate(condition), i.extra[1])])

    def do_switch(self, i, frame, state):
        v = self.value(i.operands[0], state)
        if not terms.is_known(v) and v.get_id() in state.values:
            v = state.values[v.get_id()][1]
        if terms.is_known(v):
            self.jump(frame, next((block for case, block in i.extra if case == int(v)), i.operands[1]))
            return state
        by_block = {}
        for case, block in i.extra:
            by_block.setdefault(block, []).append(terms.as_z3_bool(terms.compare("eq", v, case, i.from_width)))
        options = [(terms.simplify(z3.Or(*cases)), block) for block, cases in by_block.items()]
        rest = terms.simplify(z3.And(*[z3.Not(c) for cases in by_block.values() for c in cases]))
        return self.fork(state, options + [(rest, i.operands[1])])

    def do_ret(self, i, frame, state):
        result = self.value(i.operands[0], state) if i.operands else None
        if len(state.frames) == 1 and self.leaves is not None:
            self.leaves.append((state.guard, (result, self.program.width_of(i.operands[0])), state.pending))
            return None
        if len(state.frames) == 1:
            self.settle(state)
        state.frames.pop()
        if not state.frames:
            self.end(state)
        elif result is not None:
            state.frames[-1].values[frame.result] = result
        return state

    def end(self, state):
        """The end of the harness."""
        answer = self.quick_answer() if state.undecided else z3.sat
        if answer == z3.unsat:
            self.vacuous += 1
            return
        self.paths += 1
        self.undecided += answer == z3.unknown
        if self.at_end is not None:
            self.at_end(state)

    def do_unreachable(self, i, frame, state):
        raise Violation("reaching what cannot be reached")

    def do_call(self, i, frame, state):
        name = self.summaries.get(i.extra, i.extra)
        if any(f.name == name for f in state.frames if name != i.extra):
            name = i.extra  # a summary may call what it stands for
        vocabulary = getattr(self, "call_" + name.replace(".", "_"), None)
        if vocabulary is None and name.startswith("llvm."):
            vocabulary = self.llvm_intrinsic(name, i.line)
        if vocabulary is not None:
            return vocabulary(i, frame, state)
        module = self.program.module_of[frame.function]
        function = self.program.function(name, module)
        if function is None:
            raise Unsupported(f"{name} is called at line {i.line}, and defined nowhere")
        if len(state.frames) > DEPTH_MAX:
            raise Unsupported(f"calls nested more than {DEPTH_MAX} deep")
        values = {parameter(function, k): self.value(i.operands[k], state) for k in range(parameter_count(function))}
        if i.width and self.leaves is None and self.is_pure(function, self.program.module_of[function]):
            result = self.merged(function, name, values, state)
            if result is not None:
                frame.values[i.key] = result
                return state
        state.frames.append(Frame(function, name, values, i.key))
        return state

    def do_arithmetic(self, i, frame, state):
        a, b = self.value(i.operands[0], state), self.value(i.operands[1], state)
        if isinstance(a, Pointer) and isinstance(b, Pointer) and i.name == "sub":
            frame.values[i.key] = self.pointer_difference(a, b)
            return state
        self.defined(i, a, b, state)
        frame.values[i.key] = terms.arithmetic(i.name, a, b, i.width)
        return state

    @staticmethod
    def pointer_difference(a, b):
        if a.object != b.object or a.index is not None or b.index is not None:
            raise Unsupported("a difference of pointers that is not known")
        return a.offset - b.offset & (1 << 64) - 1

    def defined(self, i, a, b, state):
        """What C leaves undefined of `a` i.name `b` must not happen."""
        if i.name in ("shl", "lshr", "ashr"):
            self.require(terms.compare("ult", b, i.width, i.width), "shift by less than the width", state, i.line)
        if i.name in ("udiv", "urem", "sdiv", "srem"):
            self.require(terms.compare("ne", b, 0, i.width), "division by other than zero", state, i.line)
        if i.name in ("sdiv", "srem"):
            least = terms.compare("eq", a, 1 << i.width - 1, i.width)
            minus = terms.compare("eq", b, (1 << i.width) - 1, i.width)
            both = terms.simplify(z3.And(terms.as_z3_bool(least), terms.as_z3_bool(minus)))
            self.require(terms.negate(both), "no overflow of a signed division", state, i.line)
        if i.extra and i.name in ("add", "sub", "mul"):
            wrong = terms.overflows(i.name, a, b, i.width)
            self.require(terms.negate(wrong), "no signed overflow", state, i.line)

    # ---- LLVM's own functions ----

    def llvm_intrinsic(self, name, line):
        for prefix, method in (("llvm.dbg", self.ignore), ("llvm.lifetime", self.ignore),
                               ("llvm.memcpy", self.copy_memory), ("llvm.memset", self.clear_memory)):
            if name.startswith(prefix):
                return method
        raise Unsupported(f"{name}, line {line}")

    @staticmethod
    def ignore(_i, _frame, state):
        return state

    def copy_memory(self, i, frame, state):
        to, source, size = (self.value(v, state) for v in i.operands[:3])
        if to.index is not None or source.index is not None or not terms.is_known(size):
            raise Unsupported(f"a copy to or from an unknown place, line {i.line}")
        obj = state.objects[source.object]
        state.writable(to.object).take_over(to.offset, obj, source.offset, int(size))
        return state

    def clear_memory(self, i, frame, state):
        to, byte, size = (self.value(v, state) for v in i.operands[:3])
        if to.index is not None or not terms.is_known(size) or byte != 0:
            raise Unsupported(f"a fill with other than zeros, or of an unknown place, line {i.line}")
        state.writable(to.object).clear(to.offset, int(size))
        return state

    # ---- the harness's vocabulary (prove.h) ----

    def fresh_name(self, i, state):
        name = self.text(i.operands[0], state)
        n = state.names[name] = state.names.get(name, 0) + 1
        return name if n == 1 else f"{name}#{n}"

    def symbol(self, i, frame, state):
        name = self.fresh_name(i, state)
        frame.values[i.key] = v = z3.BitVec(name, i.width)
        state.inputs.append((name, v))
        return state

    call_sym = call_sym64 = symbol

    def array_function(self, name, width, key_width):
        key = (name, width, key_width)
        if key not in self.arrays:
            self.arrays[key] = z3.Function(name, z3.BitVecSort(key_width), z3.BitVecSort(width))
        return self.arrays[key]

    def call_sym_registers(self, i, frame, state):
        name, pointer = self.fresh_name(i, state), self.value(i.operands[1], state)
        function = self.array_function(name, 32, 5)
        state.inputs.append((name, (function, 32)))
        state.writable(pointer.object).arrays[pointer.offset] = Array(function, 32, 32)
        return state

    def call_sym_bytes(self, i, frame, state):
        name, count = self.fresh_name(i, state), self.value(i.operands[1], state)
        function = self.array_function(name, 8, 32)
        state.inputs.append((name, (function, count)))
        obj = Object(name, 0)
        obj.arrays[0] = Array(function, count, 8)
        frame.values[i.key] = Pointer(state.add_object(obj))
        return state

    def call_copy_bytes(self, i, frame, state):
        pointer = self.value(i.operands[0], state)
        frame.values[i.key] = Pointer(state.add_object(state.objects[pointer.object].copy()))
        return state

    def call_instruction(self, i, frame, state):
        if self.instruction is None:
            raise Unsupported("a harness that needs an instruction word, run without one")
        frame.values[i.key] = self.instruction
        if not any(n == "instruction" for n, _ in state.inputs):
            state.inputs.append(("instruction", terms.bits(self.instruction, 32)))
        return state

    def call_function_of(self, i, frame, state):
        name, arguments = self.text(i.operands[0], state), [self.value(v, state) for v in i.operands[1:]]
        function = z3.Function(name, *[z3.BitVecSort(32)] * (len(arguments) + 1))
        frame.values[i.key] = terms.simplify(function(*[terms.bits(a, 32) for a in arguments]))
        return state

    def call_identical(self, i, frame, state):
        a, b = (self.value(v, state) for v in i.operands)
        frame.values[i.key] = terms.identical(a, b)
        return state

    def call_assume(self, i, frame, state):
        condition = terms.truth(self.value(i.operands[0], state))
        settled = state.truth_of(condition)
        if settled is True:
            return state
        self.settle(state)
        if settled is None:
            self.solver.add(condition)
            if self.possible(state):
                state.learn(condition)
                return state
        self.vacuous += 1
        return None

    def call_prove(self, i, frame, state):
        what = self.text(i.operands[1], state)
        self.labels[what] = self.labels.get(what, 0) + 1
        self.require(terms.truth(self.value(i.operands[0], state)), what, state, i.line)
        return state

    def call_stop(self, _i, _frame, state):
        self.settle(state)
        self.end(state)
        return None

    def call_observe(self, i, frame, state):
        state.observed.append((self.text(i.operands[0], state), self.value(i.operands[1], state)))
        return state

    def call_parameter(self, i, frame, state):
        frame.values[i.key] = self.parameters[self.text(i.operands[0], state)]
        return state

    def call_observe_registers(self, i, frame, state):
        state.observed.append((self.text(i.operands[0], state), self.array_at(i.operands[1], state)))
        return state

    def call_observe_bytes(self, i, frame, state):
        pointer, count = self.value(i.operands[1], state), self.value(i.operands[2], state)
        _, array, start = state.objects[pointer.object].element(pointer)
        state.observed.append((self.text(i.operands[0], state), (array, start, count)))
        return state

    def array_at(self, value, state):
        pointer = self.value(value, state)
        obj = state.objects[pointer.object]
        return obj.arrays[pointer.offset if pointer.offset in obj.arrays else 0]

    def call_same_registers(self, i, frame, state):
        a, b = (self.array_at(v, state) for v in i.operands)
        frame.values[i.key] = a.same(b)
        return state

    call_same_bytes = call_same_registers


def size_of(kind):
    """Bytes of a type (llvm.Program.type)."""
    return {"int": lambda: max(1, kind[1] // 8), "pointer": lambda: 8}.get(kind[0], lambda: kind[1])()
