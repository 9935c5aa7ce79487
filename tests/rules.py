#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The classification of every variant of one CSR rule, worked out from the definitions.

usage: tests/rules.py [--long]

For every CSR of docs/machine.md, read or written in U-mode, and each action, the
rows of the six CSR instructions must be what the definitions of docs/theorem.md
make of them.  What that is stands below, in sets: which components of the
system state a CSR shows, which it changes, what comes into sight when R does.
Nothing here asks the classifier, or isa/.  Each witness found in user states is
looked at, too: its two states must differ in the named component alone, and
what comes of them must be what the CSR instruction does, in arithmetic of this
file's own.

A CSR's turn is classified alone (tests/tools/classify_tool.c); that a variant
of many rules is the sum of its rules, and a whole run the sum of its turns, is
a test of its own.  --long has the command classify each as a user's file.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD", "build")
THIRDGEN = os.environ.get("THIRDGEN", BUILD + "/thirdgen")
SEED, STATES = "1974", "400"  # what `thirdgen classify` takes where nothing is said
RAM = 1024                    # bytes of the states' memory

# ---- the CSRs, by docs/machine.md ----

PLAIN = ["mstatus", "mie", "mtvec", "mscratch", "mepc", "mcause", "mtval"]  # each its own component
COUNTERS = {"mcycle": "mcycle", "mcycleh": "mcycle", "minstret": "minstret", "minstreth": "minstret"}
VIEWS = {"cycle": "mcycle", "cycleh": "mcycle", "instret": "minstret", "instreth": "minstret",
         "time": "time", "timeh": "time"}  # read-only
ZERO_READ_ONLY = ["mvendorid", "marchid", "mimpid", "mhartid", "mconfigptr"]
FIXED = (["misa", "mstatush", "mcounteren", "mcountinhibit", "menvcfg", "menvcfgh"]
         + [f"mhpmcounter{i}{h}" for i in range(3, 32) for h in ("", "h")]
         + [f"mhpmevent{i}" for i in range(3, 32)]
         + [f"pmpcfg{i}" for i in range(4)] + [f"pmpaddr{i}" for i in range(16)])
READ_ONLY = list(VIEWS) + ZERO_READ_ONLY
CSRS = PLAIN + list(COUNTERS) + FIXED + ["mip", "mbase", "mbound", "mresv"] + READ_ONLY

MNEMONICS = ["csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"]
READERS = ["csrrs", "csrrc", "csrrsi", "csrrci"]  # csrrw and csrrwi always write
ACTIONS = ["trap", "execute", "ignore", "read-zero"]

# mip is no component: it is derived, from time and devices.
MIP = {"time", "mtimecmp", "msip", "uart-ier", "uart-rx-full"}


def shown(csr, mode):
    """The components on which the value read depends, other things being equal.

    mresv names the reservation by its place in RAM.  The program state knows it by its place in
    the window: in user states the name depends on where the window lies.  And it may name none in
    many ways, which is mresv's own.
    """
    if csr in PLAIN:
        return {csr}
    if csr == "mbase":
        return {"location"}
    if csr == "mbound":
        return {"mbound"}
    if csr == "mresv":
        return {"mresv", "location"} if mode == "user" else {"mresv"}
    if csr == "mip":
        return MIP
    return {COUNTERS[csr]} if csr in COUNTERS else {VIEWS[csr]} if csr in VIEWS else set()


def changes(csr):
    """Is a write of it a change of system state?  Fixed registers keep theirs; mresv is the
    program's: it only gives the reservation a name."""
    return csr in PLAIN or csr in COUNTERS or csr in ("mbase", "mbound")


def uncovers(csr, mnemonic):
    """On what a user state's program state after a write of R depends, besides what rd shows.

    A window that moves, or grows, shows other words (storage), a reservation that was outside
    (mresv), and what lies there is different elsewhere (location).  Where RAM's end clips the
    window, lowering mbase or mbound shows what mbound really is.  csrrs and csrrsi only set bits,
    so they never lower; csrrc and csrrci only clear them, so they never raise: a window that
    only shrinks shows nothing new.
    """
    lowers = mnemonic not in ("csrrs", "csrrsi")
    raises = mnemonic not in ("csrrc", "csrrci")
    new = {"location", "mresv", "storage"}
    clipped = {"mbound"} if lowers else set()
    if csr == "mbase":
        return new | clipped
    if csr == "mbound":
        return (new if raises else set()) | clipped
    return set()


def mode_sensitive(csr, write, action, mnemonic):
    """Do a user and a supervisor state with the same program state part?

    They show the same, so R is open: mbase is 0, and mbound at least RAM's size.
    """
    if action == "execute":  # the same in both, unless R changes, which M-mode bypasses
        if not write or csr not in ("mbase", "mbound"):
            return False
        if csr == "mbase":  # 0 must become something
            return mnemonic not in ("csrrc", "csrrci")
        # From RAM's size on, down below it: a 5-bit immediate clears too little of it.
        return mnemonic not in ("csrrs", "csrrsi", "csrrci")
    if action == "ignore":  # rd is what it was, or the CSR's value
        return True
    if action == "read-zero":  # rd is 0, or the CSR's value; mbase is 0 there, too
        return csr == "misa" or (csr != "mbase" and shown(csr, "machine") != set())
    return False


def expected(csr, write, action, mnemonic):
    """The row, when the CSR's turn is taken alone: (privileged, always traps, kinds)."""
    forms = ([False] if mnemonic in READERS else []) + ([True] if csr not in READ_ONLY else [])
    kinds = set()
    for form in forms:
        kinds |= {f"supervisor-{c}" for c in shown(csr, "machine")}
        if form and changes(csr):
            kinds.add("supervisor-control")
    open_ = action != "trap" and write in forms
    if open_:
        kinds.add("unprivileged")
        if action == "execute":
            kinds |= {f"user-{c}" for c in shown(csr, "user")}
            if write:
                kinds |= {f"user-{c}" for c in uncovers(csr, mnemonic)}
                if changes(csr):
                    kinds.add("user-control")
        if mode_sensitive(csr, write, action, mnemonic):
            kinds.add("mode")
    # A CSR that M-mode may not access so is an undefined encoding, and no evidence.
    return bool(forms) and not open_, not forms, kinds


def one_rule_variants():
    for csr in CSRS:
        for write in (False, True):
            if write and csr in READ_ONLY:
                continue  # refused: illegal in every mode
            for action in ACTIONS:
                yield csr, write, action


# ---- what a CSR instruction does, for the witnesses ----

NUMBERS = {0x300: "mstatus", 0x304: "mie", 0x305: "mtvec", 0x340: "mscratch", 0x341: "mepc",
           0x342: "mcause", 0x343: "mtval", 0x344: "mip", 0x7C0: "mbase", 0x7C1: "mbound",
           0x7C2: "mresv", 0xB00: "mcycle", 0xB80: "mcycleh", 0xB02: "minstret",
           0xB82: "minstreth", 0xC00: "cycle", 0xC80: "cycleh", 0xC01: "time", 0xC81: "timeh",
           0xC02: "instret", 0xC82: "instreth", 0x301: "misa"}
COUNTER_OF = {"mcycle": "mcycle", "cycle": "mcycle", "minstret": "minstret", "instret": "minstret",
              "time": "mtime"}
REGISTERS = ["zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"] + \
    [f"a{i}" for i in range(8)] + [f"s{i}" for i in range(2, 12)] + [f"t{i}" for i in range(3, 7)]
COMPONENT_OF_KIND = {"location": "mbase", "time": "mtime", "msip": "clint.msip",
                     "mtimecmp": "clint.mtimecmp", "uart-ier": "uart.ier",
                     "uart-rx-full": "uart.rx_full"}


class State:
    """One state of a witness file; what it leaves out is at rest."""

    def __init__(self, text):
        number = {k: int(str(v), 0) for k, v in text.items() if k not in ("mode", "registers", "ram")}
        self.user, self.pc = text["mode"] == "U", number.pop("pc")
        self.system = {"mbound": 0xFFFFFFFC, "clint.mtimecmp": 2**64 - 1, **number}
        self.x = [0] * 32
        for name, value in text.get("registers", {}).items():
            self.x[REGISTERS.index(name)] = int(str(value), 0)
        self.ram = {int(a, 0) - 0x80000000: int(str(v), 0) for a, v in text["ram"].items()}

    def get(self, name):
        return self.system.get(name, 0)

    def lines(self):
        msip = self.get("clint.msip") & 1
        mtip = self.get("mtime") >= self.get("clint.mtimecmp")
        meip = self.get("uart.ier") & 1 and self.get("uart.rx_full")
        return msip << 3 | (0x80 if mtip else 0) | (0x800 if meip else 0)

    def csr(self, name):
        if name == "mip":
            return self.lines()
        if name == "misa":
            return 0x40101101
        base = name[:-1] if name.endswith("h") and name[:-1] in COUNTER_OF else name
        if base in COUNTER_OF:
            return self.get(COUNTER_OF[base]) >> (32 if base != name else 0) & 0xFFFFFFFF
        return self.get(name)

    def write(self, name, v):
        keep = {"mstatus": 0x1888, "mie": 0x888, "mtvec": ~2, "mepc": ~3, "mbase": ~3, "mbound": ~3,
                "mscratch": ~0, "mcause": ~0, "mtval": ~0}
        if name == "mstatus" and v & 0x1800 != 0x1800:
            v &= ~0x1800
        if name in keep:
            self.system[name] = v & keep[name] & 0xFFFFFFFF
        elif name == "mresv":
            self.system[name] = v & ~2 if v & ~3 < RAM else 0
        elif name in COUNTERS:
            high, counter = name != COUNTERS[name], COUNTERS[name]
            old = self.get(counter) - 1  # it has been counted already: the write has the last word
            self.system[counter] = (v << 32 | old & 0xFFFFFFFF) if high else (old >> 32 << 32 | v)

    def window(self):
        """(base, bound)"""
        if not self.user:
            return 0, RAM
        base = self.get("mbase")
        return (0, 0) if base >= RAM else (base, min(self.get("mbound"), RAM - base))

    def program(self):
        """All that the program sees."""
        base, bound = self.window()
        at = (self.get("mresv") & ~3) - base
        reserved = at if self.get("mresv") & 1 and 0 <= at <= bound - 4 else None
        words = [self.ram.get(a, 0) for a in range(base, base + bound, 4)]
        return self.x, self.pc, reserved, bound, words

    def execute(self, word, action):
        """The CSR instruction `word`, with full effect or by the action of a rule."""
        funct3, rs1, rd = word >> 12 & 7, word >> 15 & 31, word >> 7 & 31
        name = NUMBERS.get(word >> 20, "fixed")
        operand, old = self.x[rs1] if funct3 < 4 else rs1, self.csr(name)
        self.pc += 4
        for counter in ("mcycle", "minstret", "mtime"):
            self.system[counter] = self.get(counter) + 1 & 2**64 - 1
        full = not self.user or action == "execute"
        if full and (funct3 & 3 == 1 or rs1 != 0):
            self.write(name, {1: operand, 2: old | operand, 3: old & ~operand}[funct3 & 3])
        if rd != 0 and (full or action == "read-zero"):
            self.x[rd] = old if full else 0


# ---- looking at what was found ----

failures = checks = 0


def check(ok, what):
    global failures, checks
    checks += 1
    if not ok:
        failures += 1
        if failures <= 20:
            print("FAILED:", what)


def differences(a, b):
    """The components in which two states of a witness differ."""
    found = {n for n in set(a.system) | set(b.system) if a.get(n) != b.get(n)}
    (base_a, bound_a), (base_b, bound_b) = a.window(), b.window()
    hidden = [at for at in range(0, RAM, 4)
              if not (base_a <= at < base_a + bound_a and base_b <= at < base_b + bound_b)]
    if any(a.ram.get(at, 0) != b.ram.get(at, 0) for at in hidden):
        found.add("storage")
    return found | ({"mode"} if a.user != b.user else set())


def look_at_witness(what, kind, witness, action):
    states = [State(s) for s in witness["states"]]
    word = int(witness["instruction"]["word"], 0)
    what = f"{what}: {kind}, {witness['instruction']['text']}"
    check(kind == "mode" or all(s.user for s in states), f"{what}: not user states")
    if len(states) == 2:
        component = kind.removeprefix("user-")
        allowed = {COMPONENT_OF_KIND.get(component, component)}
        if component == "location":
            if states[0].program()[2] is not None:
                allowed.add("mresv")  # a reservation moves with its window
        check(COMPONENT_OF_KIND.get(component, component) in differences(*states) <= allowed,
              f"{what}: the states differ in {differences(*states)}")
        check(states[0].program() == states[1].program(), f"{what}: not the same program state")
    before = [(dict(s.system), s.window()) for s in states]
    for s in states:
        s.execute(word, action)
    for s, told in zip(states, witness["outcomes"]):
        after = State(told["state"])
        check(s.program() == after.program() and not differences(s, after) - {"storage"},
              f"{what}: it comes to something else")
    if len(states) == 2:
        check(states[0].program() != states[1].program(), f"{what}: nothing comes of it")
    else:
        old, s = before[0][0], states[0]
        check(any(s.get(n) != old.get(n, 0) + (n in ("mcycle", "minstret", "mtime"))
                  for n in set(s.system) - {"mresv"}),
              f"{what}: no system state is changed")


def classify(lines):
    text = "".join(line + "\n" for line in lines)
    done = subprocess.run([BUILD + "/classify_tool", SEED, STATES], input=text.encode(),
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def flags(kinds):
    control = {k for k in kinds if k.endswith("-control")}
    return {"control_sensitive": bool(control),
            "behaviour_sensitive": bool(kinds - control - {"unprivileged"}),
            "user_sensitive": any(k.startswith("user-") for k in kinds)}


def look_at_row(what, row, privileged, traps, kinds):
    found = set(row["witnesses"])
    check(found == kinds, f"{what}: missing {sorted(kinds - found)}, and not expected "
                          f"{sorted(found - kinds)}")
    for name, value in {"privileged": privileged, "always_traps": traps, **flags(kinds)}.items():
        check(row[name] == value, f"{what}: {name} is {row[name]}")


def alone():
    """Each CSR's turn, by itself, on each variant of one rule."""
    variants = list(one_rule_variants())
    words = [(csr, "write" if write else "read", action) for csr, write, action in variants]
    for (csr, write, action), rule, rows in zip(
            variants, words, classify(f"{w[0]} {':'.join(w)}" for w in words)):
        check([r["mnemonic"] for r in rows] == MNEMONICS, f"{rule}: rows")
        for row in rows:
            what = f"{' '.join(rule)}: {row['mnemonic']}"
            look_at_row(what, row, *expected(csr, write, action, row["mnemonic"]))
            for kind, witness in row["witnesses"].items():
                if witness:
                    look_at_witness(what, kind, witness, action)


def sum_of(rules, mnemonic):
    """The row of a whole run: all CSRs in turn, each with its rule or none."""
    privileged, kinds = True, set()
    for csr in CSRS:
        mine = [r for r in rules if r[0] == csr] or [(csr, False, "trap")]
        for rule in mine:
            one, nothing, more = expected(*rule, mnemonic)
            privileged, kinds = privileged and (one or nothing), kinds | more
    return privileged, False, kinds


def together():
    """Whole runs: one rule, several, none."""
    r = random.Random(1974)
    variants = list(one_rule_variants())
    sets = [[], [("mip", False, "execute")], [("mie", True, "execute")]]
    while len(sets) < 12:
        some = r.sample(variants, r.randrange(1, 9))
        if len({(v[0], v[1]) for v in some}) == len(some):
            sets.append(some)
    texts = [" ".join(f"{c}:{'write' if w else 'read'}:{a}" for c, w, a in s) for s in sets]
    for rules, text, rows in zip(sets, texts, classify(texts)):
        for row in rows:
            look_at_row(f"[{text}]: {row['mnemonic']}", row, *sum_of(rules, row["mnemonic"]))


def as_files():
    """Each variant of one rule as a user's file, classified by the command."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "one.yaml")
        for csr, write, action in one_rule_variants():
            access = "write" if write else "read"
            with open(path, "w", encoding="utf-8") as f:
                f.write(f"name: one\nabout: One rule.\nrules:\n  - {{ csr: {csr}, access: {access}, "
                        f"in-user-mode: {action} }}\n")
            done = subprocess.run([THIRDGEN, "classify", "--json", "--isa", path],
                                  stdout=subprocess.PIPE, check=True)
            found = json.loads(done.stdout)
            rows = {r["mnemonic"]: r for r in found["instructions"]}
            theorem1 = theorem3 = True
            for mnemonic in MNEMONICS:
                row = sum_of([(csr, write, action)], mnemonic)
                look_at_row(f"{csr} {access} {action}: {mnemonic}", rows[mnemonic], *row)
                theorem1 = theorem1 and row[0]
                theorem3 = theorem3 and (row[0] or not flags(row[2])["user_sensitive"])
            for name, value in [("theorem1", theorem1), ("theorem2", theorem1),
                                ("theorem3", theorem3), ("sensitive_equals_privileged", theorem1)]:
                check(found[name] == value, f"{csr} {access} {action}: {name} is {found[name]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true")
    args = parser.parse_args()
    if args.long:
        as_files()
    else:
        alone()
        together()
    print(f"rules: {len(list(one_rule_variants()))} variants of one rule, {checks} checks, "
          f"{failures} failed")
    sys.exit(1 if failures else 0)


main()
